//! `completions/`, `man/` and `src/help/` are up to date with the declarations of the command line.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test generated` rewrites manual pages and help after a change of the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::project::help_texts;
use crate::project::manual::pages;
use crate::project::source_files;
use crate::support::TestEnv;
use crate::support::programs::{find, or_skip};
use crate::support::snapshot::update_is_wanted;

const SHELLS: [(&str, &str); 5] = [
    ("bash", "sso-oidc.bash"),
    ("zsh", "_sso-oidc"),
    ("fish", "sso-oidc.fish"),
    ("powershell", "_sso-oidc.ps1"),
    ("elvish", "sso-oidc.elv"),
];

/// Checks that a folder contains exactly these files, or with `UPDATE_SNAPSHOTS` writes them.
fn check(folder: &str, files: &BTreeMap<String, String>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    if update_is_wanted() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let kept: BTreeMap<String, String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .map(|(name, text)| (name, text.replace("\r\n", "\n")))
        .collect();
    assert!(kept.keys().eq(files.keys()), "{} holds {:?} instead of {:?}", folder.display(), kept.keys(), files.keys());
    for (name, text) in files {
        assert!(kept[name] == *text, "{name} is not what is made now; UPDATE_SNAPSHOTS=1 rewrites it");
    }
}

#[test]
fn completions_are_up_to_date() {
    let env = TestEnv::new();
    let print = |(shell, file): (&str, &str)| (file.to_owned(), env.run(["completion", shell]).ok().stdout);
    check("completions", &SHELLS.into_iter().map(print).collect());
}

#[test]
fn manual_pages_are_up_to_date() {
    check("man", &pages());
}

#[test]
fn help_texts_are_up_to_date() {
    check("src/help", &help_texts::all());
}

#[test]
fn mandoc_lint_is_silent() {
    let test = "the manual pages are clean";
    let Some(mandoc) = or_skip(find(&["mandoc"]), test, "mandoc is not installed") else { return };
    let env = TestEnv::new();
    let pages = pages().into_iter().map(|(name, text)| env.write(&name, text).home().join(name));
    let pages: Vec<PathBuf> = pages.collect();
    // Warnings about references depend on the manual pages of the machine.
    let output = Command::new(mandoc).args(["-T", "lint", "-W", "style"]).args(pages).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("referenced manual not found")).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn manual_pages_have_the_customary_sections() {
    for (name, page) in pages().into_iter().filter(|(name, _)| name.ends_with(".1")) {
        let sections =
            ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SEE ALSO"];
        let mut rest = page.as_str();
        for section in sections {
            let heading = format!("\n.SH {section}\n");
            let at = rest.find(&heading).unwrap_or_else(|| panic!("{name}: no {section}\n{page}"));
            let body = &rest[at + heading.len()..];
            assert!(!body.starts_with(".SH") && !body.is_empty(), "{name}: {section} is empty");
            rest = &rest[at + 1..];
        }
    }
}

#[test]
fn variables_and_keys_of_the_manual_are_read() {
    let sources = source_files::rust("src");
    let code: String = sources.iter().map(|source| source.text.as_str()).collect();
    for (name, page) in pages() {
        let words = page.split(|end: char| !end.is_ascii_alphanumeric() && end != '_');
        let is_name = |word: &&str| ["AWS_", "SSO_OIDC_", "sso_", "cli_"].iter().any(|start| word.starts_with(start));
        let words = words.map(|word| word.trim_start_matches("fB")).filter(|word| !word.ends_with('_'));
        // Named because they are not supported.
        let unread = ["AWS_CREDENTIAL_FILE", "AWS_DATA_PATH", "AWS_CLI_OUTPUT_ENCODING"];
        for word in words.filter(is_name).filter(|word| !unread.contains(word)) {
            assert!(
                code.contains(&format!("\"{word}\"")) || code.contains(&format!("{word} =")),
                "{name} names {word}"
            );
        }
    }
}
