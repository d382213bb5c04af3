//! One configuration file, read as botocore reads it.
//!
//! The rules are those of Python 3.11's `RawConfigParser` with botocore's settings, then one level of nesting: duplicate
//! sections and keys are errors, `=` or `:` ends a key, only whole lines are comments, an indented line continues the
//! value above it, keys are lower-cased, `[DEFAULT]` is inherited by every section. Keys and values stay slices of the
//! file's text; only continued values are joined. Line numbers are kept for messages. The text may hold keys, so it
//! lives in a [`Secret`]. Imports `secret`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, ConfigErrorKind};
use super::names::{SectionKind, named};
use super::python::{is_line_break, is_space, strip};
use crate::secret::Secret;

/// A piece of a file's text, or of the joined values that are kept behind it: offsets from the text's end on mean those.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: usize,
    end: usize,
}

/// One key of a section. A nested block has its own keys as children and no value of its own.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Span,
    pub(super) value: Span,
    /// Counted from 1.
    pub(super) line: usize,
    children: Range<usize>,
}

/// One section as the file has it.
#[derive(Debug)]
pub(super) struct Block {
    header: Span,
    entries: Range<usize>,
}

/// A file that was read without objection. The default is an empty file.
pub(super) struct IniFile {
    pub(super) path: PathBuf,
    text: Secret,
    joined: Secret,
    blocks: Vec<Block>,
    entries: Vec<Entry>,
    children: Vec<Entry>,
    defaults: Vec<Entry>,
    names: Vec<(SectionKind, Span, usize)>,
}

/// What is wrong with a text, and on which line (from 1).
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) line: usize,
    pub(super) what: String,
}

/// No configuration file is longer than this.
const LONGEST_FILE: u64 = 64 << 20;

impl IniFile {
    /// Reads the file. One that does not exist, is no regular file or may not be read is empty, as for botocore.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let unparsable = |detail: String| {
            ConfigError::new(ConfigErrorKind::Unparsable, format!("Unable to parse config file: {}", path.display()))
                .with_detail(detail)
        };
        let length = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => return Ok(Self::empty(path)),
        };
        if length > LONGEST_FILE {
            return Err(unparsable(format!("the file has {length} bytes; at most {LONGEST_FILE} are read")));
        }
        let Ok(bytes) = std::fs::read(path) else { return Ok(Self::empty(path)) };
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            unparsable(format!("line {line} is not UTF-8"))
        })?;
        Self::parse(path, text).map_err(|flaw| unparsable(format!("line {}: {}", flaw.line, flaw.what)))
    }

    fn empty(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            text: Secret::new(""),
            joined: Secret::new(""),
            blocks: Vec::new(),
            entries: Vec::new(),
            children: Vec::new(),
            defaults: Vec::new(),
            names: Vec::new(),
        }
    }

    /// Parses a text.
    pub(super) fn parse(path: &Path, text: String) -> Result<Self, Flaw> {
        let mut parser = Parser::new(&text);
        parser.read()?;
        let Parser { joined, blocks, entries, children, defaults, names, .. } = parser;
        let joined = Secret::new(joined);
        let text = Secret::new(text);
        Ok(Self { path: path.to_path_buf(), text, joined, blocks, entries, children, defaults, names })
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        let text = self.text.expose();
        match span.start.checked_sub(text.len()) {
            Some(start) if span.end > text.len() => &self.joined.expose()[start..span.end - text.len()],
            _ => &text[span.start..span.end],
        }
    }

    /// The raw text between the brackets of a section's header.
    pub(super) fn header(&self, block: usize) -> &str {
        self.slice(self.blocks[block].header)
    }

    /// A section's own keys.
    pub(super) fn entries(&self, block: usize) -> &[Entry] {
        &self.entries[self.blocks[block].entries.clone()]
    }

    /// The keys of `[DEFAULT]`, which every section inherits.
    pub(super) fn defaults(&self) -> &[Entry] {
        &self.defaults
    }

    /// The keys of a nested block; empty for a plain value.
    pub(super) fn children(&self, entry: &Entry) -> &[Entry] {
        &self.children[entry.children.clone()]
    }

    /// Every section, by the raw text of its header, in the order of the file.
    pub(super) fn headers(&self) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        (0..self.blocks.len()).map(|block| (self.header(block), block))
    }

    /// The sections of one kind by name, in the order of the file; of two with the same name the later one counts.
    pub(super) fn named(&self, kind: SectionKind) -> impl DoubleEndedIterator<Item = (&str, usize)> {
        let of_kind = self.names.iter().filter(move |(found, ..)| *found == kind);
        of_kind.map(|(_, name, block)| (self.slice(*name), *block))
    }
}

/// Where the keys that are being read belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeAnySection,
    Defaults,
    Block(usize),
}

struct Parser<'t> {
    text: &'t str,
    joined: String,
    blocks: Vec<Block>,
    entries: Vec<Entry>,
    children: Vec<Entry>,
    defaults: Vec<Entry>,
    names: Vec<(SectionKind, Span, usize)>,
    seen_headers: HashSet<&'t str>,
    seen_keys: HashSet<(usize, Cow<'t, str>)>,
    place: Place,
    /// Whether the last key of the present section may be continued.
    open: bool,
    /// How far the last key or header was indented, in characters.
    indent: usize,
    /// Lines that continue the last key's value, with their numbers; a blank line is an empty span.
    continued: Vec<(Span, usize)>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            joined: String::new(),
            blocks: Vec::new(),
            entries: Vec::new(),
            children: Vec::new(),
            defaults: Vec::new(),
            names: Vec::new(),
            seen_headers: HashSet::new(),
            seen_keys: HashSet::new(),
            place: Place::BeforeAnySection,
            open: false,
            indent: 0,
            continued: Vec::new(),
        }
    }

    fn read(&mut self) -> Result<(), Flaw> {
        let mut rest = self.text;
        let mut number = 0;
        while !rest.is_empty() {
            number += 1;
            let bytes = rest.as_bytes();
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
            let (line, ending) = rest.split_at(end);
            rest = ending.strip_prefix("\r\n").unwrap_or_else(|| ending.get(1..).unwrap_or_default());
            self.line(line, number)?;
        }
        self.close()
    }

    fn line(&mut self, line: &'t str, number: usize) -> Result<(), Flaw> {
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

    fn header(&mut self, header: &'t str, number: usize) -> Result<(), Flaw> {
        self.close()?;
        if header == "DEFAULT" {
            self.place = Place::Defaults;
            return Ok(());
        }
        if !self.seen_headers.insert(header) {
            return Err(Flaw { line: number, what: format!("section [{header}] appears a second time") });
        }
        let block = self.blocks.len();
        if let Some((kind, name)) = named(header) {
            let name = match name {
                Cow::Borrowed(name) => self.span(name),
                Cow::Owned(name) => self.keep(&name),
            };
            self.names.push((kind, name, block));
        }
        let start = self.entries.len();
        self.blocks.push(Block { header: self.span(header), entries: start..start });
        self.place = Place::Block(block);
        Ok(())
    }

    fn key(&mut self, value: &'t str, number: usize) -> Result<(), Flaw> {
        self.close()?;
        let flaw = |what: &str| Flaw { line: number, what: what.to_owned() };
        let place = match self.place {
            Place::BeforeAnySection if value.starts_with('\u{feff}') => {
                return Err(flaw("the file begins with a byte order mark; save it without one"));
            }
            Place::BeforeAnySection => return Err(flaw("a key comes before the first section header")),
            Place::Defaults => usize::MAX,
            Place::Block(block) => block,
        };
        let Some((key, value)) = value.split_once(['=', ':']) else {
            return Err(flaw(if value.starts_with('[') {
                "a section header has no closing bracket"
            } else {
                "neither a section header nor `key = value`"
            }));
        };
        let (key, value) = (key.trim_end_matches(is_space), value.trim_start_matches(is_space));
        if key.is_empty() {
            return Err(flaw("there is no key before the `=` or `:`"));
        }
        let folded = lower_case(key);
        let span = match &folded {
            Cow::Borrowed(key) => self.span(key),
            Cow::Owned(key) => self.keep(key),
        };
        if !self.seen_keys.insert((place, folded)) {
            return Err(flaw("the key of this line appears a second time in its section"));
        }
        let entry = Entry { key: span, value: self.span(value), line: number, children: 0..0 };
        match self.place {
            Place::Block(block) => {
                self.entries.push(entry);
                self.blocks[block].entries.end = self.entries.len();
            }
            _ => self.defaults.push(entry),
        }
        self.open = true;
        Ok(())
    }

    /// Ends the open key: its continuation lines become part of its value, or a nested block.
    fn close(&mut self) -> Result<(), Flaw> {
        self.open = false;
        while self.continued.pop_if(|(span, _)| span.start == span.end).is_some() {}
        if self.continued.is_empty() {
            return Ok(());
        }
        let continued = std::mem::take(&mut self.continued);
        let (value, children) = if self.last().value.is_empty() {
            (self.last().value, self.nested(&continued)?)
        } else {
            (self.join(&continued), 0..0)
        };
        let last = self.last();
        (last.value, last.children) = (value, children);
        self.continued = continued;
        self.continued.clear();
        Ok(())
    }

    fn last(&mut self) -> &mut Entry {
        let entries = if self.place == Place::Defaults { &mut self.defaults } else { &mut self.entries };
        let last = entries.len() - 1;
        &mut entries[last]
    }

    fn join(&mut self, continued: &[(Span, usize)]) -> Span {
        let first = self.last().value;
        let start = self.joined.len();
        self.joined.push_str(&self.text[first.start..first.end]);
        for (line, _) in continued {
            self.joined.push('\n');
            self.joined.push_str(&self.text[line.start..line.end]);
        }
        self.kept(start)
    }

    /// botocore's one level of nesting: each line `key = value`, here only with `=`; keys keep their case.
    fn nested(&mut self, continued: &[(Span, usize)]) -> Result<Range<usize>, Flaw> {
        let start = self.children.len();
        for (span, line) in continued {
            let pieces = self.text[span.start..span.end].split(is_line_break).map(strip);
            for piece in pieces.filter(|piece| !piece.is_empty()) {
                let Some((key, value)) = piece.split_once('=') else {
                    return Err(Flaw { line: *line, what: "a line of a nested block has no `=`".to_owned() });
                };
                let (key, value) = (self.span(strip(key)), self.span(strip(value)));
                self.children.push(Entry { key, value, line: *line, children: 0..0 });
            }
        }
        Ok(start..self.children.len())
    }

    /// The span of a piece of the text.
    fn span(&self, piece: &str) -> Span {
        let start = piece.as_ptr().addr() - self.text.as_ptr().addr();
        Span { start, end: start + piece.len() }
    }

    /// Keeps a text that the file does not have in this form.
    fn keep(&mut self, text: &str) -> Span {
        let start = self.joined.len();
        self.joined.push_str(text);
        self.kept(start)
    }

    fn kept(&self, start: usize) -> Span {
        Span { start: self.text.len() + start, end: self.text.len() + self.joined.len() }
    }
}

impl Span {
    fn is_empty(self) -> bool {
        self.start == self.end
    }
}

fn lower_case(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(key.to_lowercase())
    }
}
