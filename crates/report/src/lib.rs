//! What was measured, traced and written, as one page.
//!
//! A [`Page`] is results, traces and source; [`page()`] writes it as one HTML
//! file that needs nothing else. [`plots`] draws its figures. The timelines
//! come from `lanes-timeline`, the source from `lanes-source`, the tables and
//! the words from `lanes-measure`.
//!
//! `lanes report` makes the page from the newest results and traces in
//! `results/`, or from the files that it is given, and from the source tree.
//! The page opens from disk. It asks the network for nothing, which its content
//! policy forbids. It can be read without a script, in the dark, on a telephone
//! and on paper.
//!
//! ```
//! use lanes_report::{Catalogue, Page, page};
//!
//! let html = page(&Page {
//!     catalogue: Catalogue::default(),
//!     sessions: Vec::new(),
//!     traces: Vec::new(),
//!     faults: Vec::new(),
//!     source: Err("nobody asked for it".into()),
//!     made: "2026-01-02T00:00:00Z".into(),
//!     notes: Vec::new(),
//! })?;
//! assert!(html.contains("default-src &#39;none&#39;"));
//! assert!(html.contains("There are no results, so this page has no figures"));
//! # Ok::<(), String>(())
//! ```
//!
//! # What the page shows
//!
//! - **The matrix**: slowdowns against the fastest model, as a heat map. Each
//!   cell says the strongest thing that its interval proves: fastest, as fast,
//!   slower, or at most so much slower. An open one is hatched, and a refusal
//!   says why. Sizes and numbers of workers can be chosen. Rows can be sorted
//!   by model, name, family or spread.
//! - **A workload**: slowdowns with their intervals, times against the best
//!   possible, CPU times beside them, the scaling curve, switches, memory and
//!   latencies; and the timelines of every model on one axis.
//! - **Faults**: what each model does in every case of the failure contract,
//!   with the reason of each verdict but a pass, and what each library does by
//!   itself.
//! - **Source side by side**: two to four siblings in columns, part beside
//!   part, with the words highlighted that differ from the left column. The
//!   address holds the choice: `page.html#fetch?m=tokio,rayon,threads`, and
//!   with `&only=1` only the differences.
//! - **A model**: how it starts and stops, its poor fits, and its row of the
//!   matrix.
//!
//! A plot shows what was decided, and how surely:
//!
//! ```
//! use lanes_measure::statistics::Interval;
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
//!         row("tokio", 1.0, None, Finding::Fastest),
//!         row("smol", 1.01, Some((1.0, 1.05)), Finding::AsFast),
//!         row("rayon", 7.6, Some((7.3, 8.0)), Finding::Slower),
//!     ],
//!     Some(&Interval { low: -0.02, median: 0.0, high: 0.03 }),
//! );
//! assert!(plot.contains("Slowdown of 3 models against the fastest, tokio"));
//! assert!(plot.contains("The twin took 0.98 to 1.03 of its time."));
//! ```
//!
//! # The pictures in the repository
//!
//! `scripts/pictures` draws the pictures of the page that `lanes report
//! crates/report/published/*.json` makes. That folder holds three sessions from
//! one machine with two shared cores, and a trace of every model (`lanes trace
//! all --runs 3`):
//!
//! - the eleven Rust models in quick sizes with one and two workers, in five
//!   minutes;
//! - the seven runtimes in full sizes, in four minutes;
//! - CPython's six models beside `threads` and `gil`, in two minutes, without
//!   `subtasks`, and without `max`, `double` and `join`: CPython needs longer
//!   to make their inputs than to work on them.
//!
//! Sessions so short, on two shared cores, leave some cells open. More time
//! decides them: `lanes run max --budget 2m`.

mod catalogue;
mod page;
pub mod plots;

pub use catalogue::{Catalogue, ListedCell, ListedModel, ListedWorkload};
pub use page::{Page, ResultFile, page};
