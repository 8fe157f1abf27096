//! Lines of several series, with their names at the ends.

use super::marks::look;
use super::plot::{LETTERS, MARGIN, WIDTH, name};
use super::spread::spread;
use lanes_timeline::svg::scale::Scale;
use lanes_timeline::svg::shapes::{Anchor, label, open_group, path};
use lanes_timeline::svg::text::{number, width};
use lanes_timeline::svg::ticks::Tick;
use std::fmt::Write;

/// Between the baselines of two names.
const GAP: f64 = 15.0;
/// The pixels above the field.
const TOP: f64 = 22.0;
/// Between the field and a name: room for a leader and a mark.
const KEY: f64 = 34.0;
/// No name with its figure takes more than this.
const WIDEST: f64 = 210.0;
/// The outermost points are so far inside of the field.
const INSET: f64 = 18.0;

/// One line.
#[derive(Debug)]
pub(super) struct Series<'a> {
    pub(super) name: &'a str,
    /// The figure after the name.
    pub(super) figure: String,
    /// Places on the axes, each with the ends of an interval.
    pub(super) points: Vec<Place>,
}

/// The lower and the upper end of an interval.
pub type Ends = (f64, f64);

/// A place on the horizontal axis, one on the vertical axis, and the ends of
/// an interval on that.
pub(super) type Place = (f64, f64, Option<Ends>);

/// Where the lines are.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Field {
    /// With room for these names at the right, and not lower than `lowest`.
    pub(super) fn new(series: &[Series<'_>], lowest: f64) -> Self {
        let widths = series.iter().map(|Series { name, figure, .. }| {
            width(name, LETTERS) + width(figure, LETTERS)
        });
        let names = widths.fold(40.0, f64::max).min(WIDEST - 6.0) + 6.0;
        let high = (series.len() as f64 * GAP).max(lowest);
        Self {
            left: 64.0,
            right: WIDTH - MARGIN - names - KEY,
            top: TOP,
            bottom: TOP + high,
        }
    }

    /// The height of the whole plot.
    pub(super) fn height(&self) -> f64 {
        self.bottom + 44.0
    }

    /// Where the points are, from left to right.
    pub(super) fn across(&self) -> (f64, f64) {
        (self.left + INSET, self.right - INSET)
    }

    /// Where the points are, upwards.
    pub(super) fn upwards(&self) -> (f64, f64) {
        (self.bottom, self.top)
    }

    /// The axes: ticks below and at the left, and their labels.
    pub(super) fn frame(
        &self,
        body: &mut String,
        (across, below): (&Scale, &[Tick]),
        (upwards, beside): (&Scale, &[Tick]),
        (label_below, label_above): (&str, &str),
    ) {
        let mut lines = String::new();
        let [left, right, top, bottom] =
            [self.left, self.right, self.top, self.bottom].map(number);
        for (value, text) in below {
            let x = across.at(*value);
            let end = number(self.bottom + 4.0);
            let _ = write!(lines, "M{} {top}V{end}", number(x));
            let at = (x, self.bottom + 17.0);
            label(body, Anchor::Middle, "", at, text);
        }
        for (value, text) in beside {
            let y = upwards.at(*value);
            let _ = write!(lines, "M{left} {}H{right}", number(y));
            let at = (self.left - 6.0, y + 4.0);
            label(body, Anchor::End, "", at, text);
        }
        path(body, "grid", &lines);
        path(body, "axis", &format!("M{left} {top}V{bottom}H{right}"));
        let at = (self.left.midpoint(self.right), self.bottom + 34.0);
        label(body, Anchor::Middle, "soft", at, label_below);
        let at = (MARGIN, 13.0);
        label(body, Anchor::Start, "soft", at, label_above);
    }

    /// The lines, whiskers, marks and names.
    pub(super) fn lines(
        &self,
        body: &mut String,
        series: &[Series<'_>],
        across: &Scale,
        upwards: &Scale,
    ) {
        let last = |series: &Series<'_>| {
            series.points.last().map_or(self.bottom, |(_, y, _)| upwards.at(*y))
        };
        let wishes: Vec<f64> = series.iter().map(last).collect();
        let room = (self.top + 8.0, self.bottom - 2.0);
        let labels = spread(&wishes, GAP, room);
        let mut leaders = String::new();
        let mut groups = String::new();
        for (index, (series, y)) in series.iter().zip(&labels).enumerate() {
            let places = self.places(index, labels.len(), series, across);
            let key = (self.right + KEY - 10.0, *y);
            self.leader(&mut leaders, &places, upwards, key);
            open_group(&mut groups, &look(index), series.name);
            line(&mut groups, &places, upwards, key);
            let figure = width(&series.figure, LETTERS) + 4.0;
            let text = (self.right + KEY).round();
            let most = (WIDTH - MARGIN - text - figure).max(30.0);
            let at = (text, (y + 4.0).round());
            let Series { name: model, figure, .. } = series;
            name(&mut groups, Anchor::Start, at, model, most, figure);
            groups.push_str("</g>");
        }
        path(body, "leader", &leaders);
        body.push_str(&groups);
    }

    /// The points with their pixels across. Whiskers of several series at one
    /// place would hide each other: they stand side by side.
    fn places(
        &self,
        index: usize,
        count: usize,
        series: &Series<'_>,
        across: &Scale,
    ) -> Vec<Place> {
        let step = (INSET / count as f64).min(3.0);
        let aside = (index as f64 - (count - 1) as f64 / 2.0) * step;
        let place = |&(x, y, ends): &Place| {
            let aside = if ends.is_some() { aside } else { 0.0 };
            (across.at(x) + aside, y, ends)
        };
        series.points.iter().map(place).collect()
    }

    /// From the last point to the name's mark; a line that ends earlier has
    /// none, since it would lead across the others.
    fn leader(
        &self,
        leaders: &mut String,
        places: &[Place],
        upwards: &Scale,
        (x, y): (f64, f64),
    ) {
        let end = self.right - 2.0 * INSET;
        let Some((from, at, _)) = places.last().filter(|place| place.0 > end)
        else {
            return;
        };
        let [at, x, y] = [upwards.at(*at), x - 6.0, y].map(number);
        let _ = write!(leaders, "M{} {at}L{x} {y}", number(from + 6.0));
    }
}

/// The whiskers and the line. The style puts a mark on each of its corners; one
/// that stands apart is beside the name.
fn line(
    body: &mut String,
    places: &[Place],
    upwards: &Scale,
    (x, y): (f64, f64),
) {
    let mut line = String::new();
    let mut whiskers = String::new();
    for (index, (x, y, ends)) in places.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { ' ' };
        let (x, y) = (number(*x), number(upwards.at(*y)));
        let _ = write!(line, "{letter}{x} {y}");
        let known = |ends: &(f64, f64)| !ends.0.is_nan() && !ends.1.is_nan();
        let Some((low, high)) = ends.filter(known) else { continue };
        let [from, to] = [low, high].map(|end| number(upwards.at(end)));
        let _ = write!(whiskers, "M{x} {from}V{to}");
        for (end, y, arrow) in
            [(low, from, "m-3-4l3 4 3-4"), (high, to, "m-3 4l3-4 3 4")]
        {
            let end = if upwards.holds(end) { "m-3 0h6" } else { arrow };
            let _ = write!(whiskers, "M{x} {y}{end}");
        }
    }
    path(body, "whisker", &whiskers);
    // A corner has a mark where something begins or ends.
    if places.len() == 1 {
        line.push_str("h0");
    }
    let _ = write!(line, "M{} {}h0", number(x), number(y));
    path(body, "line", &line);
}
