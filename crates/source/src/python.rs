//! Workers in Python, cut into the same parts as files in Rust: a class is a
//! model, and a method of it is a sibling.

mod module;
mod names;

use crate::file::File;
use crate::nodes::{children, each, lines_of_code, rows};
use crate::parts::{Excerpt, Part, Piece, SHARED, entry, excerpt, pieces};
use module::Module;
use names::{inner, read};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use tree_sitter::Node;

/// The decorators that say how well a model fits a workload.
const FITS: [&str; 3] = ["natural", "possible", "unsuitable"];

/// Modules that are not about how a workload is run.
const LEFT_OUT: [&str; 3] = ["fit", "protocol", "trace"];

/// The files of Python of a tree.
pub(crate) struct Package<'a> {
    modules: Vec<Module<'a>>,
}

/// A model.
pub(crate) struct Class<'p, 'a> {
    module: &'p Module<'a>,
    node: Node<'a>,
    docs: Node<'a>,
    methods: Vec<(&'a str, Node<'a>)>,
}

/// One workload in one model.
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) parts: Vec<Piece>,
    pub(crate) imports: Vec<String>,
    pub(crate) lines_of_code: usize,
}

/// The string that a block begins with.
fn docs(definition: Node<'_>) -> Option<Node<'_>> {
    let body = definition.child_by_field_name("body")?;
    let first = body.named_child(0)?;
    is_docs(first).then(|| first.named_child(0))?
}

fn is_docs(node: Node<'_>) -> bool {
    node.kind() == "expression_statement"
        && node.named_child_count() == 1
        && node.named_child(0).is_some_and(|node| node.kind() == "string")
}

/// The text of a string without its quotes.
fn unquoted(text: &str) -> &str {
    text.trim_start_matches(['r', 'R']).trim_matches(['"', '\'']).trim()
}

impl<'a> Package<'a> {
    pub(crate) fn of(files: &'a [File]) -> Self {
        Self { modules: files.iter().filter_map(Module::of).collect() }
    }

    /// The class of a model: its docstring begins with the model's name.
    pub(crate) fn class(&self, model: &str) -> Option<Class<'_, 'a>> {
        let name = model.split('@').next()?;
        let mut modules = self.modules.iter();
        modules.find_map(|module| Class::of(module, name))
    }

    /// What siblings of a workload use of the package's other modules: what
    /// their methods name, and not what those name in turn.
    pub(crate) fn beside<'c>(
        &self,
        classes: impl Iterator<Item = &'c Class<'c, 'a>>,
        workload: &str,
    ) -> Vec<Excerpt>
    where
        'a: 'c,
    {
        let mut found: BTreeMap<(&str, usize), Excerpt> = BTreeMap::new();
        for class in classes {
            for name in class.names(workload) {
                let defined = class.module.defined_in(name, &self.modules);
                let Some((module, definition)) = defined else { continue };
                if LEFT_OUT.contains(&module.name) {
                    continue;
                }
                let file = module.file;
                let place = (file.path.as_str(), definition.rows.start);
                let title = format!("{} in Python", definition.key);
                let excerpt = excerpt(file, title, definition.rows.clone());
                found.extend(excerpt.map(|excerpt| (place, excerpt)));
            }
        }
        found.into_values().collect()
    }
}

impl<'p, 'a> Class<'p, 'a> {
    fn of(module: &'p Module<'a>, model: &str) -> Option<Self> {
        module.definitions.iter().find_map(|definition| {
            let node = definition.node;
            let docs = docs(node)?;
            let text = unquoted(module.file.of(docs)).strip_prefix(model)?;
            if node.kind() != "class_definition" || !text.starts_with(':') {
                return None;
            }
            let body = node.child_by_field_name("body")?;
            let methods = children(body).into_iter().filter_map(|node| {
                let own = inner(node);
                let named = own.kind() == "function_definition";
                let name = module.file.field(own, "name");
                Some((name.filter(|_| named)?, node))
            });
            Some(Self { module, node, docs, methods: methods.collect() })
        })
    }

    /// The parts of a sibling and its lines of code: those of the method and of
    /// the other methods of its class that it calls.
    pub(crate) fn sibling(&self, workload: &str) -> Option<Found> {
        let file = self.module.file;
        let (_, method) = self.method(workload)?;
        let own = self.called(workload);
        let names = self.names(workload);
        let mut parts = self.header();
        let imports = self.module.import_rows.clone();
        parts.extend(imports.map(|rows| Part::new("imports", rows)));
        let (fit, run) = self.fit_and_run(method);
        parts.extend(fit.map(|rows| Part::new("fit", rows)));
        parts.push(Part::new("run", run));
        for (name, node) in &own {
            parts.push(Part::new(format!("method {name}"), self.rows(*node)));
        }
        let helpers = self.module.reached(names.iter().copied());
        let mut read_at_all = names;
        for helper in helpers {
            read_at_all.extend(read(file, helper.node));
            if helper.node.id() != self.node.id() {
                parts.push(Part::new(&*helper.key, helper.rows.clone()));
            }
        }
        let imports = self.module.imports.iter().filter(|import| {
            read_at_all.iter().any(|name| import.is_read(name))
        });
        let nodes = own.iter().map(|(_, node)| *node).chain([method]);
        Some(Found {
            path: file.path.clone(),
            imports: imports.map(|import| import.path()).collect(),
            lines_of_code: lines_of_code(nodes.map(inner), is_docs),
            parts: pieces(file, parts),
        })
    }

    /// How a model starts and stops, and what its siblings share, after the
    /// first line about it.
    pub(crate) fn model(&self, workloads: &[&str]) -> (String, Vec<Excerpt>) {
        let file = self.module.file;
        let rows = |name| self.method(name).map(|(_, node)| self.rows(node));
        let mut excerpts = Vec::new();
        let mut start = 0..0;
        if let Some(first) = rows("__init__") {
            let end = rows("threads").map_or(first.end, |last| last.end);
            start = first.start..end.max(first.end);
            excerpts.extend(excerpt(file, "start", start.clone()));
        }
        let mut names = HashSet::new();
        for (name, node) in &self.methods {
            if workloads.contains(name) {
                continue;
            }
            names.extend(read(file, inner(*node)));
            let rows = self.rows(*node);
            if !start.contains(&rows.start) {
                let stop = *name == "close";
                let title = if stop { "stop" } else { SHARED };
                excerpts.extend(excerpt(file, title, rows));
            }
        }
        for helper in self.module.reached(names) {
            if helper.node.id() != self.node.id() {
                excerpts.extend(excerpt(file, SHARED, helper.rows.clone()));
            }
        }
        excerpts.sort_by_key(|excerpt| excerpt.first);
        let about = unquoted(file.of(self.docs)).lines().next();
        (about.unwrap_or_default().trim().into(), excerpts)
    }

    fn method(&self, name: &str) -> Option<(&'a str, Node<'a>)> {
        self.methods.iter().copied().find(|(own, _)| *own == name)
    }

    /// The rows of a method with the comments above it.
    fn rows(&self, method: Node<'_>) -> Range<usize> {
        let mut rows = rows(method);
        let lines = self.module.file.lines();
        let comment = |row: usize| {
            lines.get(row).is_some_and(|line| line.trim().starts_with('#'))
        };
        let top = self.node.start_position().row + 1;
        while rows.start > top && comment(rows.start - 1) {
            rows.start -= 1;
        }
        rows
    }

    /// The rows of the decorators that say how well the model fits, if there
    /// are any, and those of the method below them.
    fn fit_and_run(
        &self,
        method: Node<'a>,
    ) -> (Option<Range<usize>>, Range<usize>) {
        let all = self.rows(method);
        let file = self.module.file;
        let is_fit = |node: &Node<'_>| {
            let text = file.of(*node).trim_start_matches('@');
            let name = text.split('(').next().unwrap_or_default();
            node.kind() == "decorator"
                && FITS.contains(&name.rsplit('.').next().unwrap_or(name))
        };
        let fits = children(method).into_iter().filter(is_fit);
        match fits.map(|node| rows(node).end).max() {
            Some(end) => (Some(all.start..end), end..all.end),
            None => (None, all),
        }
    }

    /// The docstring: the lines before the list are the title; then each entry
    /// of the list.
    fn header(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let lines = self.module.file.lines();
        for row in rows(self.docs) {
            let key = lines.get(row).and_then(|line| entry(line));
            match (key, parts.last_mut()) {
                (Some(key), _) => parts.push(Part::new(key, row..row + 1)),
                (None, Some(last)) => last.rows.end = row + 1,
                (None, None) => parts.push(Part::new("title", row..row + 1)),
            }
        }
        parts
    }

    /// The other methods that a method calls itself, in the order of the class.
    /// What those call in turn is how the model starts again, if it must.
    fn called(&self, name: &str) -> Vec<(&'a str, Node<'a>)> {
        let file = self.module.file;
        let mut called = BTreeSet::new();
        if let Some((_, node)) = self.method(name) {
            each(node, |node| {
                let object = node.child_by_field_name("object");
                if node.kind() == "attribute"
                    && object.is_some_and(|object| file.of(object) == "self")
                {
                    called.extend(file.field(node, "attribute"));
                }
                true
            });
        }
        called.remove(name);
        let methods = self.methods.iter().copied();
        methods.filter(|(name, _)| called.contains(name)).collect()
    }

    /// The names of the module that a method reads, with those of its
    /// decorators, and the methods of the class that it calls.
    fn names(&self, workload: &str) -> HashSet<&'a str> {
        let file = self.module.file;
        let mut names = HashSet::new();
        let Some((_, method)) = self.method(workload) else { return names };
        let called = self.called(workload);
        let methods = called.iter().map(|(_, node)| *node).chain([method]);
        for method in methods {
            names.extend(read(file, inner(method)));
            let decorators = children(method).into_iter();
            for node in decorators.filter(|node| node.kind() == "decorator") {
                let arguments = node.named_child(0);
                let arguments = arguments
                    .and_then(|call| call.child_by_field_name("arguments"));
                names.extend(arguments.iter().flat_map(|n| read(file, *n)));
            }
        }
        names
    }
}
