//! Rules for every file of the project: it belongs to a target, is not too long, and contains no path of the machine it
//! was written on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::project::source_files::{self, Source};

const LINES_OF_A_FILE: usize = 400;
const LINES_OF_A_FUNCTION: usize = 60;
/// The file that declares the command line may be longer.
const MAY_BE_LONGER: [&str; 1] = ["src/cli.rs"];

/// Rust files of the project: of the program and of its tests.
fn rust() -> Vec<Source> {
    let mut all = source_files::rust("src");
    all.extend(source_files::rust("tests"));
    all
}

fn none(offences: &[String]) {
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

/// The names after each occurrence of a keyword in code, with their positions.
fn named<'a>(code: &'a str, keyword: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    code.match_indices(keyword).filter_map(move |(at, _)| {
        let alone = !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let name = code[at + keyword.len()..].strip_prefix(' ')?;
        let end = name.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(name.len());
        (alone && end > 0).then(|| (at, &name[..end]))
    })
}

/// A path below the project's folder with `/` and without `..`.
fn plain(path: &Path) -> String {
    let mut names = Vec::new();
    for name in path.iter().map(|name| name.to_string_lossy()) {
        if name == ".." { drop(names.pop()) } else { names.push(name) }
    }
    names.join("/")
}

/// The files that a module declares with `mod name;`, as they are found in the tree.
fn declared(source: &Source, is_root: bool, all: &BTreeMap<String, &Source>) -> Vec<String> {
    let path = Path::new(&source.path);
    let own = path.file_stem().is_some_and(|stem| stem == "mod") || is_root;
    let beside = path.parent().unwrap_or(path);
    let folder: PathBuf = if own { beside.to_path_buf() } else { path.with_extension("") };
    let code = source.code();
    let modules = named(&code, "mod").filter(|(at, name)| code[at + "mod ".len() + name.len()..].starts_with(';'));
    modules
        .map(|(at, name)| {
            let mut attributes = source.text[..at].lines().rev().take_while(|line| line.starts_with("#["));
            let elsewhere = attributes.find_map(|attribute| attribute.strip_prefix("#[path = \"")?.strip_suffix("\"]"));
            let places = match elsewhere {
                Some(path) => vec![beside.join(path)],
                None => vec![folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")],
            };
            let mut places = places.iter().map(|place| plain(place));
            places
                .find(|place| all.contains_key(place))
                .unwrap_or_else(|| panic!("{}: the file of `mod {name}` was not found", source.path))
        })
        .collect()
}

#[test]
fn every_file_belongs_to_a_target() {
    let rust = rust();
    let all: BTreeMap<String, &Source> = rust.iter().map(|source| (source.path.clone(), source)).collect();
    let manifest = source_files::file("Cargo.toml");
    let roots = manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"'));
    let mut roots: BTreeSet<String> = roots.map(str::to_owned).collect();
    // Separate packages that the tests and the benchmark run.
    for manifest in source_files::files("tests") {
        let Some(folder) = manifest.path.strip_suffix("Cargo.toml") else { continue };
        let named = manifest.text.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"'));
        let mut named: Vec<&str> = named.collect();
        if named.is_empty() {
            named.push("src/main.rs");
        }
        roots.extend(named.into_iter().map(|path| format!("{folder}{path}")));
    }
    let mut to_read: Vec<String> = roots.iter().cloned().collect();
    let mut built = BTreeSet::new();
    while let Some(path) = to_read.pop() {
        let source = all.get(&path).unwrap_or_else(|| panic!("{path} of Cargo.toml does not exist"));
        if built.insert(path.clone()) {
            to_read.extend(declared(source, roots.contains(&path), &all));
        }
    }
    let forgotten = all.keys().filter(|path| !built.contains(*path));
    none(&forgotten.map(|path| format!("{path} is part of no target: no `mod` names it")).collect::<Vec<_>>());
}

#[test]
fn every_file_has_a_module_comment() {
    let silent = rust().into_iter().filter(|source| !source.text.starts_with("//! "));
    none(&silent.map(|source| format!("{} does not open with //!", source.path)).collect::<Vec<_>>());
}

#[test]
fn files_have_at_most_400_lines() {
    let offences = rust().into_iter().filter(|source| !MAY_BE_LONGER.contains(&source.path.as_str()));
    let offences = offences.map(|source| (source.text.lines().count(), source.path));
    let offences = offences.filter(|(lines, _)| *lines > LINES_OF_A_FILE);
    none(&offences.map(|(lines, path)| format!("{path} has {lines} lines")).collect::<Vec<_>>());
}

/// Lines from `fn` to the end of the body; 0 without a body.
fn lines_of_function(code: &str) -> usize {
    let (mut parentheses, mut braces) = (0_i32, 0_i32);
    for (at, character) in code.char_indices() {
        match character {
            '(' | '[' => parentheses += 1,
            ')' | ']' => parentheses -= 1,
            ';' if parentheses == 0 && braces == 0 => return 0,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 && parentheses == 0 {
                    return code[..at].matches('\n').count() + 1;
                }
            }
            _ => {}
        }
    }
    0
}

#[test]
fn functions_have_at_most_60_lines() {
    let mut offences = Vec::new();
    for source in rust() {
        let code = source.code();
        for (at, name) in named(&code, "fn") {
            let lines = lines_of_function(&code[at..]);
            if lines > LINES_OF_A_FUNCTION {
                offences.push(format!("{}: `{name}` has {lines} lines", source.path));
            }
        }
    }
    none(&offences);
    assert_eq!(lines_of_function("fn f(a: [u8; 3]) -> u8 {\n    { 1 }\n}\nfn g() {}"), 3);
    assert_eq!(lines_of_function("fn f();\nfn g() {}"), 0);
}

/// Windows cannot check out a file with the name of a device, whatever its extension.
#[test]
fn every_file_name_exists_on_windows() {
    let is_device = |name: &str| {
        let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let numbered = |device: &str| stem.strip_prefix(device).is_some_and(|rest| rest.len() == 1 && rest != "0");
        ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
    };
    let is_bad = |name: &str| is_device(name) || name.contains(['<', '>', ':', '"', '|', '?', '*', '\\']);
    let all = source_files::files("").into_iter().map(|source| source.path);
    none(&all.filter(|path| path.split('/').any(is_bad)).collect::<Vec<_>>());
}

#[test]
fn no_todo_comments() {
    let mut offences = Vec::new();
    for source in rust() {
        let code = source.code();
        for word in ["todo!", "unimplemented!", "dbg!"] {
            if code.contains(word) {
                offences.push(format!("{}: {word}", source.path));
            }
        }
        for word in ["TODO", "FIXME", "XXX"] {
            if source.text.contains(&format!("// {word}")) {
                offences.push(format!("{}: {word}", source.path));
            }
        }
    }
    none(&offences);
}

/// Where this checkout and its owner live. A path of one name (`/`, `/root`, `/src`) is too common to look for, unless
/// something follows it.
fn places_of_this_machine() -> Vec<String> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = std::env::home_dir();
    let places = [Some(checkout), checkout.parent(), home.as_deref()].into_iter().flatten();
    let temporary = std::env::temp_dir();
    let places = places.filter(|place| place.parent().is_some() && !temporary.starts_with(place));
    places.map(|place| format!("{}{}", place.display(), std::path::MAIN_SEPARATOR)).collect()
}

#[test]
fn no_file_contains_machine_paths() {
    let places = places_of_this_machine();
    let mut offences = Vec::new();
    for source in source_files::files("") {
        let path = &source.path;
        let found = places.iter().filter(|place| source.text.contains(place.as_str()));
        offences.extend(found.map(|place| format!("{path} mentions {place}")));
    }
    none(&offences);
}

#[test]
fn files_end_with_a_newline_and_have_no_trailing_blanks() {
    let mut offences = Vec::new();
    let ours = |source: &Source| {
        let extension = Path::new(&source.path).extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("rs" | "md" | "toml" | "yml" | "py" | "js" | "mjs" | "sh"))
    };
    for source in source_files::files("").into_iter().filter(ours) {
        if !source.text.ends_with('\n') || source.text.ends_with("\n\n") || source.text.contains('\r') {
            offences.push(format!("{}: not one newline at the end, or carriage returns", source.path));
        }
        let blank = source.text.lines().position(|line| line.ends_with([' ', '\t']));
        offences.extend(blank.map(|line| format!("{}:{}: blanks at the end", source.path, line + 1)));
    }
    none(&offences);
}
