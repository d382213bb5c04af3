//! Which module may import which: the table in the documentation of the library is the rule between the top modules. Inside
//! each of them no files import each other in a circle, and no file imports from above its own `mod.rs`.
//!
//! The table is read from `src/lib.rs`, so that there is one of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::imports::{imports, module, names_of_children, parent, without_tests};
use crate::project::source_files::{self, Source};

/// What a module may import: other modules, and from some only their error types.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Allowed {
    all: BTreeSet<String>,
    errors: BTreeSet<String>,
}

impl Allowed {
    fn includes(&self, module: &str, path: &str) -> bool {
        let name = path.rsplit("::").next().unwrap_or(path);
        let is_error = name.contains("Error") || name.starts_with("Fault") || name == "Failure";
        self.all.contains(module) || self.errors.contains(module) && is_error
    }
}

/// The rows `| modules | contents | may import |` of the library's documentation.
fn table(lib: &str) -> BTreeMap<String, Allowed> {
    let mut table: BTreeMap<String, Allowed> = BTreeMap::new();
    for row in lib.lines().filter_map(|line| line.strip_prefix("//! | ")).filter(|row| row.starts_with('`')) {
        let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
        let [modules, _, imports] = cells[..] else { panic!("not three cells: {row}") };
        let allowed = allowed(modules, imports, &table);
        for module in modules.split(", ").map(|module| module.trim_matches('`')) {
            assert!(table.insert(module.to_owned(), allowed.clone()).is_none(), "`{module}` has two rows");
        }
    }
    assert!(!table.is_empty(), "the table is missing");
    table
}

fn allowed(modules: &str, imports: &str, above: &BTreeMap<String, Allowed>) -> Allowed {
    let mut allowed = Allowed::default();
    for phrase in imports.split(", ") {
        match phrase {
            "no other module" => {}
            "all of the above" => allowed.all.extend(above.keys().cloned()),
            "the error types of all above" => allowed.errors.extend(above.keys().cloned()),
            _ => {
                let module = phrase.strip_prefix('`').and_then(|phrase| phrase.strip_suffix('`'));
                let module = module.unwrap_or_else(|| panic!("`{phrase}` is not a known rule"));
                assert!(above.contains_key(module), "{modules} may import `{module}`, so its row must be above");
                allowed.all.insert(module.to_owned());
            }
        }
    }
    allowed
}

/// Names that the library re-exports: by `pub use context::Context;` an import of `crate::Context` is one of `context`.
fn reexports(lib: &str) -> BTreeMap<&str, &str> {
    let paths = lib.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'));
    paths.filter_map(|path| path.split_once("::")).map(|(module, name)| (name, module)).collect()
}

/// Imports of a file that the table does not allow.
fn violations(source: &Source, lib: &str) -> Vec<String> {
    let (table, reexports, path) = (table(lib), reexports(lib), &source.path);
    let module = module(path);
    let Some(top) = module.split("::").next().filter(|top| !top.is_empty()) else { return Vec::new() };
    let Some(allowed) = table.get(top) else { return vec![format!("{path}: `{top}` is not in the table")] };
    let mut violations = Vec::new();
    for import in imports(path, &source.code()) {
        let first = import.split("::").next().unwrap_or(&import);
        let other = reexports.get(first).copied().unwrap_or(first);
        if other != top && !allowed.includes(other, &import) {
            violations.push(format!("{path}: `{top}` may not import crate::{import}"));
        }
    }
    violations
}

/// The modules of the crate, each with those that it imports from or declares; a module's own `mod.rs` is left out.
#[derive(Default)]
struct Graph {
    edges: BTreeMap<String, BTreeSet<String>>,
    /// Imports from above the module's own `mod.rs`.
    upward: BTreeSet<String>,
}

impl Graph {
    fn new(sources: &[Source]) -> Self {
        let is_test = |path: &str| path.ends_with("/tests.rs") || path == "src/main.rs";
        let sources = sources.iter().filter(|source| !is_test(&source.path));
        let code: BTreeMap<String, (&str, String)> =
            sources.map(|source| (module(&source.path), (source.path.as_str(), without_tests(source)))).collect();
        let is_module = |module: &str| code.contains_key(module);
        let names: BTreeMap<&str, BTreeMap<String, String>> = code
            .iter()
            .map(|(module, (_, code))| (module.as_str(), names_of_children(module, code, is_module)))
            .collect();
        let mut graph = Self::default();
        for (module, (path, text)) in &code {
            if !module.is_empty() {
                graph.edges.entry(parent(module).to_owned()).or_default().insert(module.clone());
            }
            for import in imports(path, text) {
                let target = owner(&import, &names);
                let is_above = target.is_empty() || module.starts_with(&format!("{target}::"));
                if module.is_empty() || target == *module || (target == parent(module) && !target.is_empty()) {
                    continue;
                }
                if is_above {
                    graph.upward.insert(format!("{module} imports crate::{import} from above"));
                } else {
                    graph.edges.entry(module.clone()).or_default().insert(target);
                }
            }
        }
        graph
    }

    /// All modules that are reachable from one.
    fn reachable<'g>(&'g self, from: &str) -> BTreeSet<&'g str> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(module) = open.pop() {
            for next in self.edges.get(module).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// Groups of modules that reach each other.
    fn circles(&self) -> BTreeSet<String> {
        let reachable: BTreeMap<&str, BTreeSet<&str>> =
            self.edges.keys().map(|module| (module.as_str(), self.reachable(module))).collect();
        let mutual = |one: &str| {
            let back = |other: &&str| reachable.get(other).is_some_and(|reached| reached.contains(one));
            reachable[one].iter().copied().filter(back).collect::<Vec<_>>().join(" <-> ")
        };
        reachable.keys().map(|module| mutual(module)).filter(|circle| !circle.is_empty()).collect()
    }
}

/// The module that a path leads to; a name that a module takes from its child belongs to the child.
fn owner(path: &str, names: &BTreeMap<&str, BTreeMap<String, String>>) -> String {
    let mut module = String::new();
    for part in path.split("::") {
        let next = if module.is_empty() { part.to_owned() } else { format!("{module}::{part}") };
        if names.contains_key(next.as_str()) {
            module = next;
            continue;
        }
        let in_child = names.get(module.as_str()).and_then(|names| names.get(part));
        return in_child.filter(|child| *child != path).map_or(module, |child| owner(child, names));
    }
    module
}

#[test]
fn modules_import_what_the_table_allows() {
    let lib = source_files::file("src/lib.rs");
    let all: Vec<String> = source_files::rust("src").iter().flat_map(|source| violations(source, &lib)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn every_row_of_the_table_is_a_module() {
    let sources = source_files::rust("src");
    let modules: BTreeSet<String> = sources.iter().map(|source| module(&source.path)).collect();
    for name in table(&source_files::file("src/lib.rs")).keys() {
        assert!(modules.contains(name), "the table has `{name}`, which does not exist");
    }
}

#[test]
fn files_do_not_import_in_circles_or_upward() {
    let graph = Graph::new(&source_files::rust("src"));
    assert!(graph.upward.is_empty(), "{:#?}", graph.upward);
    assert_eq!(graph.circles(), BTreeSet::new());
}

#[test]
fn imports_are_found_in_every_notation() {
    let lib = "\
//! | module | contents | may import |
//! |---|---|---|
//! | `low`, `deep` | a | no other module |
//! | `error` | b | the error types of all above, `low` |
//! | `high` | c | all of the above |
pub use low::Low;
";
    let count =
        |path: &str, text: &str| violations(&Source { path: path.to_owned(), text: text.to_owned() }, lib).len();
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
        assert_eq!(count(path, text), expected, "{path}: {text}");
    }
}

#[test]
fn circles_and_upward_imports_are_found() {
    let graph = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() });
        let graph = Graph::new(&files.collect::<Vec<_>>());
        graph.circles().into_iter().chain(graph.upward).collect::<Vec<_>>()
    };
    let files = |b: &'static str| {
        [
            ("src/lib.rs", "pub mod a; fn run() {}"),
            ("src/a/mod.rs", "mod b; mod c; pub use c::C; pub struct A;"),
            ("src/a/b.rs", b),
            ("src/a/c.rs", "use super::b::B; pub struct C;"),
            ("src/a/b/d.rs", ""),
        ]
    };
    for (b, expected) in [
        ("use super::A; pub struct B;", vec![]),
        ("use super::c::C;", vec!["a::b <-> a::c"]),
        ("use super::{A, C};", vec!["a::b <-> a::c"]),
        ("use crate::a::C;", vec!["a::b <-> a::c"]),
        ("#[cfg(test)] mod tests { use super::super::C; }", vec![]),
        ("fn f() { crate::run() }", vec!["a::b imports crate::run from above"]),
    ] {
        assert_eq!(graph(&files(b)), expected, "{b}");
    }
    let mut nested = files("");
    nested[4].1 = "use super::super::A; use super::B;";
    assert_eq!(graph(&nested), ["a::b::d imports crate::a::A from above"]);
}
