//! A name, a field with an axis, and figures: the rows of two of the plots.

use super::plot::{LETTERS, MARGIN, WIDTH, name};
use lanes_timeline::svg::scale::Scale;
use lanes_timeline::svg::shapes::{Anchor, label, path};
use lanes_timeline::svg::text::{cut, number, width};
use lanes_timeline::svg::ticks::Tick;
use std::fmt::Write;

/// Pixels of a row.
pub(super) const ROW: f64 = 19.0;
/// The pixels above the rows.
pub(super) const HEAD: f64 = 22.0;
/// No name takes more than this.
const WIDEST_NAME: f64 = 170.0;
/// No figure takes more than this.
const WIDEST_FIGURE: f64 = 125.0;

/// Where everything stands, from left to right and from top to bottom.
#[derive(Debug)]
pub(super) struct Columns {
    names: f64,
    /// Where the field begins and where it ends.
    pub(super) field: (f64, f64),
    /// The right ends of the figures.
    ends: Vec<f64>,
    /// Where the rows end.
    pub(super) bottom: f64,
}

impl Columns {
    /// For these names and columns of figures, each with its heading.
    pub(super) fn new<'a>(
        names: impl ExactSizeIterator<Item = &'a str>,
        figures: &[(&str, Vec<String>)],
    ) -> Self {
        let bottom = HEAD + names.len() as f64 * ROW;
        let widths = names.map(|name| width(name, LETTERS));
        let names = MARGIN + widths.fold(40.0, f64::max).min(WIDEST_NAME);
        let mut right = WIDTH - MARGIN;
        let mut ends = Vec::new();
        for (heading, texts) in figures.iter().rev() {
            ends.insert(0, right);
            let texts = texts.iter().map(String::as_str).chain([*heading]);
            let widest = texts.map(|text| width(text, LETTERS));
            right -= widest.fold(0.0, f64::max).min(WIDEST_FIGURE) + 14.0;
        }
        Self { names, field: (names + 12.0, right), ends, bottom }
    }

    /// The middle of a row.
    pub(super) fn middle(&self, row: usize) -> f64 {
        HEAD + (row as f64 + 0.5) * ROW
    }

    /// A row's name and its figures, of which some may be empty.
    pub(super) fn texts<'a>(
        &self,
        body: &mut String,
        row: usize,
        model: &str,
        figures: impl Iterator<Item = &'a str>,
    ) {
        let y = self.middle(row) + 4.0;
        let room = self.names - MARGIN;
        name(body, Anchor::End, (self.names, y), model, room, "");
        for (end, text) in self.ends.iter().zip(figures) {
            if !text.is_empty() {
                let text = cut(text, LETTERS, WIDEST_FIGURE);
                label(body, Anchor::End, "", (*end, y), &text);
            }
        }
    }

    /// Lines that lead from each name to its figures.
    pub(super) fn guides(&self, body: &mut String, rows: usize) {
        let (from, to) = (number(self.field.0), number(self.field.1));
        let guide = |row| format!("M{from} {}H{to}", number(self.middle(row)));
        path(body, "guide", &(0..rows).map(guide).collect::<String>());
    }

    /// The headings of the figures, and the axis with its label.
    pub(super) fn frame(
        &self,
        body: &mut String,
        headings: &[(&str, Vec<String>)],
        scale: &Scale,
        ticks: &[Tick],
        axis: &str,
    ) {
        for (end, (heading, _)) in self.ends.iter().zip(headings) {
            label(body, Anchor::End, "soft", (*end, 13.0), heading);
        }
        let (left, right) = self.field;
        let mut lines = String::new();
        for (value, text) in ticks {
            let x = scale.at(*value);
            let _ = write!(
                lines,
                "M{} {HEAD}V{}",
                number(x),
                number(self.bottom + 4.0)
            );
            let at = (x, self.bottom + 17.0);
            label(body, Anchor::Middle, "", at, text);
        }
        path(body, "grid", &lines);
        let (from, to) = (number(left), number(right));
        path(body, "axis", &format!("M{from} {}H{to}", number(self.bottom)));
        let at = (left.midpoint(right), self.bottom + 33.0);
        label(body, Anchor::Middle, "soft", at, axis);
    }
}
