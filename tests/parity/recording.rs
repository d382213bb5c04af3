//! The recorded runs of the AWS CLI in `tests/data/parity`, as types. The README there describes the members.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// An invocation of the AWS CLI and its results.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub id: String,
    #[serde(default, rename = "note")]
    _note: String,
    /// After the program's name; `aws sso-oidc X` is `X`, `aws sso login` is `login`.
    pub argv: Vec<String>,
    /// The flow that `login` used. We pass it as an option, because our default depends on the machine.
    pub flow: Option<String>,
    /// Added to the usual environment; null removes.
    #[serde(default)]
    pub env: BTreeMap<String, Option<String>>,
    pub config: Option<String>,
    pub credentials: Option<String>,
    /// In the working directory.
    #[serde(default)]
    pub files: BTreeMap<String, Content>,
    #[serde(default)]
    pub sso_cache_before: BTreeMap<String, String>,
    #[serde(default)]
    pub cli_cache_before: BTreeMap<String, String>,
    pub stdin: Option<String>,
    pub terminal: Option<Terminal>,
    pub driver: Option<Driver>,
    pub proxy: Option<Proxy>,
    /// Secret access key that the requests are signed with, where it is not the usual one.
    pub secret: Option<String>,
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    pub browser_url: Option<String>,
    /// Exit code, or minus the signal.
    pub exit: i32,
    pub stdout: String,
    /// Absent if it is not compared.
    pub stderr: Option<Stderr>,
    /// Under `.aws`: mode and content. Untouched config and credentials files are not listed.
    #[serde(default)]
    pub files_after: BTreeMap<String, (String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Bytes { b64: String },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Stderr {
    Is(String),
    Has { has: Vec<String> },
}

/// Standard input and output are a terminal of this size.
#[derive(Debug, Deserialize)]
pub(super) struct Terminal {
    pub cols: u16,
    pub rows: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Proxy {
    /// Opens tunnels and ends TLS in them.
    Mitm,
    /// Answers CONNECT with 502.
    Refuse,
}

/// Events while the program runs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Driver {
    pub signal: Option<String>,
    pub after_requests: usize,
    /// Only wait for the URL that opens in the browser.
    pub url_only: bool,
    /// `stdout` where the URL is read from there, because no browser is opened.
    pub from: Option<String>,
    pub callback: Vec<Step>,
}

/// One request to the loopback server of `login`, a pause, or a signal.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Step {
    pub sleep: Option<f64>,
    pub signal: Option<String>,
    pub path: String,
    pub method: Option<String>,
    pub body: Option<String>,
    pub headers: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub request: Request,
    pub reply: Option<Reply>,
}

/// Every body was `application/json` and every request except CONNECT accepted `identity`, so these are omitted.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Request {
    pub method: String,
    pub target: String,
    /// Where it was not the server itself.
    pub host: Option<String>,
    /// The authority of the tunnel it came through.
    pub tls: Option<String>,
    /// `amz-sdk-request` is omitted if it is `attempt=1`, and null if it is missing.
    pub headers: BTreeMap<String, Option<String>>,
    pub body: String,
    /// The target is malformed, so that its signature cannot be verified.
    pub unsignable: bool,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reply {
    pub status: Option<u16>,
    pub json: Option<Value>,
    pub body: Option<String>,
    pub body_b64: Option<String>,
    /// The whole response, after which the connection is closed.
    pub raw: Option<String>,
    pub headers: BTreeMap<String, Option<String>>,
    /// Seconds.
    pub delay: f64,
    /// Closes the connection without a response.
    pub drop: bool,
    /// Closes after so many bytes of the body.
    pub cut: Option<usize>,
}

/// The runs of a group, in the order of the file.
pub(super) fn group(name: &str) -> Vec<Run> {
    let path = folder().join(format!("{name}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line:.60}"))).collect()
}

/// A recorded run as it is stored.
pub(super) fn lines() -> impl Iterator<Item = Value> {
    let files = groups().into_iter().map(|name| std::fs::read_to_string(folder().join(name + ".jsonl")).unwrap());
    files.flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
}

/// The names of all groups.
pub(super) fn groups() -> BTreeSet<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/parity")
}
