//! Changes to the config file: keys are set in place and sections are added, all at once; everything else stays as it is.
//!
//! Lines are edited, so comments, order, spelling and line endings stay. The new text is parsed before it is written and
//! must differ from the old one in nothing but the keys that were set. The file is replaced atomically, keeps its mode,
//! and gets mode 0600 when new; a symbolic link is followed, not replaced.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use super::ini::IniFile;
use super::names::{SectionKind, header_for};
use super::parse::{self, Block, DEFAULTS, Entry, Line, ParseError};
use super::{Config, Session};
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Keep};

/// How long to wait for processes that edit the file.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a file that another program changes at the same time is edited anew.
const MAX_EDITS: usize = 20;

/// The section to change, and the keys to set in it.
pub(super) struct Change<'a> {
    pub(super) section: Target<'a>,
    pub(super) pairs: Vec<(&'a str, &'a str)>,
}

/// A section, which is added when there is none.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// Of the config file.
    Named(SectionKind, &'a str),
    /// Of the credentials file.
    Header(&'a str),
}

impl Target<'_> {
    fn find(&self, file: &IniFile) -> Option<usize> {
        match self {
            Self::Named(kind, name) => file.find(*kind, name),
            Self::Header(header) => file.find_header(header),
        }
    }

    fn is_session(&self) -> bool {
        matches!(self, Self::Named(SectionKind::SsoSession, _))
    }

    fn header(&self) -> String {
        match self {
            Self::Named(kind, name) => header_for(*kind, name),
            Self::Header(header) => (*header).to_owned(),
        }
    }
}

/// Writes a discovered region to where the session was read from: the sso-session, or the profile, in the file and section
/// that hold the key now (botocore's own writer misses `[default]` and shadows it).
pub fn set_sso_region(config: &Config, session: &Session, region: &str, context: &Context) -> Result<(), Error> {
    let pairs = [("sso_region", region)];
    if let Some(name) = &session.name {
        return save_sso_session(config, name, &pairs, context);
    }
    let name = &session.profile;
    let in_credentials = config.profile_in_credentials(name).is_some_and(|part| part.get("sso_region").is_some());
    if in_credentials {
        return set_keys(config.credentials_path(), Target::Header(name), &pairs, context);
    }
    save_profile(config, name, &pairs, context)
}

/// Writes keys into an `[sso-session NAME]` of the config file, which is added when there is none.
pub fn save_sso_session(config: &Config, name: &str, pairs: &[(&str, &str)], context: &Context) -> Result<(), Error> {
    set_keys(config.config_path(), Target::Named(SectionKind::SsoSession, name), pairs, context)
}

/// Writes keys into a `[profile NAME]` of the config file (`[default]` for `default`), which is added when there is none.
pub fn save_profile(config: &Config, name: &str, pairs: &[(&str, &str)], context: &Context) -> Result<(), Error> {
    set_keys(config.config_path(), Target::Named(SectionKind::Profile, name), pairs, context)
}

fn set_keys(path: &Path, section: Target<'_>, pairs: &[(&str, &str)], context: &Context) -> Result<(), Error> {
    edit(path, context, |_| vec![Change { section, pairs: pairs.to_vec() }])
}

/// Fails if the config file cannot be written, before anyone signs in or answers in vain. A missing folder is created later.
pub fn check_writable(config: &Config) -> Result<(), Error> {
    let path = config.config_path();
    if path.as_os_str().is_empty() {
        return Err(failed(path, "AWS_CONFIG_FILE is empty".to_owned()));
    }
    let failed = |error: &io::Error| failed(path, files::explained(error, path));
    if let Some(error) = &config.main.unread {
        return Err(failed(error));
    }
    let target = files::link_target(path).map_err(|error| failed(&error))?;
    let in_place = |error| OpenOptions::new().append(true).open(&target).map(drop).map_err(|_| error);
    let is_possible = || files::check_replaceable(&target, u64::MAX).or_else(in_place);
    if files::folder_of(&target).is_dir() { is_possible().map_err(|error| failed(&error)) } else { Ok(()) }
}

/// Makes the changes that `changes` finds for the file as it is. One process at a time edits the file; a change by another
/// program, which knows no lock, is read and kept.
pub(super) fn edit<'a>(
    path: &Path,
    context: &Context,
    mut changes: impl FnMut(&IniFile) -> Vec<Change<'a>>,
) -> Result<(), Error> {
    let failed = |error: io::Error| failed(path, files::explained(&error, path));
    let mut lock = files::link_target(path).map_err(failed)?.into_os_string();
    lock.push(".lock");
    let lock = Path::new(&lock);
    let announce = |holder| context.message(&format!("{holder} is changing {}; waiting for it", path.display()));
    let held = match files::wait_for_lock(lock, PATIENCE, announce) {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            return Err(failed(io::Error::other("another process has held its lock for 30 s")));
        }
        // A folder that cannot be written, in which the file perhaps can.
        held => held.ok(),
    };
    let outcome = (0..MAX_EDITS).map(|_| edit_once(path, &mut changes)).find(|edit| !matches!(edit, Ok(false)));
    if held.is_some() && cfg!(unix) {
        // While it is held: a process that has opened it sees that it is gone, and creates another.
        let _ = fs::remove_file(lock);
    }
    outcome.unwrap_or_else(|| Err(failed(io::Error::other("another program keeps changing it")))).map(drop)
}

fn failed(path: &Path, detail: String) -> Error {
    Error::other(format!("Unable to write config file: {}", path.display())).hint(detail)
}

/// False if another program changed the file meanwhile.
fn edit_once<'a>(path: &Path, changes: &mut impl FnMut(&IniFile) -> Vec<Change<'a>>) -> Result<bool, Error> {
    let failed = |detail: String| failed(path, detail);
    let read = || match files::read_text(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(|text| Some(Zeroizing::new(text))),
    };
    let text = read().map_err(|error| failed(files::explained(&error, path)))?;
    let before = IniFile::of(path, text.as_deref().map_or("", String::as_str))?;
    let changes = changes(&before);
    let parsed = |text: &str| {
        let broken = |error: ParseError| failed(format!("the change would break line {}: {}", error.line, error.what));
        IniFile::parse(path, text).map_err(broken)
    };
    let mut edited = text.clone().unwrap_or_default();
    let headers: Vec<String> = changes.iter().map(|change| change.section.header()).collect();
    let mut expected = sections(&before);
    let mut added = Vec::new();
    for (Change { section, pairs }, header) in changes.iter().zip(&headers) {
        let Some(block) = section.find(&before) else {
            added.push((header.as_str(), &pairs[..]));
            expected.push((header, pairs.iter().map(|(key, value)| (*key, *value, Vec::new())).collect()));
            continue;
        };
        let content = &mut expected[block - DEFAULTS - 1].1;
        for (key, value) in pairs {
            let file = parsed(&edited)?;
            edited = Zeroizing::new(with_key(&edited, &file, block, key, value));
            match content.iter_mut().find(|(found, ..)| found == key) {
                // Saved by another process since the session was chosen; profiles may use it.
                Some((_, other, _)) if other != value && *key == "sso_start_url" && section.is_session() => {
                    return Err(failed(format!("[{header}] now has the start URL {other}; choose another name")));
                }
                Some(content) => *content = (key, value, Vec::new()),
                None => content.push((key, value, Vec::new())),
            }
        }
    }
    let edited = Zeroizing::new(with_sections(&edited, &added));
    let after = parsed(&edited)?;
    if changes.iter().any(|change| change.section.find(&after).is_none()) || sections(&after) != expected {
        return Err(failed("a name or value has characters that the file format cannot represent".to_owned()));
    }
    if edited.as_str() == text.as_deref().map_or("", String::as_str) {
        return Ok(true);
    }
    let is_current = || read().is_ok_and(|now| now == text);
    let replaced = files::replace_if(path, edited.as_bytes(), Keep::ModeAndLink, is_current);
    replaced.map_err(|error| failed(files::explained(&error, path)))
}

/// The line ending of a text: that of its first line.
fn ending<'t>(lines: &[Line<'t>]) -> &'t str {
    lines.first().map(|line| line.ending).filter(|ending| !ending.is_empty()).unwrap_or("\n")
}

/// The text with sections added at the end.
fn with_sections(text: &str, added: &[(&str, &[(&str, &str)])]) -> String {
    let lines: Vec<Line<'_>> = parse::lines(text).collect();
    let ending = ending(&lines);
    let mut out = text.to_owned();
    let mut gap = if lines.last().is_none_or(|line| line.content.trim().is_empty()) { "" } else { ending };
    for (header, pairs) in added {
        let end = if out.is_empty() || out.ends_with(['\n', '\r']) { "" } else { ending };
        out.extend([end, gap, "[", header, "]", ending]);
        for (key, value) in *pairs {
            out.extend([key, " = ", value, ending]);
        }
        gap = ending;
    }
    out
}

/// The text with one key set in a section.
fn with_key(text: &str, file: &IniFile, block: usize, key: &str, value: &str) -> String {
    let lines: Vec<Line<'_>> = parse::lines(text).collect();
    let ending = ending(&lines);
    let Block { line, entries, .. } = file.block(block);
    if let Some(entry) = entries.iter().find(|entry| file.slice(entry.key) == key) {
        return with_value(&lines, entry, value);
    }
    // After the last key's value and indented like that key: deeper, the line would continue that value; shallower, the
    // next line would continue this one. In a section without keys the next line sets the indentation.
    let (after, model) = if let Some(entry) = entries.last() {
        (entry.last_line, lines.get(entry.line - 1))
    } else {
        (*line, lines[*line..].iter().find(|line| !line.is_blank_or_comment()))
    };
    let indent = model.map_or("", |line| line.indent());
    let mut out = String::with_capacity(text.len() + key.len() + value.len() + 8);
    for (number, line) in (1..).zip(&lines) {
        out.push_str(line.content);
        out.push_str(if number == after && line.ending.is_empty() { ending } else { line.ending });
        if number == after {
            out.extend([indent, key, " = ", value, ending]);
        }
    }
    out
}

/// The lines with one key's value replaced; comments between the lines of a long value stay.
fn with_value(lines: &[Line<'_>], entry: &Entry, value: &str) -> String {
    let mut out = String::new();
    for (number, line) in (1..).zip(lines) {
        if number == entry.line {
            let end = line.content.find(['=', ':']).map_or(line.content.len(), |at| at + 1);
            let (name, old) = line.content.split_at(end);
            let space = &old[..old.len() - old.trim_start().len()];
            out.extend([name, if old.trim().is_empty() { " " } else { space }, value, line.ending]);
        } else if !(entry.line..=entry.last_line).contains(&number) || line.is_blank_or_comment() {
            out.extend([line.content, line.ending]);
        }
    }
    out
}

/// Key, value, and the keys and values of a nested block.
type Content<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

/// The sections of a file by header, without `[DEFAULT]`, which is never edited.
fn sections(file: &IniFile) -> Vec<(&str, Vec<Content<'_>>)> {
    let pair = |entry: &Entry| (file.slice(entry.key), file.slice(entry.value));
    let content = |entry: &Entry| {
        let (key, value) = pair(entry);
        (key, value, entry.children.iter().map(pair).collect())
    };
    file.headers().map(|(header, block)| (header, file.block(block).entries.iter().map(content).collect())).collect()
}
