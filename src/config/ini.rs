//! One configuration file as it was understood.
//!
//! Keys and values are slices of the file's text; only what the text does not have in one piece (continued values, keys
//! in upper case, quoted names) is kept beside it. Line numbers are kept for messages and edits. The text may hold
//! access keys, so it lives in a [`Secret`]. How it is understood is in `parse`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::names::SectionKind;
use super::parse::{Contents, Entry, ParseError, Parser, Span};
use crate::error::Error;
use crate::secret::Secret;

/// A file that was read without objection. The default is an empty file.
pub(super) struct IniFile {
    pub(super) path: Arc<Path>,
    unread: Option<String>,
    text: Secret,
    contents: Contents,
}

/// Key, value, and the keys and values of a nested block.
pub(super) type Content<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

/// No configuration file is longer than this.
const LONGEST_FILE: u64 = 64 << 20;

impl IniFile {
    /// Reads the file. One that does not exist, is not a regular file or is not readable counts as empty, as for botocore.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let unparsable =
            |detail: String| Error::other(format!("Unable to parse config file: {}", path.display())).hint(detail);
        let length = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => return Ok(Self::empty(path, Some("it is not a regular file".to_owned()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::empty(path, None)),
            Err(error) => return Ok(Self::empty(path, Some(error.to_string()))),
        };
        if length > LONGEST_FILE {
            return Err(unparsable(format!("the file has {length} bytes; at most {LONGEST_FILE} are read")));
        }
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Self::empty(path, Some(error.to_string()))),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            unparsable(format!("line {line} is not UTF-8"))
        })?;
        Self::parse(path, text).map_err(|error| unparsable(format!("line {}: {}", error.line, error.what)))
    }

    fn empty(path: &Path, unread: Option<String>) -> Self {
        Self { path: path.into(), unread, text: Secret::new(""), contents: Contents::default() }
    }

    /// The file's name for a message, and why it could not be read if it could not.
    pub(super) fn described(&self) -> String {
        match &self.unread {
            Some(reason) => format!("{} (which was not read: {reason})", self.path.display()),
            None => self.path.display().to_string(),
        }
    }

    /// Parses a text.
    pub(super) fn parse(path: &Path, text: String) -> Result<Self, ParseError> {
        let contents = Parser::read(&text)?;
        Ok(Self { path: path.into(), unread: None, text: Secret::new(text), contents })
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        span.of(self.text.expose(), &self.contents.joined)
    }

    /// The raw text between the brackets of a section's header.
    pub(super) fn header(&self, block: usize) -> &str {
        self.slice(self.contents.blocks[block].header)
    }

    /// The line of a section's header, from 1.
    pub(super) fn header_line(&self, block: usize) -> usize {
        self.contents.blocks[block].line
    }

    /// A section's own keys.
    pub(super) fn entries(&self, block: usize) -> &[Entry] {
        &self.contents.entries[self.contents.blocks[block].entries.clone()]
    }

    /// The keys of `[DEFAULT]`, which every section inherits.
    pub(super) fn defaults(&self) -> &[Entry] {
        &self.contents.defaults
    }

    /// The keys of a nested block; empty for a plain value.
    pub(super) fn children(&self, entry: &Entry) -> &[Entry] {
        &self.contents.children[entry.children.clone()]
    }

    /// Key, value and the keys of a nested block, to compare two files by what they say.
    pub(super) fn content(&self, entry: &Entry) -> Content<'_> {
        let children = self.children(entry).iter();
        let children = children.map(|child| (self.slice(child.key), self.slice(child.value)));
        (self.slice(entry.key), self.slice(entry.value), children.collect())
    }

    /// Every section, by the raw text of its header, in the order of the file.
    pub(super) fn headers(&self) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        (0..self.contents.blocks.len()).map(|block| (self.header(block), block))
    }

    /// The sections of one kind by name, in the order of the file; of two with the same name the later one counts.
    pub(super) fn named(&self, kind: SectionKind) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        let of_kind = self.contents.names.iter().filter(move |(found, ..)| *found == kind);
        of_kind.map(|(_, name, block)| (self.slice(*name), *block))
    }
}
