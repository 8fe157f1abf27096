//! What one command of a soak is, from the seed and its number.

use lanes_core::seed::{self, Numbers};
use lanes_core::{Size, WORKLOADS};
use rustix::process::Signal;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which process gets a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The command.
    Lanes,
    /// A process that it has started.
    Worker,
}

/// What happens to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// One signal.
    Signal(Aim, Signal),
    /// The same signal two times.
    Twice(Signal),
    /// It is stopped, and goes on later.
    Pause(Aim),
    /// It may have little of something.
    Limit(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let aim = |aim: &Aim| match aim {
            Aim::Lanes => "lanes",
            Aim::Worker => "worker",
        };
        match self {
            Self::None => f.write_str("none"),
            Self::Signal(to, signal) => {
                write!(f, "{} to {}", name(*signal), aim(to))
            }
            Self::Twice(signal) => write!(f, "{} twice", name(*signal)),
            Self::Pause(of) => write!(f, "pause of {}", aim(of)),
            Self::Limit(what) => write!(f, "limit of {what}"),
        }
    }
}

fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::KILL => "SIGKILL",
        Signal::STOP => "SIGSTOP",
        Signal::INT => "SIGINT",
        Signal::HUP => "SIGHUP",
        Signal::TERM => "SIGTERM",
        _ => "another signal",
    }
}

/// One command, and what happens to it.
pub(crate) struct Plan {
    seed: u64,
    number: u64,
    words: Vec<String>,
    /// Whether it writes a file, and whether it reads some.
    writes: bool,
    reads: usize,
    /// The options of `prlimit`.
    pub(crate) limits: Vec<String>,
    pub(crate) fault: Fault,
    after: Duration,
}

/// What a command says of itself when something was found.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, number, words, limits, fault, after, .. } = self;
        write!(
            f,
            "lanes {} [{} {fault} after {after:?}; again with \
             scripts/soak 0.01 {seed} {number}]",
            words.join(" "),
            limits.join(" ")
        )
    }
}

struct Random(Numbers);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        let number = self.0.next().expect("the stream is endless");
        (number % end.max(1) as u64) as usize
    }

    fn one<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// A few of them, in any order, as the command line has them.
    fn some(&mut self, all: &[&str], most: usize) -> Vec<String> {
        let count = self.below(most) + 1;
        (0..count).map(|_| self.one(all).to_owned()).collect()
    }
}

impl Plan {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut random = Random(seed::numbers(seed::part(seed, number)));
        let fault = fault(&mut random);
        let limits = match fault {
            Fault::Limit(what) => vec![limit(what, &mut random)],
            _ => Vec::new(),
        };
        let mut plan = Self {
            seed,
            number,
            words: Vec::new(),
            writes: false,
            reads: 0,
            limits,
            fault,
            after: Duration::from_millis(random.below(1500) as u64),
        };
        match random.below(20) {
            0..11 => plan.run(&mut random),
            11..15 => plan.check(&mut random),
            15..17 => plan.trace(&mut random),
            17 => plan.say(&["report"], 2),
            18 => plan.say(&["rank"], 2),
            _ => plan.say(random.one(&[&["list"][..], &["cmp"]]), 2),
        }
        plan
    }

    /// How the processes of this command are known.
    pub(crate) fn mark(&self) -> String {
        format!("{}-{}-{}", std::process::id(), self.seed, self.number)
    }

    /// The arguments, with a folder for output, and with files to read out of
    /// another one.
    pub(crate) fn arguments(&self, output: &Path, kept: &Path) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> =
            self.words.iter().map(PathBuf::from).collect();
        if self.writes {
            all.extend([PathBuf::from("--output"), output.to_owned()]);
        }
        let entries = fs::read_dir(kept).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|e| e.path()).collect();
        files.sort();
        all.extend(files.into_iter().take(self.reads));
        all
    }

    /// When which process gets which signal.
    pub(crate) fn signals(&self) -> Vec<(Duration, Aim, Signal)> {
        let (at, later) = (self.after, Duration::from_millis(700));
        match self.fault {
            Fault::None | Fault::Limit(_) => Vec::new(),
            Fault::Signal(aim, signal) => vec![(at, aim, signal)],
            Fault::Twice(signal) => {
                let again = at + Duration::from_millis(30);
                vec![(at, Aim::Lanes, signal), (again, Aim::Lanes, signal)]
            }
            Fault::Pause(aim) => {
                // The same one: it is chosen by the time of the first.
                vec![(at, aim, Signal::STOP), (at + later, aim, Signal::CONT)]
            }
        }
    }

    fn say(&mut self, words: &[&str], reads: usize) {
        self.words = words.iter().map(|word| (*word).to_owned()).collect();
        self.reads = if words == ["list"] { 0 } else { reads };
        self.writes = words == ["report"];
    }

    fn run(&mut self, random: &mut Random) {
        self.words = vec!["run".into()];
        self.words.extend(random.some(&workloads(), 2));
        let models = random.some(&models(), 4).join(",");
        let items = random.one(&["1", "2", "7", "100", "1000", "20000"]);
        let end = random.one(&[
            ["--rounds", "1"],
            ["--rounds", "3"],
            ["--budget", "2s"],
            ["--until", "20%"],
        ]);
        let workers = random.one(&["1", "2", "3", "1,2", "8", "32"]);
        let format = random.one(&["table", "json", "csv", "markdown"]);
        let seed = random.below(1000).to_string();
        self.options(&[
            ["--models", &models],
            ["--items", items],
            end,
            ["--workers", workers],
            ["--deadline", "3s"],
            ["--format", format],
            ["--seed", &seed],
        ]);
        self.writes = true;
    }

    fn check(&mut self, random: &mut Random) {
        self.words = vec!["check".into()];
        self.words.extend(random.some(&workloads(), 1));
        let models = random.some(&models(), 3).join(",");
        let workers = random.one(&["1", "2", "3", "1,2"]);
        self.options(&[
            ["--models", &models],
            ["--workers", workers],
            ["--deadline", "3s"],
        ]);
    }

    fn trace(&mut self, random: &mut Random) {
        self.words = vec!["trace".into()];
        self.words.extend(random.some(&workloads(), 1));
        let models = random.some(&models(), 3).join(",");
        self.options(&[
            ["--models", &models],
            ["--runs", "1"],
            ["--unit", "2ms"],
            ["--deadline", "3s"],
        ]);
        self.writes = true;
    }

    fn options(&mut self, options: &[[&str; 2]]) {
        self.words.extend(options.iter().flatten().map(|o| (*o).to_owned()));
    }
}

fn fault(random: &mut Random) -> Fault {
    let lanes = [Signal::KILL, Signal::INT, Signal::HUP, Signal::TERM];
    let worker = [Signal::KILL, Signal::STOP, Signal::INT, Signal::HUP];
    match random.below(10) {
        0..2 => Fault::None,
        2..5 => Fault::Signal(Aim::Lanes, random.one(&lanes)),
        5..7 => Fault::Signal(Aim::Worker, random.one(&worker)),
        7 => Fault::Twice(random.one(&[Signal::INT, Signal::TERM])),
        8 => Fault::Pause(random.one(&[Aim::Lanes, Aim::Worker])),
        _ => Fault::Limit(random.one(&["descriptors", "memory", "files"])),
    }
}

/// An option of `prlimit`.
fn limit(what: &str, random: &mut Random) -> String {
    match what {
        "descriptors" => {
            format!("--nofile={}", random.one(&[8, 16, 32, 64, 128]))
        }
        // No more of an address space than this, in bytes.
        "memory" => format!("--as={}", random.one(&[64, 256, 1024]) << 20),
        // No file may be longer than this, in bytes.
        _ => format!("--fsize={}", random.one(&[0, 100, 10_000])),
    }
}

fn models() -> Vec<&'static str> {
    lanes_suite::MODELS.iter().map(|entry| entry.name).collect()
}

fn workloads() -> Vec<&'static str> {
    let known = WORKLOADS.iter().filter(|w| !w.sizes(Size::Quick).is_empty());
    known.map(|workload| workload.name).collect()
}
