//! Traces as pictures, and as files for a trace viewer.

pub(crate) mod axis;
mod bars;
mod columns;
mod lanes;
mod legend;
mod path;
mod perfetto;
mod picture;
mod rows;
mod scene;
mod sheet;
mod style;
pub(crate) mod text;
mod timeline;
mod totals;

pub(crate) use lanes::{Lanes, dress, lanes};
pub use path::{Path, Step, critical_path};
pub use perfetto::perfetto;
pub use picture::{MOST_BYTES, MOST_ROWS, Picture, View, svg};
pub use rows::Doing;
pub use timeline::{Part, Timeline};
pub use totals::{Share, Totals, totals};
