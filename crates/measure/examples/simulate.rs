//! Prints how often the intervals of `lanes_measure::statistics` are right,
//! for sessions whose truth is known, as a Markdown table.

use lanes_core::seed::{self, Numbers};
use lanes_measure::statistics::{Verdict, compare, verdict};
use std::f64::consts::TAU;
use std::thread;

const SESSIONS: usize = 200;

/// The noise floor of the verdicts, a log-ratio.
const FLOOR: f64 = 0.015;

/// How the samples of a session scatter; standard deviations of logarithms.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) visits: usize,
    pub(crate) rounds: usize,
    pub(crate) contenders: usize,
    /// Of each sample.
    pub(crate) noise: f64,
    /// Of each process, between visits.
    pub(crate) between: f64,
    /// How many times more the processes of the first contender differ.
    pub(crate) uneven: f64,
}

/// Shares of the sessions.
pub(crate) struct Rates {
    /// Some interval does not hold the truth. For equal contenders: some
    /// difference is reported that does not exist.
    pub(crate) wrong: f64,
    /// The interval of one pair, taken alone, holds the true 5 %.
    pub(crate) covered: f64,
    /// The contender that is 5 % slower is reported as slower.
    pub(crate) found: f64,
}

fn main() {
    let mut sessions = vec![];
    for visits in [3, 4, 6, 8] {
        for rounds in [6, 12] {
            for contenders in [2, 3, 8] {
                let common = (visits, rounds, contenders);
                for noise in [0.01, 0.03] {
                    for between in [0.0, 0.005, 0.01] {
                        sessions.push(session(common, noise, between, 1.0));
                    }
                }
            }
        }
        sessions.push(session((visits, 12, 8), 0.01, 0.003, 3.0));
    }
    sessions.push(session((6, 10, 3), 0.02, 0.005, 1.0));
    sessions.push(session((6, 12, 3), 0.02, 0.005, 1.0));
    println!(
        "{SESSIONS} sessions a line; the last columns are for one contender \
         that is 5 % slower.\n\n\
         | visits | rounds | contenders | noise | between visits | \
         first one's | some wrong | one covered | found slower |\n\
         |-|-|-|-|-|-|-|-|-|"
    );
    let threads = thread::available_parallelism().map_or(1, usize::from);
    for sessions in sessions.chunks(threads) {
        let lines: Vec<String> = thread::scope(|scope| {
            let started: Vec<_> = sessions
                .iter()
                .map(|session| scope.spawn(|| line(session)))
                .collect();
            started.into_iter().map(|line| line.join().unwrap()).collect()
        });
        println!("{}", lines.join("\n"));
    }
}

fn session(
    (visits, rounds, contenders): (usize, usize, usize),
    noise: f64,
    between: f64,
    uneven: f64,
) -> Session {
    Session { visits, rounds, contenders, noise, between, uneven }
}

fn line(session: &Session) -> String {
    let Rates { wrong, covered, found } = simulate(session, SESSIONS);
    format!(
        "| {} | {} | {} | {} % | {} % | × {} | {:.1} % | {:.1} % | {:.1} % |",
        session.visits,
        session.rounds,
        session.contenders,
        session.noise * 100.0,
        session.between * 100.0,
        session.uneven,
        wrong * 100.0,
        covered * 100.0,
        found * 100.0,
    )
}

/// Compares all pairs in `count` sessions.
pub(crate) fn simulate(session: &Session, count: usize) -> Rates {
    let slower = 1.05_f64.ln();
    let contenders = session.contenders;
    let pairs: Vec<_> = (0..contenders)
        .flat_map(|a| (a + 1..contenders).map(move |b| (a, b)))
        .collect();
    let (mut wrong, mut covered, mut found) = (0, 0, 0);
    for number in 0..count as u64 {
        let mut visits = sample(session, seed::part(1, number));
        // To slow one contender down shifts its intervals and nothing else,
        // so the same session serves for equal and for different contenders.
        for round in visits.iter_mut().flatten() {
            round[0] = round[0].map(|time| time + slower);
        }
        let compared: Vec<_> = compare(&visits, &pairs, 0.95, number)
            .into_iter()
            .flatten()
            .collect();
        let all = compared.iter().all(|one| {
            let truth = if one.pair.0 == 0 { slower } else { 0.0 };
            (one.interval.low..=one.interval.high).contains(&truth)
        });
        wrong += usize::from(!all);
        let first = compared[0];
        let alone = first.alone.low..=first.alone.high;
        covered += usize::from(alone.contains(&slower));
        let verdict = verdict(&first.interval, FLOOR, 0.0, first.rounds);
        found += usize::from(matches!(verdict, Verdict::Slower { .. }));
    }
    let share = |part| part as f64 / count as f64;
    Rates { wrong: share(wrong), covered: share(covered), found: share(found) }
}

/// Lognormal times, of which 5 % are 1.5 to 3 times as long; all of a visit
/// drift alike.
pub(crate) fn sample(
    session: &Session,
    seed: u64,
) -> Vec<Vec<Vec<Option<f64>>>> {
    let mut numbers = seed::numbers(seed);
    let numbers = &mut numbers;
    let mut visit = || {
        let process: Vec<_> = (0..session.contenders)
            .map(|contender| {
                let more = if contender == 0 { session.uneven } else { 1.0 };
                more * session.between * normal(numbers)
            })
            .collect();
        let drift = 0.02 * normal(numbers);
        let mut round = |number| {
            let drift = drift * f64::from(number);
            let mut time = |process: &f64| {
                let usual = process + drift + session.noise * normal(numbers);
                let outlier = uniform(numbers) < 0.05;
                let times = 1.5 + 1.5 * uniform(numbers);
                Some(if outlier { usual + times.ln() } else { usual })
            };
            process.iter().map(&mut time).collect()
        };
        (0..session.rounds as u32).map(&mut round).collect()
    };
    (0..session.visits).map(|_| visit()).collect()
}

fn uniform(numbers: &mut Numbers) -> f64 {
    let number = numbers.next().expect("the stream is endless");
    ((number >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// The method of Box and Muller.
fn normal(numbers: &mut Numbers) -> f64 {
    let radius = (-2.0 * uniform(numbers).ln()).sqrt();
    radius * (TAU * uniform(numbers)).cos()
}
