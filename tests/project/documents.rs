//! The documents match the code: named commands, options, variables, keys and exit codes exist, lists are complete,
//! links resolve. `readme` runs the README's console blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sso_oidc::internal::Cli;

#[cfg(target_os = "linux")]
use crate::cache::accounts::Machine;
use crate::project::manual::reference::{DIFFERENCES, TROUBLESHOOTING};
use crate::project::source_files;
#[cfg(target_os = "linux")]
use crate::support::environment::SESSION;
#[cfg(target_os = "linux")]
use crate::support::{Endpoint, IdentityCenter, Reply, TestEnv};

/// The packages that the project started with; all others must be explained.
const GIVEN: [&str; 8] = ["clap", "reqwest", "tokio", "serde_json", "dirs", "open", "indicatif", "anyhow"];

/// Documents of the project, by name.
fn documents() -> Vec<(String, String)> {
    let all = source_files::files("").into_iter().filter(|source| !source.path.starts_with("tests/"));
    let is_document = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "md");
    all.filter(|source| is_document(&source.path)).map(|source| (source.path, source.text)).collect()
}

/// The part of a document below a heading, up to the next one of its kind.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let start = document.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("`{heading}` is missing"));
    let body = &document[start + heading.len() + 2..];
    let level = heading.split(' ').next().unwrap();
    body.split(&format!("\n{level} ")).next().unwrap()
}

/// The contents of code spans and code blocks.
fn code(document: &str) -> String {
    let mut code = String::new();
    for (at, part) in document.split("```").enumerate() {
        if at % 2 == 1 {
            code.push_str(part);
        } else {
            part.split('`').skip(1).step_by(2).for_each(|span| code.extend([span, "\n"]));
        }
    }
    code
}

/// The first cells of a table's rows, without backticks.
fn first_cells(table: &str) -> Vec<String> {
    let rows = table.lines().filter_map(|line| line.strip_prefix("| "));
    rows.map(|row| row.split(" | ").next().unwrap().trim_matches('`').to_owned()).collect()
}

/// Words of a text that satisfy a condition, without duplicates.
fn words(text: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let words = text.split(|end: char| !end.is_ascii_alphanumeric() && !matches!(end, '_' | '-'));
    words.filter(|word| is_wanted(word)).collect()
}

#[test]
fn readme_lists_every_command() {
    let readme = source_files::file("README.md");
    let listed: BTreeSet<String> = first_cells(section(&readme, "## Commands")).into_iter().skip(1).collect();
    let program = Cli::command();
    let commands = program.get_subcommands();
    let commands: BTreeSet<String> = commands.map(|command| format!("sso-oidc {}", command.get_name())).collect();
    assert_eq!(listed, commands);
}

#[test]
fn named_options_exist() {
    let program = Cli::command();
    let commands = std::iter::once(&program).chain(program.get_subcommands());
    let ours: BTreeSet<String> = commands
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(|name| format!("--{name}")))
        .chain(["--help".to_owned(), "--version".to_owned()])
        .collect();
    for name in ["README.md", "SECURITY.md", "CHANGELOG.md"] {
        let document = source_files::file(name);
        let code = code(&document);
        // Lines of other programs have their own options.
        let others = ["cargo ", "firefox ", "podman "];
        let lines = code.lines().filter(|line| !others.iter().any(|other| line.contains(other)));
        let code: Vec<&str> = lines.collect();
        for option in words(&code.join("\n"), |word| word.starts_with("--") && word.len() > 2) {
            assert!(ours.contains(option), "{name} names {option}, which no command takes");
        }
    }
}

#[test]
fn variables_and_keys_that_are_named_are_read() {
    let source: String = source_files::rust("src").into_iter().map(|source| source.text).collect();
    let readme = source_files::file("README.md");
    // Mentioned as unsupported, or read from the files by a prefix.
    let unread = ["AWS_DATA_PATH", "AWS_CLI_OUTPUT_ENCODING"];
    let is_name = |word: &str| {
        let prefixes = ["AWS_", "SSO_OIDC_", "sso_", "cli_"];
        prefixes.iter().any(|prefix| word.starts_with(prefix)) && !unread.contains(&word)
    };
    for name in words(&code(&readme), is_name) {
        assert!(source.contains(name), "the README names {name}, which is not in the source");
    }
    let is_ours = |word: &str| word.starts_with("SSO_OIDC_") && word.len() > "SSO_OIDC_".len();
    let page = source_files::file("man/sso-oidc-config.5");
    for name in words(&source, is_ours) {
        assert!(page.contains(name), "the program reads {name}, which the manual does not name");
    }
}

#[test]
fn every_exit_code_is_explained() {
    let table = source_files::file("src/error.rs");
    let rows = table.lines().filter(|line| line.trim_start().starts_with("(Kind::"));
    let codes = rows.filter_map(|row| row.split(", ").nth(2).map(str::to_owned));
    // SIGINT; after any other signal the process dies of it.
    let codes: BTreeSet<String> = codes.chain(["130".to_owned()]).collect();
    let readme = source_files::file("README.md");
    let explained = first_cells(section(&readme, "## Exit codes")).into_iter().skip(1).collect::<Vec<_>>().join(", ");
    assert_eq!(explained.split(", ").map(str::to_owned).collect::<BTreeSet<_>>(), codes);
}

/// Each message of the manual is one that the program prints in the situation that the manual explains.
#[cfg(target_os = "linux")]
#[test]
fn explained_messages_are_printed() {
    let items = TROUBLESHOOTING.split("* `").skip(1);
    let messages: Vec<&str> = items.map(|item| item.split('`').next().unwrap()).collect();
    assert!(messages.len() > 4, "{messages:?}");
    let Some(printed) = errors_of_users() else { return };
    for message in messages {
        assert!(printed.contains(message), "the manual explains `{message}`, which is not printed:\n{printed}");
    }
}

/// What the program prints for frequent mistakes; `None` if the test cannot be another user.
#[cfg(target_os = "linux")]
fn errors_of_users() -> Option<String> {
    let mut machine = Machine::new("explained_messages_are_printed")?;
    let (center, env) = (IdentityCenter::start(), &mut TestEnv::new());
    env.configure(&center);
    env.write("half", "[sso-session half]\nsso_region = us-east-1\n");
    let half = env.command(["login", "--sso-session", "half"]).env("AWS_CONFIG_FILE", env.home().join("half"));
    let mut printed = half.run().expect(253).stderr;
    env.sign_in(&center, SESSION);
    let mut document = env.let_expire_in(SESSION, -10);
    document.as_object_mut().unwrap().remove("refreshToken");
    env.write_token(SESSION, &document);
    printed += &env.run(["token", "--sso-session", SESSION]).expect(4).stderr;
    center.next(Endpoint::RegisterClient, Reply::html(200, "<html>"));
    printed += &env.run(["login", "--sso-session", SESSION, "--use-device-code"]).expect(255).stderr;
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", "http://no-such-host.invalid").set("AWS_MAX_ATTEMPTS", "1");
    printed += &env.run(["login", "--sso-session", SESSION, "--use-device-code"]).expect(255).stderr;
    machine.env.unset("HOME");
    // An account that the system does not know, as in a container.
    printed += &machine.command_as(54323, &["status"]).run().stderr;
    Some(printed)
}

/// On Linux, where the recorded runs are replayed.
#[cfg(target_os = "linux")]
#[test]
fn every_exception_from_parity_is_explained() {
    let plain = |text: &str| text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let differences = plain(DIFFERENCES);
    for (id, reason) in crate::parity::reasons() {
        assert!(differences.contains(&plain(reason)), "{id}: the manual does not give the reason: {reason}");
    }
    let data = source_files::files("tests/data/parity").into_iter().filter(|file| !file.path.ends_with("/README.md"));
    let runs: usize = data.map(|file| file.text.lines().count()).sum();
    let count = format!("{},{:03} recorded runs", runs / 1000, runs % 1000);
    assert!(differences.contains(&count), "there are {count}");
}

#[test]
fn every_dependency_is_used_and_explained() {
    let manifest = source_files::file("Cargo.toml");
    let mut in_dependencies = false;
    let mut packages = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            in_dependencies = name.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| in_dependencies) {
            packages.insert(name.to_owned());
        }
    }
    let contributing = source_files::file("CONTRIBUTING.md");
    let dependencies = section(&contributing, "## Dependencies");
    let explained: BTreeSet<String> = first_cells(dependencies).into_iter().skip(1).collect();
    let expected = packages.iter().filter(|name| !GIVEN.contains(&name.as_str())).cloned().collect();
    assert_eq!(explained, expected, "left: CONTRIBUTING, right: Cargo.toml");
    for given in GIVEN {
        assert!(packages.contains(given) && dependencies.contains(given), "{given}");
    }
    let tests = source_files::rust("tests");
    let code: String = source_files::rust("src").iter().chain(&tests).map(source_files::Source::code).collect();
    for package in packages {
        let name = package.replace('-', "_");
        // A package is used by its name, or a test uses files of its folder, which it finds with `cargo metadata`.
        let used = ["::", ";", "!"].iter().any(|end| code.contains(&format!("{name}{end}")));
        let asked_for = tests.iter().any(|test| test.text.contains(&format!("package[\"name\"] == \"{package}\"")));
        assert!(used || asked_for, "nothing uses {package}");
    }
}

#[test]
fn decisions_are_numbered_and_complete() {
    let contributing = source_files::file("CONTRIBUTING.md");
    let decisions = section(&contributing, "## Decisions");
    for (at, decision) in decisions.trim().split("\n\n").enumerate() {
        let lines: Vec<&str> = decision.lines().collect();
        let starts = [format!("**{}. ", at + 1), "Context: ".to_owned(), "Choice: ".to_owned(), "Cost: ".to_owned()];
        assert_eq!(lines.len(), starts.len(), "{decision}");
        for (line, start) in lines.iter().zip(&starts) {
            assert!(line.starts_with(start.as_str()), "`{line}` does not start with `{start}`");
        }
    }
}

#[test]
fn contributing_table_names_existing_paths() {
    let contributing = source_files::file("CONTRIBUTING.md");
    let table = section(&contributing, "## I want to change …");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!((10..=15).contains(&rows.len()), "{} rows", rows.len());
    for row in rows {
        let paths: Vec<&str> = row.split(" | ").nth(1).unwrap_or_default().split('`').skip(1).step_by(2).collect();
        assert!(!paths.is_empty(), "no path: {row}");
        for path in paths {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(), "`{path}` does not exist: {row}");
        }
    }
}

#[test]
fn contributing_names_existing_source_files() {
    let contributing = source_files::file("CONTRIBUTING.md");
    let paths = contributing.split('`').skip(1).step_by(2).filter(|span| span.starts_with("src/"));
    let missing: Vec<&str> = paths.filter(|path| !Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?} do not exist");
}

#[test]
fn readme_has_at_most_1200_words() {
    let words = source_files::file("README.md").split_whitespace().count();
    assert!(words <= 1_200, "{words} words");
}

#[test]
fn readme_names_the_required_rust_version() {
    let manifest = source_files::file("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).unwrap();
    assert!(source_files::file("README.md").contains(&format!("Rust {version}")), "{version}");
}

#[test]
fn links_resolve() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for (name, text) in documents() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            links += 1;
            let exists = match link.split_once('#') {
                _ if link.starts_with("https://") => true,
                Some(("", anchor)) => text.lines().any(|line| line.starts_with('#') && anchor_of(line) == anchor),
                _ => root.join(link).exists(),
            };
            assert!(exists, "{name} links to {link}");
        }
    }
    assert!(links > 5, "only {links} links were found");
}

/// The anchor of a heading.
fn anchor_of(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).collect::<String>().replace(' ', "-")
}

#[test]
fn ci_long_sets_every_count() {
    let long = source_files::file(".ci/long");
    let mut counts = BTreeMap::new();
    for source in source_files::rust("src").into_iter().chain(source_files::rust("tests")) {
        for part in source.text.split("count(\"").skip(1) {
            counts.insert(part.split('"').next().unwrap().to_owned(), source.path.clone());
        }
    }
    for (count, path) in counts.iter().filter(|(count, _)| count.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
        assert!(count.is_empty() || long.contains(&format!("{count}=")), "{path}: .ci/long does not set {count}");
    }
}
