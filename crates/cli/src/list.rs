//! `lanes list`: the matrix, with fit and reason.

use crate::args::{Format, List};
use crate::fail::Fail;
use crate::select::Cells;
use crate::show::{Sheet, print};
use lanes_core::{Complete, Config, Run, Size, Visitor, Workload, visit};
use lanes_measure::row::rows;
use lanes_suite::MODELS;
use serde::Serialize;

/// A workload as the list shows it.
#[derive(Serialize)]
struct Listed {
    workload: &'static str,
    stresses: &'static str,
    omits: &'static str,
    unit: &'static str,
    quick: Vec<String>,
    full: Vec<String>,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    model: String,
    fit: &'static str,
    reason: String,
}

/// A model, as far as it takes to list it.
enum Shown {
    /// One of this program, started.
    Own(&'static str, Box<dyn Complete>),
    /// Real CPython, here or not.
    Python(String, Option<String>),
}

impl Shown {
    fn cell<W: Workload>(&self) -> Cell
    where
        dyn Complete: Run<W>,
    {
        let (model, fit) = match self {
            Self::Own(name, model) => {
                ((*name).to_owned(), Some(Run::<W>::fit(&**model)))
            }
            Self::Python(name, Some(why)) => {
                let reason = why.clone();
                return Cell { model: name.clone(), fit: "missing", reason };
            }
            Self::Python(name, None) => {
                let model = name.split('@').next().unwrap_or(name);
                (name.clone(), lanes_python::fit(model, W::NAME))
            }
        };
        let grade = fit.map_or("unknown", |fit| fit.grade());
        let reason = fit.map_or("", |fit| fit.reason()).to_owned();
        Cell { model, fit: grade, reason }
    }
}

struct Collect<'a> {
    models: &'a [Shown],
    size: Size,
    listed: Vec<Listed>,
}

impl Visitor for Collect<'_> {
    fn visit<W: Workload>(&mut self, workload: &W)
    where
        dyn Complete: Run<W>,
    {
        if self.listed.iter().all(|listed| listed.workload != W::NAME) {
            self.listed.push(Listed {
                workload: W::NAME,
                stresses: W::STRESSES,
                omits: W::OMITS,
                unit: W::UNIT,
                quick: Vec::new(),
                full: Vec::new(),
                cells: self.models.iter().map(Shown::cell::<W>).collect(),
            });
        }
        let same = |listed: &&mut Listed| listed.workload == W::NAME;
        let listed = self.listed.iter_mut().find(same);
        let listed = listed.expect("pushed above");
        match self.size {
            Size::Quick => listed.quick.push(workload.label()),
            Size::Full => listed.full.push(workload.label()),
        }
    }
}

/// Shows the matrix.
///
/// # Errors
/// Those of the selection, and of models that do not start.
pub(crate) fn list(options: &List) -> Result<(), Fail> {
    let cells = Cells::of_all(&options.selection, rows(Size::Quick), true)?;
    // Two workers: with one, some would refuse what they can do.
    let config = Config::new(2).map_err(Fail::of)?;
    let models = cells.models.iter().filter_map(|model| {
        let entry = MODELS.iter().find(|entry| entry.name == model.model);
        if let Some(entry) = entry {
            let start = entry.start(&config).map_err(Fail::of);
            return Some(start.map(|model| Shown::Own(entry.name, model)));
        }
        let (name, missing) = (model.model.clone(), model.missing.clone());
        model.is_python().then_some(Ok(Shown::Python(name, missing)))
    });
    let models = models.collect::<Result<Vec<_>, Fail>>()?;
    let mut collect =
        Collect { models: &models, size: Size::Quick, listed: Vec::new() };
    visit(Size::Quick, &mut collect);
    collect.size = Size::Full;
    visit(Size::Full, &mut collect);
    let mut listed = collect.listed;
    listed.retain_mut(|listed| {
        let chosen = |cell: &Cell| cells.has(listed.workload, &cell.model);
        listed.cells.retain(chosen);
        !listed.cells.is_empty()
    });
    if options.format == Format::Json {
        let json = serde_json::to_string_pretty(&listed).map_err(Fail::of)?;
        return print(&format!("{json}\n"));
    }
    let mut sheet = Sheet::new(&["workload", "model", "fit", "reason"]);
    for listed in &listed {
        for cell in &listed.cells {
            let Cell { model, fit, reason } = cell;
            let texts = [listed.workload, model, fit, reason];
            sheet.row(texts.map(String::from).to_vec());
        }
    }
    print(&sheet.text(options.format)?)?;
    if options.format == Format::Csv {
        return Ok(());
    }
    let columns = ["workload", "stresses", "does not show", "quick", "full"];
    let mut sheet = Sheet::new(&columns);
    for listed in &listed {
        sheet.row(vec![
            listed.workload.into(),
            listed.stresses.into(),
            listed.omits.into(),
            listed.quick.join(", "),
            listed.full.join(", "),
        ]);
    }
    print(&format!("\n{}", sheet.text(options.format)?))?;
    for entry in MODELS {
        if let Some(badge) = entry.badge {
            print(&format!("\n{}: {badge}\n", entry.name))?;
        }
    }
    Ok(())
}
