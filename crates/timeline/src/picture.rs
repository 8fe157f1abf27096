//! What a picture shows: timelines as small multiples on one time axis.

use crate::timeline::Timeline;
use lanes_core::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the rows of a panel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// A row for each task: a thread and a future look alike.
    Tasks,
    /// A row for each worker. An awaiting future has no row: it holds no
    /// worker.
    Workers,
}

impl View {
    /// Its class in a page.
    pub fn class(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Workers => "by-worker",
        }
    }

    /// `by task` or `by worker`.
    pub fn title(self) -> &'static str {
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
    /// The unit U in which lengths are also written, if there is one.
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
    /// Why the picture cannot be drawn, if it cannot.
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
