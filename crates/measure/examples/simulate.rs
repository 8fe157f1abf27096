//! Prints how often the intervals of `lanes_measure::statistics` are right,
//! for sessions whose truth is known, as a Markdown table.

use lanes_core::seed::{self, Numbers};
use lanes_measure::statistics::{Fit, Grade, NEGLIGIBLE, gaps};
use std::f64::consts::TAU;
use std::thread;

const SESSIONS: usize = 1000;

/// The level of all intervals.
const LEVEL: f64 = 0.95;

/// How the times of a session scatter; standard deviations of logarithms.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) visits: usize,
    pub(crate) contenders: usize,
    /// Of each contender in each visit.
    pub(crate) noise: f64,
    /// How many times more the first contender scatters.
    pub(crate) uneven: f64,
    /// How often a contender is disturbed in a visit, by which it takes 1.5 to
    /// 3 times as long.
    pub(crate) disturbed: f64,
    /// Whether the session looks after each half as many visits more whether
    /// all is decided within 10 %, and ends then: see `--until`.
    pub(crate) peeking: bool,
}

/// Shares of the sessions.
pub(crate) struct Rates {
    /// Some interval of the comparison with the fastest does not hold the
    /// truth, or a contender is graded faster than it is. The best is picked
    /// from the data, and the last contender is a twin of the first.
    pub(crate) wrong: f64,
    /// The interval of one pair holds its true difference.
    pub(crate) covered: f64,
    /// The contender that is 5 % slower is graded slower.
    pub(crate) found: f64,
}

fn main() {
    let usual = Session {
        visits: 8,
        contenders: 8,
        noise: 0.05,
        uneven: 1.0,
        disturbed: 0.02,
        peeking: false,
    };
    let mut sessions = vec![];
    for visits in [3, 4, 6, 8, 10, 20, 40] {
        for contenders in [2, 3, 8] {
            let usual = Session { visits, contenders, ..usual };
            sessions.push(Session { disturbed: 0.0, ..usual });
            sessions.push(usual);
            sessions.push(Session { uneven: 4.0, ..usual });
            sessions.push(Session { noise: 0.01, disturbed: 0.1, ..usual });
        }
    }
    for contenders in [2, 3, 8] {
        let visits = 200;
        let peeking = true;
        sessions.push(Session { visits, contenders, peeking, ..usual });
    }
    println!(
        "{SESSIONS} sessions a line; one contender is 5 % slower.\n\n\
         | visits | contenders | noise | first one's | disturbed | \
         some wrong | one pair covered | found slower |\n\
         |-|-|-|-|-|-|-|-|"
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

fn line(session: &Session) -> String {
    let Rates { wrong, covered, found } = simulate(session, SESSIONS);
    let visits = match session.peeking {
        true => "until 10 %".to_owned(),
        false => session.visits.to_string(),
    };
    format!(
        "| {visits} | {} | {} % | × {} | {} % | {:.1} % | {:.1} % | {:.1} % |",
        session.contenders,
        session.noise * 100.0,
        session.uneven,
        session.disturbed * 100.0,
        wrong * 100.0,
        covered * 100.0,
        found * 100.0,
    )
}

/// Compares all contenders with the best, in `count` sessions.
pub(crate) fn simulate(session: &Session, count: usize) -> Rates {
    let (mut wrong, mut covered, mut found) = (0, 0, 0);
    let slower = 1.05_f64.ln();
    // The second contender is slower than all others.
    let truth = |contender: usize| if contender == 1 { slower } else { 0.0 };
    for number in 0..count as u64 {
        let mut table = sample(session, seed::part(1, number));
        for visit in &mut table {
            visit[1] = visit[1].map(|time| time + slower);
        }
        let (table, level) = ended(session, &table);
        let fit = Fit::new(table);
        let said = graded(&fit, session.contenders, level);
        let miss = said.iter().enumerate().any(|(contender, (ends, grade))| {
            let truth = truth(contender);
            let within = ends.0 <= truth && truth <= ends.1;
            let fastest = matches!(grade, Grade::Fastest) && truth > 0.0;
            !within || fastest
        });
        wrong += usize::from(miss);
        let pair = fit.difference(1, 0).expect("both took part in all visits");
        let alone = pair.interval(level);
        covered += usize::from(alone.low <= slower && slower <= alone.high);
        found += usize::from(matches!(said[1].1, Grade::Slower { .. }));
    }
    let share = |part| part as f64 / count as f64;
    Rates { wrong: share(wrong), covered: share(covered), found: share(found) }
}

/// The visits after which a session ends, and the level of its intervals.
fn ended<'a>(
    session: &Session,
    table: &'a [Vec<Option<f64>>],
) -> (&'a [Vec<Option<f64>>], f64) {
    if !session.peeking {
        return (table, LEVEL);
    }
    let (mut visits, mut look) = (8, 1.0);
    loop {
        let level = 1.0 - (1.0 - LEVEL) / (look * (look + 1.0));
        let seen = &table[..visits.min(table.len())];
        let said = graded(&Fit::new(seen), session.contenders, level);
        let decided = said.iter().all(|(_, grade)| grade.decides(0.1));
        if decided || seen.len() == table.len() {
            return (seen, level);
        }
        visits += visits.div_ceil(2);
        look += 1.0;
    }
}

/// The ends of each contender's interval to the fastest, and its grade.
fn graded(
    fit: &Fit,
    contenders: usize,
    level: f64,
) -> Vec<((f64, f64), Grade)> {
    let members: Vec<usize> = (0..contenders).collect();
    let all = gaps(fit, &members, 0, level).into_iter();
    let said = all.map(|gap| {
        let grade = Grade::of(&gap, contenders, level, 0.1);
        // A negligible difference does not rule a contender out.
        let low = if gap.candidate { -NEGLIGIBLE } else { gap.slower.low };
        ((low, gap.slower.high), grade)
    });
    said.collect()
}

/// Lognormal times by visit and contender; all of a visit share its drift.
pub(crate) fn sample(session: &Session, seed: u64) -> Vec<Vec<Option<f64>>> {
    let mut numbers = seed::numbers(seed);
    let numbers = &mut numbers;
    let mut visit = || {
        let drift = 0.05 * normal(numbers);
        let mut time = |contender| {
            let more = if contender == 0 { session.uneven } else { 1.0 };
            let usual = drift + more * session.noise * normal(numbers);
            let disturbed = uniform(numbers) < session.disturbed;
            let times = 1.5 + 1.5 * uniform(numbers);
            Some(if disturbed { usual + times.ln() } else { usual })
        };
        (0..session.contenders).map(&mut time).collect()
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
