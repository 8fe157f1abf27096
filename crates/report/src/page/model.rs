//! A model's page: how it starts and stops, the workloads that fit it poorly,
//! and its part of the matrix.

use super::content::Page;
use super::matrix::{Cell, Row, Sheet};
use super::names::{Ids, encoded};
use lanes_measure::tables::own;
use lanes_source::ModelSource;

/// A model's page.
pub(crate) struct ModelView {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) link: String,
    pub(crate) family: String,
    pub(crate) badge: Option<String>,
    pub(crate) library: Option<String>,
    pub(crate) missing: Option<String>,
    /// Workload, its address, fit and reason.
    pub(crate) fits: Vec<(String, String, String, String)>,
    /// Its column of each table of the matrix.
    pub(crate) columns: Vec<Column>,
    pub(crate) source: Option<ModelSource>,
}

/// A model's column of one table of the matrix.
pub(crate) struct Column {
    pub(crate) size: String,
    pub(crate) heading: String,
    /// The workload, its size, its address, and the cell.
    pub(crate) cells: Vec<(String, String, String, Cell)>,
}

impl ModelView {
    /// The workloads that fit it poorly, or that it refuses.
    pub(crate) fn poor_fits(&self) -> Vec<&(String, String, String, String)> {
        let poor =
            |fit: &&(String, String, String, String)| fit.2 == "unsuitable";
        self.fits.iter().filter(poor).collect()
    }
}

/// Every model that is listed or was measured.
pub(crate) fn models(
    page: &Page,
    sheets: &[Sheet],
    ids: &mut Ids,
) -> Vec<ModelView> {
    let listed = page.catalogue.models.iter().map(|l| l.model.as_str());
    let heads = sheets.iter().flat_map(|sheet| &sheet.heads);
    let mut names: Vec<&str> = Vec::new();
    for name in listed.chain(heads.map(|head| head.name.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let view = |name: &str| {
        let listed = page.catalogue.model(name);
        let fits = page.catalogue.workloads.iter().filter_map(|workload| {
            let cell = page.catalogue.cell(&workload.workload, name)?;
            Some((
                workload.workload.clone(),
                format!("#{}?m={}", encoded(&workload.workload), encoded(name)),
                cell.fit.clone(),
                cell.reason.clone(),
            ))
        });
        let family = sheets.iter().flat_map(|sheet| &sheet.heads);
        let mut family = family.filter(|head| head.name == name);
        let family = family.next().map(|head| head.family.clone());
        let family = listed.map(|l| l.family.clone()).or(family);
        let source = page.source.as_ref().ok();
        ModelView {
            id: ids.of(&format!("model-{name}")),
            link: format!("#model-{}", encoded(name)),
            family: family.unwrap_or_default(),
            badge: listed.and_then(|listed| listed.badge.clone()),
            library: attested(name, page)
                .or_else(|| listed.and_then(|listed| listed.library.clone())),
            missing: listed.and_then(|listed| listed.missing.clone()),
            fits: fits.collect(),
            columns: columns(name, sheets),
            source: source.and_then(|source| {
                source.models.iter().find(|m| m.model == name).cloned()
            }),
            name: name.to_owned(),
        }
    };
    names.into_iter().map(view).collect()
}

/// The libraries or the interpreter that were measured under this name, with
/// their versions.
fn attested(name: &str, page: &Page) -> Option<String> {
    let rows = page.sessions.iter().flat_map(|s| &s.results.rows);
    let mut own = rows.flat_map(own).filter(|contender| contender.name == name);
    let versions = own.find(|contender| !contender.versions.is_empty())?;
    let versions = versions.versions.iter();
    let texts = versions.map(|(what, version)| format!("{what} {version}"));
    Some(texts.collect::<Vec<_>>().join(", "))
}

fn columns(name: &str, sheets: &[Sheet]) -> Vec<Column> {
    let column = |sheet: &Sheet| {
        let at = sheet.heads.iter().position(|head| head.name == name)?;
        let cell = |row: &Row| {
            let cell = row.cells.get(at)?.clone();
            let (workload, label) = (row.workload.clone(), row.label.clone());
            Some((workload, label, row.link.clone(), cell))
        };
        let cells: Vec<_> = sheet.rows.iter().filter_map(cell).collect();
        let any = cells.iter().any(|(.., cell)| cell.ratio.is_some());
        any.then(|| Column {
            size: sheet.key.clone(),
            heading: format!("{}, {}", sheet.label, sheet.workers_text),
            cells,
        })
    };
    sheets.iter().filter_map(column).collect()
}
