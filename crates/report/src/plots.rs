//! Plots of figures, as SVG to stand in a page.
//!
//! A plot carries no colour and no letter's size: those are in
//! `templates/plots.css`, for light and for dark. Patterns stand once in the
//! page: [`definitions`]. Each model's part of a plot is a group with the
//! attribute `data-model`. A plot of nothing is an empty string.
//!
//! ```
//! use lanes_report::plots::{Told, Whisker, ratios};
//!
//! let row = |name: &str, ratio, ends, told| Whisker {
//!     name: name.into(),
//!     ratio,
//!     ends,
//!     told,
//! };
//! let plot = ratios(
//!     &[
//!         row("rayon", 1.0, None, Told::Best),
//!         row("threads", 2.0, Some((1.8, 2.2)), Told::Slower),
//!     ],
//!     0.04,
//! );
//! assert!(plot.starts_with("<svg"));
//! assert!(plot.contains("data-model=\"threads\""));
//! ```

mod columns;
mod figures;
mod latencies;
mod lines;
mod marks;
mod ratios;
mod scale;
mod scaling;
mod sheet;
mod spread;
mod ticks;
mod times;

pub use latencies::latencies;
pub use marks::definitions;
pub use ratios::ratios;
pub use scaling::scaling;
pub use times::times;

/// The lower and the upper end of an interval.
pub type Ends = (f64, f64);

/// A ratio to the fastest, with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Whisker {
    /// The model.
    pub name: String,
    /// The estimate; 1 for the fastest itself.
    pub ratio: f64,
    /// The ends of the interval, infinite where the data cannot bound them;
    /// none for the fastest itself.
    pub ends: Option<Ends>,
    /// What is said of it.
    pub told: Told,
}

/// What is said of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is the fastest.
    Best,
    /// It is as fast, within a margin.
    Tie,
    /// It is slower.
    Slower,
    /// There is not enough evidence.
    Unclear,
}

/// A model's times with more and more workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// The model.
    pub name: String,
    /// Numbers of workers, each with the speed-up over the fewest and the ends
    /// of its interval.
    pub points: Vec<(usize, f64, Option<Ends>)>,
}
