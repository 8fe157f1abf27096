//! `lanes report`: results, traces and source as one page.

use crate::args::{Report, Selection};
use crate::catalogue::catalogue;
use crate::fail::Fail;
use crate::files::{save, save_new};
use crate::select::Cells;
use crate::tree::tree;
use lanes_core::{Size, rows};
use lanes_measure::document::Unreadable;
use lanes_measure::results::Results;
use lanes_measure::words::{digits, time};
use lanes_report::{Page, ResultFile, page};
use lanes_timeline::Traces;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Makes the page, and says where it is.
///
/// # Errors
/// Those of files that were named, and of the output.
pub(crate) fn report(options: &Report) -> Result<(), Fail> {
    let begun = Instant::now();
    let found = Found::of(&options.results)?;
    let selection = Selection::default();
    let models = Cells::of_all(&selection, rows(Size::Quick), true)?.models;
    let catalogue = catalogue(&models);
    let source = match &options.source {
        Some(folder) => catalogue.source(folder),
        None => catalogue.source(&tree()),
    };
    let content = Page {
        catalogue,
        sessions: found.sessions,
        traces: found.traces,
        source,
        made: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        notes: found.notes,
    };
    let html = page(&content).map_err(Fail::Failure)?;
    let path = match &options.output {
        None => save(Path::new("results"), "page", "html", &html)?,
        Some(folder) if folder.is_dir() => save(folder, "page", "html", &html)?,
        Some(file) => {
            save_new(file, &html)?;
            file.clone()
        }
    };
    eprintln!(
        "lanes: {} MB in {}",
        digits(html.len() as f64 / 1e6),
        time(begun.elapsed().as_secs_f64())
    );
    eprintln!("page: {}", path.display());
    if options.open {
        opener::open(&path).map_err(|error| {
            Fail::Failure(format!("the page is there, but {error}"))
        })?;
    }
    Ok(())
}

/// The content of a page that comes from files.
#[derive(Default)]
struct Found {
    sessions: Vec<ResultFile>,
    traces: Vec<Traces>,
    /// Files that were found and left out.
    notes: Vec<String>,
}

/// What a file says of itself.
#[derive(Deserialize)]
struct Head {
    schema: String,
    /// When it began, in UTC: later ones are greater.
    #[serde(default)]
    begun: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Schema {
    Results,
    Traces,
    Other,
}

impl Found {
    fn of(paths: &[PathBuf]) -> Result<Self, Fail> {
        let mut found = Self::default();
        for path in paths {
            if path.is_dir() {
                found.folder(path)?;
            } else if path == Path::new("results") && !path.exists() {
                // Nothing was measured yet: the page says so.
            } else if head(path).0 == Schema::Traces {
                found.traces.push(Traces::load(path).map_err(Fail::of)?);
            } else {
                found.session(path).map_err(Fail::of)?;
            }
        }
        Ok(found)
    }

    fn session(&mut self, path: &Path) -> Result<(), Unreadable> {
        let results = Results::load(path)?;
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        self.sessions.push(ResultFile { name, results });
        Ok(())
    }

    /// The results of a folder that began last, and the traces, the newest
    /// first, by what the files say: copies and archives have times of their
    /// own. A file that cannot be read is reported and left out, since the user
    /// did not name it.
    fn folder(&mut self, folder: &Path) -> Result<(), Fail> {
        let failed = |error: std::io::Error| {
            Fail::Failure(format!("{}: {error}", folder.display()))
        };
        let mut files: Vec<(String, PathBuf, Schema)> = Vec::new();
        for entry in folder.read_dir().map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_file() && path.extension().is_some_and(|e| e == "json") {
                let (schema, begun) = head(&path);
                files.push((begun, path, schema));
            }
        }
        files.sort();
        let before = self.sessions.len();
        for (_, path, schema) in files.iter().rev() {
            let left_out = match schema {
                Schema::Results if self.sessions.len() == before => {
                    self.session(path).err().map(|error| error.to_string())
                }
                Schema::Traces => match Traces::load(path) {
                    Ok(traces) => {
                        self.traces.push(traces);
                        None
                    }
                    Err(error) => Some(error.to_string()),
                },
                Schema::Results | Schema::Other => None,
            };
            if let Some(why) = left_out {
                eprintln!("lanes: left out: {why}");
                let name = path.file_name().unwrap_or_default();
                let name = name.to_string_lossy();
                self.notes.push(format!("{name} could not be read."));
            }
        }
        Ok(())
    }
}

/// What kind of file it is, and when it began. One that breaks off is of the
/// kind that its text names.
fn head(path: &Path) -> (Schema, String) {
    let text = fs::read(path).unwrap_or_default();
    let kind = |is: &dyn Fn(&str) -> bool| match () {
        () if is("lanes-results") => Schema::Results,
        () if is("lanes-traces") => Schema::Traces,
        () => Schema::Other,
    };
    match serde_json::from_slice::<Head>(&text) {
        Ok(head) => (kind(&|name| head.schema == name), head.begun),
        Err(_) => {
            let text = String::from_utf8_lossy(&text);
            let kind = kind(&|name| text.contains(&format!("\"{name}\"")));
            (kind, String::new())
        }
    }
}
