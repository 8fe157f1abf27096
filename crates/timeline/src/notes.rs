//! The lines under a panel and under a picture: what they leave out.

use crate::layout::Layout;
use crate::picture::View;
use crate::sheet::Sheet;
use crate::style::{COLOUR_COUNT, Look};
use crate::timeline::Timeline;
use lanes_measure::words::{count, counted, time};

impl Sheet<'_> {
    /// The lines under the picture.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let Layout { tasks, workers, picture, .. } = self.layout;
        let shown = |view| picture.views.contains(&view);
        let mut remarks = Vec::new();
        let groups = self.looks.iter().filter_map(|look| match look {
            Look::Group(class) => Some(*class),
            Look::Preempted(_) | Look::Other(_) => None,
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
                "A row of several tasks shows what most of the running ones \
                 did; it is ready while none of them had a worker."
                    .to_owned(),
            );
        }
        if *workers > 1 && shown(View::Workers) {
            remarks.push(
                "A row of several workers shows what most of them did."
                    .to_owned(),
            );
        }
        let preempted = |look: &Look| matches!(look, Look::Preempted(_));
        if self.looks.iter().any(preempted) {
            remarks.push(
                "Where in a span of computing its thread was not on a core is \
                 not known: it is drawn at the end."
                    .to_owned(),
            );
        }
        if self.is_blind() {
            remarks.push(
                "CPU times were not recorded: what is drawn as computing may \
                 have been preempted."
                    .to_owned(),
            );
        }
        remarks
    }

    /// Whether no timeline knows the CPU time of any of its computing.
    fn is_blind(&self) -> bool {
        let timelines = self.layout.picture.timelines.iter();
        let counts = timelines.map(Timeline::without_cpu);
        let (unknown, all) =
            counts.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        unknown > 0 && unknown == all
    }

    /// The lines under a panel.
    pub(crate) fn notes(&self, timeline: &Timeline) -> Vec<String> {
        let mut notes: Vec<String> = timeline.note.iter().cloned().collect();
        let views = &self.layout.picture.views;
        let spans = timeline.spans.iter();
        let away = spans.filter(|span| span.worker.is_none()).count();
        if views.contains(&View::Workers) && away > 0 {
            notes.push(format!(
                "Awaiting futures are not shown by worker: they hold no worker \
                 ({}).",
                counted(away, "wait")
            ));
        }
        let (unknown, all) = timeline.without_cpu();
        if unknown > 0 && !self.is_blind() {
            notes.push(format!(
                "Of {} of {} spans of computing the CPU time is not known: \
                 they may have been preempted.",
                count(unknown),
                count(all)
            ));
        }
        let (grid, _) = self.grid(timeline);
        let narrow = timeline.spans.iter().filter(|span| {
            let long = u128::from(span.end - span.begin);
            long * (grid.columns as u128) < u128::from(grid.axis)
        });
        let (narrow, all) = (narrow.count(), timeline.spans.len());
        if narrow > 0 {
            let time = time(grid.axis as f64 / grid.columns as f64 / 1e9);
            notes.push(format!(
                "Short spans merged: {} of {} are narrower than a column, \
                 which shows what took most of its {time}.",
                count(narrow),
                count(all)
            ));
        }
        notes
    }
}
