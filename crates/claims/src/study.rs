//! The claims, one after the other.

use crate::evidence::{Bound, Estimate, Verdict};
use crate::exhibit;
use crate::python::Python;
use lanes_core::workload::{Form, Subtasks};
use lanes_core::{Config, Error, Started, Workload};
use lanes_gil::{Gil, Options};
use lanes_measure::failure::Failure;
use lanes_measure::process::{Launch, Limits, Process};
use lanes_measure::recording;
use lanes_processes::{Carrier, Pool};
use lanes_python::Peer;
use serde::Serialize;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often each ratio is measured: its interval then leaves out the largest
/// and the smallest, and holds the true median with 96 %.
const REPETITIONS: usize = 9;
/// The same where both cores compute, which is where a neighbour on the machine
/// is felt most: its interval leaves out three at each end, and holds with 96 %.
const MORE: usize = 15;
/// CPU work that takes so long on one thread: much longer than the 40 ms that
/// Linux may leave new threads on one core.
const WORK: Duration = Duration::from_millis(150);
/// The switch interval of CPython, and of the GIL here.
const INTERVAL: Duration = Duration::from_millis(5);
/// The switch interval for lost updates: many changes of thread.
const SHORT: Duration = Duration::from_micros(10);
/// The unit of `subtasks`: that of the figures, and long for the same reason.
const UNIT: Duration = Duration::from_millis(20);
/// So many runs of `subtasks` have one calibration.
const FEW: usize = 3;
const SEED: u64 = 7;

/// One claim of one side, as measured.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The claim, in a sentence.
    pub claim: &'static str,
    /// What was divided by what.
    pub ratio: String,
    /// Who was measured.
    pub who: String,
    /// For which values the claim holds.
    pub bound: Bound,
    /// What came out.
    pub found: Found,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// A ratio.
    Measured {
        /// Each repetition.
        samples: Vec<f64>,
        /// Their median and its interval.
        estimate: Estimate,
        /// What it says.
        verdict: Verdict,
    },
    /// Nothing, because.
    Missing(String),
}

/// Claims that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// CPU work in threads and in processes.
    Computing,
    /// Sleeping and fetching, in threads and on an event loop.
    Waiting,
    /// How long the GIL is held, and waited for.
    Turns,
    /// Updates that are lost.
    Updates,
    /// What a process costs.
    Costs,
    /// Blocking calls in an event loop.
    Loops,
    /// The article's drawings.
    Subtasks,
}

impl Group {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 7] = [
        Self::Computing,
        Self::Waiting,
        Self::Turns,
        Self::Updates,
        Self::Costs,
        Self::Loops,
        Self::Subtasks,
    ];
}

/// What a study works with.
pub struct Study<'a> {
    /// What is measured.
    pub groups: &'a [Group],
    /// What workers may use.
    pub limits: &'a Limits,
    /// Where their temporary files go.
    pub folder: &'a Path,
    /// How the workers of this program's own models are started.
    pub own: Launch,
    /// Called with each finding as it comes.
    pub watch: &'a mut dyn FnMut(&Finding),
}

/// Measures the claims; all of them in a minute or two. What one side cannot show
/// is part of the findings.
pub fn study(study: Study<'_>) -> Vec<Finding> {
    let peers = lanes_python::peers();
    let repeat = Repeat(Arc::clone(&study.limits.stop));
    let mut claims = Claims { study, peers, repeat, findings: Vec::new() };
    for group in claims.study.groups {
        match group {
            Group::Computing => claims.computing(),
            Group::Waiting => claims.waiting(),
            Group::Turns => claims.turns(),
            Group::Updates => claims.updates(),
            Group::Costs => claims.costs(),
            Group::Loops => claims.loops(),
            Group::Subtasks => claims.subtasks(),
        }
    }
    claims.findings
}

struct Claims<'a> {
    study: Study<'a>,
    peers: &'static [Peer],
    repeat: Repeat,
    findings: Vec<Finding>,
}

/// Many repetitions of one measurement, unless the study is to end.
#[derive(Clone)]
struct Repeat(Arc<AtomicBool>);

impl Repeat {
    fn run(
        &self,
        once: impl FnMut() -> Result<f64, String>,
    ) -> Result<Vec<f64>, String> {
        self.times(REPETITIONS, once)
    }

    fn times(
        &self,
        count: usize,
        mut once: impl FnMut() -> Result<f64, String>,
    ) -> Result<Vec<f64>, String> {
        let again = |_| match self.0.load(Ordering::Relaxed) {
            true => Err("the study was interrupted".into()),
            false => once(),
        };
        (0..count).map(again).collect()
    }
}

fn told(error: Error) -> String {
    error.to_string()
}

impl Claims<'_> {
    fn tell(
        &mut self,
        claim: &'static str,
        ratio: impl Into<String>,
        who: impl Into<String>,
        bound: Bound,
        samples: Result<Vec<f64>, String>,
    ) {
        let found = match samples {
            Err(why) => Found::Missing(why),
            Ok(samples) => match Estimate::of(&samples) {
                Some(estimate) => {
                    let verdict = estimate.verdict(&bound);
                    Found::Measured { samples, estimate, verdict }
                }
                None => Found::Missing(format!("measured {samples:?}")),
            },
        };
        let (ratio, who) = (ratio.into(), who.into());
        let finding = Finding { claim, ratio, who, bound, found };
        (self.study.watch)(&finding);
        self.findings.push(finding);
    }

    /// The worker of a model in the first Python that is found.
    fn python(&self, model: &str, workers: usize) -> Result<Python, String> {
        let mut peers = self.peers.iter();
        let peer = peers.find(|peer| peer.name == model);
        let peer = peer.ok_or_else(|| format!("no peer is called {model}"))?;
        Python::start(peer, workers, self.study.folder, self.study.limits)
    }

    fn computing(&mut self) {
        let repeat = self.repeat.clone();
        const NOT: &str = "under a GIL, threads do not make computing faster";
        const FREE: &str = "without one they do";
        const PROCESSES: &str =
            "processes, each with a GIL of its own, bring the gain back";
        let gain = Bound::at_least(1.4);
        let rounds = exhibit::rounds(WORK);
        let (mut two, mut four) = (Ok(Vec::new()), Ok(Vec::new()));
        for _ in 0..MORE {
            let times = [1, 2, 4].map(|k| exhibit::gil_threads(k, rounds));
            if let [Ok(one), Ok(in_two), Ok(in_four)] = times {
                two.as_mut().map(|two| two.push(in_two / one)).ok();
                four.as_mut().map(|four| four.push(in_four / one)).ok();
            } else if let Some(Err(error)) =
                times.into_iter().find(Result::is_err)
            {
                two = Err(error.to_string());
                four = Err(error.to_string());
                break;
            }
        }
        let same = Bound::between(0.9, 1.25);
        let ratio = |k| format!("time in {k} threads / in one");
        self.tell(NOT, ratio(2), "gil", same, two);
        let mut python = self.python("python-sequential", 1);
        let rounds_there = in_python(&mut python, |python| {
            let nanos = WORK.as_nanos() as u64;
            Ok(python.one("calibrate", json!({"unit_ns": nanos}))? as u64)
        });
        let ratios = |python: &mut Python, with: &str, k, inverse: bool| {
            // As many rounds as take half as long: each is made four times.
            let rounds = rounds_there.clone()? / 2;
            let ratios = python.split(with, k, rounds, MORE)?;
            let either = |ratio: f64| if inverse { 1.0 / ratio } else { ratio };
            Ok(ratios.into_iter().map(either).collect())
        };
        let found = in_python(&mut python, |python| {
            ratios(python, "threads", 2, false)
        });
        self.tell(NOT, ratio(2), "python-threads", same, found);
        self.tell(NOT, ratio(4), "gil", same, four);
        let found = in_python(&mut python, |python| {
            ratios(python, "threads", 4, false)
        });
        self.tell(NOT, ratio(4), "python-threads", same, found);

        let ratio = "time in one / in two";
        let free = repeat.times(MORE, || {
            let one = exhibit::free_threads(1, rounds);
            Ok(one / exhibit::free_threads(2, rounds))
        });
        self.tell(FREE, ratio, "threads", gain, free);
        let pools = Pool::start(1).and_then(|one| Ok((one, Pool::start(2)?)));
        let found = pools.map_err(told).and_then(|(one, two)| {
            repeat.times(MORE, || {
                let alone =
                    exhibit::processes(&one, 1, rounds).map_err(told)?;
                let both = exhibit::processes(&two, 2, rounds).map_err(told)?;
                Ok(alone / both)
            })
        });
        self.tell(PROCESSES, ratio, "processes", gain, found);
        for (with, who) in [
            ("processes", "python-process-pool"),
            ("subinterpreters", "python-subinterpreters"),
        ] {
            let found = if with == "subinterpreters" {
                // Only newer interpreters have them; perhaps another one has.
                let peer = self.peers.iter().find(|peer| {
                    peer.model == who && lanes_python::has_own_gil(peer)
                });
                match peer {
                    Some(peer) => {
                        let (folder, limits) =
                            (self.study.folder, self.study.limits);
                        let mut python = Python::start(peer, 2, folder, limits);
                        in_python(&mut python, |p| ratios(p, with, 2, true))
                    }
                    None => Err("no Python of 3.12 or later".into()),
                }
            } else {
                in_python(&mut python, |p| ratios(p, with, 2, true))
            };
            self.tell(PROCESSES, ratio, who, gain, found);
        }
    }

    fn waiting(&mut self) {
        let repeat = self.repeat.clone();
        const CLAIM: &str = "threads make waiting faster, GIL or not";
        const LOOP: &str = "an event loop waits as well as threads do";
        let (threads, delay) = (8, Duration::from_millis(20));
        let ratio = "gain of 8 sleeps at once / 8";
        let bound = Bound::at_least(0.7);
        let share = |wall: f64| delay.as_secs_f64() / wall;
        let found = repeat.run(|| {
            exhibit::gil_sleeps(threads, delay).map(share).map_err(told)
        });
        self.tell(CLAIM, ratio, "gil", bound, found);
        let mut python = self.python("python-sequential", 1);
        let found = in_python(&mut python, |python| {
            repeat.run(|| {
                let how = json!({
                    "threads": threads, "delay": delay.as_secs_f64(),
                });
                Ok(share(python.one("sleeps", how)? / 1e9))
            })
        });
        self.tell(CLAIM, ratio, "python-threads", bound, found);

        let ratio = "time of fetch / in threads";
        let bound = Bound::between(0.7, 1.3);
        let found = (|| {
            let job = exhibit::fetch()?;
            let [tokio, threads] =
                [exhibit::model("tokio", 2)?, exhibit::model("threads", 2)?];
            repeat
                .run(|| {
                    let times =
                        exhibit::fetched(&tokio, &job).and_then(|tokio| {
                            Ok(tokio / exhibit::fetched(&threads, &job)?)
                        });
                    times.map_err(told)
                })
                .map_err(Error::Task)
        })();
        self.tell(LOOP, ratio, "tokio", bound, found.map_err(told));
        let found = self.fetched_in_python();
        self.tell(LOOP, ratio, "python-asyncio", bound, found);
    }

    fn fetched_in_python(&self) -> Result<Vec<f64>, String> {
        let repeat = self.repeat.clone();
        let mut looped = self.python("python-asyncio", 2)?.process;
        let mut threads = self.python("python-threads", 2)?.process;
        let rows = lanes_core::rows(lanes_core::Size::Quick);
        let row = rows.iter().find(|row| row.workload() == "fetch");
        let row = row.expect("fetch is of the catalogue");
        let digest = row.digest(SEED).map_err(told)?;
        let failed = |failure: Failure| failure.to_string();
        for process in [&mut looped, &mut threads] {
            process.prepare("fetch", &row.size(), SEED).map_err(failed)?;
            process.prepared(digest).map_err(failed)?;
        }
        let time = |process: &mut Process| {
            let sample = process.sample(1, false, Some(digest));
            sample.map(|sample| sample.wall_ns as f64).map_err(failed)
        };
        repeat.run(|| Ok(time(&mut looped)? / time(&mut threads)?))
    }

    fn turns(&mut self) {
        let repeat = self.repeat.clone();
        const SLICE: &str =
            "a thread that computes keeps the GIL for an interval";
        const CONVOY: &str = "whoever wakes up beside it waits for an interval";
        let mut python = self.python("python-sequential", 1);
        let bound = Bound::between(1.0, 2.0);
        let ratio = "median slice / interval of 5 ms";
        let time = Duration::from_millis(150);
        let of = |mut slices: Vec<f64>| {
            exhibit::middle(&mut slices) / INTERVAL.as_secs_f64()
        };
        let found = repeat
            .run(|| exhibit::slices(INTERVAL, time).map(of).map_err(told));
        self.tell(SLICE, ratio, "gil", bound, found);
        let found = in_python(&mut python, |python| {
            repeat.run(|| {
                let how = json!({
                    "threads": 2, "interval": INTERVAL.as_secs_f64(),
                    "seconds": time.as_secs_f64(),
                });
                let nanos = python.exhibit("slices", how)?;
                Ok(of(nanos.into_iter().map(|nanos| nanos / 1e9).collect()))
            })
        });
        self.tell(SLICE, ratio, "python-threads", bound, found);

        let bound = Bound::between(1.0, 1.6);
        let intervals = [(500, 12), (5_000, 8), (50_000, 4)]
            .map(|(micros, count)| (Duration::from_micros(micros), count));
        let latency = |mut waits: Vec<f64>| exhibit::middle(&mut waits);
        let here = intervals.map(|(interval, requests)| {
            repeat.run(|| {
                let waits = exhibit::convoy(interval, requests);
                waits.map(latency).map_err(told)
            })
        });
        let there = intervals.map(|(interval, requests)| {
            in_python(&mut python, |python| {
                repeat.run(|| {
                    let how = json!({
                        "interval": interval.as_secs_f64(),
                        "requests": requests,
                    });
                    Ok(latency(python.exhibit("convoy", how)?) / 1e9)
                })
            })
        });
        for (at, (interval, _)) in intervals.iter().enumerate() {
            let seconds = interval.as_secs_f64();
            let ratio = format!("latency / interval of {} ms", seconds * 1e3);
            for (who, waits) in [("gil", &here), ("python-threads", &there)] {
                let found = waits[at].clone();
                let found = found.map(|waits| {
                    waits.into_iter().map(|wait| wait / seconds).collect()
                });
                self.tell(CONVOY, ratio.clone(), who, bound, found);
            }
        }
        let ratio = "latency at 50 ms / at 5 ms";
        for (who, [_, short, long]) in
            [("gil", here), ("python-threads", there)]
        {
            let found = long.and_then(|long| {
                let pairs = long.into_iter().zip(short?);
                Ok(pairs.map(|(long, short)| long / short).collect())
            });
            self.tell(CONVOY, ratio, who, Bound::between(7.0, 11.0), found);
        }
    }

    fn updates(&mut self) {
        const LOST: &str = "two steps without a lock lose updates";
        const LUCK: &str =
            "the GIL happens to protect c += 1, from Python 3.10 on";
        const SAFE: &str = "a lock loses none";
        let repeat = self.repeat.clone();
        let (none, some) = (Bound::between(0.0, 0.0), Bound::at_least(0.01));
        let ratio = |words: &str| format!("additions lost / made, {words}");
        let plain = (Form::Unlocked, "unlocked", "c += 1");
        let apart = (Form::Apart, "apart", "t = c; f(); c = t + 1");
        let lock = (Form::Lock, "lock", "with a lock");
        let threads = exhibit::model("threads", 2).map_err(told);
        let options = Options { interval: SHORT, ..Options::default() };
        let gil = Config::new(2).and_then(|two| Gil::with(options, &two));
        let gil = gil.map(Started::new).map_err(told);
        let free = |form| {
            let model = threads.as_ref().map_err(Clone::clone)?;
            repeat.run(|| exhibit::lost(model, form).map_err(told))
        };
        let under = |form| {
            let model = gil.as_ref().map_err(Clone::clone)?;
            repeat.run(|| exhibit::lost(model, form).map_err(told))
        };
        let mut pythons = self.pythons();
        for (claim, (form, name, words)) in
            [(LOST, plain), (LOST, apart), (LUCK, plain), (SAFE, lock)]
        {
            let bound = if claim == LOST { some } else { none };
            if claim != LUCK {
                self.tell(claim, ratio(words), "threads", bound, free(form));
            }
            if (claim, form) != (LOST, Form::Unlocked) {
                self.tell(claim, ratio(words), "gil", bound, under(form));
            }
            for (who, lucky, python) in &mut pythons {
                // Older ones look whether to switch between any two steps.
                let fits = form != Form::Unlocked || *lucky == (claim == LUCK);
                if fits {
                    let found =
                        in_python(python, |p| repeat.run(|| p.lost(name)));
                    self.tell(claim, ratio(words), who.clone(), bound, found);
                }
            }
        }
    }

    /// A worker in each interpreter, what its threads are called, and whether it
    /// is so new that it keeps the GIL throughout an addition.
    fn pythons(&self) -> Vec<(String, bool, Result<Python, String>)> {
        let sequential =
            self.peers.iter().filter(|peer| peer.model == "python-sequential");
        let start = |peer: &Peer| {
            let mut all = lanes_python::interpreters().iter();
            let own = all.find(|python| python.program == peer.program);
            let minor = own.and_then(|python| {
                python.version.split('.').nth(1)?.parse::<u32>().ok()
            });
            let (folder, limits) = (self.study.folder, self.study.limits);
            let python = Python::start(peer, 1, folder, limits);
            let who = peer.name.replace("sequential", "threads");
            (who, minor.is_none_or(|minor| minor >= 10), python)
        };
        sequential.map(start).collect()
    }

    fn costs(&mut self) {
        let repeat = self.repeat.clone();
        const CLAIM: &str = "a process costs more than a thread";
        const SHARED: &str = "what is large crosses faster in shared memory";
        let mut python = self.python("python-sequential", 1);
        let start = "starting a process / a thread";
        let found = repeat.run(|| {
            let process = exhibit::process_start().map_err(told)?;
            Ok(process / exhibit::thread_start())
        });
        self.tell(CLAIM, start, "processes", Bound::at_least(5.0), found);
        for method in ["fork", "spawn"] {
            let found = in_python(&mut python, |python| {
                repeat.run(|| {
                    let how = |method| json!({"method": method});
                    let process = python.one("start", how(method))?;
                    Ok(process / python.one("start", how("thread"))?)
                })
            });
            let who = format!("python-process-pool, {method}");
            self.tell(CLAIM, start, who, Bound::at_least(5.0), found);
        }
        let trip = "a task there and back / to a thread";
        let pool = Pool::start(1).map_err(told);
        let found = pool.as_ref().map_err(Clone::clone).and_then(|pool| {
            repeat.run(|| {
                let (thread, process) =
                    exhibit::round_trips(pool, 100).map_err(told)?;
                Ok(process / thread)
            })
        });
        let more = Bound::at_least(1.1);
        self.tell(CLAIM, trip, "processes", more, found);
        let found = in_python(&mut python, |python| {
            repeat.run(|| {
                let mut trip = |with| {
                    let how = json!({"with": with, "count": 100});
                    let mut nanos = python.exhibit("roundtrip", how)?;
                    Ok::<_, String>(exhibit::middle(&mut nanos))
                };
                Ok(trip("process")? / trip("thread")?)
            })
        });
        self.tell(CLAIM, trip, "python-process-pool", more, found);
        let bytes = "16 MiB there and back / nothing";
        let len = 16 << 20;
        let found = pool.as_ref().map_err(Clone::clone).and_then(|pool| {
            repeat.run(|| {
                let (_, empty) =
                    exhibit::round_trips(pool, 20).map_err(told)?;
                Ok(exhibit::bytes(pool, len).map_err(told)? / empty)
            })
        });
        let much = Bound::at_least(10.0);
        self.tell(CLAIM, bytes, "processes", much, found);
        let found = in_python(&mut python, |python| {
            repeat.run(|| {
                let how = json!({"with": "process", "count": 20});
                let mut empty = python.exhibit("roundtrip", how)?;
                let full = python.one("bytes", json!({"len": len}))?;
                Ok(full / exhibit::middle(&mut empty))
            })
        });
        self.tell(CLAIM, bytes, "python-process-pool", much, found);
        let faster = "16 MiB there and back, over a socket / in memory";
        let mapped = Pool::start_with(1, Carrier::Memory).map_err(told);
        let found = (|| {
            let socket = pool.as_ref().map_err(Clone::clone)?;
            let memory = mapped?;
            repeat.run(|| {
                // The first of each finds pages that nobody has touched lately.
                let pair = |_| {
                    let socket = exhibit::bytes(socket, len).map_err(told)?;
                    Ok(socket / exhibit::bytes(&memory, len).map_err(told)?)
                };
                let ratios: Result<Vec<f64>, String> =
                    (0..5).map(pair).collect();
                Ok(exhibit::middle(&mut ratios?))
            })
        })();
        let gain = Bound::at_least(1.2);
        self.tell(SHARED, faster, "processes-shared", gain, found);
    }

    fn loops(&mut self) {
        let repeat = self.repeat.clone();
        const STOPS: &str = "a blocking call stops the event loop";
        const GOES: &str = "on another thread it does not";
        let block = Duration::from_millis(50);
        let ratio = "longest gap of the loop / the call";
        let mut python = self.python("python-sequential", 1);
        for (claim, on_the_loop, bound) in [
            (STOPS, true, Bound::between(0.9, 1.5)),
            (GOES, false, Bound::at_most(0.5)),
        ] {
            let found = repeat.run(|| {
                let gap = exhibit::longest_gap(on_the_loop, block);
                Ok(gap.map_err(told)? / block.as_secs_f64())
            });
            self.tell(claim, ratio, "tokio", bound, found);
            let found = in_python(&mut python, |python| {
                repeat.run(|| {
                    let how = json!({
                        "blocks": on_the_loop, "block": block.as_secs_f64(),
                    });
                    let gap = python.one("blocking", how)?;
                    Ok(gap / 1e9 / block.as_secs_f64())
                })
            });
            self.tell(claim, ratio, "python-asyncio", bound, found);
        }
    }

    /// The drawings of the article, in units of work.
    fn subtasks(&mut self) {
        const CLAIM: &str = "the article's drawings, in units of work";
        let tenth = |units: f64| Bound::between(units * 0.9, units * 1.1);
        let turns = Bound::between(6.0, 8.0);
        for (model, bound) in [
            ("sequential", tenth(10.0)),
            ("threads", tenth(5.0)),
            ("mutex", tenth(10.0)),
            ("gil", turns),
            ("processes", tenth(5.0)),
        ] {
            let found = self.total_here(model);
            self.tell(CLAIM, "subtasks / 1 U", model, bound, found);
        }
        let found = self.total_there("python-sequential");
        let ten = tenth(10.0);
        self.tell(CLAIM, "subtasks / 1 U", "python-sequential", ten, found);
        // Its speed changes from one moment to the next, so that the unit of the
        // others is a tenth of what one thread takes just before.
        for (model, bound) in
            [("python-threads", turns), ("python-process-pool", tenth(5.0))]
        {
            let found = self.tenths_there(model);
            let ratio = "subtasks / a tenth of it in one thread";
            self.tell(CLAIM, ratio, model, bound, found);
        }
    }

    fn total_here(&self, model: &str) -> Result<Vec<f64>, String> {
        let serial = model == "sequential";
        let Study { own, folder, limits, .. } = &self.study;
        let process = Process::greeted(own, folder, limits, model, 2, serial);
        let process = process.map_err(|failure| failure.to_string())?;
        self.totals(process, true)
    }

    fn total_there(&self, model: &str) -> Result<Vec<f64>, String> {
        self.totals(self.python(model, 2)?.process, false)
    }

    /// What runs in Python take, in tenths of what they take in one thread, each
    /// run of which is followed by one of the model.
    fn tenths_there(&self, model: &str) -> Result<Vec<f64>, String> {
        let mut one = self.python("python-sequential", 1)?.process;
        let mut model = self.python(model, 2)?.process;
        let mut left = 0;
        self.repeat.times(MORE, || {
            let mut ratio = || {
                if left == 0 {
                    let row = recording::subtasks(&mut one, UNIT, false)?;
                    let digest = row.digest(SEED)?;
                    for process in [&mut one, &mut model] {
                        process.prepare(Subtasks::NAME, &row.size(), SEED)?;
                        process.prepared(digest)?;
                    }
                    left = FEW;
                }
                left -= 1;
                let one = one.sample(1, false, None)?.wall_ns as f64;
                let model = model.sample(1, false, None)?.wall_ns as f64;
                Ok(10.0 * model / one)
            };
            ratio().map_err(|failure: Failure| failure.to_string())
        })
    }

    /// What runs take, in units. The unit is calibrated anew for every few of
    /// them, and the first run of each input is not timed.
    fn totals(
        &self,
        mut process: Process,
        rust: bool,
    ) -> Result<Vec<f64>, String> {
        let mut left = 0;
        self.repeat.times(MORE, || {
            let mut total = || {
                if left == 0 {
                    let row = recording::subtasks(&mut process, UNIT, rust)?;
                    let digest = row.digest(SEED)?;
                    process.prepare(Subtasks::NAME, &row.size(), SEED)?;
                    process.prepared(digest)?;
                    left = FEW;
                }
                left -= 1;
                let sample = process.sample(1, false, None)?;
                Ok(sample.wall_ns as f64 / UNIT.as_nanos() as f64)
            };
            total().map_err(|failure: Failure| failure.to_string())
        })
    }
}

/// What a Python shows, if it is here.
fn in_python<T>(
    python: &mut Result<Python, String>,
    show: impl FnOnce(&mut Python) -> Result<T, String>,
) -> Result<T, String> {
    show(python.as_mut().map_err(|why| why.clone())?)
}
