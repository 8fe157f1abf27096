//! No circle between the modules of a crate.
//!
//! Modules that lie beside each other, at the top of a crate or in one module,
//! form no circle, each taken with all that lies in it. One uses another if its
//! code names it: `crate::other::Thing`, or `crate::Thing` where the root
//! exports that from `other`. What is in the root itself is one more node at
//! the top. To declare a module and to export from it is no use of it: a parent
//! may do both. Tests may use what they like.

use crate::lines::is_test_only;
use crate::repository::{Finding, assert_none, files};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Item, ItemUse, Path, UseTree, Visibility};

/// The root of a crate, as a node.
const ROOT: &str = "the root";

/// The names of a module, from the top of its crate; none for the root.
type Module = Vec<String>;

/// A file of a crate.
struct Source {
    path: String,
    module: Module,
    file: syn::File,
}

/// Where one module names another for the first time: the module that both lie
/// in, their names in it, and the place.
type Uses = BTreeMap<(Module, String, String), (String, usize)>;

/// The modules of a crate, and what each knows from another by a short name.
#[derive(Default)]
struct Tree {
    modules: BTreeSet<Module>,
    known: BTreeMap<(Module, String), Module>,
}

fn source(path: &str, below: &str, text: &str) -> Source {
    let file = syn::parse_file(text);
    let file = file.unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut module: Module =
        below.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let last = module.last().map(String::as_str);
    if last == Some("mod") || below == "lib.rs" || below == "main.rs" {
        module.pop();
    }
    Source { path: path.to_owned(), module, file }
}

/// The circles of a crate, one finding for each of their arrows.
fn circles(sources: &[Source]) -> Vec<Finding> {
    let tree = Tree::of(sources);
    let mut uses = Uses::new();
    for source in sources {
        let mut reader = Reader::new(&source.module, &tree);
        source.file.items.iter().for_each(|item| reader.visit_item(item));
        for (names, line) in reader.named {
            let used = tree.module_of(&names);
            if let Some(arrow) = arrow(&source.module, &used) {
                uses.entry(arrow).or_insert((source.path.clone(), line));
            }
        }
    }
    let reach = reach(&uses);
    let mut found = Vec::new();
    for ((parent, from, to), (path, line)) in &uses {
        let reached = reach.get(&(parent.clone(), to.clone()));
        if reached.is_some_and(|reached| reached.contains(from)) {
            let what = format!(
                "{from} uses {to}, and {to} uses {from}, by way of others \
                 perhaps: move what both need into a module below both"
            );
            found.push(Finding::new(path, *line, what));
        }
    }
    found
}

/// The arrow from a module to one that it uses: between the two that lie beside
/// each other. None within one of them, and none between a module and the one
/// that it lies in, but for the root.
fn arrow(own: &[String], used: &[String]) -> Option<(Module, String, String)> {
    let common = own.iter().zip(used).take_while(|(a, b)| a == b).count();
    let name = |names: &[String]| match names.get(common) {
        Some(name) => Some(name.clone()),
        None => (common == 0).then(|| ROOT.to_owned()),
    };
    let (from, to) = (name(own)?, name(used)?);
    (from != to).then(|| (own[..common].to_vec(), from, to))
}

/// For each module all that it uses beside it, by way of others too.
fn reach(uses: &Uses) -> BTreeMap<(Module, String), BTreeSet<String>> {
    let mut reach: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (parent, from, to) in uses.keys() {
        let from = (parent.clone(), from.clone());
        reach.entry(from).or_default().insert(to.clone());
    }
    loop {
        let before = reach.clone();
        for ((parent, _), reached) in &mut reach {
            let further = reached
                .iter()
                .filter_map(|to| before.get(&(parent.clone(), to.clone())));
            let further: Vec<_> = further.flatten().cloned().collect();
            reached.extend(further);
        }
        if before == reach {
            return reach;
        }
    }
}

impl Tree {
    fn of(sources: &[Source]) -> Self {
        let mut tree = Self::default();
        for source in sources {
            let ends = 1..=source.module.len();
            tree.modules.extend(ends.map(|end| source.module[..end].to_vec()));
            tree.declared(&source.module, &source.file.items);
        }
        // What a module imports, too: `super::Thing` finds that.
        for source in sources {
            for item in &source.file.items {
                let Item::Use(import) = item else { continue };
                for (names, known) in leaves(&import.tree) {
                    let names = tree.absolute(&source.module, &names);
                    let module = names.map(|names| tree.module_of(&names));
                    if let Some(module) = module
                        && module != source.module
                    {
                        let known = (source.module.clone(), known);
                        tree.known.insert(known, module);
                    }
                }
            }
        }
        tree
    }

    /// Modules that are written in a file, or declared where a file is not.
    fn declared(&mut self, module: &[String], items: &[Item]) {
        for item in items.iter().filter(|item| !is_test_only(item)) {
            let Item::Mod(inner) = item else { continue };
            let mut names = module.to_vec();
            names.push(inner.ident.to_string());
            if let Some((_, items)) = &inner.content {
                self.declared(&names, items);
            }
            self.modules.insert(names);
        }
    }

    /// The module that a path from the root leads into.
    fn module_of(&self, names: &[String]) -> Module {
        let mut module = Module::new();
        for name in names {
            let mut inner = module.clone();
            inner.push(name.clone());
            if self.modules.contains(&inner) {
                module = inner;
            } else {
                let known = (module.clone(), name.clone());
                return self.known.get(&known).cloned().unwrap_or(module);
            }
        }
        module
    }

    /// A path as it is written in a module, from the root; none if it leads out
    /// of the crate.
    fn absolute(&self, module: &[String], names: &[String]) -> Option<Module> {
        let first = names.first().map(String::as_str)?;
        let supers = names.iter().take_while(|name| *name == "super").count();
        let rest = |skipped: usize| names[skipped..].iter().cloned();
        if first == "crate" {
            return Some(rest(1).collect());
        }
        if supers > 0 {
            let parent = module.get(..module.len().checked_sub(supers)?)?;
            return Some(parent.iter().cloned().chain(rest(supers)).collect());
        }
        let own = module.iter().cloned();
        if first == "self" {
            return Some(own.chain(rest(1)).collect());
        }
        let inner: Module = own.chain(rest(0).take(1)).collect();
        self.modules
            .contains(&inner)
            .then(|| module.iter().cloned().chain(rest(0)).collect())
    }
}

/// The paths of an import, each with the name that it is known by.
fn leaves(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    match tree {
        UseTree::Path(path) => {
            let prefix = path.ident.to_string();
            let mut leaves = leaves(&path.tree);
            for (names, known) in &mut leaves {
                if known == "self" {
                    known.clone_from(&prefix);
                }
                names.insert(0, prefix.clone());
            }
            leaves
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            let path = if name == "self" { vec![] } else { vec![name.clone()] };
            vec![(path, name)]
        }
        UseTree::Rename(renamed) => {
            let name = renamed.ident.to_string();
            let path = if name == "self" { vec![] } else { vec![name] };
            vec![(path, renamed.rename.to_string())]
        }
        UseTree::Glob(_) => vec![(vec!["*".to_owned()], "*".to_owned())],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

/// Collects the paths into the own crate that a file names, each from the root,
/// with its line.
struct Reader<'a> {
    module: Module,
    tree: &'a Tree,
    named: Vec<(Module, usize)>,
}

impl<'a> Reader<'a> {
    fn new(module: &[String], tree: &'a Tree) -> Self {
        Self { module: module.to_vec(), tree, named: Vec::new() }
    }

    fn note(&mut self, names: &[String], line: usize) {
        let absolute = self.tree.absolute(&self.module, names);
        self.named.extend(absolute.map(|names| (names, line)));
    }

    /// The paths `crate::name` in the tokens of a macro. `$crate` is where the
    /// macro is used, which is not known here.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut before: Vec<TokenTree> = Vec::new();
        for token in tokens {
            match &token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(name) => {
                    if let [rest @ .., a, b, c] = &before[..]
                        && (b.to_string(), c.to_string())
                            == (":".into(), ":".into())
                        && a.to_string() == "crate"
                        && rest.last().is_none_or(|t| t.to_string() != "$")
                    {
                        let line = name.span().start().line;
                        self.named.push((vec![name.to_string()], line));
                    }
                }
                _ => {}
            }
            before.push(token);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test_only(item) {
            return;
        }
        if let Item::Mod(module) = item {
            self.module.push(module.ident.to_string());
            visit::visit_item(self, item);
            self.module.pop();
        } else {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, import: &'ast ItemUse) {
        let exports = !matches!(import.vis, Visibility::Inherited);
        if exports && self.module.is_empty() {
            return;
        }
        for (names, _) in leaves(&import.tree) {
            self.note(&names, import.span().start().line);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        let names: Module = names.collect();
        // A single name is a value or a type that is in sight, not a module.
        if names.len() > 1 {
            self.note(&names, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {
        // `pub(in crate::module)` uses nothing.
    }
}

#[test]
fn modules_form_no_circle() {
    let mut crates: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for file in files(&["rs"]) {
        let Some((name, below)) = file.path.split_once("/src/") else {
            continue;
        };
        let source = source(&file.path, below, &file.text);
        crates.entry(name.to_owned()).or_default().push(source);
    }
    assert!(crates.contains_key("crates/core"));
    let found = crates.values().flat_map(|sources| circles(sources));
    assert_none(&found.collect::<Vec<_>>());
}

/// What is wrong in a crate of these files.
fn wrong(files: &[(&str, &str)]) -> Vec<(String, usize)> {
    let source = |(path, text): &(&str, &str)| source(path, path, text);
    let found = circles(&files.iter().map(source).collect::<Vec<_>>());
    found.into_iter().map(|found| (found.path, found.line)).collect()
}

fn both(a: &str, b: &str) -> Vec<(String, usize)> {
    vec![(a.to_owned(), 1), (b.to_owned(), 1)]
}

#[test]
fn a_circle_of_two_is_found() {
    let root = ("lib.rs", "mod a; mod b;");
    let a = ("a.rs", "use crate::b::{self, Two};");
    let b = ("b.rs", "fn two() -> crate::a::One { crate::a::One }");
    assert_eq!(wrong(&[root, a, b]), both("a.rs", "b.rs"));
    let b = ("b.rs", "use super::a::One;");
    assert_eq!(wrong(&[root, a, b]), both("a.rs", "b.rs"));
    let b = ("b/c.rs", "// Two lines.\nuse super::super::a::One;");
    let found = wrong(&[root, a, b]);
    assert_eq!(found[1], ("b/c.rs".to_owned(), 2));
    let b = ("b.rs", "fn two() { println!(\"{}\", crate::a::ONE); }");
    assert_eq!(wrong(&[root, a, b]), both("a.rs", "b.rs"));
}

#[test]
fn a_circle_by_way_of_others_and_of_exports_is_found() {
    let root = ("lib.rs", "mod a; mod b; mod c; pub use c::Three;");
    let a = ("a.rs", "use crate::b::Two;");
    let b = ("b.rs", "use crate::Three;");
    let c = ("c.rs", "use crate::a::One;");
    assert_eq!(wrong(&[root, a, b, c]).len(), 3);
}

#[test]
fn a_circle_with_the_root_is_found() {
    let root = ("lib.rs", "mod a; use a::One; pub struct Model(One);");
    let a = ("a.rs", "use crate::Model;");
    assert_eq!(wrong(&[root, a]), both("a.rs", "lib.rs"));
    let root = ("lib.rs", "mod a; pub struct Model; fn f() { a::one(); }");
    assert_eq!(wrong(&[root, a]).len(), 2);
}

#[test]
fn arrows_one_way_pass() {
    let root = ("lib.rs", "mod a; mod b; pub use a::One; struct Model;");
    let a = ("a.rs", "use crate::{Model, b::Two}; use super::b;");
    let b = ("b.rs", "use std::fmt; pub(crate) fn two() -> u8 { 2 }");
    assert_eq!(wrong(&[root, a, b]), []);
    let b = ("b.rs", "#[cfg(test)] mod tests { use crate::a::One; }");
    assert_eq!(wrong(&[root, a, b]), []);
    let b = ("b.rs", "macro_rules! m { () => { $crate::a::One } }");
    assert_eq!(wrong(&[root, a, b]), []);
    let b = ("b/c.rs", "use super::d::Four; use self::e::Five;");
    assert_eq!(wrong(&[root, a, b]), []);
    let b = ("b.rs", "mod c; pub use c::Two; use std::fmt as a;");
    let c = ("b/c.rs", "use super::fmt; use super::Two; pub struct Two;");
    assert_eq!(wrong(&[root, a, b, c]), []);
}

#[test]
fn a_circle_deeper_down_is_found() {
    let root = ("lib.rs", "mod a;");
    let a = ("a.rs", "mod b; mod c; use b::Two; use c::Three;");
    let b = ("a/b.rs", "use super::c::Three;");
    let c = ("a/c.rs", "use crate::a::b::Two;");
    assert_eq!(wrong(&[root, a, b, c]), both("a/b.rs", "a/c.rs"));
    let c = ("a/c.rs", "use super::Two;");
    assert_eq!(wrong(&[root, a, b, c]), both("a/b.rs", "a/c.rs"));
    let c = ("a/c.rs", "use crate::Other;");
    assert_eq!(wrong(&[root, a, b, c]), []);
}
