//! The shell function of `shim` in real shells, beside an `aws` that records its arguments, and the program called
//! `aws` by a link. PowerShell's function is not run here.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::support::environment::SESSION;
use crate::support::identity_center::Endpoint;
use crate::support::programs::{find, or_skip};
use crate::support::{IdentityCenter, TestEnv, UserAgent};

/// An argument that needs correct quoting in a shell.
const ODD: &str = "a  b*\n'\"$HOME\\";

/// A fixture with the program on the `PATH`, and an `aws` that writes its arguments to a file and exits with 7.
fn fixture(center: &IdentityCenter) -> TestEnv {
    let mut env = TestEnv::of(center);
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    env.script("aws", "printf '%s\\0' \"$@\" > \"$HOME/argv\"\nexit 7");
    env.set("ODD", ODD);
    env
}

fn shell(name: &str) -> Option<PathBuf> {
    or_skip(find(&[name]), &format!("{name} takes aws for us"), &format!("{name} is not installed"))
}

/// The lines are read alike by bash, zsh and fish; `{code}` is the exit code of the last command.
fn function(name: &str, source: &str, code: &str) {
    let Some(shell) = shell(name) else { return };
    let center = IdentityCenter::start();
    let env = fixture(&center);
    let lines = [
        source,
        "aws --profile dev sso login --output json --no-browser --flow authorization-code; echo login {code}",
        "aws --region us-east-1 --debug sso-oidc register-client --client-name \"$ODD\" --client-type public --query clientType 2>/dev/null",
        "echo register {code}",
        "aws sso-oidc login 2>/dev/null; echo unknown {code}",
        "aws --no-cli-pager s3 ls \"$ODD\" '' sso login '*'; echo other {code}",
        "aws sso logout --profile legacy; echo logout {code}",
    ];
    let no_files = if name == "fish" { "--no-config" } else { "-f" };
    let script = lines.join("\n").replace("{code}", code);
    let mut running = env.program(&shell, [no_files, "-c", &script]).spawn();
    UserAgent::new().approve(&running.authorization_url()).unwrap();
    let run = running.finish().ok();
    let (login, rest) = run.stdout.split_once("login 0\n").unwrap_or_else(|| panic!("{}", run.snapshot()));
    assert!(login.ends_with(&format!("Successfully logged into Start URL: {}\n", center.start_url())), "{login}");
    assert_eq!(rest, "null\nregister 0\nunknown 252\nother 7\nlogout 0\n", "{}", run.snapshot());
    let registered = center.requests_to(Endpoint::RegisterClient).into_iter().last().unwrap();
    let body: serde_json::Value = serde_json::from_slice(&registered.body).unwrap();
    assert_eq!(body["clientName"], ODD);
    assert_eq!(env.read("argv"), ["--no-cli-pager", "s3", "ls", ODD, "", "sso", "login", "*", ""].join("\0"));
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists(), "{}", run.snapshot());
}

#[test]
fn shim_in_bash() {
    function("bash", "set -e; eval \"$(sso-oidc shim bash)\"; set +e", "$?");
}

#[test]
fn shim_in_zsh() {
    function("zsh", "eval \"$(sso-oidc shim zsh)\"", "$?");
}

#[test]
fn shim_in_fish() {
    function("fish", "sso-oidc shim fish | source", "$status");
}

#[test]
fn shim_detects_the_shell() {
    let mut env = TestEnv::new();
    for (path, shell) in [("/usr/bin/fish", "fish"), ("/bin/zsh", "zsh"), ("/bin/sh", "bash")] {
        env.set("SHELL", path);
        assert_eq!(env.run(["shim"]).ok().stdout, env.run(["shim", shell]).ok().stdout, "{path}");
    }
    assert!(env.run(["shim", "powershell"]).ok().stdout.contains("ExpectingInput"));
    env.run(["shim", "tcsh"]).expect(252);
}

/// A link to the program, named `aws`.
fn linked(env: &TestEnv) -> PathBuf {
    let link = env.home().join("aws");
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), &link).unwrap();
    link
}

#[test]
fn aws_link_signs_in_and_out() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let aws = linked(&env);
    let words =
        ["sso", "login", "--profile", "dev", "--output", "json", "--no-browser", "--flow", "authorization-code"];
    let mut running = env.program(&aws, words).spawn();
    UserAgent::new().approve(&running.authorization_url()).unwrap();
    let run = running.finish().ok();
    assert!(run.stdout.ends_with(&format!("Successfully logged into Start URL: {}\n", center.start_url())), "{run:?}");
    let again = env.program(&aws, ["sso", "login", "--profile=dev"]).env("SSO_OIDC_EVENTS", "json").run().ok();
    assert_eq!(again.json()["event"], "logged_in");
    env.sign_in(&center, &center.start_url());
    let run = env.program(&aws, ["sso", "logout", "--profile", "dev"]).run().ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    for key in [SESSION, &center.start_url()] {
        assert!(!env.home().join(TestEnv::token_path(key)).exists(), "{key}");
    }
}

#[test]
fn aws_link_runs_operations() {
    let center = IdentityCenter::start();
    center.tolerate_everything();
    let env = TestEnv::of(&center);
    let aws = linked(&env);
    let words = ["--region", "us-east-1", "sso-oidc", "create-token", "--client-id", "c", "--client-secret", "s"];
    let words = words.into_iter().chain(["--grant-type", "refresh_token", "--refresh-token", "none"]);
    let run = env.program(&aws, words).run().expect(254);
    let start = "\naws: [ERROR]: An error occurred (InvalidClientException) when calling the CreateToken operation";
    assert!(run.stdout.is_empty() && run.stderr.starts_with(start), "{}", run.snapshot());
    let missing = env.program(&aws, ["sso-oidc", "create-token"]).run().expect(252);
    assert!(
        missing.stderr.starts_with("\naws: [ERROR]: An error occurred (ParamValidation)"),
        "{}",
        missing.snapshot()
    );
}

#[test]
fn aws_link_reports_unknown_commands() {
    let env = TestEnv::new();
    let aws = linked(&env);
    for words in [&["s3", "ls"][..], &["sso", "list-accounts"], &["configure", "list"], &["help"], &["login"]] {
        let run = env.program(&aws, words.iter().copied()).run().expect(252);
        let known = "supports only `aws sso login`, `aws sso logout`, `aws configure sso` and `aws sso-oidc`";
        assert!(run.stdout.is_empty() && run.stderr.contains(known), "{words:?}: {}", run.snapshot());
    }
    let run = env.program(&aws, ["sso-oidc", "logout"]).run().expect(252);
    assert!(run.stderr.contains("Unknown command `logout`"), "{}", run.snapshot());
    let version = env.program(&aws, ["--version"]).run().ok().stdout;
    assert_eq!(
        version,
        format!("sso-oidc {} as aws: sso login, sso logout, configure sso, sso-oidc\n", env!("CARGO_PKG_VERSION"))
    );
}
