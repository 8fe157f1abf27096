//! How a cell is measured: once for all workloads and models.

pub mod pairs;

use criterion::{Criterion, SamplingMode, Throughput};
use lanes_core::{
    Complete, Config, Context, Error, Job, Run, Size, Workload, census,
};
use lanes_suite::{Entry, Family, MODELS, Machine};
use std::env;
use std::sync::Once;
use std::time::{Duration, Instant};

/// Every input is made from this seed.
pub const SEED: u64 = 7;

/// Criterion, and the workers that every model is given.
pub struct Bench {
    criterion: Criterion,
    config: Config,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// Takes criterion's own arguments; the defaults keep the whole matrix
    /// within minutes.
    pub fn new() -> Self {
        let config = Config::machine();
        let criterion = Criterion::default()
            .sample_size(10)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(1))
            .configure_from_args();
        Self { criterion, config }
    }

    /// Measures a workload in all its quick sizes and in every model.
    ///
    /// # Panics
    /// If the input cannot be made or a model answers wrongly: a wrong answer
    /// has no time.
    pub fn workload<W: Workload>(&mut self)
    where
        dyn Complete: Run<W>,
    {
        for workload in W::sizes(Size::Quick) {
            let job = Job::new(&workload, SEED)
                .unwrap_or_else(|error| panic!("{}: {error}", W::NAME));
            self.group(&workload, &job);
        }
    }

    fn group<W: Workload>(&mut self, workload: &W, job: &Job<W>)
    where
        dyn Complete: Run<W>,
    {
        let (label, config) = (workload.label(), self.config);
        let mut group = self.criterion.benchmark_group(W::NAME);
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(workload.items() as u64));
        let (mut reference, mut limit_told) = (None, false);
        for entry in MODELS.into_iter().filter(chosen) {
            let cell = format!("{}/{}/{label}", W::NAME, entry.name);
            if let Some(why) = refusal(&entry, &config, job) {
                if wanted(&cell) {
                    eprintln!("{cell}: {why}");
                }
                continue;
            }
            let mut model = None;
            group.bench_function(
                format!("{}/{label}", entry.name),
                |bencher| {
                    if !std::mem::replace(&mut limit_told, true) {
                        tell_machine(&config);
                        tell_limit(&label, job, config.workers());
                    }
                    let model = model.get_or_insert_with(|| {
                        let reference =
                            reference.get_or_insert_with(|| W::reference(job));
                        checked(&cell, &entry, &config, job, reference)
                    });
                    bencher.iter_custom(|runs| {
                        (0..runs).map(|_| timed(&**model, job)).sum()
                    });
                },
            );
        }
        group.finish();
    }

    /// Ends the session as criterion does.
    pub fn finish(&mut self) {
        self.criterion.final_summary();
    }
}

/// The time of one run; its answer is dropped outside of it.
///
/// # Panics
/// If the run fails.
pub fn timed<W: Workload, M: Run<W> + ?Sized>(
    model: &M,
    job: &Job<W>,
) -> Duration {
    let begin = Instant::now();
    let answer = model.run(job);
    let time = begin.elapsed();
    if let Err(error) = answer {
        panic!("{}: {error}", W::NAME);
    }
    time
}

/// Why a model does not run this size, if it does not. Under a context that is
/// cancelled already, whoever does not refuse has nothing to do.
fn refusal<W: Workload>(
    entry: &Entry,
    config: &Config,
    job: &Job<W>,
) -> Option<Error>
where
    dyn Complete: Run<W>,
{
    let cancelled = Context::new();
    cancelled.cancel();
    let model = match entry.start(config) {
        Ok(model) => model,
        Err(error) => return Some(error),
    };
    match model.run(&job.under(&cancelled)) {
        Err(error @ Error::Unsupported(_)) => Some(error),
        _ => None,
    }
}

/// Starts a model that has the workers it says and answers rightly.
fn checked<W: Workload>(
    cell: &str,
    entry: &Entry,
    config: &Config,
    job: &Job<W>,
    reference: &W::Output,
) -> Box<dyn Complete>
where
    dyn Complete: Run<W>,
{
    let fail = |error: Error| -> ! { panic!("{cell}: {error}") };
    let model = entry.start(config).unwrap_or_else(|error| fail(error));
    let found = census(&*model).unwrap_or_else(|error| fail(error)).len();
    let claimed = model.workers();
    assert_eq!(found, claimed, "{cell}: workers found, and claimed");
    let answer = model.run(job).unwrap_or_else(|error| fail(error));
    assert!(answer == *reference, "{cell}: {answer:?} is wrong");
    if let Some(latencies) = W::latencies(&answer) {
        let at = |percent| latencies.percentile(percent).unwrap_or(0);
        let [half, most, nearly_all] = [50.0, 99.0, 99.9].map(at);
        eprintln!(
            "{cell}: p50 {half} ns, p99 {most} ns, p99.9 {nearly_all} ns"
        );
    }
    model
}

/// One line on standard error, before the first figure of the process.
pub fn tell_machine(config: &Config) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        eprintln!("{}; {} workers", Machine::here(), config.workers());
    });
}

fn tell_limit<W: Workload>(label: &str, job: &Job<W>, workers: usize) {
    let name = W::NAME;
    match W::limit(job, workers) {
        Ok(limit) => match limit.time {
            Some(time) => {
                eprintln!("{name} {label}: limit {time:.3?} ({})", limit.what);
            }
            None => eprintln!("{name} {label}: limit {}", limit.what),
        },
        Err(error) => eprintln!("{name} {label}: no limit, {error}"),
    }
}

/// Whether a model takes part: the models that show where time goes do where the
/// command line names them.
fn chosen(entry: &Entry) -> bool {
    let named = |arg: String| !arg.starts_with('-') && arg.contains(entry.name);
    entry.family == Family::Runtime || env::args().skip(1).any(named)
}

/// Whether the filter of the command line means this cell, as far as plain text
/// goes.
fn wanted(cell: &str) -> bool {
    let filter = env::args().skip(1).find(|arg| !arg.starts_with('-'));
    filter.is_none_or(|filter| cell.contains(&filter))
}
