//! What is known of workloads and models besides their figures.

use crate::fail::Fail;
use crate::select::Model;
use lanes_core::{Complete, Config, Run, Size, Visitor, Workload, visit};
use lanes_report::{Catalogue, ListedCell, ListedModel, ListedWorkload};
use lanes_suite::{Entry, Family, MODELS, version_of};

/// Every workload, and these models; what is neither ours nor Python is left out.
///
/// # Errors
/// Those of models that do not start.
pub(crate) fn catalogue(models: &[Model]) -> Result<Catalogue, Fail> {
    // Two workers: with one, some would refuse what they can do.
    let config = Config::new(2).map_err(Fail::of)?;
    let mut listed = Vec::new();
    let mut shown = Vec::new();
    for model in models {
        let entry = MODELS.iter().find(|entry| entry.name == model.model);
        if let Some(entry) = entry {
            let started = entry.start(&config).map_err(Fail::of)?;
            shown.push(Shown::Own(entry.name, started));
            listed.push(own(entry));
        } else if model.is_python() {
            let name = model.model.clone();
            shown.push(Shown::Python(name));
            listed.push(python(model));
        }
    }
    let mut collect =
        Collect { models: &shown, size: Size::Quick, listed: Vec::new() };
    visit(Size::Quick, &mut collect);
    collect.size = Size::Full;
    visit(Size::Full, &mut collect);
    Ok(Catalogue { workloads: collect.listed, models: listed })
}

fn own(entry: &Entry) -> ListedModel {
    let library = match entry.package {
        Some(package) => {
            let version = version_of(package).unwrap_or_default();
            Some(format!("{package} {version}"))
        }
        None => Some("the standard library".into()),
    };
    let family = match entry.family {
        Family::Runtime => "What Rust programs choose from",
        Family::Exhibit => "Locks and processes",
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

/// A model, as far as it takes to list it.
enum Shown {
    /// One of this program, started.
    Own(&'static str, Box<dyn Complete>),
    /// Real CPython, here or not.
    Python(String),
}

impl Shown {
    fn cell<W: Workload>(&self) -> ListedCell
    where
        dyn Complete: Run<W>,
    {
        let (model, fit) = match self {
            Self::Own(name, model) => {
                ((*name).to_owned(), Some(Run::<W>::fit(&**model)))
            }
            Self::Python(name) => {
                let model = name.split('@').next().unwrap_or(name);
                (name.clone(), lanes_python::fit(model, W::NAME))
            }
        };
        let grade = fit.map_or("unknown", |fit| fit.grade());
        let reason = fit.map_or("", |fit| fit.reason()).to_owned();
        ListedCell { model, fit: grade.to_owned(), reason }
    }
}

struct Collect<'a> {
    models: &'a [Shown],
    size: Size,
    listed: Vec<ListedWorkload>,
}

impl Visitor for Collect<'_> {
    fn visit<W: Workload>(&mut self, workload: &W)
    where
        dyn Complete: Run<W>,
    {
        if self.listed.iter().all(|listed| listed.workload != W::NAME) {
            self.listed.push(ListedWorkload {
                workload: W::NAME.into(),
                family: W::FAMILY.into(),
                stresses: W::STRESSES.into(),
                omits: W::OMITS.into(),
                unit: W::UNIT.into(),
                quick: Vec::new(),
                full: Vec::new(),
                cells: self.models.iter().map(Shown::cell::<W>).collect(),
            });
        }
        let same = |listed: &&mut ListedWorkload| listed.workload == W::NAME;
        let listed = self.listed.iter_mut().find(same);
        let listed = listed.expect("pushed above");
        match self.size {
            Size::Quick => listed.quick.push(workload.label()),
            Size::Full => listed.full.push(workload.label()),
        }
    }
}
