//! What was found, as a table.

use super::{Crossover, Found};
use crate::statistics::Interval;
use crate::tables::Table;
use crate::words::digits;

/// A line for each model.
pub fn table(crossover: &Crossover) -> Table {
    let columns =
        ["model", "workers", "faster", "grain", "time there", "below"];
    let mut table = Table::new(&columns);
    for model in &crossover.models {
        let [mut grain, mut ratio, mut below] = [(); 3].map(|()| String::new());
        let faster = match model.found {
            Found::From { len, grain: best, ratio: found, not_at } => {
                grain = power(best);
                ratio = times(&found);
                below = match not_at {
                    Some(at) => format!("not for certain at {}", power(at)),
                    None if len == crossover.shortest => "the shortest".into(),
                    None => "not known".into(),
                };
                format!("from {} on", power(len))
            }
            Found::Never { up_to } => format!("never up to {}", power(up_to)),
            Found::Open => "not certain".into(),
            Found::Unmeasured => "not measured".into(),
        };
        let workers = model.workers.to_string();
        let name = model.name.clone();
        table.row(vec![name, workers, faster, grain, ratio, below]);
    }
    table
}

/// A ratio with its interval.
fn times(ratio: &Interval) -> String {
    let [low, median, high] = [ratio.low, ratio.median, ratio.high].map(digits);
    format!("{median} times ({low} to {high})")
}

/// A power of two as `2^n`, any other number as it is.
pub fn power(number: u64) -> String {
    match number.is_power_of_two() {
        true => format!("2^{}", number.trailing_zeros()),
        false => number.to_string(),
    }
}
