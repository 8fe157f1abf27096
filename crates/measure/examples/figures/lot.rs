//! Cells drawn by lot.

use lanes_core::{Family, Row, Size, rows, seed};
use lanes_suite::MODELS;

/// The seed of every lot: nobody has chosen a cell.
const SEED: u64 = 20_261_126;

/// A run that is shorter cannot be slowed by a known share: reading the clock
/// takes longer than that.
const SHORT: [(&str, &str); 2] =
    [("spawn", "sequential"), ("fib", "sequential")];

/// So many different cells of the quick rows in the seven runtimes: each with
/// its row and its model.
pub(crate) fn cells(count: usize) -> Vec<(Box<dyn Row>, &'static str)> {
    let mut all: Vec<(usize, &'static str)> = Vec::new();
    for (index, row) in rows(Size::Quick).iter().enumerate() {
        let fits = |model: &str| !SHORT.contains(&(row.workload(), model));
        let models =
            MODELS.iter().filter(|entry| entry.family == Family::Runtime);
        let models = models.map(|entry| entry.name);
        all.extend(models.filter(|name| fits(name)).map(|name| (index, name)));
    }
    let mut numbers = seed::numbers(SEED);
    let mut drawn = Vec::new();
    while drawn.len() < count && !all.is_empty() {
        let number = numbers.next().expect("the stream is endless");
        let (row, model) = all.swap_remove(number as usize % all.len());
        drawn.push((rows(Size::Quick).swap_remove(row), model));
    }
    drawn
}
