//! The imports of a source file: every path that starts with `crate` or `super`, in a `use` or in an expression.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use crate::project::source_files::Source;

/// The path of a file's module from the crate's root: `config::parse`; empty for the root itself.
pub(super) fn module(path: &str) -> String {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if matches!(path, "lib" | "main") { String::new() } else { path.replace('/', "::") }
}

/// The module that a module is declared in; the root's own is the root.
pub(super) fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// Absolute paths of all items of the crate that a file uses, without `crate::`.
pub(super) fn imports(path: &str, code: &str) -> Vec<String> {
    let module = module(path);
    let mut blocks = Vec::new();
    let mut statement = 0;
    let mut found = Vec::new();
    for (at, character) in code.char_indices() {
        let before = &code[..at];
        let begins = !before.ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '$' | ':'));
        match character {
            '{' => blocks.push(code[statement..at].split_whitespace().rev().nth(1) == Some("mod")),
            '}' => drop(blocks.pop()),
            'c' if begins && code[at..].starts_with("crate::") && !before.ends_with("(in ") => {
                paths(&mut code[at + "crate::".len()..].chars().peekable(), "", &mut found);
            }
            's' if begins && code[at..].starts_with("super::") => {
                let inline = blocks.iter().filter(|module| **module).count();
                let ups = code[at..].split("super::").take_while(|between| between.is_empty()).count();
                if ups > inline {
                    let start = (inline..ups).fold(module.as_str(), |module, _| parent(module));
                    let start = if start.is_empty() { String::new() } else { format!("{start}::") };
                    paths(&mut code[at + ups * "super::".len()..].chars().peekable(), &start, &mut found);
                }
            }
            _ => {}
        }
        if matches!(character, '{' | '}' | ';') {
            statement = at + 1;
        }
    }
    found
}

/// Names that a module takes from its children, `use parse::{Line, lines as all}`, each with the path in the child.
pub(super) fn names_of_children(
    module: &str,
    code: &str,
    is_module: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut found = Vec::new();
    let start = if module.is_empty() { String::new() } else { format!("{module}::") };
    for (at, _) in code.match_indices("use ") {
        if code[..at].ends_with(|before: char| before.is_whitespace()) || at == 0 {
            paths(&mut code[at + "use ".len()..].chars().peekable(), &start, &mut found);
        }
    }
    let child = |path: &String| {
        path.strip_prefix(&start).and_then(|rest| rest.split_once("::")).map(|(child, _)| child.to_owned())
    };
    found.retain(|path| child(path).is_some_and(|child| is_module(&format!("{start}{child}"))));
    found.into_iter().map(|path| (path.rsplit("::").next().unwrap_or_default().to_owned(), path)).collect()
}

/// The code without `#[cfg(test)]` items.
pub(super) fn without_tests(source: &Source) -> String {
    let mut code = source.code();
    while let Some(start) = code.find("#[cfg(test)]") {
        let mut depth = 0;
        let end = code[start..].char_indices().find(|(_, character)| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(character, '}' | ';')
        });
        let end = end.map_or(code.len(), |(length, _)| start + length + 1);
        code.replace_range(start..end, "");
    }
    code
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
