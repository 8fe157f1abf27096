//! Selects rows and models by the filters of the command line.

use crate::args::Selection;
use crate::fail::Fail;
use crate::models::{Known, Model, Origin, known};
use crate::near::nearest;
use crate::say::note;
use lanes_core::{Row, Size, rows};
use lanes_measure::peer;
use lanes_measure::process::Limits;
use lanes_measure::session::Wants;

/// The cells that were chosen.
pub(crate) struct Cells {
    /// Rows with at least one selected cell.
    pub(crate) rows: Vec<Box<dyn Row>>,
    /// Models with at least one selected cell.
    pub(crate) models: Vec<Model>,
    filters: Vec<Filter>,
    by_name: Vec<String>,
    /// The peers that no filter names: they take part in every row.
    everywhere: Vec<String>,
}

/// A model that `--models` selects, before its worker describes it.
struct Candidate {
    known: Known,
    /// The name it is listed by: with a number if it takes part twice.
    name: String,
    /// Whether only a filter with its name selects it.
    by_name: bool,
    /// Whether it is a peer that `--models` does not name: it takes part beside
    /// those that are named there.
    beside: bool,
}

impl Cells {
    /// The cells among these rows that are chosen to be measured. Unless they
    /// are named, bridges, exhibits, guests and the models of Python are not.
    ///
    /// # Errors
    /// [`Fail::Usage`] for an unknown name, [`Fail::Nothing`] if no
    /// cell is left.
    pub(crate) fn choose(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
    ) -> Result<Self, Fail> {
        Self::among(selection, rows, &known(selection)?)
    }

    /// As [`Cells::choose`], of these models only.
    ///
    /// # Errors
    /// Those of [`Cells::choose`].
    pub(crate) fn among(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
        known: &[Known],
    ) -> Result<Self, Fail> {
        Self::of(selection, rows, known, candidates(selection, known)?)
    }

    /// The cells among these rows, of all models; those of Python
    /// by name only, unless they are wanted too.
    ///
    /// # Errors
    /// Those of [`Cells::choose`].
    pub(crate) fn of_all(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
        python: bool,
    ) -> Result<Self, Fail> {
        let known = known(selection)?;
        let mut candidates = candidates(selection, &known)?;
        for candidate in &mut candidates {
            let is_python = matches!(candidate.known.origin, Origin::Python);
            candidate.by_name &= !python && is_python;
        }
        Self::of(selection, rows, &known, candidates)
    }

    fn of(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
        known: &[Known],
        candidates: Vec<Candidate>,
    ) -> Result<Self, Fail> {
        let mut workloads: Vec<&str> =
            rows.iter().map(|row| row.workload()).collect();
        workloads.dedup();
        let names: Vec<&str> = known.iter().map(|known| &*known.name).collect();
        let parse = |text: &String| Filter::parse(text, &workloads, &names);
        let filters = selection.filters.iter().map(parse);
        let mut filters = filters.collect::<Result<Vec<_>, _>>()?;
        for filter in &filters {
            filter.has_known_size(&rows)?;
        }
        if filters.is_empty() {
            filters.push(Filter::default());
        }
        let names = |is: &dyn Fn(&&Candidate) -> bool| -> Vec<String> {
            let chosen = candidates.iter().filter(is);
            chosen.map(|candidate| candidate.known.name.clone()).collect()
        };
        let unnamed = |name: &str| !filters.iter().any(|f| f.names(name));
        let everywhere = names(&|candidate| {
            let Known { name, origin } = &candidate.known;
            matches!(origin, Origin::Peer(_)) && unnamed(name)
        });
        let beside = names(&|c| c.beside && unnamed(&c.known.name));
        let by_name = names(&|candidate| candidate.by_name);
        let models = Vec::new();
        let mut cells = Self { rows, models, filters, by_name, everywhere };
        // Only a selected model's worker is asked to describe itself.
        for Candidate { known, name, .. } in candidates {
            let mut rows = cells.rows.iter();
            if rows.any(|row| cells.means(&**row, &known.name)) {
                cells.models.push(known.ask()?.named(name));
            }
        }
        let mut rows = std::mem::take(&mut cells.rows);
        // A peer goes where the others are: it makes no row by itself.
        let own = cells.models.iter().filter(|m| !beside.contains(&m.model));
        let own: Vec<&Model> = own.collect();
        rows.retain(|row| {
            let has = |model: &&&Model| model.has(row.workload());
            let mut models = own.iter().filter(has);
            models.any(|model| cells.selects(&**row, &model.model))
        });
        if rows.is_empty() {
            return Err(cells.nothing(selection));
        }
        let mut models = std::mem::take(&mut cells.models);
        models.retain(|model| {
            rows.iter().any(|row| {
                model.has(row.workload()) && cells.means(&**row, &model.model)
            })
        });
        Ok(Self { rows, models, ..cells })
    }

    fn nothing(&self, selection: &Selection) -> Fail {
        let what = cut(&selection.filters.join(" "));
        let mut why = format!("no cell matches {what:?}");
        // Of a peer no cell is known before it runs.
        let known = |model: &&Model| !model.described.cells.is_empty();
        for model in self.models.iter().filter(known) {
            let cells = model.described.cells.iter();
            let cells = cells.map(|cell| cell.workload.as_str());
            let cells = cells.collect::<Vec<_>>().join(", ");
            why += &format!("; {} has {cells}", model.model);
        }
        Fail::Nothing(why + "; `lanes list --details` shows them all")
    }

    /// Removes the models that are not installed, and reports them.
    ///
    /// # Errors
    /// [`Fail::Failure`] if none is left.
    pub(crate) fn here(mut self) -> Result<Self, Fail> {
        let mut missing = Vec::new();
        self.models.retain(|model| match model.missing() {
            Some(why) => {
                missing.push(format!("{}: {why}", model.name));
                false
            }
            None => true,
        });
        if self.models.is_empty() {
            return Err(Fail::Failure(missing.join("; ")));
        }
        missing.iter().for_each(|line| note!("{line}"));
        Ok(self)
    }

    /// Finds out which peers have one worker, however many are asked for: each
    /// is started, unless no more is asked for anyway.
    pub(crate) fn find_serial(&mut self, workers: &[usize], limits: &Limits) {
        if workers == [1] {
            return;
        }
        for model in &mut self.models {
            if let Origin::Peer(launch) = &model.origin
                && peer::is_serial(launch, &model.model, limits)
            {
                let name = &model.name;
                note!(
                    "{name} says that it has 1 worker when 2 are asked \
                     for: it is measured with 1, beside any number"
                );
                model.described.serial = true;
            }
        }
    }

    /// The rows, and whether a cell of them was chosen.
    pub(crate) fn into_parts(mut self) -> (Vec<Box<dyn Row>>, Wants) {
        let rows = std::mem::take(&mut self.rows);
        let wants = move |row: &dyn Row, model: &str| self.wants(row, model);
        (rows, Box::new(wants))
    }

    /// Whether the filters select a cell, if there are filters.
    fn selects(&self, row: &dyn Row, model: &str) -> bool {
        let by_name = self.by_name.iter().any(|name| name == model);
        let mut filters = self.filters.iter();
        filters.any(|filter| filter.matches(row, model, by_name))
    }

    /// Whether the filters select a cell, or its row for a peer.
    fn means(&self, row: &dyn Row, model: &str) -> bool {
        let everywhere = self.everywhere.iter().any(|name| name == model);
        let mut filters = self.filters.iter();
        self.selects(row, model)
            || (everywhere && filters.any(|filter| filter.matches_row(row)))
    }

    /// Whether a cell was chosen.
    pub(crate) fn wants(&self, row: &dyn Row, model: &str) -> bool {
        let known = self.models.iter().find(|known| known.model == model);
        known.is_some_and(|known| known.has(row.workload()))
            && self.means(row, model)
    }

    /// Whether a workload was chosen for a model, in any size.
    pub(crate) fn has(&self, workload: &str, model: &str) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.workload() == workload && self.wants(&**row, model))
    }
}

/// The models of `--models` in its order, or all of them, and then the peers
/// that are not among these. One that is listed there, or is like a pattern
/// there, is named.
fn candidates(
    selection: &Selection,
    known: &[Known],
) -> Result<Vec<Candidate>, Fail> {
    if selection.models.is_empty() {
        let all = known.iter().cloned().map(|known| {
            let (name, by_name) = (known.name.clone(), known.by_name());
            Candidate { known, name, by_name, beside: false }
        });
        return Ok(all.collect());
    }
    let mut chosen: Vec<Candidate> = Vec::new();
    for pattern in &selection.models {
        let found = known.iter().filter(|known| like(pattern, &known.name));
        let found: Vec<&Known> = found.collect();
        if found.is_empty() {
            let names = known.iter().map(|known| known.name.as_str());
            return Err(unknown("model", pattern, names));
        }
        for known in found {
            let same = |other: &&Candidate| other.known.name == known.name;
            let name = match chosen.iter().filter(same).count() {
                0 => known.name.clone(),
                before => format!("{}#{}", known.name, before + 1),
            };
            let (known, by_name, beside) = (known.clone(), false, false);
            chosen.push(Candidate { known, name, by_name, beside });
        }
    }
    let is_peer = |known: &&Known| matches!(known.origin, Origin::Peer(_));
    for peer in known.iter().filter(is_peer) {
        if chosen.iter().all(|other| other.known.name != peer.name) {
            let (known, name) = (peer.clone(), peer.name.clone());
            let (by_name, beside) = (false, true);
            chosen.push(Candidate { known, name, by_name, beside });
        }
    }
    Ok(chosen)
}

/// Patterns for the parts of a cell's name.
#[derive(Debug, PartialEq, Eq)]
struct Filter {
    workload: String,
    model: String,
    size: String,
}

impl Default for Filter {
    fn default() -> Self {
        let [workload, model, size] = ["*"; 3].map(String::from);
        Self { workload, model, size }
    }
}

impl Filter {
    fn parse(
        text: &str,
        workloads: &[&str],
        models: &[&str],
    ) -> Result<Self, Fail> {
        let is_known = |part: &str, known: &[&str]| {
            part.contains('*') || known.contains(&part)
        };
        let all = || workloads.iter().chain(models).copied();
        let Some((workload, rest)) = text.split_once('/') else {
            return match text {
                one if is_known(one, workloads) => {
                    Ok(Self { workload: one.into(), ..Self::default() })
                }
                one if is_known(one, models) => {
                    Ok(Self { model: one.into(), ..Self::default() })
                }
                one => Err(unknown("workload or model", one, all())),
            };
        };
        // A size may have a slash of its own, as in `1000/s`.
        let (model, size) = rest.split_once('/').unwrap_or((rest, "*"));
        if !is_known(workload, workloads) {
            let workloads = workloads.iter().copied();
            return Err(unknown("workload", workload, workloads));
        }
        if !is_known(model, models) {
            return Err(unknown("model", model, models.iter().copied()));
        }
        let [workload, model, size] = [workload, model, size].map(String::from);
        Ok(Self { workload, model, size })
    }

    /// Makes sure that the size is a pattern, or that of a row: one of these,
    /// or of the others in the catalogue, of which no cell is left then.
    fn has_known_size(&self, chosen: &[Box<dyn Row>]) -> Result<(), Fail> {
        let others = [rows(Size::Quick), rows(Size::Full)];
        let all = others.iter().flatten().chain(chosen);
        let all = all.filter(|row| like(&self.workload, row.workload()));
        let labels: Vec<String> = all.map(|row| row.label()).collect();
        if self.size.contains('*') || labels.contains(&self.size) {
            return Ok(());
        }
        let names = labels.iter().map(String::as_str);
        Err(unknown("size", &self.size, names))
    }

    /// Whether the pattern selects a cell. A model that takes part by name only
    /// is not selected by a pattern without a model.
    fn matches(&self, row: &dyn Row, model: &str, by_name: bool) -> bool {
        self.matches_row(row)
            && like(&self.model, model)
            && !(by_name && self.model == "*")
    }

    /// Whether the pattern selects a row, in some model.
    fn matches_row(&self, row: &dyn Row) -> bool {
        like(&self.workload, row.workload()) && like(&self.size, &row.label())
    }

    /// Whether the pattern is about this model rather than about all.
    fn names(&self, model: &str) -> bool {
        self.model != "*" && like(&self.model, model)
    }
}

/// Whether the text is like the pattern, in which `*` stands for any text.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(text) = text.strip_prefix(start) else { return false };
    let Some(mut text) = text.strip_suffix(end) else { return false };
    // The first place of each part leaves most to the others.
    middle.split('*').all(|part| match text.split_once(part) {
        Some((_, after)) => {
            text = after;
            true
        }
        None => false,
    })
}

/// The names among these that are like one of the patterns, in the order of the
/// names; all of them where there is no pattern.
///
/// # Errors
/// [`Fail::Usage`] for a pattern that no name is like.
pub(crate) fn matching<'a>(
    what: &str,
    patterns: &[String],
    names: &[&'a str],
) -> Result<Vec<&'a str>, Fail> {
    for pattern in patterns {
        if !names.iter().any(|name| like(pattern, name)) {
            return Err(unknown(what, pattern, names.iter().copied()));
        }
    }
    let chosen = |name: &&&str| {
        patterns.is_empty() || patterns.iter().any(|p| like(p, name))
    };
    Ok(names.iter().filter(chosen).copied().collect())
}

/// The beginning of a text that may be of any length.
pub(crate) fn cut(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

/// The error for an unknown name, with the nearest known one.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Fail {
    let hint = match nearest(name, known) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None if what == "trap" => "`lanes traps --list` has them all".into(),
        None => "`lanes list --details` shows them all".into(),
    };
    Fail::Usage(format!("no {what} is called {:?}; {hint}", cut(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Peers;
    use lanes_core::{Entry, Family};
    use lanes_measure::process::Launch;
    use lanes_measure::protocol::{Described, DescribedCell, Grade};
    use lanes_suite::MODELS;

    fn choose_with(
        peers: &[&str],
        filters: &[&str],
        models: &[&str],
    ) -> Result<Cells, Fail> {
        let owned =
            |list: &[&str]| list.iter().map(|s| s.to_string()).collect();
        let command = || vec!["python3".to_owned()];
        let peers = peers.iter().map(|name| (name.to_string(), command()));
        let selection = Selection {
            filters: owned(filters),
            models: owned(models),
            peers: Peers { all: peers.collect() },
        };
        Cells::choose(&selection, rows(Size::Quick))
    }

    fn choose(filters: &[&str], models: &[&str]) -> Result<Cells, Fail> {
        choose_with(&[], filters, models)
    }

    fn names(cells: &Cells) -> String {
        let rows = cells.rows.iter();
        let rows =
            rows.map(|row| format!("{} {}", row.workload(), row.label()));
        let models = cells.models.iter().map(|model| model.name.clone());
        rows.chain(models).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn filters_choose_cells() {
        let all = choose(&[], &[]).unwrap();
        let rows = rows(Size::Quick).len();
        let runtime = |entry: &&Entry| entry.family == Family::Runtime;
        let runtimes = MODELS.iter().filter(runtime).count();
        assert_eq!((all.rows.len(), all.models.len()), (rows, runtimes));
        let one = choose(&["max/rayon"], &[]).unwrap();
        assert_eq!(names(&one), "max 2^22, max 2^22-wide, rayon");
        let two = choose(&["max/rayon", "fib/tok*o"], &[]).unwrap();
        assert_eq!(
            names(&two),
            "max 2^22, max 2^22-wide, fib 18, fib 30/16, rayon, tokio"
        );
        assert!(two.wants(&*two.rows[0], "rayon"));
        assert!(!two.wants(&*two.rows[0], "tokio"));
        let model = choose(&["smol"], &[]).unwrap();
        assert_eq!((model.rows.len(), model.models.len()), (rows, 1));
        let form = choose(&["counter/*/lock*"], &["tokio"]).unwrap();
        assert_eq!(names(&form), "counter lock-16x10000, tokio");
        let named = choose(&["fib/gil", "max/*esses"], &[]).unwrap();
        assert_eq!(
            names(&named),
            "max 2^22, max 2^22-wide, fib 18, fib 30/16, gil, processes"
        );
        let like = choose(&["fib"], &["process*", "mutex"]).unwrap();
        assert_eq!(
            names(&like),
            "fib 18, fib 30/16, processes, processes-shared, mutex"
        );
        let twice = choose(&["fib"], &["rayon", "rayon"]).unwrap();
        assert_eq!(names(&twice), "fib 18, fib 30/16, rayon, rayon#2");
    }

    #[test]
    fn a_peer_takes_part_beside_whatever_is_chosen() {
        let choose = |filters: &[&str], models: &[&str]| {
            choose_with(&["py"], filters, models)
        };
        let of = |filters: &[&str], models: &[&str]| {
            names(&choose(filters, models).unwrap())
        };
        let all = choose(&[], &[]).unwrap();
        assert!(all.models.iter().any(|model| model.name == "py"));
        assert_eq!(all.rows.len(), rows(Size::Quick).len());
        assert_eq!(of(&["fib"], &["rayon"]), "fib 18, fib 30/16, rayon, py");
        assert_eq!(
            of(&["fib"], &["py", "rayon"]),
            "fib 18, fib 30/16, py, rayon"
        );
        assert_eq!(of(&["fib/rayon"], &[]), "fib 18, fib 30/16, rayon, py");
        assert_eq!(of(&["fib"], &["py"]), "fib 18, fib 30/16, py");
        // A filter that names it chooses its rows.
        let two = choose(&["max/py", "fib/rayon"], &[]).unwrap();
        assert_eq!(
            names(&two),
            "max 2^22, max 2^22-wide, fib 18, fib 30/16, rayon, py"
        );
        assert!(two.wants(&*two.rows[0], "py"));
        assert!(!two.wants(&*two.rows[2], "py"));
        let none = choose(&["max/rayon"], &["smol"]);
        assert!(matches!(none, Err(Fail::Nothing(_))));
    }

    #[test]
    fn a_peer_goes_where_the_others_are() {
        let fib = DescribedCell {
            workload: "fib".into(),
            fit: Grade::Natural,
            reason: String::new(),
            inputs: Vec::new(),
        };
        let model = "few".to_owned();
        let cells = vec![fib];
        let few = Described { model, cells, ..Described::default() };
        let launch = Launch::named("python3", Vec::new());
        let known =
            [("few", Origin::Builds(few)), ("py", Origin::Peer(launch))];
        let known = known.map(|(name, origin)| {
            let name = name.to_owned();
            Known { name, origin }
        });
        let of = |models: &[&str]| {
            let models = models.iter().map(|name| name.to_string()).collect();
            let selection = Selection { models, ..Selection::default() };
            let cells = Cells::among(&selection, rows(Size::Quick), &known);
            names(&cells.unwrap())
        };
        assert_eq!(of(&["few"]), "fib 18, fib 30/16, few, py");
        assert!(of(&["few", "py"]).starts_with("max 2^22, "));
    }

    #[test]
    fn names_that_nothing_has_are_reported_with_the_nearest() {
        let failure = |filters: &[&str], models: &[&str]| {
            choose(filters, models).err().unwrap()
        };
        for (filter, nearest) in
            [("fecth", "fetch"), ("max/rayn", "rayon"), ("mux/rayon", "max")]
        {
            let fail = failure(&[filter], &[]);
            assert!(matches!(fail, Fail::Usage(_)), "{filter}");
            assert!(fail.to_string().contains(nearest), "{fail}");
        }
        let fail = failure(&[], &["toko"]);
        assert!(fail.to_string().contains("\"tokio\""), "{fail}");
        assert!(
            failure(&["xylophone"], &[]).to_string().contains("lanes list")
        );
        assert!(matches!(failure(&["a/b/c/d"], &[]), Fail::Usage(_)));
        let fail = failure(&["max/rayon/2^2"], &[]);
        assert!(fail.to_string().contains("\"2^22\""), "{fail}");
        // What is behind a second slash is the size, with its own slashes.
        let fail = failure(&["shape/rayon/2000x10us+0-1000/s"], &[]);
        assert!(fail.to_string().contains("\"2000x10us+0\""), "{fail}");
        assert!(matches!(failure(&["max/rayon/2^24"], &[]), Fail::Nothing(_)));
        assert!(matches!(failure(&["zz*"], &[]), Fail::Nothing(_)));
        assert!(matches!(failure(&["max/rayon"], &["smol"]), Fail::Nothing(_)));
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abcc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*d", "abc", false),
            ("abc", "abcd", false),
            ("*é*", "café", true),
            ("ab*b", "ab", false),
            ("a**c", "abc", true),
            ("*b*b*", "abc", false),
            ("*ab*cd*", "cdab", false),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
        // As many ways to be like it as there are subsets of the text.
        let (stars, long) = ("*a".repeat(50) + "b", "a".repeat(100));
        assert!(!like(&stars, &long));
    }
}
