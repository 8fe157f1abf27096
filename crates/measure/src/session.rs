//! A session: visits to rows, each with fresh processes and paired rounds.

use crate::failure::{Cause, Failure};
use crate::machine::Machine;
use crate::process::{Launch, Limits, Process};
use crate::protocol::{self, Request};
use crate::results::{
    Build, ContenderResult, LimitResult, Results, RowResult, SCHEMA, State,
    Taken, VERSION,
};
use crate::summary::{Summary, summarize};
use lanes_core::{Error, Row, seed};
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// A sample lasts about this long: shorter ones depend on what the system
/// happens to do, longer ones drift apart within a round.
const SAMPLE: Duration = Duration::from_millis(20);
/// Before each sample its contender runs, since after a pause all its workers
/// are on one core: the system takes 40 ms and more to spread them. It has
/// settled when two batches in a row agree, and is not waited for longer.
const SETTLE: Duration = Duration::from_millis(40);
const SETTLE_AT_MOST: Duration = Duration::from_millis(160);
/// In fresh processes, runs are repeated for so long before they count as warm.
const WARM_UP: Duration = Duration::from_millis(100);
/// The pools of others fall asleep in this time once their work is done.
const PAUSE: Duration = Duration::from_micros(300);
/// A visit ends after so many rounds: the next one is worth more.
const VISIT_ROUNDS: usize = 10;
/// Before a row has so many visits, nothing is known about their spread.
const FEW_VISITS: usize = 4;
/// Whoever takes so many times as long as the fastest, and longer than a
/// sample, takes part in [`OUTCLASSED_ROUNDS`] rounds of a visit only, where
/// the budget decides: its time is better spent on the others.
const OUTCLASSED: f64 = 4.0;
const OUTCLASSED_ROUNDS: usize = 2;
/// Peeking at intervals again and again finds differences by chance, so a row
/// is left early only if intervals of this level decide.
const PEEK_LEVEL: f64 = 0.99;
/// By default, the time for each contender of each row, twins included.
const CELL: Duration = Duration::from_millis(1800);
/// By default, a session takes at least so long.
const LEAST_BUDGET: Duration = Duration::from_secs(20);

/// A model with a number of workers, to be compared.
#[derive(Debug, Clone)]
pub struct Contender {
    /// The name it is listed by.
    pub name: String,
    /// The model that the worker is asked to be.
    pub model: String,
    /// How many workers it is asked for.
    pub workers: usize,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Whether it says that it only answers; its worker may say so as well.
    pub answers_only: bool,
    /// How its worker is started.
    pub launch: Launch,
}

/// Whether a model is to be measured in a row.
pub type Wants = Box<dyn Fn(&dyn Row, &str) -> bool>;

/// What is measured.
pub struct Plan {
    /// The rows.
    pub rows: Vec<Box<dyn Row>>,
    /// Who is compared.
    pub contenders: Vec<Contender>,
    /// In which rows each takes part.
    pub wants: Wants,
    /// Whether the fastest contender is entered a second time as a control.
    pub control: bool,
    /// How many rounds each row gets; otherwise the budget decides.
    pub rounds: Option<usize>,
    /// How long the session may take.
    pub budget: Duration,
    /// The seed of inputs and orders.
    pub seed: u64,
    /// The probability with which the intervals of a row hold all at once.
    pub level: f64,
    /// Differences that lie within this fraction for certain are called none.
    pub margin: f64,
    /// What each worker may use.
    pub limits: Limits,
    /// What is measured on, for the results.
    pub machine: Machine,
    /// What is measured with, for the results.
    pub build: Build,
}

impl Plan {
    /// How many cells are measured; a control is a cell too.
    pub fn cells(&self) -> usize {
        let rows = self.rows.iter().map(|row| {
            let all = self.contenders.iter();
            let wanted = all.filter(|c| (self.wants)(&**row, &c.model));
            wanted.count() + usize::from(self.control)
        });
        rows.sum()
    }

    /// The time that a session with so many cells gets by default.
    pub fn default_budget(cells: usize) -> Duration {
        let budget = CELL * u32::try_from(cells).unwrap_or(u32::MAX);
        budget.max(LEAST_BUDGET)
    }
}

/// How far a session is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The time since it began.
    pub spent: Duration,
    /// The row that is visited next, `workload size`; none at the end.
    pub next: Option<String>,
    /// How many visits were made.
    pub visits: usize,
}

/// Makes every input once: what cannot be made is told before anything is
/// measured.
///
/// # Errors
/// The row and the cause.
pub fn check(plan: &Plan) -> Result<(), (String, Error)> {
    plan.rows.iter().try_for_each(|row| {
        let digest = row.pinned().and_then(|row| row.digest(plan.seed));
        let name = || format!("{} {}", row.workload(), row.label());
        digest.map(drop).map_err(|error| (name(), error))
    })
}

/// Measures what is planned. `watch` is called before each visit and after the
/// last one, while nothing is measured, with all results so far.
///
/// Failures of workers are part of the results.
///
/// # Errors
/// Those of `watch`, of the system where temporary files cannot be made, and
/// of an input that cannot be made.
pub fn run(
    plan: &Plan,
    begun: String,
    watch: &mut dyn FnMut(&Results, &Progress) -> io::Result<()>,
) -> io::Result<Results> {
    let begin = Instant::now();
    let pinned = plan.rows.iter().map(|row| row.pinned());
    let rows: Vec<_> =
        pinned.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let mut results = Results {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun,
        seconds: 0.0,
        machine: plan.machine.clone(),
        build: plan.build.clone(),
        seed: plan.seed,
        level: plan.level,
        margin: plan.margin,
        clock: clock().as_secs_f64(),
        rows: rows.iter().map(|row| empty(&**row, plan)).collect(),
    };
    let folder = tempfile::Builder::new().prefix("lanes-").tempdir()?;
    let mut session = Session {
        plan,
        begin,
        folder: folder.path(),
        random: seed::numbers(plan.seed),
        clock: Duration::from_secs_f64(results.clock),
        standings: rows.iter().map(|_| Standing::default()).collect(),
    };
    let mut visits = 0;
    loop {
        let next = session.next();
        results.seconds = begin.elapsed().as_secs_f64();
        let name = |index: usize| {
            format!("{} {}", rows[index].workload(), rows[index].label())
        };
        let progress =
            Progress { spent: begin.elapsed(), next: next.map(name), visits };
        if next.is_none() {
            results.state = if session.stopped() {
                State::Interrupted
            } else {
                State::Complete
            };
            for row in &mut results.rows {
                row.summary = summarize(row, plan.level, plan.margin);
            }
        }
        watch(&results, &progress)?;
        let Some(index) = next else { break };
        let row = &mut results.rows[index];
        session.visit(index, &*rows[index], row)?;
        visits += 1;
    }
    Ok(results)
}

fn empty(row: &dyn Row, plan: &Plan) -> RowResult {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let contender = |contender: &Contender| ContenderResult {
        name: contender.name.clone(),
        model: contender.model.clone(),
        workers: contender.workers,
        serial: contender.serial,
        oversubscribed: !contender.serial && contender.workers > cores,
        twin_of: None,
        answers_only: contender.answers_only,
        versions: Default::default(),
        failure: None,
        latencies: Default::default(),
    };
    RowResult {
        workload: row.workload().into(),
        size: row.label(),
        parameters: row.size(),
        items: row.items(),
        unit: row.unit().into(),
        contenders: plan
            .contenders
            .iter()
            .filter(|contender| (plan.wants)(row, &contender.model))
            .map(contender)
            .collect(),
        limits: Vec::new(),
        samples: Vec::new(),
        summary: None,
    }
}

struct Session<'a> {
    plan: &'a Plan,
    begin: Instant,
    folder: &'a Path,
    random: seed::Numbers,
    clock: Duration,
    standings: Vec<Standing>,
}

/// What is known of a row, to choose the next one.
#[derive(Default)]
struct Standing {
    visits: usize,
    rounds: usize,
    /// How long the last visit took.
    took: Duration,
    /// How many verdicts want more evidence, once something is known.
    unclear: Option<usize>,
    /// Nobody is left to be measured.
    hopeless: bool,
}

/// A contender's process during a visit.
struct Lane {
    contender: usize,
    process: Process,
    /// The time of a run, once it is warm.
    time: Duration,
}

impl Lane {
    /// How many runs take about this long.
    fn runs(&self, time: Duration) -> u32 {
        let runs = time.as_nanos().div_ceil(self.time.as_nanos());
        u32::try_from(runs).unwrap_or(u32::MAX).max(1)
    }
}

impl Session<'_> {
    fn stopped(&self) -> bool {
        self.plan.limits.stop.load(Ordering::Relaxed)
    }

    fn left(&self) -> Duration {
        self.plan.budget.saturating_sub(self.begin.elapsed())
    }

    /// The row where a visit is worth most: first those with few visits, then
    /// the one with the most open verdicts for its visits.
    fn next(&mut self) -> Option<usize> {
        if self.stopped() {
            return None;
        }
        let rounds = self.plan.rounds;
        let open = |standing: &Standing| match rounds {
            _ if standing.hopeless => false,
            Some(rounds) => standing.rounds < rounds,
            None => standing.visits < FEW_VISITS || standing.unclear != Some(0),
        };
        let left = self.left();
        let fits =
            |standing: &Standing| rounds.is_some() || standing.took / 2 < left;
        // A visit more than others have is worth the more the fewer there are.
        let worth = |standing: &Standing| match standing.visits {
            visits if rounds.is_some() || visits < FEW_VISITS => {
                1e6 - visits as f64
            }
            visits => standing.unclear.unwrap_or(0) as f64 / visits as f64,
        };
        let random = &mut self.random;
        let open = self.standings.iter().enumerate().filter(|(_, standing)| {
            open(standing)
                && fits(standing)
                && (rounds.is_some() || left > Duration::ZERO)
        });
        let worths = open
            .map(|(index, standing)| (index, worth(standing), random.next()));
        let best =
            worths.max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        best.map(|(index, ..)| index)
    }

    /// How long a visit may sample, and for how many rounds.
    fn slice(&self, index: usize) -> (Duration, usize) {
        let standing = &self.standings[index];
        if let Some(rounds) = self.plan.rounds {
            let visits = rounds.div_ceil(VISIT_ROUNDS).max(FEW_VISITS);
            let each = rounds.div_ceil(visits);
            return (Duration::MAX, each.min(rounds - standing.rounds));
        }
        let rows = u32::try_from(self.standings.len()).unwrap_or(u32::MAX);
        let few = u32::try_from(FEW_VISITS).unwrap_or(u32::MAX);
        let slice = self.plan.budget / rows / few;
        (slice.min(self.left()), VISIT_ROUNDS)
    }

    /// One visit: fresh processes, warm-up, and some rounds.
    fn visit(
        &mut self,
        index: usize,
        row: &dyn Row,
        result: &mut RowResult,
    ) -> io::Result<()> {
        let begin = Instant::now();
        let number = self.standings[index].visits;
        let (slice, most) = self.slice(index);
        let mut seed = self.seed(index, number, 0);
        let folder = tempfile::tempdir_in(self.folder)?;

        let chosen = result.contenders.iter().enumerate();
        let chosen = chosen.filter(|(_, c)| c.failure.is_none());
        let chosen: Vec<usize> = chosen.map(|(index, _)| index).collect();
        let mut lanes = self.start(&chosen, folder.path(), result);
        let mut expected = prepare(&mut lanes, row, result, seed)?;
        warm_up(&mut lanes, result, expected);
        if self.plan.control && number == 0 {
            let twin = twin(&lanes, result);
            let mut twins = self.start(twin.as_slice(), folder.path(), result);
            prepare(&mut twins, row, result, seed)?;
            warm_up(&mut twins, result, expected);
            lanes.append(&mut twins);
        }
        self.limits(row, result, seed);

        let mut rounds = 0;
        while rounds < most && !lanes.is_empty() && !self.stopped() {
            if rounds == OUTCLASSED_ROUNDS && self.plan.rounds.is_none() {
                retire(&mut lanes);
            }
            if rounds > 0 {
                seed = self.seed(index, number, rounds);
                expected = prepare(&mut lanes, row, result, seed)?;
            }
            self.round(&mut lanes, result, (number, rounds), seed, expected);
            rounds += 1;
            if begin.elapsed() >= slice {
                break;
            }
        }
        for lane in lanes {
            lane.process.end();
        }

        let standing = &mut self.standings[index];
        standing.visits += 1;
        standing.rounds += rounds;
        standing.took = begin.elapsed();
        let alive = result.contenders.iter().filter(|c| c.failure.is_none());
        standing.hopeless = alive.count() == 0 || rounds == 0;
        let known = self.plan.rounds.is_none() && standing.visits >= FEW_VISITS;
        if known {
            let summary = summarize(result, PEEK_LEVEL, self.plan.margin);
            standing.unclear = summary.as_ref().map(Summary::unclear);
        }
        Ok(())
    }

    /// Starts the contenders' processes, all at once, and lets them attest.
    fn start(
        &self,
        chosen: &[usize],
        folder: &Path,
        result: &mut RowResult,
    ) -> Vec<Lane> {
        let mut lanes = Vec::new();
        for contender in chosen {
            let planned = self.planned(&result.contenders[*contender]);
            let limits = &self.plan.limits;
            let process = Process::start(&planned.launch, folder, limits);
            let greeted = process.and_then(|mut process| {
                process.send(&Request::Hello {
                    protocol: protocol::VERSION,
                    model: planned.model.clone(),
                    workers: planned.workers,
                })?;
                Ok(process)
            });
            match greeted {
                Ok(process) => lanes.push(Lane {
                    contender: *contender,
                    process,
                    time: Duration::ZERO,
                }),
                Err(failure) => {
                    result.contenders[*contender].failure = Some(failure);
                }
            }
        }
        each(&mut lanes, result, |lane, result| {
            let contender = &mut result.contenders[lane.contender];
            let planned = self.planned(contender);
            let workers = if planned.serial { 1 } else { planned.workers };
            let hello = lane.process.hello(&planned.model, workers)?;
            contender.versions = hello.versions;
            contender.answers_only |= hello.answers_only;
            Ok(())
        });
        lanes
    }

    /// The plan of a contender; that of its original for a twin.
    fn planned(&self, contender: &ContenderResult) -> &Contender {
        let mut planned = self.plan.contenders.iter();
        let same = |planned: &&Contender| {
            planned.name == contender.name
                && planned.workers == contender.workers
        };
        planned.find(same).expect("every contender was planned")
    }

    /// The limit for each number of workers, measured now.
    fn limits(&self, row: &dyn Row, result: &mut RowResult, seed: u64) {
        let mut workers: Vec<usize> =
            self.plan.contenders.iter().map(|c| c.workers).collect();
        workers.sort_unstable();
        workers.dedup();
        for workers in workers {
            // A row without a limit is still a row.
            let Ok(limit) = row.limit(seed, workers) else { continue };
            let same = |known: &&mut LimitResult| known.workers == workers;
            let known = result.limits.iter_mut().find(same);
            let seconds = limit.time.map(|time| time.as_secs_f64());
            match known {
                Some(known) => known.seconds.extend(seconds),
                None => result.limits.push(LimitResult {
                    workers,
                    what: limit.what.into(),
                    seconds: seconds.into_iter().collect(),
                }),
            }
        }
    }

    /// One sample of each, in random order.
    fn round(
        &mut self,
        lanes: &mut Vec<Lane>,
        result: &mut RowResult,
        (visit, round): (usize, usize),
        seed: u64,
        expected: u64,
    ) {
        shuffle(lanes, &mut self.random);
        let clock = self.clock;
        each(lanes, result, |lane, result| {
            thread::sleep(PAUSE);
            // The clock's own time is to stay below a thousandth.
            let together = lane.time < clock * 1000;
            if lane.time < SETTLE {
                settle(lane, together)?;
            }
            let runs = lane.runs(SAMPLE);
            let mut sample =
                lane.process.sample(runs, together, Some(expected))?;
            let own = &mut result.contenders[lane.contender];
            for (nanos, count) in std::mem::take(&mut sample.latencies) {
                *own.latencies.entry(nanos).or_default() += count;
            }
            let contender = lane.contender;
            result.samples.push(Taken {
                visit,
                round,
                contender,
                seed,
                sample,
            });
            Ok(())
        });
    }

    /// A seed for each round.
    fn seed(&self, row: usize, visit: usize, round: usize) -> u64 {
        [row, visit, round].into_iter().fold(self.plan.seed, |seed, part| {
            seed::part(seed, part as u64 + 1)
        })
    }
}

/// Does something with each lane; whoever fails leaves the visit and the row.
fn each(
    lanes: &mut Vec<Lane>,
    result: &mut RowResult,
    mut act: impl FnMut(&mut Lane, &mut RowResult) -> Result<(), Failure>,
) {
    lanes.retain_mut(|lane| match act(lane, result) {
        Ok(()) => true,
        Err(failure) => {
            if failure.cause != Cause::Interrupted {
                result.contenders[lane.contender].failure = Some(failure);
            }
            false
        }
    });
}

/// Lets all lanes make the input of this seed at once, and checks their answers
/// against the reference, which is made here meanwhile: its digest.
fn prepare(
    lanes: &mut Vec<Lane>,
    row: &dyn Row,
    result: &mut RowResult,
    seed: u64,
) -> io::Result<u64> {
    let size = row.size();
    each(lanes, result, |lane, _| {
        lane.process.prepare(row.workload(), &size, seed)
    });
    let expected = row.digest(seed).map_err(io::Error::other)?;
    each(lanes, result, |lane, _| lane.process.prepared(expected));
    Ok(expected)
}

/// Runs a lane until two batches in a row take the same time.
fn settle(lane: &mut Lane, together: bool) -> Result<(), Failure> {
    let begin = Instant::now();
    let runs = lane.runs(SETTLE / 2);
    let mut last = 0.0;
    loop {
        let batch = lane.process.sample(runs, together, None)?;
        let wall = batch.wall_ns as f64;
        let settled = (wall / last - 1.0).abs() < 0.05;
        if settled || begin.elapsed() >= SETTLE_AT_MOST {
            return Ok(());
        }
        last = wall;
    }
}

/// Runs each lane until it is warm, and takes the time of a run. The first run
/// is checked: whoever answers wrongly is not to be the fastest.
fn warm_up(lanes: &mut Vec<Lane>, result: &mut RowResult, expected: u64) {
    each(lanes, result, |lane, result| {
        let own = result
            .samples
            .iter()
            .rfind(|taken| taken.contender == lane.contender);
        let known = own.map(|taken| Duration::from_secs_f64(taken.seconds()));
        if let Some(known) = known.filter(|known| *known >= SETTLE) {
            // It was run once when its input was made, and needs no more.
            lane.time = known;
            return Ok(());
        }
        let begin = Instant::now();
        let (mut runs, mut check) = (1, Some(expected));
        loop {
            let sample = lane.process.sample(runs, runs > 1, check.take())?;
            let wall = Duration::from_nanos(sample.wall_ns);
            lane.time = (wall / runs).max(Duration::from_nanos(1));
            if begin.elapsed() >= WARM_UP || wall >= SETTLE {
                return Ok(());
            }
            if wall * 2 < SAMPLE {
                // A worker that lies about its times is asked for many.
                runs = runs.saturating_mul(2);
            }
        }
    });
}

/// Ends the lanes that are outclassed.
fn retire(lanes: &mut Vec<Lane>) {
    let fastest = lanes.iter().map(|lane| lane.time).min().unwrap_or_default();
    let outclassed = |lane: &mut Lane| {
        lane.time > fastest.mul_f64(OUTCLASSED) && lane.time > SAMPLE
    };
    for lane in lanes.extract_if(.., outclassed) {
        lane.process.end();
    }
}

/// Enters the fastest lane's contender a second time.
fn twin(lanes: &[Lane], result: &mut RowResult) -> Option<usize> {
    let ranked = |lane: &&Lane| !result.contenders[lane.contender].answers_only;
    let ranked = lanes.iter().filter(ranked);
    let fastest = ranked.min_by_key(|lane| lane.time)?.contender;
    let twin_of = Some(fastest);
    let original = result.contenders[fastest].clone();
    result.contenders.push(ContenderResult { twin_of, ..original });
    Some(result.contenders.len() - 1)
}

fn shuffle(lanes: &mut [Lane], random: &mut seed::Numbers) {
    for last in (1..lanes.len()).rev() {
        let number = random.next().expect("the stream is endless");
        // The bias of a remainder of so few is below 2^-50.
        let other = number % (last as u64 + 1);
        lanes.swap(last, other as usize);
    }
}

/// What it costs to read the clock: the median of many.
pub fn clock() -> Duration {
    let mut costs: Vec<Duration> = (0..1001)
        .map(|_| {
            let begin = Instant::now();
            begin.elapsed()
        })
        .collect();
    costs.sort_unstable();
    costs[costs.len() / 2].max(Duration::from_nanos(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_in_well_under_a_millisecond() {
        assert!(clock() < Duration::from_millis(1));
    }

    #[test]
    fn the_default_budget_of_set_a_is_three_minutes() {
        let budget = Plan::default_budget(12 * (7 + 1));
        assert!(budget <= Duration::from_secs(180), "{budget:?}");
    }
}
