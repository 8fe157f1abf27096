//! The worker: one model in a process of its own, which answers requests.

mod seen;

use crate::image;
use crate::inbox::{Cancel, Inbox};
use crate::protocol::{
    self, Described, Description, Hello, Kind, Refusal, Reply, Request, Sample,
    Traced,
};
use crate::usage::{self, Usage};
use lanes_core::trace::{Span, Trace};
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Started, Watch, census, workload,
};
use rustix::process::{Signal, set_parent_process_death_signal};
use rustix::thread::set_name;
use seen::Seen;
use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::ffi::CString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Starts a model.
pub type Start = Box<dyn Fn(&Config) -> Result<Started, Error>>;

/// A model that a worker can be.
pub struct Candidate {
    /// Starts it.
    pub start: Start,
    /// The versions of what it is made of, by name.
    pub versions: BTreeMap<String, String>,
}

impl From<&Entry> for Candidate {
    fn from(entry: &Entry) -> Self {
        let entry = *entry;
        let package = entry.package.zip(entry.version());
        let own = |(name, version): (&str, &str)| (name.into(), version.into());
        Self {
            start: Box::new(move |config| entry.start(config)),
            versions: package.map(own).into_iter().collect(),
        }
    }
}

/// The model with this name, if there is one.
pub type Find<'a> = &'a dyn Fn(&str) -> Option<Candidate>;

/// The figures of the exhibit with this name and these parameters, if there is
/// one.
pub type Show<'a> = &'a dyn Fn(&str, &Value) -> Option<Result<Vec<f64>, Error>>;

/// Serves as a worker for one of these models, the one that is asked for, until
/// the socket ends.
///
/// # Errors
/// Those of [`answer`].
pub fn serve(models: &[Entry]) -> io::Result<()> {
    let find = |name: &str| {
        let entry = models.iter().find(|entry| entry.name == name);
        entry.map(Candidate::from)
    };
    serve_any(models, &find, &|_, _| None)
}

/// The whole of the program `lanes-worker-NAME` of a guest that is written in
/// Rust: a worker for this one model.
pub fn of(model: Entry) -> ExitCode {
    match serve(&[model]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let name = model.name;
            eprintln!("lanes-worker-{name}: {error}");
            eprintln!(
                "it is started by `lanes`, which finds it beside itself or on \
                 the PATH"
            );
            ExitCode::FAILURE
        }
    }
}

/// As [`serve`], for models that are made when they are asked for, and for
/// exhibits. The models that are listed are described on request.
///
/// # Errors
/// Those of [`answer`].
pub fn serve_any(
    listed: &[Entry],
    find: Find<'_>,
    show: Show<'_>,
) -> io::Result<()> {
    let (model, prepared, used) = (None, None, false);
    let mut worker = Worker { listed, find, show, model, prepared, used };
    answer_each(|request, cancel, _| {
        let reply = worker.answer(request, cancel);
        Ok(Some(reply.unwrap_or_else(Reply::Error)))
    })
}

/// Answers each request on standard input, a socket, until it ends. A `reply`
/// that writes to the socket itself returns `None`. It does not know when it is
/// cancelled, and gets no [`Request::Cancel`].
///
/// # Errors
/// Those of the socket and of `reply`, and a line that is no request.
pub fn answer<R>(mut reply: R) -> io::Result<()>
where
    R: FnMut(Request, &mut UnixStream) -> io::Result<Option<Reply>>,
{
    answer_each(|request, _, socket| reply(request, socket))
}

fn answer_each<R>(mut reply: R) -> io::Result<()>
where
    R: FnMut(Request, &Cancel, &mut UnixStream) -> io::Result<Option<Reply>>,
{
    // The measuring process may be killed; a worker in a long run would live
    // on.
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| refused("prctl", error.into()))?;
    take_name();
    let own = || io::stdin().as_fd().try_clone_to_owned();
    let mut socket =
        UnixStream::from(own().map_err(|error| refused("fcntl", error))?);
    let requests =
        UnixStream::from(own().map_err(|error| refused("fcntl", error))?);
    let inbox = Inbox::start(requests)?;
    while let Some((request, cancel)) = inbox.next()? {
        let reply = match request {
            // What it ends is answered by now.
            Request::Cancel => Some(Reply::Cancelled {}),
            request => reply(request, &cancel, &mut socket)?,
        };
        if let Some(reply) = reply {
            protocol::write(&mut socket, &reply)?;
        }
    }
    Ok(())
}

/// An error of the system with the call that it refused.
fn refused(call: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{call}: {error}"))
}

/// Names the process as it was called: the system has named it after the link
/// to its image by which it was started.
fn take_name() {
    let name = env::args_os().next().unwrap_or_default();
    let name = Path::new(&name).file_name().unwrap_or_default();
    // Without it, it only looks strange in lists.
    let _ = CString::new(name.as_encoded_bytes()).map(|name| set_name(&name));
}

struct Worker<'a> {
    listed: &'a [Entry],
    find: Find<'a>,
    show: Show<'a>,
    model: Option<Started>,
    prepared: Option<Prepared>,
    /// Whether there was an input before: what its runs left is resident.
    used: bool,
}

/// An input, and the memory that was resident before its first run, where no
/// run of another was before that.
struct Prepared {
    job: Box<dyn AnyJob>,
    resident: Option<u64>,
}

impl Worker<'_> {
    fn answer(
        &mut self,
        request: Request,
        cancel: &Cancel,
    ) -> Result<Reply, Refusal> {
        match request {
            Request::Describe { protocol } => {
                understood(protocol)?;
                let models = self.listed.iter().map(Described::from).collect();
                let protocol = protocol::VERSION;
                Ok(Reply::Describe(Description { protocol, models }))
            }
            Request::Hello { protocol, model, workers, input, network } => {
                understood(protocol)?;
                let mut config = Config::new(workers)?;
                if let Some(input) = input {
                    config = config.with_input(input);
                }
                if let Some(network) = network {
                    config = config.within(network)?;
                }
                self.hello(&model, &config).map(Reply::Hello)
            }
            Request::Prepare { workload, size, seed } => {
                // The old input goes before the new one needs its memory.
                self.prepared = None;
                let model = started(&self.model)?;
                let job = input(&workload, &size, seed)?;
                let watched = under(&*job, cancel, Watch::default())?;
                let fresh = !std::mem::replace(&mut self.used, true);
                let resident = fresh.then(usage::resident).flatten();
                let digest = watched.run(model)?.digest();
                // A run that failed may have cost a pool its processes.
                usage::find_children();
                self.prepared = Some(Prepared { job, resident });
                Ok(Reply::Prepared { digest })
            }
            Request::Run { runs, together, check } => {
                let model = started(&self.model)?;
                let job = self.prepared.as_ref();
                let ready =
                    job.ok_or_else(|| invalid("nothing is prepared"))?;
                let job = under(&*ready.job, cancel, Watch::default())?;
                let mut sample = sample(&*job, model, runs, together, check)?;
                let (peak, before) = (sample.peak_bytes, ready.resident);
                let grown =
                    |(peak, before): (u64, _)| peak.saturating_sub(before);
                sample.grown_bytes = peak.zip(before).map(grown);
                Ok(Reply::Sample(sample))
            }
            Request::Trace { origin } => {
                let model = started(&self.model)?;
                let job = self.prepared.as_ref();
                let job = job.ok_or_else(|| invalid("nothing is prepared"))?;
                let trace = Trace::since(origin);
                let watch =
                    Watch { trace: Some(trace.clone()), ..Watch::default() };
                let job = under(&*job.job, cancel, watch)?;
                Ok(Reply::Trace(traced(&*job, model, &trace)?))
            }
            Request::Exhibit { name, parameters } => {
                let shown = (self.show)(&name, &parameters);
                let shown = shown.ok_or_else(|| Refusal {
                    kind: Kind::Unsupported,
                    message: format!("this worker has no exhibit {name:?}"),
                })?;
                Ok(Reply::Exhibit { numbers: shown? })
            }
            Request::Cancel => Ok(Reply::Cancelled {}),
        }
    }

    fn hello(&mut self, name: &str, config: &Config) -> Result<Hello, Refusal> {
        let Candidate { start, versions } = (self.find)(name)
            .ok_or_else(|| invalid(format!("no model is called {name}")))?;
        let model = start(config)?;
        let threads = census(&model)?;
        usage::find_children();
        let hello = Hello {
            protocol: protocol::VERSION,
            model: model.name().to_owned(),
            workers: model.workers(),
            threads,
            versions,
            build: image::build(),
            answers_only: false,
        };
        self.model = Some(model);
        Ok(hello)
    }
}

fn understood(protocol: u32) -> Result<(), Refusal> {
    let known = protocol::VERSION;
    if protocol == known {
        return Ok(());
    }
    Err(invalid(format!("protocol {protocol}, not {known}")))
}

fn started(model: &Option<Started>) -> Result<&Started, Refusal> {
    model.as_ref().ok_or_else(|| invalid("no model was started"))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal { kind: Kind::Invalid, message: message.into() }
}

/// The input of the workload with this name and these parameters.
fn input(
    workload: &str,
    size: &Value,
    seed: u64,
) -> Result<Box<dyn AnyJob>, Refusal> {
    let definition = workload::find(workload);
    let definition = definition.ok_or_else(|| {
        let what = format!("no workload is called {workload}");
        Refusal { kind: Kind::Unsupported, message: what }
    })?;
    Ok(definition.read(size)?.job(seed)?)
}

fn sample(
    job: &dyn AnyJob,
    model: &Started,
    runs: u32,
    together: bool,
    check: bool,
) -> Result<Sample, Error> {
    if runs == 0 {
        return Err(Error::Invalid("zero runs".into()));
    }
    let mut seen = Seen::default();
    usage::forget_peak();
    let (served, before) = (job.served(), Usage::now());
    let (wall, last) =
        job.timed(model, runs, together, &mut |steps| seen.record(steps))?;
    let used = Usage::now().since(&before);
    let served = job.served().saturating_sub(served);
    let (peak_bytes, threads) = usage::peak_and_threads();
    Ok(Sample {
        runs,
        wall_ns: nanos(wall),
        digest: check.then(|| last.digest()),
        user_ns: Some(used.user_ns),
        system_ns: Some(used.system_ns),
        served_ns: Some(nanos(served)),
        voluntary: Some(used.voluntary),
        involuntary: Some(used.involuntary),
        minor_faults: Some(used.minor_faults),
        major_faults: Some(used.major_faults),
        peak_bytes,
        grown_bytes: None,
        threads,
        latencies: seen.buckets(),
        saturated: seen.saturated(),
        vain: last.vain(),
    })
}

/// The same input under a context that ends with its request.
fn under(
    job: &dyn AnyJob,
    cancel: &Cancel,
    watch: Watch,
) -> Result<Box<dyn AnyJob>, Error> {
    let context = Context::watching(watch)?;
    cancel.watch(&context);
    Ok(job.under(&context))
}

/// One run under a trace.
fn traced(
    job: &dyn AnyJob,
    model: &Started,
    trace: &Trace,
) -> Result<Traced, Error> {
    let begin = trace.now();
    let answer = job.run(model)?;
    let end = trace.now();
    let spans = trace.spans();
    let span = |s: &Span| (s.task, s.worker, s.state, s.begin, s.end);
    Ok(Traced {
        begin,
        end,
        workers: trace.workers(),
        digest: answer.digest(),
        spans: spans.iter().map(span).collect(),
        cpu: spans.iter().map(|span| span.cpu).collect(),
    })
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn worker() -> Worker<'static> {
        let find = &|name: &str| lanes_suite::find(name).map(Candidate::from);
        let listed = &lanes_suite::MODELS;
        let show = &|name: &str, how: &Value| match name {
            "twice" => Some(Ok(vec![how["of"].as_f64()? * 2.0])),
            "fails" => Some(Err(Error::Timeout)),
            _ => None,
        };
        let (model, prepared, used) = (None, None, false);
        Worker { listed, find, show, model, prepared, used }
    }

    fn answer(
        worker: &mut Worker<'_>,
        request: Request,
    ) -> Result<Reply, Refusal> {
        worker.answer(request, &Cancel::default())
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
        assert!(answer(&mut worker, run()).is_err());
        assert!(answer(&mut worker, prepare("max", &size)).is_err());
        let hello = |protocol, model: &str| Request::Hello {
            protocol,
            model: model.into(),
            workers: 2,
            input: None,
            network: None,
        };
        assert!(answer(&mut worker, hello(9, "rayon")).is_err());
        assert!(answer(&mut worker, hello(1, "unknown")).is_err());
        let reply = answer(&mut worker, hello(1, "rayon")).unwrap();
        let Reply::Hello(hello) = reply else { panic!("{reply:?}") };
        assert_eq!((hello.workers, hello.threads.len()), (2, 2));
        assert!(answer(&mut worker, run()).is_err());
        assert!(answer(&mut worker, prepare("none", &size)).is_err());
        assert!(
            answer(&mut worker, prepare("max", &json!({"len": 3}))).is_err()
        );
        let reply = answer(&mut worker, prepare("max", &size)).unwrap();
        let Reply::Prepared { digest } = reply else { panic!("{reply:?}") };
        let numbers = lanes_core::seed::numbers(7).take(1000);
        let most = numbers.map(|number| number >> 1).max();
        assert_eq!(digest, lanes_core::seed::digest(most));
        for together in [false, true] {
            let reply = answer(
                &mut worker,
                Request::Run { runs: 3, together, check: together },
            );
            let Ok(Reply::Sample(sample)) = reply else { panic!("{reply:?}") };
            let checked = together.then_some(digest);
            assert_eq!((sample.runs, sample.digest), (3, checked));
            assert!(sample.wall_ns > 0 && sample.threads >= Some(2));
            assert!(sample.grown_bytes < sample.peak_bytes);
            assert!(sample.grown_bytes.is_some());
        }
        let none = Request::Run { runs: 0, together: false, check: true };
        assert!(answer(&mut worker, none).is_err());
        let origin = lanes_core::trace::monotonic();
        let reply = answer(&mut worker, Request::Trace { origin });
        let Ok(Reply::Trace(traced)) = reply else { panic!("{reply:?}") };
        // One worker may be quick enough to do all of it.
        assert_eq!(traced.digest, digest);
        assert!((1..=2).contains(&traced.workers.len()));
        let inside =
            |span: &Span| traced.begin <= span.begin && span.end <= traced.end;
        assert!(traced.spans().iter().all(inside) && traced.spans.len() >= 2);
        assert!(traced.spans().iter().all(|span| span.cpu.is_some()));
        assert!(traced.has_possible_cpu());
    }

    #[test]
    fn exhibits_are_shown_before_any_model_is_started() {
        let mut worker = worker();
        let mut show = |name: &str, parameters| {
            let name = name.into();
            answer(&mut worker, Request::Exhibit { name, parameters })
        };
        let shown = show("twice", json!({"of": 2.5})).unwrap();
        assert_eq!(shown, Reply::Exhibit { numbers: vec![5.0] });
        let kind = |reply: Result<Reply, Refusal>| reply.unwrap_err().kind;
        assert_eq!(kind(show("fails", json!({}))), Kind::Failed);
        assert_eq!(kind(show("twice", json!({}))), Kind::Unsupported);
        assert_eq!(kind(show("none", json!({}))), Kind::Unsupported);
    }

    #[test]
    fn latencies_of_all_runs_are_counted() {
        let mut worker = worker();
        let model = "sequential";
        let hello = Request::hello(model, 1);
        answer(&mut worker, hello).unwrap();
        let workload = "event".into();
        let size = json!({"hops": 100});
        answer(&mut worker, Request::Prepare { workload, size, seed: 7 })
            .unwrap();
        let run = Request::Run { runs: 4, together: false, check: false };
        let Ok(Reply::Sample(sample)) = answer(&mut worker, run) else {
            panic!()
        };
        let count: u64 = sample.latencies.iter().map(|(_, n)| n).sum();
        assert_eq!(count, 400);
    }
}
