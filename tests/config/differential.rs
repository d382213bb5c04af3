//! Our parser of the config and credentials files, compared with botocore's.
//!
//! `data/config` contains difficult files and, in `expected.tsv`, botocore's result for each; that part runs
//! everywhere. If Python and botocore are installed, both also read random changes of the same files, as many
//! as `SSO_OIDC_TEST_MUTATIONS` says. `data/reference.py` computes the expectations.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use sso_oidc::Context;
use sso_oidc::internal::{Config, Section};

use crate::support::programs::target;
use crate::support::{Rng, count};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config")
}

/// Our result for a config file and a credentials file, in the form of `botocore_reads.py`.
fn ours(config: &Path) -> Value {
    let credentials = config.with_extension("credentials");
    let (config, credentials) = (config.to_owned().into_os_string(), credentials.into_os_string());
    let env = move |name: &str| match name {
        "AWS_CONFIG_FILE" => Some(config.clone()),
        "AWS_SHARED_CREDENTIALS_FILE" => Some(credentials.clone()),
        _ => None,
    };
    let context = Context { env: Box::new(env), home: None, ..Context::real() };
    match Config::load(&context, None) {
        Ok(config) => json!([all(config.profiles()), all(config.sso_sessions()), all(config.all_services())]),
        Err(_) => Value::Null,
    }
}

fn all<'a>(sections: impl Iterator<Item = (&'a str, Section<'a>)>) -> Value {
    sections.map(|(name, section)| json!([name, values(&section)])).collect()
}

fn values(section: &Section<'_>) -> Value {
    let value = |key: &str| match (section.get(key), section.nested(key)) {
        (Some(text), None) => Value::from(text),
        (None, Some(nested)) => values(&nested),
        (text, nested) => panic!("{key}: {text:?} and {} at once", nested.is_some()),
    };
    section.keys().into_iter().map(|key| (key.to_owned(), value(key))).collect::<Map<_, _>>().into()
}

#[test]
fn awkward_files_parse_like_botocore() {
    let expected = std::fs::read_to_string(corpus().join("expected.tsv")).unwrap();
    let mut read = 0;
    for line in expected.lines() {
        let (name, expected) = line.split_once('\t').unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        let file = corpus().join(name);
        let ours = ours(&file);
        assert!(if is_marked(&file) { !ours.is_null() } else { ours == expected }, "{name}: {ours}");
        read += 1;
    }
    let files = std::fs::read_dir(corpus()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    assert_eq!(read, files.filter(|path| path.extension().is_some_and(|it| it == "ini")).count());
}

/// A variable of the environment that the tests themselves run in.
fn variable(name: &str) -> Option<String> {
    Context::real().var(name)
}

/// The first Python that has botocore: that of `tests/sdk/install`, or the machine's. Its absence is a failure where
/// everything must be there.
fn python() -> Option<PathBuf> {
    let has_botocore = |python: &PathBuf| {
        let import = Command::new(python).args(["-c", "import botocore.configloader"]).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    };
    let candidates = [target().join("sdk/venv/bin/python"), "python3".into(), "python".into()];
    let found = candidates.into_iter().find(has_botocore);
    assert!(found.is_some() || variable("CI").as_deref() != Some("true"), "CI needs Python with botocore");
    found
}

/// Whether a file begins with a byte order mark, which botocore takes for a part of the first line.
fn is_marked(file: &Path) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes.starts_with("\u{feff}".as_bytes()))
}

fn theirs(python: &Path, files: &[PathBuf]) -> Vec<Value> {
    let mut child = Command::new(python)
        .arg(corpus().join("botocore_reads.py"))
        .env("PYTHONUTF8", "1")
        .env_remove("AWS_PROFILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let names = files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>().join("\n");
    let feeding = std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Pieces of config files: everything that is special to one of the two parsers, and similar text.
const SCRAPS: [&str; 72] = [
    "[",
    "]",
    "[default]",
    "[DEFAULT]",
    "[profile a]",
    "[profile  a]",
    "[profile default]",
    "[sso-session s]",
    "[services x]",
    "[profile \"a b\"]",
    "[profile 'a",
    "profile",
    "sso-session",
    "services",
    "default",
    "=",
    ":",
    " = ",
    "#",
    ";",
    " #",
    "# c",
    "\\",
    "\"",
    "'",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\n ",
    "\n  ",
    "\n\t",
    "\n# c\n",
    "\n  # c\n",
    "\na = b",
    "\n  a = b",
    "\na =\n  b = c",
    "\na =\n  b\n",
    "\nA = 1\n",
    "region",
    "REGION = x",
    "sso_region = r",
    "s3 =\n  x = 1\n  x = 2\n",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
    "\u{3000}",
    "\u{b}",
    "\u{c}",
    "\u{1c}",
    "\u{1d}",
    "\u{1e}",
    "\u{1f}",
    "\u{feff}",
    "\u{200b}",
    "\u{0}",
    "é",
    "İ",
    "Σ",
    "ß",
    "\u{1f600}",
    "%(x)s",
    "${x}",
    "==",
    "=:",
    "[x] y",
    "[]",
    "a",
];

fn mutated(mut text: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    for _ in 0..=rng.below(6) {
        let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
        let at = rng.below(text.len() + 1);
        let line = if lines.is_empty() { 0 } else { rng.below(lines.len()) };
        text = match rng.below(9) {
            0..=3 => [&text[..at], rng.pick(&SCRAPS).as_bytes(), &text[at..]].concat(),
            4 if !text.is_empty() => {
                let end = at + rng.below(4).min(text.len() - at);
                [&text[..at], &text[end..]].concat()
            }
            5 if !lines.is_empty() => [lines[..line].concat(), lines[line + 1..].concat()].concat(),
            6 if !lines.is_empty() => [lines[..=line].concat(), lines[line..].concat()].concat(),
            7 if !lines.is_empty() => {
                let other = rng.below(lines.len());
                let mut lines = lines.clone();
                lines.swap(line, other);
                lines.concat()
            }
            8 if !lines.is_empty() => {
                let space = rng.pick(&[" ", "  ", "\t", "\u{a0}", "\u{3000}"]).as_bytes();
                [lines[..line].concat(), space.to_vec(), lines[line..].concat()].concat()
            }
            _ => text.clone(),
        };
    }
    text
}

#[test]
fn mutated_files_parse_like_botocore() {
    let Some(python) = python() else {
        println!("skipped: no Python with botocore on this machine");
        return;
    };
    let (count, seed) = (count("SSO_OIDC_TEST_MUTATIONS", 1_000), count("SSO_OIDC_TEST_SEED", 7));
    let mut sources: Vec<PathBuf> = std::fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    sources.retain(|path| path.extension().is_some_and(|it| it == "ini" || it == "credentials"));
    sources.sort();
    let sources: Vec<Vec<u8>> = sources.into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut rng = Rng(seed as u64);
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..count)
        .map(|index| {
            let config = folder.path().join(format!("{index}.ini"));
            let source = rng.below(sources.len());
            std::fs::write(&config, mutated(sources[source].clone(), &mut rng)).unwrap();
            if rng.below(4) == 0 {
                let source = rng.below(sources.len());
                let credentials = mutated(sources[source].clone(), &mut rng);
                std::fs::write(config.with_extension("credentials"), credentials).unwrap();
            }
            config
        })
        .collect();
    let theirs = theirs(&python, &files);
    assert_eq!(theirs.len(), files.len());
    let refused = theirs.iter().filter(|theirs| theirs.is_null()).count();
    for (file, theirs) in files.iter().zip(&theirs) {
        if is_marked(file) || is_marked(&file.with_extension("credentials")) {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        assert_eq!(ours(file), *theirs, "seed {seed}, {}:\n{text:?}", file.display());
    }
    assert!(refused > count / 20 && refused < count * 19 / 20, "{refused} of {count} refused: a dull corpus");
}
