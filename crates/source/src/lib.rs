//! The source of the siblings, cut into parts that stand side by side.
//!
//! [`Source::read`] reads a source tree of Lanes. Each sibling comes out as
//! [`Piece`]s with a key: the lines of its header, its imports, its fit, `run`,
//! and what stands below. Pieces of two siblings with the same key stand beside
//! each other.
//!
//! The tree may be anything. What is in it comes out as escaped text, and no
//! file outside of its folder `crates` is read.
//!
//! ```
//! use lanes_source::Source;
//! use std::path::Path;
//!
//! let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
//! let models = [("rayon", "rayon"), ("tokio", "tokio")];
//! let source = Source::read(&root, &["max"], &models)?;
//! let siblings = &source.workloads[0].siblings;
//! assert_eq!(siblings[0].path, "crates/rayon/src/max.rs");
//! let keys = siblings.iter().map(|sibling| {
//!     let keys = sibling.parts.iter().map(|piece| piece.key.as_str());
//!     keys.take(5).collect::<Vec<_>>()
//! });
//! for keys in keys {
//!     assert_eq!(keys, ["title", "share", "start", "wait", "join"]);
//! }
//! # Ok::<(), String>(())
//! ```

mod commit;
mod file;
mod highlight;
mod language;
mod nodes;
mod parts;
mod python;
mod rust;
mod tree;

pub use file::colored;
pub use language::Language;
pub use parts::{Excerpt, Piece};
pub use tree::{ModelSource, Sibling, Source, WorkloadSource};
