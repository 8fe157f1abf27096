//! The siblings against the bare forms of their libraries.

use crate::bare::look::Blind;
use crate::bare::{Bare, Forks, Spawns, Warm, form};
use crate::session::{Session, WORKERS, job, of, right, runtimes, start};
use lanes_benches::timed;
use lanes_core::workload::{
    Channel, Double, Fib, Max, Nqueens, Parties, Skynet, Sort, Sorting, Spawn,
    Wordcount,
};
use lanes_core::{Entry, Family, Job, Started, Workload};
use lanes_measure::statistics::Bound;
use std::thread;
use std::time::Duration;

/// What both sides do.
struct Inputs {
    max: Job<Max>,
    double: Job<Double>,
    nqueens: Job<Nqueens>,
    sort: Job<Sort>,
    wordcount: Job<Wordcount>,
}

impl Inputs {
    /// Those of a quick session, or small ones.
    fn new(test: bool) -> Self {
        let of = |full, small| if test { small } else { full };
        let (len, grain) = (of(1 << 22, 1 << 12), 1 << 16);
        let sort = Sort {
            len: of(1 << 18, 1 << 12),
            form: Sorting::Merge,
            cutoff: of(1 << 12, 1 << 8),
            grain,
        };
        let wordcount = Wordcount {
            bytes: of(1 << 20, 1 << 14),
            grain: of(1 << 15, 1 << 10),
        };
        let n = if test { 6 } else { 12 };
        Self {
            max: job(&Max::plain(len, grain)),
            double: job(&Double::plain(len, grain)),
            nqueens: job(&Nqueens { n, cutoff: 3 }),
            sort: job(&sort),
            wordcount: job(&wordcount),
        }
    }
}

/// As many nodes as take some milliseconds, a task for each.
fn skynet(session: &Session, entry: &Entry) -> Job<Skynet> {
    let leaves = match entry.name {
        _ if session.test => 100,
        "threads" => 1000,
        "crossbeam" | "rayon" | "tokio-rayon" => 100_000,
        _ => 10_000,
    };
    job(&Skynet { leaves, cutoff: 1 })
}

const WORKLOADS: [&str; 9] = [
    Max::NAME,
    Double::NAME,
    Spawn::NAME,
    Fib::NAME,
    Skynet::NAME,
    Nqueens::NAME,
    Sort::NAME,
    Wordcount::NAME,
    Channel::NAME,
];

pub(crate) fn measure(session: &Session) {
    let wants = |entry: &Entry| {
        WORKLOADS.iter().any(|name| session.wants(&named(entry, name)))
    };
    let entries = runtimes().into_iter().chain(of(Family::Bridge));
    let entries: Vec<Entry> = entries.filter(wants).collect();
    if entries.is_empty() {
        return;
    }
    let inputs = Inputs::new(session.test);
    for entry in entries {
        // Both sides are there all the time, and one at a time works.
        let model = start(&entry, WORKERS);
        if let Some(bare) = form(entry.name, WORKERS) {
            let sides = Sides { session, entry, model, bare };
            sides.lists(&inputs);
            sides.tasks();
            sides.work(&inputs);
            sides.messages();
        }
    }
}

/// A run that finds its workers asleep. The answer of a model is checked after
/// each run, and that of a bare form is not: runs of the bare one that follow
/// one another at once would find workers that still look for work.
fn rested(run: impl FnOnce() -> Duration) -> Duration {
    thread::sleep(Duration::from_micros(200));
    run()
}

fn named(entry: &Entry, workload: &str) -> String {
    format!("bare/{}/{workload}", entry.name)
}

/// A model, and the bare form of its library.
struct Sides<'a> {
    session: &'a Session,
    entry: Entry,
    model: Started,
    bare: Box<dyn Bare>,
}

impl Sides<'_> {
    fn print<W: Workload>(
        &self,
        job: &Job<W>,
        mut bare: impl FnMut() -> Duration,
    ) {
        let name = named(&self.entry, W::NAME);
        if self.session.wants(&name) {
            let ours = || rested(|| timed(&self.model, job));
            let bare = || rested(&mut bare);
            self.session.print(&name, Bound::at_most(1.05), ours, bare);
        }
    }

    fn lists(&self, inputs: &Inputs) {
        let Inputs { max, double, .. } = inputs;
        let bare = &self.bare;
        let most = Max::reference(max).unwrap_or(0);
        let parts = bare.parts(WORKERS, max.grains().len());
        self.print(max, || right(|| bare.max(max, parts), &most));
        let piece = || vec![0; double.list().len() / parts];
        let mut warm: Warm = (0..parts).map(|_| piece()).collect();
        let last = double.list().last().map(|number| number * 2);
        self.print(double, || {
            let pieces = std::mem::take(&mut warm);
            let run = || {
                warm = bare.double(double, pieces);
                warm[parts - 1].last().copied()
            };
            right(run, &last)
        });
    }

    fn tasks(&self) {
        let bare = &*self.bare;
        let Self { session, entry, .. } = self;
        let (spawn, fib) = (&session.spawn(), &session.fib(entry));
        let sum = Spawn::reference(spawn);
        self.print(spawn, || {
            right(|| Spawns::spawn(bare, Blind, 0..spawn.tasks), &sum)
        });
        let value = Fib::reference(fib);
        self.print(fib, || right(|| Forks::fib(bare, Blind, fib.n), &value));
        let skynet = &skynet(session, entry);
        let sum = Skynet::reference(skynet);
        self.print(skynet, || {
            right(|| bare.skynet(skynet.leaves as u64), &sum)
        });
    }

    fn work(&self, inputs: &Inputs) {
        let Inputs { nqueens, sort, wordcount, .. } = inputs;
        let bare = &self.bare;
        let ways = Nqueens::reference(nqueens);
        self.print(nqueens, || right(|| bare.nqueens(nqueens.root()), &ways));
        let known = Sort::reference(sort);
        self.print(sort, || {
            // The memory of the run before.
            let whole = sort.whole().expect("nothing stops the run");
            right(|| sort.answer(bare.sort(sort, whole)), &known)
        });
        let counts = Wordcount::reference(wordcount);
        let parts = bare.parts(WORKERS, wordcount.grains().len());
        self.print(wordcount, || {
            right(|| bare.wordcount(wordcount, parts), &counts)
        });
    }

    /// One task sends, another receives.
    fn messages(&self) {
        let bare = &self.bare;
        let messages = if self.session.test { 100 } else { 100_000 };
        let places = 1024;
        let channel = &job(&Channel {
            parties: Parties::Spsc,
            capacity: Some(places),
            messages,
            grain: 64,
        });
        let messages = messages as u64;
        let sum = (0..messages).sum::<u64>();
        if bare.channel(places, messages).is_some() {
            self.print(channel, || {
                right(|| bare.channel(places, messages), &Some(sum))
            });
        }
    }
}
