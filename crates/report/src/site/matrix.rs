//! The matrix: workloads by models, as a heat map of slowdowns against the
//! fastest.

use super::addresses::{Addresses, Link};
use super::frame::Frame;
use super::sizes::{Size, SizeKeys};
use crate::catalogue::{Catalogue, ListedModel};
use crate::content::{Content, ResultFile};
use crate::plots::Finding;
use askama::Template;
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::results::{ContenderResult, RowResult, State};
use lanes_measure::statistics::Grade;
use lanes_measure::summary::{Group, Standing};
use lanes_measure::tables::{self, own};
use lanes_measure::words::{counted, digits, ends, time};

/// Each ratio beyond which the shade is darker.
const SHADES: [f64; 8] = [1.03, 1.1, 1.25, 1.5, 2.0, 4.0, 10.0, 40.0];

/// A table of one session, in one class of sizes, with one number of workers.
pub(crate) struct Sheet {
    /// The page that it has for itself.
    pub(crate) file: String,
    /// Its sizes, for the script and for people.
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) session: usize,
    pub(crate) workers: usize,
    pub(crate) workers_text: String,
    pub(crate) heads: Vec<Head>,
    /// The families of models, each with how many columns it has.
    pub(crate) families: Vec<(String, usize)>,
    pub(crate) rows: Vec<Row>,
    /// The listed models that the session did not measure.
    pub(crate) absent: Vec<String>,
}

/// A model, above its column.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) model: String,
    pub(crate) link: Link,
    pub(crate) family: String,
    pub(crate) badge: Option<String>,
}

/// A workload at one size.
pub(crate) struct Row {
    pub(crate) workload: String,
    pub(crate) family: String,
    pub(crate) label: String,
    pub(crate) link: Link,
    /// What the workload measures.
    pub(crate) about: String,
    /// By how much a second process of the fastest model differed.
    pub(crate) twin: String,
    pub(crate) cells: Vec<Cell>,
}

/// A model at a workload.
#[derive(Clone)]
pub(crate) struct Cell {
    pub(crate) model: String,
    pub(crate) class: String,
    pub(crate) text: String,
    pub(crate) ratio: Option<f64>,
    /// The model, its times, ratio and grade; or why there is none.
    pub(crate) title: String,
    pub(crate) link: Option<String>,
    /// Why there is no figure.
    pub(crate) reason: Option<String>,
}

/// Every table, in the order of the sessions, quick sizes first.
pub(crate) fn sheets(
    content: &Content,
    keys: &SizeKeys,
    addresses: &mut Addresses,
) -> Vec<Sheet> {
    let Content { sessions, catalogue, .. } = content;
    let mut sheets = Vec::new();
    for (number, session) in sessions.iter().enumerate() {
        let rows = &session.results.rows;
        let mut tables: Vec<(Size, usize)> = Vec::new();
        for row in rows {
            let size = Size::of(row, catalogue);
            let asked = row.contenders.iter().filter(|c| !c.serial);
            let mut asked: Vec<usize> = asked.map(|c| c.workers).collect();
            if asked.is_empty() {
                asked.extend(row.contenders.first().map(|c| c.workers));
            }
            tables.extend(asked.into_iter().map(|workers| (size, workers)));
        }
        tables.sort_unstable();
        tables.dedup();
        let heads = heads(session, catalogue, addresses);
        let listed = catalogue.models.iter().map(|listed| &listed.model);
        let absent =
            listed.filter(|name| !heads.iter().any(|head| head.name == **name));
        let absent: Vec<String> = absent.cloned().collect();
        for (size, workers) in tables {
            let of_size = |row: &&RowResult| Size::of(row, catalogue) == size;
            let all = Measured { session, catalogue, addresses };
            let rows = rows.iter().filter(of_size);
            let rows = rows.map(|row| all.row(row, workers, &heads));
            let rows = rows.collect();
            let key = keys.key(number, size);
            sheets.push(Sheet {
                file: addresses.file("matrix", &format!("{key}-{workers}")),
                key,
                label: keys.label(number, size),
                session: number + 1,
                workers,
                workers_text: counted(workers, "worker"),
                families: families(&heads),
                rows,
                absent: absent.clone(),
                heads: heads.clone(),
            });
        }
    }
    sheets
}

/// The listed models of a session, then the models that only it has.
fn heads(
    session: &ResultFile,
    catalogue: &Catalogue,
    addresses: &Addresses,
) -> Vec<Head> {
    let rows = &session.results.rows;
    let there = |listed: &&ListedModel| {
        rows.iter()
            .flat_map(own)
            .any(|contender| contender.name == listed.model)
    };
    let listed = catalogue.models.iter().filter(there).map(|listed| {
        let ListedModel { model, family, badge, .. } = listed;
        Head {
            name: model.clone(),
            model: model.clone(),
            link: addresses.model(model),
            family: family.clone(),
            badge: badge.clone(),
        }
    });
    let mut heads: Vec<Head> = listed.collect();
    for contender in session.results.rows.iter().flat_map(own) {
        let ContenderResult { name, model, .. } = contender;
        if heads.iter().any(|head| head.name == *name) {
            continue;
        }
        let family = match catalogue.model(model) {
            Some(listed) => listed.family.clone(),
            None => "Others".to_owned(),
        };
        let (name, model) = (name.clone(), model.clone());
        // It stands with its family.
        let last = heads.iter().rposition(|head| head.family == family);
        let at = last.map_or(heads.len(), |last| last + 1);
        let link = addresses.model(&name);
        heads.insert(at, Head { name, model, link, family, badge: None });
    }
    heads
}

fn families(heads: &[Head]) -> Vec<(String, usize)> {
    let mut families: Vec<(String, usize)> = Vec::new();
    for head in heads {
        match families.last_mut() {
            Some((family, count)) if *family == head.family => *count += 1,
            _ => families.push((head.family.clone(), 1)),
        }
    }
    families
}

/// A session, and what its rows lead to.
struct Measured<'a> {
    session: &'a ResultFile,
    catalogue: &'a Catalogue,
    addresses: &'a Addresses,
}

impl Measured<'_> {
    fn row(&self, row: &RowResult, workers: usize, heads: &[Head]) -> Row {
        let summary = row.summary.as_ref();
        let mut groups = summary.iter().flat_map(|summary| &summary.groups);
        let group = groups.find(|group| group.workers == workers);
        let twin = summary.and_then(|summary| summary.twin);
        let cell = |head: &Head| {
            let standing = group.and_then(|group| {
                let named = |s: &&Standing| {
                    row.contenders[s.contender].name == head.name
                };
                Some((group, group.standings.iter().find(named)?))
            });
            match standing {
                Some((group, standing)) => {
                    self.measured(row, group, standing, head)
                }
                None => {
                    unmeasured(row, workers, head, self.session, self.catalogue)
                }
            }
        };
        let listed = self.catalogue.workload(&row.workload);
        let family = listed.map_or("others", |listed| &listed.family);
        let about = listed.map_or("", |listed| &listed.stresses);
        Row {
            workload: row.workload.clone(),
            family: family.to_owned(),
            label: row.size.clone(),
            link: self.addresses.workload(&row.workload),
            about: about.to_owned(),
            twin: twin.map_or_else(|| "not known".into(), |twin| ends(&twin)),
            cells: heads.iter().map(cell).collect(),
        }
    }

    fn measured(
        &self,
        row: &RowResult,
        group: &Group,
        standing: &Standing,
        head: &Head,
    ) -> Cell {
        let ratio = standing.ratio.map_or(1.0, |ratio| ratio.median.exp());
        let finding = Finding::of(standing.grade.as_ref());
        let shade = SHADES.iter().filter(|shade| ratio > **shade).count();
        let interval = match &standing.ratio {
            Some(ratio) => format!(" ({})", ends(ratio)),
            None => String::new(),
        };
        let cpu = standing.cpu;
        let cpu = cpu.map(|cpu| format!(", CPU time {}", time(cpu)));
        let mut chosen = vec![&*row.contenders[group.best].model, &*head.model];
        chosen.dedup();
        Cell {
            model: head.name.clone(),
            class: format!("{} h{shade}", finding.class()),
            text: brief_grade(standing.grade.as_ref(), ratio),
            ratio: Some(ratio),
            title: format!(
                "{}: {}{}, slowdown {}{interval}, {}",
                head.name,
                time(standing.seconds),
                cpu.unwrap_or_default(),
                digits(ratio),
                tables::finding(row, standing),
            ),
            link: self.addresses.source(&row.workload, &chosen),
            reason: None,
        }
    }
}

/// A grade in about six letters: the estimated ratio with a mark, or the bound
/// where no more is known than that.
fn brief_grade(grade: Option<&Grade>, ratio: f64) -> String {
    match grade {
        None => "only".into(),
        Some(Grade::Fastest) => format!("{} ◆", brief(ratio)),
        Some(Grade::AsFast { .. }) => format!("{} =", brief(ratio)),
        // Rounded up: the interval lies within it.
        Some(Grade::AtMost { within }) => {
            format!("≤ {}", brief((within * 100.0).ceil() / 100.0 + 1.0))
        }
        Some(Grade::Slower { .. }) => brief(ratio),
        Some(Grade::Open { .. }) => format!("{} ?", brief(ratio)),
    }
}

/// A ratio in about four letters: `1.05`, `72`, `1.6k`, `268k`.
fn brief(ratio: f64) -> String {
    match ratio {
        ..999.5 => digits(ratio),
        ..9950.0 => format!("{:.1}k", ratio / 1e3),
        ..9.995e5 => format!("{:.0}k", ratio / 1e3),
        _ => format!("{ratio:.0e}"),
    }
}

fn unmeasured(
    row: &RowResult,
    workers: usize,
    head: &Head,
    session: &ResultFile,
    catalogue: &Catalogue,
) -> Cell {
    let asked = own(row).find(|contender| {
        contender.name == head.name
            && (contender.serial || contender.workers == workers)
    });
    let failure = asked.and_then(|asked| asked.failure.as_ref());
    let mut answers = row.answers();
    let answer = answers.find(|(answering, _)| asked == Some(*answering));
    let (class, text, reason) = match (asked, failure) {
        (_, Some(Failure { cause: Cause::Unsupported, message })) => {
            ("refused", "refused", message.clone())
        }
        (_, Some(Failure { cause: Cause::Interrupted, .. })) => {
            ("missing", "–", "the session was interrupted before".into())
        }
        (_, Some(failure)) => ("failed", "failed", failure.to_string()),
        (Some(_), None) if answer.is_some() => {
            let seconds = answer.map_or(f64::NAN, |(_, seconds)| seconds);
            let why = format!(
                "it only answers, without the work, and is not ranked: {}",
                time(seconds)
            );
            ("missing", "answers", why)
        }
        (Some(_), None) => match session.results.state {
            State::Complete => ("missing", "–", "no samples".into()),
            _ => ("missing", "–", "the session ended before".into()),
        },
        (None, None) => {
            let here = catalogue.model(&head.model);
            let why = match here.and_then(|listed| listed.missing.as_ref()) {
                Some(why) => format!(
                    "not measured in this session; on the machine that made \
                     the page: {why}"
                ),
                None if lacks(catalogue, row, head) => {
                    "the model has no cell for this workload".into()
                }
                None => "not measured in this session".into(),
            };
            ("missing", "–", why)
        }
    };
    Cell {
        model: head.name.clone(),
        class: class.to_owned(),
        text: text.to_owned(),
        ratio: None,
        title: format!("{}: {reason}", head.name),
        link: None,
        reason: Some(reason),
    }
}

/// Whether a model that is listed has no cell for the workload of a row.
fn lacks(catalogue: &Catalogue, row: &RowResult, head: &Head) -> bool {
    catalogue.workload(&row.workload).is_some()
        && catalogue.model(&head.model).is_some()
        && catalogue.cell(&row.workload, &head.model).is_none()
}

impl Sheet {
    /// Its sizes and workers, as a heading.
    pub(crate) fn title(&self) -> String {
        format!("{}, {}", self.label, self.workers_text)
    }

    /// The other tables.
    pub(crate) fn others<'a>(&self, all: &'a [Self]) -> Vec<&'a Self> {
        all.iter().filter(|other| other.file != self.file).collect()
    }

    /// The reasons of the cells without figures, each once with its cells.
    pub(crate) fn reasons(&self) -> Vec<(String, String)> {
        let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
        for row in &self.rows {
            for cell in &row.cells {
                let Some(reason) = &cell.reason else { continue };
                let which =
                    format!("{} {} in {}", row.workload, row.label, cell.model);
                match reasons.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, cells)) => cells.push(which),
                    None => reasons.push((reason, vec![which])),
                }
            }
        }
        let joined = |(reason, cells): (&str, Vec<String>)| {
            (reason.to_owned(), cells.join(", "))
        };
        reasons.into_iter().map(joined).collect()
    }
}

/// The page of one table.
#[derive(Template)]
#[template(path = "matrix.html")]
pub(crate) struct SheetPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) sheet: &'a Sheet,
    pub(crate) others: Vec<&'a Sheet>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grade_has_a_mark_of_its_own() {
        let said = [
            Some(Grade::Fastest),
            Some(Grade::AsFast { within: 0.05 }),
            Some(Grade::AtMost { within: 0.171 }),
            Some(Grade::Slower { low: 0.01, high: 0.1 }),
            Some(Grade::Open { more_visits: None }),
            None,
        ];
        let said = said.map(|grade| brief_grade(grade.as_ref(), 1.04));
        let marked = ["1.04 ◆", "1.04 =", "≤ 1.18", "1.04", "1.04 ?", "only"];
        assert_eq!(said, marked);
    }

    #[test]
    fn ratios_are_brief() {
        let all = [1.0, 1.049, 71.64, 999.9, 1589.0, 268_162.0, 3.2e6];
        let all = all.map(brief);
        assert_eq!(
            all,
            ["1.00", "1.05", "71.6", "1.0k", "1.6k", "268k", "3e6"]
        );
    }
}
