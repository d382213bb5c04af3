//! Output of the demo: headings, aligned facts, the program's output, requests, and files with secrets redacted.
//!
//! A reader that closes the pipe ends the demo.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use sso_oidc::Context;

use crate::identity_center::{IdentityCenter, Request};
use crate::user_agent::Page;

/// Width of the names of facts.
const COLUMN: usize = 11;

/// Whether the reader of standard output has closed it, as `head` does.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a line.
pub(crate) fn print_line(text: &str) {
    if writeln!(io::stdout(), "{text}").is_err() {
        CLOSED.store(true, Ordering::Relaxed);
    }
}

/// Whether nobody reads any more.
pub(crate) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Whether a person reads the output.
pub(crate) fn is_on_terminal() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// Text in bold on a terminal.
fn bold(text: &str) -> String {
    let is_bold = is_on_terminal() && Context::real().var_not_empty("NO_COLOR").is_none();
    if is_bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// Prints the heading of a step, and the command that it runs.
pub(crate) fn heading(number: usize, title: &str, words: &[&str]) {
    print_line(&format!(
        "\n{}\n\n{}\n",
        bold(&format!("{number}  {title}")),
        bold(&format!("$ sso-oidc {}", words.join(" ")))
    ));
}

/// Waits until the reader presses Enter.
pub(crate) fn pause() {
    let _ = write!(io::stdout(), "\n-- Enter: next step, Ctrl-C: quit -- ").and_then(|()| io::stdout().flush());
    let _ = io::stdin().read_line(&mut String::new());
}

/// Prints a name and the lines next to it.
pub(crate) fn fact(name: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let name = if index == 0 { name } else { "" };
        print_line(&format!("   {name:COLUMN$}{line}"));
    }
}

/// Prints what the demo's browser did.
pub(crate) fn browser(landed: &io::Result<Page>) {
    match landed {
        Ok(page) => fact("Browser", &[format!("pressed Approve; last page: {}", page.title())]),
        Err(error) => fact("Browser", &[format!("failed: {error}")]),
    }
}

/// Prints the requests and their responses.
pub(crate) fn requests(requests: &[Request]) {
    let lines: Vec<String> = requests.iter().map(request).collect();
    fact("Requests", if lines.is_empty() { std::slice::from_ref(&NONE) } else { &lines });
}

/// Formats a request as one line.
pub(crate) fn request(request: &Request) -> String {
    let grant = request.text("grantType").unwrap_or_default();
    let grant = grant.rsplit(':').next().unwrap_or_default();
    let fault = request.fault.as_deref().unwrap_or_default();
    let line = format!("{:4} {:24} {}  {grant:18} {fault}", request.method, request.path, request.status);
    line.trim_end().to_owned()
}

static NONE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "none".into());

/// Contents of files by their path.
pub(crate) type Files = BTreeMap<String, String>;

/// The access token in the files.
pub(crate) fn access_token(files: &Files) -> Option<String> {
    let documents = files.values().filter_map(|text| serde_json::from_str::<Value>(text).ok());
    documents.into_iter().find_map(|document| document["accessToken"].as_str().map(Into::into))
}

/// Reads all files below a folder.
pub(crate) fn files(folder: &Path) -> io::Result<Files> {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.display().to_string(), fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}

/// Prints new, changed and removed files, with modes and members.
pub(crate) fn changes(before: &Files, after: &Files, home: &Path, center: &IdentityCenter) {
    let mut name = "Files";
    for (path, text) in after.iter().filter(|(path, text)| before.get(*path) != Some(text)) {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else { continue };
        let short = path.strip_prefix(&home.display().to_string()).unwrap_or(path);
        let kind = match () {
            () if members.contains_key("accessToken") => "token",
            () if members.contains_key("Credentials") => "role credentials",
            () => "client registration",
        };
        print_line(&format!("   {name:COLUMN$}~{short}{}  {kind}", mode(Path::new(path))));
        name = "";
        for (member, value) in &members {
            let line = format!("{member:22}{}", without_secrets(&member_value(value), center));
            print_line(&format!("   {:COLUMN$}  {line}", ""));
        }
    }
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        let short = path.strip_prefix(&home.display().to_string()).unwrap_or(path);
        print_line(&format!("   {name:COLUMN$}~{short} removed"));
        name = "";
    }
}

fn member_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Redacts the secrets that the Identity Center issued.
fn without_secrets(text: &str, center: &IdentityCenter) -> String {
    center.secrets().iter().fold(text.to_owned(), |text, known| text.replace(known, &redacted(known)))
}

/// The start and the end of a secret, so that secrets can be told apart.
fn redacted(secret: &str) -> String {
    let count = secret.chars().count();
    let start: String = secret.chars().take(4).collect();
    let end: String = secret.chars().skip(count.saturating_sub(4).max(4)).collect();
    format!("{start}…{end}  ({count} characters)")
}

#[cfg(unix)]
fn mode(path: &Path) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).map_or(String::new(), |metadata| format!("  {:04o}", metadata.permissions().mode() & 0o7777))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> String {
    String::new()
}

/// Standard output that is not a terminal: a bar in front of every line marks the program's output, and the Identity
/// Center's secrets are redacted.
pub(crate) struct Indented {
    line: Vec<u8>,
    center: Rc<IdentityCenter>,
}

impl Indented {
    /// `center` knows the secrets to redact.
    pub(crate) fn new(center: Rc<IdentityCenter>) -> Self {
        Self { line: Vec::new(), center }
    }
}

impl Write for Indented {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' {
                let text = String::from_utf8_lossy(&self.line).into_owned();
                let text = without_secrets(&text, &self.center);
                print_line(format!("│ {text}").trim_end());
                self.line.clear();
            } else {
                self.line.push(*byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
