//! Guests: models in programs of their own. They are found by their names, as
//! cargo and git find their commands.

use crate::failure::{Cause, Failure};
use crate::foreign::line;
use crate::launch::{Launch, is_program};
use crate::process::{Limits, Process};
use crate::protocol::Described;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What the name of a guest's program begins with.
pub const PREFIX: &str = "lanes-worker-";

/// How long a guest may take to describe itself.
const PATIENCE: Duration = Duration::from_secs(2);
/// How much memory it may use meanwhile.
const MEMORY: u64 = 1 << 30;

/// A program that may be a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// What follows [`PREFIX`] in the program's name.
    pub name: String,
    /// The program, or why it cannot be started.
    pub program: Result<PathBuf, String>,
}

/// The guests beside the running program and on the PATH, by name. Nothing is
/// started.
pub fn guests() -> Vec<Guest> {
    let beside = env::current_exe().ok();
    let beside = beside.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    guests_in(beside.into_iter().chain(env::split_paths(&path)))
}

/// The guests in these folders, by name.
pub fn guests_in(folders: impl IntoIterator<Item = PathBuf>) -> Vec<Guest> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for folder in folders {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let name = file.to_str().and_then(|file| file.strip_prefix(PREFIX));
            let Some(name) = name.filter(|name| is_name(name)) else {
                continue;
            };
            // A folder that is listed twice, or linked to, has one program.
            let path = entry.path();
            let path = path.canonicalize().unwrap_or(path);
            let paths = found.entry(name.to_owned()).or_default();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    let guest = |(name, paths): (String, Vec<PathBuf>)| Guest {
        name,
        program: only(&paths),
    };
    found.into_iter().map(guest).collect()
}

/// Files that a build leaves beside a program have a dot in their names.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !name.is_empty() && name.chars().all(plain)
}

/// Asks a worker which models it can be; it is started for that alone.
///
/// # Errors
/// Those of [`Process::start`] and [`Process::describe`], and no reply within
/// two seconds.
pub fn models(launch: &Launch) -> Result<Vec<Described>, Failure> {
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(Cause::Start, format!("a temporary folder: {error}"))
    })?;
    let limits = Limits {
        deadline: PATIENCE,
        memory: MEMORY,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let mut process = Process::start(launch, folder.path(), &limits)?;
    let models = process.describe()?;
    process.end();
    Ok(models)
}

fn only(paths: &[PathBuf]) -> Result<PathBuf, String> {
    if let [path] = paths {
        return match path.metadata() {
            Ok(data) if is_program(&data) => Ok(path.clone()),
            Ok(_) => Err(format!("{} is not executable", path.display())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        };
    }
    let paths = paths.iter().map(|path| path.display().to_string());
    let paths: Vec<String> = paths.collect();
    Err(format!("found more than once: {}", paths.join(" and ")))
}

/// A guest's description of itself, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The model, with the cells that are in the catalogue.
    pub model: Described,
    /// One line for each other thing that it named.
    pub notes: Vec<String>,
    /// How its worker is started.
    pub launch: Launch,
}

impl Guest {
    /// Asks the guest what it is. The program that answers is the one that its
    /// worker is started from.
    ///
    /// # Errors
    /// Why there is no answer that can be used, in one line.
    pub fn ask(&self) -> Result<Answer, String> {
        let launch = Launch::opened(self.program.clone()?, Vec::new());
        let program = launch.name().display();
        let models = models(&launch).map_err(|failure| {
            line(&format!("{program}, asked what it is: {failure}"))
        })?;
        let (model, notes) = self
            .checked(models)
            .map_err(|why| line(&format!("{program} {why}")))?;
        Ok(Answer { model, notes, launch })
    }

    /// The model, if it is one of the program's name, and the notes on it.
    fn checked(
        &self,
        models: Vec<Described>,
    ) -> Result<(Described, Vec<String>), String> {
        let Ok([model]) = <[Described; 1]>::try_from(models) else {
            return Err("is not one model".into());
        };
        if model.model != self.name {
            let (other, name) = (model.model, &self.name);
            return Err(format!(
                "answers to another name: {other:?}, not {name:?}"
            ));
        }
        let mut notes = Vec::new();
        let model = self.known(model, &mut notes);
        Ok((model, notes))
    }

    /// The model with the cells that the catalogue has.
    fn known(&self, model: Described, notes: &mut Vec<String>) -> Described {
        let (mut cells, mut strange) = (Vec::new(), Vec::new());
        for cell in model.cells {
            if lanes_core::workload::find(&cell.workload).is_some() {
                cells.push(cell);
            } else {
                strange.push(format!("{:?}", cell.workload));
            }
        }
        if !strange.is_empty() {
            let names = strange.join(", ");
            notes.push(line(&format!(
                "{}: the catalogue has no {names}",
                model.model
            )));
        }
        Described { cells, ..model }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DescribedCell, Grade};
    use std::os::unix::fs::PermissionsExt;

    fn write(path: &Path, mode: u32) {
        fs::write(path, "#!/bin/sh\nexit 3\n").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn guests_are_found_by_name_and_the_rest_is_left_alone() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let [first, second] = folders.each_ref().map(|folder| folder.path());
        write(&first.join("lanes-worker-one"), 0o755);
        write(&first.join("lanes-worker-one.d"), 0o755);
        write(&first.join("lanes-worker-"), 0o755);
        write(&first.join("lanes-work"), 0o755);
        write(&first.join("lanes-worker-plain"), 0o644);
        write(&first.join("lanes-worker-twice"), 0o755);
        write(&second.join("lanes-worker-twice"), 0o755);
        let folders = [first, second, first].map(Path::to_owned);
        let found = guests_in(folders.into_iter().chain(["/none".into()]));
        let names: Vec<_> = found.iter().map(|guest| &*guest.name).collect();
        assert_eq!(names, ["one", "plain", "twice"]);
        assert!(found[0].program.is_ok());
        let why = found[1].program.clone().unwrap_err();
        assert!(why.contains("is not executable"), "{why}");
        let why = found[2].program.clone().unwrap_err();
        for folder in [first, second] {
            let folder = folder.canonicalize().unwrap();
            assert!(why.contains(&folder.display().to_string()), "{why}");
        }
        let why = found[0].ask().unwrap_err();
        assert!(why.contains("exit status: 3"), "{why}");
    }

    #[test]
    fn what_a_guest_says_is_checked() {
        let guest = Guest { name: "me".into(), program: Err("none".into()) };
        let cell = |workload: &str| DescribedCell {
            workload: workload.into(),
            fit: Grade::Natural,
            reason: "because".into(),
            inputs: vec![lanes_core::Input::Shipped],
        };
        let model = |name: &str| Described {
            model: name.into(),
            cells: vec![cell("fib"), cell("no\nsuch")],
            ..Described::default()
        };
        let (known, notes) = guest.checked(vec![model("me")]).unwrap();
        assert_eq!(known.cells.len(), 1);
        assert!(notes[0].contains("no\\nsuch"), "{notes:?}");
        for other in ["you", "meow", "", "me\n"] {
            let why = guest.checked(vec![model(other)]).unwrap_err();
            assert!(why.contains("another name"), "{why}");
        }
        let two = vec![model("me"), model("me")];
        for models in [Vec::new(), two] {
            assert!(guest.checked(models).is_err());
        }
    }
}
