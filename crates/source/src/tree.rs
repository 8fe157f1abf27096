//! A source tree: its workloads with their siblings, and its models.

use crate::commit::commit;
use crate::file::{File, is_plain};
use crate::highlight::Highlighters;
use crate::language::Language;
use crate::parts::{Excerpt, Piece};
use crate::python::{Class, Package};
use crate::rust;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The source of every sibling, of the workloads and of the models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The commit of the tree, if it is the root of a git repository.
    pub commit: Option<String>,
    /// Whether files differ from the commit.
    pub dirty: bool,
    /// Those of the workloads that the tree has.
    pub workloads: Vec<WorkloadSource>,
    /// Those of the models that the tree has.
    pub models: Vec<ModelSource>,
}

/// The source of one workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadSource {
    /// The workload.
    pub workload: String,
    /// The sibling of each model, in the order of the models.
    pub siblings: Vec<Sibling>,
    /// What all siblings call: the definition, then the kernels, then what the
    /// siblings in Python name of their package.
    pub beside: Vec<Excerpt>,
}

/// One workload in one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// The models that this is the source of: one, or several that share it.
    pub models: Vec<String>,
    /// The file, below the root of the tree, with forward slashes.
    pub path: String,
    /// `rust` or `python`.
    pub language: &'static str,
    /// How many lines of code it has, without blank lines, comments and the
    /// header: those of the file in Rust; in Python those of the method and of
    /// the methods of its class that it calls itself, without docstrings.
    pub lines_of_code: usize,
    /// What it imports: in Rust the `use` lines of its file, without those of
    /// `lanes_core`; in Python the imports of its file that it reads.
    pub imports: Vec<String>,
    /// Its parts from top to bottom.
    pub parts: Vec<Piece>,
}

/// The source of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSource {
    /// The model.
    pub model: String,
    /// The first paragraph of its crate's documentation.
    pub about: String,
    /// How it starts and stops, and what its siblings share, in the order of
    /// the file.
    pub excerpts: Vec<Excerpt>,
}

impl Source {
    /// Reads the source of these workloads and models from a tree. A model
    /// comes with the folder that has its source: `rayon` for `crates/rayon`.
    ///
    /// What cannot be read is left out: a file that is missing, is not UTF-8 or
    /// is longer than 1 MiB. A file that does not parse is shown as one part.
    ///
    /// # Errors
    /// Why this folder is no source tree of Lanes, in one sentence.
    pub fn read(
        root: &Path,
        workloads: &[&str],
        models: &[(&str, &str)],
    ) -> Result<Self, String> {
        if !root.join("crates/core/src/workload").is_dir() {
            return Err(format!(
                "{} has no folder crates/core/src/workload, so it is no source \
                 tree of Lanes",
                root.display()
            ));
        }
        let mut reader = Reader { root, highlighters: Highlighters::new() };
        let has_python =
            models.iter().any(|(_, directory)| *directory == PYTHON);
        let scripts = if has_python { reader.scripts() } else { Vec::new() };
        let package = Package::of(&scripts);
        let tree = Tree::of(&mut reader, &package, models);
        let found = workloads.iter();
        let found = found.filter_map(|name| tree.workload(&mut reader, name));
        let found = found.collect();
        let models = tree.models(workloads, models);
        let (commit, dirty) = commit(root);
        Ok(Self { commit, dirty, workloads: found, models })
    }
}

/// The folder of the models that are classes of one package in Python.
const PYTHON: &str = "python";
/// A package has no more files of Python, and no deeper folders.
const MOST_SCRIPTS: usize = 200;
const MOST_FOLDERS: usize = 5;

/// Reads files of a tree.
struct Reader<'a> {
    root: &'a Path,
    highlighters: Highlighters,
}

impl Reader<'_> {
    fn file(&mut self, path: String, language: Language) -> Option<File> {
        File::read(self.root, path, language, &mut self.highlighters)
    }

    fn rust(&mut self, path: String) -> Option<File> {
        self.file(path, Language::Rust)
    }

    /// A file of `lanes-core`.
    fn core(&mut self, name: &str) -> Option<File> {
        self.rust(format!("crates/core/src/{name}.rs"))
    }

    /// The files of Python below the crate of that name, by their paths.
    fn scripts(&mut self) -> Vec<File> {
        let mut paths = Vec::new();
        let mut folders = vec![(0, format!("crates/{PYTHON}"))];
        while let Some((depth, folder)) = folders.pop() {
            let entries = self.root.join(&folder).read_dir();
            for entry in entries.into_iter().flatten().flatten() {
                let name = entry.file_name();
                let Some(name) = name.to_str() else { continue };
                let path = format!("{folder}/{name}");
                let is_folder = entry.file_type().is_ok_and(|t| t.is_dir());
                if is_folder && is_plain(name) && depth < MOST_FOLDERS {
                    folders.push((depth + 1, path));
                } else if name.strip_suffix(".py").is_some_and(is_plain) {
                    paths.push(path);
                }
            }
        }
        paths.sort_unstable();
        paths.truncate(MOST_SCRIPTS);
        let files = paths.into_iter();
        files.filter_map(|path| self.file(path, Language::Python)).collect()
    }
}

/// What several siblings need.
struct Tree<'p, 'a> {
    /// Each source, in the order of the models.
    sources: Vec<Listed<'p, 'a>>,
    /// The `lib.rs` of each folder.
    libraries: BTreeMap<String, File>,
    kernel: Option<File>,
    package: &'p Package<'a>,
}

/// Models that share their source.
struct Listed<'p, 'a> {
    directory: String,
    /// The same from the root of the tree.
    folder: String,
    models: Vec<String>,
    /// The class, of a model in Python.
    class: Option<Class<'p, 'a>>,
}

/// The folder of a model from the root of the tree; none for a name that leads
/// elsewhere.
fn folder(directory: &str) -> Option<String> {
    is_plain(directory).then(|| format!("crates/{directory}"))
}

/// A model's name without the version of its interpreter.
fn without_version(model: &str) -> &str {
    model.split('@').next().unwrap_or(model)
}

impl<'p, 'a> Tree<'p, 'a> {
    fn of(
        reader: &mut Reader<'_>,
        package: &'p Package<'a>,
        models: &[(&str, &str)],
    ) -> Self {
        let mut sources: Vec<Listed<'p, 'a>> = Vec::new();
        let mut libraries = BTreeMap::new();
        for (model, directory) in models {
            let Some(folder) = folder(directory) else { continue };
            let python = *directory == PYTHON;
            let same = |source: &&mut Listed<'_, '_>| {
                let first = without_version(&source.models[0]);
                source.directory == *directory
                    && (!python || first == without_version(model))
            };
            if let Some(source) = sources.iter_mut().find(same) {
                source.models.push((*model).to_owned());
                continue;
            }
            sources.push(Listed {
                directory: (*directory).to_owned(),
                folder: folder.clone(),
                models: vec![(*model).to_owned()],
                class: if python { package.class(model) } else { None },
            });
            let path = format!("{folder}/src/lib.rs");
            let library = if python { None } else { reader.rust(path) };
            libraries
                .extend(library.map(|file| ((*directory).to_owned(), file)));
        }
        let kernel = reader.core("kernel");
        Self { sources, libraries, kernel, package }
    }

    fn workload(
        &self,
        reader: &mut Reader<'_>,
        workload: &str,
    ) -> Option<WorkloadSource> {
        if !is_plain(workload) {
            return None;
        }
        let definition = reader.core(&format!("workload/{workload}"));
        let mut siblings = Vec::new();
        let mut called = BTreeSet::new();
        for Listed { directory, folder, models, class } in &self.sources {
            let models = models.clone();
            if directory == PYTHON {
                let found = class.as_ref();
                let found = found.and_then(|class| class.sibling(workload));
                let Some(found) = found else { continue };
                siblings.push(Sibling {
                    models,
                    path: found.path,
                    language: Language::Python.name(),
                    lines_of_code: found.lines_of_code,
                    imports: found.imports,
                    parts: found.parts,
                });
            } else {
                let path = format!("{folder}/src/{workload}.rs");
                let Some(file) = reader.rust(path.clone()) else { continue };
                rust::methods_called(&file, &mut called);
                siblings.push(Sibling {
                    models,
                    path,
                    language: Language::Rust.name(),
                    lines_of_code: rust::code(&file),
                    imports: rust::imports(&file),
                    parts: rust::pieces(&file),
                });
            }
        }
        if definition.is_none() && siblings.is_empty() {
            return None;
        }
        let mut beside = Vec::new();
        if let Some(definition) = &definition {
            beside.extend(rust::definition(definition));
            beside.extend(self.kernels(reader, definition, &called));
        }
        let classes = self.sources.iter().filter_map(|s| s.class.as_ref());
        beside.extend(self.package.beside(classes, workload));
        let workload = workload.to_owned();
        Some(WorkloadSource { workload, siblings, beside })
    }

    /// The kernels that a definition calls, itself or through a method of a
    /// module that it imports from, if siblings call that method.
    fn kernels(
        &self,
        reader: &mut Reader<'_>,
        definition: &File,
        called: &BTreeSet<String>,
    ) -> Vec<Excerpt> {
        let Some(kernel) = &self.kernel else { return Vec::new() };
        let mut names = rust::kernels(definition, None);
        for module in rust::imported(definition) {
            if let Some(file) = reader.core(&module) {
                names.extend(rust::kernels(&file, Some(called)));
            }
        }
        rust::functions(kernel, &names)
    }

    fn models(
        &self,
        workloads: &[&str],
        models: &[(&str, &str)],
    ) -> Vec<ModelSource> {
        let source = |(model, directory): &(&str, &str)| {
            let own = |source: &&Listed<'_, '_>| {
                source.models.iter().any(|own| own == model)
                    && source.directory == *directory
            };
            let found = self.sources.iter().find(own)?;
            let (about, excerpts) = if *directory == PYTHON {
                found.class.as_ref()?.model(workloads)
            } else {
                let file = self.libraries.get(*directory)?;
                (rust::about(file), rust::model(file))
            };
            let model = (*model).to_owned();
            Some(ModelSource { model, about, excerpts })
        };
        models.iter().filter_map(source).collect()
    }
}
