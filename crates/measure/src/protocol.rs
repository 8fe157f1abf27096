#![doc = include_str!("../PROTOCOL.md")]

mod described;
mod line;

pub use described::{Described, DescribedCell, Description, Grade};
pub use line::{parse, read, write};

use crate::foreign;
use crate::image;
use lanes_core::trace::{Span, State};
use lanes_core::{Error, Input, Network};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::iter;

/// The version of the protocol; both sides must have the same.
pub const VERSION: u32 = 1;

/// A line of more bytes than this is refused, in either direction: a trace of a
/// hundred thousand spans is a third of it.
pub const MOST_BYTES: usize = 1 << 24;

/// Two clocks may differ by so many nanoseconds and by a thousandth.
const CLOCKS_DIFFER: u64 = 1_000_000;

/// What the measuring process asks of a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Request {
    /// Say which models the worker can be; answered by [`Reply::Describe`].
    /// Nothing is started.
    Describe {
        /// [`VERSION`].
        protocol: u32,
    },
    /// Start the model; answered by [`Reply::Hello`].
    Hello {
        /// [`VERSION`].
        protocol: u32,
        /// The model to be.
        model: String,
        /// How many workers to have.
        workers: usize,
        /// Where inputs are to be; left open for a model without nodes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Input>,
        /// The places of the workers, where they are nodes; left out where any
        /// addresses of this machine will do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        network: Option<Network>,
    },
    /// Make the input, run it once; answered by [`Reply::Prepared`].
    Prepare {
        /// The workload's name.
        workload: String,
        /// Its parameters, as [`lanes_core::Workload`] values are written.
        size: Value,
        /// The seed of the input.
        seed: u64,
    },
    /// Run what was prepared and take the time; answered by [`Reply::Sample`].
    Run {
        /// How many runs, one after the other.
        runs: u32,
        /// Whether one pair of clock readings takes the time of all runs
        /// together, for runs so short that the clock's own time matters.
        together: bool,
        /// Whether the answer of the last run is to be sent, as a digest: that
        /// takes long for long answers, and runs to warm up need none.
        check: bool,
    },
    /// Run what was prepared once, and record who did what and when; answered
    /// by [`Reply::Trace`].
    Trace {
        /// Where times count from: nanoseconds of the monotonic clock.
        origin: u64,
    },
    /// Measure something that is not a workload; answered by
    /// [`Reply::Exhibit`].
    Exhibit {
        /// What.
        name: String,
        /// How, in the exhibit's own parameters.
        parameters: Value,
    },
    /// End the request before this one, which is not answered yet, as soon as
    /// possible with an error of kind [`Kind::Cancelled`]; answered by
    /// [`Reply::Cancelled`] after that.
    Cancel,
}

/// What a worker answers: one line to each request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// What the worker can be.
    Describe(Description),
    /// The model runs.
    Hello(Hello),
    /// The input is there, and was run once.
    Prepared {
        /// The digest of the answer of that run.
        digest: u64,
    },
    /// The runs were made.
    Sample(Sample),
    /// The run was traced.
    Trace(Traced),
    /// What was shown.
    Exhibit {
        /// The exhibit's own figures.
        numbers: Vec<f64>,
    },
    /// The request before was asked to end, and is answered.
    Cancelled {},
    /// The request could not be met, and why; the worker goes on.
    Error(Refusal),
}

impl Request {
    /// Start a model with so many workers, wherever they are.
    pub fn hello(model: impl Into<String>, workers: usize) -> Self {
        let (model, protocol) = (model.into(), VERSION);
        let (input, network) = (None, None);
        Self::Hello { protocol, model, workers, input, network }
    }
}

impl Reply {
    /// A refusal of kind [`Kind::Unsupported`].
    pub fn unsupported(what: impl Into<String>) -> Self {
        let (kind, message) = (Kind::Unsupported, what.into());
        Self::Error(Refusal { kind, message })
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What a worker says of itself, once its model runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub protocol: u32,
    /// The model that runs.
    #[serde(deserialize_with = "foreign::text")]
    pub model: String,
    /// How many workers it has.
    pub workers: usize,
    /// The system thread numbers of the threads that were seen computing.
    pub threads: Vec<u32>,
    /// The versions of what is compared, by name.
    #[serde(default, deserialize_with = "foreign::texts_by_name")]
    pub versions: BTreeMap<String, String>,
    /// What names the build of the program; required of the program that
    /// measures, when it is the worker too.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub build: Option<String>,
    /// See [`Described::answers_only`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub answers_only: bool,
}

impl Hello {
    /// A worker of this build with this one thread for all its workers, and no
    /// versions.
    pub fn plain(model: String, workers: usize) -> Self {
        // The number of a process is that of its first thread.
        let threads = vec![std::process::id(); workers];
        let (protocol, versions) = (VERSION, BTreeMap::new());
        Self {
            protocol,
            model,
            workers,
            threads,
            versions,
            build: image::build(),
            answers_only: false,
        }
    }
}

/// What a batch of runs took. Runs, wall time and, if it was asked for, the
/// digest are required of a worker; counts that it cannot take are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// How many runs were made.
    pub runs: u32,
    /// Wall time of all runs, in nanoseconds.
    #[serde(deserialize_with = "foreign::count")]
    pub wall_ns: u64,
    /// The digest of the last run's answer, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<u64>,
    /// CPU time in user mode, in nanoseconds.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_ns: Option<u64>,
    /// CPU time in the kernel, in nanoseconds.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub system_ns: Option<u64>,
    /// The part of the CPU time that the workload's own server took.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub served_ns: Option<u64>,
    /// Context switches of threads that waited.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub voluntary: Option<u64>,
    /// Context switches of threads that were made to.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub involuntary: Option<u64>,
    /// Page faults without I/O.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub minor_faults: Option<u64>,
    /// Page faults with I/O.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub major_faults: Option<u64>,
    /// The most memory resident during the runs, the input included, in bytes.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub peak_bytes: Option<u64>,
    /// By how much that is more than was resident before the first run of this
    /// input, in bytes: what the tasks took, and the input did not.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub grown_bytes: Option<u64>,
    /// Threads alive after the runs.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub threads: Option<u64>,
    /// Latencies in nanoseconds, each with how often it was seen, where the
    /// workload has them.
    #[serde(
        default,
        deserialize_with = "foreign::buckets",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub latencies: Vec<(u64, u64)>,
    /// In how many of the runs steps came faster than they were done: their
    /// latencies are not among these.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub saturated: Option<u64>,
    /// How much the last run computed in vain, where the workload counts it:
    /// grains, or tasks.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub vain: Option<u64>,
}

/// One run, and who did what in it; times in nanoseconds since the origin that
/// was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traced {
    /// When the run began.
    #[serde(deserialize_with = "foreign::count")]
    pub begin: u64,
    /// When it ended.
    #[serde(deserialize_with = "foreign::count")]
    pub end: u64,
    /// The names of the workers.
    #[serde(deserialize_with = "foreign::texts")]
    pub workers: Vec<String>,
    /// The digest of its answer.
    pub digest: u64,
    /// Its spans.
    pub spans: Vec<TracedSpan>,
    /// The CPU time of each span, in the order of `spans`, where it is known
    /// ([`Span::cpu`]); empty if none is.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_counts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cpu: Vec<Option<u64>>,
}

/// A [`Span`] as it is written down: task, worker, state, begin and end.
pub type TracedSpan = (usize, Option<usize>, State, u64, u64);

impl Traced {
    /// The spans, as the kernels recorded them. What a CPU time exceeds its
    /// span by, as far as it may, is cut off.
    pub fn spans(&self) -> Vec<Span> {
        let known = self.cpu.iter().copied().chain(iter::repeat(None));
        let span = |(span, cpu): (&TracedSpan, Option<u64>)| {
            let &(task, worker, state, begin, end) = span;
            let most = end.saturating_sub(begin);
            let cpu = cpu.map(|cpu| cpu.min(most));
            Span { task, worker, state, begin, end, cpu }
        };
        self.spans.iter().zip(known).map(span).collect()
    }

    /// Whether its CPU times can be those of its spans: as many of them, none
    /// where no worker is held, and none longer than its span, but for what
    /// clocks may differ by.
    pub fn has_possible_cpu(&self) -> bool {
        let fits = |(span, cpu): (&TracedSpan, Option<u64>)| {
            let &(_, worker, _, begin, end) = span;
            let long = end.saturating_sub(begin);
            let most = long.saturating_add(long / 1000 + CLOCKS_DIFFER);
            cpu.is_none_or(|cpu| worker.is_some() && cpu <= most)
        };
        let cpu = self.cpu.iter().copied();
        self.cpu.is_empty()
            || self.cpu.len() == self.spans.len()
                && self.spans.iter().zip(cpu).all(fits)
    }
}

/// Why a worker does not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What kind of error it is.
    pub kind: Kind,
    /// The cause, in words.
    #[serde(deserialize_with = "foreign::text")]
    pub message: String,
}

/// The kinds of [`lanes_core::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The model cannot run this workload at this size: no failure.
    Unsupported,
    /// No input can be made of these parameters.
    Invalid,
    /// The system refused a resource.
    Resource,
    /// The run was asked to end.
    Cancelled,
    /// Anything else: the run failed.
    Failed,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Unsupported(_) => Kind::Unsupported,
            Error::Invalid(_) => Kind::Invalid,
            Error::Resource(_) | Error::Temporary(_) => Kind::Resource,
            Error::Cancelled => Kind::Cancelled,
            _ => Kind::Failed,
        };
        let message = match error {
            Error::Unsupported(why) | Error::Invalid(why) => why,
            other => other.to_string(),
        };
        Self { kind, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn read_all(mut bytes: &[u8]) -> io::Result<Option<Request>> {
        read(&mut bytes)
    }

    #[test]
    fn messages_go_there_and_back() {
        let request = Request::Run { runs: 3, together: true, check: false };
        let mut line = Vec::new();
        write(&mut line, &request).unwrap();
        let text = r#"{"do":"run","runs":3,"together":true,"check":false}"#;
        assert_eq!(
            String::from_utf8(line.clone()).unwrap(),
            format!("{text}\n")
        );
        assert_eq!(read_all(&line).unwrap(), Some(request));
        let digest = u64::MAX;
        let sample = format!(
            r#"{{"sample":{{"runs":1,"wall_ns":5,"digest":{digest}}}}}"#
        );
        let Reply::Sample(sample) = parse(sample.as_bytes()).unwrap() else {
            panic!("a sample");
        };
        assert_eq!((sample.digest, sample.user_ns), (Some(u64::MAX), None));
    }

    /// A trace of a span of 10 us and of a wait, with these CPU times.
    fn with_cpu(cpu: &str) -> Result<Traced, io::Error> {
        let text = format!(
            r#"{{"trace":{{"begin":0,"end":90000,"workers":["one"],"digest":7,
            "spans":[[0,0,"compute",0,10000],[0,null,"io",10000,90000]]
            {cpu}}}}}"#
        );
        match parse(text.as_bytes())? {
            Reply::Trace(traced) => Ok(traced),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn cpu_times_are_optional_and_as_many_as_the_spans() {
        let of = |cpu: &str| {
            let traced = with_cpu(cpu).unwrap();
            let spans = traced.spans().into_iter();
            let cpu = spans.map(|span| span.cpu).collect::<Vec<_>>();
            (traced.has_possible_cpu(), cpu)
        };
        // As older workers and files have it, and as it is written again.
        assert_eq!(of(""), (true, vec![None, None]));
        let again = serde_json::to_string(&with_cpu("").unwrap()).unwrap();
        assert!(!again.contains("cpu"), "{again}");
        assert_eq!(of(r#","cpu":[9000,null]"#), (true, vec![Some(9000), None]));
        assert_eq!(of(r#","cpu":[null,null]"#), (true, vec![None, None]));
        // What clocks may differ by is cut off, not taken.
        let most = (true, vec![Some(10_000), None]);
        assert_eq!(of(r#","cpu":[1010010,null]"#), most);
        for lie in ["[1010011,null]", "[9000]", "[9000,null,null]", "[1,1]"] {
            assert!(!of(&format!(r#","cpu":{lie}"#)).0, "{lie}");
        }
        for wrong in ["[-1,null]", "[1.5,null]", "[9007199254740993,null]"] {
            assert!(with_cpu(&format!(r#","cpu":{wrong}"#)).is_err());
        }
    }

    #[test]
    fn what_is_no_message_is_an_error_and_never_more_than_a_line_is_kept() {
        let kind = |bytes: &[u8]| read_all(bytes).map_err(|e| e.kind());
        assert_eq!(kind(b""), Ok(None));
        assert_eq!(kind(b"{\"do\":\"ru"), Err(io::ErrorKind::UnexpectedEof));
        for garbage in ["\n", "hello\n", "{}\n", "{\"do\":\"dance\"}\n"] {
            let found = kind(garbage.as_bytes());
            assert_eq!(found, Err(io::ErrorKind::InvalidData), "{garbage}");
        }
        let endless = vec![b'x'; MOST_BYTES + 1];
        assert_eq!(kind(&endless), Err(io::ErrorKind::InvalidData));
        let deep = format!("{}\n", "[".repeat(100_000));
        assert_eq!(kind(deep.as_bytes()), Err(io::ErrorKind::InvalidData));
    }
}
