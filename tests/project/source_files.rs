//! The project's own files, for the tests that read them: their list, and code without comments and strings.
//!
//! Files are read from the tree, not from git.

use std::fs;
use std::path::Path;

/// A file of the project.
pub(crate) struct Source {
    /// Below the project's folder, with `/`.
    pub(crate) path: String,
    /// The contents.
    pub(crate) text: String,
}

impl Source {
    /// The text with comments and string contents replaced by blanks; every byte keeps its position.
    pub(crate) fn code(&self) -> String {
        code(&self.text)
    }
}

/// All text files under a folder of the project, sorted; `""` is the whole project without build and installation results.
pub(crate) fn files(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), folder, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "no files in `{folder}`");
    found
}

/// All Rust files under a folder of the project.
pub(crate) fn rust(folder: &str) -> Vec<Source> {
    let mut found = files(folder);
    found.retain(|source| Path::new(&source.path).extension().is_some_and(|extension| extension == "rs"));
    found
}

/// A file of the project.
pub(crate) fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn walk(folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let entry = entry.unwrap();
        let file_name = entry.file_name().into_string().unwrap();
        let path = if name.is_empty() { file_name.clone() } else { format!("{name}/{file_name}") };
        if entry.file_type().unwrap().is_dir() {
            let ours = !matches!(file_name.as_str(), "target" | "node_modules");
            if ours && (!path.starts_with('.') || path.starts_with(".ci") || path.starts_with(".github")) {
                walk(&entry.path(), &path, found);
            }
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push(Source { path, text });
        }
    }
}

fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let word = code.rsplit(|before: char| !before.is_alphanumeric() && before != '_').next().unwrap_or_default();
        let skipped = skipped(rest, matches!(word, "" | "b"));
        if skipped == 0 {
            code.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            code.extend(rest[..skipped].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
        }
    }
    code
}

/// The length of the comment, string or character that starts here; 0 if none does.
fn skipped(rest: &str, may_be_raw: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if let Some(hashes) = rest.strip_prefix('r').filter(|_| may_be_raw) {
        let count = hashes.len() - hashes.trim_start_matches('#').len();
        if hashes[count..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(count));
            let start = 2 + count;
            return rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len());
        }
    }
    let mut ahead = rest.chars();
    match (ahead.next(), ahead.next(), ahead.next()) {
        (Some('\''), Some('\\'), _) => quoted(rest, '\''),
        (Some('\''), Some(one), Some('\'')) => 2 + one.len_utf8(),
        _ => 0,
    }
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[test]
fn code_excludes_comments_and_strings() {
    for (text, expected) in [
        ("a /* b\nc */ d // e\nf", "a     \n     d     \nf"),
        ("\"a\\\"b\" c \"\\\\\" d", "       c      d"),
        ("\"é\" a // 😀", "     a        "),
        ("r#\"a\"b\"# c br\"\\\" d for\"e\" f", "         c b     d for    f"),
        ("'{' '\\'' b'\"' 'é' &'a str", "         b         &'a str"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}
