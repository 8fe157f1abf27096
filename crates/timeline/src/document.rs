//! A picture as an SVG document of its own.

use crate::layout::{Layout, Panel};
use crate::path::Path;
use crate::picture::Picture;
use crate::sheet::{BOLD, LEVELS, MARGIN, NOTE, Sheet, WIDTH};
use crate::style::definitions;
use crate::svg::shapes::{Anchor, label};
use crate::svg::text::{cut, escape, number, width, wrap};
use crate::timeline::Timeline;
use lanes_core::Error;
use lanes_measure::words::{count, counted};
use std::fmt::Write;
use std::time::Duration;

/// No document is longer.
pub const MOST_BYTES: usize = 300_000;

/// The picture as an SVG document, 900 pixels wide and no longer than
/// [`MOST_BYTES`].
///
/// # Errors
/// [`Error::Invalid`] for a timeline without spans or with spans outside it, a
/// picture without timelines or views, a unit of zero, and more text or panels
/// than fit.
pub fn svg(picture: &Picture) -> Result<String, Error> {
    picture.check()?;
    let layout = Layout::of(picture);
    for (column, marks) in LEVELS {
        let document = Sheet::new(&layout, column, marks, false).document();
        if document.len() <= MOST_BYTES {
            return Ok(document);
        }
    }
    Err(Error::Invalid(format!(
        "a picture of {} does not fit into {} bytes: make several",
        counted(picture.timelines.len(), "timeline"),
        count(MOST_BYTES)
    )))
}

impl Sheet<'_> {
    fn document(mut self) -> String {
        let layout = self.layout;
        let panels: Vec<(String, f64)> =
            layout.panels.iter().map(|panel| self.panel(panel)).collect();
        let picture = layout.picture;
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
                let at = (MARGIN, y - 6.0);
                label(&mut body, Anchor::Start, class, at, &text);
            }
        }
        y = self.legend(y + 6.0, &mut body);
        y = self.time_axis(&self.top_ticks, y, true, &mut body);
        for (panel, height) in panels {
            let _ = write!(
                body,
                "<g transform=\"translate(0 {})\">{panel}</g>",
                number(y)
            );
            y += height;
        }
        y = self.time_axis(&self.bottom_ticks, y, false, &mut body);
        let mut below = wrap(&picture.below, NOTE, whole);
        for remark in self.remarks() {
            below.extend(wrap(&remark, NOTE, whole));
        }
        for text in below {
            y += 15.0;
            label(&mut body, Anchor::Start, "note", (MARGIN, y), &text);
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
        let panels = self.layout.panels.iter().map(|panel| {
            let Panel { timeline, path, .. } = panel;
            let wall = Duration::from_nanos(timeline.wall());
            format!(
                "{}: {}{}; {}.",
                cut(&timeline.name, NOTE, 600.0),
                self.layout.total(wall),
                if timeline.drawn { ", drawn, not measured" } else { "" },
                self.layout.made_of(path)
            )
        });
        let count = counted(self.layout.panels.len(), "timeline");
        format!(
            "{count} on one time axis. {}",
            panels.collect::<Vec<_>>().join(" ")
        )
    }

    fn panel(&mut self, panel: &Panel<'_>) -> (String, f64) {
        let Panel { timeline, path, views } = panel;
        let mut out = String::new();
        let mut y = 0.0;
        if let Some(heading) = &timeline.heading {
            for line in wrap(heading, 14.0 * BOLD, WIDTH - 2.0 * MARGIN) {
                let at = (MARGIN, y + 16.0);
                label(&mut out, Anchor::Start, "head", at, &line);
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
                let at = (self.left, y + 11.0);
                label(&mut out, Anchor::Start, "note", at, &line);
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
        let total = self.layout.total(wall);
        let made_of = self.layout.made_of(path);
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
        if let [view] = self.layout.picture.views[..] {
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
}
