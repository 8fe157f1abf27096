//! What was measured, traced and written, as a site: a folder of pages.
//!
//! A [`Content`] is results, traces and source; [`site()`] makes pages of it,
//! each an HTML file that needs nothing else, and [`single()`] makes one page
//! of one workload. [`answer`] puts the verdicts in words, [`plots`] draws the
//! figures. The timelines come from `lanes-timeline`, the source from
//! `lanes-source`, the tables and the words from `lanes-measure`.
//!
//! `lanes report` makes the site from the newest results and traces in
//! `results/`, or from the files that it is given, and from the source tree.
//! `lanes report --single fetch` makes the one page. The pages open from disk.
//! They ask the network for nothing, which their content policy forbids. They
//! can be read without a script, in the dark, on a telephone and on paper. No
//! page is larger than 500 kB, and none grows with the number of workloads
//! times that of models, but for a matrix, which is that product.
//!
//! ```
//! use lanes_report::{Catalogue, Content, site};
//!
//! let pages = site(&Content {
//!     catalogue: Catalogue::default(),
//!     sessions: Vec::new(),
//!     maps: Vec::new(),
//!     metgs: Vec::new(),
//!     crossovers: Vec::new(),
//!     traces: Vec::new(),
//!     faults: Vec::new(),
//!     traps: Vec::new(),
//!     claims: Vec::new(),
//!     source: Err("nobody asked for it".into()),
//!     made: "2026-01-02T00:00:00Z".into(),
//!     notes: Vec::new(),
//! })?;
//! assert_eq!(pages[0].name, "index.html");
//! let html = &pages[0].html;
//! assert!(html.contains("default-src &#39;none&#39;"));
//! assert!(html.contains("There are no results, so these pages have no "));
//! # Ok::<(), String>(())
//! ```
//!
//! # The folder
//!
//! By default `lanes report` writes `results/site`, and `--output` names
//! another folder. It takes a folder that is new or empty, or one that it wrote
//! before, which it knows by the list `lanes-site.txt` in it: then pages that
//! are no more are removed. A folder with anything else in it is refused. (One
//! page of all, as `--output page.html` once wrote, is no more: it had 3 MB.)
//!
//! # What the pages show
//!
//! - **`index.html`**: the answer in words for each kind of work, made from the
//!   verdicts; the map; the matrix; the models ranked within each kind of work;
//!   the traps that showed, the sessions.
//! - **`matrix-….html`**: the matrix of one session, one class of sizes and one
//!   number of workers: slowdowns against the fastest model, as a heat map.
//!   Each cell says the strongest thing that its interval proves: fastest, as
//!   fast, slower, or at most so much slower. An open one is hatched, and a
//!   refusal says why. Rows can be sorted by model, name, kind or spread.
//! - **`workload-….html`**: the answer; slowdowns with their intervals, times
//!   against the best possible, CPU times beside them, the scaling curve,
//!   switches, memory and latencies; then the timelines of every model on one
//!   axis, which fits the models that are chosen, and zooms; then **source side
//!   by side**: two to four siblings in columns, part beside part, with what
//!   each calls, imports or awaits and no other column does. The address holds
//!   the choice: `workload-fetch.html#source?m=tokio,rayon,threads`, and with
//!   `&only=1` only the differences.
//! - **`model-….html`**: how a model starts and stops, its poor fits, and its
//!   row of every matrix.
//! - **`session-….html`**: machine, versions and commit, and the tables.
//! - **`map-….html`**: a session that `lanes map` made: who is best where, how
//!   many times slower each model is where, and where another becomes the best.
//!   Its rows are in no other table. The first page shows the first map, if it
//!   stays below 500 kB with it, and leads to the others.
//! - **`metg.html`**: what `lanes metg` and `lanes crossover` found: the
//!   smallest task that is worth starting, with curves of efficiency, and from
//!   which length on each model is faster than a plain loop.
//! - **`faults.html`**: what each model does in every case of the failure
//!   contract, with the reason of each verdict but a pass, and what each
//!   library does by itself.
//! - **`traps.html`**: what `lanes traps` found: for each trap the program that
//!   steps into it and those with a remedy, side by side, with what each did.
//! - **`questions.html`**: questions that come back in trackers, each with the
//!   reports that ask it and the commands that answer it.
//! - **`claims.html`**: what `lanes claims --json` found: each claim of
//!   threads, locks, the GIL and processes, as a ratio with its interval.
//!
//! Names from outside are no addresses: in names of files they are letters,
//! digits, `-` and `_`, and a number where two would be the same.
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
//! `scripts/pictures` draws the pictures of the site that `lanes report
//! crates/report/published/*.json` makes. That folder holds five sessions, each
//! from a machine with two shared cores, and a trace of every model (`lanes
//! trace all --runs 3`):
//!
//! - the eleven Rust models in quick sizes with one and two workers, in five
//!   minutes;
//! - the seven runtimes in full sizes, in four minutes;
//! - CPython's six models beside `threads` and `gil`, in two minutes, without
//!   `subtasks`, and without `max`, `double` and `join`: CPython needs longer
//!   to make their inputs than to work on them;
//! - the map of nine models over compute and wait, in ten minutes, with 20 of
//!   25 points decided (`lanes map`);
//! - the smallest tasks worth starting in the runtimes, in 71 seconds (`lanes
//!   metg`).
//!
//! Sessions so short, on two shared cores, leave some cells open. More time
//! decides them: `lanes run max --budget 2m`.

pub mod answer;
mod catalogue;
mod content;
mod map;
pub mod plots;
mod site;

pub use catalogue::{
    Catalogue, ListedCell, ListedModel, ListedQuestion, ListedWorkload,
};
pub use content::{Content, ResultFile};
pub use map::map;
pub use site::{PageFile, single, site};
