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
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

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

/// The schema that a file names in its first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
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
            } else if schema(path) == Schema::Traces {
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

    /// The newest results of a folder, and the traces, the newest first. A file
    /// that cannot be read is reported and left out, since the user did not
    /// name it.
    fn folder(&mut self, folder: &Path) -> Result<(), Fail> {
        let failed = |error: std::io::Error| {
            Fail::Failure(format!("{}: {error}", folder.display()))
        };
        let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in folder.read_dir().map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let modified = path.metadata().and_then(|m| m.modified());
            if path.extension().is_some_and(|end| end == "json") {
                files.push((modified.unwrap_or(SystemTime::UNIX_EPOCH), path));
            }
        }
        files.sort();
        let before = self.sessions.len();
        for (_, path) in files.iter().rev() {
            let left_out = match schema(path) {
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

fn schema(path: &Path) -> Schema {
    let mut head = [0; 64];
    let count = File::open(path).and_then(|mut file| file.read(&mut head));
    let head = String::from_utf8_lossy(&head[..count.unwrap_or(0)]);
    match () {
        () if head.contains("\"lanes-results\"") => Schema::Results,
        () if head.contains("\"lanes-traces\"") => Schema::Traces,
        () => Schema::Other,
    }
}
