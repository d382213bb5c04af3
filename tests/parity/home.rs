//! The home directory of one run: filled before it, read after it, and the names that stand for its changing values.
//!
//! `$HOME`, `$PORT`, `$DEADPORT` and `$CA` become values on the way in and names on the way out; `{NOW+N}` is the time of
//! the run plus so many seconds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, SocketAddrV4, SocketType};
use tempfile::TempDir;
use time::{Duration, UtcDateTime};

use super::recording::{Content, Run};

/// Seconds between a run and the times in its results.
const DISTANCES: [i64; 7] = [28_800, 3600, 600, 900, 1, 0, 7_776_000];

/// A browser that writes its URL to a file.
const BROWSER: &str = "#!/bin/sh\nprintf '%s' \"$1\" > \"$HOME/browser.tmp\"; mv \"$HOME/browser.tmp\" \"$HOME/browser.url\"\n\
     exit ${BROWSER_RC:-0}\n";

pub(super) struct Home {
    folder: TempDir,
    port: u16,
    /// The times in the files, with their names.
    seeded: BTreeMap<String, String>,
    /// The files before the run, by path under `.aws`.
    before: BTreeMap<String, Vec<u8>>,
}

/// A file after the run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Octal.
    pub mode: String,
    pub bytes: Vec<u8>,
    /// Whether it is the same as before the run.
    pub untouched: bool,
}

impl Home {
    pub(super) fn new(run: &Run, port: u16, root: &str) -> Self {
        let folder = TempDir::with_prefix("parity-").unwrap();
        let mut home = Self { folder, port, seeded: BTreeMap::new(), before: BTreeMap::new() };
        home.put("w/.keep", b"", 0o644);
        home.put("ca.pem", root.as_bytes(), 0o644);
        home.put("bin/browser", BROWSER.as_bytes(), 0o755);
        for (name, content) in &run.files {
            let bytes = match content {
                Content::Text(text) => home.fill(text).into_bytes(),
                Content::Bytes { b64 } => STANDARD.decode(b64).unwrap(),
            };
            home.put(&format!("w/{name}"), &bytes, 0o644);
        }
        for (name, text) in [("config", &run.config), ("credentials", &run.credentials)] {
            if let Some(text) = text {
                home.put_aws(name, text);
            }
        }
        for (folder, files) in [("sso", &run.sso_cache_before), ("cli", &run.cli_cache_before)] {
            for (name, text) in files {
                home.put_aws(&format!("{folder}/cache/{name}"), text);
            }
        }
        home
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put_aws(&mut self, name: &str, text: &str) {
        let text = self.fill_times(text);
        let bytes = self.fill(&text).into_bytes();
        self.put(&format!(".aws/{name}"), &bytes, 0o644);
        self.before.insert(name.to_owned(), bytes);
    }

    fn put(&self, name: &str, bytes: &[u8], mode: u32) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Replaces the names in a text by the values of this run.
    pub(super) fn fill(&self, text: &str) -> String {
        let home = self.path().to_string_lossy();
        text.replace("$PORT", &self.port.to_string())
            .replace("$DEADPORT", &dead_port().to_string())
            .replace("$HOME", &home)
            .replace("$CA", &format!("{home}/ca.pem"))
    }

    /// Replaces `{NOW+60}` and `{NOW-60}` by times.
    fn fill_times(&mut self, text: &str) -> String {
        let Some((head, rest)) = text.split_once("{NOW") else { return text.to_owned() };
        let (distance, rest) = rest.split_once('}').unwrap();
        let time = stamp(UtcDateTime::now() + Duration::seconds(distance.parse().unwrap()));
        self.seeded.insert(time.clone(), format!("{{NOW{distance}}}"));
        format!("{head}{time}{}", self.fill_times(rest))
    }

    /// Replaces the values of this run by their names. `window` is when the program ran.
    pub(super) fn name(&self, text: &str, window: (UtcDateTime, UtcDateTime)) -> String {
        let home = self.path().to_string_lossy();
        let (port, dead) = (self.port, dead_port());
        let mut text = text.replace(&format!("{home}/ca.pem"), "$CA").replace(&*home, "$HOME");
        for host in ["127.0.0.1", "localhost"] {
            for colon in [":", "%3A"] {
                text = text.replace(&format!("{host}{colon}{port}"), &format!("{host}{colon}$PORT"));
                text = text.replace(&format!("{host}{colon}{dead}"), &format!("{host}{colon}$DEADPORT"));
            }
        }
        for (time, name) in &self.seeded {
            text = text.replace(time, name);
        }
        name_times(&text, window)
    }

    /// Files under `.aws`, by path.
    pub(super) fn files(&self) -> BTreeMap<String, File> {
        let mut files = BTreeMap::new();
        for path in walk(&self.path().join(".aws")) {
            if path.is_dir() {
                continue;
            }
            let name = path.strip_prefix(self.path().join(".aws")).unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            let untouched = self.before.get(&name) == Some(&bytes);
            files.insert(name, File { mode: mode(&path), bytes, untouched });
        }
        files
    }

    /// The directories that the program created, `.aws` included, with their modes.
    pub(super) fn made_folders(&self) -> Vec<(String, String)> {
        let aws = self.path().join(".aws");
        let had = |folder: &Path| self.before.keys().any(|name| aws.join(name).starts_with(folder));
        let paths = walk(&aws).into_iter().chain([aws.clone()]);
        paths.filter(|p| p.is_dir() && !had(p)).map(|p| (p.to_string_lossy().into_owned(), mode(&p))).collect()
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        paths.extend(walk(&path));
        paths.push(path);
    }
    paths
}

fn mode(path: &Path) -> String {
    format!("{:o}", fs::metadata(path).unwrap().permissions().mode() & 0o777)
}

/// A port without a listener, bound until the test process ends so that no other program takes it.
fn dead_port() -> u16 {
    static PORT: OnceLock<(OwnedFd, u16)> = OnceLock::new();
    PORT.get_or_init(|| {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        rustix::net::bind(&socket, &SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = SocketAddrV4::try_from(rustix::net::getsockname(&socket).unwrap()).unwrap();
        (socket, address.port())
    })
    .1
}

fn stamp(time: UtcDateTime) -> String {
    let (h, m, s) = time.as_hms();
    format!("{}T{h:02}:{m:02}:{s:02}Z", time.date())
}

/// Replaces times of the run by `{NOW+N}`, without the zone after them.
fn name_times(text: &str, (start, end): (UtcDateTime, UtcDateTime)) -> String {
    let slack = Duration::seconds(2);
    let mut named = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let time = rest.get(..19).and_then(parse);
        let distance = time.and_then(|time| {
            DISTANCES.into_iter().find(|d| {
                let origin = time - Duration::seconds(*d);
                origin >= start - slack && origin <= end + slack
            })
        });
        let taken = if let Some(distance) = distance {
            let _ = write!(named, "{{NOW+{distance}}}");
            19
        } else {
            named.push(c);
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    named
}

fn parse(text: &str) -> Option<UtcDateTime> {
    let form = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    text.starts_with("20").then(|| UtcDateTime::parse(text, form).ok()).flatten()
}
