//! The source tree, cut into parts that are read side by side.
//!
//! The tree is data from outside: whatever is in it, it comes out as escaped
//! text, and nothing outside of its folder `crates` is read.

mod calls;
mod commit;
mod differences;
mod file;
mod highlight;
mod python;
mod rust;

use crate::{Catalogue, ListedModel};
use calls::Methods;
use file::{File, Language, is_plain};
use highlight::Highlighters;
use python::Module;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The source of every sibling, of the workloads and of the models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The commit of the tree, where git tells it.
    pub commit: Option<String>,
    /// Whether files differ from the commit.
    pub dirty: bool,
    /// The workloads of the catalogue that the tree has.
    pub workloads: Vec<WorkloadSource>,
    /// The models of the catalogue that the tree has.
    pub models: Vec<ModelSource>,
}

/// The source of one workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadSource {
    /// The workload.
    pub workload: String,
    /// How each model runs it, in the order of the catalogue.
    pub siblings: Vec<Sibling>,
    /// What all siblings call: the definition, then the kernels.
    pub beside: Vec<Excerpt>,
    /// Where siblings of one language differ: every pair once.
    pub differences: Vec<Difference>,
}

/// One workload in one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// The models that this is the source of: one, or two that share it.
    pub models: Vec<String>,
    /// The file, below the root of the tree, with forward slashes.
    pub path: String,
    /// `rust` or `python`.
    pub language: &'static str,
    /// How many lines of code it has, without blank lines, comments and the
    /// header: those of the file in Rust; in Python those of the method and of
    /// the methods of its class that it calls itself, without docstrings.
    pub lines_of_code: usize,
    /// What it calls of the libraries that are compared, by where it is from:
    /// in Python also what the helpers of the module call that it calls.
    pub calls: Vec<Calls>,
    /// Its parts from top to bottom.
    pub parts: Vec<Piece>,
}

/// What a sibling calls of one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// `tokio`, `std`, `lib.rs of the model`, `threading`, `worker.py`, or
    /// `the language` for `await`.
    pub of: String,
    /// What is called, each once, in the order of the source.
    pub names: Vec<String>,
}

/// A part of a sibling: parts with the same key stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// `title`, `share`, `start`, `wait`, `join`, `imports`, `fit`, `run`,
    /// `fn fetch`; `source` for all of a file that does not parse. No two parts
    /// of a sibling have the same.
    pub key: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, without line ends: escaped text in which
    /// `<i class=k>` marks a keyword, `c` a comment, `s` a string, `n` a
    /// number, `t` a type, `f` a function and `a` an attribute.
    pub lines: Vec<String>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What it is: `definition`, `kernel max`, `start`, `stop`, `shared by its
    /// siblings`.
    pub title: String,
    /// The file, below the root of the tree, with forward slashes.
    pub path: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, as those of a [`Piece`].
    pub lines: Vec<String>,
}

/// Where two siblings differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The two, as indices into the workload's siblings, the smaller first.
    pub pair: (usize, usize),
    /// The parts that both have and that differ.
    pub parts: Vec<PartDifference>,
}

/// Where a part of two siblings differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDifference {
    /// The part's key.
    pub key: String,
    /// The lines that differ, in the first and in the second sibling.
    pub lines: [Vec<LineDifference>; 2],
}

/// A line that the other sibling has not, or not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDifference {
    /// Its index within the part.
    pub line: usize,
    /// The stretches that differ, each as its begin and end in UTF-16 code
    /// units of the line's text; the whole line if there are none. A stretch of no
    /// length stands where only the other line has words.
    pub words: Vec<(usize, usize)>,
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
    /// Reads a source tree.
    ///
    /// What of it cannot be read is left out: a file that is not there, is not
    /// UTF-8 or is longer than 1 MiB. A file that is not of its language is
    /// shown as one part.
    ///
    /// # Errors
    /// Why there is no source tree of Lanes in this folder, in one sentence.
    pub fn read(root: &Path, catalogue: &Catalogue) -> Result<Self, String> {
        if !root.join("crates/core/src/workload").is_dir() {
            return Err(format!(
                "{} has no folder crates/core/src/workload, so it is no source \
                 tree of Lanes",
                root.display()
            ));
        }
        let mut reader = Reader { root, highlighters: Highlighters::new() };
        let crates = Crates::of(&mut reader, catalogue);
        let worker = crates.worker.as_ref().and_then(Module::of);
        let workloads = catalogue.workloads.iter().filter_map(|listed| {
            crates.workload(&mut reader, worker.as_ref(), &listed.workload)
        });
        let workloads = workloads.collect();
        let models = crates.models(worker.as_ref(), catalogue);
        let (commit, dirty) = commit::commit(root);
        Ok(Self { commit, dirty, workloads, models })
    }
}

/// Reads files of a tree.
struct Reader<'a> {
    root: &'a Path,
    highlighters: Highlighters,
}

impl Reader<'_> {
    fn rust(&mut self, path: String) -> Option<File> {
        let rust = Language::Rust;
        File::read(self.root, path, rust, &mut self.highlighters)
    }

    /// A file of the crate that everything stands on.
    fn core(&mut self, name: &str) -> Option<File> {
        self.rust(format!("crates/core/src/{name}.rs"))
    }
}

/// The folder of the models that are no crates of their own, but classes of one
/// script.
const PYTHON: &str = "python";

/// What several siblings need.
struct Crates {
    /// The models of each source, in the order of the catalogue.
    sources: Vec<Listed>,
    /// The `lib.rs` of each folder, and its methods.
    libraries: BTreeMap<String, (File, Methods)>,
    kernel: Option<File>,
    worker: Option<File>,
}

/// Models that share their source.
struct Listed {
    directory: String,
    /// The name in the script of Python, without the sign and the version of an
    /// interpreter; empty for the others.
    class: String,
    models: Vec<String>,
    /// The library that is compared, as paths name it.
    library: Option<String>,
}

impl Listed {
    fn of(listed: &ListedModel) -> Option<Self> {
        let directory = listed.directory.as_ref()?;
        if !is_plain(directory) {
            return None;
        }
        let name = listed.model.split('@').next().unwrap_or_default();
        let python = directory == PYTHON;
        let library = listed.library.as_deref();
        let library = library.and_then(|text| text.split_whitespace().next());
        Some(Self {
            directory: directory.clone(),
            class: if python { name.into() } else { String::new() },
            models: vec![listed.model.clone()],
            library: library.map(|name| name.replace('-', "_")),
        })
    }
}

impl Crates {
    fn of(reader: &mut Reader<'_>, catalogue: &Catalogue) -> Self {
        let mut sources: Vec<Listed> = Vec::new();
        for listed in catalogue.models.iter().filter_map(Listed::of) {
            let same = sources.iter_mut().find(|source| {
                source.directory == listed.directory
                    && source.class == listed.class
            });
            match same {
                Some(source) => source.models.extend(listed.models),
                None => sources.push(listed),
            }
        }
        let mut libraries = BTreeMap::new();
        for source in &sources {
            let directory = &source.directory;
            if directory == PYTHON || libraries.contains_key(directory) {
                continue;
            }
            let path = format!("crates/{directory}/src/lib.rs");
            if let Some(file) = reader.rust(path) {
                let methods = Methods::of(&file);
                libraries.insert(directory.clone(), (file, methods));
            }
        }
        let kernel = reader.core("kernel");
        let python = sources.iter().any(|source| source.directory == PYTHON);
        let path = "crates/python/src/worker.py".to_owned();
        let worker = python.then(|| {
            let python = Language::Python;
            File::read(reader.root, path, python, &mut reader.highlighters)
        });
        Self { sources, libraries, kernel, worker: worker.flatten() }
    }

    fn workload(
        &self,
        reader: &mut Reader<'_>,
        worker: Option<&Module<'_>>,
        workload: &str,
    ) -> Option<WorkloadSource> {
        if !is_plain(workload) {
            return None;
        }
        let definition = reader.core(&format!("workload/{workload}"));
        let mut siblings = Vec::new();
        // The text of each part, which the differences are told by.
        let mut texts = Vec::new();
        let mut called = BTreeSet::new();
        let mut files = Vec::new();
        for source in &self.sources {
            let (models, directory) = (&source.models, &source.directory);
            let (path, language, found, file) = if directory == PYTHON {
                let (Some(module), Some(file)) = (worker, &self.worker) else {
                    continue;
                };
                let class = module.class(&source.class);
                let found =
                    class.and_then(|class| module.sibling(&class, workload));
                let Some(found) = found else { continue };
                (file.path.clone(), Language::Python, found, None)
            } else {
                let path = format!("crates/{directory}/src/{workload}.rs");
                let Some(file) = reader.rust(path.clone()) else { continue };
                rust::methods_called(&file, &mut called);
                let none = Methods::default();
                let library = self.libraries.get(directory);
                let methods = library.map_or(&none, |(_, methods)| methods);
                let library = source.library.as_deref();
                let calls = calls::calls(&file, library, methods);
                let found = (rust::pieces(&file), calls, rust::code(&file));
                (path, Language::Rust, found, Some(file))
            };
            let (parts, calls, lines_of_code) = found;
            files.push(file);
            siblings.push(Sibling {
                models: models.clone(),
                path,
                language: language.name(),
                lines_of_code,
                calls,
                parts,
            });
        }
        if definition.is_none() && siblings.is_empty() {
            return None;
        }
        for (sibling, file) in siblings.iter().zip(&files) {
            let Some(file) = file.as_ref().or(self.worker.as_ref()) else {
                continue;
            };
            let lines = file.lines();
            let part = |piece: &Piece| -> Vec<&str> {
                let end = piece.first - 1 + piece.lines.len();
                lines[piece.first - 1..end].to_vec()
            };
            let parts = sibling.parts.iter().map(|piece| differences::Part {
                key: &piece.key,
                lines: part(piece),
            });
            texts.push((sibling.language, parts.collect()));
        }
        let differences = differences::differences(&texts);
        let mut beside = Vec::new();
        if let Some(definition) = &definition {
            beside.extend(rust::definition(definition));
            beside.extend(self.kernels(reader, definition, &called));
        }
        let workload = workload.to_owned();
        Some(WorkloadSource { workload, siblings, beside, differences })
    }

    /// The kernels that a definition calls, itself or by way of a method of a
    /// module that it imports from and that siblings call.
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
        worker: Option<&Module<'_>>,
        catalogue: &Catalogue,
    ) -> Vec<ModelSource> {
        let workloads: Vec<&str> = catalogue
            .workloads
            .iter()
            .map(|listed| listed.workload.as_str())
            .collect();
        let source = |listed: &ListedModel| {
            let found = Listed::of(listed)?;
            let (about, excerpts) = if found.directory == PYTHON {
                let module = worker?;
                let class = module.class(&found.class)?;
                module.model(&class, &workloads)
            } else {
                let (file, _) = self.libraries.get(&found.directory)?;
                (rust::about(file), rust::model(file))
            };
            let model = listed.model.clone();
            Some(ModelSource { model, about, excerpts })
        };
        catalogue.models.iter().filter_map(source).collect()
    }
}
