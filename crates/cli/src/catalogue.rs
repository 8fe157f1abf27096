//! What is known of workloads, models and questions besides figures.

use crate::models::{Model, Origin};
use lanes_core::{Definition, Size, WORKLOADS};
use lanes_report::{
    Catalogue, ListedCell, ListedModel, ListedQuestion, ListedWorkload,
};
use lanes_traps::questions::{QUESTIONS, Question};

/// Every workload and question, and these models; the peers of the
/// command line, which say little of themselves, are left out.
pub(crate) fn catalogue(models: &[Model]) -> Catalogue {
    let listed = |model: &&Model| !matches!(model.origin, Origin::Peer(_));
    let models: Vec<&Model> = models.iter().filter(listed).collect();
    let workloads = WORKLOADS.iter().map(|known| workload(known, &models));
    Catalogue {
        workloads: workloads.collect(),
        models: models.iter().map(|model| described(model)).collect(),
        questions: questions(),
    }
}

/// The questions that come back.
pub(crate) fn questions() -> Vec<ListedQuestion> {
    let owned = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect();
    let listed = |(index, question): (usize, &Question)| ListedQuestion {
        question: index + 1,
        asks: question.asks.into(),
        commands: owned(question.commands),
        shows: question.shows.into(),
        issues: owned(question.issues),
    };
    QUESTIONS.iter().enumerate().map(listed).collect()
}

fn described(model: &Model) -> ListedModel {
    let described = &model.described;
    let source = described.source.as_deref();
    let library = match &model.origin {
        Origin::Suite(_) => Some("the standard library".into()),
        _ => None,
    };
    ListedModel {
        model: model.model.clone(),
        family: model.family().to_owned(),
        directory: source
            .and_then(|source| source.strip_prefix("crates/"))
            .map(str::to_owned),
        library: described.library.clone().or(library),
        badge: described.badge.clone(),
        missing: model.missing().map(str::to_owned),
        serial: model.serial(),
        exhibit: model.is_exhibit(),
    }
}

fn workload(known: &Definition, models: &[&Model]) -> ListedWorkload {
    let labels = |size| -> Vec<String> {
        known.sizes(size).iter().map(|row| row.label()).collect()
    };
    ListedWorkload {
        workload: known.name.into(),
        family: known.family.into(),
        stresses: known.stresses.into(),
        omits: known.omits.into(),
        unit: known.unit.into(),
        quick: labels(Size::Quick),
        full: labels(Size::Full),
        by_name: by_name(known),
        cells: models
            .iter()
            .filter_map(|model| cell(known.name, model))
            .collect(),
    }
}

/// The sizes that a session takes only where their workload is named.
fn by_name(known: &Definition) -> Vec<String> {
    let rows = [Size::Quick, Size::Full].map(|size| known.sizes(size));
    let rows = rows.iter().flatten().filter(|row| !row.is_usual());
    let mut labels: Vec<String> = rows.map(|row| row.label()).collect();
    labels.dedup();
    labels
}

/// How well a model suits a workload; none if it has no such cell.
fn cell(workload: &str, model: &Model) -> Option<ListedCell> {
    let mut cells = model.described.cells.iter();
    let (fit, reason) = match cells.find(|cell| cell.workload == workload) {
        Some(cell) => (cell.fit.word(), &*cell.reason),
        // Without an interpreter nothing more is known of its models.
        None if model.is_python() => ("missing", model.missing()?),
        None => return None,
    };
    let (model, reason) = (model.model.clone(), reason.to_owned());
    Some(ListedCell { model, fit: fit.to_owned(), reason })
}
