//! One row in words.

use crate::catalogue::Catalogue;
use lanes_core::{Point, workload};
use lanes_measure::ranking::YARDSTICK;
use lanes_measure::results::{ContenderResult, Results, RowResult, Taken};
use lanes_measure::statistics::Grade;
use lanes_measure::summarize::{beside, summarize};
use lanes_measure::summary::{Group, Standing};
use lanes_measure::words::counted;

/// Models that are slower by about as much, for one reason, are named together.
const ALIKE: f64 = 1.25;
/// A brief answer names so many groups of slower models.
const BRIEF: usize = 4;

/// The answer of one row, with as many workers as were measured at the most.
#[derive(Debug, Clone, PartialEq)]
pub struct RowAnswer {
    /// The workload.
    pub workload: String,
    /// Its size, as commands spell it.
    pub size: String,
    /// How many workers the models had.
    pub workers: usize,
    /// Whether it is about the CPU time beside the work, in place of time.
    pub paced: bool,
    /// How the fastest is to the others.
    pub tie: Tie,
    /// The fastest, and what is tied with it, the fastest first.
    pub best: Vec<String>,
    /// What may be as fast and may be slower: more time would decide.
    pub undecided: Vec<String>,
    /// What is slower, the fastest first.
    pub slower: Vec<Slower>,
}

/// How the fastest of a row is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Every other one is slower.
    Fastest,
    /// Others are as fast.
    Tied,
    /// It came out first, and more is not decided.
    First,
    /// There is no other.
    Alone,
}

/// Models that are slower by about as much.
#[derive(Debug, Clone, PartialEq)]
pub struct Slower {
    /// The models, the fastest first.
    pub models: Vec<String>,
    /// The least and the largest of their slowdowns.
    pub ratio: [f64; 2],
    /// What they say of this workload, where it does not fit them well.
    pub reason: Option<String>,
}

/// What a workload measures; work, if it is not known.
pub(super) fn point(name: &str) -> Point {
    workload::find(name).map_or(Point::Work, |known| known.point)
}

/// A row with the models that a program may choose from, summed up anew: what
/// is tied with the fastest depends on who takes part.
pub(super) fn choices(
    row: &RowResult,
    catalogue: &Catalogue,
    results: &Results,
) -> RowResult {
    let overhead = point(&row.workload) == Point::Overhead;
    let takes_part = |contender: &ContenderResult| {
        let listed = catalogue.model(&contender.model);
        let exhibit = listed.is_some_and(|listed| listed.exhibit);
        !(exhibit || overhead && contender.model == YARDSTICK)
    };
    let of = |index: usize| row.contenders.get(index);
    let takes_part = |contender: &ContenderResult| {
        let twin_of = contender.twin_of.and_then(of);
        takes_part(contender) && twin_of.is_none_or(takes_part)
    };
    if row.contenders.iter().all(takes_part) {
        return row.clone();
    }
    let mut places: Vec<Option<usize>> = Vec::new();
    let mut contenders: Vec<ContenderResult> = Vec::new();
    for contender in &row.contenders {
        let stays = takes_part(contender);
        places.push(stays.then_some(contenders.len()));
        if stays {
            contenders.push(contender.clone());
        }
    }
    let place = |index: usize| places.get(index).copied().flatten();
    for contender in &mut contenders {
        contender.twin_of = contender.twin_of.and_then(place);
    }
    let samples = row.samples.iter().filter_map(|taken| {
        let contender = place(taken.contender)?;
        Some(Taken { contender, ..taken.clone() })
    });
    let samples: Vec<Taken> = samples.collect();
    let mut left = RowResult {
        workload: row.workload.clone(),
        size: row.size.clone(),
        parameters: row.parameters.clone(),
        items: row.items,
        unit: row.unit.clone(),
        contenders,
        limits: row.limits.clone(),
        seconds: row.seconds,
        hops: row.hops.clone(),
        samples,
        summary: None,
    };
    left.summary = summarize(&left, results.level, results.margin);
    left
}

/// The names that were measured in a row, with as many workers as there were at
/// the most.
pub(super) fn measured(row: &RowResult) -> Vec<String> {
    let groups = row.summary.iter().flat_map(|summary| &summary.groups);
    let group = groups.max_by_key(|group| group.workers);
    let standings = group.into_iter().flat_map(|group| &group.standings);
    let names = standings.map(|s| row.contenders[s.contender].name.clone());
    names.collect()
}

/// The answer of a row; none if nothing was measured.
pub(super) fn answer(
    row: &RowResult,
    catalogue: &Catalogue,
    results: &Results,
) -> Option<RowAnswer> {
    let (level, margin) = (results.level, results.margin);
    let paced = beside(row, level, margin);
    let summary = paced.as_ref().or(row.summary.as_ref())?;
    let group = summary.groups.iter().max_by_key(|group| group.workers)?;
    let name =
        |standing: &Standing| row.contenders[standing.contender].name.clone();
    let of = |is: &dyn Fn(&Grade) -> bool| -> Vec<String> {
        let others = group.standings.iter().filter(|standing| {
            standing.contender != group.best
                && standing.grade.as_ref().is_some_and(is)
        });
        others.map(name).collect()
    };
    let tied = of(&|grade| matches!(grade, Grade::AsFast { .. }));
    let undecided =
        of(&|grade| matches!(grade, Grade::AtMost { .. } | Grade::Open { .. }));
    let tie = match (tied.is_empty(), undecided.is_empty()) {
        _ if group.standings.len() == 1 => Tie::Alone,
        (false, _) => Tie::Tied,
        (true, true) => Tie::Fastest,
        (true, false) => Tie::First,
    };
    let best = row.contenders[group.best].name.clone();
    Some(RowAnswer {
        workload: row.workload.clone(),
        size: row.size.clone(),
        workers: group.workers,
        paced: paced.is_some(),
        tie,
        best: [best].into_iter().chain(tied).collect(),
        undecided,
        slower: slower(row, group, catalogue),
    })
}

fn slower(
    row: &RowResult,
    group: &Group,
    catalogue: &Catalogue,
) -> Vec<Slower> {
    let mut all: Vec<Slower> = Vec::new();
    for standing in &group.standings {
        let Some(Grade::Slower { .. }) = standing.grade else { continue };
        let ratio = standing.ratio.map_or(1.0, |ratio| ratio.median.exp());
        let contender = &row.contenders[standing.contender];
        let cell = catalogue.cell(&row.workload, &contender.model);
        let poor = cell.filter(|cell| cell.fit != "natural");
        let reason = poor.map(|cell| cell.reason.clone());
        let alike = |other: &&mut Slower| {
            other.reason == reason && ratio <= other.ratio[0] * ALIKE
        };
        match all.iter_mut().find(alike) {
            Some(same) => {
                same.models.push(contender.name.clone());
                same.ratio[1] = same.ratio[1].max(ratio);
            }
            None => all.push(Slower {
                models: vec![contender.name.clone()],
                ratio: [ratio; 2],
                reason,
            }),
        }
    }
    all
}

impl RowAnswer {
    /// The answer in one sentence, without its full stop.
    pub fn words(&self) -> String {
        self.said(self.slower.len())
    }

    /// As [`RowAnswer::words`], with the first of the slower models and the
    /// number of the others.
    pub fn brief(&self) -> String {
        self.said(BRIEF)
    }

    fn said(&self, most: usize) -> String {
        let best = list(&self.best);
        let mut parts = vec![match self.tie {
            Tie::Fastest if self.paced => {
                format!("{best} spends the least CPU time beside the work")
            }
            Tie::Fastest => format!("{best} is the fastest"),
            Tie::Tied if self.paced => {
                format!("{best} tied for the least CPU time beside the work")
            }
            Tie::Tied => format!("{best} tied"),
            Tie::First => format!("{best} came out first"),
            Tie::Alone => format!("only {best} was measured"),
        }];
        if !self.undecided.is_empty() {
            parts.push(format!("undecided: {}", list(&self.undecided)));
        }
        // One that is left would take no less room than its number.
        let most = if self.slower.len() == most + 1 { most + 1 } else { most };
        let words = |slower: &Slower| slower.words(self.worse());
        parts.extend(self.slower.iter().take(most).map(words));
        let left = self.slower.iter().skip(most);
        let models: usize =
            left.clone().map(|slower| slower.models.len()).sum();
        let worst = left.map(|slower| slower.ratio[1]).reduce(f64::max);
        if let Some(worst) = worst {
            let models = counted(models, "other");
            let worse = self.worse();
            parts.push(format!("{models} up to {} {worse}", by(worst)));
        }
        parts.join("; ")
    }

    fn worse(&self) -> &'static str {
        if self.paced { "more" } else { "slower" }
    }
}

impl Slower {
    /// `rayon 7.7 times slower (no more requests in flight than workers)`.
    fn words(&self, worse: &str) -> String {
        let models = list(&self.models);
        let ratio = match self.ratio.map(by) {
            [least, most] if least == most => most,
            // One unit is enough for two numbers of it.
            [least, most] => {
                let unit = most.rsplit_once(' ').map_or("", |(_, unit)| unit);
                match least.strip_suffix(unit) {
                    Some(least) => format!("{} to {most}", least.trim_end()),
                    None => format!("{:.1} to {most}", self.ratio[0]),
                }
            }
        };
        match &self.reason {
            Some(reason) => format!("{models} {ratio} {worse} ({reason})"),
            None => format!("{models} {ratio} {worse}"),
        }
    }
}

/// A slowdown in two digits: `4 %`, `52 %`, `7.7 times`, `310 times`.
fn by(ratio: f64) -> String {
    match ratio {
        ..1.0095 => format!("{:.1} %", (ratio - 1.0) * 100.0),
        ..1.995 => format!("{:.0} %", (ratio - 1.0) * 100.0),
        ..9.95 => format!("{ratio:.1} times"),
        ..99.5 => format!("{ratio:.0} times"),
        ..9950.0 => format!("{:.0} times", (ratio / 10.0).round() * 10.0),
        _ => format!("{ratio:.0e} times"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match &names[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slower(models: &[&str], ratio: [f64; 2]) -> Slower {
        let models = models.iter().map(|model| (*model).to_owned());
        Slower { models: models.collect(), ratio, reason: None }
    }

    fn answer(tie: Tie, best: &[&str], slower: Vec<Slower>) -> RowAnswer {
        RowAnswer {
            workload: "fetch".into(),
            size: "64".into(),
            workers: 2,
            paced: false,
            tie,
            best: best.iter().map(|name| (*name).to_owned()).collect(),
            undecided: Vec::new(),
            slower,
        }
    }

    #[test]
    fn only_a_certain_winner_is_called_the_fastest() {
        let mut rayon = slower(&["rayon"], [7.65, 7.65]);
        rayon.reason = Some("one request a worker".into());
        let tied =
            answer(Tie::Tied, &["threads", "tokio", "smol"], vec![rayon]);
        assert_eq!(
            tied.words(),
            "threads, tokio and smol tied; rayon 7.7 times slower (one request \
             a worker)"
        );
        let fastest = answer(Tie::Fastest, &["tokio"], Vec::new());
        assert_eq!(fastest.words(), "tokio is the fastest");
        let mut least =
            answer(Tie::Fastest, &["smol"], vec![slower(&["rayon"], [2.0; 2])]);
        least.paced = true;
        assert_eq!(
            least.words(),
            "smol spends the least CPU time beside the work; rayon 2.0 times \
             more"
        );
        let mut first = answer(Tie::First, &["tokio"], Vec::new());
        first.undecided = vec!["smol".into(), "rayon".into()];
        let words = "tokio came out first; undecided: smol and rayon";
        assert_eq!(first.words(), words);
        let alone = answer(Tie::Alone, &["tokio"], Vec::new());
        assert_eq!(alone.words(), "only tokio was measured");
    }

    #[test]
    fn a_brief_answer_counts_the_slowest() {
        let many = |count: usize| {
            let each = (0..count).map(|at| {
                let ratio = 2.0 * 2f64.powi(at as i32);
                slower(&["a", "b"], [ratio, ratio * 1.2])
            });
            answer(Tie::Fastest, &["tokio"], each.collect())
        };
        let words = many(6).brief();
        assert!(words.contains("a and b 16 to 19 times slower; "), "{words}");
        let end = "; 4 others up to 77 times slower";
        assert!(words.ends_with(end), "{words}");
        assert!(!many(5).brief().contains("other"));
        assert!(!many(6).words().contains("other"));
        let mixed = slower(&["a"], [1.89, 2.0]).words("slower");
        assert_eq!(mixed, "a 1.9 to 2.0 times slower");
        let percent = slower(&["a"], [1.18, 1.2]).words("slower");
        assert_eq!(percent, "a 18 to 20 % slower");
    }

    #[test]
    fn a_slowdown_is_short() {
        let all = [1.004, 1.04, 1.52, 2.0, 7.65, 15.2, 312.0, 268_162.0];
        assert_eq!(
            all.map(by),
            [
                "0.4 %",
                "4 %",
                "52 %",
                "2.0 times",
                "7.7 times",
                "15 times",
                "310 times",
                "3e5 times",
            ]
        );
    }
}
