//! A group of processes (a control group of the system) that may have few
//! threads, with this process in it.

use crate::outcome::{Checked, Failure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

/// A group with only this process in it; dropped, the process is back where it
/// was, and the group is gone.
pub(crate) struct Group {
    path: PathBuf,
    before: PathBuf,
}

impl Group {
    /// Makes a group for this process and enters it.
    ///
    /// # Errors
    /// Where no such group can be made, which takes rights.
    pub(crate) fn enter() -> Result<Self, Failure> {
        let before = pids()?;
        let name = format!("lanes-conformance-{}", process::id());
        let group = Self { path: before.join(name), before };
        fs::create_dir(&group.path)?;
        // Dropped by an early return, it is removed again.
        if !group.path.join("pids.max").exists() {
            return Err(Failure::new("the group cannot limit threads"));
        }
        enter(&group.path)?;
        Ok(group)
    }

    /// Lets this many more threads and processes start.
    pub(crate) fn allow(&self, more: usize) -> Checked {
        let now = fs::read_to_string(self.path.join("pids.current"))?;
        let now = now.trim().parse::<usize>();
        let now = now.map_err(|_| Failure::new("no number of threads"))?;
        let most = (now + more).to_string();
        Ok(fs::write(self.path.join("pids.max"), most)?)
    }

    /// Lets any number of threads start.
    pub(crate) fn allow_all(&self) -> Checked {
        Ok(fs::write(self.path.join("pids.max"), "max")?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group that cannot be removed is found by who lists them.
        let _ = enter(&self.before);
        let _ = fs::remove_dir(&self.path);
    }
}

/// Moves this process with all its threads.
fn enter(group: &Path) -> Checked {
    let own = process::id().to_string();
    Ok(fs::write(group.join("cgroup.procs"), own)?)
}

/// The group that limits the threads of this process: of the hierarchy for
/// them in version 1, or of the only one in version 2.
fn pids() -> Result<PathBuf, Failure> {
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let mut of = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let first = of.clone().find(|(controllers, _)| *controllers == "pids");
    let root = Path::new("/sys/fs/cgroup");
    let (root, path) = match first {
        Some((_, path)) => (root.join("pids"), path),
        None => {
            let second = of.find(|(controllers, _)| controllers.is_empty());
            let (_, path) = second.ok_or_else(|| {
                Failure::new("the system has no groups of processes")
            })?;
            (root.to_owned(), path)
        }
    };
    Ok(root.join(path.trim_start_matches('/')))
}
