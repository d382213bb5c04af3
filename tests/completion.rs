//! Tab completion in real shells: partly typed lines and what each shell makes of the candidates.
//!
//! bash and zsh are typed into on a terminal: a key inserts every candidate, and a function with the program's name
//! prints the words that the shell parses, which proves the quoting. fish and Elvish list their candidates. PowerShell
//! is not run here.

use std::path::{Path, PathBuf};

use crate::support::TestEnv;
use crate::support::programs::{find, or_skip};
use crate::support::terminal::Terminal;

/// Incomplete lines and their completions. The lines need no quoting, so that all shells parse them alike.
const LINES: [(&str, &[&str]); 17] = [
    ("lo", &["login", "logout"]),
    ("create-token-w", &["create-token-with-iam"]),
    ("--region eu-west-1 sta", &["status", "start-device-authorization"]),
    ("login --sso-s", &["--sso-session"]),
    ("status --no-cli", &["--no-cli-pager", "--no-cli-auto-prompt"]),
    ("login --sso-session co", &["corp", "corp-eu"]),
    ("login --profile d", &["default", "dev"]),
    ("token --profile=d", &["--profile=default", "--profile=dev"]),
    ("login --region il", &["il-central-1"]),
    ("login --flow de", &["device-code"]),
    ("login --interactive a", &["auto", "always"]),
    ("login --output=ya", &["--output=yaml", "--output=yaml-stream"]),
    ("login --cli-error-format e", &["enhanced"]),
    ("export-credentials --format env", &["env", "env-no-export"]),
    ("create-token --code file://sec", &["file://secret.txt", "file://secrets/"]),
    ("help regi", &["register-client"]),
    ("export-credentials -- zz-c", &["zz-command"]),
];

/// Lines whose candidates need quoting.
const ODD: [(&str, &[&str]); 4] = [
    ("login --profile my", &["my dev"]),
    ("login --profile it", &["it's $HOME *;`"]),
    ("login --profile a", &["a:b", "a=b"]),
    ("create-token --code file://with", &["file://with blank/"]),
];

/// Lines with an open quotation, for shells that read it alike.
const OPEN: [(&str, &[&str]); 4] = [
    ("login --profile \"my d", &["my dev"]),
    ("login --profile 'my d", &["my dev"]),
    ("login --profile my\\ d", &["my dev"]),
    ("login --profile='my d", &["--profile=my dev"]),
];

const CONFIG: &str = "\
[default]
region = us-east-1
[profile dev]
sso_session = corp
[profile \"my dev\"]
sso_session = corp
[profile \"it's $HOME *;`\"]
sso_session = corp
[profile a:b]
region = r
[profile a=b]
region = r
[profile \"dev\u{1b}]0;title\u{7}\"]
region = r
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
[sso-session corp-eu]
sso_start_url = https://corp-eu.awsapps.com/start
";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

/// A fixture with a config file, files to complete, and the program on the `PATH`.
fn fixture() -> TestEnv {
    let mut env = TestEnv::new();
    env.config(CONFIG);
    let path = format!("{}:/usr/bin:/bin", env.bin().display());
    env.set("TERM", "dumb").set("PATH", path);
    for file in ["secret.txt", "secrets/a", "with blank/b"] {
        env.write(env.work().join(file).to_str().unwrap(), "");
    }
    env.script("zz-command", "");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    env
}

fn shell(name: &str) -> Option<PathBuf> {
    or_skip(find(&[name]), &format!("{name} completes"), &format!("{name} is not installed"))
}

/// A shell on a terminal, with a function that prints its arguments.
struct Typist {
    terminal: Terminal,
    /// The key that inserts all candidates.
    key: &'static str,
    /// Whether the shell splits a word at `=` and `:` and completes only the last part.
    splits: bool,
    shown: usize,
}

impl Typist {
    /// The words of the line after completion of the last one.
    fn complete(&mut self, line: &str) -> Vec<String> {
        self.shown += 1;
        let (start, end) = (format!("#{}{{", self.shown), format!("}}#{}", self.shown));
        let key = self.key;
        self.terminal.type_in(&format!("sso-oidc {line}{key}\r"));
        let words = self.terminal.wait_for(|text| {
            let (_, rest) = text.split_once(&start)?;
            rest.split_once(&end).map(|(words, _)| words.to_owned())
        });
        words.split('|').map(str::to_owned).collect()
    }

    fn check_all(mut self) {
        for (line, expected) in LINES.into_iter().chain(ODD) {
            self.check(line, expected);
        }
        self.key = "\t";
        for (line, expected) in OPEN {
            self.check(line, expected);
        }
        self.terminal.type_in("exit\r");
        self.terminal.finish();
    }

    /// Completions of the last word.
    fn check(&mut self, line: &str, expected: &[&str]) {
        let words = self.complete(line);
        let before = line.replace("my d", "d").replace("my\\ d", "d").split(' ').count() - 1;
        let mut found: Vec<&str> = words[before..].iter().map(String::as_str).collect();
        found.retain(|word| !word.is_empty());
        let last = line.rsplit(' ').next().unwrap();
        let kept = if self.splits { last.rfind(['=', ':']).map_or(0, |at| at + 1) } else { 0 };
        let expected: Vec<&str> =
            expected.iter().enumerate().map(|(at, word)| if at == 0 { word } else { &word[kept..] }).collect();
        let expected = &expected;
        assert_eq!(sorted(&found), sorted(expected), "{line}: {words:?}\n{}", self.terminal.text());
    }
}

fn sorted<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

const SHOW: &str =
    "shown=0; sso-oidc() { shown=$((shown + 1)); local IFS='|'; printf '#%s{%s}#%s\\n' \"$shown\" \"$*\" \"$shown\"; }";

fn bash(package: Option<&Path>) {
    let Some(bash) = shell("bash") else { return };
    let mut env = fixture();
    let script = script("sso-oidc.bash");
    let sources = package.into_iter().chain([script.as_path()]).map(|path| format!(". {}\n", path.display()));
    let (rc, inputrc) = (env.home().join("rc"), env.home().join("inputrc"));
    env.write("rc", format!("PS1='> '\n{SHOW}\n{}", sources.collect::<String>()));
    env.write("inputrc", "set enable-bracketed-paste off\n\"\\C-o\": insert-completions\n");
    env.set("INPUTRC", inputrc);
    let terminal = env.program_on_terminal(&bash, &["--noprofile", "--rcfile", rc.to_str().unwrap(), "-i"]);
    Typist { terminal, key: "\u{f}", splits: true, shown: 0 }.check_all();
}

#[test]
fn bash_completes() {
    bash(None);
}

#[test]
fn bash_completes_with_bash_completion() {
    let package = Path::new("/usr/share/bash-completion/bash_completion");
    let found = package.exists().then_some(package);
    let Some(package) = or_skip(found, "bash completes", "bash-completion is not installed") else { return };
    bash(Some(package));
}

#[test]
fn zsh_completes() {
    let Some(zsh) = shell("zsh") else { return };
    let mut env = fixture();
    let lines = format!(
        "PS1='> '; zle_bracketed_paste=(); autoload -Uz compinit; compinit -u -D\n{SHOW}\n. {}\n\
         all() {{ comppostfuncs=(insert_all); _main_complete }}; insert_all() {{ compstate[insert]=all }}\n\
         zle -C all complete-word all; bindkey '^O' all\n",
        script("_sso-oidc").display(),
    );
    let home = env.write(".zshrc", lines).home();
    env.set("ZDOTDIR", home);
    let terminal = env.program_on_terminal(&zsh, &["-d", "-i"]);
    Typist { terminal, key: "\u{f}", splits: false, shown: 0 }.check_all();
}

/// The lists that a shell prints for the lines, each followed by an empty line.
fn check_lists(stdout: &str, lines: &[(&str, &[&str])]) {
    let mut found = stdout.split_inclusive('\n').map(|line| line.trim_end_matches(['\r', '\n']));
    for (line, expected) in lines {
        let list: Vec<&str> = found.by_ref().take_while(|line| !line.is_empty()).collect();
        let values: Vec<&str> = list.iter().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(sorted(&values), sorted(expected), "{line}: {stdout}");
    }
    assert_eq!(found.next(), None);
}

#[test]
fn fish_completes() {
    let Some(fish) = shell("fish") else { return };
    let env = fixture();
    let all: Vec<_> = LINES.into_iter().chain(ODD).collect();
    let source = format!("source {}\n", script("sso-oidc.fish").display());
    let ask = |(line, _): &(&str, &[&str])| format!("complete --do-complete 'sso-oidc {line}'; echo\n");
    let lines: String = [source].into_iter().chain(all.iter().map(ask)).collect();
    let run = env.program(&fish, ["--no-config", "-c", &lines]).run().ok();
    check_lists(&run.stdout, &all);
    assert_eq!(run.stderr, "");
}

#[test]
fn elvish_completes() {
    let Some(elvish) = shell("elvish") else { return };
    let env = fixture();
    let all: Vec<_> = LINES.into_iter().chain(ODD).collect();
    let list = env.home().join("list");
    let source = format!("use str\neval (slurp < {})\n", script("sso-oidc.elv").display());
    let ask = |(line, _): &(&str, &[&str])| {
        // Elvish itself selects the matching commands.
        format!(
            "$edit:completion:arg-completer[sso-oidc] sso-oidc {line} | each {{|one| \
             if (not-eq (kind-of $one) string) {{ echo $one[stem] }} elif (str:has-prefix $one {last}) {{ echo $one }} \
             }} >> {list}\necho >> {list}\n",
            last = line.rsplit(' ').next().unwrap(),
            list = list.display(),
        )
    };
    let lines: String = [source].into_iter().chain(all.iter().map(ask)).collect();
    let rc = env.write("rc.elv", lines + "exit\n").home().join("rc.elv");
    let terminal = env.program_on_terminal(&elvish, &["-rc", rc.to_str().unwrap()]);
    let (_, screen, _) = terminal.finish();
    assert!(!screen.contains("xception"), "{screen}");
    check_lists(&env.read("list"), &all);
}

/// Broken files or a missing profile print nothing; other words are completed.
#[test]
fn completion_ignores_broken_config_files() {
    let mut env = fixture();
    env.set("AWS_PROFILE", "gone");
    env.config("[profile\nnonsense");
    let run = env.run(["completion", "bash", "--", "login", "--profile", ""]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    env.config(CONFIG);
    let run = env.run(["completion", "bash", "--", "login", "--profile", "'my d"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("my dev\t\n", ""));
    let run = env.run(["completion", "powershell", "--", "login.", "--flow.", "."]).ok();
    assert_eq!(run.stdout, "auto\t\nauthorization-code\t\ndevice-code\t\n");
    let all = env.run(["completion", "zsh", "--", "--profile", ""]).ok();
    assert!(all.stdout.contains("a:b\t") && !all.stdout.contains("title"), "{}", all.snapshot());
}

#[test]
fn the_default_shell_is_that_of_the_variable() {
    let env = TestEnv::new();
    let by_variable = |shell: &str| env.command(["completion"]).env("SHELL", shell).run();
    assert_eq!(by_variable("/usr/bin/fish").ok().stdout, env.run(["completion", "fish"]).ok().stdout);
    for (shell, message) in [
        (
            "/bin/tcsh",
            "No completion script for `tcsh` (from the environment variable SHELL); expected bash, zsh, fish",
        ),
        ("", "Missing SHELL; expected bash, zsh, fish, powershell or elvish"),
    ] {
        let run = by_variable(shell).expect(252);
        assert!(run.stderr.contains(message) && run.stdout.is_empty(), "{run:?}");
    }
}
