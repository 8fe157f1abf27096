//! Plots of figures, as SVG for a page.
//!
//! A plot has neither colours nor a size of letters: those are in
//! `templates/plots.css`, for light and for dark. Patterns stand once in the
//! page: [`definitions`]. Each model's part of a plot is a group with the
//! attribute `data-model`. A plot without rows is an empty string.
//!
//! ```
//! use lanes_report::plots::{Finding, Whisker, ratios};
//!
//! let row = |name: &str, ratio, ends, finding| Whisker {
//!     name: name.into(),
//!     ratio,
//!     ends,
//!     finding,
//! };
//! let plot = ratios(
//!     &[
//!         row("rayon", 1.0, None, Finding::Fastest),
//!         row("threads", 2.0, Some((1.8, 2.2)), Finding::Slower),
//!     ],
//!     None,
//! );
//! assert!(plot.starts_with("<svg"));
//! assert!(plot.contains("data-model=\"threads\""));
//! ```

mod columns;
mod efficiency;
mod finding;
mod latencies;
mod lines;
mod marks;
mod plot;
mod ratios;
mod scaling;
mod spread;
mod standalone;
mod times;

pub use efficiency::{Efficiency, curves, efficiency};
pub use finding::Finding;
pub use latencies::latencies;
pub use lines::Ends;
pub use marks::definitions;
pub use ratios::{Whisker, ratios};
pub use scaling::{Scaling, nodes, scaling};
pub use standalone::standalone;
pub use times::{Times, times};
