//! `Section`: the keys of one profile, sso-session or services block, from one file or both.
//!
//! A profile may be in both files; the credentials file wins key by key, as in botocore's merge. Each part also inherits
//! the `[DEFAULT]` section of its own file. Files are parsed in `parse`.

use std::collections::HashSet;
use std::sync::Arc;

use super::ini::IniFile;
use super::origin::{Located, Origin, Place};
use super::parse::{Block, Entry};

/// A view of some keys and values.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    parts: [Option<Part<'a>>; 2],
}

#[derive(Clone, Copy)]
struct Part<'a> {
    file: &'a IniFile,
    header: &'a str,
    line: usize,
    own: &'a [Entry],
    inherited: &'a [Entry],
}

impl<'a> Part<'a> {
    fn value(&self, entry: &Entry) -> Option<&'a str> {
        entry.children.is_empty().then(|| self.file.slice(entry.value))
    }
}

impl<'a> Section<'a> {
    /// One section of one file.
    pub(super) fn of(file: &'a IniFile, block: usize) -> Self {
        let Block { header, line, entries } = file.block(block);
        let part = Part { file, header: file.slice(*header), line: *line, own: entries, inherited: file.defaults() };
        Self { parts: [Some(part), None] }
    }

    /// The keys of two sections, the first winning; `None` when there is neither.
    pub(super) fn merged(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        match (first, second) {
            (Some(first), Some(second)) => Some(Self { parts: [first.parts[0], second.parts[0]] }),
            (first, second) => first.or(second),
        }
    }

    /// The value of a key (in lower case); `None` when it is absent or a nested block.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let (part, entry, _) = self.find(key)?;
        part.value(entry)
    }

    /// The value of a key with its position; `None` when it is absent or a nested block.
    pub fn located(&self, key: &str) -> Option<Located<String>> {
        let (part, entry, header) = self.find(key)?;
        let value = part.value(entry)?.to_owned();
        let (key, header, path) = (key.to_owned(), header.to_owned(), Arc::clone(&part.file.path));
        Some(Located::new(value, Origin::File(Place { key, header, path, line: entry.line })))
    }

    /// The nested block under a key; `None` when it is absent or a plain value.
    pub fn nested(&self, key: &str) -> Option<Section<'a>> {
        let (part, entry, header) = self.find(key)?;
        let nested = Part { file: part.file, header, line: entry.line, own: &entry.children, inherited: &[] };
        (!entry.children.is_empty()).then_some(Section { parts: [Some(nested), None] })
    }

    /// The section for a message: "[sso-session s1] (/home/x/.aws/config, line 5)".
    pub fn place(&self) -> String {
        let place = |part: &Part<'_>| format!("[{}] ({}, line {})", part.header, part.file.path.display(), part.line);
        self.parts.iter().flatten().map(place).collect::<Vec<_>>().join(" and ")
    }

    /// Every key once, those of the winning file first.
    pub fn keys(&self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        let parts = self.parts.iter().flatten();
        let keys = parts.flat_map(|part| part.own.iter().chain(part.inherited).map(|entry| part.file.slice(entry.key)));
        keys.filter(|key| seen.insert(*key)).collect()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().flatten().all(|part| part.own.is_empty() && part.inherited.is_empty())
    }

    fn find(&self, key: &str) -> Option<(Part<'a>, &'a Entry, &'a str)> {
        self.parts.iter().flatten().find_map(|part| {
            // A nested block may repeat a key; the last value counts.
            let among = |entries: &'a [Entry]| entries.iter().rfind(|entry| part.file.slice(entry.key) == key);
            among(part.own)
                .map(|entry| (*part, entry, part.header))
                .or_else(|| among(part.inherited).map(|entry| (*part, entry, "DEFAULT")))
        })
    }
}
