//! The parser of a configuration file; it follows botocore rule by rule.
//!
//! Python 3.11's `RawConfigParser` with botocore's settings, then one level of nesting: duplicate sections and keys are
//! errors, `=` or `:` ends a key, only whole lines are comments, an indented line continues the value above it, keys are
//! lower-cased, every section inherits `[DEFAULT]`. `\n`, `\r\n` and `\r` all end a line. No message contains a value, which may
//! be an access key.

use std::borrow::Cow;
use std::collections::HashSet;

use zeroize::Zeroizing;

use super::names::{SectionKind, named};
use crate::python::{is_line_break, is_space, strip};
use crate::secret::Secret;

/// A slice of [`Contents::text`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One key of a section. A nested block has its own keys as children and no value of its own.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Span,
    pub(super) value: Span,
    /// Counted from 1.
    pub(super) line: usize,
    /// The last line of its value.
    pub(super) last_line: usize,
    pub(super) children: Vec<Entry>,
}

/// One section of the file.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The text between the brackets.
    pub(super) header: Span,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) entries: Vec<Entry>,
}

/// A parsed file.
pub(super) struct Contents {
    /// The file's text, then the texts that it does not have in one piece: continued values, keys in upper case, quoted
    /// names.
    pub(super) text: Secret,
    /// [`DEFAULTS`], then the sections in the order of the file.
    pub(super) blocks: Vec<Block>,
    /// The names in the headers, with the index of the block.
    pub(super) names: Vec<(SectionKind, Span, usize)>,
}

/// The index of the block `[DEFAULT]`, which exists in every file and may appear several times.
pub(super) const DEFAULTS: usize = 0;

/// What is wrong with a text, and on which line (from 1).
pub(super) struct ParseError {
    pub(super) line: usize,
    pub(super) what: String,
}

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

/// The state of the parser.
#[derive(Default)]
struct Parser<'t> {
    text: &'t str,
    /// What is appended to the text.
    appended: Zeroizing<String>,
    blocks: Vec<Block>,
    names: Vec<(SectionKind, Span, usize)>,
    seen_headers: HashSet<&'t str>,
    /// The keys seen, with the index of their block.
    seen_keys: HashSet<(usize, Cow<'t, str>)>,
    /// The block of the keys that follow; `None` before the first header.
    block: Option<usize>,
    /// Whether an indented line continues the value of the last key.
    open: bool,
    /// The indentation of the last key or header, in characters.
    indent: usize,
    /// Keys of `[DEFAULT]` with an invalid nested block: an error only if a section inherits them, as in botocore.
    invalid_defaults: Vec<(Span, ParseError)>,
    /// Lines that continue the last key's value, with their numbers; a blank line is empty.
    continued: Vec<(&'t str, usize)>,
}

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Result<Contents, ParseError> {
    let mut parser = Parser { text, blocks: vec![Block::default()], ..Parser::default() };
    // The byte order mark that editors on Windows write.
    let marked = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(lines(marked)) {
        parser.line(line.content, number)?;
    }
    parser.close()?;
    let Parser { appended, blocks, names, invalid_defaults, .. } = parser;
    let text = Secret::new([text, appended.as_str()].concat());
    let slice = |span: Span| &text.expose()[span.start..span.end];
    let is_inherited = |key: Span| {
        let is_overridden = |block: &Block| block.entries.iter().any(|entry| slice(entry.key) == slice(key));
        !blocks[DEFAULTS + 1..].iter().all(is_overridden)
    };
    match invalid_defaults.into_iter().find(|(key, _)| is_inherited(*key)) {
        Some((_, error)) => Err(error),
        None => Ok(Contents { text, blocks, names }),
    }
}

impl<'t> Parser<'t> {
    fn line(&mut self, line: &'t str, number: usize) -> Result<(), ParseError> {
        let value = strip(line);
        if value.starts_with(['#', ';']) || value.is_empty() && !self.open {
            return Ok(());
        }
        let indent = line.chars().take_while(|character| is_space(*character)).count();
        if self.open && (value.is_empty() || indent > self.indent) {
            self.continued.push((value, number));
            return Ok(());
        }
        self.indent = indent;
        match value.strip_prefix('[').and_then(|rest| rest.rfind(']').filter(|end| *end > 0)) {
            Some(end) => self.header(&value[1..=end], number),
            None => self.key(value, number),
        }
    }

    fn header(&mut self, header: &'t str, number: usize) -> Result<(), ParseError> {
        self.close()?;
        if header == "DEFAULT" {
            self.block = Some(DEFAULTS);
            return Ok(());
        }
        if !self.seen_headers.insert(header) {
            return Err(ParseError { line: number, what: format!("section [{header}] appears a second time") });
        }
        let block = self.blocks.len();
        if let Some((kind, name)) = named(header) {
            let name = self.span(name);
            self.names.push((kind, name, block));
        }
        let header = self.span(header.into());
        self.blocks.push(Block { header, line: number, entries: Vec::new() });
        self.block = Some(block);
        Ok(())
    }

    fn key(&mut self, line: &'t str, number: usize) -> Result<(), ParseError> {
        self.close()?;
        let error = |what: &str| ParseError { line: number, what: what.to_owned() };
        if line.starts_with('[') && !line.contains(['=', ':']) {
            return Err(error("a section header has no closing bracket"));
        }
        let Some(block) = self.block else {
            return Err(error("a key comes before the first section header"));
        };
        let Some((key, value)) = line.split_once(['=', ':']) else {
            return Err(error("neither a section header nor `key = value`"));
        };
        let key = lower_case(key.trim_end_matches(is_space));
        if key.is_empty() {
            return Err(error("the key before `=` or `:` is missing"));
        }
        if !self.seen_keys.insert((block, key.clone())) {
            return Err(error("the key of this line appears a second time in its section"));
        }
        let (key, value) = (self.span(key), self.span(value.trim_start_matches(is_space).into()));
        let entry = Entry { key, value, line: number, last_line: number, children: Vec::new() };
        self.blocks[block].entries.push(entry);
        self.open = true;
        Ok(())
    }

    /// Ends the open key: its continuation lines become part of its value, or a nested block.
    fn close(&mut self) -> Result<(), ParseError> {
        self.open = false;
        while self.continued.pop_if(|(line, _)| line.is_empty()).is_some() {}
        let continued = std::mem::take(&mut self.continued);
        let (Some((_, last_line)), Some(block)) = (continued.last(), self.block) else { return Ok(()) };
        let Some(mut last) = self.blocks[block].entries.pop() else { return Ok(()) };
        last.last_line = *last_line;
        let first = &self.text[last.value.start..last.value.end];
        if first.is_empty() {
            match self.nested(&continued) {
                Ok(children) => last.children = children,
                Err(error) if block == DEFAULTS => self.invalid_defaults.push((last.key, error)),
                Err(error) => return Err(error),
            }
        } else {
            let start = self.appended.len();
            self.appended.push_str(first);
            for (line, _) in &continued {
                self.appended.extend(["\n", line]);
            }
            last.value = self.appended_since(start);
        }
        self.blocks[block].entries.push(last);
        Ok(())
    }

    /// botocore's one level of nesting: each line `key = value`, here only with `=`; keys keep their case.
    fn nested(&mut self, continued: &[(&'t str, usize)]) -> Result<Vec<Entry>, ParseError> {
        let mut children = Vec::new();
        for (line, number) in continued {
            for part in line.split(is_line_break).map(strip).filter(|part| !part.is_empty()) {
                let Some((key, value)) = part.split_once('=') else {
                    return Err(ParseError { line: *number, what: "a line of a nested block has no `=`".to_owned() });
                };
                let (key, value) = (self.span(strip(key).into()), self.span(strip(value).into()));
                children.push(Entry { key, value, line: *number, last_line: *number, children: Vec::new() });
            }
        }
        Ok(children)
    }

    /// The span of a slice of the text; a text that the file does not have in this form is appended.
    fn span(&mut self, part: Cow<'t, str>) -> Span {
        match part {
            Cow::Borrowed(part) => {
                let start = part.as_ptr().addr() - self.text.as_ptr().addr();
                Span { start, end: start + part.len() }
            }
            Cow::Owned(part) => {
                let start = self.appended.len();
                self.appended.push_str(&part);
                self.appended_since(start)
            }
        }
    }

    fn appended_since(&self, start: usize) -> Span {
        Span { start: self.text.len() + start, end: self.text.len() + self.appended.len() }
    }
}

fn lower_case(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        key.into()
    } else {
        key.to_lowercase().into()
    }
}
