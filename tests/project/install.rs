//! What installs a release: the files for Homebrew, Scoop, winget, the AUR and Nix, rendered with made-up checksums, and
//! `get.sh` against a local server.
//!
//! Checkers of the files' languages are used where they are installed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::project::source_files;
use crate::support::programs::{find, or_skip};
use crate::support::scripted_server::{ScriptedServer, Step};
use crate::support::{Run, TestEnv};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const ENDS: [&str; 5] = [
    "x86_64-unknown-linux-musl.tar.gz",
    "aarch64-unknown-linux-musl.tar.gz",
    "x86_64-apple-darwin.tar.gz",
    "aarch64-apple-darwin.tar.gz",
    "x86_64-pc-windows-msvc.zip",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Renders the files with the checksum of each archive's name as its checksum.
fn render(ends: &[&str]) -> (tempfile::TempDir, std::process::Output) {
    let folder = tempfile::tempdir().unwrap();
    let line = |end: &&str| {
        let name = format!("sso-oidc-{VERSION}-{end}");
        format!("{}  {name}\n", sha256(name.as_bytes()))
    };
    fs::write(folder.path().join("SHA256SUMS"), ends.iter().map(line).collect::<String>()).unwrap();
    let mut render = Command::new("bash");
    render.arg(path(".ci/packages/render")).args(["SHA256SUMS", "rendered"]).current_dir(folder.path());
    let output = render.output().unwrap();
    (folder, output)
}

/// The rendered files by their names.
fn rendered(folder: &Path) -> BTreeMap<String, String> {
    let folder = folder.join("rendered");
    let mut files = BTreeMap::new();
    for part in ["", "aur", "winget"] {
        for entry in fs::read_dir(folder.join(part)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                let name = entry.path().strip_prefix(&folder).unwrap().display().to_string();
                files.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    files
}

#[test]
fn files_for_package_managers_are_rendered() {
    let (folder, output) = render(&ENDS);
    assert!(output.status.success(), "{output:?}");
    let files = rendered(folder.path());
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "aur/.SRCINFO",
        "aur/PKGBUILD",
        "default.nix",
        "sso-oidc.json",
        "sso-oidc.rb",
        "winget/OWNER.sso-oidc.installer.yaml",
        "winget/OWNER.sso-oidc.locale.en-US.yaml",
        "winget/OWNER.sso-oidc.yaml",
    ];
    assert_eq!(names, expected);
    let repository = env!("CARGO_PKG_REPOSITORY");
    for end in ENDS {
        let name = format!("sso-oidc-{VERSION}-{end}");
        let url = format!("{repository}/releases/download/v{VERSION}/{name}");
        let with: Vec<&String> = files.values().filter(|text| text.contains(&url)).collect();
        assert!(with.len() > 1, "{url} is in {} files", with.len());
        assert!(with.iter().all(|text| text.contains(&sha256(name.as_bytes()))), "{name}");
    }
    for (name, text) in files {
        assert!(text.contains(VERSION) && !text.contains('@'), "{name}: {text}");
    }
}

#[test]
fn a_missing_checksum_is_an_error() {
    let (_folder, output) = render(&ENDS[1..]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && message.contains(&format!("sso-oidc-{VERSION}-{}", ENDS[0])), "{output:?}");
}

#[test]
fn files_for_package_managers_have_valid_syntax() {
    let (folder, output) = render(&ENDS);
    assert!(output.status.success(), "{output:?}");
    let yaml = "import sys, yaml\nfor path in sys.argv[1:]: assert yaml.safe_load(open(path))['PackageVersion']";
    for (program, args, end) in [
        ("ruby", &["-c"][..], ".rb"),
        ("bash", &["-n"], "PKGBUILD"),
        ("shellcheck", &[], "PKGBUILD"),
        ("nix-instantiate", &["--parse"], ".nix"),
        ("python3", &["-m", "json.tool"], ".json"),
        ("python3", &["-c", yaml], ".yaml"),
    ] {
        let missing = format!("{program} is not installed");
        let Some(checker) = or_skip(find(&[program]), &format!("the syntax of *{end}"), &missing) else { continue };
        let has_yaml = || Command::new(&checker).args(["-c", "import yaml"]).output().unwrap().status.success();
        if end == ".yaml" && or_skip(has_yaml().then_some(()), "the syntax of *.yaml", "no PyYAML").is_none() {
            continue;
        }
        for name in rendered(folder.path()).into_keys().filter(|name| name.ends_with(end)) {
            let mut command = Command::new(&checker);
            // Nix keeps its state in the home directory.
            let command = command.args(args).arg(folder.path().join("rendered").join(&name)).env("HOME", folder.path());
            let output = command.output().unwrap();
            assert!(output.status.success(), "{program}: {name}: {output:?}");
        }
    }
}

#[test]
fn scripts_pass_shellcheck() {
    let missing = "shellcheck is not installed";
    let Some(shellcheck) = or_skip(find(&["shellcheck"]), "scripts_pass_shellcheck", missing) else { return };
    let scripts = ["get.sh", "render", "build", "install"].map(|name| path(&format!(".ci/packages/{name}")));
    let output = Command::new(shellcheck).args(scripts).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// cargo-binstall and the script name archives as `build` does.
#[test]
fn every_installer_names_the_same_repository_and_archives() {
    let script = source_files::file(".ci/packages/get.sh");
    let releases = format!("{}/releases", env!("CARGO_PKG_REPOSITORY"));
    assert!(script.contains(&format!("releases=${{RELEASES:-{releases}}}\n")), "{script}");
    assert!(source_files::file("README.md").contains(&format!("{releases}/latest/download/get.sh")));
    for end in ENDS {
        let target = end.trim_end_matches(".tar.gz").trim_end_matches(".zip");
        assert!(script.contains(&format!("echo {target} ;;")), "{target}");
        assert!(source_files::file(".github/workflows/release.yml").contains(&format!("target: {target}")), "{target}");
    }
    let manifest = source_files::file("Cargo.toml");
    for end in [".tar.gz", ".zip"] {
        let url = "pkg-url = \"{ repo }/releases/download/v{ version }/{ name }-{ version }-{ target }";
        assert!(manifest.contains(&format!("{url}{end}\"")), "{end}");
    }
}

/// The archive of a release for this machine, with a program that only knows its version.
struct Release {
    name: String,
    archive: Vec<u8>,
}

impl Release {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = format!("sso-oidc-{VERSION}-{}-unknown-linux-musl", std::env::consts::ARCH);
        let inside = folder.path().join(&root);
        fs::create_dir(&inside).unwrap();
        for name in ["man", "completions", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(Command::new("cp").arg("-R").arg(path(name)).arg(&inside).status().unwrap().success());
        }
        fs::copy(path(".ci/packages/install"), inside.join("install")).unwrap();
        fs::write(inside.join("sso-oidc"), format!("#!/bin/sh\necho sso-oidc {VERSION}\n")).unwrap();
        let name = format!("{root}.tar.gz");
        let mut tar = Command::new("tar");
        assert!(tar.args(["-czf", &name, &root]).current_dir(folder.path()).status().unwrap().success());
        let archive = fs::read(folder.path().join(&name)).unwrap();
        Self { name, archive }
    }

    /// SHA256SUMS, with this checksum of the archive.
    fn sums(&self, sum: &str) -> Step {
        answer(format!("{}  sso-oidc_{VERSION}_amd64.deb\n{sum}  {}\n", sha256(b"deb"), self.name).as_bytes())
    }
}

/// A response with this body.
fn answer(body: &[u8]) -> Step {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    Step::Write([head.as_bytes(), body].concat())
}

/// Runs the script against a server, with one of the two programs that download.
fn get(env: &TestEnv, downloader: &str, steps: Vec<Step>) -> (Run, Vec<String>) {
    let server = ScriptedServer::plain(steps);
    let tools = [
        "sh",
        "uname",
        "mktemp",
        "grep",
        "sha256sum",
        "tar",
        "gzip",
        "mv",
        "cp",
        "chmod",
        "mkdir",
        "rm",
        "dirname",
        "basename",
        "cat",
    ];
    for tool in tools.iter().chain(&[downloader]) {
        let to = env.bin().join(tool);
        let _ = std::os::unix::fs::symlink(find(&[tool]).unwrap(), to);
    }
    let script = path(".ci/packages/get.sh");
    let run = env.program(&env.bin().join("sh"), [script]).env("PATH", env.bin()).env("RELEASES", server.url()).run();
    (run, server.requests().into_iter().map(|request| request.line).collect())
}

#[test]
fn get_installs_a_release_below_the_home() {
    for downloader in ["curl", "wget"] {
        let test = "get_installs_a_release_below_the_home";
        let Some(_) = or_skip(find(&[downloader]), test, &format!("{downloader} is not installed")) else { continue };
        let (env, release) = (TestEnv::new(), Release::new());
        let steps = vec![release.sums(&sha256(&release.archive)), answer(&release.archive)];
        let (run, requests) = get(&env, downloader, steps);
        let run = run.ok();
        let bin = env.home().join(".local/bin");
        assert!(run.stdout.starts_with(&format!("Installed sso-oidc {VERSION} in {}\n", bin.display())), "{run:?}");
        assert!(run.stdout.contains(&format!("export PATH=\"{}:$PATH\"", bin.display())), "{run:?}");
        assert_eq!(env.mode(bin.join("sso-oidc")), 0o755);
        for file in ["share/man/man1/sso-oidc-login.1", "share/bash-completion/completions/sso-oidc"] {
            assert!(env.home().join(".local").join(file).exists(), "{file}");
        }
        assert_eq!(
            requests,
            [
                "GET /latest/download/SHA256SUMS HTTP/1.1".to_owned(),
                format!("GET /latest/download/{} HTTP/1.1", release.name)
            ]
        );
    }
}

#[test]
fn get_installs_the_version_asked_for() {
    let (mut env, release) = (TestEnv::new(), Release::new());
    let prefix = env.home().join("tools");
    env.set("VERSION", VERSION).set("PREFIX", &prefix);
    let steps = vec![release.sums(&sha256(&release.archive)), answer(&release.archive)];
    let (run, requests) = get(&env, "curl", steps);
    run.ok();
    assert!(prefix.join("bin/sso-oidc").exists());
    assert!(requests.iter().all(|line| line.starts_with(&format!("GET /download/v{VERSION}/"))), "{requests:?}");
}

#[test]
fn get_installs_nothing_if_the_download_is_not_the_release() {
    let release = Release::new();
    let right = || release.sums(&sha256(&release.archive));
    let half = release.archive[..release.archive.len() / 2].to_vec();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", release.archive.len());
    let cut = Step::Write([head.as_bytes(), &half].concat());
    let missing = Step::Write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n".to_vec());
    for (steps, message) in [
        (vec![release.sums(&sha256(b"another")), answer(&release.archive)], "the checksum of sso-oidc-"),
        (vec![right(), answer(&half)], "the checksum of sso-oidc-"),
        (vec![right(), cut], "cannot download http"),
        (vec![missing], "cannot download http"),
        (vec![answer(b"")], "has no archive for"),
        (vec![answer(format!("{}  ../{}\n", sha256(b"x"), release.name).as_bytes())], "invalid file name"),
    ] {
        let env = TestEnv::new();
        let (run, _) = get(&env, "curl", steps);
        let run = run.expect(1);
        assert!(run.stderr.contains(message), "{message}: {run:?}");
        assert!(!env.home().join(".local").exists(), "{message}");
    }
}
