//! What is known of workloads and models besides their figures.

use crate::select::Model;
use lanes_core::{Definition, Entry, Family, Fit, Size, WORKLOADS};
use lanes_report::{Catalogue, ListedCell, ListedModel, ListedWorkload};
use lanes_suite::find;

/// Every workload, and these models; what is neither ours nor Python is left out.
pub(crate) fn catalogue(models: &[Model]) -> Catalogue {
    let listed = models.iter().filter_map(|model| {
        let entry = find(&model.model);
        entry.map(own).or_else(|| model.is_python().then(|| python(model)))
    });
    let listed: Vec<ListedModel> = listed.collect();
    let workloads = WORKLOADS.iter().map(|known| workload(known, &listed));
    Catalogue { workloads: workloads.collect(), models: listed }
}

fn workload(known: &Definition, models: &[ListedModel]) -> ListedWorkload {
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
        cells: models
            .iter()
            .filter_map(|model| cell(known.name, &model.model))
            .collect(),
    }
}

fn cell(workload: &str, model: &str) -> Option<ListedCell> {
    let fit = fit(workload, model)?;
    let (fit, reason) = (fit.grade().to_owned(), fit.reason().to_owned());
    Some(ListedCell { model: model.to_owned(), fit, reason })
}

fn fit(workload: &str, model: &str) -> Option<Fit> {
    let Some(entry) = find(model) else {
        let plain = model.split('@').next().unwrap_or(model);
        return lanes_python::fit(plain, workload);
    };
    let cell = entry.cells.iter().find(|cell| cell.workload == workload);
    cell.map(|cell| cell.fit)
}

fn own(entry: &Entry) -> ListedModel {
    let standard = || "the standard library".to_owned();
    let library = Some(entry.library().unwrap_or_else(standard));
    let family = match entry.family {
        Family::Runtime => "What Rust programs choose from",
        Family::Exhibit => "Locks and processes",
        Family::Guest => "Guests",
    };
    ListedModel {
        model: entry.name.to_owned(),
        family: family.to_owned(),
        directory: Some(entry.directory.to_owned()),
        library,
        badge: entry.badge.map(str::to_owned),
        missing: None,
        serial: entry.serial,
    }
}

fn python(model: &Model) -> ListedModel {
    let program = &model.launch.program;
    let mut found = lanes_python::interpreters().iter();
    let found = found.find(|found| found.program == *program);
    ListedModel {
        model: model.model.clone(),
        family: "CPython".into(),
        directory: Some("python".into()),
        library: found.map(|found| found.to_string()),
        badge: None,
        missing: model.missing.clone(),
        serial: model.serial,
    }
}
