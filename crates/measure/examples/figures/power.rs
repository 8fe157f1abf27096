//! A model slowed by a known share: how often that is found, and how often the
//! interval holds the true ratio.

use crate::{contender, measure, own, row};
use lanes_core::workload::{Counter, Fetch, Read, Subtasks};
use lanes_core::{
    Cell, Cells, Config, Error, Fit, Job, Model, Run, Started, Workload,
};
use lanes_measure::session::Plan;
use lanes_measure::statistics::Verdict;
use lanes_measure::worker::Candidate;
use std::time::Instant;

/// Cells whose true ratio is known: long runs, beside which reading the clock
/// is nothing, of models that a pause after a run does not slow further (a pool
/// falls asleep in it, and wakes later). None is bound by memory, whose
/// bandwidth is a shared machine's least quiet part.
const CELLS: [(&str, &str); 10] = [
    ("read", "sequential"),
    ("subtasks", "rayon"),
    ("counter", "sequential"),
    ("fetch", "tokio"),
    ("subtasks", "sequential"),
    ("fetch", "smol"),
    ("fetch", "crossbeam"),
    ("subtasks", "crossbeam"),
    ("fetch", "threads"),
    ("fetch", "async-std"),
];
/// How much slower, as a fraction.
const SLOWED: f64 = 0.05;
/// What is said behind a model's name for the slowed one.
const MARK: &str = "-slowed";

/// A model that computes for nothing after each run, for a known share of the
/// time that the run took.
struct Slowed {
    model: Started,
    name: &'static str,
}

impl Model for Slowed {
    fn start(_config: &Config) -> Result<Self, Error> {
        Err(Error::Unsupported("made of another model".into()))
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn workers(&self) -> usize {
        self.model.workers()
    }
}

/// The workloads of [`CELLS`].
impl Cells for Slowed {
    const CELLS: &'static [Cell] = &[
        Cell::new::<Self, Subtasks>(),
        Cell::new::<Self, Fetch>(),
        Cell::new::<Self, Read>(),
        Cell::new::<Self, Counter>(),
    ];
}

impl<W: Workload> Run<W> for Slowed {
    const FIT: Fit = Fit::Unsuitable("another model, made slower");

    fn run(&self, job: &Job<W>) -> Result<W::Output, Error> {
        let begin = Instant::now();
        let answer = self.model.run(job);
        let end = begin.elapsed().mul_f64(1.0 + SLOWED);
        while begin.elapsed() < end {
            std::hint::spin_loop();
        }
        answer
    }
}

/// A model of the suite, or such a model slowed.
pub(crate) fn or_slowed(name: &str) -> Option<Candidate> {
    let Some(original) = name.strip_suffix(MARK) else {
        return lanes_suite::find(name).map(Candidate::from);
    };
    let Candidate { start, versions } =
        lanes_suite::find(original).map(Candidate::from)?;
    // Names are static, and this process has one model only.
    let name: &'static str = name.to_owned().leak();
    let start = Box::new(move |config: &Config| -> Result<_, Error> {
        Ok(Started::new(Slowed { model: start(config)?, name }))
    });
    Some(Candidate { start, versions })
}

pub(crate) fn print(count: usize) -> Result<(), Box<dyn std::error::Error>> {
    let worker = own(&["worker"]);
    let (mut found, mut held, mut wrong, mut seconds) = (0, 0, 0, 0.0);
    let truth = SLOWED.ln_1p();
    // The slowed one, the other and the control.
    let budget = Plan::default_budget(3);
    for number in 0..count {
        let (workload, model) = CELLS[number % CELLS.len()];
        let slowed = format!("{model}{MARK}");
        let both = [model, slowed.as_str()];
        let both = both.map(|name| contender(name, name, &worker));
        let seed = 5000 + number as u64;
        let results = measure(row(workload), both.to_vec(), budget, seed)?;
        seconds += results.seconds;
        let summary = results.rows[0].summary.as_ref().ok_or("no samples")?;
        let group = &summary.groups[0];
        let standing =
            group.standings.last().ok_or("no contender has samples")?;
        let ratio = standing.ratio.ok_or("only one")?;
        // Against the slowed one, the other is faster: the same, turned.
        let right_way = standing.contender == 1;
        let slower = matches!(standing.verdict, Some(Verdict::Slower { .. }));
        let holds = if right_way {
            ratio.low <= truth && truth <= ratio.high
        } else {
            ratio.low <= -truth && -truth <= ratio.high
        };
        found += usize::from(slower && right_way);
        wrong += usize::from(slower && !right_way);
        held += usize::from(holds);
        let ends = ratio.ratio();
        eprintln!(
            "{:3} {workload}/{model}: {:.3} to {:.3}, floor {:.3}, {} rounds \
             in {} visits, {}",
            number + 1,
            ends.low,
            ends.high,
            summary.floor.exp_m1(),
            summary.rounds,
            summary.visits,
            if slower && right_way { "found" } else { "not found" }
        );
    }
    let each = seconds / count as f64;
    println!("a model slowed by {SLOWED}, {count} sessions of {each:.1} s:");
    println!("| what | of {count} | must reach of 100 |");
    println!("|---|--:|--:|");
    println!("| found slower | {found} | 90 or more |");
    println!("| the interval holds the true ratio | {held} | 90 or more |");
    println!("| found faster | {wrong} | 0 |");
    Ok(())
}
