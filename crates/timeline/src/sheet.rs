//! A picture at one resolution: where its time axis is, and the looks that were
//! used.

use crate::columns::Grid;
use crate::layout::Layout;
use crate::style::Look;
use crate::svg::shapes::{Anchor, label, path};
use crate::svg::text::{number, width};
use crate::svg::ticks::{linear, linear_time};
use crate::timeline::Timeline;
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
    /// Whether a reader can make the axis longer: every timeline then has as
    /// many columns as fill it, also one that is short beside the others.
    pub(crate) zooms: bool,
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
        zooms: bool,
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
            zooms,
            column,
            marks,
            left,
            plot: (columns * column) as f64,
            top_ticks,
            bottom_ticks,
            looks: BTreeSet::new(),
        }
    }

    /// The columns of a timeline, which end where it ends, and how wide one is
    /// in pixels.
    pub(crate) fn grid(&self, timeline: &Timeline) -> (Grid, f64) {
        let axis = timeline.wall().max(1);
        let long = self.plot * axis as f64 / self.layout.axis as f64;
        let room = if self.zooms { self.plot } else { long };
        let columns = (room / self.column as f64).ceil().max(1.0) as usize;
        (Grid { axis, columns }, long / columns as f64)
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

/// An arrow, where there is room for one: a line, and its head apart, which
/// cannot be drawn out.
#[derive(Default)]
pub(crate) struct Arrows {
    lines: String,
    heads: String,
}

impl Arrows {
    pub(crate) fn add(&mut self, from: f64, to: f64, y: f64) {
        if to - from < 8.0 {
            return;
        }
        let [from, to, y] = [from, to, y].map(number);
        let _ = write!(self.lines, "M{from} {y}H{to}");
        let _ = write!(self.heads, "M{to} {y}m-4-3l4 3l-4 3");
    }

    pub(crate) fn draw(&self, out: &mut String) {
        path(out, "arrow", &self.lines);
        path(out, "arrow head", &self.heads);
    }
}

/// A length with as many decimals as columns of this width need.
pub(crate) fn fine(value: f64, step: f64) -> String {
    let decimals = (1.0 - step.log10()).ceil().clamp(1.0, 7.0) as usize;
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let short = text.strip_prefix('0').filter(|rest| rest.starts_with('.'));
    short.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_as_fine_as_its_columns() {
        let all = [(12.0, 1.0), (0.25, 1.0), (0.25, 0.05), (7.0, 0.001)];
        let all = all.map(|(value, step)| fine(value, step));
        assert_eq!(all, ["12", ".2", ".25", "7"]);
        assert_eq!(fine(0.000_123_4, 0.000_1), ".00012");
        assert_eq!(fine(0.0, 1.0), "0");
    }
}
