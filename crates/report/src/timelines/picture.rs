//! A picture: timelines as small multiples on one time axis.

use super::Timeline;
use super::scene::Scene;
use super::sheet::Sheet;
use super::text::count;
use lanes_core::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What has a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// Tasks: a thread and a future look alike.
    Tasks,
    /// Workers: the wait of a future is not there, since it occupies none.
    Workers,
}

impl View {
    /// The class that a page gives it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Workers => "by-worker",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Tasks => "by task",
            Self::Workers => "by worker",
        }
    }
}

/// Timelines, stacked on one time axis, and what is written around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Picture {
    /// Large, at the top.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// A paragraph above the panels.
    pub above: String,
    /// A paragraph below the panels.
    pub below: String,
    /// What lengths are multiples of (U), if there is such a thing.
    pub unit: Option<Duration>,
    /// The views that each panel has, one above the other.
    pub views: Vec<View>,
    /// One panel each; every run begins at zero.
    pub timelines: Vec<Timeline>,
}

impl Default for Picture {
    /// An empty picture by task.
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            above: String::new(),
            below: String::new(),
            unit: None,
            views: vec![View::Tasks],
            timelines: Vec::new(),
        }
    }
}

impl Picture {
    /// What nothing can be drawn of.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |why: String| Err(Error::Invalid(why));
        if self.timelines.is_empty() || self.views.is_empty() {
            return invalid(
                "a picture without a timeline or without a view".into(),
            );
        }
        if self.unit == Some(Duration::ZERO) {
            return invalid("a picture whose unit is zero".into());
        }
        for timeline in &self.timelines {
            timeline.check()?;
        }
        Ok(())
    }
}

/// No view of a panel has more rows; tasks or workers share rows where there
/// are more of them.
pub const MOST_ROWS: usize = 24;
/// No picture is longer.
pub const MOST_BYTES: usize = 300_000;

/// How wide a column is, and whether tasks have their number in their bars,
/// from fine to coarse: the finest that is short enough is taken.
pub(crate) const LEVELS: [(usize, bool); 6] =
    [(1, true), (2, true), (4, true), (4, false), (8, false), (16, false)];

/// The picture as an SVG document, 900 pixels wide and no longer than
/// [`MOST_BYTES`].
///
/// # Errors
/// [`Error::Invalid`] for a timeline without spans or with spans outside it, a
/// picture without timelines or views, a unit of zero, and more text or panels
/// than fit.
pub fn svg(picture: &Picture) -> Result<String, Error> {
    picture.check()?;
    let scene = Scene::of(picture);
    for (column, marks) in LEVELS {
        let document = Sheet::new(&scene, column, marks).document();
        if document.len() <= MOST_BYTES {
            return Ok(document);
        }
    }
    Err(Error::Invalid(format!(
        "a picture of {} timelines does not fit into {} bytes: make several",
        picture.timelines.len(),
        count(MOST_BYTES)
    )))
}
