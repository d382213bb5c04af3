//! Whose credentials or session each command uses: kinds of profiles, ways to name them, and commands.
//!
//! `tests/data/credentials/matrix.txt` has a table for each command. A cell is what `sso-oidc` uses, and after a slash what AWS
//! CLI 2.36.7 uses if that differs, with the letter of the reason, which is an item of the manual. The variable `RECORD_AWS`,
//! the path of an AWS CLI, records its cells again; `UPDATE_SNAPSHOTS=1` rewrites ours. `matrix_server` is the service.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::matrix_server;
use crate::project::manual::reference::DIFFERENCES;
use crate::support::identity_center::http::{Server, Transport};
use crate::support::snapshot::update_is_wanted;
use crate::support::{Run, TestEnv};

const KEYS: &str = "aws_access_key_id = KEYS\naws_secret_access_key = secret\n";
const SSO: &str = "sso_session = s1\nsso_account_id = 111122223333\nsso_role_name = Role\n";
const SESSION: &str = "[sso-session s1]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n";
const LEGACY: &str = "sso_start_url = https://d-2.awsapps.com/start\nsso_region = us-east-1\n\
                      sso_account_id = 111122223333\nsso_role_name = Role\n";
const WEB: &str = "role_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = $HOME/web\n";
const PROCESS: &str = "credential_process = /bin/cat $HOME/process.json\n";
const LOGIN_SESSION: &str = "login_session = arn:aws:iam::111122223333:user/me\n";
const ROLE: &str = "role_arn = arn:aws:iam::1:role/x\n";
const SOURCE: &str = "source_profile = src\n[profile src]\n";

/// The session's name or start URL that names the token's file, and how the table calls the session.
const SESSIONS: [(&str, &str, &str); 2] = [
    ("s1", "https://d-1.awsapps.com/start", "S1"),
    ("https://d-2.awsapps.com/start", "https://d-2.awsapps.com/start", "LEGACY"),
];

/// What the machine offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Machine {
    Nothing,
    Container,
    Instance,
}

/// The rows: their name, the profile's lines and what follows them, and the machine.
fn kinds() -> Vec<(&'static str, String, Machine)> {
    use Machine::{Container, Instance, Nothing};
    let over = |lines: &str| format!("{ROLE}{SOURCE}{lines}");
    let from = |source: &str| format!("{ROLE}credential_source = {source}\n");
    let half = "[sso-session half]\nsso_region = us-east-1\n";
    vec![
        ("static keys", KEYS.to_owned(), Nothing),
        ("sso_session", format!("{SSO}{SESSION}"), Nothing),
        ("legacy SSO", LEGACY.to_owned(), Nothing),
        ("web identity", WEB.to_owned(), Nothing),
        ("process", PROCESS.to_owned(), Nothing),
        ("login_session", LOGIN_SESSION.to_owned(), Nothing),
        ("container", String::new(), Container),
        ("instance", String::new(), Instance),
        ("none", String::new(), Nothing),
        ("role over static keys", over(KEYS), Nothing),
        ("role over sso_session", over(&format!("{SSO}{SESSION}")), Nothing),
        ("role over legacy SSO", over(LEGACY), Nothing),
        ("role over web identity", over(WEB), Nothing),
        ("role over process", over(PROCESS), Nothing),
        ("role over login_session", over(LOGIN_SESSION), Nothing),
        ("role over container", from("EcsContainer"), Container),
        ("role over instance", from("Ec2InstanceMetadata"), Instance),
        (
            "role over role over sso",
            over(&format!("{ROLE}source_profile = last\n[profile last]\n{SSO}{SESSION}")),
            Nothing,
        ),
        ("sso_session and role", format!("{SSO}{}{SESSION}", over(KEYS)), Nothing),
        ("sso_session and keys", format!("{SSO}{KEYS}{SESSION}"), Nothing),
        ("missing sso_session", "sso_session = oops\n".to_owned(), Instance),
        ("incomplete sso_session", format!("sso_session = half\n{half}"), Instance),
        ("role over missing session", over("sso_session = oops\n"), Instance),
    ]
}

/// The columns: how the profile is named.
const NAMED: [&str; 4] = ["--profile", "AWS_PROFILE", "[default]", "not named"];

/// The tables: the command with its arguments, whether the environment has keys, and the command of the AWS CLI.
const TABLES: [(&str, &str, bool, Option<&str>); 8] = [
    ("create-token-with-iam", OPERATION, false, Some("sso-oidc")),
    ("create-token-with-iam, keys in the environment", OPERATION, true, Some("sso-oidc")),
    ("export-credentials", "export-credentials", false, Some("configure")),
    ("export-credentials, keys in the environment", "export-credentials", true, Some("configure")),
    ("login", "login --use-device-code --no-browser", false, Some("sso")),
    ("token", "token", false, None),
    ("status", "status", false, None),
    ("logout", "logout", false, Some("sso")),
];
const OPERATION: &str = "create-token-with-iam --client-id c --grant-type g";

/// A cell: table, row and column.
type Place = (usize, usize, usize);

fn environment(lines: &str, machine: Machine, (table, _, column): Place, server: &str) -> TestEnv {
    let mut env = TestEnv::new();
    let home = env.home().to_str().unwrap().to_owned();
    let header = if NAMED[column] == "[default]" { "[default]" } else { "[profile p]" };
    env.config(&format!("{header}\n{lines}").replace("$HOME", &home));
    env.write("web", "web token").write("process.json", matrix_server::keys("PROCESS").to_string());
    let login = json!({"accessToken": {"accessKeyId": "LOGIN", "secretAccessKey": "secret", "sessionToken": "t",
        "accountId": "111122223333", "expiresAt": "2100-01-01T00:00:00Z"}, "tokenType": "aws_sigv4",
        "refreshToken": "r", "clientId": "c", "dpopKey": "k"});
    let name = LOGIN_SESSION.trim_end().rsplit(' ').next().unwrap();
    let name = Sha256::digest(name).iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    env.write(&format!(".aws/login/cache/{name}.json"), login.to_string());
    env.set("AWS_ENDPOINT_URL", server).set("AWS_REGION", "eu-west-1");
    match machine {
        Machine::Nothing => {}
        Machine::Container => drop(env.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{server}/container"))),
        Machine::Instance => {
            env.unset("AWS_EC2_METADATA_DISABLED").set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server);
        }
    }
    if NAMED[column] == "AWS_PROFILE" {
        env.set("AWS_PROFILE", "p");
    }
    if TABLES[table].2 {
        env.set("AWS_ACCESS_KEY_ID", "ENV").set("AWS_SECRET_ACCESS_KEY", "secret");
    }
    if !TABLES[table].0.starts_with("login") {
        for (key, start_url, token) in SESSIONS {
            let document = json!({"startUrl": start_url, "region": "us-east-1", "accessToken": token,
                "expiresAt": "2100-01-01T00:00:00Z"});
            env.write_token(key, &document);
        }
    }
    env
}

/// Runs our command, or that of the AWS CLI at this path, and names what it used.
fn used(kind: &(&str, String, Machine), place: Place, server: &str, aws: Option<&Path>) -> String {
    let (name, command, _, service) = TABLES[place.0];
    let env = environment(&kind.1, kind.2, place, server);
    let mut words: Vec<&str> = aws.and(service).into_iter().chain(command.split(' ')).collect();
    if NAMED[place.2] == "--profile" {
        words.extend(["--profile", "p"]);
    }
    let run = aws.map_or_else(|| env.command(&words), |aws| env.program(aws, &words)).run();
    let sessions = |is_used: &dyn Fn(&str, &str) -> bool| {
        let used = SESSIONS.iter().filter(|(key, url, _)| is_used(key, url)).map(|(_, _, session)| *session);
        Some(used.collect::<Vec<_>>().join("+")).filter(|used| !used.is_empty())
    };
    let exists = |key: &str| env.home().join(TestEnv::token_path(key)).exists();
    let found = match name.split(',').next().unwrap() {
        "create-token-with-iam" => member(&run, "accessToken"),
        "export-credentials" => member(&run, "AccessKeyId"),
        "token" => Some(run.stdout.trim_end().to_owned()).filter(|token| !token.is_empty()),
        "status" => sessions(&|_, url| run.stdout.contains(&format!("\"{url}\""))),
        "login" => sessions(&|key, _| exists(key)),
        _ => sessions(&|key, _| !exists(key)),
    };
    match (run.status, found) {
        (0, Some(found)) => found,
        (0, None) => "nothing".to_owned(),
        (status, _) => format!("exit {status}"),
    }
}

fn member(run: &Run, name: &str) -> Option<String> {
    let document = serde_json::from_str::<Value>(&run.stdout).ok()?;
    Some(document[name].as_str()?.to_owned())
}

/// What is used in each cell.
fn all_used(places: &[Place], aws: Option<&Path>) -> BTreeMap<Place, String> {
    let server = Server::start(0, Transport::Plain, Box::new(|request| matrix_server::answer(&request))).unwrap();
    let url = format!("http://{}", server.address());
    let (kinds, next, cells) = (kinds(), AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let used = used(&kinds[place.1], *place, &url, aws);
                    cells.lock().unwrap().insert(*place, used);
                }
            });
        }
    });
    cells.into_inner().unwrap()
}

/// The recorded cells of the AWS CLI and the letters of reasons, and the lines with the reasons.
fn recorded(text: &str) -> (BTreeMap<Place, (String, String)>, Vec<&str>) {
    let (mut table, mut cells) = (0, BTreeMap::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            table = TABLES.iter().position(|(known, ..)| *known == name).unwrap();
        }
        let mut columns = line.split('|').map(str::trim);
        let Some(row) = kinds().iter().position(|(name, ..)| columns.clone().next() == Some(*name)) else { continue };
        for (column, cell) in columns.by_ref().skip(1).enumerate() {
            let theirs = cell.split_once(" / ").map_or(cell, |(_, theirs)| theirs);
            let (theirs, reason) = theirs.split_once(" [").unwrap_or((theirs, ""));
            let reason = if reason.is_empty() { String::new() } else { format!("[{reason}") };
            cells.insert((table, row, column), (theirs.to_owned(), reason));
        }
    }
    (cells, text.lines().filter(|line| line.starts_with('[')).collect())
}

fn table_text(cells: &BTreeMap<Place, String>) -> String {
    let mut text = String::new();
    for (table, (name, ..)) in TABLES.iter().enumerate() {
        let _ =
            writeln!(text, "## {name}\n\n{:26}| {}", "", NAMED.map(|name| format!("{name:26}")).join("| ").trim_end());
        for (row, (kind, ..)) in kinds().iter().enumerate() {
            let cells = [0, 1, 2, 3].map(|column| format!("{:26}", cells[&(table, row, column)]));
            let _ = writeln!(text, "{kind:26}| {}", cells.join("| ").trim_end());
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_command_uses_the_same_rules() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/credentials/matrix.txt");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let (mut theirs, reasons) = recorded(&kept);
    let places: Vec<Place> = (0..TABLES.len())
        .flat_map(|table| {
            (0..kinds().len()).flat_map(move |row| (0..NAMED.len()).map(move |column| (table, row, column)))
        })
        .collect();
    let aws = aws_to_record();
    if let Some(aws) = &aws {
        let of_aws: Vec<Place> = places.iter().copied().filter(|place| TABLES[place.0].3.is_some()).collect();
        for (place, used) in all_used(&of_aws, Some(aws)) {
            theirs.entry(place).or_default().0 = used;
        }
    }
    let (mut cells, mut given) = (all_used(&places, None), BTreeSet::new());
    for (place, ours) in &mut cells {
        let Some((theirs, reason)) = theirs.get(place).filter(|_| TABLES[place.0].3.is_some()) else { continue };
        if ours != theirs {
            let reason = if reason.is_empty() { "[?]" } else { reason };
            given.insert(reason.to_owned());
            *ours = format!("{ours} / {theirs} {reason}");
        }
    }
    let text = format!("{}{}\n", table_text(&cells), reasons.join("\n"));
    if update_is_wanted() || aws.is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    assert!(kept == text, "not as in {} (UPDATE_SNAPSHOTS=1 rewrites it)\n{text}", path.display());
    let letters: BTreeSet<_> = reasons.iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    assert_eq!(given, letters, "each difference has a reason, and each reason a difference");
    for reason in reasons {
        let (_, reason) = reason.split_once(' ').unwrap();
        assert!(DIFFERENCES.contains(&format!("* {reason}\n")), "the manual does not have: {reason}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a switch for the person who runs the tests")]
fn aws_to_record() -> Option<PathBuf> {
    std::env::var_os("RECORD_AWS").map(PathBuf::from)
}
