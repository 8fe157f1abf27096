//! Which rows and models a command line means.

use crate::args::Selection;
use crate::fail::Fail;
use lanes_core::Family;
use lanes_core::Row;
use lanes_measure::process::Launch;
use lanes_measure::session::Wants;
use lanes_suite::MODELS;

/// A model that can be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// The name it is asked to be.
    pub(crate) model: String,
    /// The name it is listed by: with a number if it was entered before.
    pub(crate) name: String,
    /// Whether it has one worker, however many are asked for.
    pub(crate) serial: bool,
    /// How its worker is started.
    pub(crate) launch: Launch,
    /// Whether it takes part only where it is named.
    pub(crate) by_name: bool,
    /// Why it is not here, if it is not.
    pub(crate) missing: Option<String>,
}

impl Model {
    /// Whether it is real CPython, which computes in another language.
    pub(crate) fn is_python(&self) -> bool {
        lanes_python::peers().iter().any(|peer| peer.name == self.model)
    }
}

/// The cells that were chosen.
pub(crate) struct Cells {
    /// Rows of which at least one cell was.
    pub(crate) rows: Vec<Box<dyn Row>>,
    /// Models of which at least one cell was.
    pub(crate) models: Vec<Model>,
    filters: Vec<Filter>,
    by_name: Vec<String>,
}

impl Cells {
    /// The cells among these rows that are chosen to be measured. Unless they
    /// are named, the models of the article and of other languages are not.
    ///
    /// # Errors
    /// [`Fail::Usage`] for a name that nothing has, [`Fail::Nothing`] if no
    /// cell is left.
    pub(crate) fn choose(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
    ) -> Result<Self, Fail> {
        Self::of(selection, rows, models(selection, &own()?)?)
    }

    /// The cells among these rows, of all models that there are; those of Python
    /// by name only, unless they are wanted too.
    ///
    /// # Errors
    /// Those of [`Cells::choose`].
    pub(crate) fn of_all(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
        python: bool,
    ) -> Result<Self, Fail> {
        let mut models = models(selection, &own()?)?;
        for model in &mut models {
            model.by_name &= !python && model.is_python();
        }
        Self::of(selection, rows, models)
    }

    fn of(
        selection: &Selection,
        rows: Vec<Box<dyn Row>>,
        models: Vec<Model>,
    ) -> Result<Self, Fail> {
        let mut workloads: Vec<&str> =
            rows.iter().map(|row| row.workload()).collect();
        workloads.dedup();
        let known = known(selection, &own()?)?;
        let known = known.iter().map(|model| model.model.as_str());
        let known: Vec<&str> = known.collect();
        let parse = |text: &String| Filter::parse(text, &workloads, &known);
        let mut filters = selection
            .filters
            .iter()
            .map(parse)
            .collect::<Result<Vec<_>, _>>()?;
        if filters.is_empty() {
            filters.push(Filter::default());
        }
        let any = |row: &dyn Row, model: &Model| {
            let mut filters = filters.iter();
            filters
                .any(|filter| filter.matches(row, &model.model, model.by_name))
        };
        let kept_models: Vec<Model> = models
            .iter()
            .filter(|model| rows.iter().any(|row| any(&**row, model)))
            .cloned()
            .collect();
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| models.iter().any(|model| any(&**row, model)))
            .collect();
        if rows.is_empty() {
            let what = selection.filters.join(" ");
            return Err(Fail::Nothing(format!(
                "no cell matches {what:?}; `lanes list` shows them all"
            )));
        }
        let by_name = models.into_iter().filter(|model| model.by_name);
        let by_name = by_name.map(|model| model.model).collect();
        Ok(Self { rows, models: kept_models, filters, by_name })
    }

    /// Takes out the models that are not here, and says so.
    ///
    /// # Errors
    /// [`Fail::Failure`] if none is left.
    pub(crate) fn here(mut self) -> Result<Self, Fail> {
        let mut told = Vec::new();
        self.models.retain(|model| match &model.missing {
            Some(why) => {
                told.push(format!("{}: {why}", model.name));
                false
            }
            None => true,
        });
        if self.models.is_empty() {
            return Err(Fail::Failure(told.join("; ")));
        }
        told.iter().for_each(|line| eprintln!("lanes: {line}"));
        Ok(self)
    }

    /// The rows, and whether a cell of them was chosen.
    pub(crate) fn into_parts(self) -> (Vec<Box<dyn Row>>, Wants) {
        let Self { rows, filters, by_name, .. } = self;
        let wants = move |row: &dyn Row, model: &str| {
            let by_name = by_name.iter().any(|name| name == model);
            filters.iter().any(|filter| filter.matches(row, model, by_name))
        };
        (rows, Box::new(wants))
    }

    /// Whether a cell was chosen.
    pub(crate) fn wants(&self, row: &dyn Row, model: &str) -> bool {
        let by_name = self.by_name.iter().any(|name| name == model);
        let mut filters = self.filters.iter();
        filters.any(|filter| filter.matches(row, model, by_name))
    }

    /// Whether a workload was chosen for a model, in any size.
    pub(crate) fn has(&self, workload: &str, model: &str) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.workload() == workload && self.wants(&**row, model))
    }
}

fn own() -> Result<Launch, Fail> {
    Launch::own().map_err(Fail::of)
}

/// Every model that there is, in the order in which they are listed.
fn known(selection: &Selection, own: &Launch) -> Result<Vec<Model>, Fail> {
    let suite = MODELS.iter().map(|entry| Model {
        model: entry.name.to_owned(),
        name: entry.name.to_owned(),
        serial: entry.serial,
        launch: own.clone(),
        by_name: entry.family != Family::Runtime,
        missing: None,
    });
    let python = lanes_python::peers().iter().map(|peer| Model {
        model: peer.name.clone(),
        name: peer.name.clone(),
        serial: peer.serial,
        launch: Launch {
            program: peer.program.clone(),
            arguments: peer.arguments.clone(),
        },
        by_name: true,
        missing: peer.missing.clone(),
    });
    let mut known: Vec<Model> = suite.chain(python).collect();
    for (name, command) in &selection.peers {
        if known.iter().any(|model| model.model == *name) {
            let what = format!("a model is called {name} already");
            return Err(Fail::Usage(format!("--peer {name}: {what}")));
        }
        known.push(Model {
            model: name.clone(),
            name: name.clone(),
            serial: false,
            launch: Launch {
                program: command[0].clone().into(),
                arguments: command[1..].to_vec(),
            },
            by_name: false,
            missing: None,
        });
    }
    Ok(known)
}

/// The models of `--models` in its order, or all of them. Whoever is listed
/// there, or is like a pattern there, is named.
fn models(selection: &Selection, own: &Launch) -> Result<Vec<Model>, Fail> {
    let known = known(selection, own)?;
    if selection.models.is_empty() {
        return Ok(known);
    }
    let mut chosen: Vec<Model> = Vec::new();
    for pattern in &selection.models {
        let found = known.iter().filter(|model| like(pattern, &model.model));
        let found: Vec<&Model> = found.collect();
        if found.is_empty() {
            let names = known.iter().map(|model| model.model.as_str());
            return Err(unknown("model", pattern, names));
        }
        for model in found {
            let same = |other: &&Model| other.model == model.model;
            let name = match chosen.iter().filter(same).count() {
                0 => model.model.clone(),
                before => format!("{}#{}", model.model, before + 1),
            };
            chosen.push(Model { name, by_name: false, ..model.clone() });
        }
    }
    Ok(chosen)
}

/// A pattern for each part of a cell's name.
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
        let parts: Vec<&str> = text.split('/').collect();
        let any = Self::default;
        match parts[..] {
            [one] if is_known(one, workloads) => {
                Ok(Self { workload: one.into(), ..any() })
            }
            [one] if is_known(one, models) => {
                Ok(Self { model: one.into(), ..any() })
            }
            [one] => Err(unknown("workload or model", one, all())),
            [workload, _] | [workload, _, _]
                if !is_known(workload, workloads) =>
            {
                let workloads = workloads.iter().copied();
                Err(unknown("workload", workload, workloads))
            }
            [_, model] | [_, model, _] if !is_known(model, models) => {
                Err(unknown("model", model, models.iter().copied()))
            }
            [workload, model] => Ok(Self {
                workload: workload.into(),
                model: model.into(),
                ..any()
            }),
            [workload, model, size] => Ok(Self {
                workload: workload.into(),
                model: model.into(),
                size: size.into(),
            }),
            _ => Err(Fail::Usage(format!(
                "{text:?} has too many parts: WORKLOAD/MODEL/SIZE"
            ))),
        }
    }

    /// Whether a cell is meant; a model that takes part by name only is not by a
    /// filter that names no model.
    fn matches(&self, row: &dyn Row, model: &str, by_name: bool) -> bool {
        like(&self.workload, row.workload())
            && like(&self.model, model)
            && !(by_name && self.model == "*")
            && like(&self.size, &row.label())
    }
}

/// Whether the text is like the pattern, in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    loop {
        if like(rest, text) {
            return true;
        }
        let mut left = text.chars();
        if left.next().is_none() {
            return false;
        }
        text = left.as_str();
    }
}

/// A name that nothing has, with the nearest that something has.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Fail {
    let near = |known: &&str| strsim::damerau_levenshtein(name, known);
    let mut text = format!("no {what} is called {name:?}");
    match known.min_by_key(near) {
        Some(nearest) if near(&nearest) <= name.len().div_ceil(2) => {
            text += &format!("; did you mean {nearest:?}?");
        }
        _ => text += "; `lanes list` shows them all",
    }
    Fail::Usage(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::Size;
    use lanes_core::rows;

    fn choose(filters: &[&str], models: &[&str]) -> Result<Cells, Fail> {
        let owned =
            |list: &[&str]| list.iter().map(|s| s.to_string()).collect();
        let selection = Selection {
            filters: owned(filters),
            models: owned(models),
            peers: vec![("py".into(), vec!["python3".into()])],
        };
        Cells::choose(&selection, rows(Size::Quick))
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
        // What a program chooses from, and the peer of the command line.
        let all = choose(&[], &[]).unwrap();
        assert_eq!((all.rows.len(), all.models.len()), (12, 8));
        let one = choose(&["max/rayon"], &[]).unwrap();
        assert_eq!(names(&one), "max 2^22, rayon");
        let two = choose(&["max/rayon", "fib/tok*"], &[]).unwrap();
        assert_eq!(names(&two), "max 2^22, fib 18, rayon, tokio");
        assert!(two.wants(&*two.rows[0], "rayon"));
        assert!(!two.wants(&*two.rows[0], "tokio"));
        let model = choose(&["smol"], &[]).unwrap();
        assert_eq!((model.rows.len(), model.models.len()), (12, 1));
        let form = choose(&["counter/*/lock*"], &["tokio", "py"]).unwrap();
        assert_eq!(names(&form), "counter lock-16x10000, tokio, py");
        let named = choose(&["fib/gil", "max/*esses"], &[]).unwrap();
        assert_eq!(names(&named), "max 2^22, fib 18, gil, processes");
        let like = choose(&["fib"], &["process*", "mutex"]).unwrap();
        assert_eq!(names(&like), "fib 18, processes, processes-shared, mutex");
        let twice = choose(&["fib"], &["rayon", "rayon"]).unwrap();
        assert_eq!(names(&twice), "fib 18, rayon, rayon#2");
    }

    #[test]
    fn names_that_nothing_has_are_told_with_the_nearest() {
        let told = |filters: &[&str], models: &[&str]| {
            choose(filters, models).err().unwrap()
        };
        for (filter, nearest) in
            [("fecth", "fetch"), ("max/rayn", "rayon"), ("mux/rayon", "max")]
        {
            let fail = told(&[filter], &[]);
            assert!(matches!(fail, Fail::Usage(_)), "{filter}");
            assert!(fail.to_string().contains(nearest), "{fail}");
        }
        let fail = told(&[], &["toko"]);
        assert!(fail.to_string().contains("\"tokio\""), "{fail}");
        assert!(told(&["xylophone"], &[]).to_string().contains("lanes list"));
        assert!(matches!(told(&["a/b/c/d"], &[]), Fail::Usage(_)));
        assert!(matches!(told(&["max/rayon/9"], &[]), Fail::Nothing(_)));
        assert!(matches!(told(&["zz*"], &[]), Fail::Nothing(_)));
        assert!(matches!(told(&["max/rayon"], &["smol"]), Fail::Nothing(_)));
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
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }
}
