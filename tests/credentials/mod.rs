//! `create-token-with-iam` with credentials from each provider of the AWS credential chain.
//!
//! Expected requests and messages are those of AWS CLI 2.36.7 with the same files and environment. Every signature is
//! recomputed with hmac and sha2.

mod both_commands;
mod chain;
#[cfg(unix)]
mod matrix;
#[cfg(unix)]
mod matrix_server;
mod metadata;
mod roles;

use crate::support::identity_center::sigv4::{Arrived, Signed};
use crate::support::scripted_server::{Recorded, ScriptedServer, Step, json};
use crate::support::{Run, TestEnv};

/// A key pair in the form of the files.
const KEYS: &str = "aws_access_key_id = AKIDSRC\naws_secret_access_key = source-secret\n";

/// The service's answer.
fn token() -> Step {
    json(200, &[], r#"{"accessToken": "A"}"#)
}

/// A fixture with this config file, a scripted server for every service, and the words of the command line behind the usual
/// ones.
struct Fixture {
    env: TestEnv,
    server: ScriptedServer,
}

impl Fixture {
    fn new(steps: Vec<Step>) -> Self {
        let mut env = TestEnv::new();
        let server = ScriptedServer::plain(steps);
        env.set("AWS_ENDPOINT_URL_STS", server.url());
        Self { env, server }
    }

    fn config(self, text: &str) -> Self {
        self.env.config(&text.replace("$SERVER", &self.server.url()).replace("$HOME", &self.home()));
        self
    }

    fn credentials(self, text: &str) -> Self {
        self.env.credentials(text);
        self
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        let value = value.replace("$SERVER", &self.server.url()).replace("$HOME", &self.home());
        self.env.set(name, value);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.env.unset(name);
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        self.env.write(path, text);
        self
    }

    fn home(&self) -> String {
        self.env.home().to_str().unwrap().to_owned()
    }

    fn words<'a>(&self, words: &[&'a str]) -> Vec<String> {
        let endpoint = self.server.url();
        let usual = ["create-token-with-iam", "--client-id", "c", "--grant-type", "g", "--endpoint-url", &endpoint];
        usual
            .iter()
            .map(|word| (*word).to_owned())
            .chain(words.iter().map(|word: &&'a str| (*word).to_owned()))
            .collect()
    }

    fn run(&self, words: &[&str]) -> Run {
        self.env.run(self.words(words))
    }

    /// Runs it with a region and these arguments, expects the token, and returns the requests.
    #[track_caller]
    fn requests(&self, words: &[&str]) -> Vec<Recorded> {
        let run = self.run(&[&["--region", "eu-west-1"], words].concat()).ok();
        assert!(run.stdout.contains("\"accessToken\": \"A\""), "{}", run.stdout);
        self.server.requests()
    }

    /// Runs it with a region and these arguments, and expects this exit code and this line.
    #[track_caller]
    fn refuses(&self, words: &[&str], code: i32, line: &str) {
        let run = self.run(&[&["--region", "eu-west-1"], words].concat()).expect(code);
        let said = run.stderr.lines().filter(|line| !line.is_empty() && !line.starts_with("hint: "));
        let said = said.collect::<Vec<_>>().join("\n").replace(&self.home(), "$HOME");
        let line = line.replace("$SERVER", &self.server.url());
        assert_eq!(said, format!("sso-oidc: [ERROR]: {line}"));
        assert_eq!(run.stdout, "");
    }
}

const NONE: &str = "An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running \
                    \"aws login\".";

/// The key that signed a request, its region and service; checks that the signature is valid.
#[track_caller]
fn signed(request: &Recorded, secret: &str) -> String {
    let mut words = request.line.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let signed = Signed::parse(request.header("authorization").expect("it is signed")).unwrap();
    let arrived = Arrived { method, target, headers: &request.headers, body: request.body.as_bytes() };
    assert!(signed.fits(&arrived, secret), "the signature of {} does not fit", request.line);
    format!("{} {} {}", signed.key_id, signed.scope.trim_end_matches("/aws4_request"), signed.headers)
}

/// Method and target, and the body of a query call without the generated session name.
fn called(request: &Recorded) -> String {
    let line = request.line.trim_end_matches(" HTTP/1.1");
    let made_up = request.body.find("botocore-session-").map(|at| at + "botocore-session-".len());
    let body = made_up.map_or(request.body.clone(), |at| format!("{}N", &request.body[..at]));
    format!("{line} {body}").trim_end().to_owned()
}
