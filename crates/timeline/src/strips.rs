//! A picture cut into strips, so that a page can show some of its timelines and
//! hide others, on the axis of all or of a part.
//!
//! What lies on the axis is in an element of its own, `svg.track`, as wide as
//! the whole axis: a page shows a part of the axis by another `viewBox`. What
//! must not be drawn out with it, a page can tell by its class: `mark` (text,
//! also `z4`, `z16` and so on where it has room only on an axis so many times
//! as long), and `head` (of an arrow).

use crate::layout::{Layout, Panel};
use crate::picture::{Picture, View};
use crate::sheet::{LEVELS, Sheet, WIDTH};
use crate::style::{Look, css, tiles};
use crate::svg::text::{escape, number};
use lanes_core::Error;
use std::collections::BTreeSet;
use std::time::Duration;

/// A picture in strips, each an SVG element as wide as the others. They have no
/// style of their own: [`dress`] gives the style of all strips in a page.
#[derive(Debug, Clone)]
pub struct Strips {
    /// The legend.
    pub legend: String,
    /// The time axis above the strips.
    pub top: String,
    /// The time axis below the strips.
    pub bottom: String,
    /// One for each timeline.
    pub strips: Vec<Strip>,
    /// Lines below all of them.
    pub remarks: Vec<String>,
    /// How long the axis is.
    pub axis: Duration,
    /// The unit of the axis above, if it has one.
    pub unit: Option<Duration>,
    looks: BTreeSet<Look>,
}

/// One timeline.
#[derive(Debug, Clone)]
pub struct Strip {
    /// The model.
    pub name: String,
    /// How long the run took, in words.
    pub total: String,
    /// How long the run took.
    pub wall: Duration,
    /// The critical path's length and parts.
    pub path: String,
    /// The views, each as an SVG element.
    pub views: Vec<(View, String)>,
    /// Lines below it.
    pub notes: Vec<String>,
}

/// The strips of a picture; no longer than `most` bytes together, if the
/// coarsest resolution is short enough for that.
///
/// # Errors
/// Those of [`crate::svg()`].
pub fn strips(picture: &Picture, most: usize) -> Result<Strips, Error> {
    picture.check()?;
    let layout = Layout::of(picture);
    let mut levels = LEVELS.into_iter();
    loop {
        let (column, marks) = levels.next().expect("returns at the last");
        let strips = cut(Sheet::new(&layout, column, marks, true));
        if strips.len() <= most || levels.len() == 0 {
            return Ok(strips);
        }
    }
}

fn cut(mut sheet: Sheet<'_>) -> Strips {
    let panels = sheet.layout.panels.iter();
    let strips: Vec<Strip> =
        panels.map(|panel| strip(&mut sheet, panel)).collect();
    let mut legend = String::new();
    let legend_end = sheet.legend(4.0, &mut legend);
    let (mut top, mut bottom) = (String::new(), String::new());
    let top_end = sheet.time_axis(&sheet.top_ticks, 0.0, true, &mut top);
    let bottom_end =
        sheet.time_axis(&sheet.bottom_ticks, 1.0, false, &mut bottom);
    Strips {
        legend: element("Legend", legend_end, &legend),
        top: element("Time axis", top_end, &top),
        bottom: element("Time axis", bottom_end + 4.0, &bottom),
        strips,
        remarks: sheet.remarks(),
        axis: Duration::from_nanos(sheet.layout.axis),
        unit: sheet.layout.picture.unit,
        looks: sheet.looks,
    }
}

fn strip(sheet: &mut Sheet<'_>, panel: &Panel<'_>) -> Strip {
    let Panel { timeline, path, views } = panel;
    let wall = Duration::from_nanos(timeline.wall());
    let total = sheet.layout.total(wall);
    let path = sheet.layout.made_of(path);
    let views = views.iter().map(|(view, rows)| {
        let mut out = String::new();
        let end = sheet.view(panel, *view, rows, 3.0, &mut out);
        // Its name and total stand above it.
        let title = format!("{} {}", timeline.name, view.title());
        (*view, element(&title, end, &out))
    });
    let views = views.collect();
    let notes = sheet.notes(timeline);
    Strip { name: timeline.name.clone(), total, wall, path, views, notes }
}

fn element(title: &str, height: f64, body: &str) -> String {
    let height = number(height.ceil());
    format!(
        "<svg class=\"lanes\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\
         {body}</svg>",
        escape(title)
    )
}

impl Strips {
    fn len(&self) -> usize {
        let views = self.strips.iter().flat_map(|strip| &strip.views);
        views.map(|(_, view)| view.len()).sum()
    }
}

/// The style sheet and the patterns of several pictures in strips.
pub fn dress<'a>(all: impl Iterator<Item = &'a Strips>) -> (String, String) {
    let looks: BTreeSet<Look> =
        all.flat_map(|strips| &strips.looks).copied().collect();
    (css(&looks), tiles(&looks))
}
