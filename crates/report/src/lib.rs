//! What Lanes measured and traced, as pictures and as one page.
//!
//! A [`Timeline`] is the trace of one run. A [`Picture`] stacks timelines on one
//! time axis, by task, by worker or both, and [`svg`] writes it as a document of
//! its own: no script, no style sheet, no font from elsewhere. [`perfetto()`]
//! writes the same timelines for a trace viewer. [`critical_path`] and
//! [`totals()`] are the numbers beside the picture.
//!
//! A [`Page`] is results, [`Traces`] and [`Source`]; [`page()`] writes it as one
//! HTML file that needs nothing else. [`plots`], [`source`] and [`tables`] make
//! its parts, and [`words`] the figures in them.
//!
//! ```
//! use lanes_core::trace::State::{Compute, Io};
//! use lanes_report::{Picture, Timeline, critical_path, svg};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! let parts = [
//!     (0, Some(0), Compute, 0.0, 1.0),
//!     (0, None, Io, 1.0, 4.0),
//!     (1, Some(0), Compute, 1.0, 3.0),
//! ];
//! let drawn = Timeline::drawn("two tasks, one worker", unit, &parts)?;
//! assert_eq!(critical_path(&drawn)?.io(), 3 * unit);
//! let timelines = vec![drawn];
//! let picture =
//!     Picture { unit: Some(unit), timelines, ..Picture::default() };
//! assert!(svg(&picture)?.starts_with("<svg"));
//! # Ok::<(), lanes_core::Error>(())
//! ```

mod catalogue;
mod page;
pub mod plots;
pub mod source;
pub mod tables;
mod timelines;
mod traces;
pub mod words;

pub use catalogue::{Catalogue, ListedCell, ListedModel, ListedWorkload};
pub use page::{Page, Session, page};
pub use source::Source;
pub use tables::Table;
pub use timelines::{
    Doing, MOST_BYTES, MOST_ROWS, Part, Path, Picture, Share, Step, Timeline,
    Totals, View, critical_path, perfetto, svg, totals,
};
pub use traces::{TracedModel, TracedWorkload, Traces};
