//! What the colours, the patterns and the lines mean.

use crate::picture::View;
use crate::rows::Doing;
use crate::sheet::{Arrows, MARGIN, NOTE, Sheet, WIDTH};
use crate::style::{COLOUR_COUNT, Look};
use crate::svg::shapes::{Anchor, label, path};
use crate::svg::text::{number, width};
use std::fmt::Write;

impl Sheet<'_> {
    /// Whether a critical path has a stretch in which no worker was held.
    fn is_away(&self) -> bool {
        let paths = self.layout.panels.iter().map(|panel| &panel.path);
        let mut steps = paths.flat_map(|path| &path.steps);
        let narrow = self.layout.axis as f64 / self.plot * self.column as f64;
        let by_worker = self.layout.picture.views.contains(&View::Workers);
        by_worker
            && steps.any(|step| {
                step.worker.is_none() && (step.end - step.begin) as f64 > narrow
            })
    }

    /// Draws the legend; returns where it ends.
    pub(crate) fn legend(&self, top: f64, out: &mut String) -> f64 {
        let timeline = self.layout.panels[0].timeline;
        let mut groups = Vec::new();
        let mut preempted = None;
        let mut others = Vec::new();
        for look in &self.looks {
            match look {
                Look::Group(class) => groups.push(*class),
                Look::Preempted(_) => preempted = preempted.or(Some(*look)),
                Look::Other(doing) => others.push(*doing),
            }
        }
        let several = if self.layout.tasks > 1 { "s" } else { "" };
        let mut items = Vec::new();
        if !groups.is_empty() {
            let more = groups.len() > COLOUR_COUNT;
            groups.truncate(COLOUR_COUNT);
            let swatch = |class: usize| {
                let mark = self.layout.mark(timeline, class);
                (Look::Group(class), Some(mark))
            };
            let swatches = groups.into_iter().map(swatch).collect();
            let more = if more { " …" } else { "" };
            items.push((swatches, format!("{more} computing task{several}")));
        }
        if let Some(look) = preempted {
            let text = "preempted: ready, but the thread was not on a core";
            items.push((vec![(look, None)], text.to_owned()));
        }
        for doing in others {
            let text = match doing {
                Doing::Io => "waiting for I/O",
                Doing::Ready => "ready, waiting for a worker",
                Doing::Idle => "idle worker",
                // The others are looks of their own.
                Doing::Turn | Doing::Compute | Doing::Preempted => {
                    "waiting for the lock"
                }
            };
            items.push((vec![(Look::Other(doing), None)], text.to_owned()));
        }
        let dotted = match self.is_away() {
            true => " (dotted: no worker held)",
            false => "",
        };
        items.push((Vec::new(), format!("critical path{dotted}")));
        let (mut x, mut y) = (MARGIN, top);
        for (swatches, text) in items {
            let room = |mark: &Option<String>| {
                let mark = mark.as_ref().map_or(0.0, |mark| width(mark, 11.0));
                (mark + 8.0).max(24.0).ceil()
            };
            let bars: f64 = swatches.iter().map(|(_, m)| room(m) + 3.0).sum();
            let bars = bars.max(28.0);
            let all = bars + width(&text, NOTE) + 18.0;
            if x > MARGIN && x + all > WIDTH - MARGIN + 18.0 {
                (x, y) = (MARGIN, y + 20.0);
            }
            if swatches.is_empty() {
                let (x, y) = (number(x), number(y + 7.0));
                path(out, "path", &format!("M{x} {y}h24"));
            }
            let mut at = x;
            for (look, mark) in &swatches {
                let wide = room(mark);
                swatch(*look, mark.as_deref(), (at, y), wide, out);
                at += wide + 3.0;
            }
            let at = (x + bars + 3.0, y + 11.0);
            label(out, Anchor::Start, "key", at, &text);
            x += all;
        }
        y + 26.0
    }
}

/// One box of the legend.
fn swatch(
    look: Look,
    mark: Option<&str>,
    (x, y): (f64, f64),
    wide: f64,
    out: &mut String,
) {
    let _ = write!(
        out,
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{wide}\" \
         height=\"14\"/>",
        look.name(),
        number(x),
        number(y)
    );
    if let Some(mark) = mark {
        let at = (x + wide / 2.0, y + 10.5);
        label(out, Anchor::Start, "mark", at, mark);
    }
    if look == Look::Other(Doing::Io) {
        let mut arrows = Arrows::default();
        arrows.add(x + 3.0, x + wide - 3.0, y + 7.0);
        arrows.draw(out);
    }
}
