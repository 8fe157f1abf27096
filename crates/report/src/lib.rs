//! Timelines of Lanes: traces as pictures, and as files for a trace viewer.
//!
//! A [`Timeline`] is the trace of one run. A [`Picture`] stacks timelines on one
//! time axis, by task, by worker or both, and [`svg`] writes it as a document of
//! its own: no script, no style sheet, no font from elsewhere. [`perfetto`]
//! writes the same timelines for a trace viewer. [`critical_path`] and
//! [`totals`] are the numbers beside the picture.

mod axis;
mod columns;
mod path;
mod perfetto;
mod picture;
mod rows;
mod style;
mod text;
mod timeline;
mod totals;

pub use path::{Path, Step, critical_path};
pub use perfetto::perfetto;
pub use picture::{MOST_BYTES, MOST_ROWS, Picture, View, svg};
pub use rows::Doing;
pub use timeline::{Part, Timeline};
pub use totals::{Share, Totals, totals};
