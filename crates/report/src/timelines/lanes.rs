//! A picture in pieces, so that a page shows some of its timelines and not
//! others, on the axis of all.

use super::picture::{LEVELS, Picture, View};
use super::scene::{Panel, Scene};
use super::sheet::{Sheet, WIDTH};
use super::style::{Look, css, tiles};
use super::text::{escape, number};
use lanes_core::Error;
use std::collections::BTreeSet;
use std::time::Duration;

/// The pieces of a picture. Each is an SVG element as wide as the others, without
/// a style of its own: [`dress`] has what all of a page need.
pub(crate) struct Lanes {
    pub(crate) legend: String,
    pub(crate) top: String,
    pub(crate) bottom: String,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) remarks: Vec<String>,
    looks: BTreeSet<Look>,
}

/// One timeline.
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) total: String,
    pub(crate) path: String,
    pub(crate) views: Vec<(View, String)>,
    pub(crate) notes: Vec<String>,
}

/// The pieces, no longer together than so many bytes if that can be.
///
/// # Errors
/// Those of [`super::svg`].
pub(crate) fn lanes(picture: &Picture, most: usize) -> Result<Lanes, Error> {
    picture.check()?;
    let scene = Scene::of(picture);
    let mut levels = LEVELS.into_iter();
    loop {
        let (column, marks) = levels.next().expect("returns at the last");
        let lanes = pieces(Sheet::new(&scene, column, marks));
        if lanes.len() <= most || levels.len() == 0 {
            return Ok(lanes);
        }
    }
}

fn pieces(mut sheet: Sheet<'_>) -> Lanes {
    let scene = sheet.scene;
    let lanes = scene.panels.iter().map(|panel| lane(&mut sheet, panel));
    let lanes: Vec<Lane> = lanes.collect();
    let mut legend = String::new();
    let legend_end = sheet.legend(4.0, &mut legend);
    let (mut top, mut bottom) = (String::new(), String::new());
    let top_end = sheet.scale(&sheet.top_ticks, 0.0, true, &mut top);
    let bottom_end = sheet.scale(&sheet.bottom_ticks, 1.0, false, &mut bottom);
    Lanes {
        legend: element("What the colours and lines mean", legend_end, &legend),
        top: element("Time axis", top_end, &top),
        bottom: element("Time axis", bottom_end + 4.0, &bottom),
        lanes,
        remarks: sheet.remarks(),
        looks: sheet.looks,
    }
}

fn lane(sheet: &mut Sheet<'_>, panel: &Panel<'_>) -> Lane {
    let Panel { timeline, path, views } = panel;
    let total = sheet.scene.total(Duration::from_nanos(timeline.wall()));
    let path = sheet.scene.made_of(path);
    let views = views.iter().map(|(view, rows)| {
        let mut out = String::new();
        let end = sheet.view(panel, *view, rows, 3.0, &mut out);
        // What it took stands above it.
        let title = format!("{} {}", timeline.name, view.title());
        (*view, element(&title, end, &out))
    });
    let views = views.collect();
    let notes = sheet.notes(timeline);
    Lane { name: timeline.name.clone(), total, path, views, notes }
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

impl Lanes {
    fn len(&self) -> usize {
        let views = self.lanes.iter().flat_map(|lane| &lane.views);
        views.map(|(_, view)| view.len()).sum()
    }
}

/// The style sheet and the patterns that the pieces of all these pictures need.
pub(crate) fn dress<'a>(
    all: impl Iterator<Item = &'a Lanes>,
) -> (String, String) {
    let looks: BTreeSet<Look> =
        all.flat_map(|lanes| &lanes.looks).copied().collect();
    (css(&looks), tiles(&looks))
}
