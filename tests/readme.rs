//! The console blocks of the README are run, in a world with the README's own configuration, and must print what stands
//! there: `…` is any text within a line. The two commands for cargo are run by `.ci/run`, which takes them from there too.

use crate::support::script::{Script, json};
use crate::support::{IdentityCenter, TestEnv, sources};

/// A command of a console block and what it prints.
struct Shown {
    command: String,
    lines: Vec<String>,
}

/// The text of all blocks of a language.
fn blocks(readme: &str, language: &str) -> Vec<String> {
    let blocks = readme.split("\n```").filter_map(|block| block.strip_prefix(&format!("{language}\n")));
    blocks.map(str::to_owned).collect()
}

fn shown(readme: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for block in blocks(readme, "console") {
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                all.push(Shown { command: command.to_owned(), lines: Vec::new() });
            } else {
                all.last_mut().expect("a block begins with a command").lines.push(line.to_owned());
            }
        }
    }
    all
}

/// Whether a line is the one shown, `…` being any text.
fn is_as_shown(line: &str, shown: &str) -> bool {
    let parts: Vec<&str> = shown.split('…').collect();
    let [first, middle @ .., last] = &parts[..] else { return line == shown };
    let Some(mut rest) = line.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

/// Each shown line is the next one of standard output or of standard error, and nothing else is printed.
fn assert_shown(shown: &Shown, stdout: &str, stderr: &str) {
    let (mut stdout_lines, mut stderr_lines) = (stdout.lines().peekable(), stderr.lines().peekable());
    for line in &shown.lines {
        let matches = |next: &&str| is_as_shown(next, line);
        let found = stdout_lines.next_if(matches).or_else(|| stderr_lines.next_if(matches));
        assert!(found.is_some(), "{}: `{line}` is not next in\n{stdout}\n--- or\n{stderr}", shown.command);
    }
    let more: Vec<&str> = stdout_lines.chain(stderr_lines).collect();
    assert!(more.is_empty(), "{}: the README does not show {more:?}", shown.command);
}

#[cfg(unix)]
#[test]
fn the_console_blocks_are_true() {
    let readme = sources::file("README.md");
    let center = IdentityCenter::start();
    center.serve("https://my-company.awsapps.com/start");
    let env = TestEnv::of(&center);
    env.config(&blocks(&readme, "ini").concat());
    // As in the picture, which `picture` draws.
    env.sign_in(&center, "my-company");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    let mut ran = 0;
    for shown in shown(&readme) {
        if shown.command.starts_with("cargo ") {
            continue;
        }
        let run = env.program(std::path::Path::new("/bin/sh"), ["-c", &shown.command]).run().ok();
        assert_shown(&shown, &run.stdout, &run.stderr);
        ran += 1;
    }
    assert!(ran > 2, "only {ran} commands were found");
}

/// With a `curl` and a `jq` that hand out the identity of a job, and a server that is STS and the OIDC service.
#[cfg(unix)]
#[test]
fn the_step_of_github_actions_gets_a_token() {
    let workflow = blocks(&sources::file("README.md"), "yaml").concat();
    let (settings, step) = workflow.split_once("        run: |\n").unwrap();
    let keys = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
                </AssumeRoleWithWebIdentityResponse>";
    let server = Script::plain(vec![json(200, &[], keys), json(200, &[], r#"{"accessToken": "ACCESS"}"#)]);
    let mut env = TestEnv::new();
    let temp = env.work().to_str().unwrap().to_owned();
    for (name, value) in settings.lines().filter_map(|line| line.strip_prefix("          ")?.split_once(": ")) {
        env.set(name, value.replace("${{ runner.temp }}", &temp));
    }
    env.set("AWS_ENDPOINT_URL", server.url()).set("RUNNER_TEMP", &temp);
    env.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job").set("ACTIONS_ID_TOKEN_REQUEST_URL", "http://job?v=1");
    env.script("curl", r#"echo "JWT for ${3##*=} by ${2##* }""#);
    env.script("jq", "exec /bin/cat");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    env.program(std::path::Path::new("/bin/bash"), ["-ec", step]).run().ok();
    assert_eq!(env.read(format!("{temp}/token")), "ACCESS\n");
    assert_eq!(env.mode(format!("{temp}/token")), 0o600);
    let requests = server.requests();
    assert!(requests[0].body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fexchange"));
    assert!(requests[0].body.contains("WebIdentityToken=JWT+for+sts.amazonaws.com+by+job"), "{}", requests[0].body);
    assert!(requests[1].header("authorization").unwrap().contains("Credential=ASIA1/"));
    let application = "arn:aws:sso::111122223333:application/ssoins-1/apl-1";
    assert!(requests[1].body.contains(&format!("\"JWT for {application} by job")), "{}", requests[1].body);
}

#[test]
fn the_commands_for_cargo_are_there_for_ci() {
    let commands: Vec<String> = shown(&sources::file("README.md")).into_iter().map(|shown| shown.command).collect();
    for command in ["cargo run --release --example demo", "cargo test"] {
        assert!(commands.iter().any(|shown| shown == command), "the README does not show `{command}`");
    }
}

#[test]
fn an_ellipsis_is_any_text() {
    for (line, shown, expected) in [
        ("abc", "abc", true),
        ("abc", "ab", false),
        ("abc", "a…", true),
        ("abc", "a…c", true),
        ("abcd", "…b…", true),
        ("abc", "…x…", false),
        ("", "…", true),
    ] {
        assert_eq!(is_as_shown(line, shown), expected, "{line} {shown}");
    }
}
