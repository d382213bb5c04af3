//! The reading of one configuration file, rule by rule as botocore does it.
//!
//! Python 3.11's `RawConfigParser` with botocore's settings, then one level of nesting: duplicate sections and keys are
//! errors, `=` or `:` ends a key, only whole lines are comments, an indented line continues the value above it, keys are
//! lower-cased, `[DEFAULT]` is inherited by every section. No message shows a value, for it may be a key.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use zeroize::Zeroizing;

use super::lines::lines;
use super::names::{SectionKind, named};
use crate::python::{is_line_break, is_space, strip};

/// A piece of a file's text, or of the joined values that are kept behind it: offsets from the text's end on mean those.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// The piece it stands for.
    pub(super) fn of<'a>(self, text: &'a str, joined: &'a str) -> &'a str {
        match self.start.checked_sub(text.len()) {
            Some(start) if self.end > text.len() => &joined[start..self.end - text.len()],
            _ => &text[self.start..self.end],
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// One key of a section. A nested block has its own keys as children and no value of its own.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Span,
    pub(super) value: Span,
    /// Counted from 1.
    pub(super) line: usize,
    /// The last line of its value.
    pub(super) last_line: usize,
    pub(super) children: Range<usize>,
}

/// One section as the file has it.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) header: Span,
    pub(super) line: usize,
    pub(super) entries: Range<usize>,
}

/// What a text was understood to say.
#[derive(Default)]
pub(super) struct Contents {
    /// Texts that the file does not have in one piece.
    pub(super) joined: Zeroizing<String>,
    pub(super) blocks: Vec<Block>,
    /// The keys of all sections, section by section.
    pub(super) entries: Vec<Entry>,
    /// The keys of all nested blocks.
    pub(super) children: Vec<Entry>,
    /// The keys of `[DEFAULT]`.
    pub(super) defaults: Vec<Entry>,
    /// What the headers name, with the number of the section.
    pub(super) names: Vec<(SectionKind, Span, usize)>,
}

/// What is wrong with a text, and on which line (from 1).
#[derive(Debug)]
pub(super) struct ParseError {
    pub(super) line: usize,
    pub(super) what: String,
}

/// Where the keys that are being read belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeAnySection,
    Defaults,
    Block(usize),
}

/// What has been read so far.
pub(super) struct Parser<'t> {
    text: &'t str,
    contents: Contents,
    seen_headers: BTreeSet<&'t str>,
    /// Keys of the present section.
    seen_keys: BTreeSet<Cow<'t, str>>,
    /// Keys of `[DEFAULT]`, which may come back.
    seen_defaults: BTreeSet<Cow<'t, str>>,
    place: Place,
    /// Whether the last key of the present section may be continued.
    open: bool,
    /// How far the last key or header was indented, in characters.
    indent: usize,
    /// Keys of `[DEFAULT]` whose block is no block: botocore notices where a section inherits them.
    unless_overridden: Vec<(Span, ParseError)>,
    /// Lines that continue the last key's value, with their numbers; a blank line is an empty span.
    continued: Vec<(Span, usize)>,
}

impl<'t> Parser<'t> {
    /// Reads a whole text.
    pub(super) fn read(text: &'t str) -> Result<Contents, ParseError> {
        let mut parser = Self {
            text,
            // Room for lines of the usual length.
            contents: Contents { entries: Vec::with_capacity(text.len() / 32), ..Contents::default() },
            seen_headers: BTreeSet::new(),
            seen_keys: BTreeSet::new(),
            seen_defaults: BTreeSet::new(),
            place: Place::BeforeAnySection,
            open: false,
            indent: 0,
            unless_overridden: Vec::new(),
            continued: Vec::new(),
        };
        for (number, line) in (1..).zip(lines(text)) {
            parser.line(line.content, number)?;
        }
        parser.close()?;
        let errors = std::mem::take(&mut parser.unless_overridden);
        match errors.into_iter().find(|(key, _)| parser.is_inherited(*key)) {
            Some((_, error)) => Err(error),
            None => Ok(parser.contents),
        }
    }

    /// Whether a section has no key of its own by this name.
    fn is_inherited(&self, key: Span) -> bool {
        let is_it = |entry: &Entry| self.slice(entry.key) == self.slice(key);
        self.contents.blocks.iter().any(|block| !self.contents.entries[block.entries.clone()].iter().any(is_it))
    }

    fn slice(&self, span: Span) -> &str {
        span.of(self.text, &self.contents.joined)
    }

    fn line(&mut self, line: &'t str, number: usize) -> Result<(), ParseError> {
        let value = strip(line);
        if value.is_empty() {
            if self.open {
                self.continued.push((Span::default(), number));
            }
            return Ok(());
        }
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        let level = line.chars().take_while(|character| is_space(*character)).count();
        if self.open && level > self.indent {
            self.continued.push((self.span(value), number));
            return Ok(());
        }
        self.indent = level;
        match value.strip_prefix('[').and_then(|rest| rest.rfind(']').filter(|end| *end > 0)) {
            Some(end) => self.header(&value[1..=end], number),
            None => self.key(value, number),
        }
    }

    fn header(&mut self, header: &'t str, number: usize) -> Result<(), ParseError> {
        self.close()?;
        if header == "DEFAULT" {
            self.place = Place::Defaults;
            return Ok(());
        }
        if !self.seen_headers.insert(header) {
            return Err(ParseError { line: number, what: format!("section [{header}] appears a second time") });
        }
        let block = self.contents.blocks.len();
        if let Some((kind, name)) = named(header) {
            let name = match name {
                Cow::Borrowed(name) => self.span(name),
                Cow::Owned(name) => self.keep(&name),
            };
            self.contents.names.push((kind, name, block));
        }
        let start = self.contents.entries.len();
        self.contents.blocks.push(Block { header: self.span(header), line: number, entries: start..start });
        self.place = Place::Block(block);
        self.seen_keys.clear();
        Ok(())
    }

    fn key(&mut self, value: &'t str, number: usize) -> Result<(), ParseError> {
        self.close()?;
        let error = |what: &str| ParseError { line: number, what: what.to_owned() };
        if value.starts_with('[') && !value.contains(['=', ':']) {
            return Err(error("a section header has no closing bracket"));
        }
        if self.place == Place::BeforeAnySection {
            return Err(error(if value.starts_with('\u{feff}') {
                "the file begins with a byte order mark; save it without one"
            } else {
                "a key comes before the first section header"
            }));
        }
        let Some((key, value)) = value.split_once(['=', ':']) else {
            return Err(error("neither a section header nor `key = value`"));
        };
        let (key, value) = (key.trim_end_matches(is_space), value.trim_start_matches(is_space));
        if key.is_empty() {
            return Err(error("there is no key before the `=` or `:`"));
        }
        let folded = lower_case(key);
        let span = match &folded {
            Cow::Borrowed(key) => self.span(key),
            Cow::Owned(key) => self.keep(key),
        };
        let seen = if self.place == Place::Defaults { &mut self.seen_defaults } else { &mut self.seen_keys };
        if !seen.insert(folded) {
            return Err(error("the key of this line appears a second time in its section"));
        }
        let entry = Entry { key: span, value: self.span(value), line: number, last_line: number, children: 0..0 };
        match self.place {
            Place::Block(block) => {
                self.contents.entries.push(entry);
                self.contents.blocks[block].entries.end = self.contents.entries.len();
            }
            _ => self.contents.defaults.push(entry),
        }
        self.open = true;
        Ok(())
    }

    /// Ends the open key: its continuation lines become part of its value, or a nested block.
    fn close(&mut self) -> Result<(), ParseError> {
        self.open = false;
        while self.continued.pop_if(|(span, _)| span.start == span.end).is_some() {}
        let Some((_, last_line)) = self.continued.last().copied() else { return Ok(()) };
        let continued = std::mem::take(&mut self.continued);
        let (value, children) = if self.last().value.is_empty() {
            let children = match self.nested(&continued) {
                Ok(children) => children,
                Err(error) if self.place == Place::Defaults => {
                    let key = self.last().key;
                    self.unless_overridden.push((key, error));
                    0..0
                }
                Err(error) => return Err(error),
            };
            (self.last().value, children)
        } else {
            (self.join(&continued), 0..0)
        };
        let last = self.last();
        (last.value, last.children, last.last_line) = (value, children, last_line);
        self.continued = continued;
        self.continued.clear();
        Ok(())
    }

    fn last(&mut self) -> &mut Entry {
        let entries =
            if self.place == Place::Defaults { &mut self.contents.defaults } else { &mut self.contents.entries };
        let last = entries.len() - 1;
        &mut entries[last]
    }

    fn join(&mut self, continued: &[(Span, usize)]) -> Span {
        let first = self.last().value;
        let start = self.contents.joined.len();
        self.contents.joined.push_str(&self.text[first.start..first.end]);
        for (line, _) in continued {
            self.contents.joined.push('\n');
            self.contents.joined.push_str(&self.text[line.start..line.end]);
        }
        self.kept(start)
    }

    /// botocore's one level of nesting: each line `key = value`, here only with `=`; keys keep their case.
    fn nested(&mut self, continued: &[(Span, usize)]) -> Result<Range<usize>, ParseError> {
        let start = self.contents.children.len();
        for (span, line) in continued {
            let pieces = self.text[span.start..span.end].split(is_line_break).map(strip);
            for piece in pieces.filter(|piece| !piece.is_empty()) {
                let Some((key, value)) = piece.split_once('=') else {
                    return Err(ParseError { line: *line, what: "a line of a nested block has no `=`".to_owned() });
                };
                let (key, value) = (self.span(strip(key)), self.span(strip(value)));
                self.contents.children.push(Entry { key, value, line: *line, last_line: *line, children: 0..0 });
            }
        }
        Ok(start..self.contents.children.len())
    }

    /// The span of a piece of the text.
    fn span(&self, piece: &str) -> Span {
        let start = piece.as_ptr().addr() - self.text.as_ptr().addr();
        Span { start, end: start + piece.len() }
    }

    /// Keeps a text that the file does not have in this form.
    fn keep(&mut self, text: &str) -> Span {
        let start = self.contents.joined.len();
        self.contents.joined.push_str(text);
        self.kept(start)
    }

    fn kept(&self, start: usize) -> Span {
        Span { start: self.text.len() + start, end: self.text.len() + self.contents.joined.len() }
    }
}

fn lower_case(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(key.to_lowercase())
    }
}
