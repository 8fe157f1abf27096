//! What the harness adds: the same kernel under the harness, and in a bare loop
//! that speaks the protocol by hand.

use crate::{contender, own, plan};
use lanes_core::workload::Max;
use lanes_core::{Job, Workload, kernel};
use lanes_measure::protocol::{Hello, Reply, Request, Sample};
use lanes_measure::session::{self, Plan};
use lanes_measure::statistics::Fit;
use lanes_measure::summarize::table;
use lanes_measure::worker;
use std::error::Error;
use std::hint::black_box;
use std::io;
use std::time::Instant;

/// So many numbers stay in a core's own cache, where memory and neighbours do
/// not matter, and take some ten microseconds: ten times as sharp a test as a
/// hundred.
const LEN: usize = 1 << 15;
/// The cells that must not notice, in seconds.
const CELL: f64 = 100e-6;

/// Calls the kernel in a plain loop between two clock readings: no model, no
/// job, no counting of anything else.
pub(crate) fn serve() -> io::Result<()> {
    let mut job = None;
    worker::answer(|request, _| {
        Ok(Some(match request {
            Request::Hello { model, workers, .. } => {
                Reply::Hello(Hello::plain(model, workers))
            }
            Request::Prepare { size, seed, .. } => {
                let max: Max = serde_json::from_value(size)?;
                let made = Job::new(&max, seed).map_err(io::Error::other)?;
                let digest = Max::digest(&Max::reference(&made));
                job = Some(made);
                Reply::Prepared { digest }
            }
            Request::Describe { .. }
            | Request::Trace { .. }
            | Request::Exhibit { .. }
            | Request::Cancel => {
                Reply::unsupported("neither traces nor exhibits")
            }
            Request::Run { runs, .. } => {
                let job = job.as_ref().expect("prepared");
                let mut most = 0;
                let begin = Instant::now();
                for _ in 0..runs {
                    most = black_box(kernel::max(black_box(job.list())));
                }
                let wall = begin.elapsed();
                Reply::Sample(Sample {
                    runs,
                    wall_ns: wall.as_nanos() as u64,
                    digest: Some(Max::digest(&Some(most))),
                    ..Sample::default()
                })
            }
        }))
    })
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    let mut harness = contender("sequential", "sequential", &own(&["worker"]));
    let mut bare = contender("bare", "bare", &own(&["bare"]));
    for contender in [&mut harness, &mut bare] {
        contender.workers = 1;
        contender.serial = true;
    }
    let row = Box::new(Max::plain(LEN, LEN));
    let plan = Plan { rounds: Some(240), ..plan(row, vec![harness, bare]) };
    let results = session::run(&plan, String::new(), &mut |_, _| Ok(()))?;
    let summary = results.rows[0].summary.as_ref().ok_or("no samples")?;
    let group = &summary.groups[0];
    let row = &results.rows[0];
    let fit = Fit::new(&table(row, |taken| Some(taken.seconds())));
    // The harness over the bare loop.
    let ratio = fit.difference(0, 1).ok_or("too few visits")?;
    let ratio = ratio.interval(results.level);
    let bare = group.standings.iter().find(|s| s.contender == 1);
    let seconds = bare.ok_or("no contender has samples")?.seconds;
    println!("max of {LEN} numbers, under the harness and in a bare loop:");
    for standing in &group.standings {
        let name = &row.contenders[standing.contender].name;
        println!("  {name}: {:.0} ns a run", standing.seconds * 1e9);
    }
    let ends =
        [ratio.low, ratio.median, ratio.high].map(|log| log.exp_m1() * seconds);
    let [low, middle, high] = ends.map(|added| added * 1e9);
    println!("  the harness adds {middle:.0} ns ({low:.0} to {high:.0})");
    let [low, middle, high] = ends.map(|added| added / CELL * 100.0);
    println!(
        "  which is {middle:.2} % ({low:.2} to {high:.2}) of a cell of 100 us"
    );
    println!("must reach: under 1 % on cells above 100 us");
    Ok(())
}
