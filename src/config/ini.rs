//! One parsed configuration file, and how it is read from disk.
//!
//! The parser is in `parse`; values by precedence are in `section`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::names::SectionKind;
use super::parse::{Block, Contents, DEFAULTS, Entry, ParseError, Span, parse};
use crate::error::Error;
use crate::files;

/// A file without syntax errors.
pub(super) struct IniFile {
    pub(super) path: Arc<Path>,
    /// Why the file could not be read.
    pub(super) unread: Option<io::Error>,
    contents: Contents,
}

impl IniFile {
    /// Reads the file. One that does not exist, is not a regular file or is not readable counts as empty, as for botocore.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let is_null = path == Path::new("/dev/null");
        let read = if is_null { Ok(Vec::new()) } else { files::read_bytes(path) };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let limit = files::LONGEST;
                return Err(unparsable(path, format!("the file is too large: at most {limit} bytes are read")));
            }
            Err(error) => {
                let unread = Some(error).filter(|error| error.kind() != io::ErrorKind::NotFound);
                return Ok(Self { unread, ..Self::of(path, "")? });
            }
        };
        if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = bytes[..] {
            let advice = "the file is UTF-16; save it as UTF-8 without a byte order mark";
            return Err(unparsable(path, advice.to_owned()));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::of(path, &Zeroizing::new(text)),
            Err(error) => {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = before.split(|byte| *byte == b'\n').count();
                Err(unparsable(path, format!("line {line} is not UTF-8")))
            }
        }
    }

    /// That the file could not be read, and why, if so.
    pub(super) fn unread(&self) -> Option<String> {
        Some(format!("{} was not read: {}", self.path.display(), files::explained(self.unread.as_ref()?, &self.path)))
    }

    /// The file with this text.
    pub(super) fn of(path: &Path, text: &str) -> Result<Self, Error> {
        let broken = |error: ParseError| unparsable(path, format!("line {}: {}", error.line, error.what));
        Self::parse(path, text).map_err(broken)
    }

    /// The command that gives access to a file without permission to read it.
    pub(super) fn command_for_access(&self) -> Option<String> {
        self.unread.as_ref().filter(|error| error.kind() == io::ErrorKind::PermissionDenied)?;
        files::command_for_access(&self.path)
    }

    /// The file's name for a message, and why it could not be read if it could not.
    pub(super) fn described(&self) -> String {
        match &self.unread {
            Some(reason) => format!("{} (which was not read: {reason})", self.path.display()),
            None => self.path.display().to_string(),
        }
    }

    /// Parses a text.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ParseError> {
        Ok(Self { path: path.into(), unread: None, contents: parse(text)? })
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        &self.contents.text.expose()[span.start..span.end]
    }

    /// A section.
    pub(super) fn block(&self, block: usize) -> &Block {
        &self.contents.blocks[block]
    }

    /// The keys of `[DEFAULT]`, which every section inherits.
    pub(super) fn defaults(&self) -> &[Entry] {
        &self.contents.blocks[DEFAULTS].entries
    }

    /// Every section, by the text of its header, in the order of the file.
    pub(super) fn headers(&self) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        let blocks = self.contents.blocks.iter().enumerate().skip(DEFAULTS + 1);
        blocks.map(|(index, block)| (self.slice(block.header), index))
    }

    /// The block with this text in its header.
    pub(super) fn find_header(&self, header: &str) -> Option<usize> {
        self.headers().find(|(found, _)| *found == header).map(|(_, block)| block)
    }

    /// The block of this kind and name; of two with the same name the later one counts.
    pub(super) fn find(&self, kind: SectionKind, name: &str) -> Option<usize> {
        self.named(kind).rfind(|(found, _)| *found == name).map(|(_, block)| block)
    }

    /// The sections of one kind by name, in the order of the file; of two with the same name the later one counts.
    pub(super) fn named(&self, kind: SectionKind) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        let of_kind = self.contents.names.iter().filter(move |(found, ..)| *found == kind);
        of_kind.map(|(_, name, block)| (self.slice(*name), *block))
    }
}

fn unparsable(path: &Path, detail: String) -> Error {
    Error::other(format!("Unable to parse config file: {}", path.display())).hint(detail)
}
