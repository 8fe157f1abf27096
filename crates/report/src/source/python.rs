//! The worker in Python, cut into the same parts: a class is a model, and a
//! method of it is a sibling.

use super::calls::{Call, LANGUAGE, grouped};
use super::file::{File, children, each, lines_of_code, rows};
use super::rust::{SHARED, entry, excerpt};
use super::{Calls, Excerpt, Piece};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use tree_sitter::Node;

/// Modules of the standard library that are about running at once.
const CONCURRENCY: [&str; 5] =
    ["asyncio", "concurrent.futures", "multiprocessing", "queue", "threading"];

/// Sections of the worker that are not about how a workload is run.
const LEFT_OUT: [&str; 3] = ["protocol", "exhibits", "worker"];

/// A module: its classes, and what they may call.
pub(super) struct Module<'a> {
    file: &'a File,
    /// Functions, classes, and tables of functions, from top to bottom.
    helpers: BTreeMap<usize, Helper<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// What names of imports stand for: `queue`, `concurrent.futures`.
    imports: HashMap<&'a str, Import<'a>>,
}

/// Something at the module's top that others refer to.
struct Helper<'a> {
    key: String,
    rows: Range<usize>,
    node: Node<'a>,
    section: &'a str,
}

/// What a name stands for.
#[derive(Clone, Copy)]
enum Import<'a> {
    /// A module, or something that is made by it.
    Module(&'a str),
    /// Something of a module.
    Member(&'a str),
}

/// A model.
pub(super) struct Class<'a> {
    node: Node<'a>,
    docs: Node<'a>,
    methods: Vec<(&'a str, Node<'a>)>,
}

/// A definition without what decorates it.
fn inner(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "decorated_definition" => {
            node.child_by_field_name("definition").unwrap_or(node)
        }
        _ => node,
    }
}

/// The string that a block begins with.
fn docs(definition: Node<'_>) -> Option<Node<'_>> {
    let body = definition.child_by_field_name("body")?;
    let first = body.named_child(0)?;
    let string = first.named_child(0)?;
    let alone = first.kind() == "expression_statement";
    (alone && string.kind() == "string").then_some(string)
}

fn is_docs(node: Node<'_>) -> bool {
    node.kind() == "expression_statement"
        && node.named_child_count() == 1
        && node.named_child(0).is_some_and(|node| node.kind() == "string")
}

/// The heading of a section: what stands behind the dashes.
fn heading(comment: &str) -> Option<&str> {
    let text = comment.strip_prefix("# ---")?;
    let text = text.trim_start_matches('-').trim();
    (!text.is_empty()).then_some(text)
}

impl<'a> Module<'a> {
    /// None if the file is not Python.
    pub(super) fn of(file: &'a File) -> Option<Self> {
        let tree = file.tree.as_ref()?;
        let mut module = Self {
            file,
            helpers: BTreeMap::new(),
            by_name: HashMap::new(),
            imports: HashMap::new(),
        };
        let mut section = "";
        let mut above: Option<Range<usize>> = None;
        for node in children(tree.root_node()) {
            let rows = rows(node);
            if node.kind() == "comment" {
                let text = file.of(node);
                if let Some(heading) = heading(text) {
                    (section, above) = (heading, None);
                    continue;
                }
                above = match above {
                    Some(above) if above.end == rows.start => {
                        Some(above.start..rows.end)
                    }
                    _ => Some(rows),
                };
                continue;
            }
            let above = above.take();
            let above = above.filter(|above| above.end == rows.start);
            let start = above.map_or(rows.start, |above| above.start);
            module.add(node, start..rows.end, section);
        }
        Some(module)
    }

    fn add(&mut self, node: Node<'a>, rows: Range<usize>, section: &'a str) {
        let file = self.file;
        let own = inner(node);
        let (key, name) = match own.kind() {
            "import_statement" | "import_from_statement" => {
                self.import(own);
                return;
            }
            "function_definition" | "class_definition" => {
                let Some(name) = file.field(own, "name") else { return };
                let class = own.kind() == "class_definition";
                let what = if class { "class" } else { "def" };
                (format!("{what} {name}"), name)
            }
            "expression_statement" => {
                let Some(set) = own.named_child(0) else { return };
                if set.kind() != "assignment" {
                    return;
                }
                let (Some(name), Some(value)) = (
                    set.child_by_field_name("left"),
                    set.child_by_field_name("right"),
                ) else {
                    return;
                };
                let name = file.of(name);
                // What a module has made counts as the module's.
                if value.kind() == "call"
                    && let Some(of) = value.child_by_field_name("function")
                    && let Some(of) = of.child_by_field_name("object")
                    && let Some(import) = self.imports.get(file.of(of))
                {
                    self.imports.insert(name, *import);
                    return;
                }
                // A table of functions is called, a number is not.
                let mut calls = false;
                each(value, |node| {
                    calls |= node.kind() == "identifier"
                        && self.by_name.contains_key(file.of(node));
                    true
                });
                if !calls || value.kind() == "call" {
                    return;
                }
                (name.to_owned(), name)
            }
            _ => return,
        };
        self.by_name.insert(name, rows.start);
        let helper = Helper { key, rows, node: own, section };
        self.helpers.insert(helper.rows.start, helper);
    }

    fn import(&mut self, node: Node<'a>) {
        let file = self.file;
        let from = file.field(node, "module_name");
        for name in children(node) {
            let alias = file.field(name, "alias");
            let name = match name.kind() {
                "dotted_name" => file.of(name),
                "aliased_import" => file.field(name, "name").unwrap_or(""),
                _ => continue,
            };
            let Some(from) = from else {
                let local = alias.unwrap_or(name);
                if CONCURRENCY.contains(&name) {
                    self.imports.insert(local, Import::Module(name));
                }
                continue;
            };
            if CONCURRENCY.contains(&from) && name != from {
                let local = alias.unwrap_or(name);
                self.imports.insert(local, Import::Member(from));
            }
        }
    }

    /// The class of a model, which its docstring's first word names.
    pub(super) fn class(&self, model: &str) -> Option<Class<'a>> {
        let name = model.split('@').next()?;
        let file = self.file;
        self.helpers.values().find_map(|helper| {
            let node = helper.node;
            let docs = docs(node)?;
            let text = unquoted(file.of(docs)).strip_prefix(name)?;
            if node.kind() != "class_definition" || !text.starts_with(':') {
                return None;
            }
            let body = node.child_by_field_name("body")?;
            let methods = children(body).into_iter().filter_map(|node| {
                let own = inner(node);
                let named = own.kind() == "function_definition";
                Some((file.field(own, "name").filter(|_| named)?, node))
            });
            let methods = methods.collect();
            Some(Class { node, docs, methods })
        })
    }

    /// The helpers that some nodes refer to, and those that these refer to, in
    /// the order of the file.
    fn reached(&self, nodes: &[Node<'a>]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<Node<'a>> = nodes.to_vec();
        while let Some(node) = open.pop() {
            for start in self.referred(node) {
                let helper = &self.helpers[&start];
                if !LEFT_OUT.contains(&helper.section) && reached.insert(start)
                {
                    open.push(helper.node);
                }
            }
        }
        reached
    }

    /// The helpers that a function or a class refers to by name. A name that is
    /// set anywhere in a function is the function's own.
    fn referred(&self, node: Node<'a>) -> BTreeSet<usize> {
        if node.kind() == "class_definition" {
            let mut referred = BTreeSet::new();
            let parts = ["superclasses", "body"];
            for part in parts.map(|part| node.child_by_field_name(part)) {
                for part in part.into_iter().flat_map(children) {
                    let inside = inner(part);
                    // No class of the worker contains another.
                    if inside.kind() != "class_definition" {
                        referred.extend(self.referred(inside));
                    }
                }
            }
            return referred;
        }
        let file = self.file;
        let own = own_names(file, node);
        let mut referred = BTreeSet::new();
        self.names(node, |name, _| {
            if !own.contains(name)
                && let Some(start) = self.by_name.get(name)
            {
                referred.insert(*start);
            }
        });
        referred
    }

    /// The identifiers that are read somewhere, not those of attributes and
    /// keyword arguments.
    fn names(&self, node: Node<'a>, mut found: impl FnMut(&'a str, Node<'a>)) {
        let file = self.file;
        let mut not_read = HashSet::new();
        each(node, |node| {
            let field = match node.kind() {
                "attribute" => "attribute",
                "keyword_argument" | "function_definition" => "name",
                _ => "",
            };
            if let Some(name) = node.child_by_field_name(field) {
                not_read.insert(name.id());
            }
            if node.kind() == "identifier" && !not_read.contains(&node.id()) {
                found(file.of(node), node);
            }
            true
        });
    }

    /// The parts of a sibling, what it calls, and its lines of code: those of
    /// the method and of the class's other methods that it calls.
    pub(super) fn sibling(
        &self,
        class: &Class<'a>,
        workload: &str,
    ) -> Option<(Vec<Piece>, Vec<Calls>, usize)> {
        let file = self.file;
        let (_, method) = class.method(workload)?;
        let mut pieces = class.header(file);
        let own = class.called(file, workload);
        let mut nodes = vec![method];
        let mut piece = |key: &str, rows: Range<usize>| {
            if let Some(piece) = excerpt(file, "", rows) {
                let (first, lines) = (piece.first, piece.lines);
                pieces.push(Piece { key: key.into(), first, lines });
            }
        };
        piece("run", class.rows(file, method));
        for (name, node) in own {
            piece(&format!("method {name}"), class.rows(file, node));
            nodes.push(node);
        }
        let code = lines_of_code(nodes.iter().copied(), is_docs);
        let functions: Vec<_> = nodes.iter().map(|node| inner(*node)).collect();
        let reached = self.reached(&functions);
        for start in &reached {
            let helper = &self.helpers[start];
            piece(&helper.key, helper.rows.clone());
        }
        let calls = self.calls(class, &functions, &reached);
        Some((pieces, calls, code))
    }

    /// What methods call: of modules, also by way of helpers, and of helpers.
    fn calls(
        &self,
        class: &Class<'a>,
        functions: &[Node<'a>],
        reached: &BTreeSet<usize>,
    ) -> Vec<Calls> {
        let file = self.file;
        let mut found = Vec::new();
        let helpers = reached.iter().map(|start| self.helpers[start].node);
        let kept = class.kept(file);
        for node in functions.iter().copied().chain(helpers) {
            // What the method itself calls comes first.
            let own = functions.first() == Some(&node);
            let before = if own { 0 } else { file.text.len() };
            each(node, |node| {
                let at = before + node.start_byte();
                let mut add = |rank, of: &str, name: String| {
                    found.push(Call { at, rank, of: of.into(), name });
                };
                let object = node.child_by_field_name("object");
                match (node.kind(), object) {
                    ("await", _) => add(9, LANGUAGE, "await".into()),
                    ("attribute", Some(object)) => {
                        let of = file.of(object);
                        let name =
                            file.field(node, "attribute").unwrap_or_default();
                        let import = self.imports.get(of);
                        if let Some(Import::Module(module)) = import {
                            add(1, module, format!("{of}.{name}"));
                        }
                        // What the class's pool is asked for.
                        if let Some(made) = kept.get(of)
                            && let Some(Import::Member(module)) =
                                self.imports.get(made)
                        {
                            add(1, module, format!("{made}.{name}"));
                        }
                    }
                    _ => {}
                }
                true
            });
            self.names(node, |name, node| {
                if let Some(Import::Member(of)) = self.imports.get(name) {
                    let at = before + node.start_byte();
                    let (of, name) = ((*of).into(), name.into());
                    found.push(Call { at, rank: 1, of, name });
                }
            });
        }
        for (index, node) in functions.iter().enumerate() {
            // Methods of the class stand in the order in which they are shown.
            if index > 0
                && let Some(name) = file.field(*node, "name")
            {
                let at = functions[0].start_byte();
                let of = "worker.py".to_owned();
                found.push(Call {
                    at,
                    rank: 3,
                    of,
                    name: format!("self.{name}"),
                });
            }
            let own = own_names(file, *node);
            self.names(*node, |name, node| {
                let start = self.by_name.get(name);
                if !own.contains(name)
                    && start.is_some_and(|start| reached.contains(start))
                {
                    let behind = file.text.len() * usize::from(index > 0);
                    let at = behind + node.start_byte();
                    let of = "worker.py".into();
                    found.push(Call { at, rank: 3, of, name: name.into() });
                }
            });
        }
        grouped(found)
    }

    /// How a model starts and stops, and what its siblings share.
    pub(super) fn model(
        &self,
        class: &Class<'a>,
        workloads: &[&str],
    ) -> (String, Vec<Excerpt>) {
        let file = self.file;
        let mut excerpts = Vec::new();
        let rows = |name: &str| {
            let (_, node) = class.method(name)?;
            Some(class.rows(file, node))
        };
        let mut start = 0..0;
        if let Some(first) = rows("__init__") {
            let end = rows("threads").map_or(first.end, |last| last.end);
            start = first.start..end.max(first.end);
            excerpts.extend(excerpt(file, "start", start.clone()));
        }
        let mut shared = Vec::new();
        for (name, node) in &class.methods {
            let rows = class.rows(file, *node);
            if workloads.contains(name) {
                continue;
            }
            shared.push(inner(*node));
            if !start.contains(&rows.start) && *name != "close" {
                excerpts.extend(excerpt(file, SHARED, rows));
            }
        }
        excerpts
            .extend(rows("close").and_then(|rows| excerpt(file, "stop", rows)));
        // What they call may be a class of the worker's own.
        for start in self.reached(&shared) {
            let helper = &self.helpers[&start];
            if helper.section == "models" {
                excerpts.extend(excerpt(file, SHARED, helper.rows.clone()));
            }
        }
        excerpts.sort_by_key(|excerpt| excerpt.first);
        let about = unquoted(file.of(class.docs)).lines().next();
        (about.unwrap_or_default().trim().into(), excerpts)
    }
}

/// The text of a string without its quotes.
fn unquoted(text: &str) -> &str {
    text.trim_start_matches(['r', 'R']).trim_matches(['"', '\'']).trim()
}

/// The names that a function sets, also those of functions inside of it.
fn own_names<'a>(file: &'a File, function: Node<'_>) -> HashSet<&'a str> {
    let mut own = HashSet::new();
    let mut global = HashSet::new();
    let set = |node: Node<'_>, own: &mut HashSet<&'a str>| {
        each(node, |node| {
            if node.kind() == "identifier" {
                own.insert(file.of(node));
            }
            // What is set there is a part of something else; a default value
            // and a type are not set at all.
            !matches!(
                node.kind(),
                "attribute" | "subscript" | "default_parameter" | "type"
            )
        });
    };
    each(function, |node| {
        let field = match node.kind() {
            "function_definition" if node != function => "name",
            "assignment"
            | "augmented_assignment"
            | "for_statement"
            | "for_in_clause" => "left",
            "lambda" | "lambda_parameters" => "parameters",
            "default_parameter" | "named_expression" => "name",
            "as_pattern" => "alias",
            _ => "",
        };
        if let Some(node) = node.child_by_field_name(field) {
            set(node, &mut own);
        }
        match node.kind() {
            "parameters" | "lambda_parameters" => set(node, &mut own),
            "global_statement" => set(node, &mut global),
            _ => {}
        }
        true
    });
    own.retain(|name| !global.contains(name));
    own
}

impl<'a> Class<'a> {
    fn method(&self, name: &str) -> Option<(&'a str, Node<'a>)> {
        self.methods.iter().copied().find(|(own, _)| *own == name)
    }

    /// The rows of a method with the comments above it.
    fn rows(&self, file: &File, method: Node<'_>) -> Range<usize> {
        let mut rows = rows(method);
        let lines = file.lines();
        let comment = |row: usize| {
            lines.get(row).is_some_and(|line| line.trim().starts_with('#'))
        };
        let top = self.node.start_position().row + 1;
        while rows.start > top && comment(rows.start - 1) {
            rows.start -= 1;
        }
        rows
    }

    /// The docstring: what stands before the list, then each entry of it.
    fn header(&self, file: &File) -> Vec<Piece> {
        let mut parts: Vec<(String, Range<usize>)> = Vec::new();
        let lines = file.lines();
        for row in rows(self.docs) {
            let key = lines.get(row).and_then(|line| entry(line));
            match (key, parts.last_mut()) {
                (Some(key), _) => parts.push((key.into(), row..row + 1)),
                (None, Some((_, last))) => last.end = row + 1,
                (None, None) => parts.push(("title".into(), row..row + 1)),
            }
        }
        let pieces = parts.into_iter().filter_map(|(key, rows)| {
            let excerpt = excerpt(file, "", rows)?;
            let (first, lines) = (excerpt.first, excerpt.lines);
            Some(Piece { key, first, lines })
        });
        pieces.collect()
    }

    /// The other methods that a method calls itself, in the order of the class.
    /// What those call in turn is how the model starts again, if it must.
    fn called(&self, file: &File, name: &str) -> Vec<(&'a str, Node<'a>)> {
        let mut called = HashSet::new();
        if let Some((_, node)) = self.method(name) {
            each(node, |node| {
                let object = node.child_by_field_name("object");
                if node.kind() == "attribute"
                    && object.is_some_and(|object| file.of(object) == "self")
                    && let Some(name) = file.field(node, "attribute")
                {
                    called.insert(name);
                }
                true
            });
        }
        called.remove(name);
        let methods = self.methods.iter().copied();
        methods.filter(|(name, _)| called.contains(name)).collect()
    }

    /// What the class makes for itself: `ThreadPoolExecutor` by `self.pool`.
    fn kept<'f>(&self, file: &'f File) -> HashMap<&'f str, &'f str> {
        let mut kept = HashMap::new();
        each(self.node, |node| {
            let value = node.child_by_field_name("right");
            if node.kind() == "assignment"
                && let Some(to) = file.field(node, "left")
                && let Some(value) = value
                && value.kind() == "call"
                && let Some(made) = file.field(value, "function")
            {
                kept.insert(to, made);
            }
            true
        });
        kept
    }
}
