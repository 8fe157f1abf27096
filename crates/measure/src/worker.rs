//! The worker: one model in a process of its own, told what to do.

use crate::protocol::{
    self, Hello, Kind, Refusal, Reply, Request, Sample, Traced,
};
use crate::usage::{self, Usage};
use hdrhistogram::Histogram;
use lanes_core::trace::{Span, Trace};
use lanes_core::{
    Complete, Config, Context, Error, Job, Run, Size, Visitor, Watch, Workload,
    census, visit,
};
use rustix::process::{Signal, set_parent_process_death_signal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufReader};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A model that a worker can be.
pub struct Candidate {
    /// Starts it.
    #[expect(
        clippy::type_complexity,
        reason = "it is the contract's own type"
    )]
    pub start: Box<dyn Fn(&Config) -> Result<Box<dyn Complete>, Error>>,
    /// The versions of what it is made of, by name.
    pub versions: BTreeMap<String, String>,
}

/// The model with this name, if there is one.
pub type Find<'a> = &'a dyn Fn(&str) -> Option<Candidate>;

/// Is a worker for whatever model is asked for, until the socket ends.
///
/// # Errors
/// Those of [`answer`].
pub fn serve(find: Find<'_>) -> io::Result<()> {
    let mut worker = Worker { find, model: None, prepared: None };
    answer(|request, _| {
        Ok(Some(worker.answer(request).unwrap_or_else(Reply::Error)))
    })
}

/// Answers each request on standard input, a socket, until it ends. Whoever
/// writes to the socket by itself has no reply to give.
///
/// # Errors
/// Those of the socket and of `reply`, and a line that is no request.
pub fn answer(
    mut reply: impl FnMut(Request, &mut UnixStream) -> io::Result<Option<Reply>>,
) -> io::Result<()> {
    // Whoever measures may be killed; a worker in a long run would live on.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let mut socket =
        UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut requests = BufReader::new(socket.try_clone()?);
    while let Some(request) = protocol::read(&mut requests)? {
        if let Some(reply) = reply(request, &mut socket)? {
            protocol::write(&mut socket, &reply)?;
        }
    }
    Ok(())
}

/// A model of the suite.
pub fn of_suite(name: &str) -> Option<Candidate> {
    let entry = lanes_suite::MODELS.into_iter().find(|e| e.name == name)?;
    let package = entry.package.map(|name| {
        let version = lanes_suite::version_of(name).unwrap_or_default();
        (name.to_owned(), version.to_owned())
    });
    Some(Candidate {
        start: Box::new(move |config| entry.start(config)),
        versions: package.into_iter().collect(),
    })
}

/// Owned by the worker, not borrowed: what [`visit`] asks for.
type AnyModel = dyn Complete;

struct Worker<'a> {
    find: Find<'a>,
    model: Option<Box<dyn Complete>>,
    prepared: Option<Box<dyn Prepared>>,
}

impl Worker<'_> {
    fn answer(&mut self, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Hello { protocol, model, workers } => {
                self.hello(protocol, &model, workers).map(Reply::Hello)
            }
            Request::Prepare { workload, size, seed } => {
                // The old input goes before the new one needs its memory.
                self.prepared = None;
                let model = started(&self.model)?;
                let job = input(&workload, &size, seed)?;
                let digest = job.digest(model)?;
                // A run that failed may have cost a pool its processes.
                usage::find_children();
                self.prepared = Some(job);
                Ok(Reply::Prepared { digest })
            }
            Request::Run { runs, together, check } => {
                let model = started(&self.model)?;
                let job = self.prepared.as_ref();
                let job = job.ok_or_else(|| invalid("nothing is prepared"))?;
                Ok(Reply::Sample(job.sample(model, runs, together, check)?))
            }
            Request::Trace { origin } => {
                let model = started(&self.model)?;
                let job = self.prepared.as_ref();
                let job = job.ok_or_else(|| invalid("nothing is prepared"))?;
                Ok(Reply::Trace(job.trace(model, origin)?))
            }
            Request::Exhibit { name, .. } => Err(Refusal {
                kind: Kind::Unsupported,
                message: format!("this worker has no exhibit {name:?}"),
            }),
        }
    }

    fn hello(
        &mut self,
        protocol: u32,
        name: &str,
        workers: usize,
    ) -> Result<Hello, Refusal> {
        if protocol != protocol::VERSION {
            let known = protocol::VERSION;
            return Err(invalid(format!("protocol {protocol}, not {known}")));
        }
        let Candidate { start, versions } = (self.find)(name)
            .ok_or_else(|| invalid(format!("no model is called {name}")))?;
        let model = start(&Config::new(workers)?)?;
        let threads = census(&*model)?;
        usage::find_children();
        let hello = Hello {
            protocol,
            model: model.name().to_owned(),
            workers: model.workers(),
            threads,
            versions,
        };
        self.model = Some(model);
        Ok(hello)
    }
}

fn started(model: &Option<Box<dyn Complete>>) -> Result<&AnyModel, Refusal> {
    model.as_deref().ok_or_else(|| invalid("no model was started"))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal { kind: Kind::Invalid, message: message.into() }
}

/// A workload with its input, whatever its types.
trait Prepared {
    /// The digest of the answer of one run.
    fn digest(&self, model: &AnyModel) -> Result<u64, Error>;

    fn sample(
        &self,
        model: &AnyModel,
        runs: u32,
        together: bool,
        check: bool,
    ) -> Result<Sample, Error>;

    /// One run with its spans.
    fn trace(&self, model: &AnyModel, origin: u64) -> Result<Traced, Error>;
}

/// The input of the workload with this name and these parameters.
fn input(
    workload: &str,
    size: &Value,
    seed: u64,
) -> Result<Box<dyn Prepared>, Refusal> {
    struct Find<'a> {
        workload: &'a str,
        size: &'a Value,
        seed: u64,
        found: Option<Result<Box<dyn Prepared>, Refusal>>,
    }
    impl Visitor for Find<'_> {
        fn visit<W: Workload>(&mut self, _: &W)
        where
            dyn Complete: Run<W>,
        {
            if W::NAME == self.workload && self.found.is_none() {
                self.found = Some(prepare::<W>(self.size, self.seed));
            }
        }
    }
    let mut find = Find { workload, size, seed, found: None };
    visit(Size::Quick, &mut find);
    let unknown = || invalid(format!("no workload is called {workload}"));
    find.found.unwrap_or_else(|| Err(unknown()))
}

fn prepare<W: Workload>(
    size: &Value,
    seed: u64,
) -> Result<Box<dyn Prepared>, Refusal>
where
    dyn Complete: Run<W>,
{
    let workload: W = serde_json::from_value(size.clone())
        .map_err(|error| invalid(format!("{} of {size}: {error}", W::NAME)))?;
    Ok(Box::new(Job::new(&workload, seed)?))
}

impl<W: Workload> Prepared for Job<W>
where
    dyn Complete: Run<W>,
{
    fn digest(&self, model: &AnyModel) -> Result<u64, Error> {
        Ok(W::digest(&model.run(self)?))
    }

    fn sample(
        &self,
        model: &AnyModel,
        runs: u32,
        at_once: bool,
        check: bool,
    ) -> Result<Sample, Error> {
        if runs == 0 {
            return Err(Error::Invalid("zero runs".into()));
        }
        let mut latencies = Latencies::default();
        usage::forget_peak();
        let (served, before) = (W::served(self), Usage::now());
        let (wall, last) = if at_once {
            together(self, model, runs)?
        } else {
            each(self, model, runs, &mut latencies)?
        };
        let used = Usage::now().since(&before);
        let served = W::served(self).saturating_sub(served);
        let (peak_bytes, threads) = usage::peak_and_threads();
        Ok(Sample {
            runs,
            wall_ns: nanos(wall),
            digest: check.then(|| W::digest(&last)),
            user_ns: Some(used.user_ns),
            system_ns: Some(used.system_ns),
            served_ns: Some(nanos(served)),
            voluntary: Some(used.voluntary),
            involuntary: Some(used.involuntary),
            minor_faults: Some(used.minor_faults),
            major_faults: Some(used.major_faults),
            peak_bytes,
            threads,
            latencies: latencies.buckets(),
        })
    }

    fn trace(&self, model: &AnyModel, origin: u64) -> Result<Traced, Error> {
        traced(self, model, origin)
    }
}

/// One run under a trace.
fn traced<W: Workload>(
    job: &Job<W>,
    model: &AnyModel,
    origin: u64,
) -> Result<Traced, Error>
where
    dyn Complete: Run<W>,
{
    let trace = Trace::since(origin);
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let job = job.under(&Context::watching(watch)?);
    let begin = trace.now();
    let answer = model.run(&job)?;
    let end = trace.now();
    let span = |s: Span| (s.task, s.worker, s.state, s.begin, s.end);
    Ok(Traced {
        begin,
        end,
        workers: trace.workers(),
        digest: W::digest(&answer),
        spans: trace.spans().into_iter().map(span).collect(),
    })
}

/// Runs between one pair of clock readings, and the last answer.
fn together<W: Workload>(
    job: &Job<W>,
    model: &AnyModel,
    runs: u32,
) -> Result<(Duration, W::Output), Error>
where
    dyn Complete: Run<W>,
{
    let begin = Instant::now();
    let mut last = model.run(job)?;
    for _ in 1..runs {
        last = model.run(job)?;
    }
    Ok((begin.elapsed(), last))
}

/// Runs that are timed alone, and the last answer.
fn each<W: Workload>(
    job: &Job<W>,
    model: &AnyModel,
    runs: u32,
    latencies: &mut Latencies,
) -> Result<(Duration, W::Output), Error>
where
    dyn Complete: Run<W>,
{
    let mut total = Duration::ZERO;
    let mut run = || {
        let begin = Instant::now();
        let answer = model.run(job);
        total += begin.elapsed();
        latencies.record(answer.as_ref().ok().and_then(W::latencies));
        answer
    };
    let mut last = run()?;
    for _ in 1..runs {
        // The next run may use the memory of the last answer again.
        drop(last);
        last = run()?;
    }
    Ok((total, last))
}

/// The latencies of all runs of a sample.
#[derive(Default)]
struct Latencies(Option<Histogram<u64>>);

impl Latencies {
    fn record(&mut self, latencies: Option<&lanes_core::workload::Latencies>) {
        let Some(latencies) = latencies else { return };
        let histogram = self.0.get_or_insert_with(|| {
            // Two digits are enough for percentiles that differ by factors.
            Histogram::new(2).expect("two significant digits are allowed")
        });
        for nanos in latencies.nanos() {
            // It grows as needed, up to 64 bits.
            let recorded = histogram.record(u64::from(*nanos));
            debug_assert!(recorded.is_ok());
        }
    }

    fn buckets(&self) -> Vec<(u64, u64)> {
        let recorded = self.0.iter().flat_map(Histogram::iter_recorded);
        let bucket = recorded.map(|bucket| {
            (bucket.value_iterated_to(), bucket.count_since_last_iteration())
        });
        bucket.collect()
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn worker() -> Worker<'static> {
        Worker { find: &of_suite, model: None, prepared: None }
    }

    #[test]
    fn a_worker_prepares_and_runs_and_refuses_what_comes_too_early() {
        let mut worker = worker();
        let run = || Request::Run { runs: 3, together: false, check: true };
        let size = json!({"len": 1000, "grain": 100});
        let prepare = |workload: &str, size: &Value| Request::Prepare {
            workload: workload.into(),
            size: size.clone(),
            seed: 7,
        };
        assert!(worker.answer(run()).is_err());
        assert!(worker.answer(prepare("max", &size)).is_err());
        let hello = |protocol, model: &str| Request::Hello {
            protocol,
            model: model.into(),
            workers: 2,
        };
        assert!(worker.answer(hello(9, "rayon")).is_err());
        assert!(worker.answer(hello(1, "nobody")).is_err());
        let reply = worker.answer(hello(1, "rayon")).unwrap();
        let Reply::Hello(hello) = reply else { panic!("{reply:?}") };
        assert_eq!((hello.workers, hello.threads.len()), (2, 2));
        assert!(worker.answer(run()).is_err());
        assert!(worker.answer(prepare("none", &size)).is_err());
        assert!(worker.answer(prepare("max", &json!({"len": 3}))).is_err());
        let reply = worker.answer(prepare("max", &size)).unwrap();
        let Reply::Prepared { digest } = reply else { panic!("{reply:?}") };
        let numbers = lanes_core::seed::numbers(7).take(1000);
        let most = numbers.map(|number| number >> 1).max();
        assert_eq!(digest, lanes_core::seed::digest(most));
        for together in [false, true] {
            let reply = worker.answer(Request::Run {
                runs: 3,
                together,
                check: together,
            });
            let Ok(Reply::Sample(sample)) = reply else { panic!("{reply:?}") };
            let checked = together.then_some(digest);
            assert_eq!((sample.runs, sample.digest), (3, checked));
            assert!(sample.wall_ns > 0 && sample.threads >= Some(2));
        }
        let none = Request::Run { runs: 0, together: false, check: true };
        assert!(worker.answer(none).is_err());
        let origin = lanes_core::trace::monotonic();
        let reply = worker.answer(Request::Trace { origin });
        let Ok(Reply::Trace(traced)) = reply else { panic!("{reply:?}") };
        // One worker may be quick enough to do all of it.
        assert_eq!(traced.digest, digest);
        assert!((1..=2).contains(&traced.workers.len()));
        let inside =
            |span: &Span| traced.begin <= span.begin && span.end <= traced.end;
        assert!(traced.spans().iter().all(inside) && traced.spans.len() >= 2);
    }

    #[test]
    fn latencies_of_all_runs_are_counted() {
        let mut worker = worker();
        let model = "sequential".into();
        let hello = Request::Hello { protocol: 1, model, workers: 1 };
        worker.answer(hello).unwrap();
        let workload = "event".into();
        let size = json!({"hops": 100});
        worker.answer(Request::Prepare { workload, size, seed: 7 }).unwrap();
        let run = Request::Run { runs: 4, together: false, check: false };
        let Ok(Reply::Sample(sample)) = worker.answer(run) else { panic!() };
        let count: u64 = sample.latencies.iter().map(|(_, n)| n).sum();
        assert_eq!(count, 400);
        let mut latencies = Latencies::default();
        let nanos = [30, 2_000, 70_000, u32::MAX];
        for nanos in nanos {
            let of = lanes_core::workload::Latencies::from(vec![nanos]);
            latencies.record(Some(&of));
        }
        let buckets = latencies.buckets();
        assert_eq!(buckets.len(), nanos.len());
        for ((found, _), expected) in buckets.iter().zip(nanos) {
            let error = *found as f64 / f64::from(expected) - 1.0;
            assert!(error.abs() < 0.01, "{found}, not {expected}");
        }
    }
}
