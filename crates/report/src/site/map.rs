//! The page of a map: who is best where, as a picture and in sentences.

use super::addresses::{Addresses, Link};
use super::facts::Facts;
use super::frame::Frame;
use crate::content::{Content, ResultFile};
use askama::Template;
use lanes_measure::map::{Map, crossings, summaries};
use lanes_measure::words::{counted, percent};

/// A map of more cells, in all of its small maps together, is not drawn: twenty
/// models in a hundred points have so many.
const MOST_CELLS: usize = 2000;

/// A session with a map.
pub(crate) struct MapView {
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) facts: Facts,
    /// What it is over.
    pub(crate) over: String,
    /// The picture; none for a map that is too large, or has no point.
    pub(crate) picture: Option<String>,
    /// How many points are decided, and how surely.
    pub(crate) decided: String,
    /// Where another model becomes the best.
    pub(crate) borders: Vec<String>,
    /// What each model costs.
    pub(crate) summaries: Vec<String>,
    /// Why models have no time, each reason once.
    pub(crate) failures: Vec<String>,
}

impl MapView {
    /// The link to its page.
    pub(crate) fn link(&self) -> Link {
        let (text, href) = (self.title.clone(), Some(self.file.clone()));
        Link { text, href }
    }

    fn of(session: &ResultFile, title: String, file: String) -> Self {
        let mut view = Self {
            title,
            file,
            facts: Facts::of(session),
            over: String::new(),
            picture: None,
            decided: "No point was measured.".into(),
            borders: Vec::new(),
            summaries: Vec::new(),
            failures: Vec::new(),
        };
        let Some(map) = Map::of(&session.results) else { return view };
        let (x, y) = (&map.x, &map.y);
        view.over = format!(
            "which model is best, by {} and {}",
            x.parameter.title(),
            y.parameter.title()
        );
        let cells = (x.values.len() * y.values.len())
            .saturating_mul(map.models.len() + 1);
        view.picture = (cells <= MOST_CELLS).then(|| crate::map(&map));
        let all = map.all().count();
        view.decided = format!(
            "{} of {} decided. The intervals of a point hold for all its \
             models at once with {} probability; models that differ by at \
             most {} are tied.",
            map.decided(),
            counted(all, "point"),
            percent(session.results.level),
            percent(session.results.margin),
        );
        let borders = crossings(&map);
        view.borders = borders.iter().map(|one| one.words(&map)).collect();
        view.summaries = summaries(&map);
        view.failures = failures(&map);
        view
    }
}

/// Why models have no time, each reason once.
fn failures(map: &Map) -> Vec<String> {
    let mut all: Vec<(&(String, String), usize)> = Vec::new();
    for failed in map.all().flat_map(|point| &point.failed) {
        match all.iter_mut().find(|(known, _)| *known == failed) {
            Some((_, points)) => *points += 1,
            None => all.push((failed, 1)),
        }
    }
    let words = |((model, why), points): (&(String, String), usize)| {
        format!("{model}, in {}: {why}", counted(points, "point"))
    };
    all.into_iter().map(words).collect()
}

/// Every map.
pub(crate) fn maps(
    content: &Content,
    addresses: &mut Addresses,
) -> Vec<MapView> {
    let several = content.maps.len() > 1;
    let view = |(at, session): (usize, &ResultFile)| {
        let number = at + 1;
        let title = match several {
            true => format!("Map {number}"),
            false => "Map".to_owned(),
        };
        let file = addresses.file("map", &number.to_string());
        MapView::of(session, title, file)
    };
    content.maps.iter().enumerate().map(view).collect()
}

/// The page of one map.
#[derive(Template)]
#[template(path = "map.html")]
pub(crate) struct MapPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) map: &'a MapView,
    /// Whether the picture is here: it is.
    pub(crate) drawn: bool,
}
