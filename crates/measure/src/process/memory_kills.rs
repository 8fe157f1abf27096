//! Whether the system has killed processes for memory: what the memory
//! controller of a process's control group counts, in both versions.

use std::fs;
use std::path::{Path, PathBuf};

/// How often the system has killed for memory where a worker runs.
pub(super) struct MemoryKills {
    counters: Vec<PathBuf>,
    before: u64,
}

impl MemoryKills {
    /// What is counted so far where this process runs.
    pub(super) fn of(process: u32) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let own = read(&format!("/proc/{process}/cgroup"));
        let counters = counters(&own, &read("/proc/self/mountinfo"));
        let before = total(&counters);
        Self { counters, before }
    }

    /// Whether the system has killed there since.
    pub(super) fn went_up(&self) -> bool {
        total(&self.counters) > self.before
    }
}

/// The files with the counts; see cgroups(7), and memory.events in the kernel's
/// "Control Group v2" and memory.oom_control in its "Memory Resource
/// Controller".
fn counters(own: &str, mounts: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next())
        else {
            continue;
        };
        let first = controllers.is_empty();
        if !first && !controllers.split(',').any(|name| name == "memory") {
            continue;
        }
        let name = if first { "memory.events" } else { "memory.oom_control" };
        let folders = mounts.lines().filter_map(|mount| folder(mount, first));
        for (root, folder) in folders {
            // A container may see a part of the hierarchy only.
            let below = Path::new(path)
                .strip_prefix(root)
                .unwrap_or(Path::new(path.trim_start_matches('/')));
            found.push(Path::new(folder).join(below).join(name));
        }
    }
    found
}

/// Which group a line of mountinfo shows, and where, if it shows the memory
/// controller; see proc_pid_mountinfo(5).
fn folder(mount: &str, second: bool) -> Option<(&str, &str)> {
    let (place, system) = mount.split_once(" - ")?;
    let mut place = place.split(' ').skip(3);
    let (root, folder) = (place.next()?, place.next()?);
    let mut system = system.split(' ');
    let fits = match system.next()? {
        "cgroup2" => second,
        "cgroup" => {
            let options = system.nth(1)?;
            !second && options.split(',').any(|option| option == "memory")
        }
        _ => false,
    };
    fits.then_some((root, folder))
}

fn total(counters: &[PathBuf]) -> u64 {
    let read = |path: &PathBuf| fs::read_to_string(path).ok();
    counters.iter().filter_map(read).map(|text| count(&text)).sum()
}

/// The count in a file of names and numbers.
fn count(text: &str) -> u64 {
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("oom_kill "));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_found_in_both_versions() {
        let mounts = "\
25 30 0:23 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755
31 25 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 25 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
33 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";
        let own = "4:memory:/a/b\n1:cpu:/c\n0::/d\n";
        let found = counters(own, mounts);
        let paths = [
            "/sys/fs/cgroup/memory/a/b/memory.oom_control",
            "/sys/fs/cgroup/unified/d/memory.events",
        ];
        assert_eq!(found, paths.map(PathBuf::from));
        let within = "40 1 0:28 /a /mnt rw - cgroup cgroup rw,memory\n";
        let found = counters("4:memory:/a/b\n", within);
        assert_eq!(found, [Path::new("/mnt/b/memory.oom_control")]);
        assert_eq!(counters("", mounts), [""; 0].map(PathBuf::from));
    }

    #[test]
    fn kills_are_counted_and_groups_of_kills_are_not() {
        let events = "low 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n";
        assert_eq!(count(events), 2);
        let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n";
        assert_eq!(count(control), 7);
        assert_eq!(count("oom_kill_disable 1\n"), 0);
    }
}
