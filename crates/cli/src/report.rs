//! `lanes report`: results, traces and source as a site.

use crate::args::{Report, Selection};
use crate::catalogue::catalogue;
use crate::fail::Fail;
use crate::files::{OUTPUT, save, save_new};
use crate::folder::write;
use crate::say::{line, note, progress};
use crate::select::Cells;
use crate::tree::tree;
use jiff::Timestamp;
use lanes_claims::Published;
use lanes_core::{Size, rows};
use lanes_measure::crossover::{self, Crossover};
use lanes_measure::document::{Document, Unreadable};
use lanes_measure::faults::{self, Faults};
use lanes_measure::metg::{self, Metg};
use lanes_measure::results::Results;
use lanes_measure::traps::{self, Traps};
use lanes_measure::words::{digits, time};
use lanes_report::answer::{Answer, answers};
use lanes_report::{Content, ResultFile, single, site};
use lanes_timeline::Traces;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The folder of the pages, below the one of results.
pub(crate) const SITE: &str = "site";

/// Makes the pages, or the one page, and says where they are.
///
/// # Errors
/// Those of files that were named, and of the output.
pub(crate) fn report(options: &Report) -> Result<(), Fail> {
    let content = content(options)?;
    let path = made(options, &content)?;
    shown(options, &path)
}

/// As [`report`], and returns the answers that the first page gives; where the
/// pages are is for the caller to say, with [`shown`].
///
/// # Errors
/// Those of [`report`].
pub(crate) fn answered(
    options: &Report,
) -> Result<(Vec<Answer>, PathBuf), Fail> {
    let content = content(options)?;
    let path = made(options, &content)?;
    Ok((answers(&content.sessions, &content.catalogue), path))
}

/// Says where the pages are, and opens the first if that was asked for.
///
/// # Errors
/// If it cannot be opened.
pub(crate) fn shown(options: &Report, path: &Path) -> Result<(), Fail> {
    let what = if options.single.is_some() { "page" } else { "site" };
    line!("{what}: {}", path.display());
    if options.open {
        opener::open(path).map_err(|error| {
            let what = "the page is written, but not opened";
            Fail::Failure(format!("{what}: {error}"))
        })?;
    }
    Ok(())
}

fn content(options: &Report) -> Result<Content, Fail> {
    let found = Found::of(&options.results)?;
    let selection = Selection::default();
    let models = Cells::of_all(&selection, rows(Size::Quick), true)?.models;
    let catalogue = catalogue(&models);
    let source = match &options.source {
        Some(folder) => catalogue.source(folder),
        None => catalogue.source(&tree()),
    };
    let mut content = Content {
        catalogue,
        sessions: Vec::new(),
        maps: Vec::new(),
        metgs: found.metgs,
        crossovers: found.crossovers,
        traces: found.traces,
        faults: found.faults,
        traps: found.traps,
        claims: found.claims,
        source,
        made: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        notes: found.notes,
    };
    found.results.into_iter().for_each(|file| content.add(file));
    Ok(content)
}

/// Writes the pages, or the one page; the path of the one to open.
fn made(options: &Report, content: &Content) -> Result<PathBuf, Fail> {
    let begun = Instant::now();
    let size = |bytes: usize| format!("{} MB", digits(bytes as f64 / 1e6));
    let took = || time(begun.elapsed().as_secs_f64());
    if let Some(workload) = &options.single {
        let html = single(content, workload).map_err(Fail::Usage)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = workload.chars().map(plain).collect();
        let path = match &options.output {
            None => save(Path::new("results"), &name, "html", &html)?,
            Some(folder) if folder.is_dir() => {
                save(folder, &name, "html", &html)?
            }
            Some(file) => {
                save_new(file, &html, OUTPUT)?;
                file.clone()
            }
        };
        progress!("lanes: {} in {}", size(html.len()), took());
        return Ok(path);
    }
    let folder = match &options.output {
        None => Path::new("results").join(SITE),
        Some(path) if path.extension().is_some_and(|end| end == "html") => {
            return Err(Fail::Usage(format!(
                "{} would be a file, and a report is a folder of pages; name \
                 a folder, or one workload with --single",
                path.display()
            )));
        }
        Some(folder) => folder.clone(),
    };
    let pages = site(content).map_err(Fail::Failure)?;
    let path = write(&folder, &pages)?;
    let bytes = pages.iter().map(|page| page.html.len()).sum();
    let largest = pages.iter().map(|page| page.html.len()).max();
    progress!(
        "lanes: {} pages, {} in {}; the largest has {}",
        pages.len(),
        size(bytes),
        took(),
        size(largest.unwrap_or(0))
    );
    Ok(path)
}

/// The content of the pages that comes from files.
#[derive(Default)]
struct Found {
    results: Vec<ResultFile>,
    metgs: Vec<Metg>,
    crossovers: Vec<Crossover>,
    traces: Vec<Traces>,
    faults: Vec<Faults>,
    traps: Vec<Traps>,
    claims: Vec<Published>,
    /// Files that were found and left out.
    notes: Vec<String>,
}

impl Found {
    fn of(paths: &[PathBuf]) -> Result<Self, Fail> {
        let mut found = Self::default();
        for path in paths {
            if path.is_dir() {
                found.folder(path)?;
            } else if path == Path::new("results") && !path.exists() {
                // Nothing was measured yet: the first page says so.
            } else {
                // A pipe can be read once only.
                let document = Document::read(path).map_err(Fail::of)?;
                found.add(&document).map_err(Fail::of)?;
            }
        }
        Ok(found)
    }

    /// Adds what a file says it is.
    fn add(&mut self, document: &Document) -> Result<(), Unreadable> {
        if document.schema() == Some(lanes_timeline::SCHEMA) {
            self.traces.push(Traces::of(document)?);
            return Ok(());
        }
        if document.schema() == Some(faults::SCHEMA) {
            self.faults.push(Faults::of(document)?);
            return Ok(());
        }
        if document.schema() == Some(traps::SCHEMA) {
            self.traps.push(Traps::of(document)?);
            return Ok(());
        }
        if document.schema() == Some(lanes_claims::SCHEMA) {
            self.claims.push(Published::of(document)?);
            return Ok(());
        }
        if document.schema() == Some(metg::SCHEMA) {
            self.metgs.push(Metg::of(document)?);
            return Ok(());
        }
        if document.schema() == Some(crossover::SCHEMA) {
            self.crossovers.push(Crossover::of(document)?);
            return Ok(());
        }
        let results = Results::of(document)?;
        let name = document.path().file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        self.results.push(ResultFile { name, results });
        Ok(())
    }

    /// The files of a folder that began last, one of each subject, and all the
    /// traces, the newest first, by what the files say: copies and archives
    /// have times of their own. A file that cannot be read is reported and left
    /// out, since the user did not name it.
    fn folder(&mut self, folder: &Path) -> Result<(), Fail> {
        let failed = |error: io::Error| {
            Fail::Failure(format!("{}: {error}", folder.display()))
        };
        let mut files = Vec::new();
        for entry in folder.read_dir().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // Hidden files are those that are being written.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            match self::candidate(&path) {
                Ok(Some(document)) => {
                    let begun = document.begun().map(str::to_owned);
                    let time = begun.and_then(|time| time.parse().ok());
                    let schema = document.schema().map(str::to_owned);
                    files.push((time, path, schema, document.subject()));
                }
                Ok(None) => {}
                Err(why) => self.left_out(&path, &why),
            }
        }
        // What does not say when it began comes last.
        files.sort_by(|a: &(Option<Timestamp>, _, _, _), b| b.cmp(a));
        let mut seen = Vec::new();
        for (_, path, schema, subject) in files {
            // Traces are of different workloads; of all else the newest of each
            // subject counts.
            let is_traces = schema.as_deref() == Some(lanes_timeline::SCHEMA);
            if !is_traces && seen.contains(&subject) {
                continue;
            }
            let added =
                Document::read(&path).and_then(|found| self.add(&found));
            match added {
                Ok(()) => seen.push(subject),
                Err(why) => self.left_out(&path, &why.to_string()),
            }
        }
        Ok(())
    }

    fn left_out(&mut self, path: &Path, why: &str) {
        note!("left out: {why}");
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        self.notes.push(format!("{name} could not be read."));
    }
}

/// A file of a folder that says it is one of Lanes, whatever its name; `None`
/// for a folder, and for what is something else.
///
/// # Errors
/// Why it cannot be read.
fn candidate(path: &Path) -> Result<Option<Document>, String> {
    let name = path.display();
    let data = path.metadata().map_err(|error| format!("{name}: {error}"))?;
    if data.is_dir() {
        return Ok(None);
    }
    if !data.is_file() {
        // To read a pipe is to wait for its writer.
        return Err(format!("{name} is a pipe, a socket or a device"));
    }
    let mut start = [0; 64];
    let read = File::open(path).and_then(|mut file| file.read(&mut start));
    let count = read.map_err(|error| format!("{name}: {error}"))?;
    if count == 0 && path.extension().is_some_and(|end| end == "json") {
        return Err(format!("{name} is empty"));
    }
    if count == 0 {
        return Ok(None);
    }
    // Pictures and pages are not read to their end.
    let mark = start[..count].iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(mark, None | Some(b'{' | 0xef | 0xfe | 0xff)) {
        return Ok(None);
    }
    match Document::read(path) {
        Ok(document) => Ok(document.schema().is_some().then_some(document)),
        Err(why) => Err(why.to_string()),
    }
}
