//! The lines of a configuration file and their endings.
//!
//! `\n`, `\r\n` and `\r` all end a line (Python's universal newlines). The parser needs the content only, the editor keeps
//! the endings.

use crate::python::{is_space, strip};

/// A line without its ending, and the ending; the last line may have none.
pub(super) struct Line<'t> {
    pub(super) content: &'t str,
    pub(super) ending: &'t str,
}

impl<'t> Line<'t> {
    /// Whether the line is blank or a comment.
    pub(super) fn is_blank_or_comment(&self) -> bool {
        let value = strip(self.content);
        value.is_empty() || value.starts_with(['#', ';'])
    }

    /// The white space at the start.
    pub(super) fn indent(&self) -> &'t str {
        &self.content[..self.content.len() - self.content.trim_start_matches(is_space).len()]
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let end = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
        let ended = match &bytes[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [_, ..] => end + 1,
            [] if end == 0 => return None,
            [] => end,
        };
        let (line, after) = rest.split_at(ended);
        rest = after;
        let (content, ending) = line.split_at(end);
        Some(Line { content, ending })
    })
}
