//! The control groups of this process, of both versions: its own and all above
//! it, since each of them limits it; see cgroups(7).

use super::least;
use std::fs;
use std::path::{Path, PathBuf};

/// What a group limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Controller {
    Cpu,
    Memory,
    Pids,
}

impl Controller {
    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Pids => "pids",
        }
    }
}

/// The folders of the groups of a process.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Those of version 2, which have the files of all controllers.
    unified: Vec<PathBuf>,
    /// Those of version 1, by their controller.
    separate: Vec<(Controller, PathBuf)>,
}

impl Groups {
    /// Those of the process that sees these files.
    pub(super) fn of(root: &Path) -> Self {
        let read =
            |name: &str| fs::read_to_string(root.join("proc/self").join(name));
        let own = read("cgroup").unwrap_or_default();
        let mounts = read("mountinfo").unwrap_or_default();
        let mut groups = Self::default();
        for mount in mounts.lines().filter_map(Mount::parse) {
            if mount.controllers.is_none() {
                let folders = mount.folders(root, own_group(&own, None));
                groups.unified.extend(folders);
            }
            for controller in
                [Controller::Cpu, Controller::Memory, Controller::Pids]
            {
                let name = controller.name();
                let mut controllers = mount.controllers.iter().flatten();
                if controllers.any(|mounted| *mounted == name) {
                    let own = own_group(&own, Some(name));
                    let folders = mount.folders(root, own).into_iter();
                    let folders = folders.map(|folder| (controller, folder));
                    groups.separate.extend(folders);
                }
            }
        }
        groups
    }

    /// The folders of version 1 that have the files of a controller.
    fn separate(&self, wanted: Controller) -> impl Iterator<Item = &PathBuf> {
        let all = self.separate.iter();
        all.filter(move |(controller, _)| *controller == wanted)
            .map(|(_, folder)| folder)
    }

    /// The processor time that all of them give, in processors.
    pub(super) fn quota(&self) -> Option<f64> {
        let unified = self.unified.iter().map(|folder| {
            let text = fs::read_to_string(folder.join("cpu.max")).ok()?;
            let (quota, period) = text.trim().split_once(' ')?;
            ratio(quota.parse().ok()?, period.parse().ok()?)
        });
        let separate = self.separate(Controller::Cpu).map(|folder| {
            // No quota is -1.
            let quota = number(folder, "cpu.cfs_quota_us")?;
            ratio(quota, number(folder, "cpu.cfs_period_us")?)
        });
        least(unified.chain(separate))
    }

    /// The memory that all of them let it have, in bytes.
    pub(super) fn memory(&self) -> Option<u64> {
        let unified =
            self.unified.iter().map(|folder| number(folder, "memory.max"));
        // No limit is a very large one.
        let separate = self
            .separate(Controller::Memory)
            .map(|folder| number(folder, "memory.limit_in_bytes"));
        least(unified.chain(separate))
    }

    /// The memory that is left in all of them, in bytes. Files that are kept in
    /// memory and not in use make room.
    pub(super) fn memory_left(&self) -> Option<u64> {
        let left = |folder: &Path, most: &str, used: &str, files: &str| {
            let most = number(folder, most)?;
            let text = fs::read_to_string(folder.join("memory.stat"));
            let text = text.unwrap_or_default();
            let files = text.lines().find_map(|line| {
                line.strip_prefix(files)?.trim().parse::<u64>().ok()
            });
            let used = number(folder, used)?;
            let used = used.saturating_sub(files.unwrap_or(0));
            Some(most.saturating_sub(used))
        };
        let unified = self.unified.iter().map(|folder| {
            left(folder, "memory.max", "memory.current", "inactive_file ")
        });
        let separate = self.separate(Controller::Memory).map(|folder| {
            let [most, used] =
                ["memory.limit_in_bytes", "memory.usage_in_bytes"];
            left(folder, most, used, "total_inactive_file ")
        });
        least(unified.chain(separate))
    }

    /// How many threads and processes may be in them.
    pub(super) fn threads(&self) -> Option<u64> {
        let separate = self.separate(Controller::Pids);
        let all = self.unified.iter().chain(separate);
        least(all.map(|folder| number(folder, "pids.max")))
    }
}

/// A number in a file of a group; none for `max` and below zero.
fn number(folder: &Path, name: &str) -> Option<u64> {
    let text = fs::read_to_string(folder.join(name)).ok()?;
    text.trim().parse().ok()
}

fn ratio(quota: u64, period: u64) -> Option<f64> {
    (period > 0).then(|| quota as f64 / period as f64)
}

/// The path of the process's group in the hierarchy of a controller, or in the
/// unified one: a line is `number:controllers:path`.
fn own_group<'a>(own: &'a str, controller: Option<&str>) -> Option<&'a str> {
    own.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let same = match controller {
            Some(name) => controllers.split(',').any(|other| other == name),
            None => controllers.is_empty(),
        };
        same.then_some(path)
    })
}

/// Where a hierarchy is mounted.
struct Mount {
    /// The group that is seen at the place.
    group: String,
    place: String,
    /// Those of version 1; `None` for version 2, which has all.
    controllers: Option<Vec<String>>,
}

impl Mount {
    /// One line of `/proc/self/mountinfo`, if it is of control groups; see
    /// proc(5).
    fn parse(line: &str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let (group, place) = (place.next()?, place.next()?);
        let mut kind = kind.split(' ');
        let controllers = match kind.next()? {
            "cgroup2" => None,
            "cgroup" => {
                let options = kind.nth(1)?.split(',');
                Some(options.map(str::to_owned).collect())
            }
            _ => return None,
        };
        let (group, place) = (unescaped(group), unescaped(place));
        Some(Self { group, place, controllers })
    }

    /// The folder of this group and those of all above it that are seen here.
    fn folders(&self, root: &Path, own: Option<&str>) -> Vec<PathBuf> {
        let top = root.join(self.place.trim_start_matches('/'));
        let below = own.and_then(|own| {
            let below = Path::new(own).strip_prefix(&self.group).ok()?;
            // A group outside of this namespace is not seen.
            let outside = below
                .components()
                .any(|part| !matches!(part, std::path::Component::Normal(_)));
            (!outside).then_some(below)
        });
        let own = top.join(below.unwrap_or(Path::new("")));
        let all = own.ancestors().take_while(|path| path.starts_with(&top));
        all.map(Path::to_owned).collect()
    }
}

/// A path in which a space is `\040`, and other characters likewise.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|c| u8::from_str_radix(c, 8).ok());
        match code {
            Some(code) => {
                all.push(char::from(code));
                all.push_str(&part[3..]);
            }
            None => {
                all.push('\\');
                all.push_str(part);
            }
        }
    }
    all
}
