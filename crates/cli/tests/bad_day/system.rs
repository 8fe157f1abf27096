//! Limits of the system, and what is said of them.

use super::*;
use serde_json::Value;

/// What a shell says after it has set limits; `$0` is the command.
fn shell(script: &str, here: &Path) -> Output {
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_lanes")])
        .current_dir(here)
        .output();
    output.unwrap()
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    let here = tempfile::tempdir().unwrap();
    for (command, code) in [
        ("run read --models threads --items 1 --rounds 1", 1),
        ("check spawn --models sequential --workers 1", 1),
        ("trace fetch --models sequential", 1),
        ("claims computing", 1),
        ("doctor", 1),
        // These need no folder.
        ("list", 0),
        ("doctor --no-noise", 0),
        ("--help", 0),
    ] {
        let script = format!("TMPDIR=/none exec \"$0\" {command}");
        let output = shell(&script, here.path());
        let errors = ends(&output, code);
        if code == 1 {
            assert!(errors.contains("TMPDIR: "), "{command}: {errors}");
            assert!(errors.contains("/none"), "{command}: {errors}");
            assert!(!errors.contains("--items"), "{command}: {errors}");
        }
    }
    assert_eq!(entries(here.path()), [""; 0]);
}

#[test]
fn a_place_that_is_no_folder_is_not_called_taken() {
    let here = tempfile::tempdir().unwrap();
    fs::write(here.path().join("file"), "precious").unwrap();
    let measure = "run max --items 1 --models sequential --rounds 1";
    for place in ["/dev/full", "/dev/full/x.json", "file/a.json"] {
        let script = format!("exec \"$0\" {measure} -o {place}");
        let output = shell(&script, here.path());
        let errors = ends(&output, 1);
        assert!(errors.contains("not a directory"), "{errors}");
        assert!(!errors.contains("is there already"), "{errors}");
    }
}

#[test]
fn a_row_without_descriptors_is_refused_and_the_others_are_measured() {
    let here = tempfile::tempdir().unwrap();
    let script = "ulimit -n 70; exec \"$0\" run max fetch --items 100 \
                  --models sequential,threads --rounds 1 -o a.json";
    let output = shell(script, here.path());
    let errors = ends(&output, 1);
    assert!(errors.contains("fetch 100x1ms-4"), "{errors}");
    assert!(errors.contains("ulimit -n"), "{errors}");
    assert!(!errors.contains("--items"), "{errors}");
    let text = fs::read_to_string(here.path().join("a.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    for row in file["rows"].as_array().unwrap() {
        let samples = row["samples"].as_array().unwrap().len();
        assert_eq!(samples > 0, row["workload"] == "max", "{row}");
    }
}

#[test]
fn doctor_and_defaults_know_what_a_shell_allows() {
    let here = tempfile::tempdir().unwrap();
    let script = "ulimit -v 4000000; exec \"$0\" doctor --no-noise";
    let output = shell(script, here.path());
    ends(&output, 0);
    let printed = text(&output.stdout);
    assert!(printed.contains("3906 MiB for this process"), "{printed}");
    let script = "ulimit -v 4000000; exec \"$0\" run max --items 10 \
                  --models sequential,mutex --rounds 1 -o a.json";
    ends(&shell(script, here.path()), 0);
    let text = fs::read_to_string(here.path().join("a.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["machine"]["memory_limit"], 4_000_000u64 * 1024);
}

/// Where control groups of version 1 are made.
const GROUPS: &str = "/sys/fs/cgroup/memory";

#[test]
fn doctor_and_results_know_a_control_group() {
    let name = format!("lanes-cli-test-{}", std::process::id());
    let group = Path::new(GROUPS).join(name);
    if fs::create_dir(&group).is_err() {
        eprintln!("skipped: no control group can be made in {GROUPS}");
        return;
    }
    let limit = (512u64 << 20).to_string();
    let limited = fs::write(group.join("memory.limit_in_bytes"), limit);
    let here = tempfile::tempdir().unwrap();
    let join = format!("echo $$ >{}/cgroup.procs; ", group.display());
    let doctor = join.clone() + "exec \"$0\" doctor --no-noise";
    let doctor = shell(&doctor, here.path());
    let run = "exec \"$0\" run max --items 10 --models sequential,threads \
               --rounds 1 -o a.json";
    let run = shell(&(join.clone() + run), here.path());
    // An input that does not fit is refused, and not killed.
    let large = "exec \"$0\" run max --items 100000000 --rounds 1 \
                 --models sequential,threads -o b.json";
    let large = shell(&(join + large), here.path());
    let _ = fs::remove_dir(&group);
    if limited.is_err() {
        eprintln!("skipped: {GROUPS} takes no limits");
        return;
    }
    ends(&doctor, 0);
    let printed = text(&doctor.stdout);
    assert!(printed.contains("512 MiB for this process"), "{printed}");
    assert!(printed.contains("full sizes may be refused"), "{printed}");
    ends(&run, 0);
    let text = fs::read_to_string(here.path().join("a.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["machine"]["memory_limit"], 512u64 << 20);
    let errors = ends(&large, 2);
    assert!(errors.contains("Cannot allocate memory"), "{errors}");
}

#[test]
fn a_file_beyond_the_limit_is_an_error_and_nothing_stays() {
    let here = tempfile::tempdir().unwrap();
    let script = "ulimit -f 1; TMPDIR=$PWD exec \"$0\" run max fib --items 10 \
                  --models sequential,threads --rounds 3 -o a.json";
    let output = shell(script, here.path());
    let errors = ends(&output, 1);
    assert!(errors.contains("File too large"), "{errors}");
    assert!(errors.contains("a.json"), "{errors}");
    let left = fs::read_dir(here.path()).unwrap().count();
    assert_eq!(left, 0, "{errors}");
}
