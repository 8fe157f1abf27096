//! `lanes figures`: the article's five pictures, from fresh traces.

use crate::args::{Figures, Format, Peers, Selection};
use crate::draw::Recorder;
use crate::fail::Fail;
use crate::files::save;
use crate::interrupt;
use crate::run::limits;
use crate::say::{line, note, progress};
use crate::select::Cells;
use crate::show::print;
use crate::temporary;
use lanes_core::trace::State::{self, Compute, Io, Lock};
use lanes_core::{Error, Size, rows};
use lanes_measure::failure::Cause;
use lanes_timeline::{Picture, Timeline, View, svg};
use std::collections::BTreeMap;
use std::time::Duration;

/// One of the pictures.
struct Figure {
    file: &'static str,
    title: &'static str,
    above: &'static str,
    /// Whether the article's own drawing of turns stands above what was
    /// measured.
    drawing: bool,
    /// The models, each with a line above its panel.
    panels: &'static [(&'static str, &'static str)],
    views: &'static [View],
}

const FIGURES: [Figure; 5] = [
    Figure {
        file: "1-one-thread",
        title: "One thread",
        above: "One subtask after the other. While one waits for I/O, nothing \
                happens: the waits add up to the computing.",
        drawing: false,
        panels: &[("sequential", "Rust"), ("python-sequential", "CPython")],
        views: &[View::Tasks],
    },
    Figure {
        file: "2-free-threads",
        title: "Free threads",
        above: "A thread for each subtask, and no lock between them: they wait \
                at the same time and compute at the same time, as far as there \
                are cores. What is left is the longest subtask.",
        drawing: false,
        panels: &[("threads", "Rust, which has no GIL")],
        views: &[View::Tasks, View::Workers],
    },
    Figure {
        file: "3-one-lock",
        title: "Taking turns under one lock",
        above: "The article draws threads under the GIL as taking turns, with \
                no thread at work while subtask 1 waits for I/O. Such a lock \
                is held through the wait. (The drawing also gives subtask 3 \
                only 1 U of its 2, and paints threads that have ended as \
                waiting, which is left out here.) CPython does not do this: \
                see the next picture.",
        drawing: true,
        panels: &[(
            "mutex",
            "Measured: one lock, first come first served, held \
                             through everything",
        )],
        views: &[View::Tasks],
    },
    Figure {
        file: "4-gil",
        title: "The GIL as it really is",
        above: "The GIL is released around every wait for I/O, and passed on \
                after an interval of 5 ms if another thread asks for it. Only \
                one thread computes at a time, but the waits overlap with the \
                computing of others.",
        drawing: false,
        panels: &[
            (
                "mutex",
                "As the article draws it, measured: a lock that is held \
                       through the wait",
            ),
            ("gil", "The GIL in Rust: let go around the wait"),
            (
                "python-threads",
                "CPython itself (its waits for the GIL are \
                                inferred from gaps in each thread's CPU time)",
            ),
        ],
        views: &[View::Tasks],
    },
    Figure {
        file: "5-processes",
        title: "Processes, each with a GIL of its own",
        above: "Every process has an interpreter, a GIL and memory of its own, \
                so that they compute at the same time. A pool has as many as \
                there are cores; a subtask that finds none free waits for one.",
        drawing: false,
        panels: &[
            ("processes", "Rust: a pool of worker processes"),
            ("python-process-pool", "CPython: ProcessPoolExecutor"),
            (
                "python-subinterpreters",
                "CPython: subinterpreters in one \
                                        process, each with its own GIL",
            ),
        ],
        views: &[View::Tasks, View::Workers],
    },
];

/// The article's drawing of turns: task, state, begin and end in units.
const TURNS: [(usize, State, u32, u32); 13] = [
    (0, Compute, 0, 1),
    (1, Lock, 0, 1),
    (2, Lock, 0, 2),
    (1, Compute, 1, 2),
    (0, Lock, 1, 3),
    (2, Compute, 2, 3),
    (0, Io, 3, 6),
    (1, Lock, 2, 6),
    (1, Io, 6, 7),
    (0, Lock, 6, 7),
    (0, Compute, 7, 8),
    (1, Lock, 7, 8),
    (1, Compute, 8, 9),
];

/// Records the models of all pictures, and writes the pictures.
///
/// # Errors
/// Those of the output; [`Fail::Failure`] if a model could not be recorded,
/// after all the others were.
pub(crate) fn figures(options: &Figures) -> Result<(), Fail> {
    let drawing = &options.drawing;
    let mut models: Vec<String> = Vec::new();
    for (model, _) in FIGURES.iter().flat_map(|figure| figure.panels) {
        if !models.iter().any(|known| known == model) {
            models.push((*model).to_owned());
        }
    }
    let filters = vec!["subtasks".to_owned()];
    let peers = Peers::default();
    let selection = Selection { filters, models, peers };
    let cells = Cells::choose(&selection, rows(Size::Quick))?.here()?;
    let limits = limits(drawing.deadline, None);
    let folder = temporary::folder()?;
    let (row, folder) = (None, folder.path());
    let recorder = Recorder { row, drawing, folder, limits: &limits };
    let (mut timelines, mut all) = (BTreeMap::new(), Vec::new());
    let mut failed = Vec::new();
    for model in &cells.models {
        progress!("{}", model.name);
        match recorder.record(model) {
            Ok(recorded) => {
                let timeline = recorded.timeline.clone();
                timelines.insert(model.name.clone(), timeline);
                all.push(recorded);
            }
            Err(failure) if failure.cause == Cause::Interrupted => {
                return Err(interrupt::interrupted());
            }
            // What a version of Python does not have is no failure.
            Err(failure) if !failure.is_wrong() => {
                note!("{}: {failure}", model.name);
            }
            Err(failure) => failed.push(format!("{}: {failure}", model.name)),
        }
    }
    for figure in &FIGURES {
        let panels = figure.panels.iter().filter_map(|(model, heading)| {
            let mut timeline = timelines.get(*model)?.clone();
            timeline.heading = Some((*heading).to_owned());
            Some(timeline)
        });
        let drawn = figure.drawing.then(|| turns(drawing.unit)).transpose();
        let mut stacked: Vec<Timeline> =
            drawn.map_err(Fail::of)?.into_iter().collect();
        stacked.extend(panels);
        if stacked.is_empty() {
            continue;
        }
        let picture = Picture {
            title: figure.title.into(),
            subtitle: String::new(),
            above: figure.above.into(),
            below: format!("{} {}", drawing.which(), recorder.foot(&all)),
            unit: recorder.unit(),
            views: figure.views.to_vec(),
            timelines: stacked,
        };
        let text = svg(&picture).map_err(Fail::of)?;
        let path = save(&drawing.output, figure.file, "svg", &text)?;
        line!("{}: {}", figure.title, path.display());
    }
    print(&recorder.sheet(&all)?.text(Format::Table)?)?;
    match &failed[..] {
        [] => Ok(()),
        failed => Err(Fail::Failure(failed.join("; "))),
    }
}

/// The article's drawing of three threads that take turns.
fn turns(unit: Duration) -> Result<Timeline, Error> {
    let parts = TURNS.map(|(task, state, begin, end)| {
        (task, Some(task), state, f64::from(begin), f64::from(end))
    });
    let mut timeline = Timeline::drawn("after the article", unit, &parts)?;
    timeline.heading = Some("The article's drawing".into());
    timeline.tasks = (1..=3).map(|task| format!("subtask {task}")).collect();
    Ok(timeline)
}
