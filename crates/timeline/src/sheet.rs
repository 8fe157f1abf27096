//! A picture at one resolution: where its time axis is, and the looks that were
//! used.

use crate::columns::Grid;
use crate::layout::Layout;
use crate::style::Look;
use crate::svg::shapes::{Anchor, label};
use crate::svg::text::{number, width};
use crate::svg::ticks::{linear, linear_time};
use lanes_measure::words::round_time;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

/// The picture, in pixels.
pub(crate) const WIDTH: f64 = 900.0;
pub(crate) const MARGIN: f64 = 20.0;
pub(crate) const NOTE: f64 = 11.0;
/// How much wider bold letters are.
pub(crate) const BOLD: f64 = 1.15;

/// How wide a column is in pixels, and whether bars hold the numbers of their
/// tasks, from fine to coarse: a picture takes the finest that is short enough.
pub(crate) const LEVELS: [(usize, bool); 6] =
    [(1, true), (2, true), (4, true), (4, false), (8, false), (16, false)];

/// Where ticks stand on a time axis.
pub(crate) struct Ticks {
    /// The unit of the numbers.
    pub(crate) unit: String,
    /// Parts of the axis, 0 to 1, and numbers.
    pub(crate) marks: Vec<(f64, String)>,
}

impl Ticks {
    /// In seconds or a part of them, for an axis of so many nanoseconds.
    fn in_time(axis: u64, most: usize) -> Self {
        let end = axis as f64 / 1e9;
        let (unit, ticks) = linear_time(end, most);
        Self::of(unit.to_owned(), end, ticks)
    }

    /// In multiples of a unit, which gets the name U.
    fn in_units(axis: u64, unit: Duration, most: usize) -> Self {
        let end = axis as f64 / unit.as_nanos() as f64;
        let name = format!("U = {}", round_time(unit.as_secs_f64()));
        Self::of(name, end, linear(end, most))
    }

    fn of(unit: String, end: f64, ticks: Vec<(f64, String)>) -> Self {
        let part = |(value, text)| (f64::min(value / end, 1.0), text);
        Self { unit, marks: ticks.into_iter().map(part).collect() }
    }
}

/// A picture in the making.
pub(crate) struct Sheet<'a> {
    pub(crate) layout: &'a Layout<'a>,
    pub(crate) grid: Grid,
    /// Pixels of a column.
    pub(crate) column: usize,
    pub(crate) marks: bool,
    /// Where the time axis begins, and how long it is.
    pub(crate) left: f64,
    pub(crate) plot: f64,
    pub(crate) top_ticks: Ticks,
    pub(crate) bottom_ticks: Ticks,
    pub(crate) looks: BTreeSet<Look>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(
        layout: &'a Layout<'a>,
        column: usize,
        marks: bool,
    ) -> Self {
        let labels = layout.panels.iter().flat_map(|panel| {
            panel.views.iter().flat_map(move |(view, rows)| {
                let label = move |row| layout.label(panel.timeline, *view, row);
                (0..rows.len()).map(label)
            })
        });
        let widest = labels.map(|label| width(&label, NOTE));
        let widest = widest.fold(64.0, f64::max).min(150.0);
        let left = (MARGIN + widest + 8.0).ceil();
        let columns = (WIDTH - MARGIN - left) as usize / column;
        let bottom_ticks = Ticks::in_time(layout.axis, 10);
        let top_ticks = match layout.picture.unit {
            Some(unit) => Ticks::in_units(layout.axis, unit, 16),
            None => Ticks::in_time(layout.axis, 10),
        };
        Self {
            layout,
            grid: Grid { axis: layout.axis, columns },
            column,
            marks,
            left,
            plot: (columns * column) as f64,
            top_ticks,
            bottom_ticks,
            looks: BTreeSet::new(),
        }
    }

    /// Draws a time axis; returns where it ends.
    pub(crate) fn time_axis(
        &self,
        ticks: &Ticks,
        y: f64,
        top: bool,
        out: &mut String,
    ) -> f64 {
        let (line, text) =
            if top { (y + 18.0, y + 12.0) } else { (y, y + 15.0) };
        let tick = if top { "v-4" } else { "v4" };
        let at = (self.left - 14.0, text);
        label(out, Anchor::End, "", at, &ticks.unit);
        let (left, plot) = (number(self.left), number(self.plot));
        let mut path = format!("M{left} {}h{plot}", number(line));
        for (part, value) in &ticks.marks {
            let x = self.left + part * self.plot;
            let _ = write!(path, "M{} {}{tick}", number(x), number(line));
            label(out, Anchor::Middle, "", (x, text), value);
        }
        let _ = write!(out, "<path class=\"line\" d=\"{path}\"/>");
        y + if top { 24.0 } else { 18.0 }
    }
}

/// An arrow, where there is room for one.
pub(crate) fn arrow(from: f64, to: f64, y: f64, path: &mut String) {
    if to - from < 8.0 {
        return;
    }
    let _ = write!(
        path,
        "M{} {}H{}m-4-3l4 3l-4 3",
        number(from),
        number(y),
        number(to)
    );
}
