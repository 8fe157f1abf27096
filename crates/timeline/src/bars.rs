//! The bars of a view, and the critical path below them.

use crate::columns::{Grid, Run, most};
use crate::layout::Panel;
use crate::picture::View;
use crate::rows::{Doing, Row};
use crate::sheet::{Arrows, MARGIN, NOTE, Sheet, fine};
use crate::style::Look;
use crate::svg::shapes::{Anchor, open_text, path};
use crate::svg::text::{cut_middle, escape, number, width};
use crate::timeline::Timeline;
use crate::totals::Share;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A stretch of the critical path, in columns.
struct Stroke {
    row: usize,
    /// Whether the task held no worker.
    away: bool,
    from: usize,
    to: usize,
}

/// How high the rows of a view are.
#[derive(Clone, Copy)]
struct Pitch {
    bar: f64,
    pitch: f64,
}

impl Pitch {
    fn of(rows: usize) -> Self {
        match rows {
            0..=6 => Self { bar: 16.0, pitch: 22.0 },
            7..=12 => Self { bar: 13.0, pitch: 18.0 },
            _ => Self { bar: 11.0, pitch: 15.0 },
        }
    }
}

impl Sheet<'_> {
    /// The rows of a view; returns where they end.
    pub(crate) fn view(
        &mut self,
        panel: &Panel<'_>,
        view: View,
        rows: &[Row],
        y: f64,
        out: &mut String,
    ) -> f64 {
        let timeline = panel.timeline;
        let size = Pitch::of(rows.len());
        let bottom = y + rows.len() as f64 * size.pitch;
        let shared = match view {
            View::Tasks => self.layout.tasks,
            View::Workers => self.layout.workers,
        };
        for (index, row) in rows.iter().enumerate() {
            let y = y + index as f64 * size.pitch;
            let name = self.layout.label(timeline, view, index);
            let shown = cut_middle(&name, NOTE, self.left - MARGIN - 8.0);
            let at = (self.left - 8.0, y + size.bar - (size.bar - 8.0) / 2.0);
            open_text(out, Anchor::End, "", at);
            // A drawing's times are meant, and a shared row has several sums.
            if shared == 1 && !timeline.drawn {
                let spent = Share::of(index, &row.cells).words();
                let _ = write!(out, "<title>{}</title>", escape(&spent));
            }
            let _ = write!(out, "{}</text>", escape(&shown));
        }
        let [left, plot, high] = [self.left, self.plot, bottom + 2.0];
        let [left, plot, high] = [left, plot, high.ceil()].map(number);
        let _ = match self.zooms {
            true => write!(
                out,
                "<svg class=\"track\" x=\"{left}\" width=\"{plot}\" \
                 height=\"{high}\" viewBox=\"0 0 {plot} {high}\" \
                 preserveAspectRatio=\"none\">"
            ),
            false => {
                write!(out, "<g transform=\"translate({left} 0)\">")
            }
        };
        self.grid_lines(y, bottom, out);
        for (index, row) in rows.iter().enumerate() {
            let y = y + index as f64 * size.pitch;
            self.row(timeline, view, row, y, size, out);
        }
        self.critical(panel, view, rows.len(), y, size, out);
        let end = timeline.wall() as f64 / self.layout.axis as f64;
        let _ = write!(
            out,
            "<path class=\"line\" d=\"M{} {}V{}\"/></{}>",
            fine(end * self.plot, self.grid(timeline).1),
            number(y - 2.0),
            number(bottom),
            if self.zooms { "svg" } else { "g" }
        );
        bottom + 2.0
    }

    fn grid_lines(&self, top: f64, bottom: f64, out: &mut String) {
        let (top, bottom) = (number(top - 2.0), number(bottom));
        out.push_str("<path class=\"grid\" d=\"");
        for (part, _) in &self.top_ticks.marks {
            let x = number(part * self.plot);
            let _ = write!(out, "M{x} {top}V{bottom}");
        }
        out.push_str("\"/>");
    }

    fn row(
        &mut self,
        timeline: &Timeline,
        view: View,
        row: &Row,
        y: f64,
        Pitch { bar, .. }: Pitch,
        out: &mut String,
    ) {
        let size = self.layout.tasks;
        let (grid, step) = self.grid(timeline);
        let runs = grid.runs(
            &row.cells,
            timeline.begin,
            self.layout.classes,
            |task| task / size,
        );
        let mut paths: BTreeMap<(bool, Look), String> = BTreeMap::new();
        let mut arrows = Arrows::default();
        let mut marks = String::new();
        for Run { doing, class, from, to, cut } in runs {
            let look = Look::of(doing, class);
            self.looks.insert(look);
            // A gap where the same goes on for another task.
            let gap = if cut { step.max(1.5).min(step * 2.0) } else { 0.0 };
            let start = from as f64 * step;
            let wide = (to - from) as f64 * step - gap;
            let (x, long) = (fine(start, step), fine(wide, step));
            // A bar without an outline is a line as thick as it is high.
            let outlined = wide >= 3.0;
            let path = paths.entry((outlined, look)).or_default();
            let _ = match outlined {
                true => write!(path, "M{x} 0h{long}v{bar}h-{long}z"),
                false => write!(path, "M{x} {}h{long}", bar / 2.0),
            };
            let end = start + wide;
            let mid = bar / 2.0;
            let by_worker = view == View::Workers;
            let numbered = self.marks && (size == 1 || by_worker);
            let name = self.layout.mark(timeline, class);
            let name_width = width(&name, 10.0);
            let needed = (name_width + 6.0) / wide;
            let mut mark = |x: f64, needed: f64| {
                let Some(class) = self.mark_class(needed) else { return };
                let _ = write!(
                    marks,
                    "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
                    fine(x, step.min(1.0)),
                    number(mid + 3.5),
                    escape(&name)
                );
            };
            match doing {
                Doing::Compute if numbered => mark((start + end) / 2.0, needed),
                Doing::Turn if numbered && by_worker => {
                    mark((start + end) / 2.0, needed);
                }
                Doing::Io => {
                    let mut start = start + 3.0;
                    if numbered && by_worker && wide >= name_width + 24.0 {
                        mark(start + name_width / 2.0 + 1.0, 1.0);
                        start += name_width + 4.0;
                    }
                    arrows.add(start, end - 3.0, mid);
                }
                _ => {}
            }
        }
        let _ = write!(out, "<g transform=\"translate(0 {})\">", number(y));
        // Lines first: the outlines of bars stay whole.
        for ((outlined, look), path) in paths {
            let name = look.name();
            let _ = match outlined {
                true => write!(out, "<path class=\"{name}\" d=\"{path}\"/>"),
                false => write!(
                    out,
                    "<path class=\"{name}t\" stroke-width=\"{bar}\" \
                     d=\"{path}\"/>"
                ),
            };
        }
        arrows.draw(out);
        let _ = write!(out, "{marks}</g>");
    }

    /// The class of a mark that has room on an axis so many times as long; none
    /// if it never has.
    fn mark_class(&self, needed: f64) -> Option<&'static str> {
        match needed {
            ..=1.0 => Some("mark"),
            _ if !self.zooms => None,
            ..=4.0 => Some("mark z4"),
            ..=16.0 => Some("mark z16"),
            ..=64.0 => Some("mark z64"),
            ..=256.0 => Some("mark z256"),
            _ => None,
        }
    }

    /// The critical path as a line under the bars.
    fn critical(
        &self,
        panel: &Panel<'_>,
        view: View,
        rows: usize,
        y: f64,
        Pitch { bar, pitch }: Pitch,
        out: &mut String,
    ) {
        let begin = panel.timeline.begin;
        let row = |task: usize, worker: Option<usize>| match view {
            View::Tasks => task / self.layout.tasks,
            View::Workers => worker.map_or(rows, |w| w / self.layout.workers),
        };
        let steps = panel.path.steps.iter().map(|step| {
            let row = row(step.task, step.worker);
            (row, step.begin - begin, step.end - begin)
        });
        let (grid, step): (Grid, f64) = self.grid(panel.timeline);
        let tally = grid.tally(rows + 1, steps);
        let found = tally.chunks(rows + 1).map(|of| most(of.iter().copied()));
        let found: Vec<usize> = found.map_while(|row| row).collect();
        // A stretch without a worker goes on below the row of the one before;
        // the first stretch, below the row of the one after.
        let first = found.iter().find(|row| **row < rows);
        let first = first.copied().unwrap_or(0);
        let mut strokes: Vec<Stroke> = Vec::new();
        for (column, found) in found.into_iter().enumerate() {
            let away = found == rows;
            let before = strokes.last().map_or(first, |stroke| stroke.row);
            let row = if away { before } else { found };
            match strokes.last_mut() {
                Some(last) if (last.row, last.away) == (row, away) => {
                    last.to += 1;
                }
                _ => {
                    let (from, to) = (column, column + 1);
                    strokes.push(Stroke { row, away, from, to });
                }
            }
        }
        let height = |row: usize| number(y + row as f64 * pitch + bar + 1.0);
        let [mut along, mut off, mut links] = [const { String::new() }; 3];
        let mut before = None;
        for Stroke { row, away, from, to } in strokes {
            let x = fine(from as f64 * step, step);
            let at = height(row);
            let long = fine((to - from) as f64 * step, step);
            let line = if away { &mut off } else { &mut along };
            let _ = write!(line, "M{x} {at}h{long}");
            if let Some(before) = before.filter(|before| *before != row) {
                let _ = write!(links, "M{x} {}V{at}", height(before));
            }
            before = Some(row);
        }
        path(out, "link", &links);
        path(out, "path", &along);
        path(out, "away", &off);
    }
}
