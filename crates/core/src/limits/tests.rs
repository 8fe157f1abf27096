use super::*;
use std::process::Command;
use tempfile::TempDir;

/// A machine of 8 GiB, of which 6 are free, with these files besides.
fn machine(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let usual = [
        ("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\n"),
        ("proc/self/statm", "256 10 10 1 0 10 0\n"),
        ("proc/sys/kernel/threads-max", "100000\n"),
        ("proc/sys/kernel/pid_max", "4194304\n"),
        ("proc/sys/vm/max_map_count", "65530\n"),
    ];
    for (name, text) in usual.iter().chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const FREE: Own = Own { processors: 8, address_space: None, threads: None };

fn limits(files: &[(&str, &str)], own: &Own) -> Limits {
    Limits::under(machine(files).path(), own)
}

const MIB: u64 = 1 << 20;

#[test]
fn without_groups_the_machine_limits() {
    let found = limits(&[], &FREE);
    assert_eq!(
        found,
        Limits {
            processors: 8,
            quota: None,
            machine: Some(8192 * MIB),
            memory: None,
            available: Some(6144 * MIB),
            threads: Some(32765),
        }
    );
    assert_eq!((found.cores(), found.total()), (8, Some(8192 * MIB)));
}

#[test]
fn of_nothing_nothing_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let found = Limits::under(folder.path(), &FREE);
    assert_eq!((found.total(), found.available), (None, None));
    assert_eq!((found.threads, found.cores()), (None, 8));
}

const V2: [(&str, &str); 2] = [
    ("proc/self/cgroup", "0::/a/b\n"),
    (
        "proc/self/mountinfo",
        "25 1 0:22 / /proc rw - proc proc rw\n\
         31 23 0:28 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n",
    ),
];

#[test]
fn every_group_above_limits_too() {
    let more = [
        ("sys/fs/cgroup/cpu.max", "max 100000\n"),
        ("sys/fs/cgroup/a/cpu.max", "250000 100000\n"),
        ("sys/fs/cgroup/a/b/cpu.max", "800000 100000\n"),
        ("sys/fs/cgroup/a/memory.max", "1073741824\n"),
        ("sys/fs/cgroup/a/memory.current", "805306368\n"),
        ("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 268435456\n"),
        ("sys/fs/cgroup/a/b/memory.max", "max\n"),
        ("sys/fs/cgroup/a/b/memory.current", "100\n"),
        ("sys/fs/cgroup/a/b/pids.max", "77\n"),
        // Of another process.
        ("sys/fs/cgroup/c/memory.max", "1\n"),
    ];
    let found = limits(&[&V2[..], &more].concat(), &FREE);
    assert_eq!(found.quota, Some(2.5));
    assert_eq!(found.cores(), 2);
    assert_eq!(found.memory, Some(1024 * MIB));
    // What files take of it can be had.
    assert_eq!(found.available, Some(512 * MIB));
    assert_eq!(found.threads, Some(77));
}

#[test]
fn a_group_of_version_1_is_found_where_it_is_mounted() {
    let more = [
        (
            "proc/self/cgroup",
            "9:name=systemd:/\n8:pids:/p\n4:cpu,cpuacct:/c\n3:memory:/m/n\n",
        ),
        (
            "proc/self/mountinfo",
            "32 31 0:29 / /cg/cpu\\040time rw - cgroup cgroup rw,cpuacct,cpu\n\
             35 31 0:32 /m /cg/memory rw - cgroup cgroup rw,memory\n\
             39 31 0:36 / /cg/pids rw - cgroup cgroup rw,pids\n\
             41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n",
        ),
        ("cg/cpu time/c/cpu.cfs_quota_us", "50000\n"),
        ("cg/cpu time/c/cpu.cfs_period_us", "100000\n"),
        ("cg/cpu time/cpu.cfs_quota_us", "-1\n"),
        ("cg/cpu time/cpu.cfs_period_us", "100000\n"),
        // The place shows the group /m.
        ("cg/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("cg/memory/memory.usage_in_bytes", "5000\n"),
        ("cg/memory/n/memory.limit_in_bytes", "268435456\n"),
        ("cg/memory/n/memory.usage_in_bytes", "67108864\n"),
        ("cg/memory/n/memory.stat", "total_inactive_file 1048576\n"),
        ("cg/pids/p/pids.max", "500\n"),
        ("cg/pids/pids.max", "max\n"),
    ];
    let found = limits(&more, &FREE);
    assert_eq!((found.quota, found.cores()), (Some(0.5), 1));
    assert_eq!(found.memory, Some(256 * MIB));
    assert_eq!(found.total(), Some(256 * MIB));
    assert_eq!(found.available, Some(193 * MIB));
    assert_eq!(found.threads, Some(500));
}

#[test]
fn a_group_outside_of_the_namespace_shows_its_top() {
    let outside = ("proc/self/cgroup", "0::/../../x\n");
    let more = [
        ("sys/fs/cgroup/memory.max", "1048576\n"),
        ("sys/fs/cgroup/pids.max", "9\n"),
        // Where a path would lead that is not looked at.
        ("sys/x/pids.max", "3\n"),
    ];
    let found = limits(&[&[outside, V2[1]][..], &more].concat(), &FREE);
    assert_eq!((found.memory, found.threads), (Some(MIB), Some(9)));
}

#[test]
fn a_shell_limits_too() {
    let own =
        Own { processors: 1, address_space: Some(64 * MIB), threads: Some(50) };
    let found = limits(&[], &own);
    assert_eq!((found.cores(), found.threads), (1, Some(50)));
    assert_eq!(found.memory, Some(64 * MIB));
    // 256 pages of it are used.
    let left = 64 * MIB - 256 * page_size() as u64;
    assert_eq!(found.available, Some(left));
    // A limit above what the machine has is none.
    let wide = Own { address_space: Some(1 << 60), ..FREE };
    assert_eq!(limits(&[], &wide).memory, None);
}

#[test]
fn garbage_limits_nothing() {
    let garbage = [
        ("proc/self/cgroup", "0::\nx\n:::\n1:memory\n"),
        (
            "proc/self/mountinfo",
            "\n - \n1 2 3 - cgroup2\n31 23 0:28 / /g rw - cgroup2 c rw\n\
             1 2 3 4 5 - cgroup x\n",
        ),
        ("g/memory.max", "-5\n"),
        ("g/pids.max", ""),
        ("g/cpu.max", "5 0\n"),
    ];
    let found = limits(&garbage, &FREE);
    assert_eq!((found.quota, found.memory), (None, None));
    assert_eq!(found.threads, Some(32765));
}

/// Where this process may make control groups of version 1.
const GROUPS: &str = "/sys/fs/cgroup/memory";

#[test]
fn a_real_group_is_seen() {
    let name = format!("lanes-test-{}", std::process::id());
    let group = Path::new(GROUPS).join(name);
    if fs::create_dir(&group).is_err() {
        eprintln!("skipped: no control group can be made in {GROUPS}");
        return;
    }
    let limit = group.join("memory.limit_in_bytes");
    let limited = fs::write(&limit, (256 * MIB).to_string());
    // A child joins the group and runs this very test's helper below.
    let join = format!(
        "echo $$ >{}/cgroup.procs && exec \"$0\" --exact --ignored \
         limits::tests::shows_its_limits --nocapture",
        group.display()
    );
    let own = std::env::current_exe().unwrap();
    let output = Command::new("sh").args(["-c", &join]).arg(own).output();
    let _ = fs::remove_dir(&group);
    if limited.is_err() {
        eprintln!("skipped: {GROUPS} takes no limits");
        return;
    }
    let output = output.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let expected = format!("memory: Some({})", 256 * MIB);
    assert!(text.contains(&expected), "{text}");
}

#[test]
#[ignore = "prints the limits of its process for another test"]
fn shows_its_limits() {
    println!("{:?}", Limits::here());
}

#[test]
fn the_mask_of_this_process_counts() {
    let own = std::env::current_exe().unwrap();
    let output = Command::new("taskset")
        .args(["-c", "0"])
        .arg(own)
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("limits::tests::shows_its_limits")
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: no taskset here");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("processors: 1,"), "{text}");
}
