//! `lanes demo`: a short session, traces, and a site with both.

use crate::args::{
    Conditions, Demo, Drawing, Links, Place, Printing, Report, Run,
};
use crate::fail::Fail;
use crate::report::{SITE, answered, shown};
use crate::run::{end, measured};
use crate::say::progress;
use crate::show::print;
use crate::trace::record_all;
use lanes_measure::session;
use lanes_report::answer::Answer;
use lanes_suite::MODELS;
use std::time::Duration;

/// How many runs of each model are traced.
const TRACED: u64 = 3;

/// Measures briefly, traces, makes the site, and ends with the answer in words
/// and the path of the site.
///
/// # Errors
/// Those of `lanes run`, `lanes trace` and `lanes report`; a cell that failed
/// is one after the site was made.
pub(crate) fn demo(options: &Demo) -> Result<(), Fail> {
    let Demo { selection, budget, output, open } = options;
    let deadline = Duration::from_secs(60);
    progress!("lanes: 1 of 3, measuring");
    let run = Run {
        selection: selection.clone(),
        every: false,
        quick: true,
        full: false,
        items: None,
        workers: Vec::new(),
        nodes: Vec::new(),
        links: Links::default(),
        rounds: None,
        until: None,
        budget: Some(*budget),
        margin: session::MARGIN,
        conditions: Conditions { seed: 7, deadline, memory: None },
        no_control: false,
        details: false,
        place: Place { output: output.clone() },
        list: false,
        dry_run: false,
        printing: Printing::default(),
    };
    let (results, path) = measured(&run)?;
    let ended = end(&results, &path);
    if let Err(Fail::Interrupted(_)) = ended {
        return ended;
    }
    progress!("lanes: 2 of 3, tracing");
    let drawing = Drawing {
        unit: Duration::from_millis(20),
        workers: None,
        runs: TRACED,
        seed: 7,
        deadline,
        output: output.clone(),
    };
    let mut traced = selection.clone();
    if traced.models.is_empty() {
        // CPython takes longer to make its inputs than all of these take.
        let names = MODELS.iter().map(|entry| entry.name.to_owned());
        traced.models = names.collect();
    }
    let traces = record_all(&traced, &drawing, "demo")?;
    progress!("lanes: 3 of 3, the site");
    let made = Report {
        results: vec![path, traces],
        output: Some(output.join(SITE)),
        single: None,
        source: None,
        open: *open,
    };
    let (answers, first) = answered(&made)?;
    let answers: Vec<String> = answers.iter().map(Answer::to_string).collect();
    print(&answers.join("\n"))?;
    shown(&made, &first)?;
    ended
}
