//! The neighbours of a job, its words, and what follows from measured rows.

use super::answer::{Answer, Change, LeftOut, options, words};
use super::neighbours::{self, Neighbour};
use super::*;
use crate::args::Format;
use lanes_measure::map::Parameter;
use lanes_measure::results::RowResult;
use lanes_measure::statistics::{Grade, Interval};
use lanes_measure::summary::Standing;
use std::path::Path;

const US: Duration = Duration::from_micros(1);
const MS: Duration = Duration::from_millis(1);

fn given(tasks: usize, compute: Duration, wait: Duration) -> Job {
    let [compute, wait] = [compute, wait].map(Some);
    Job { tasks: Some(tasks), compute, wait, ..Job::default() }
}

fn shape(job: &Job) -> Shape {
    job.shape(1, Duration::ZERO, Duration::ZERO)
}

/// The values of one parameter in the neighbours of a job.
fn values(of: &[Neighbour], parameter: Parameter) -> Vec<f64> {
    let same = of.iter().filter(|near| near.parameter == parameter);
    same.map(|near| parameter.of(&near.job)).collect()
}

#[test]
fn each_number_is_halved_and_doubled_and_none_twice() {
    let job = given(100, 50 * US, 2 * MS);
    let own = shape(&job);
    let near = neighbours::of(&own, &job);
    assert_eq!(near.len(), 6);
    assert_eq!(values(&near, Parameter::Compute), [25e-6, 1e-4]);
    assert_eq!(values(&near, Parameter::Wait), [1e-3, 4e-3]);
    assert_eq!(values(&near, Parameter::Tasks), [50.0, 200.0]);
    for (at, one) in near.iter().enumerate() {
        assert_ne!(one.job, own);
        assert!(near[at + 1..].iter().all(|other| other.job != one.job));
        // All at once stays all at once.
        assert_eq!(one.job.at_once, one.job.tasks);
    }
    // Half of one task is one task, which is the job itself.
    let one = given(1, 50 * US, Duration::ZERO);
    let near = neighbours::of(&shape(&one), &one);
    assert_eq!(values(&near, Parameter::Tasks), [2.0]);
    let nothing = given(8, Duration::ZERO, Duration::ZERO);
    let near = neighbours::of(&shape(&nothing), &nothing);
    assert!(near.iter().all(|near| near.parameter == Parameter::Tasks));
}

#[test]
fn numbers_that_were_given_have_neighbours_of_their_own_kind() {
    let job = Job {
        at_once: Some(10),
        skew: Some(1.5),
        lock: Some(0.8),
        ..given(100, MS, MS)
    };
    let near = neighbours::of(&shape(&job), &job);
    assert_eq!(values(&near, Parameter::AtOnce), [5.0, 20.0]);
    assert_eq!(values(&near, Parameter::Skew), [1.25, 2.0]);
    // No more than all is under the lock.
    assert_eq!(values(&near, Parameter::Share), [0.4, 1.0]);
    let words: Vec<String> = near.iter().map(Neighbour::words).collect();
    for expected in ["5 tasks at once", "compute per task 500 µs", "50 tasks"]
    {
        assert!(words.iter().any(|w| w == expected), "{words:?}");
    }
    let job = Job { rate: Some(80.0), ..given(100, MS, MS) };
    let near = neighbours::of(&shape(&job), &job);
    assert_eq!(values(&near, Parameter::Rate), [40.0, 160.0]);
    assert!(values(&near, Parameter::Tasks).is_empty());
}

#[test]
fn a_long_job_is_measured_with_fewer_tasks() {
    let few = |job: &Job, workers| with_fewer_tasks(&shape(job), workers);
    // Two workers compute a quarter of a second: 25 tasks of 20 ms.
    let pictures = few(&given(2000, 20 * MS, Duration::ZERO), 2);
    assert_eq!((pictures.tasks, pictures.at_once), (25, 25));
    // The same with other numbers is left as it is.
    assert_eq!(pictures.compute, 20 * MS);
    let short = given(100, US, MS);
    assert_eq!(few(&short, 2), shape(&short));
    // Waits of all at once take as long as one.
    assert_eq!(few(&given(5000, Duration::ZERO, MS), 2).tasks, 5000);
    // A hundred at once wait 100 ms ten times in a second.
    let pages = Job { at_once: Some(100), ..given(10_000, US, 100 * MS) };
    let pages = few(&pages, 2);
    assert_eq!((pages.tasks, pages.at_once), (1000, 100));
    // Half a second of arrivals.
    let served = Job { rate: Some(80.0), ..given(1000, 2 * MS, 20 * MS) };
    assert_eq!(few(&served, 2).tasks, 40);
    // Each worker has four, however long they are.
    assert_eq!(few(&given(1000, 1000 * MS, MS), 3).tasks, 12);
    assert_eq!(few(&given(5, 1000 * MS, MS), 3).tasks, 5);
}

#[test]
fn neighbours_are_measured_where_there_is_time_for_them() {
    let seconds = Duration::from_secs;
    // Four visits of a second to the job leave time for four neighbours.
    assert_eq!(affordable(seconds(20), 1.0), 4);
    assert_eq!(affordable(seconds(3), 1.0), 0);
    assert_eq!(affordable(Duration::ZERO, 1.0), 0);
    assert_eq!(affordable(seconds(1), 0.0), 1000);
    assert_eq!(affordable(Duration::ZERO, 0.0), 0);
}

#[test]
fn a_job_is_a_sentence_and_options_again() {
    let job = given(5000, 50 * US, 2 * MS);
    let text = "5,000 tasks that compute 50 µs and wait 2 ms, all at once";
    assert_eq!(words(&shape(&job)), text);
    let again = "lanes advise --tasks 5000 --compute 50us --wait 2ms";
    assert_eq!(options(&job), again);
    let nothing = given(10, Duration::ZERO, Duration::ZERO);
    let text = words(&shape(&nothing));
    assert_eq!(text, "10 tasks that do nothing, all at once");
    let job = Job {
        rate: Some(80.0),
        skew: Some(1.5),
        lock: Some(0.05),
        ..given(1000, 2 * MS, Duration::ZERO)
    };
    let text = words(&shape(&job));
    for part in ["compute 2 ms, 80/s", "the exponent 1.5", "under one lock"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let few = Job { at_once: Some(100), ..given(1000, Duration::ZERO, MS) };
    let text = words(&shape(&few));
    assert_eq!(text, "1,000 tasks that wait 1 ms, at most 100 at once");
    assert!(options(&few).ends_with("--wait 1ms --at-once 100"));
}

/// What a model was found to do: its name, seconds, CPU seconds, bytes and
/// grade.
type Found = (&'static str, f64, f64, u64, Grade);

const TIED: Grade = Grade::AsFast { within: 0.05 };
const BEHIND_BY_ONE: Grade = Grade::Slower { low: 0.9, high: 1.1 };

/// A row of this job in which these models were found to do so.
fn measured_row(from: &RowResult, job: &Shape, found: &[Found]) -> RowResult {
    let mut row = from.clone();
    row.workload = "shape".into();
    row.parameters = serde_json::to_value(job).unwrap();
    let (contender, taken) = (&from.contenders[0], &from.samples[0]);
    row.contenders.clear();
    row.samples.clear();
    let group = &mut row.summary.as_mut().unwrap().groups;
    group.truncate(1);
    let mut standings: Vec<Standing> = Vec::new();
    for (index, (name, seconds, cpu, bytes, grade)) in found.iter().enumerate()
    {
        let mut contender = contender.clone();
        contender.name = (*name).into();
        contender.model = (*name).into();
        (contender.twin_of, contender.failure) = (None, None);
        row.contenders.push(contender);
        let mut taken = taken.clone();
        taken.contender = index;
        taken.sample.peak_bytes = Some(*bytes);
        row.samples.push(taken);
        let median = (seconds / found[0].1).ln();
        let ratio = Interval { low: median - 0.1, median, high: median + 0.1 };
        standings.push(Standing {
            contender: index,
            seconds: *seconds,
            cpu: Some(*cpu),
            ratio: (index > 0).then_some(ratio),
            grade: Some(*grade),
            cpu_ratio: None,
        });
    }
    group[0].standings = standings;
    row
}

/// A session of a job and some of its neighbours.
struct Session {
    job: Job,
    results: Results,
}

impl Session {
    /// Two models tie, the second with less CPU time and more memory; the third
    /// is slower. With twice the compute the third is best, with half of the
    /// tasks it is open, with twice the tasks the second is best.
    fn new() -> Self {
        let job = given(100, 50 * US, Duration::ZERO);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join("../report/published/1-quick.json");
        let mut results = Results::load(&path).unwrap();
        let from = results.rows[0].clone();
        let own = shape(&job);
        let row = |parameter: Parameter, factor: f64, found: &[Found]| {
            let near = parameter.set(&own, parameter.of(&own) * factor);
            measured_row(&from, &near, found)
        };
        let tied = [
            ("rayon", 0.010, 0.020, 8 << 20, Grade::Fastest),
            ("tokio", 0.0101, 0.018, 9 << 20, TIED),
            ("smol", 0.020, 0.010, 1 << 20, BEHIND_BY_ONE),
        ];
        let third = [
            ("smol", 0.010, 0.02, 1 << 20, Grade::Fastest),
            ("tokio", 0.020, 0.02, 1 << 20, BEHIND_BY_ONE),
        ];
        let open = Grade::Open { more_visits: Some(7) };
        let undecided = [
            ("rayon", 0.010, 0.02, 1 << 20, open),
            ("tokio", 0.011, 0.02, 1 << 20, open),
        ];
        let second = [("tokio", 0.010, 0.02, 1 << 20, Grade::Fastest)];
        results.rows = vec![
            row(Parameter::Tasks, 1.0, &tied),
            row(Parameter::Compute, 2.0, &third),
            row(Parameter::Tasks, 0.5, &undecided),
            row(Parameter::Tasks, 2.0, &second),
        ];
        Self { job, results }
    }

    fn answer(&self) -> Answer<'_> {
        let own = shape(&self.job);
        let mut neighbours = neighbours::of(&own, &self.job);
        // Half of the compute was not measured.
        neighbours.remove(0);
        let out = LeftOut {
            model: "threads".into(),
            seconds: Some(0.1),
            why: "10 times the best".into(),
        };
        Answer {
            asked: own.clone(),
            measured: own,
            workers: 2,
            memory: false,
            neighbours,
            left_out: vec![out],
            results: &self.results,
        }
    }
}

/// Advice with every key that there may be.
pub(crate) fn example() -> String {
    let mut session = Session::new();
    let own = shape(&session.job);
    let open = Grade::Open { more_visits: Some(7) };
    let all = [
        ("rayon", 0.010, 0.02, 1 << 20, Grade::Fastest),
        ("tokio", 0.010, 0.01, 1 << 20, TIED),
        ("crossbeam", 0.012, 0.02, 1 << 20, Grade::AtMost { within: 0.2 }),
        ("async-std", 0.013, 0.02, 1 << 20, open),
        ("smol", 0.020, 0.02, 1 << 20, BEHIND_BY_ONE),
    ];
    let row = &mut session.results.rows[0];
    *row = measured_row(row, &own, &all);
    row.contenders[0].latencies = [(1000, 7), (2000, 9)].into();
    let limit = &mut row.limits[0];
    (limit.workers, limit.seconds) = (2, vec![0.001]);
    let answer = session.answer();
    printed::text(&answer, Format::Json, Path::new("a.json")).unwrap()
}

#[test]
fn of_those_as_fast_the_cheapest_is_taken() {
    let session = Session::new();
    let mut answer = session.answer();
    let (pick, others) = answer.pick().unwrap();
    assert_eq!((&*pick.model, &others[..]), ("tokio", &["rayon".into()][..]));
    answer.memory = true;
    let (pick, others) = answer.pick().unwrap();
    assert_eq!((&*pick.model, &others[..]), ("rayon", &["tokio".into()][..]));
    let text = printed::text(&answer, Format::Table, Path::new("a.json"));
    let text = text.unwrap();
    for words in [
        "Take rayon: tokio is as fast, within ",
        "it takes the least memory of the two",
        "Not measured further: threads (10 times the best, 100 ms in one look)",
        "If a task panics: rayon rethrows",
        "crates/rayon/src/shape.rs",
        "results: a.json",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn neighbours_say_what_would_change_the_answer() {
    let session = Session::new();
    let answer = session.answer();
    let changes = answer.changes("tokio");
    let [compute, half, twice] = &changes[..] else { panic!() };
    let Change::Other { near, best, cost: Some(cost) } = compute else {
        panic!("smol is best with twice the compute")
    };
    assert_eq!(near.words(), "compute per task 100 µs");
    assert_eq!(best[..], ["smol".to_owned()]);
    assert!((cost - 2.0).abs() < 1e-9, "{cost}");
    assert!(matches!(half, Change::Open));
    assert!(matches!(twice, Change::Same));
    let text = printed::text(&answer, Format::Table, Path::new("a.json"));
    let text = text.unwrap();
    for words in [
        "With compute per task 100 µs take smol (tokio takes 2.00 times",
        "In 1 of 3 neighbours (each number halved and doubled) tokio stays",
        "; 1 were not decided.",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn a_job_without_a_time_has_no_advice_and_says_why() {
    let mut session = Session::new();
    for row in &mut session.results.rows {
        row.summary = None;
    }
    let mut answer = session.answer();
    assert!(answer.pick().is_none() && answer.ranked().is_empty());
    let text = |answer: &Answer<'_>| {
        let path = Path::new("a.json");
        printed::text(answer, Format::Table, path).unwrap()
    };
    let said = text(&answer);
    assert!(said.contains("No model has a time"), "{said}");
    assert!(said.contains("Not measured further: threads"), "{said}");
    answer.left_out.clear();
    let said = text(&answer);
    assert!(said.contains("a longer --budget helps"), "{said}");
    assert!(!said.contains("Not measured further"), "{said}");
}
