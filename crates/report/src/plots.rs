//! Plots of figures, as SVG to stand in a page.

/// A ratio to the fastest, with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Whisker {
    /// The model.
    pub name: String,
    /// The estimate; 1 for the fastest itself.
    pub ratio: f64,
    /// The ends of the interval, infinite where the data cannot bound them;
    /// none for the fastest itself.
    pub ends: Option<(f64, f64)>,
    /// What is said of it.
    pub told: Told,
}

/// What is said of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is the fastest.
    Best,
    /// It is as fast, within a margin.
    Tie,
    /// It is slower.
    Slower,
    /// There is not enough evidence.
    Unclear,
}

/// A model's times with more and more workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// The model.
    pub name: String,
    /// Numbers of workers, each with the speed-up over the fewest and the ends
    /// of its interval.
    pub points: Vec<(usize, f64, Option<(f64, f64)>)>,
}

/// Ratios to the fastest with their intervals, on a logarithmic axis; `floor` is
/// the log-ratio below which no difference is told.
pub fn ratios(rows: &[Whisker], floor: f64) -> String {
    let _ = (rows, floor);
    String::new()
}

/// Times in seconds as bars, with the limit (what it is, and its time in
/// seconds) as a line.
pub fn times(rows: &[(String, f64)], limit: Option<(&str, f64)>) -> String {
    let _ = (rows, limit);
    String::new()
}

/// Speed-ups over numbers of workers, with the ideal line, and a mark at the
/// number of threads that the machine runs at once.
pub fn scaling(series: &[Scaling], cores: usize) -> String {
    let _ = (series, cores);
    String::new()
}

/// Latencies in seconds over quantiles, such as 0.5, 0.99 and 1.
pub fn latencies(series: &[(String, Vec<(f64, f64)>)]) -> String {
    let _ = series;
    String::new()
}

/// The patterns that plots refer to, as a hidden element that stands once in a
/// page.
pub fn definitions() -> String {
    String::new()
}
