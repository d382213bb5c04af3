//! The blocks of the README are run in order, in a new home with the configuration that the README shows. What a console
//! block shows must be printed: `…` matches any text within a line, and as the last line any more lines.
//!
//! Lines for a shell's startup file are read by that shell; other commands run with stand-ins for `aws`, `cargo` and
//! `rustup`. `.ci/run` runs the cargo commands, which it also reads from the README.

use std::collections::BTreeSet;
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::project::manual::reference::WORKFLOW;
use crate::project::source_files;
use crate::support::programs::{find, or_skip};
use crate::support::scripted_server::{ScriptedServer, json};
use crate::support::{Approval, IdentityCenter, TestEnv};

/// A command of a console block and what it prints.
struct Shown {
    command: String,
    lines: Vec<String>,
}

/// The README without the indentation of lists.
fn readme() -> String {
    let text = source_files::file("README.md");
    text.lines().flat_map(|line| [line.strip_prefix("   ").unwrap_or(line), "\n"]).collect()
}

/// Language and text of every block, in order.
fn all_blocks(readme: &str) -> Vec<(&str, String)> {
    let blocks = readme.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    blocks.map(|(language, text)| (language, format!("{text}\n"))).collect()
}

/// The text of all blocks of a language.
fn blocks(readme: &str, language: &str) -> Vec<String> {
    let blocks = all_blocks(readme).into_iter().filter(|(of, _)| *of == language);
    blocks.map(|(_, text)| text).collect()
}

fn shown(block: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            all.push(Shown { command: command.to_owned(), lines: Vec::new() });
        } else {
            all.last_mut().expect("a block begins with a command").lines.push(line.to_owned());
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

/// Checks that the lines shown are exactly the lines of standard output and standard error, in order.
fn assert_shown(shown: &Shown, stdout: &str, stderr: &str) {
    let (mut stdout_lines, mut stderr_lines) = (stdout.lines().peekable(), stderr.lines().peekable());
    for line in &shown.lines {
        let matches = |next: &&str| is_as_shown(next, line);
        let found = stdout_lines.next_if(matches).or_else(|| stderr_lines.next_if(matches));
        assert!(found.is_some(), "{}: `{line}` is not next in\n{stdout}\n--- or\n{stderr}", shown.command);
    }
    let more: Vec<&str> = stdout_lines.chain(stderr_lines).collect();
    let is_open = shown.lines.last().is_some_and(|line| line == "…");
    assert!(more.is_empty() || is_open, "{}: the README does not show {more:?}", shown.command);
}

#[cfg(unix)]
#[test]
fn console_blocks_print_what_they_show() {
    let center = IdentityCenter::start();
    center.serve("https://my-company.awsapps.com/start").approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let config = env.home().join(".aws/config");
    let _ = fs::remove_file(&config);
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    let mut ran = 0;
    for (language, block) in all_blocks(&readme()) {
        if language == "ini" {
            let before = fs::read_to_string(&config).unwrap_or_default();
            env.config(&(before + "\n" + &block));
        }
        let commands = if language == "console" { shown(&block) } else { Vec::new() };
        for shown in commands.iter().filter(|shown| !shown.command.starts_with("cargo ")) {
            let run = env.program(Path::new("/bin/sh"), ["-c", &shown.command]).run().ok();
            assert_shown(shown, &run.stdout, &run.stderr);
            ran += 1;
        }
    }
    assert!(ran > 4, "only {ran} commands were found");
    let tools = env.run(["export-credentials", "--profile", "dev-for-tools"]).ok().json();
    let own = env.run(["export-credentials", "--profile", "dev"]).ok().json();
    assert_eq!(tools, own);
}

/// A block in another language would not be run.
#[test]
fn every_block_is_tested() {
    let readme = readme();
    let fences: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("```")).collect();
    let kinds: BTreeSet<&str> = fences.iter().step_by(2).copied().collect();
    assert_eq!(kinds, BTreeSet::from(["console", "ini", "sh"]));
    assert!(fences.iter().skip(1).step_by(2).all(|end| end.is_empty()), "{fences:?}");
}

/// How to start a shell, and how to check that it has our completion or a function `aws`.
struct Shell {
    name: &'static str,
    settings: &'static str,
    args: &'static [&'static str],
    before: &'static str,
    completes: &'static str,
    has_function: &'static str,
}

const SHELLS: [Shell; 4] = [
    Shell {
        name: "bash",
        settings: ".bashrc",
        args: &["-i"],
        before: "",
        completes: "complete -p sso-oidc",
        has_function: "[ \"$(type -t aws)\" = function ] && echo aws is one",
    },
    Shell {
        name: "zsh",
        settings: ".zshrc",
        args: &["-i"],
        before: "autoload -Uz compinit; compinit -u -D",
        completes: "echo completed by $_comps[sso-oidc]",
        has_function: "(( $+functions[aws] )) && echo aws is one",
    },
    Shell {
        name: "fish",
        settings: ".config/fish/config.fish",
        args: &["-c", "exit"],
        before: "",
        completes: "complete --do-complete 'sso-oidc export-cred'",
        has_function: "functions --query aws; and echo aws is one",
    },
    Shell {
        name: "elvish",
        settings: ".config/elvish/rc.elv",
        args: &[],
        before: "",
        completes: "echo completed by $edit:completion:arg-completer[sso-oidc]",
        has_function: "fail 'there is none'",
    },
];

/// The lines with the file of settings that they are for.
#[cfg(target_os = "linux")]
#[test]
fn shell_setup_lines_work() {
    let readme = readme();
    let mut tried = Vec::new();
    for line in blocks(&readme, "sh").concat().lines().filter(|line| line.contains("# ~/")) {
        let (_, file) = line.rsplit_once("# ~/").unwrap();
        let file = file.split(',').next().unwrap();
        let shell = SHELLS.iter().find(|shell| shell.settings == file).unwrap_or_else(|| panic!("{line}"));
        tried.push((shell.name, line.contains("shim")));
        assert!(shell.name != "bash" || line.contains("eval"), "{line}: bash 3.2 of macOS sources no pipe");
        let missing = format!("{} is not installed", shell.name);
        let Some(program) = or_skip(find(&[shell.name]), line, &missing) else { continue };
        let mut env = TestEnv::new();
        symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
        env.script("aws", "");
        let path = format!("{}:/usr/bin:/bin", env.bin().display());
        env.set("PATH", path).set("TERM", "dumb");
        let (check, said) =
            if line.contains("shim") { (shell.has_function, "aws is one") } else { (shell.completes, "complet") };
        env.write(shell.settings, format!("{}\n{line}\n{check}\nexit\n", shell.before));
        let (_, screen, _) = env.program_on_terminal(&program, shell.args).finish();
        let knows = screen.lines().any(|line| line.contains(said) || line.starts_with("export-credentials"));
        assert!(knows && !screen.contains("rror") && !screen.contains("not found"), "{line}: {screen}");
    }
    let mut expected: Vec<_> = SHELLS.iter().map(|shell| (shell.name, false)).collect();
    expected.extend(SHELLS[..3].iter().map(|shell| (shell.name, true)));
    assert_eq!(tried, expected);
}

/// The files that packages are made of.
fn checkout(into: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_packed = |path: &str| !path.starts_with("tests/") && !path.starts_with("src/");
    for source in source_files::files("").into_iter().filter(|source| is_packed(&source.path)) {
        let path = into.join(&source.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(root.join(&source.path), path).unwrap();
    }
}

/// Fake programs for a test.
#[cfg(target_os = "linux")]
fn stand_ins(env: &TestEnv) {
    let program = env!("CARGO_BIN_EXE_sso-oidc");
    let build = format!("printf '#!/bin/sh\\nexec \"{program}\" \"$@\"\\n' > \"$to\"; chmod 755 \"$to\"");
    env.script(
        "cargo",
        &format!(
            "case \"$*\" in\n'install --locked --path .') to=~/.cargo/bin/sso-oidc ;;\n\
             'build --release --locked --target x86_64-unknown-linux-musl') \
             to=target/x86_64-unknown-linux-musl/release/sso-oidc ;;\n\
             *) exit 1 ;;\nesac\nmkdir -p \"$(dirname \"$to\")\"; {build}"
        ),
    );
    env.script("rustup", "[ \"$*\" = 'target add x86_64-unknown-linux-musl' ]");
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn other_commands_work() {
    let missing = "dpkg-deb is not installed";
    let Some(_) = or_skip(find(&["dpkg-deb"]), "the commands of the README", missing) else { return };
    let mut env = TestEnv::new();
    stand_ins(&env);
    checkout(&env.work());
    let path = format!("{}:/usr/bin:/bin", env.bin().display());
    env.set("PATH", path);
    let mut said = String::new();
    for block in blocks(&readme(), "sh").into_iter().filter(|block| !block.contains("# ~/")) {
        said += &env.program(Path::new("/bin/sh"), ["-ec", &block]).run().ok().stdout;
    }
    let made = [".cargo/bin/sso-oidc", ".local/bin/aws"];
    for path in made {
        assert!(env.home().join(path).exists(), "{path}: {said}");
    }
    let rpm = find(&["rpmbuild"]).map(|_| "sso-oidc-*.rpm");
    for package in ["sso-oidc_*.deb", "sso-oidc-*.tar.gz", "container"].into_iter().chain(rpm) {
        let is_named = readme().contains(&format!("./{package}`")) || readme().contains(&format!("/{package}`"));
        assert!(is_named || readme().contains(&format!("`{package}`")), "{package}");
        env.program(Path::new("/bin/sh"), ["-c", &format!("ls -d target/packages/{package}")]).run().ok();
    }
}

/// Uses fake `curl` and `jq` that return the identity of a job, and a server that is both STS and the OIDC service.
#[cfg(unix)]
#[test]
fn github_actions_step_gets_a_token() {
    let (settings, step) = WORKFLOW.split_once("        run: |\n").unwrap();
    let keys = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
                </AssumeRoleWithWebIdentityResponse>";
    let server = ScriptedServer::plain(vec![json(200, &[], keys), json(200, &[], r#"{"accessToken": "ACCESS"}"#)]);
    let mut env = TestEnv::new();
    let temp = env.work().to_str().unwrap().to_owned();
    for (name, value) in settings.lines().filter_map(|line| line.strip_prefix("          ")?.split_once(": ")) {
        env.set(name, value.replace("${{ runner.temp }}", &temp));
    }
    env.set("AWS_ENDPOINT_URL", server.url()).set("RUNNER_TEMP", &temp);
    env.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job").set("ACTIONS_ID_TOKEN_REQUEST_URL", "http://job?v=1");
    env.script("curl", r#"echo "JWT for ${3##*=} by ${2##* }""#);
    env.script("jq", "exec /bin/cat");
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    env.program(Path::new("/bin/bash"), ["-ec", step]).run().ok();
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
fn cargo_commands_exist_for_ci() {
    let blocks = blocks(&readme(), "console").concat();
    let commands: Vec<String> = shown(&blocks).into_iter().map(|shown| shown.command).collect();
    for command in ["cargo run --release --example demo", "cargo test"] {
        assert!(commands.iter().any(|shown| shown == command), "the README does not show `{command}`");
    }
}

#[test]
fn ellipsis_matches_any_text() {
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
