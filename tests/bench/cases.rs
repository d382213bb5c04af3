//! The measured command lines, the programs that each is compared with, and the target of each.
//!
//! The services are the local Identity Center, over http and https.

use std::error::Error;
use std::path::{Path, PathBuf};

use crate::baseline::HELLO;
use crate::home::{self, EXPIRED, Homes, Sessions, VALID};
use crate::identity_center::{Endpoint, IdentityCenter, Reply};
use crate::programs::{Extent, Programs};
use crate::run::Run;

/// More responses than any measurement requests.
const ANSWERS: usize = 20_000;
/// The numbers of sessions whose counts are compared.
pub(crate) const FEW: usize = 25;
pub(crate) const MANY: usize = 400;
/// The request body of curl.
const BODY: &str = r#"{"clientName": "bench", "clientType": "public"}"#;
/// A program in which botocore reads a config file and does nothing else.
const BOTOCORE: &str = "import sys, botocore.configloader as c; c.load_config(sys.argv[1])";

/// The program that a row is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Beside {
    Hello,
    Socket,
    Rustls,
    Curl,
    Aws,
    Botocore,
}

impl Beside {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello world",
            Self::Socket => "bare socket",
            Self::Rustls => "bare rustls",
            Self::Curl => "curl",
            Self::Aws => "AWS CLI",
            Self::Botocore => "botocore",
        }
    }
}

/// The limit of a count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// A number of instructions.
    Count(u64),
    /// A multiple of the count of another program.
    Times(Beside, f64),
    /// A number of instructions more than another row.
    Over(&'static str, u64),
    /// With many sessions, a multiple of the count per session of another row, with few.
    Linear(&'static str, f64),
}

/// A row of the table.
pub(crate) struct Case {
    /// Its name in the baseline.
    pub(crate) id: String,
    /// Its displayed name.
    pub(crate) name: String,
    pub(crate) own: Run,
    pub(crate) beside: Vec<(Beside, Run)>,
    pub(crate) targets: Vec<Target>,
    /// Whether the row also has wall time, CPU time and memory.
    pub(crate) timed: bool,
}

/// The services and homes of all runs.
pub(crate) struct Bench {
    pub(crate) homes: Homes,
    pub(crate) programs: Programs,
    http: IdentityCenter,
    https: IdentityCenter,
    empty: PathBuf,
}

impl Bench {
    pub(crate) fn new(extent: Extent) -> Result<Self, Box<dyn Error>> {
        let homes = Homes::new()?;
        let programs = Programs::new(homes.path(), extent)?;
        let (http, https) = (IdentityCenter::start(), IdentityCenter::start_tls());
        for center in [&http, &https] {
            center.tolerate_everything();
            center.next_n(Endpoint::RegisterClient, ANSWERS, &Reply::json(200, &home::registration()));
        }
        http.next_n(Endpoint::CreateTokenWithIam, ANSWERS, &Reply::json(200, &home::application_tokens()));
        http.next_n(Endpoint::CreateToken, ANSWERS, &Reply::json(200, &home::tokens()));
        http.next_n(Endpoint::Logout, ANSWERS, &Reply::body(200, ""));
        http.next_n(Endpoint::ListAccounts, ANSWERS, &Reply::json(200, &serde_json::json!({"accountList": []})));
        let empty = homes.empty()?;
        Ok(Self { homes, programs, http, https, empty })
    }

    /// A run of hello world.
    pub(crate) fn hello(&self, program: &Path) -> Run {
        Run::new(program, &self.empty, [""; 0])
    }

    /// Every row, in the order of the table.
    pub(crate) fn cases(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        let mut cases = self.words();
        cases.extend([self.register(&self.http), self.register(&self.https)]);
        cases.extend(self.without_answer());
        cases.push(self.with_iam());
        cases.extend(self.cached()?);
        cases.extend(self.growth());
        cases.extend(self.profiles()?);
        assert!(cases.iter().all(|case| case.id != HELLO), "hello world is not one of our rows");
        Ok(cases)
    }

    fn own(&self, args: &[&str]) -> Run {
        Run::new(&self.programs.own, &self.empty, args)
    }

    /// Commands that need no service and no file.
    fn words(&self) -> Vec<Case> {
        let times = |limit| vec![Target::Times(Beside::Hello, limit)];
        let mut version = Case::new("version", "`--version`", self.own(&["--version"]), times(1.5)).timed();
        let ask = |program: &PathBuf| Run::new(program, &self.empty, ["--version"]);
        version.beside.push((Beside::Hello, self.hello(&self.programs.hello)));
        version.beside.extend(self.programs.curl.as_ref().map(|(program, _)| (Beside::Curl, ask(program))));
        version.beside.extend(self.programs.aws.as_ref().map(|(program, _)| (Beside::Aws, ask(program))));
        let help = self.own(&["--help"]);
        let of_operation = self.own(&["register-client", "--help"]);
        let wrong = self.own(&["register-client", "--client-nam", "bench", "--nonsense"]).ends_with(252);
        vec![
            version,
            Case::new("help", "`--help`", help, times(4.0)),
            Case::new("help-operation", "`register-client --help`", of_operation, times(4.0)),
            Case::new("usage-error", "unknown option", wrong, times(4.0)),
        ]
    }

    /// A call of an operation.
    fn register(&self, center: &IdentityCenter) -> Case {
        let url = center.url();
        let is_tls = url.starts_with("https");
        let authority = if is_tls { center.ca_bundle().display().to_string() } else { String::new() };
        let mut args = vec!["register-client", "--client-name", "bench", "--client-type", "public"];
        args.extend(["--region", "us-east-1", "--endpoint-url", &url]);
        let mut curl = vec!["-s", "-H", "Content-Type: application/json", "-d", BODY];
        if is_tls {
            args.extend(["--ca-bundle", &authority]);
            curl.extend(["--cacert", &authority]);
        }
        let address = url.split("//").nth(1).unwrap_or_default();
        let path = format!("{url}/client/register");
        curl.push(&path);
        let (id, name, limit, of_curl) = if is_tls {
            ("register-https", "`register-client`, https", 4_100_000, 0.12)
        } else {
            ("register-http", "`register-client`, http", 1_250_000, 0.08)
        };
        let targets = vec![Target::Count(limit), Target::Times(Beside::Curl, of_curl)];
        let mut case = Case::new(id, name, self.own(&args), targets).timed();
        let programs = &self.programs;
        case.beside.extend(if is_tls {
            let tls = programs.tls.as_ref();
            tls.map(|program| (Beside::Rustls, Run::new(program, &self.empty, [address, &authority])))
        } else {
            Some((Beside::Socket, Run::new(&programs.socket, &self.empty, [address])))
        });
        case.beside
            .extend(programs.curl.as_ref().map(|(program, _)| (Beside::Curl, Run::new(program, &self.empty, curl))));
        args.insert(0, "sso-oidc");
        case.beside
            .extend(programs.aws.as_ref().map(|(program, _)| (Beside::Aws, Run::new(program, &self.empty, args))));
        case
    }

    /// A closed port, which leaves only the setup of a client, with and without TLS.
    fn without_answer(&self) -> [Case; 2] {
        let refused = |url: &str| {
            let args = ["register-client", "--client-name", "bench", "--client-type", "public"];
            let run = self.own(&args).set("AWS_REGION", "us-east-1").set("AWS_ENDPOINT_URL", url);
            run.set("AWS_MAX_ATTEMPTS", "1").ends_with(255)
        };
        let (http, https) = (refused("http://127.0.0.1:9"), refused("https://127.0.0.1:9"));
        [
            Case::new("refused-http", "connection refused, http", http, Vec::new()),
            Case::new(
                "refused-https",
                "connection refused, https, built-in roots",
                https,
                vec![Target::Over("refused-http", 600_000)],
            ),
        ]
    }

    /// A signed call with keys from the environment.
    fn with_iam(&self) -> Case {
        let arn = self.http.application_arn();
        let grant = ["--grant-type", "refresh_token", "--refresh-token", "aorAAAAA", "--region", "us-east-1"];
        let args = [&["create-token-with-iam", "--client-id", &arn][..], &grant].concat();
        let run = self.own(&args).set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
        let run = run.set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let run = run.set("AWS_ENDPOINT_URL_SSO_OIDC", self.http.url());
        Case::new(
            "with-iam",
            "`create-token-with-iam`, http, keys in the environment",
            run,
            vec![Target::Count(1_600_000)],
        )
    }

    /// Commands with a valid token. Only `login` sends a request, which asks the portal whether it accepts the token.
    fn cached(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        let (one, ten) = (self.homes.of_sessions(1)?, self.homes.of_sessions(10)?);
        let mut cases = Vec::new();
        for command in ["login", "token", "status"] {
            let run = Run::new(&self.programs.own, &one, [command, "--sso-session", "s0"]);
            let run = run.set("AWS_ENDPOINT_URL_SSO", self.http.url());
            let (name, target) = match command {
                "login" => ("`login`, valid token, http".to_owned(), 1_300_000),
                _ => (format!("`{command}`, valid token"), 1_000_000),
            };
            let case = Case::new(command, &name, run, vec![Target::Count(target)]);
            cases.push(if command == "token" { case.timed() } else { case });
        }
        let all = Run::new(&self.programs.own, &ten, ["status"]);
        cases.push(Case::new("status-10", "`status`, ten sessions", all, vec![Target::Count(1_500_000)]));
        Ok(cases)
    }

    /// Commands that have a request to send for each of many sessions.
    fn growth(&self) -> Vec<Case> {
        let names: Vec<String> = (0..MANY).map(|at| format!("--sso-session=s{at}")).collect();
        let mut cases = Vec::new();
        for (few, many, name, words, by_name, expires_at) in [
            ("login-all-25", "login-all-400", "`login --all`, expired tokens", &["login", "--all"][..], false, EXPIRED),
            ("logout-25", "logout-400", "`logout`", &["logout"], false, VALID),
            ("logout-names-25", "logout-names-400", "`logout --sso-session` for each", &["logout"], true, VALID),
            ("status-check-25", "status-check-400", "`status --check`", &["status", "--check"], false, VALID),
        ] {
            for (id, count) in [(few, FEW), (many, MANY)] {
                let home = self.homes.path().join(format!("many{count}"));
                let names = names[..count].iter().map(String::as_str).filter(|_| by_name);
                let run = Run::new(&self.programs.own, &home, words.iter().copied().chain(names));
                let run = run.set("AWS_ENDPOINT_URL", self.http.url());
                let run = Run { sessions: Some(Sessions { home, count, expires_at }), ..run };
                let targets = if count == MANY { vec![Target::Linear(few, 1.3)] } else { Vec::new() };
                let case = Case::new(id, &format!("{name}, {count} sessions"), run, targets);
                cases.push(if count == MANY { case.timed() } else { case });
            }
        }
        cases
    }

    /// A token with a config file that has many profiles.
    fn profiles(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        let mut cases = Vec::new();
        for count in [10, 100, 1_000, 10_000] {
            let home = self.homes.of_profiles(count)?;
            let run = Run::new(&self.programs.own, &home, ["token", "--sso-session", "s0"]);
            let mut case = Case::new(&format!("profiles-{count}"), &format!("`token`, {count} profiles"), run, vec![]);
            if let Some(python) = self.programs.python.as_ref().filter(|_| count == 10_000) {
                let config = home.join(".aws/config");
                let read = Run::new(python, &self.empty, ["-c", BOTOCORE]);
                let read = Run { args: read.args.into_iter().chain([config.into()]).collect(), ..read };
                case.beside.push((Beside::Botocore, read));
                case.targets.push(Target::Times(Beside::Botocore, 0.03));
            }
            cases.push(case);
        }
        Ok(cases)
    }
}

impl Case {
    fn new(id: &str, name: &str, own: Run, targets: Vec<Target>) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), own, beside: Vec::new(), targets, timed: false }
    }

    fn timed(mut self) -> Self {
        self.timed = true;
        self
    }
}
