//! A duel in which one model of the newer build is slowed by a known share: how
//! often it is found, and how often another one is claimed.

use crate::{contender, own, plan};
use lanes_core::{Family, Row, Size, rows, seed};
use lanes_measure::change::Limits;
use lanes_measure::duel::{duelled, names};
use lanes_measure::results::Results;
use lanes_measure::session::{self, Contender, Plan};
use lanes_measure::words::percent;
use std::error::Error;
use std::time::Duration;

/// How much slower, as a fraction.
const SLOWED: f64 = 0.05;

/// `--fail-on 0%`: any certain slowdown.
const LIMITS: Limits = Limits { level: 0.95, margin: 0.1, most: 0.0 };

/// How many models of its row a duel measures.
const MODELS: usize = 3;

const BUDGET: Duration = Duration::from_secs(60);

/// A number below `count`.
fn below(random: &mut seed::Numbers, count: usize) -> usize {
    let number = random.next().expect("the stream is endless");
    // The bias of a remainder of so few is below 2^-50.
    (number % count as u64) as usize
}

/// A row of all, and three of the runtimes that have it, the slowed one first.
fn drawn(random: &mut seed::Numbers) -> (Box<dyn Row>, Vec<&'static str>) {
    let mut rows = rows(Size::Quick);
    let row = rows.swap_remove(below(random, rows.len()));
    let runtimes = lanes_suite::MODELS.iter().filter(|entry| {
        let mut cells = entry.cells.iter();
        let has = cells.any(|cell| cell.workload == row.workload());
        has && entry.family == Family::Runtime
    });
    let mut names: Vec<&str> = runtimes.map(|entry| entry.name).collect();
    let draw = |_| names.swap_remove(below(random, names.len()));
    let drawn = (0..MODELS).map(draw).collect();
    (row, drawn)
}

/// Both builds of each model.
fn contenders(models: &[&str]) -> Vec<Contender> {
    let worker = own(&["worker"]);
    let both = models.iter().flat_map(|model| {
        names(model).map(|name| contender(&name, model, &worker))
    });
    both.collect()
}

/// Multiplies the times of the newer build of the first model. A model that was
/// really slowed may be slower by more: its pool falls asleep meanwhile.
fn slow(results: &mut Results) {
    for taken in &mut results.rows[0].samples {
        if taken.contender == 1 {
            let nanos = taken.sample.wall_ns as f64 * (1.0 + SLOWED);
            taken.sample.wall_ns = nanos as u64;
        }
    }
}

pub(crate) fn print(count: usize) -> Result<(), Box<dyn Error>> {
    let (mut found, mut claimed, mut seconds) = (0, 0, 0.0);
    for number in 0..count {
        let seed = 9000 + number as u64;
        let (row, models) = drawn(&mut seed::numbers(seed));
        let name = format!("{} {}", row.workload(), row.label());
        let plan = Plan {
            budget: BUDGET,
            control: false,
            even: true,
            seed,
            ..plan(row, contenders(&models))
        };
        let mut results =
            session::run(&plan, String::new(), &mut |_, _| Ok(()))?;
        slow(&mut results);
        seconds += results.seconds;
        let cells = duelled(&results, &LIMITS);
        let mut lines = String::new();
        for (index, cell) in cells.iter().enumerate() {
            let regressed = cell.outcome.is_regression();
            match index {
                0 => found += usize::from(regressed),
                _ => claimed += usize::from(regressed),
            }
            let ratio = cell.ratio.ok_or("a cell was not measured")?;
            lines += &format!(
                "    {}{}: {:.3} ({:.3} to {:.3}), {} visits, would find {}\
                 {}\n",
                cell.name,
                if index == 0 { ", slowed" } else { "" },
                ratio.median,
                ratio.low,
                ratio.high,
                cell.visits[0],
                cell.visible.map(percent).unwrap_or_default(),
                if regressed { ", slower" } else { "" }
            );
        }
        eprint!("{:3} {name}:\n{lines}", number + 1);
    }
    let each = seconds / count as f64;
    println!(
        "duels of {MODELS} cells, one slowed by {SLOWED}, {count} of {each:.1} \
         s:"
    );
    println!("| what | of {count} | must reach of 10 |");
    println!("|---|--:|--:|");
    println!("| the slowed cell is found | {found} | 9 or more |");
    println!("| another cell is claimed | {claimed} | 1 or fewer |");
    Ok(())
}
