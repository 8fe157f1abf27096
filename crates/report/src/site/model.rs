//! A model's page: how it starts and stops, the workloads that fit it poorly,
//! and its part of the matrix.

use super::addresses::{Addresses, Link};
use super::matrix::{Cell, Row, Sheet};
use crate::content::Content;
use lanes_measure::tables::own;
use lanes_source::ModelSource;

/// A model's page.
pub(crate) struct ModelView {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) badge: Option<String>,
    pub(crate) library: Option<String>,
    pub(crate) missing: Option<String>,
    /// Workload, fit and reason.
    pub(crate) fits: Vec<(Link, String, String)>,
    /// Its column of each table of the matrix.
    pub(crate) columns: Vec<Column>,
    pub(crate) source: Option<ModelSource>,
}

/// A model's column of one table of the matrix.
pub(crate) struct Column {
    pub(crate) heading: String,
    /// The workload, its size, and the cell.
    pub(crate) cells: Vec<(Link, String, Cell)>,
}

impl ModelView {
    /// The workloads that fit it poorly, or that it refuses.
    pub(crate) fn poor_fits(&self) -> Vec<&(Link, String, String)> {
        let all = self.fits.iter();
        all.filter(|(_, fit, _)| fit == "unsuitable").collect()
    }
}

/// The page of a model that is listed or was measured.
pub(crate) fn model(
    name: &str,
    content: &Content,
    sheets: &[Sheet],
    addresses: &Addresses,
) -> ModelView {
    let listed = content.catalogue.model(name);
    let fits = content.catalogue.workloads.iter().filter_map(|workload| {
        let cell = content.catalogue.cell(&workload.workload, name)?;
        let link = addresses.workload(&workload.workload);
        Some((link, cell.fit.clone(), cell.reason.clone()))
    });
    let mut heads = sheets.iter().flat_map(|sheet| &sheet.heads);
    let family = heads.find(|head| head.name == name);
    let family = family.map(|head| head.family.clone());
    let family = listed.map(|l| l.family.clone()).or(family);
    let source = content.source.as_ref().ok();
    ModelView {
        family: family.unwrap_or_default(),
        badge: listed.and_then(|listed| listed.badge.clone()),
        library: attested(name, content)
            .or_else(|| listed.and_then(|listed| listed.library.clone())),
        missing: listed.and_then(|listed| listed.missing.clone()),
        fits: fits.collect(),
        columns: columns(name, sheets),
        source: source.and_then(|source| {
            source.models.iter().find(|m| m.model == name).cloned()
        }),
        name: name.to_owned(),
    }
}

/// The libraries or the interpreter that were measured under this name, with
/// their versions.
fn attested(name: &str, content: &Content) -> Option<String> {
    let rows = content.sessions.iter().flat_map(|s| &s.results.rows);
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
            Some((row.link.clone(), row.label.clone(), cell))
        };
        let cells: Vec<_> = sheet.rows.iter().filter_map(cell).collect();
        let any = cells.iter().any(|(.., cell)| cell.ratio.is_some());
        any.then(|| Column { heading: sheet.title(), cells })
    };
    sheets.iter().filter_map(column).collect()
}
