//! Who may import whom: the table in the documentation of the library is the rule, and the code is held to it.
//!
//! The table is read from `src/lib.rs`, so that there is one of them. An import is any path that starts with `crate::`,
//! in a `use` or in the middle of an expression; `super` is for the own room, which it may not leave.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::Chars;

use crate::project::source_files::{self, Source};

/// What a room may import: other rooms, and of some only their error types.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Rights {
    all: BTreeSet<String>,
    errors: BTreeSet<String>,
}

impl Rights {
    fn allow(&self, room: &str, path: &str) -> bool {
        let name = path.rsplit("::").next().unwrap_or(path);
        self.all.contains(room) || self.errors.contains(room) && (name.contains("Error") || name.starts_with("Fault"))
    }
}

/// The rows `| rooms | what lives there | may import |` of the library's documentation.
fn table(lib: &str) -> BTreeMap<String, Rights> {
    let mut table: BTreeMap<String, Rights> = BTreeMap::new();
    for row in lib.lines().filter_map(|line| line.strip_prefix("//! | ")).filter(|row| row.starts_with('`')) {
        let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
        let [rooms, _, imports] = cells[..] else { panic!("not three cells: {row}") };
        let rights = rights(rooms, imports, &table);
        for room in rooms.split(", ").map(|room| room.trim_matches('`')) {
            assert!(table.insert(room.to_owned(), rights.clone()).is_none(), "`{room}` has two rows");
        }
    }
    assert!(!table.is_empty(), "there is no table");
    table
}

fn rights(rooms: &str, imports: &str, above: &BTreeMap<String, Rights>) -> Rights {
    let mut rights = Rights::default();
    for phrase in imports.split(", ") {
        match phrase {
            "nothing of ours" => {}
            "everything above" => rights.all.extend(above.keys().cloned()),
            "the error types of all above" => rights.errors.extend(above.keys().cloned()),
            _ => {
                let room = phrase.strip_prefix('`').and_then(|phrase| phrase.strip_suffix('`'));
                let room = room.unwrap_or_else(|| panic!("`{phrase}` is no rule that is known here"));
                assert!(above.contains_key(room), "{rooms} may import `{room}`, so the row of `{room}` must be above");
                rights.all.insert(room.to_owned());
            }
        }
    }
    rights
}

/// Names that the library hands out: by `pub use context::Context;` an import of `crate::Context` is one of `context`.
fn handed_out(lib: &str) -> BTreeMap<&str, &str> {
    let paths = lib.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'));
    paths.filter_map(|path| path.split_once("::")).map(|(room, name)| (name, room)).collect()
}

/// The paths of a `use` tree or of an expression: `a::{b, c::D}` is `a::b` and `a::c::D`.
fn paths(text: &mut Peekable<Chars<'_>>, start: &str, found: &mut Vec<String>) {
    let mut path = start.to_owned();
    while let Some(character) = text.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | ':')) {
        path.push(character);
    }
    if text.next_if_eq(&'{').is_none() {
        found.extend(Some(path).filter(|path| path != start));
        return;
    }
    while text.peek().is_some() {
        while text.next_if(|next| next.is_whitespace() || *next == ',').is_some() {}
        if text.next_if_eq(&'}').is_some() {
            return;
        }
        paths(text, &path, found);
        while text.next_if(|next| !matches!(next, ',' | '}')).is_some() {}
    }
}

/// Everything of the crate that a text of code names.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if !code[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '$')) {
            paths(&mut code[at + "crate::".len()..].chars().peekable(), "", &mut found);
        }
    }
    found
}

/// Each place where `super` is said so often that it leaves the room: the whole of the code before it, up to there.
fn leaves_by_super(path: &str, code: &str) -> bool {
    let file = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = file.split('/').count();
    let mut blocks = Vec::new();
    let mut statement = 0;
    for (at, character) in code.char_indices() {
        match character {
            '{' => blocks.push(code[statement..at].split_whitespace().rev().nth(1) == Some("mod")),
            '}' => drop(blocks.pop()),
            's' if code[at..].starts_with("super::") && !code[..at].ends_with("super::") => {
                let mut up = 0;
                while code[at..].starts_with(&"super::".repeat(up + 1)) {
                    up += 1;
                }
                if up >= depth + blocks.iter().filter(|module| **module).count() {
                    return true;
                }
            }
            _ => {}
        }
        if matches!(character, '{' | '}' | ';') {
            statement = at + 1;
        }
    }
    false
}

/// The room of a file of `src`; none for the library's and the program's own file.
fn room(path: &str) -> Option<&str> {
    let room = path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
    Some(room).filter(|room| !matches!(*room, "lib" | "main"))
}

/// What a file does that the table does not allow.
fn offences(source: &Source, lib: &str) -> Vec<String> {
    let (table, handed_out) = (table(lib), handed_out(lib));
    let Some(room) = room(&source.path) else { return Vec::new() };
    let Some(rights) = table.get(room) else { return vec![format!("{}: `{room}` is not in the table", source.path)] };
    let code = source.code();
    let mut offences = Vec::new();
    for path in imports(&code) {
        let first = path.split("::").next().unwrap_or(&path);
        let other = handed_out.get(first).copied().unwrap_or(first);
        if other != room && !rights.allow(other, &path) {
            offences.push(format!("{}: `{room}` may not import crate::{path}", source.path));
        }
    }
    if leaves_by_super(&source.path, &code) {
        offences.push(format!("{}: `super` leaves the room; say `crate::`", source.path));
    }
    offences
}

#[test]
fn every_room_keeps_to_its_row() {
    let lib = source_files::file("src/lib.rs");
    let offences: Vec<String> = source_files::rust("src").iter().flat_map(|source| offences(source, &lib)).collect();
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn every_row_has_its_room() {
    let table = table(&source_files::file("src/lib.rs"));
    let sources = source_files::rust("src");
    let rooms: BTreeSet<&str> = sources.iter().filter_map(|source| room(&source.path)).collect();
    for name in table.keys() {
        assert!(rooms.contains(name.as_str()), "the table has `{name}`, which does not exist");
    }
}

#[test]
fn an_offence_is_found_however_it_is_written() {
    let lib = "\
//! | room | what lives there | may import |
//! |---|---|---|
//! | `low`, `deep` | a | nothing of ours |
//! | `error` | b | the error types of all above, `low` |
//! | `high` | c | everything above |
pub use low::Low;
";
    let of = |path: &str, text: &str| offences(&Source { path: path.to_owned(), text: text.to_owned() }, lib).len();
    for (path, text, expected) in [
        ("src/low.rs", "use crate::low::Low; // crate::high", 0),
        ("src/low.rs", "fn f() { let _ = \"crate::high\"; }", 0),
        ("src/low.rs", "fn f() -> bool { crate::high::f() }", 1),
        ("src/low/a.rs", "use crate::{\n    deep::{A, B},\n    low::C,\n};", 2),
        ("src/deep.rs", "use crate::Low;", 1),
        ("src/deep.rs", "use crate::run;", 1),
        ("src/error/a.rs", "use crate::deep::{DeepError, Fault, FaultCode};\nuse crate::low::{self, Low};", 0),
        ("src/error/a.rs", "use crate::deep::{Deep, DeepError};", 1),
        ("src/high/a.rs", "use crate::{Low, deep::D as E, error};", 0),
        ("src/new.rs", "", 1),
        ("src/lib.rs", "use crate::high::x;", 0),
        ("src/low.rs", "use super::high;", 1),
        ("src/low/mod.rs", "use super::high;", 1),
        ("src/low/a.rs", "use super::b;", 0),
        ("src/low/a.rs", "use super::super::high;", 1),
        ("src/low.rs", "mod tests { use super::Low; fn f() { super::g() } }", 0),
        ("src/low.rs", "mod tests { use super::super::high; }", 1),
        ("src/low.rs", "mod tests {} fn f() { super::high::f() }", 1),
    ] {
        assert_eq!(of(path, text), expected, "{path}: {text}");
    }
}
