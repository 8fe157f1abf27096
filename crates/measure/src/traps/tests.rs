use super::*;
use crate::document;
use lanes_core::trace::{Span, State as Does};

/// A program that ran with these figures; a negative one is a hang.
fn side(figures: &[f64]) -> Side {
    let run = |figure: &f64| match *figure {
        0.0.. => ran(Outcome::Right, Some(*figure)),
        _ => ran(Outcome::Hangs, None),
    };
    Side { runs: figures.iter().map(run).collect(), ..Side::new("", vec![]) }
}

fn ran(outcome: Outcome, figure: Option<f64>) -> Ran {
    Ran { outcome, figure, detail: format!("it is {}", outcome.word()) }
}

/// A trap, judged, whose programs had these figures in three runs.
fn trap(kind: Kind, without: &[f64], remedies: &[&[f64]]) -> Trap {
    let mut trap = unjudged(kind, without, remedies);
    trap.judge(3);
    trap
}

fn unjudged(kind: Kind, without: &[f64], remedies: &[&[f64]]) -> Trap {
    Trap {
        name: "tokio-slot".into(),
        library: "tokio".into(),
        language: Language::Rust,
        asks: "Does it wait?".into(),
        expects: "It waits.".into(),
        measures: "how late it runs".into(),
        kind,
        issues: vec![Issue {
            address: "https://github.com/tokio-rs/tokio/issues/4941".into(),
            says: "the slot is not stealable".into(),
        }],
        finding: Finding::Unfinished,
        missing: None,
        source: "crates/traps/src/tokio_slot.rs".into(),
        shared: Vec::new(),
        without: side(without),
        remedies: remedies.iter().map(|figures| side(figures)).collect(),
    }
}

fn outcomes(trap: &Trap) -> Vec<Outcome> {
    trap.sides().filter_map(|side| side.outcome).collect()
}

use Outcome::{Costly, Dies, Hangs, Late, Right, Slow, Wrong};

#[test]
fn a_program_is_worse_if_all_its_figures_are() {
    let late = trap(Kind::Delay, &[0.2, 0.3, 0.1], &[&[0.01, 0.0, 0.02]]);
    assert_eq!(late.finding, Finding::Shown);
    assert_eq!(outcomes(&late), [Late, Right]);
    assert_eq!(late.figure(&late.without), "200 ms late");
    // One of its figures is among those with the remedy.
    let mixed = trap(Kind::Delay, &[0.2, 0.3, 0.01], &[&[0.01, 0.0, 0.02]]);
    assert_eq!(mixed.finding, Finding::NotShown);
    assert_eq!(outcomes(&mixed), [Right, Right]);
    // A third more is not half more.
    let near = trap(Kind::Time, &[0.4, 0.4, 0.4], &[&[0.3, 0.3, 0.3]]);
    assert_eq!(near.finding, Finding::NotShown);
    // Twice as much of next to nothing is nothing.
    let little = trap(Kind::Delay, &[0.002; 3], &[&[0.001; 3]]);
    assert_eq!(little.finding, Finding::NotShown);
}

#[test]
fn the_word_is_that_of_the_kind() {
    for kind in Kind::ALL {
        let trap = trap(kind, &[9e9; 3], &[&[1.0; 3]]);
        let expected = match kind {
            Kind::Delay => Late,
            Kind::Time | Kind::Ratio => Slow,
            _ => Costly,
        };
        assert_eq!(outcomes(&trap), [expected, Right], "{kind:?}");
        assert!(!trap.figure(&trap.without).is_empty());
    }
}

#[test]
fn a_remedy_that_does_not_help_is_as_late() {
    let trap = trap(Kind::Delay, &[0.2; 3], &[&[0.0; 3], &[0.2; 3]]);
    assert_eq!(outcomes(&trap), [Late, Right, Late]);
    assert_eq!(trap.finding, Finding::Shown);
    // One that helps less than another does help.
    let less = self::trap(Kind::Delay, &[0.2; 3], &[&[0.0; 3], &[0.05; 3]]);
    assert_eq!(outcomes(&less), [Late, Right, Right]);
}

#[test]
fn one_hang_is_a_hang() {
    let hangs = trap(Kind::Time, &[0.1, -1.0, 0.1], &[&[0.1; 3]]);
    assert_eq!(outcomes(&hangs), [Hangs, Right]);
    assert_eq!(hangs.finding, Finding::Shown);
    assert_eq!(hangs.figure(&hangs.without), "100 ms");
    assert_eq!(hangs.without.detail(), "it is hangs");
    // To end at all is better than to hang, however long it takes.
    let long = trap(Kind::Time, &[-1.0; 3], &[&[0.1; 3], &[0.9; 3]]);
    assert_eq!(outcomes(&long), [Hangs, Right, Right]);
    let broken = trap(Kind::Time, &[0.2; 3], &[&[0.1; 3], &[0.1, -1.0, 0.1]]);
    assert_eq!(broken.finding, Finding::Broken);
    assert_eq!(broken.failures(), [&broken.remedies[1]]);
}

#[test]
fn a_remedy_that_is_wrong_or_dies_is_broken() {
    for outcome in [Wrong, Dies, Hangs] {
        let mut trap = unjudged(Kind::Time, &[0.2; 3], &[&[0.1; 3]]);
        trap.remedies[0].runs[1] = ran(outcome, None);
        trap.judge(3);
        assert_eq!(trap.finding, Finding::Broken, "{outcome:?}");
        assert_eq!(trap.remedies[0].outcome, Some(outcome));
        // What it would have been compared with is no yardstick.
        assert_eq!(trap.without.outcome, Some(Right));
    }
}

#[test]
fn what_was_not_run_to_its_end_is_not_judged() {
    let short = trap(Kind::Time, &[0.2; 3], &[&[0.1; 2]]);
    assert_eq!(short.finding, Finding::Unfinished);
    let none = trap(Kind::Time, &[], &[&[]]);
    assert_eq!((none.finding, outcomes(&none)), (Finding::Unfinished, vec![]));
    let mut absent = unjudged(Kind::Time, &[], &[&[]]);
    absent.missing = Some("no interpreter".into());
    absent.judge(3);
    assert_eq!(absent.finding, Finding::Absent);
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traps.json");
    let build = Build::here("rustc 1", None, false);
    let mut traps = Traps::new("now".into(), Machine::here(Vec::new()), build);
    traps.traps.push(trap(Kind::Delay, &[0.2; 3], &[&[0.0; 3]]));
    document::save(&path, &traps).unwrap();
    assert_eq!(Traps::load(&path).unwrap(), traps);
    assert_eq!(traps.count(Finding::Shown), 1);
    let path = folder.path().join("hostile.json");
    traps.traps[0].without.lines = vec!["\u{1b}[2J".into(), "x".repeat(999)];
    traps.traps[0].without.runs[0].figure = Some(-1.0);
    document::save(&path, &traps).unwrap();
    let why = Traps::load(&path).unwrap_err().to_string();
    assert!(why.contains("a figure that cannot be"), "{why}");
    traps.traps[0].without.runs[0].figure = None;
    let path = folder.path().join("harmless.json");
    document::save(&path, &traps).unwrap();
    let read = Traps::load(&path).unwrap();
    let lines = &read.traps[0].without.lines;
    assert_eq!(lines[0], r"\x1b[2J");
    assert!(lines[1].chars().count() < 500);
}

#[test]
fn a_recorded_run_that_cannot_be_is_refused() {
    let (task, worker, state) = (0, Some(0), Does::Compute);
    let span = Span { task, worker, state, begin: 2, end: 5, cpu: Some(3) };
    let recorded = Recorded {
        hung: false,
        end: 5,
        tasks: vec!["a".into()],
        workers: vec!["main".into()],
        spans: vec![span],
    };
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, recorded: Recorded| {
        let build = Build::here("rustc 1", None, false);
        let machine = Machine::here(Vec::new());
        let mut traps = Traps::new("now".into(), machine, build);
        let mut shown = trap(Kind::Delay, &[0.2; 3], &[&[0.0; 3]]);
        shown.remedies[0].recorded = Some(recorded);
        traps.traps.push(shown);
        let path = folder.path().join(name);
        document::save(&path, &traps).unwrap();
        (Traps::load(&path), traps)
    };
    let (again, written) = read("right.json", recorded.clone());
    assert_eq!(again.unwrap(), written);
    let with = |span| Recorded { spans: vec![span], ..recorded.clone() };
    let many = vec![span; MOST_SPANS + 1];
    let wrong = [
        with(Span { task: 1, ..span }),
        with(Span { worker: Some(1), ..span }),
        with(Span { begin: 6, ..span }),
        with(Span { end: 6, ..span }),
        with(Span { cpu: Some(4), ..span }),
        Recorded { end: 1 << 54, ..recorded.clone() },
        Recorded { spans: many, ..recorded.clone() },
    ];
    for (index, recorded) in wrong.into_iter().enumerate() {
        let why = read(&format!("{index}.json"), recorded).0.unwrap_err();
        let why = why.to_string();
        assert!(why.contains("a recorded run that cannot be"), "{why}");
    }
}
