//! The site: a folder of pages, each of which opens anywhere.
//!
//! A page has its style and its scripts in itself, and no style attribute, no
//! handler in its markup and no address outside the folder, so that its content
//! policy can forbid all of these. The policy allows the page's own style and
//! scripts by their hashes: a browser takes every file that is opened from disk
//! for a place of its own, so that a file beside the page could not be allowed
//! without allowing any. That costs 40 kB a page, and nothing is asked for.

mod addresses;
mod claims;
mod facts;
mod faults;
mod frame;
mod index;
mod map;
mod matrix;
mod metg;
mod model;
mod policy;
mod questions;
mod scale;
mod session;
mod sizes;
mod traps;
mod workload;

use crate::answer::answers;
use crate::content::Content;
use addresses::{
    ABOUT, Addresses, CLAIMS, FAULTS, INDEX, METG, QUESTIONS, SCALE, TRAPS,
};
use askama::Template;
use claims::ClaimsPage;
use faults::FaultsView;
use frame::{Frame, Maker, Needs};
use index::Index;
use map::{MapPage, MapView};
use matrix::SheetPage;
use metg::MetgPage;
use model::ModelView;
use questions::QuestionsPage;
use scale::ScalePage;
use session::SessionView;
use sizes::SizeKeys;
use traps::TrapsPage;
use workload::WorkloadView;

/// No page has more bytes because of what it could leave out.
const MOST: usize = 500_000;

/// A page of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// The name of its file: letters, digits, `-`, `_` and `.html`.
    pub name: String,
    /// The page.
    pub html: String,
}

/// The pages of a site, the one to open first before the others.
///
/// A further kind of file becomes a page in three steps: a field of
/// [`Content`], a template, and a line here.
///
/// # Errors
/// Why a template could not be filled, in words.
pub fn site(content: &Content) -> Result<Vec<PageFile>, String> {
    let keys = SizeKeys::of(&content.sessions, &content.catalogue);
    let mut addresses = Addresses::of(content);
    let sheets = matrix::sheets(content, &keys, &mut addresses);
    let sessions = session::sessions(content, &mut addresses);
    let maps = map::maps(content, &mut addresses);
    let links = sessions.iter().map(SessionView::link);
    let links = links.chain(maps.iter().map(MapView::link)).collect();
    let maker = Maker::of(content, &addresses, links);
    let answers = answers(&content.sessions, &content.catalogue);
    let mut pages = Vec::new();
    let html = |page: &dyn askama::DynTemplate| {
        page.dyn_render().map_err(|error| error.to_string())
    };
    let needs = Needs { matrix: true, ..Needs::default() };
    let frame = maker.frame("Which model for which job?", INDEX, &needs);
    let mut index = Index::of(
        content, &addresses, &answers, frame, &sheets, &sessions, &maps,
    );
    let mut first = html(&index)?;
    if first.len() > MOST && index.leave_out_the_picture() {
        first = html(&index)?;
    }
    pages.push(PageFile { name: INDEX.to_owned(), html: first });
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        let (name, html) = (name.to_owned(), html(page)?);
        pages.push(PageFile { name, html });
        Ok::<(), String>(())
    };
    for name in content.workloads() {
        let view =
            workload::workload(name, content, &keys, &answers, &addresses);
        let file = addresses.workload(name).href.unwrap_or_default();
        add(&file, &view.page(&maker, &file))?;
    }
    for name in content.models() {
        let view = model::model(name, content, &sheets, &addresses);
        let file = addresses.model(name).href.unwrap_or_default();
        let frame = maker.frame(name, &file, &Needs::default());
        add(&file, &ModelPage { frame, model: view })?;
    }
    for sheet in &sheets {
        let needs = Needs { matrix: true, ..Needs::default() };
        let frame = maker.frame(&sheet.title(), &sheet.file, &needs);
        let others = sheet.others(&sheets);
        add(&sheet.file, &SheetPage { frame, sheet, others })?;
    }
    for view in &sessions {
        let frame = maker.frame(&view.title, &view.file, &Needs::default());
        let sheets = sheets.iter().filter(|of| of.session == view.number);
        let sheets = sheets.collect();
        add(
            &view.file,
            &session::SessionPage { frame, session: view, sheets },
        )?;
    }
    for view in &maps {
        let frame = maker.frame(&view.title, &view.file, &Needs::default());
        add(&view.file, &MapPage { frame, map: view, drawn: true })?;
    }
    if maker.has_metg() {
        let needs = Needs { figures: true, ..Needs::default() };
        let frame = maker.frame("Smallest tasks", METG, &needs);
        add(METG, &MetgPage::of(content, frame))?;
    }
    if maker.has_scale() {
        let needs = Needs { figures: true, ..Needs::default() };
        let frame = maker.frame("Beyond one machine", SCALE, &needs);
        add(SCALE, &ScalePage::of(content, frame))?;
    }
    if let Some(claims) = content.claims.first() {
        let frame = maker.frame("Claims", CLAIMS, &Needs::default());
        add(CLAIMS, &ClaimsPage::of(claims, frame))?;
    }
    if let Some(faults) = content.faults.first() {
        let frame = maker.frame("Faults", FAULTS, &Needs::default());
        add(FAULTS, &FaultsPage { frame, faults: FaultsView::of(faults) })?;
    }
    if let Some(traps) = content.traps.first() {
        let drawn = traps::drawn(traps);
        let strips = drawn.iter().filter_map(|one| one.as_ref()?.as_ref().ok());
        let needs = Needs { strips: strips.collect(), ..Needs::default() };
        let frame = maker.frame("Traps", TRAPS, &needs);
        add(TRAPS, &TrapsPage::of(traps, &drawn, frame))?;
    }
    if !content.catalogue.questions.is_empty() {
        add(QUESTIONS, &QuestionsPage::of(content, &addresses, &maker))?;
    }
    let frame = maker.frame("How to read this", ABOUT, &Needs::default());
    add(ABOUT, &AboutPage { frame })?;
    Ok(pages)
}

/// One workload as a page that stands alone, to send to somebody.
///
/// # Errors
/// If there is no such workload, with the names of those that there are.
pub fn single(content: &Content, workload: &str) -> Result<String, String> {
    let names = content.workloads();
    if !names.contains(&workload) {
        return Err(format!(
            "no workload is called {workload:?}; there are {}",
            names.join(", ")
        ));
    }
    let keys = SizeKeys::of(&content.sessions, &content.catalogue);
    let answers = answers(&content.sessions, &content.catalogue);
    let alone = Addresses::alone();
    let view = workload::workload(workload, content, &keys, &answers, &alone);
    let maker = Maker::alone(content);
    let page = view.page(&maker, "");
    page.render().map_err(|error| error.to_string())
}

#[derive(Template)]
#[template(path = "model.html")]
struct ModelPage<'a> {
    frame: Frame<'a>,
    model: ModelView,
}

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage<'a> {
    frame: Frame<'a>,
    faults: FaultsView<'a>,
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: Frame<'a>,
}

impl WorkloadView {
    fn page<'a>(
        &'a self,
        maker: &'a Maker<'_>,
        file: &str,
    ) -> WorkloadPage<'a> {
        let strips = self.traced.as_ref();
        let strips = strips.and_then(|traced| traced.strips.as_ref().ok());
        let needs = Needs {
            source: self.source.is_some(),
            zooms: strips.is_some(),
            strips: strips.into_iter().collect(),
            figures: true,
            ..Needs::default()
        };
        let frame = maker.frame(&self.name, file, &needs);
        WorkloadPage { frame, workload: self }
    }
}

#[derive(Template)]
#[template(path = "workload.html")]
struct WorkloadPage<'a> {
    frame: Frame<'a>,
    workload: &'a WorkloadView,
}
