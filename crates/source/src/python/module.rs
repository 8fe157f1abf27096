//! A file of Python: its imports, and what it defines.

use super::names::{inner, read};
use crate::file::File;
use crate::nodes::{children, rows};
use std::collections::BTreeSet;
use std::ops::Range;
use tree_sitter::Node;

/// A file of Python.
pub(crate) struct Module<'a> {
    pub(crate) file: &'a File,
    /// The last part of its name: `kernels`.
    pub(crate) name: &'a str,
    pub(crate) imports: Vec<Import<'a>>,
    /// The lines of the imports at its top.
    pub(crate) import_rows: Option<Range<usize>>,
    /// Functions, classes and constants, from top to bottom.
    pub(crate) definitions: Vec<Definition<'a>>,
}

/// Something at a module's top that others refer to.
pub(crate) struct Definition<'a> {
    pub(crate) name: &'a str,
    /// `def top`, `class Task`, `PLAN`.
    pub(crate) key: String,
    /// Its lines, with the comments directly above it.
    pub(crate) rows: Range<usize>,
    /// A function, a class, or the value of a constant.
    pub(crate) node: Node<'a>,
}

/// A name that a module imports.
pub(crate) struct Import<'a> {
    /// The name in this module.
    local: &'a str,
    /// The module it comes from; empty for an imported module.
    from: &'a str,
    /// The name there.
    name: &'a str,
}

impl Import<'_> {
    /// Whether a name that is read is this one or an attribute of it.
    pub(crate) fn is_read(&self, name: &str) -> bool {
        name == self.local
            || name
                .strip_prefix(self.local)
                .is_some_and(|rest| rest.starts_with('.'))
    }

    /// `threading`, `concurrent.futures.ThreadPoolExecutor`, `..kernels.top`.
    pub(crate) fn path(&self) -> String {
        match self.from {
            "" => self.name.into(),
            from if from.ends_with('.') => format!("{from}{}", self.name),
            from => format!("{from}.{}", self.name),
        }
    }
}

/// The last part of a module's path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl<'a> Module<'a> {
    /// None if the file is not Python.
    pub(crate) fn of(file: &'a File) -> Option<Self> {
        let tree = file.tree.as_ref()?;
        let path = file.path.trim_end_matches(".py");
        let path = path.trim_end_matches("/__init__");
        let name = path.rsplit('/').next().unwrap_or(path);
        let (imports, definitions) = (Vec::new(), Vec::new());
        let import_rows = None;
        let mut module = Self { file, name, imports, import_rows, definitions };
        let mut above: Option<Range<usize>> = None;
        for node in children(tree.root_node()) {
            let rows = rows(node);
            let before = above.take().filter(|above| above.end == rows.start);
            let start = before.map_or(rows.start, |before| before.start);
            if node.kind() == "comment" {
                above = Some(start..rows.end);
            } else {
                module.add(node, start..rows.end);
            }
        }
        Some(module)
    }

    fn add(&mut self, node: Node<'a>, rows: Range<usize>) {
        let file = self.file;
        let own = inner(node);
        let (key, name, node) = match own.kind() {
            "import_statement" | "import_from_statement" => {
                self.import(own);
                if self.definitions.is_empty() {
                    let top = self.import_rows.take();
                    let start = top.map_or(rows.start, |top| top.start);
                    self.import_rows = Some(start..rows.end);
                }
                return;
            }
            "function_definition" | "class_definition" => {
                let Some(name) = file.field(own, "name") else { return };
                let class = own.kind() == "class_definition";
                let what = if class { "class" } else { "def" };
                (format!("{what} {name}"), name, own)
            }
            "expression_statement" => {
                let set = own.named_child(0);
                let set = set.filter(|set| set.kind() == "assignment");
                let Some(set) = set else { return };
                let value = set.child_by_field_name("right");
                let (Some(name), Some(value)) =
                    (file.field(set, "left"), value)
                else {
                    return;
                };
                (name.to_owned(), name, value)
            }
            _ => return,
        };
        self.definitions.push(Definition { name, key, rows, node });
    }

    fn import(&mut self, node: Node<'a>) {
        let file = self.file;
        let module = node.child_by_field_name("module_name");
        let from = module.map_or("", |module| file.of(module));
        let names = children(node).into_iter();
        for child in names.filter(|child| Some(*child) != module) {
            let name = match child.kind() {
                "dotted_name" => file.of(child),
                "aliased_import" => file.field(child, "name").unwrap_or(""),
                _ => continue,
            };
            let local = file.field(child, "alias").unwrap_or(name);
            self.imports.push(Import { local, from, name });
        }
    }

    /// Its definitions that some names refer to, and those that these refer to
    /// in turn, in the order of the file.
    pub(crate) fn reached<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Vec<&Definition<'a>> {
        let find = |name: &str| {
            self.definitions.iter().position(|found| found.name == name)
        };
        let mut reached = BTreeSet::new();
        let mut open: Vec<usize> = names.into_iter().filter_map(find).collect();
        while let Some(index) = open.pop() {
            if reached.insert(index) {
                let names = read(self.file, self.definitions[index].node);
                open.extend(names.into_iter().filter_map(find));
            }
        }
        reached.into_iter().map(|index| &self.definitions[index]).collect()
    }

    /// Where a name that is read here is defined in another module of these.
    pub(crate) fn defined_in<'m>(
        &self,
        name: &str,
        modules: &'m [Module<'a>],
    ) -> Option<(&'m Module<'a>, &'m Definition<'a>)> {
        let import = self.imports.iter().find(|import| import.is_read(name))?;
        // Others are of the standard library.
        let own = import.from.starts_with('.');
        let import = own.then_some(import)?;
        let (module, name) = match name.split_once('.') {
            // Of a module that was imported whole.
            Some((_, name)) => (last(import.name), name),
            None => (last(import.from), import.name),
        };
        let mut modules = modules.iter();
        let module = modules.find(|found| found.name == module)?;
        let mut definitions = module.definitions.iter();
        let found = definitions.find(|found| found.name == name)?;
        Some((module, found))
    }
}
