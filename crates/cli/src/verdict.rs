//! A session in a few sentences: which models are fastest, row by row and over
//! all rows.

use crate::printed;
use lanes_core::Point;
use lanes_measure::ranking::{self, Finding, Ranking};
use lanes_measure::results::{Results, RowResult};
use lanes_measure::statistics::Grade;
use lanes_measure::summary::{Group, Standing};
use lanes_measure::tables::{label, own};
use lanes_measure::words::counted;

/// The verdict, a line for each row and for each ranking.
pub(crate) fn verdict(results: &Results) -> String {
    let mut lines: Vec<String> = results.rows.iter().flat_map(row).collect();
    let all = ranking::rank(std::slice::from_ref(results), &[], results.level);
    lines.extend(all.iter().filter(|of| of.rows.len() > 1).map(overall));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A line for each number of workers, and one for the models that failed.
fn row(row: &RowResult) -> Vec<String> {
    let name = printed::name(row);
    let summary = row.summary.iter();
    let groups = summary.flat_map(|summary| &summary.groups);
    let mut lines: Vec<String> =
        groups.map(|of| format!("{name}: {}", group(row, of))).collect();
    if lines.is_empty() {
        lines.push(format!("{name}: not measured"));
    }
    let failed = own(row).filter(|contender| {
        contender.failure.as_ref().is_some_and(|failure| failure.is_wrong())
    });
    let failed: Vec<String> = failed.map(label).collect();
    if !failed.is_empty() {
        lines.push(format!("{name}: failed: {}", failed.join(", ")));
    }
    lines
}

fn group(row: &RowResult, group: &Group) -> String {
    let of = |is: &dyn Fn(&Standing) -> bool| {
        let found = group.standings.iter().filter(|standing| is(standing));
        let names = found.map(|one| row.contenders[one.contender].name.clone());
        names.collect::<Vec<_>>().join(", ")
    };
    let grade = |standing: &Standing| standing.grade;
    let best = of(&|standing| standing.contender == group.best);
    let same = of(&|standing| {
        standing.contender != group.best
            && matches!(grade(standing), Some(Grade::AsFast { .. }))
    });
    let open = of(&|standing| {
        let grade = grade(standing);
        standing.contender != group.best
            && matches!(grade, Some(Grade::Open { .. } | Grade::AtMost { .. }))
    });
    let slower =
        of(&|standing| matches!(grade(standing), Some(Grade::Slower { .. })));
    let mut parts = vec![match (same.as_str(), open.as_str()) {
        _ if group.standings.len() == 1 => format!("{best} alone"),
        ("", "") => format!("{best} is the fastest"),
        ("", _) => format!("{best} came out first"),
        _ => format!("{best} came out first, and as fast are {same}"),
    }];
    if !open.is_empty() {
        parts.push(format!("undecided: {open}"));
    }
    if !slower.is_empty() {
        parts.push(format!("slower: {slower}"));
    }
    parts.join("; ")
}

/// The first of a ranking, and the models that are tied with it.
fn overall(ranking: &Ranking) -> String {
    let of = |wanted: Finding| {
        let places = ranking.places.iter();
        let found = places.filter(|place| place.finding == wanted);
        let names = found.map(|place| place.model.clone());
        names.collect::<Vec<_>>().join(", ")
    };
    let what = match ranking.point {
        Point::Work => "work",
        Point::Overhead => "overhead",
    };
    let rows = counted(ranking.rows.len(), "row");
    let workers = counted(ranking.workers, "worker");
    let mut text = format!(
        "over {rows} of {what} with {workers}: first is {}",
        of(Finding::First)
    );
    for (finding, words) in [
        (Finding::NotDistinguishable, "not distinguishable from it"),
        (Finding::Slower, "slower"),
        (Finding::Unknown, "unknown, since there are too few visits"),
    ] {
        let names = of(finding);
        if !names.is_empty() {
            text += &format!("; {words}: {names}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn published() -> Results {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join("../report/published/1-quick.json");
        Results::load(&path).unwrap()
    }

    fn graded(results: &mut Results, grades: &[Grade]) -> String {
        let row = &mut results.rows[0];
        let group = &mut row.summary.as_mut().unwrap().groups[0];
        group.standings.truncate(grades.len());
        for (standing, grade) in group.standings.iter_mut().zip(grades) {
            standing.grade = Some(*grade);
        }
        group.best = group.standings[0].contender;
        let group = group.clone();
        super::group(&results.rows[0], &group)
    }

    #[test]
    fn a_row_names_the_fastest_the_undecided_and_the_slower() {
        let mut results = published();
        let slower = Grade::Slower { low: 0.5, high: 0.7 };
        let same = Grade::AsFast { within: 0.05 };
        let open = Grade::Open { more_visits: None };
        let text = graded(&mut results, &[same, same, open, slower]);
        for words in
            ["came out first, and as fast are", "undecided: ", "slower"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
        let text = graded(&mut results, &[same, open]);
        assert!(text.contains("came out first; undecided: "), "{text}");
        let text = graded(&mut results, &[Grade::Fastest]);
        assert!(text.ends_with(" alone"), "{text}");
    }

    #[test]
    fn only_a_certain_winner_is_called_the_fastest() {
        let mut results = published();
        let slower = Grade::Slower { low: 0.5, high: 0.7 };
        let text = graded(&mut results, &[Grade::Fastest, slower]);
        assert!(text.contains("is the fastest; slower: "), "{text}");
    }

    #[test]
    fn a_session_has_a_line_for_each_row_and_each_ranking() {
        let mut results = published();
        results.rows[0].summary = None;
        let text = verdict(&results);
        let first = printed::name(&results.rows[0]);
        assert!(text.starts_with(&format!("{first}: not measured\n")));
        for row in &results.rows {
            let name = printed::name(row);
            assert!(text.contains(&format!("{name}: ")), "{name} in {text}");
        }
        for what in ["work", "overhead"] {
            assert!(text.contains(&format!("of {what} with 2 workers: first")));
        }
    }
}
