//! What a sibling in Rust calls: of the library that is compared, of the
//! standard library's concurrency, and of its model's other files.
//!
//! Paths are told by the file's `use` lines. Methods are told where the type of
//! what they are called on is written in the file or in the model's `lib.rs`:
//! as a parameter, a field, or a value that is made here. Everything else needs
//! a compiler, and is left out.

use super::Calls;
use super::file::{File, children, each};
use std::collections::{HashMap, HashSet};
use tree_sitter::Node;

/// The libraries that models are made of, by their names in paths.
const LIBRARIES: [&str; 6] =
    ["tokio", "rayon", "crossbeam", "smol", "async_std", "futures_lite"];

/// The modules of the standard library that are about running at once.
const CONCURRENCY: [&str; 6] = ["thread", "sync", "process", "io", "net", "fs"];

/// Types that stand for what they hold, where a method is called on them.
const TRANSPARENT: [&str; 6] = ["Arc", "Rc", "Box", "Pin", "Option", "Vec"];

/// Functions of a type that answer with a value of it.
const MAKERS: [&str; 5] = ["new", "default", "open", "create", "connect"];

/// Methods of rayon that end a chain: what is called after them is not rayon's.
const ENDS: [&str; 16] = [
    "all",
    "any",
    "collect",
    "collect_into_vec",
    "count",
    "for_each",
    "max",
    "min",
    "product",
    "reduce",
    "reduce_with",
    "sum",
    "try_for_each",
    "try_reduce",
    "unzip",
    "partition",
];

/// What is called of the language itself.
pub(super) const LANGUAGE: &str = "the language";

/// The segments of a path.
type Names = Vec<String>;

/// Longer paths are nobody's, and a hostile file could nest them.
const MOST_SEGMENTS: usize = 16;

/// What a model's `lib.rs` tells of the methods that siblings call.
#[derive(Default)]
pub(super) struct Methods {
    by_name: HashMap<String, Method>,
}

#[derive(Default)]
struct Method {
    /// The types of what the closure is given that the method takes.
    given: Vec<Option<Names>>,
    /// The type of its result.
    result: Option<Names>,
}

impl Methods {
    /// The methods of a `lib.rs`.
    pub(super) fn of(file: &File) -> Self {
        let mut methods = Self::default();
        let Some(tree) = &file.tree else { return methods };
        let scope = Scope::of(file);
        let items = children(tree.root_node()).into_iter();
        let own: HashSet<&str> = items
            .filter(|node| node.kind() == "struct_item")
            .filter_map(|node| file.field(node, "name"))
            .collect();
        let full = |node: Node<'_>| {
            let names = type_of(file, node)?;
            if let [name] = &*names
                && own.contains(name.as_str())
            {
                return Some(vec!["crate".into(), name.clone()]);
            }
            scope.full(&names)
        };
        each(tree.root_node(), |node| {
            let method = node.kind() == "function_item"
                && node.child_by_field_name("parameters").is_some_and(|list| {
                    let list = children(list);
                    list.iter().any(|node| node.kind() == "self_parameter")
                });
            if let (true, Some(name)) = (method, file.field(node, "name")) {
                let mut given = Vec::new();
                let parameters = node.child_by_field_name("parameters");
                if let Some(list) = parameters {
                    each(list, |node| {
                        let inside = node.child_by_field_name("parameters");
                        if let ("function_type", Some(inside)) =
                            (node.kind(), inside)
                        {
                            let types = children(inside).into_iter();
                            let types = types.filter(Node::is_named);
                            given = types.map(full).collect();
                        }
                        node.kind() != "function_type"
                    });
                }
                let result = node.child_by_field_name("return_type");
                let result = result.and_then(full);
                methods.by_name.insert(name.into(), Method { given, result });
            }
            true
        });
        methods
    }
}

/// What a file calls, by where it is from: the library, the standard library,
/// the model's own files, the language.
pub(super) fn calls(
    file: &File,
    library: Option<&str>,
    methods: &Methods,
) -> Vec<Calls> {
    let Some(tree) = &file.tree else { return Vec::new() };
    let mut search = Search {
        file,
        library,
        methods,
        scope: Scope::of(file),
        fields: HashMap::new(),
        values: HashMap::new(),
        end: 0,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    search.fields(tree.root_node());
    each(tree.root_node(), |node| search.visit(node));
    grouped(search.found)
}

/// A call: its place in the file, the rank of its group, the group, the name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    pub(super) at: usize,
    pub(super) rank: u8,
    pub(super) of: String,
    pub(super) name: String,
}

/// Calls by where they are from, each once.
pub(super) fn grouped(mut found: Vec<Call>) -> Vec<Calls> {
    found.sort();
    let mut groups: Vec<(u8, Calls)> = Vec::new();
    for Call { rank, of, name, .. } in found {
        match groups.iter_mut().find(|(_, group)| group.of == of) {
            Some((_, group)) if group.names.contains(&name) => {}
            Some((_, group)) => group.names.push(name),
            None => groups.push((rank, Calls { of, names: vec![name] })),
        }
    }
    groups.sort_by_key(|(rank, _)| *rank);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What the `use` lines of a file name.
struct Scope {
    imports: HashMap<String, Names>,
}

impl Scope {
    fn of(file: &File) -> Self {
        let mut imports = HashMap::new();
        let Some(tree) = &file.tree else { return Self { imports } };
        let uses = children(tree.root_node()).into_iter();
        for node in uses.filter(|node| node.kind() == "use_declaration") {
            let argument = node.child_by_field_name("argument");
            let mut open: Vec<(Names, Node<'_>)> =
                argument.map(|node| (Names::new(), node)).into_iter().collect();
            while let Some((before, node)) = open.pop() {
                if before.len() > MOST_SEGMENTS {
                    continue;
                }
                let path = |of: Node<'_>| {
                    let mut names = before.clone();
                    names.extend(segments(file, of)?);
                    Some(names)
                };
                let field = |name| node.child_by_field_name(name);
                match node.kind() {
                    "use_list" => {
                        let inside = children(node).into_iter();
                        let inside = inside.filter(Node::is_named);
                        open.extend(inside.map(|of| (before.clone(), of)));
                    }
                    "scoped_use_list" => {
                        let before = match field("path") {
                            Some(of) => path(of),
                            None => Some(before.clone()),
                        };
                        let list = field("list");
                        open.extend(before.zip(list));
                    }
                    "use_as_clause" => {
                        let names = field("path").and_then(path);
                        let alias = file.field(node, "alias");
                        if let (Some(names), Some(alias)) = (names, alias) {
                            imports.insert(alias.to_owned(), names);
                        }
                    }
                    "self" => {
                        if let Some(last) = before.last() {
                            imports.insert(last.clone(), before);
                        }
                    }
                    _ => {
                        if let Some(names) = path(node)
                            && let Some(last) = names.last()
                        {
                            imports.insert(last.clone(), names);
                        }
                    }
                }
            }
        }
        Self { imports }
    }

    /// The whole path of what is named, if that is from elsewhere.
    fn full(&self, names: &[String]) -> Option<Names> {
        let (first, rest) = names.split_first()?;
        if let Some(import) = self.imports.get(first) {
            return Some([import.as_slice(), rest].concat());
        }
        let root = ["std", "core", "crate", "super"].contains(&&**first)
            || LIBRARIES.contains(&&**first);
        (root && !rest.is_empty()).then(|| names.to_vec())
    }
}

/// The segments of a path, without arguments; none if it is longer than any.
fn segments(file: &File, node: Node<'_>) -> Option<Names> {
    let mut names = Names::new();
    let mut at = Some(node);
    while let Some(node) = at {
        if names.len() > MOST_SEGMENTS {
            return None;
        }
        at = match node.kind() {
            "scoped_identifier" | "scoped_type_identifier" => {
                names.push(file.field(node, "name")?.to_owned());
                node.child_by_field_name("path")
            }
            "generic_type" => node.child_by_field_name("type"),
            "identifier" | "type_identifier" | "crate" | "super" | "self" => {
                names.push(file.of(node).to_owned());
                None
            }
            _ => return None,
        };
    }
    names.reverse();
    Some(names)
}

/// The type that methods are called on where this one is written: what a
/// reference refers to, an array holds, a counted handle shares.
fn type_of(file: &File, node: Node<'_>) -> Option<Names> {
    let mut node = node;
    for _ in 0..MOST_SEGMENTS {
        node = match node.kind() {
            "reference_type" => node.child_by_field_name("type")?,
            "array_type" => node.child_by_field_name("element")?,
            "generic_type" => {
                let names = segments(file, node)?;
                if !TRANSPARENT.contains(&&**names.last()?) {
                    return Some(names);
                }
                let list = node.child_by_field_name("type_arguments")?;
                let arguments = children(list).into_iter();
                let mut arguments = arguments.filter(Node::is_named);
                arguments.find(|node| node.kind() != "lifetime")?
            }
            _ => return segments(file, node),
        };
    }
    None
}

fn is_function(name: &str) -> bool {
    name.starts_with(|c: char| c.is_lowercase() || c == '_')
}

/// A file that is looked through.
struct Search<'a> {
    file: &'a File,
    library: Option<&'a str>,
    methods: &'a Methods,
    scope: Scope,
    /// The types of the fields of the file's structures.
    fields: HashMap<String, Names>,
    /// The types of the function's parameters and local values, in full.
    values: HashMap<String, Names>,
    /// Where the function ends whose values these are.
    end: usize,
    /// Calls that were looked at as part of a chain.
    seen: HashSet<usize>,
    found: Vec<Call>,
}

impl Search<'_> {
    fn fields(&mut self, root: Node<'_>) {
        let (file, scope) = (self.file, &self.scope);
        let fields = &mut self.fields;
        each(root, |node| {
            if node.kind() == "field_declaration"
                && let Some(name) = file.field(node, "name")
                && let Some(of) = node.child_by_field_name("type")
                && let Some(names) = type_of(file, of)
                && let Some(full) = scope.full(&names)
            {
                fields.insert(name.into(), full);
            }
            true
        });
    }

    /// Whether to look at what the node contains.
    fn visit(&mut self, node: Node<'_>) -> bool {
        match node.kind() {
            "use_declaration" => return false,
            // One within another is taken as part of it.
            "function_item" if node.start_byte() >= self.end => {
                self.values(node);
                self.end = node.end_byte();
            }
            "await_expression" => {
                self.add(node.end_byte(), 9, LANGUAGE.into(), "await".into());
            }
            "macro_invocation" => {
                if let Some(of) = node.child_by_field_name("macro")
                    && let Some(names) = segments(self.file, of)
                {
                    self.named(of, &names, "!");
                }
                return false;
            }
            "scoped_identifier" => {
                let names = segments(self.file, node);
                if let Some(names) = names
                    && names.last().is_some_and(|name| is_function(name))
                {
                    self.named(node, &names, "");
                }
                return false;
            }
            "call_expression" => {
                let called = function(node);
                if let Some(called) = called
                    && called.kind() == "identifier"
                {
                    let name = self.file.of(called).to_owned();
                    if !self.values.contains_key(&name) {
                        self.named(called, &[name], "");
                    }
                }
                if self.seen.insert(node.id()) {
                    self.chain(node);
                }
            }
            _ => {}
        }
        true
    }

    fn add(&mut self, at: usize, rank: u8, of: String, name: String) {
        self.found.push(Call { at, rank, of, name });
    }

    /// Where a full path is from, if that is told.
    fn origin(&self, full: &[String]) -> Option<(u8, String)> {
        let (first, second) = (full.first()?.as_str(), full.get(1)?.as_str());
        match first {
            "std" | "core" => {
                CONCURRENCY.contains(&second).then(|| (2, "std".into()))
            }
            "crate" | "super" => {
                let inside = full.len() > 2 && is_function(second);
                let file = if inside { second } else { "lib" };
                Some((3, format!("{file}.rs of the model")))
            }
            library if LIBRARIES.contains(&library) => {
                Some((1, library.into()))
            }
            library => {
                (Some(library) == self.library).then(|| (1, library.into()))
            }
        }
    }

    /// A path that is written in the file.
    fn named(&mut self, node: Node<'_>, names: &[String], end: &str) {
        if let Some(full) = self.scope.full(names)
            && let Some((rank, of)) = self.origin(&full)
        {
            let name = names.join("::") + end;
            self.add(node.start_byte(), rank, of, name);
        }
    }

    /// The types of a function's parameters and local values.
    fn values(&mut self, node: Node<'_>) {
        let mut values = HashMap::new();
        let file = self.file;
        each(node, |node| {
            let field = |name| node.child_by_field_name(name);
            let name = field("pattern").and_then(|of| identifier(file, of));
            let full = match node.kind() {
                "parameter" => field("type")
                    .and_then(|of| type_of(file, of))
                    .and_then(|names| self.scope.full(&names)),
                "let_declaration" => {
                    let written = field("type");
                    let written = written.and_then(|of| type_of(file, of));
                    let written =
                        written.and_then(|names| self.scope.full(&names));
                    written.or_else(|| self.made(field("value")?))
                }
                "call_expression" => {
                    values.extend(self.given(node));
                    None
                }
                _ => None,
            };
            if let (Some(name), Some(full)) = (name, full) {
                values.insert(name.to_owned(), full);
            }
            true
        });
        self.values = values;
    }

    /// The type of a value that is made where this stands.
    fn made(&self, node: Node<'_>) -> Option<Names> {
        let mut node = node;
        for _ in 0..MOST_SEGMENTS {
            node = match node.kind() {
                "reference_expression" => node.child_by_field_name("value")?,
                "try_expression" | "await_expression" => node.child(0)?,
                "call_expression" => {
                    let called = function(node)?;
                    if called.kind() == "field_expression" {
                        // What a method of the model answers with.
                        let on = called.child_by_field_name("value")?;
                        let name = self.file.field(called, "field")?;
                        let method = self.methods.by_name.get(name)?;
                        let own = on.kind() == "self";
                        return method.result.clone().filter(|_| own);
                    }
                    let mut names = segments(self.file, called)?;
                    let name = names.pop()?;
                    let of = names.last()?;
                    if TRANSPARENT.contains(&&**of) {
                        let list = node.child_by_field_name("arguments")?;
                        children(list).into_iter().find(Node::is_named)?
                    } else if MAKERS.contains(&&*name) && !is_function(of) {
                        return self.scope.full(&names);
                    } else {
                        return None;
                    }
                }
                _ => return None,
            };
        }
        None
    }

    /// The types of what a closure is given by the function that takes it.
    fn given(&self, call: Node<'_>) -> Vec<(String, Names)> {
        let types = || -> Option<Vec<Option<Names>>> {
            let called = function(call)?;
            if called.kind() == "field_expression" {
                let name = self.file.field(called, "field")?;
                let given = &self.methods.by_name.get(name)?.given;
                return Some(given.clone());
            }
            // Every library calls what its `scope` gives a `Scope`.
            let names = segments(self.file, called)?;
            let mut full = self.scope.full(&names)?;
            let last = full.last_mut().filter(|last| *last == "scope")?;
            *last = "Scope".into();
            Some(vec![Some(full)])
        };
        let names = || -> Option<Vec<Option<String>>> {
            let list = call.child_by_field_name("arguments")?;
            let mut list = children(list).into_iter();
            let closure =
                list.find(|node| node.kind() == "closure_expression")?;
            let list = closure.child_by_field_name("parameters")?;
            let names = children(list).into_iter().filter(Node::is_named);
            let name =
                |node| identifier(self.file, node).map(ToOwned::to_owned);
            Some(names.map(name).collect())
        };
        let Some((types, names)) = types().zip(names()) else {
            return Vec::new();
        };
        let pairs = names.into_iter().zip(types);
        pairs.filter_map(|(name, full)| name.zip(full)).collect()
    }

    /// A chain of methods, from its last call down to what it begins with.
    fn chain(&mut self, last: Node<'_>) {
        // The methods of the chain; none where `?` or an `await` interrupts it.
        let mut links: Vec<Option<Node<'_>>> = Vec::new();
        let mut at = last;
        loop {
            let below = match at.kind() {
                "call_expression" => {
                    let Some(called) = function(at) else { break };
                    if called.kind() != "field_expression" {
                        break;
                    }
                    self.seen.insert(at.id());
                    links.push(called.child_by_field_name("field"));
                    called.child_by_field_name("value")
                }
                "try_expression" | "await_expression" => {
                    links.push(None);
                    at.child(0)
                }
                "index_expression" => at.child(0),
                _ => break,
            };
            match below {
                Some(below) => at = below,
                None => break,
            }
        }
        let own = at.kind() == "self";
        let mut on = match at.kind() {
            "identifier" => self.values.get(self.file.of(at)).cloned(),
            "field_expression" => {
                let name = self.file.field(at, "field");
                name.and_then(|name| self.fields.get(name)).cloned()
            }
            "call_expression" => self.made(at),
            _ => None,
        };
        let mut parallel = false;
        for (index, link) in links.iter().rev().enumerate() {
            let Some(link) = link else {
                parallel = false;
                continue;
            };
            let name = self.file.of(*link);
            let at = link.start_byte();
            parallel |= name == "into_par_iter" || name.starts_with("par_");
            if parallel {
                self.add(at, 1, "rayon".into(), name.into());
                parallel = !ENDS.contains(&name);
                continue;
            }
            if index > 0 {
                continue;
            }
            if own && self.methods.by_name.contains_key(name) {
                self.add(at, 3, "lib.rs of the model".into(), name.into());
            }
            if let Some(full) = on.take()
                && let Some((rank, of)) = self.origin(&full)
                && let Some(of_type) = full.last()
            {
                // Whoever makes a handle writes `Arc::clone`.
                if name != "clone" {
                    self.add(at, rank, of, format!("{of_type}::{name}"));
                }
            }
        }
    }
}

/// What a call calls, without the arguments for its types.
fn function(call: Node<'_>) -> Option<Node<'_>> {
    let called = call.child_by_field_name("function")?;
    match called.kind() {
        "generic_function" => called.child_by_field_name("function"),
        _ => Some(called),
    }
}

/// The name that a pattern gives, if it is only that.
fn identifier<'a>(file: &'a File, node: Node<'_>) -> Option<&'a str> {
    match node.kind() {
        "identifier" => Some(file.of(node)),
        "parameter" | "mut_pattern" | "ref_pattern" => {
            let mut inside = children(node).into_iter();
            let name = inside.find(|node| node.kind() == "identifier");
            name.map(|node| file.of(node))
        }
        _ => None,
    }
}
