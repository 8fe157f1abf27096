//! The folder of a site. Pages take the place of pages that were written there
//! before, and of nothing else.

use crate::fail::Fail;
use crate::files::{OUTPUT, remedy, written};
use lanes_report::PageFile;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file by which a folder is known again: it lists the pages.
const LIST: &str = "lanes-site.txt";

/// Writes pages into a folder that is new, empty, or was written by this; pages
/// from before that are no more are removed. Returns the first page's path.
///
/// # Errors
/// What of others is in the folder, and those of the file system.
pub(crate) fn write(
    folder: &Path,
    pages: &[PageFile],
) -> Result<PathBuf, Fail> {
    let before = own(folder)?;
    let at = |name: &str| folder.join(name);
    let failed = |path: PathBuf| {
        move |error: io::Error| {
            let path = path.display();
            Fail::Failure(format!(
                "{path}: {error}; {}",
                remedy(&error, OUTPUT)
            ))
        }
    };
    let put = |name: &str, text: &str| -> Result<(), Fail> {
        let file = written(folder, text).map_err(failed(folder.into()))?;
        let done = file.persist(at(name)).map_err(|error| error.error);
        done.map(drop).map_err(failed(at(name)))
    };
    let now: BTreeSet<&str> = pages.iter().map(|page| &*page.name).collect();
    let list = |names: &BTreeSet<&str>| -> String {
        names.iter().map(|name| format!("{name}\n")).collect()
    };
    // Whenever this ends, every page in the folder is on the list.
    let all = before.iter().map(String::as_str).chain(now.iter().copied());
    put(LIST, &list(&all.collect()))?;
    for page in pages {
        put(&page.name, &page.html)?;
    }
    for name in before.iter().filter(|name| !now.contains(name.as_str())) {
        match fs::remove_file(at(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(at(name))(error));
            }
            _ => {}
        }
    }
    put(LIST, &list(&now))?;
    Ok(at(pages.first().map_or("", |page| &page.name)))
}

/// The pages that were written into a folder before.
///
/// # Errors
/// If there is anything else in it.
fn own(folder: &Path) -> Result<BTreeSet<String>, Fail> {
    let name = folder.display();
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere is somebody's.
            return match folder.symlink_metadata() {
                Err(_) => Ok(BTreeSet::new()),
                Ok(_) => Err(taken(folder)),
            };
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(taken(folder));
        }
        Err(error) => {
            let remedy = remedy(&error, OUTPUT);
            return Err(Fail::Failure(format!("{name}: {error}; {remedy}")));
        }
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<io::Result<Vec<OsString>>>();
    let names = names.map_err(|error| {
        Fail::Failure(format!("{name}: {error}; {}", remedy(&error, OUTPUT)))
    })?;
    let list = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let is_page = |name: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        name.ends_with(".html") && name.chars().all(plain)
    };
    let own: BTreeSet<String> =
        list.lines().filter(is_page).map(str::to_owned).collect();
    // Hidden files are those that are being written, or an editor's.
    let other = names.iter().find(|name| {
        let text = name.to_string_lossy();
        !(text.starts_with('.') || text == LIST || own.contains(&*text))
    });
    match other {
        None => Ok(own),
        Some(other) => Err(Fail::Failure(format!(
            "{name} has {other:?} in it, which is no page of a report; choose \
             a folder that is new, empty or a report's with --output"
        ))),
    }
}

fn taken(path: &Path) -> Fail {
    Fail::Failure(format!(
        "{} is there already, and is no folder; remove it or choose another \
         --output",
        path.display()
    ))
}
