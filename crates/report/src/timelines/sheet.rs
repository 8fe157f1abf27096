//! The document: what stands where.

use super::Timeline;
use super::axis::{self, Ticks};
use super::columns::Grid;
use super::path::Path;
use super::picture::View;
use super::scene::{Panel, Scene};
use super::style::{COLOUR_COUNT, Look, definitions};
use super::text::{count, cut, escape, number, width, wrap};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

/// The picture, in pixels.
pub(crate) const WIDTH: f64 = 900.0;
pub(crate) const MARGIN: f64 = 20.0;
pub(crate) const NOTE: f64 = 11.0;
/// How much wider bold letters are.
pub(crate) const BOLD: f64 = 1.15;

/// A document in the making.
pub(crate) struct Sheet<'a> {
    pub(crate) scene: &'a Scene<'a>,
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
        scene: &'a Scene<'a>,
        column: usize,
        marks: bool,
    ) -> Self {
        let labels = scene.panels.iter().flat_map(|panel| {
            panel.views.iter().flat_map(move |(view, rows)| {
                let label = move |row| scene.label(panel.timeline, *view, row);
                (0..rows.len()).map(label)
            })
        });
        let widest = labels.map(|label| width(&label, NOTE));
        let widest = widest.fold(64.0, f64::max).min(150.0);
        let left = (MARGIN + widest + 8.0).ceil();
        let columns = (WIDTH - MARGIN - left) as usize / column;
        let bottom_ticks = axis::in_time(scene.axis, 10);
        let top_ticks = match scene.picture.unit {
            Some(unit) => axis::in_units(scene.axis, unit, 16),
            None => axis::in_time(scene.axis, 10),
        };
        Self {
            scene,
            grid: Grid { axis: scene.axis, columns },
            column,
            marks,
            left,
            plot: (columns * column) as f64,
            top_ticks,
            bottom_ticks,
            looks: BTreeSet::new(),
        }
    }

    pub(crate) fn document(mut self) -> String {
        let scene = self.scene;
        let panels: Vec<(String, f64)> =
            scene.panels.iter().map(|panel| self.panel(panel)).collect();
        let picture = scene.picture;
        let mut body = String::new();
        let mut y = MARGIN;
        let whole = WIDTH - 2.0 * MARGIN;
        for (text, class, size, line) in [
            (&picture.title, "title", 18.0 * BOLD, 24.0),
            (&picture.subtitle, "sub", 13.0, 18.0),
            (&picture.above, "above", NOTE, 15.0),
        ] {
            for text in wrap(text, size, whole) {
                y += line;
                body.push_str(&label(MARGIN, y - 6.0, class, &text));
            }
        }
        y = self.legend(y + 6.0, &mut body);
        y = self.scale(&self.top_ticks, y, true, &mut body);
        for (panel, height) in panels {
            let _ = write!(
                body,
                "<g transform=\"translate(0 {})\">{panel}</g>",
                number(y)
            );
            y += height;
        }
        y = self.scale(&self.bottom_ticks, y, false, &mut body);
        let mut below = wrap(&picture.below, NOTE, whole);
        for remark in self.remarks() {
            below.extend(wrap(&remark, NOTE, whole));
        }
        for text in below {
            y += 15.0;
            body.push_str(&label(MARGIN, y, "note", &text));
        }
        let height = number((y + MARGIN).ceil());
        let description = self.description();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lanes\" \
             width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             style=\"max-width:100%;height:auto\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{}\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
             {body}\n</svg>\n",
            escape(&picture.title),
            escape(&description),
            definitions(&self.looks),
        )
    }

    /// The picture in words.
    fn description(&self) -> String {
        let panels = self.scene.panels.iter().map(|panel| {
            let Panel { timeline, path, .. } = panel;
            let wall = Duration::from_nanos(timeline.wall());
            format!(
                "{}: {}{}; {}.",
                cut(&timeline.name, NOTE, 600.0),
                self.scene.total(wall),
                if timeline.drawn { ", drawn, not measured" } else { "" },
                self.scene.made_of(path)
            )
        });
        let count = self.scene.panels.len();
        let plural = if count == 1 { "" } else { "s" };
        format!(
            "{count} timeline{plural} on one time axis. {}",
            panels.collect::<Vec<_>>().join(" ")
        )
    }

    /// What the picture as a whole leaves out.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let Scene { tasks, workers, picture, .. } = self.scene;
        let shown = |view| picture.views.contains(&view);
        let mut remarks = Vec::new();
        let groups = self.looks.iter().filter_map(|look| match look {
            Look::Group(class) => Some(*class),
            Look::Other(_) => None,
        });
        let last = groups.max();
        if last.is_some() && *tasks > 1 {
            remarks.push(format!(
                "Each colour stands for {} tasks with consecutive numbers.",
                count(*tasks)
            ));
        }
        if last >= Some(COLOUR_COUNT) {
            remarks.push(format!(
                "Colours repeat every {} tasks, with other lines on them.",
                count(tasks.saturating_mul(COLOUR_COUNT))
            ));
        }
        if *tasks > 1 && shown(View::Tasks) {
            remarks.push(
                "A row of several tasks shows what most of those did that \
                 had begun and not ended; they are ready while none of them \
                 had a worker."
                    .to_owned(),
            );
        }
        if *workers > 1 && shown(View::Workers) {
            remarks.push(
                "A row of several workers shows what most of them did."
                    .to_owned(),
            );
        }
        remarks
    }

    fn panel(&mut self, panel: &Panel<'_>) -> (String, f64) {
        let Panel { timeline, path, views } = panel;
        let mut out = String::new();
        let mut y = 0.0;
        if let Some(heading) = &timeline.heading {
            for line in wrap(heading, 14.0 * BOLD, WIDTH - 2.0 * MARGIN) {
                out.push_str(&label(MARGIN, y + 16.0, "head", &line));
                y += 19.0;
            }
            y += 3.0;
        }
        if timeline.drawn {
            y += 8.0;
        }
        let top = y;
        self.headline(timeline, path, y, &mut out);
        y += 22.0;
        for (view, rows) in views {
            if views.len() > 1 {
                let text = view.title();
                let _ = write!(
                    out,
                    "<text class=\"note end\" font-style=\"italic\" \
                     x=\"{}\" y=\"{}\">{text}</text>",
                    self.left - 8.0,
                    y + 9.0
                );
                y += 14.0;
            }
            y = self.view(panel, *view, rows, y, &mut out);
        }
        for text in self.notes(timeline) {
            for line in wrap(&text, NOTE, self.plot) {
                out.push_str(&label(self.left, y + 11.0, "note", &line));
                y += 14.0;
            }
        }
        if timeline.drawn {
            let _ = write!(
                out,
                "<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" \
                 height=\"{}\"/>",
                MARGIN - 8.0,
                number(top - 2.0),
                WIDTH - 2.0 * MARGIN + 16.0,
                number(y - top + 6.0)
            );
            y += 4.0;
        }
        (out, y + 8.0)
    }

    /// Name, total and critical path.
    fn headline(
        &self,
        timeline: &Timeline,
        path: &Path,
        y: f64,
        out: &mut String,
    ) {
        let wall = Duration::from_nanos(timeline.wall());
        let total = self.scene.total(wall);
        let made_of = self.scene.made_of(path);
        let drawn = if timeline.drawn { "drawn, not measured" } else { "" };
        let taken = width(&total, 13.0)
            + width(drawn, 13.0)
            + width(&made_of, NOTE)
            + 120.0;
        let room = (WIDTH - 2.0 * MARGIN - taken).max(60.0);
        let name = cut(&timeline.name, 13.0 * BOLD, room);
        let baseline = number(y + 15.0);
        let _ = write!(
            out,
            "<text x=\"{MARGIN}\" y=\"{baseline}\"><title>{}</title>\
             <tspan class=\"name\">{}</tspan>\
             <tspan class=\"total\" dx=\"10\">{}</tspan>",
            escape(&cut(&timeline.name, NOTE, 2000.0)),
            escape(&name),
            escape(&total),
        );
        // Of two views each has its own line.
        if let [view] = self.scene.picture.views[..] {
            let view = view.title();
            let _ = write!(
                out,
                "<tspan class=\"note\" dx=\"14\" \
                 font-style=\"italic\">{view}</tspan>"
            );
        }
        if timeline.drawn {
            let _ =
                write!(out, "<tspan class=\"drawn\" dx=\"14\">{drawn}</tspan>");
        }
        let right = self.left + self.plot;
        let _ = write!(
            out,
            "</text><text class=\"note end\" x=\"{right}\" \
             y=\"{baseline}\">{}</text>",
            escape(&made_of)
        );
    }

    /// What is written under a panel.
    pub(crate) fn notes(&self, timeline: &Timeline) -> Vec<String> {
        let mut notes: Vec<String> = timeline.note.iter().cloned().collect();
        let views = &self.scene.picture.views;
        let spans = timeline.spans.iter();
        let away = spans.filter(|span| span.worker.is_none()).count();
        if views.contains(&View::Workers) && away > 0 {
            let (is, not) = match away {
                1 => ("wait occupies", "it is not in the rows"),
                _ => ("waits occupy", "they are not in the rows"),
            };
            notes.push(format!(
                "{} {is} no worker: {not} by worker.",
                count(away)
            ));
        }
        let narrow = timeline.spans.iter().filter(|span| {
            let long = u128::from(span.end - span.begin);
            long * (self.grid.columns as u128) < u128::from(self.grid.axis)
        });
        let (narrow, all) = (narrow.count(), timeline.spans.len());
        if narrow > 0 {
            let pixels = match self.column {
                1 => "a pixel".to_owned(),
                more => format!("{more} pixels"),
            };
            notes.push(format!(
                "{} of {} spans, narrower than {pixels}, merged by majority \
                 of time.",
                count(narrow),
                count(all)
            ));
        }
        notes
    }

    /// A time axis; returns where it ends.
    pub(crate) fn scale(
        &self,
        ticks: &Ticks,
        y: f64,
        top: bool,
        out: &mut String,
    ) -> f64 {
        let unit = match self.scene.picture.unit {
            Some(unit) if ticks.unit == "U" => {
                format!("U = {}", axis::time(unit.as_nanos()))
            }
            _ => ticks.unit.clone(),
        };
        let (line, text) =
            if top { (y + 18.0, y + 12.0) } else { (y, y + 15.0) };
        let tick = if top { "v-4" } else { "v4" };
        let class = "end";
        out.push_str(&label(self.left - 14.0, text, class, &unit));
        let (left, plot) = (number(self.left), number(self.plot));
        let mut path = format!("M{left} {}h{plot}", number(line));
        for (part, value) in &ticks.marks {
            let x = self.left + part * self.plot;
            let _ = write!(path, "M{} {}{tick}", number(x), number(line));
            out.push_str(&label(x, text, "mid", value));
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

pub(crate) fn label(x: f64, y: f64, class: &str, text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
        number(x),
        number(y),
        escape(text)
    )
}
