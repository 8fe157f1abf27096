//! Files of studies: curves of efficiency, and crossovers.

use crate::documents::load;
use lanes_measure::crossover::Crossover;
use lanes_measure::metg::{Curve, Metg, Rung};
use lanes_report::plots::{Efficiency, efficiency, standalone};

/// A file of curves: their plot.
///
/// # Panics
/// If a plot is no picture, or what was read is not what is written.
pub fn metg(bytes: &[u8]) {
    let Some(metg) = load(bytes, |path| Metg::load(path).ok()) else { return };
    let text = serde_json::to_vec(&metg).expect("it can be written");
    let again = load(&text, |path| Metg::load(path).ok());
    assert!(again.as_ref() == Some(&metg), "read and written");
    let point = |rung: &Rung| {
        let ends = rung.interval.map(|found| (found.low, found.high));
        Some((rung.grain(), rung.efficiency?, ends))
    };
    let series = |curve: &Curve| Efficiency {
        name: curve.name.clone(),
        points: curve.rungs.iter().filter_map(point).collect(),
        half: None,
    };
    let series: Vec<Efficiency> = metg.curves.iter().map(series).collect();
    let plot = standalone(&efficiency(&series));
    assert!(series.is_empty() || plot.starts_with("<svg"), "a picture");
}

/// A file of crossovers.
///
/// # Panics
/// If what was read is not what is written.
pub fn crossover(bytes: &[u8]) {
    let loaded = load(bytes, |path| Crossover::load(path).ok());
    let Some(crossover) = loaded else { return };
    let text = serde_json::to_vec(&crossover).expect("it can be written");
    let again = load(&text, |path| Crossover::load(path).ok());
    assert!(again.as_ref() == Some(&crossover), "read and written");
}
