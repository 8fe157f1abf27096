#![doc = include_str!("../TARGETS.md")]

pub mod build;
pub mod targets;

use criterion::{Criterion, SamplingMode, Throughput};
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Family, Row, Size, Started, Steps,
    WORKLOADS, census,
};
use lanes_measure::machine::Machine;
use lanes_suite::MODELS;
use std::env;
use std::sync::Once;
use std::time::Duration;

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

    /// Measures each workload of a family, in every model and its quick sizes:
    /// those that people look at first, or all of them with a filter.
    ///
    /// # Panics
    /// If no workload is of that family, an input cannot be made or a model
    /// answers wrongly: a wrong answer has no time.
    pub fn family(&mut self, family: &str) {
        let of = WORKLOADS.iter().filter(|known| known.family == family);
        let rows = of.flat_map(|known| known.sizes(Size::Quick));
        let rows: Vec<_> = rows.collect();
        assert!(!rows.is_empty(), "no workload is of the family {family}");
        // The others take part where the command line has a filter.
        let filtered = env::args().skip(1).any(|arg| !arg.starts_with('-'));
        for row in rows.into_iter().filter(|r| filtered || r.is_usual()) {
            let job = row.job(SEED);
            let job = job
                .unwrap_or_else(|error| panic!("{}: {error}", row.workload()));
            self.group(&*row, &*job);
        }
    }

    fn group(&mut self, row: &dyn Row, job: &dyn AnyJob) {
        let (label, config) = (row.label(), self.config.clone());
        let mut group = self.criterion.benchmark_group(row.workload());
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(row.items() as u64));
        let mut limit_printed = false;
        for entry in MODELS.iter().copied().filter(chosen) {
            let cell = format!("{}/{}/{label}", row.workload(), entry.name);
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
                    if !std::mem::replace(&mut limit_printed, true) {
                        print_machine(&config);
                        print_limit(&label, job, config.workers());
                    }
                    let model = model.get_or_insert_with(|| {
                        checked(&cell, &entry, &config, job)
                    });
                    bencher.iter_custom(|runs| runs_timed(model, job, runs));
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

/// The time of so many runs, each without dropping its answer.
///
/// # Panics
/// If a run fails.
fn runs_timed(model: &Started, job: &dyn AnyJob, runs: u64) -> Duration {
    let (mut total, mut left) = (Duration::ZERO, runs);
    while left > 0 {
        let batch = u32::try_from(left).unwrap_or(u32::MAX);
        match job.timed(model, batch, false, &mut |_| ()) {
            Ok((time, _)) => total += time,
            Err(error) => panic!("{}: {error}", job.workload()),
        }
        left -= u64::from(batch);
    }
    total
}

/// The time of one run; its answer is dropped outside of it.
///
/// # Panics
/// If the run fails.
pub fn timed(model: &Started, job: &dyn AnyJob) -> Duration {
    runs_timed(model, job, 1)
}

/// Why a model does not run this size, if it does not. Under a context that is
/// cancelled already, a model that does not refuse has nothing to do.
fn refusal(entry: &Entry, config: &Config, job: &dyn AnyJob) -> Option<Error> {
    let cancelled = Context::new();
    cancelled.cancel();
    let model = match entry.start(config) {
        Ok(model) => model,
        Err(error) => return Some(error),
    };
    match job.under(&cancelled).run(&model) {
        Err(error @ Error::Unsupported(_)) => Some(error),
        _ => None,
    }
}

/// Starts a model that has the workers it says and answers rightly.
fn checked(
    cell: &str,
    entry: &Entry,
    config: &Config,
    job: &dyn AnyJob,
) -> Started {
    let fail = |error: Error| -> ! { panic!("{cell}: {error}") };
    let model = entry.start(config).unwrap_or_else(|error| fail(error));
    let found = census(&model).unwrap_or_else(|error| fail(error)).len();
    let claimed = model.workers();
    assert_eq!(found, claimed, "{cell}: workers found, and claimed");
    let answer = job.run(&model).unwrap_or_else(|error| fail(error));
    assert!(job.accepts(&*answer), "{cell}: {answer:?} is wrong");
    if let Steps::Timed(latencies) = answer.steps() {
        let at = |percent| latencies.percentile(percent).unwrap_or(0);
        let [half, most, nearly_all] = [50.0, 99.0, 99.9].map(at);
        eprintln!(
            "{cell}: p50 {half} ns, p99 {most} ns, p99.9 {nearly_all} ns"
        );
    }
    model
}

/// Prints the machine on standard error, once in a process.
pub fn print_machine(config: &Config) {
    static PRINTED: Once = Once::new();
    PRINTED.call_once(|| {
        eprintln!(
            "{}; {} workers",
            Machine::here(lanes_suite::libraries()),
            config.workers()
        );
    });
}

fn print_limit(label: &str, job: &dyn AnyJob, workers: usize) {
    let name = job.workload();
    match job.limit(workers) {
        Ok(limit) => match limit.time {
            Some(time) => {
                let of = |what, time| format!("; {what} {time:.3?}");
                let work = limit.work.map(|time| of("work", time));
                let span = limit.span.map(|time| of("span", time));
                let [work, span] = [work, span].map(Option::unwrap_or_default);
                let what = limit.what;
                eprintln!(
                    "{name} {label}: limit {time:.3?} ({what}{work}{span})"
                );
            }
            None => eprintln!("{name} {label}: limit {}", limit.what),
        },
        Err(error) => eprintln!("{name} {label}: no limit, {error}"),
    }
}

/// Whether a model takes part: the models that show where time goes do where
/// the command line names them.
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
