//! The `yaml` and `yaml-stream` formats: block style, members sorted by name, an anchor where a query used a value twice.
//!
//! AWS CLI prints with ruamel.yaml's safe dumper, whose emitter is libyaml: where lines break and indentation starts
//! follows from four facts about the place reached so far (column, indentation, white space and dashes only), kept in
//! `Emitter`. Scalars are in `scalar`, what needs quotes to stay a string in `resolver`. Imports nothing of ours.

mod resolver;
mod scalar;

use std::collections::HashMap;
use std::rc::Rc;

use super::json;
use super::node::Node;

/// Spaces a level is indented by.
const INDENT: usize = 2;

/// A key of more bytes than this is written as `? key`, libyaml's limit for a simple key.
const SIMPLE_KEY_LIMIT: usize = 128;

/// The `yaml` format. A scalar is printed as JSON: as a YAML document it would need an end marker.
pub(super) fn document(node: &Node) -> String {
    if node.is_scalar() {
        return json::pretty(node) + "\n";
    }
    let mut emitter = Emitter::new(node);
    emitter.node(node, Place::Root);
    emitter.break_line();
    emitter.text
}

/// The `yaml-stream` format: the result as the only element of a list.
pub(super) fn stream(node: &Node) -> String {
    document(&Node::list(vec![node.clone()]))
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    /// A key on one line, before its colon
    SimpleKey,
    /// A member's value, or a key too long for one line
    Member,
}

struct Emitter {
    text: String,
    /// Characters on the line so far.
    column: usize,
    /// Column where the current collection's lines start; `None` outside any.
    indent: Option<usize>,
    /// Whether the last thing written was white space, so that none is needed before the next.
    whitespace: bool,
    /// Whether the line holds nothing but indentation and indicators that count as such (`-`, `?`, `:`).
    indention: bool,
    /// Every list and object by its address: its anchor if it occurs twice.
    anchors: HashMap<usize, Anchor>,
    last_anchor: usize,
}

/// A list's or object's anchor.
#[derive(Clone, Copy)]
struct Anchor {
    /// Number of the anchor; `None` while the node was met once only.
    number: Option<usize>,
    /// Whether the node was written, so that an alias stands for it now.
    written: bool,
}

impl Emitter {
    fn new(root: &Node) -> Self {
        let mut emitter = Self {
            text: String::new(),
            column: 0,
            indent: None,
            whitespace: true,
            indention: true,
            anchors: HashMap::new(),
            last_anchor: 0,
        };
        emitter.find_anchors(root);
        emitter
    }

    /// Numbers the anchors in the order in which nodes are met a second time.
    fn find_anchors(&mut self, node: &Node) {
        let Some(address) = node.identity() else { return };
        if let Some(anchor) = self.anchors.get_mut(&address) {
            if anchor.number.is_none() {
                self.last_anchor += 1;
                anchor.number = Some(self.last_anchor);
            }
            return;
        }
        self.anchors.insert(address, Anchor { number: None, written: false });
        match node {
            Node::List(items) => items.iter().for_each(|item| self.find_anchors(item)),
            Node::Object(_) => sorted(node).into_iter().for_each(|(_, member)| self.find_anchors(member)),
            _ => {}
        }
    }

    fn node(&mut self, node: &Node, place: Place) {
        if self.is_written_as_alias(node) {
            return;
        }
        match node {
            Node::List(items) if items.is_empty() => self.empty("[", "]"),
            Node::Object(members) if members.is_empty() => self.empty("{", "}"),
            Node::List(items) => self.list(items, place),
            Node::Object(_) => self.object(&sorted(node)),
            _ => {
                let outer = self.indent;
                self.indent = Some(outer.map_or(INDENT, |indent| indent + INDENT));
                scalar::write(self, node, place != Place::SimpleKey);
                self.indent = outer;
            }
        }
    }

    /// Writes `*id001` for a node that was written before (then this is all), `&id001` before one that comes again.
    fn is_written_as_alias(&mut self, node: &Node) -> bool {
        let Some(anchor) = node.identity().and_then(|address| self.anchors.get_mut(&address)) else { return false };
        let Some(number) = anchor.number else { return false };
        let alias = std::mem::replace(&mut anchor.written, true);
        self.indicator(if alias { "*" } else { "&" }, true, false);
        self.put_all(&format!("id{number:03}"));
        alias
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.indicator(open, true, false);
        self.whitespace = true;
        self.indicator(close, false, false);
    }

    fn list(&mut self, items: &[Node], place: Place) {
        let outer = self.indent;
        // Dashes under a key are not indented; after the colon of a `? key` they stand on the colon's line.
        let indentless = place == Place::Member && !self.indention;
        self.indent = Some(match outer {
            None => 0,
            Some(indent) if indentless => indent,
            Some(indent) => indent + INDENT,
        });
        for item in items {
            self.write_indent();
            self.indicator("-", true, true);
            self.node(item, Place::Item);
        }
        self.indent = outer;
    }

    fn object(&mut self, members: &[(&str, &Node)]) {
        let outer = self.indent;
        self.indent = Some(outer.map_or(0, |indent| indent + INDENT));
        for (name, member) in members {
            self.write_indent();
            let key = Node::string(*name);
            if name.len() <= SIMPLE_KEY_LIMIT && !name.contains(scalar::is_break) {
                self.node(&key, Place::SimpleKey);
                self.indicator(":", false, false);
            } else {
                self.indicator("?", true, true);
                self.node(&key, Place::Member);
                self.write_indent();
                self.indicator(":", true, true);
            }
            self.node(member, Place::Member);
        }
        self.indent = outer;
    }

    /// Goes to the indentation of a new line, unless this line is still free up to there.
    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.break_line();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, indicator: &str, needs_whitespace: bool, is_indention: bool) {
        if needs_whitespace && !self.whitespace {
            self.put(' ');
        }
        let indention = self.indention && is_indention;
        self.put_all(indicator);
        self.indention = indention;
    }

    fn put(&mut self, c: char) {
        self.text.push(c);
        self.column += 1;
    }

    /// Characters after which more must be set off by a space.
    fn put_all(&mut self, text: &str) {
        text.chars().for_each(|c| self.put(c));
        self.whitespace = false;
        self.indention = false;
    }

    fn break_line(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }
}

/// Members by name.
fn sorted(node: &Node) -> Vec<(&str, &Node)> {
    let Node::Object(members) = node else { return Vec::new() };
    let mut sorted: Vec<(&str, &Node)> = members.iter().map(|(name, member)| (Rc::as_ref(name), member)).collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted
}
