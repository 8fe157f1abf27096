//! `lanes list`: the matrix, with fit and reason.

use crate::args::{Format, List};
use crate::catalogue::catalogue;
use crate::fail::Fail;
use crate::models::{Model, Origin, not_built};
use crate::select::Cells;
use crate::show::{Sheet, print};
use lanes_core::{Size, rows};
use lanes_report::{Catalogue, ListedCell};

/// Shows the matrix.
///
/// # Errors
/// Those of the selection, and of models that do not start.
pub(crate) fn list(options: &List) -> Result<(), Fail> {
    let cells = Cells::of_all(&options.selection, rows(Size::Quick), true)?;
    let Catalogue { workloads: mut listed, models } = catalogue(&cells.models);
    for cell in listed.iter_mut().flat_map(|listed| &mut listed.cells) {
        let model = models.iter().find(|model| model.model == cell.model);
        if let Some(why) = model.and_then(|model| model.missing.as_ref()) {
            "missing".clone_into(&mut cell.fit);
            cell.reason.clone_from(why);
        }
    }
    listed.retain_mut(|listed| {
        let chosen =
            |cell: &ListedCell| cells.has(&listed.workload, &cell.model);
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
            let ListedCell { model, fit, reason } = cell;
            let texts = [&listed.workload, model, fit, reason];
            sheet.row(texts.map(String::from).to_vec());
        }
    }
    print(&sheet.text(options.format)?)?;
    if options.format == Format::Csv {
        return Ok(());
    }
    let columns = ["workload", "measures", "does not measure", "quick", "full"];
    let mut sheet = Sheet::new(&columns);
    for listed in &listed {
        sheet.row(vec![
            listed.workload.clone(),
            listed.stresses.clone(),
            listed.omits.clone(),
            listed.quick.join(", "),
            listed.full.join(", "),
        ]);
    }
    print(&format!("\n{}", sheet.text(options.format)?))?;
    let mut lines = Vec::new();
    for Model { name, origin, described, .. } in &cells.models {
        let mut line = |what: &str| lines.push(format!("{name}: {what}\n"));
        if let Some(badge) = &described.badge {
            line(badge);
        }
        if let (Origin::Guest(_), Some(why)) = (origin, &described.missing) {
            line(why);
        }
        if described.answers_only {
            line("only answers: it is shown, and never ranked");
        }
    }
    if options.selection.is_empty() {
        lines.extend(not_built().into_iter().map(|line| line + "\n"));
    }
    if !lines.is_empty() {
        print(&format!("\n{}", lines.concat()))?;
    }
    Ok(())
}
