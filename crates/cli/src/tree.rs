//! Where the source tree is.

use std::path::{Path, PathBuf};

/// The source tree around the current folder, or the one this was built from.
pub(crate) fn tree() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let is_tree =
        |folder: &&Path| folder.join("crates/core/src/workload").is_dir();
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    here.ancestors().find(is_tree).map_or(built, Path::to_owned)
}
