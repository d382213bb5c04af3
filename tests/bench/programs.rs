//! The programs that are measured: ours in the release profile, minimal programs to compare with, and installed ones.
//!
//! Ours is built separately from the benchmark, whose dependencies enable more features. The minimal programs are in the
//! package in `floor`.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sso_oidc::Context;

/// Which programs are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// Ours and hello world, for counts.
    Own,
    /// Also the programs to compare with.
    Beside,
    /// Also ours and hello world, linked statically like a release.
    Static,
}

/// Statically linked programs.
pub(crate) struct Linked {
    /// `sso-oidc`.
    pub(crate) own: PathBuf,
    /// A program of one line.
    pub(crate) hello: PathBuf,
    /// The target they are built for.
    pub(crate) triple: String,
}

/// The programs to run.
pub(crate) struct Programs {
    /// `sso-oidc`, as in a release.
    pub(crate) own: PathBuf,
    /// The same, linked statically, with `--static`.
    pub(crate) linked: Option<Linked>,
    /// A program of one line.
    pub(crate) hello: PathBuf,
    /// One HTTP request on a socket.
    pub(crate) socket: PathBuf,
    /// One HTTPS request on rustls.
    pub(crate) tls: Option<PathBuf>,
    /// Measures wall time, CPU time and memory of a run.
    pub(crate) gauge: PathBuf,
    /// curl and its version.
    pub(crate) curl: Option<(PathBuf, String)>,
    /// The AWS CLI and its version.
    pub(crate) aws: Option<(PathBuf, String)>,
    /// A Python with botocore.
    pub(crate) python: Option<PathBuf>,
}

impl Programs {
    /// Builds our programs and finds the others. Ours are copied to `folder`, so that their paths have the same length
    /// on every machine.
    pub(crate) fn new(folder: &Path, extent: Extent) -> Result<Self, Box<dyn Error>> {
        let target = target()?;
        cargo(&target, &["build", "--release", "--locked", "--bin", "sso-oidc"], &[])?;
        let floor = target.join("bench/floor");
        let manifest = format!("{}/tests/bench/floor/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let with_tls = extent >= Extent::Beside;
        let features: &[&str] = if with_tls { &["--features", "tls"] } else { &[] };
        let args = ["build", "--release", "--locked", "--manifest-path", &manifest];
        cargo(&floor, &[&args, features].concat(), &[])?;
        let of_floor = |name: &str| copy(&floor.join("release").join(name), &folder.join(name));
        let venv = target.join("sdk/venv/bin/python");
        Ok(Self {
            own: copy(&target.join("release/sso-oidc"), &folder.join("sso-oidc"))?,
            linked: (extent >= Extent::Static).then(|| Linked::new(&target, &manifest, folder)).transpose()?,
            hello: of_floor("hello")?,
            socket: of_floor("socket")?,
            tls: with_tls.then(|| of_floor("tls")).transpose()?,
            gauge: of_floor("gauge")?,
            curl: installed("curl"),
            aws: installed("aws"),
            python: Some(venv).filter(|path| path.exists()),
        })
    }
}

impl Linked {
    /// Builds both for musl, like a release, if that target is installed; otherwise with this machine's static C library.
    fn new(target: &Path, manifest_of_floor: &str, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let target = target.join("bench/static");
        let host = host()?;
        let musl = host.replace("-gnu", "-musl");
        let triple = if has_target(&musl) { musl } else { host };
        // The C code does not use a C library, so any compiler works.
        let compiler = format!("CC_{}", triple.replace('-', "_"));
        let environment = [("RUSTFLAGS", "-Ctarget-feature=+crt-static"), (compiler.as_str(), "cc")];
        let build = |args: &[&str], name: &str| -> Result<PathBuf, Box<dyn Error>> {
            let words = ["build", "--release", "--locked", "--target", &triple, "--bin", name];
            cargo(&target, &[&words, args].concat(), &environment)?;
            Ok(copy(&target.join(&triple).join("release").join(name), &folder.join(format!("{name}-static")))?)
        };
        let (own, hello) = (build(&[], "sso-oidc")?, build(&["--manifest-path", manifest_of_floor], "hello")?);
        Ok(Self { own, hello, triple })
    }
}

/// Cargo's target directory, found from the path of this program.
pub(crate) fn target() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    // target, profile, deps, program
    program
        .ancestors()
        .nth(3)
        .map(Path::to_owned)
        .ok_or_else(|| io::Error::other("this program is not in a target directory"))
}

/// Runs cargo and shows its output.
pub(crate) fn cargo(target: &Path, args: &[&str], environment: &[(&str, &str)]) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO"));
    command.args(args).env("CARGO_TARGET_DIR", target).envs(environment.iter().copied());
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", args.join(" ")).into()) }
}

/// The standard output of a command, if it succeeds.
pub(crate) fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8(text).ok()
}

/// The target triple of this machine.
fn host() -> Result<String, Box<dyn Error>> {
    let version = printed(Command::new("rustc").arg("-vV")).ok_or("rustc cannot be run")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc -vV printed no host")?;
    Ok(host.to_owned())
}

/// Whether Rust's standard library is installed for a target.
fn has_target(triple: &str) -> bool {
    let folder = printed(Command::new("rustc").args(["--print", "target-libdir", "--target", triple]));
    folder.is_some_and(|folder| Path::new(folder.trim_end()).exists())
}

fn copy(from: &Path, to: &Path) -> io::Result<PathBuf> {
    fs::copy(from, to)?;
    Ok(to.to_owned())
}

/// A program on the `PATH`, and the name and version that it prints.
fn installed(name: &str) -> Option<(PathBuf, String)> {
    let path = Context::real().var("PATH")?;
    let path = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())?;
    let version = printed(Command::new(&path).arg("--version"))?;
    let words: Vec<&str> = version.split([' ', '/']).take(2).collect();
    Some((path, words.join(" ")))
}
