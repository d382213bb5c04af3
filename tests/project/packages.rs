//! The packages, installed and run: an archive, Debian and RPM packages, the container's files in an empty root, the crate.
//!
//! `.ci/run packages` builds them and names their folder in `PACKAGES`; without it only the crate's list of files is
//! checked. The empty root contains nothing but the program: no libc, no certificates, no users, no hosts. Without
//! permission to bind port 53 the test skips the name server.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::project::source_files;
use crate::support::environment::SESSION;
use crate::support::{Approval, IdentityCenter, Invocation, Run, TestEnv, programs};

/// The name server of the empty root.
const NAME_SERVER: &str = "127.53.0.1";

fn skip(test: &str, missing: &str) {
    // Not eprintln, which is only shown for a test that fails.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {missing}");
}

/// The folder of the packages.
fn packages(test: &str) -> Option<PathBuf> {
    let folder = programs::variable("PACKAGES").map(PathBuf::from);
    if folder.is_none() {
        skip(test, "PACKAGES names no folder, see .ci/run packages");
    }
    folder
}

/// The one package whose name ends so.
fn package(folder: &Path, end: &str) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = entries.filter(|path| path.to_str().unwrap().ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end}: {found:?}");
    found[0].clone()
}

/// The output of a command, which must succeed.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{stdout}\n{stderr}", output.status);
    stdout.into_owned()
}

/// Files below a folder with their modes, by path.
fn tree(folder: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let (path, metadata) = (entry.path(), entry.metadata().unwrap());
            if metadata.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display();
                all.insert(format!("{:o} {name}", metadata.permissions().mode() & 0o777));
            }
        }
    }
    all
}

/// The installed paths of the manual pages, each in the folder of its section.
fn pages(end: &str) -> Vec<String> {
    let pages =
        source_files::files("man").into_iter().map(|page| format!("644 share/man/{}{end}", installed(&page.path)));
    let pages: Vec<String> = pages.collect();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

/// `man/sso-oidc.1` is `man1/sso-oidc.1` below `share/man`.
fn installed(page: &str) -> String {
    format!("man{}/{}", page.rsplit('.').next().unwrap(), page.trim_start_matches("man/"))
}

/// A root with nothing in it but the program and a home.
struct EmptyRoot {
    env: TestEnv,
    root: PathBuf,
}

impl EmptyRoot {
    fn new(env: TestEnv, packages: &Path) -> Self {
        let root = env.home().parent().unwrap().to_owned();
        // Copied by another process: a file that is open for writing cannot be run, and a copy of ours would also be open in
        // the child processes of other tests.
        output(Command::new("cp").arg(packages.join("container/sso-oidc")).arg(root.join("sso-oidc")));
        Self { env, root }
    }

    /// The program where this folder is the root of all files.
    fn command<const N: usize>(&self, args: [&str; N]) -> Invocation {
        let is_root = rustix::process::geteuid().is_root();
        let change: &[&str] = if is_root { &["--root"] } else { &["--map-root-user", "--root"] };
        let program = programs::find(&["unshare"]).expect("unshare is part of Linux");
        let words = change.iter().map(OsStr::new).chain([self.root.as_os_str(), OsStr::new("/sso-oidc")]);
        let words = words.chain(args.iter().map(OsStr::new)).map(OsStr::to_owned);
        self.env.program(&program, words).env("HOME", "/home")
    }

    /// Runs it to its end.
    fn run<const N: usize>(&self, args: [&str; N]) -> Run {
        self.command(args).run()
    }

    /// Signs in with the device code flow and prints the token.
    fn signs_in(&self, center: &IdentityCenter) {
        center.approval(Approval::AtOnce);
        let run = self.run(["login", "--sso-session", SESSION, "--use-device-code", "--no-browser"]).ok();
        assert!(run.stdout.contains("Successfully logged into Start URL"), "{run:?}");
        let token = self.run(["token", "--sso-session", SESSION]).ok().stdout;
        assert_eq!(token.trim_end(), self.env.token(SESSION)["accessToken"]);
        assert!(center.accepts(token.trim_end()));
    }
}

#[test]
fn the_program_runs_in_an_empty_root() {
    let Some(packages) = packages("the_program_runs_in_an_empty_root") else { return };
    let center = IdentityCenter::start();
    let root = EmptyRoot::new(TestEnv::of(&center), &packages);
    assert_eq!(root.run(["--version"]).ok().stdout, format!("sso-oidc {}\n", env!("CARGO_PKG_VERSION")));
    root.signs_in(&center);
}

#[test]
fn tls_in_an_empty_root() {
    let Some(packages) = packages("tls_in_an_empty_root") else { return };
    let center = IdentityCenter::start_tls();
    let mut env = TestEnv::of(&center);
    env.write("ca.pem", fs::read(center.ca_bundle()).unwrap());
    env.set("AWS_CA_BUNDLE", "/home/ca.pem");
    EmptyRoot::new(env, &packages).signs_in(&center);
}

#[test]
fn empty_root_without_a_home() {
    let Some(packages) = packages("empty_root_without_a_home") else { return };
    let root = EmptyRoot::new(TestEnv::new(), &packages);
    let run = root.command(["status"]).env_remove("HOME").run();
    assert!(run.stderr.contains("HOME"), "{run:?}");
}

#[test]
fn dns_in_an_empty_root() {
    let test = "dns_in_an_empty_root";
    let Some(packages) = packages(test) else { return };
    let center = IdentityCenter::start();
    let root = |host: &str| {
        let mut env = TestEnv::of(&center);
        let url = center.url().replace("127.0.0.1", host);
        env.set("AWS_ENDPOINT_URL_SSO_OIDC", &url).set("AWS_ENDPOINT_URL_SSO", url);
        EmptyRoot::new(env, &packages)
    };
    root("localhost").signs_in(&center);
    let Ok(server) = UdpSocket::bind((NAME_SERVER, 53)) else {
        return skip(test, "port 53 may not be bound");
    };
    std::thread::spawn(move || answer_names(&server));
    let root = root("oidc.test");
    fs::create_dir(root.root.join("etc")).unwrap();
    fs::write(root.root.join("etc/resolv.conf"), format!("nameserver {NAME_SERVER}\n")).unwrap();
    root.signs_in(&center);
}

/// Answers queries for IPv4 addresses with 127.0.0.1, and others with no record (RFC 1035 4.1).
fn answer_names(server: &UdpSocket) {
    let mut query = [0; 512];
    while let Ok((length, peer)) = server.recv_from(&mut query) {
        let question = &query[12..length];
        let is_ipv4 = question.ends_with(&[0, 1, 0, 1]);
        let mut answer = query[..2].to_vec();
        answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_ipv4), 0, 0, 0, 0]);
        answer.extend(question);
        if is_ipv4 {
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
        }
        let _ = server.send_to(&answer, peer);
    }
}

/// The files of a package: the program, its pages with this suffix, completions with zsh's in this folder, and documents.
fn installed_files(suffix: &str, zsh: &str, documents: [&str; 4]) -> BTreeSet<String> {
    let zsh = format!("share/zsh/{zsh}/_sso-oidc");
    let completions =
        ["share/bash-completion/completions/sso-oidc", "share/fish/vendor_completions.d/sso-oidc.fish", &zsh];
    let documents = documents.map(|name| format!("644 share/doc/sso-oidc/{name}"));
    let completions = completions.map(|path| format!("644 {path}"));
    let pages = pages(suffix).into_iter();
    pages.chain(completions).chain(documents).chain(["755 bin/sso-oidc".to_owned()]).collect()
}

fn assert_version(program: &Path) {
    let version = output(Command::new(program).arg("--version"));
    assert_eq!(version, format!("sso-oidc {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn archive_installs_and_uninstalls() {
    let Some(packages) = packages("archive_installs_and_uninstalls") else { return };
    let folder = tempfile::tempdir().unwrap();
    output(Command::new("tar").arg("-xzf").arg(package(&packages, ".tar.gz")).arg("-C").arg(folder.path()));
    let archive = package(folder.path(), "");
    let root = folder.path().join("root");
    let install = |words: &[&str]| {
        let mut command = Command::new(archive.join("install"));
        output(command.args(words).env("DESTDIR", &root).env("PREFIX", "/opt/tools"))
    };
    assert_eq!(install(&[]), "");
    let prefix = root.join("opt/tools");
    let documents = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];
    assert_eq!(tree(&prefix), installed_files("", "site-functions", documents));
    for page in source_files::files("man") {
        let installed = prefix.join("share/man").join(installed(&page.path));
        assert_eq!(fs::read_to_string(installed).unwrap(), page.text, "{}", page.path);
    }
    assert_version(&prefix.join("bin/sso-oidc"));
    install(&["uninstall"]);
    assert_eq!(tree(&root), BTreeSet::new());
}

#[test]
fn debian_package_installs_and_removes() {
    let test = "debian_package_installs_and_removes";
    let Some(packages) = packages(test) else { return };
    let Some(dpkg) = programs::or_skip(programs::find(&["dpkg"]), test, "dpkg is not installed") else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["updates", "info", "triggers"] {
        fs::create_dir_all(root.join("var/lib/dpkg").join(name)).unwrap();
    }
    fs::write(root.join("var/lib/dpkg/status"), "").unwrap();
    let run = |words: &[&OsStr]| {
        let mut command = Command::new(&dpkg);
        let path = programs::variable("PATH").unwrap_or_default().into_string().unwrap();
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
        output(command.arg("--root").arg(root).args(["--force-not-root", "--force-architecture"]).args(words))
    };
    run(&["--install".as_ref(), package(&packages, ".deb").as_os_str()]);
    let documents = ["README.md", "CHANGELOG.md.gz", "changelog.gz", "copyright"];
    assert_eq!(tree(&root.join("usr")), installed_files(".gz", "vendor-completions", documents));
    assert_version(&root.join("usr/bin/sso-oidc"));
    let page = output(Command::new("gzip").arg("-dc").arg(root.join("usr/share/man/man1/sso-oidc.1.gz")));
    assert_eq!(page, source_files::file("man/sso-oidc.1"));
    // dpkg prints nothing for unmodified files.
    assert_eq!(run(&["--verify".as_ref(), "sso-oidc".as_ref()]), "");
    assert!(root.join("var/lib/dpkg/info/sso-oidc.md5sums").exists());
    run(&["--remove".as_ref(), "sso-oidc".as_ref()]);
    assert!(!root.join("usr/bin/sso-oidc").exists());
}

/// What the package would install, without rpm's database.
#[test]
fn rpm_package_contents() {
    let test = "rpm_package_contents";
    let Some(packages) = packages(test) else { return };
    let Some(_) = programs::or_skip(programs::find(&["rpmbuild"]), test, "rpmbuild is not installed") else { return };
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("package.tgz");
    let rpm = fs::File::open(package(&packages, ".rpm")).unwrap();
    let files = fs::File::create(&archive).unwrap();
    assert!(Command::new("rpm2archive").arg("-").stdin(rpm).stdout(files).status().unwrap().success());
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    output(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&root));
    let documents = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];
    assert_eq!(tree(&root.join("usr")), installed_files(".gz", "site-functions", documents));
    assert_version(&root.join("usr/bin/sso-oidc"));
}

#[test]
fn container_files_exist() {
    let Some(packages) = packages("container_files_exist") else { return };
    let folder = packages.join("container");
    let file = fs::read_to_string(folder.join("Containerfile")).unwrap();
    let instructions = file.lines().filter_map(|line| line.strip_prefix("COPY "));
    let copied: BTreeSet<&str> = instructions.filter_map(|words| words.rsplit(' ').nth(1)).collect();
    let present = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let present: BTreeSet<String> = present.filter(|name| name != "Containerfile").collect();
    assert_eq!(copied.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), present);
}

#[test]
fn checksums_match() {
    let Some(packages) = packages("checksums_match") else { return };
    let sums = fs::read_to_string(packages.join("SHA256SUMS")).unwrap();
    let made = if programs::find(&["rpmbuild"]).is_some() { 3 } else { 2 };
    assert_eq!(sums.lines().count(), made, "{sums}");
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let digest = Sha256::digest(fs::read(packages.join(name)).unwrap());
        let expected = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(sum, expected, "{name}");
    }
}

#[test]
fn crate_contents() {
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["package", "--list", "--offline", "--allow-dirty", "--quiet"]);
    let list = output(cargo.current_dir(env!("CARGO_MANIFEST_DIR")));
    let list: BTreeSet<&str> = list.lines().collect();
    for needed in ["Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "CHANGELOG.md", "src/main.rs"] {
        assert!(list.contains(needed), "{needed} is missing in {list:?}");
    }
    for folder in ["src", "completions", "man"] {
        for source in source_files::files(folder) {
            assert!(list.contains(source.path.as_str()), "{} is missing", source.path);
        }
    }
    let folders: BTreeSet<&str> = list.iter().filter_map(|path| path.split_once('/')).map(|(name, _)| name).collect();
    assert_eq!(folders, BTreeSet::from(["completions", "man", "src"]));
}
