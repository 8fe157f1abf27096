//! What every page has around its content: style, scripts, policy, menus.

use super::addresses::{
    ABOUT, Addresses, CLAIMS, FAULTS, INDEX, Link, METG, QUESTIONS, SCALE,
    TRAPS,
};
use super::policy::policy;
use crate::content::Content;
use crate::plots;
use lanes_timeline::{Strips, dress};

const STYLE: &str = include_str!("../../templates/page.css");
const PLOTS: &str = include_str!("../../templates/plots.css");
const PAGE: &str = include_str!("../../templates/page.js");
const MATRIX: &str = include_str!("../../templates/matrix.js");
const FIGURES: &str = include_str!("../../templates/figures.js");
const SOURCE: &str = include_str!("../../templates/source.js");
const TIMELINES: &str = include_str!("../../templates/timelines.js");
/// Runs before the layout: the page is laid out once, in the chosen colours.
const EARLY: &str = include_str!("../../templates/early.js");

/// What a page's content needs besides markup.
#[derive(Default)]
pub(crate) struct Needs<'a> {
    pub(crate) matrix: bool,
    pub(crate) figures: bool,
    pub(crate) source: bool,
    /// The timelines on it.
    pub(crate) strips: Vec<&'a Strips>,
    /// Whether their views can be chosen, and their axis zoomed.
    pub(crate) zooms: bool,
}

/// What is around the content of a page.
pub(crate) struct Frame<'a> {
    pub(crate) policy: String,
    pub(crate) style: String,
    pub(crate) early: &'static str,
    pub(crate) scripts: Vec<&'static str>,
    pub(crate) title: String,
    /// Patterns that its pictures refer to.
    pub(crate) tiles: String,
    pub(crate) plot_tiles: String,
    /// None for a page that stands alone.
    pub(crate) menu: Option<&'a Menu>,
    /// The workloads' pages before and after this one.
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) made: &'a str,
}

/// The links at the top.
pub(crate) struct Menu {
    pub(crate) index: &'static str,
    pub(crate) about: &'static str,
    pub(crate) claims: Option<&'static str>,
    pub(crate) faults: Option<&'static str>,
    pub(crate) traps: Option<&'static str>,
    pub(crate) questions: Option<&'static str>,
    pub(crate) metg: Option<&'static str>,
    pub(crate) scale: Option<&'static str>,
    pub(crate) workloads: Vec<Link>,
    pub(crate) models: Vec<Link>,
    pub(crate) sessions: Vec<Link>,
}

/// Makes the frames of a site.
pub(crate) struct Maker<'a> {
    menu: Option<Menu>,
    made: &'a str,
}

impl<'a> Maker<'a> {
    pub(crate) fn of(
        content: &'a Content,
        addresses: &Addresses,
        sessions: Vec<Link>,
    ) -> Self {
        let workloads = content.workloads().into_iter();
        let models = content.models().into_iter();
        let studied =
            !(content.metgs.is_empty() && content.crossovers.is_empty());
        let menu = Menu {
            index: INDEX,
            about: ABOUT,
            claims: (!content.claims.is_empty()).then_some(CLAIMS),
            faults: (!content.faults.is_empty()).then_some(FAULTS),
            traps: (!content.traps.is_empty()).then_some(TRAPS),
            questions: (!content.catalogue.questions.is_empty())
                .then_some(QUESTIONS),
            metg: studied.then_some(METG),
            scale: content.has_nodes().then_some(SCALE),
            workloads: workloads.map(|of| addresses.workload(of)).collect(),
            models: models.map(|of| addresses.model(of)).collect(),
            sessions,
        };
        Self { menu: Some(menu), made: &content.made }
    }

    /// For a page that stands alone.
    pub(crate) fn alone(content: &'a Content) -> Self {
        Self { menu: None, made: &content.made }
    }

    /// Whether there is a page of the smallest tasks.
    pub(crate) fn has_metg(&self) -> bool {
        self.menu.as_ref().is_some_and(|menu| menu.metg.is_some())
    }

    /// Whether there is a page of models on nodes.
    pub(crate) fn has_scale(&self) -> bool {
        self.menu.as_ref().is_some_and(|menu| menu.scale.is_some())
    }

    /// The frame of a page in a file.
    pub(crate) fn frame(
        &self,
        title: &str,
        file: &str,
        needs: &Needs<'_>,
    ) -> Frame<'_> {
        let (dress, tiles) = dress(needs.strips.iter().copied());
        let mut style = String::new();
        for part in [&*dress, if needs.figures { PLOTS } else { "" }, STYLE] {
            style += part;
        }
        let scripts = [
            (true, PAGE),
            (needs.matrix, MATRIX),
            (needs.figures, FIGURES),
            (needs.source, SOURCE),
            (needs.zooms, TIMELINES),
        ];
        let scripts = scripts.into_iter().filter(|(needed, _)| *needed);
        let scripts: Vec<&'static str> = scripts.map(|(_, s)| s).collect();
        let allowed = [EARLY].into_iter().chain(scripts.iter().copied());
        let workloads = self.menu.iter().flat_map(|menu| &menu.workloads);
        let files = workloads.filter_map(|link| link.href.as_deref());
        let files: Vec<&str> = files.collect();
        let at = files.iter().position(|other| *other == file);
        let beside = |at: Option<usize>| {
            at.and_then(|at| files.get(at)).map(|file| (*file).to_owned())
        };
        Frame {
            policy: policy(&style, &allowed.collect::<Vec<_>>()),
            style,
            early: EARLY,
            title: title.to_owned(),
            tiles,
            plot_tiles: match needs.figures {
                true => plots::definitions(),
                false => String::new(),
            },
            menu: self.menu.as_ref(),
            previous: beside(at.and_then(|at| at.checked_sub(1))),
            next: beside(at.map(|at| at + 1)),
            made: self.made,
            scripts,
        }
    }
}
