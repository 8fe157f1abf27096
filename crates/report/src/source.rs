//! The source tree, cut into parts that are read side by side.

use crate::Catalogue;
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
    /// header.
    pub lines_of_code: usize,
    /// What it calls of the libraries that are compared, by where it is from.
    pub calls: Vec<Calls>,
    /// Its parts from top to bottom.
    pub parts: Vec<Piece>,
}

/// What a sibling calls of one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// `tokio`, `std`, `lib.rs of the model`, `threading`.
    pub of: String,
    /// What is called, each once, in the order of the source.
    pub names: Vec<String>,
}

/// A part of a sibling: parts with the same key stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// `share`, `start`, `wait`, `join`, `imports`, `fit`, `run`, `fn fetch`.
    pub key: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, without line ends.
    pub lines: Vec<String>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What it is: `definition`, `kernel max`, `start`, `stop`.
    pub title: String,
    /// The file, below the root of the tree, with forward slashes.
    pub path: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, without line ends.
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
    /// The stretches that differ, each as its begin and end in UTF-16 code units
    /// of the line's text; the whole line if there are none.
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
    /// # Errors
    /// Why there is no source tree of Lanes in this folder, in one sentence.
    pub fn read(root: &Path, catalogue: &Catalogue) -> Result<Self, String> {
        let _ = catalogue;
        Err(format!("{} is not read yet", root.display()))
    }
}
