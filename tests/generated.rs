//! `completions/` and `man/` hold what the program prints. What shells make of the former is in `shells`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test generated` rewrites the manual pages after a change of the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use clap::CommandFactory as _;
use sso_oidc::cli::Cli;

use crate::support::TestEnv;
use crate::support::snapshot::update_is_wanted;

const SHELLS: [(&str, &str); 5] = [
    ("bash", "sso-oidc.bash"),
    ("zsh", "_sso-oidc"),
    ("fish", "sso-oidc.fish"),
    ("powershell", "_sso-oidc.ps1"),
    ("elvish", "sso-oidc.elv"),
];

/// The files of a folder are these, no more, no less, no other; or become so.
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
        assert!(kept[name] == *text, "{name} is not what the program prints; UPDATE_SNAPSHOTS=1 rewrites it");
    }
}

#[test]
fn completions_are_what_the_program_prints() {
    let env = TestEnv::new();
    let print = |(shell, file): (&str, &str)| (file.to_owned(), env.run(["completion", shell]).ok().stdout);
    check("completions", &SHELLS.into_iter().map(print).collect());
}

#[test]
fn manual_pages_are_what_the_program_prints() {
    let env = TestEnv::new();
    let program = Cli::command();
    let mut pages = BTreeMap::from([("sso-oidc.1".to_owned(), env.run(["man"]).ok().stdout)]);
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        let page = env.run(["man", command.get_name()]).ok().stdout;
        assert!(page.contains(&format!(".TH sso-oidc-{} 1 ", command.get_name())), "{page}");
        pages.insert(format!("sso-oidc-{}.1", command.get_name()), page);
    }
    check("man", &pages);
}
