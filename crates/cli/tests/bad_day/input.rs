//! Files that are given to `report`, `rank` and `cmp`, and folders of them.

use super::*;
use serde_json::Value;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

const TIMES: [&str; 3] =
    ["2026-02-03T04:05:06Z", "2026-03-03T04:05:06Z", "2026-04-03T04:05:06Z"];

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A session that says that it began at each of these times.
fn sessions() -> [String; 3] {
    let folder = tempfile::tempdir().unwrap();
    let mut session = json(&session(&folder, "a.json"));
    TIMES.map(|time| {
        session["begun"] = time.into();
        session.to_string()
    })
}

/// The first page of a folder or a file, and what was said.
fn report(input: &Path) -> (String, String) {
    let out = tempfile::tempdir().unwrap();
    let page = out.path().join("index.html");
    let mut command = lanes(&["report"]);
    command.arg(input).arg("--output").arg(out.path());
    let output = command.output().unwrap();
    let errors = ends(&output, 0);
    (fs::read_to_string(page).unwrap(), errors)
}

/// What a script of bash says in which `$0` is the command.
fn bash(script: &str, here: &Path) -> String {
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_lanes")])
        .current_dir(here)
        .output();
    ends(&output.unwrap(), 0)
}

#[test]
fn a_file_is_what_it_says_in_any_order_encoding_and_from_a_pipe() {
    let [text, ..] = sessions();
    let value: Value = serde_json::from_str(&text).unwrap();
    // Sorted keys, of which `schema` is one of the last, and many spaces.
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
    let forms: [Vec<u8>; 4] = [
        text.clone().into_bytes(),
        format!("\n\n{}{pretty}", " ".repeat(5000)).into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        [0xff, 0xfe].into_iter().chain(wide).collect(),
    ];
    for form in forms {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        // A name says nothing.
        fs::write(here.join("of yesterday.txt"), &form).unwrap();
        for input in [here.join("of yesterday.txt"), here.to_owned()] {
            assert!(report(&input).0.contains(TIMES[0]));
        }
        bash("exec \"$0\" rank <(cat of*)", here);
        let said = bash("exec \"$0\" cmp <(cat of*) <(cat of*)", here);
        assert!(said.contains("are of one session"), "{said}");
        bash("exec \"$0\" report <(cat of*) -o site", here);
        let page = here.join("site/index.html");
        let page = fs::read_to_string(page).unwrap();
        assert!(page.contains(TIMES[0]));
    }
}

#[test]
fn the_newest_is_the_one_that_began_last() {
    let [old, middle, new] = sessions();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("b.json"), &new).unwrap();
    let offset = new.replace(TIMES[2], "2026-04-03T05:00:00+02:00");
    // Written last, and the greatest as texts; both began before.
    fs::write(here.join("z.json"), &middle).unwrap();
    fs::write(here.join("y.json"), offset).unwrap();
    fs::write(here.join("a.json"), &old).unwrap();
    let undated = new.replace(TIMES[2], "z");
    fs::write(here.join("x.json"), undated).unwrap();
    let (page, _) = report(here);
    assert!(page.contains(TIMES[2]));
    assert!(!page.contains(TIMES[0]) && !page.contains(TIMES[1]));
    // Where the newest cannot be read, the one before it is taken.
    let lying = new.replacen("\"contender\":0", "\"contender\":77", 1);
    assert_ne!(lying, new);
    fs::write(here.join("b.json"), lying).unwrap();
    fs::remove_file(here.join("y.json")).unwrap();
    let (page, errors) = report(here);
    assert!(page.contains(TIMES[1]), "{errors}");
    assert!(errors.contains("left out"), "{errors}");
}

#[test]
fn what_lies_in_a_folder_is_no_trap() {
    let [old, ..] = sessions();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("good.json"), &old).unwrap();
    let odd = ["pipe.json", "socket.json", "dangling.json", "loop.json"];
    fifo(&here.join("pipe.json"));
    let _socket = UnixListener::bind(here.join("socket.json")).unwrap();
    symlink("nowhere", here.join("dangling.json")).unwrap();
    symlink("loop.json", here.join("loop.json")).unwrap();
    symlink("/dev/zero", here.join("zero.json")).unwrap();
    fs::create_dir(here.join("folder.json")).unwrap();
    fs::write(here.join("empty.json"), "").unwrap();
    fs::write(here.join("cut.json"), &old[..old.len() / 2]).unwrap();
    fs::write(here.join("other.json"), "{\"traceEvents\": []}").unwrap();
    fs::write(here.join("picture.svg"), "<svg/>").unwrap();
    fs::write(here.join(".tmpabc"), "{\"schema\": ").unwrap();
    let (page, errors) = report(here);
    assert!(page.contains(TIMES[0]), "{errors}");
    for name in odd.into_iter().chain(["zero", "empty.json", "cut.json"]) {
        let lines = errors.lines().filter(|line| line.contains(name));
        assert_eq!(lines.count(), 1, "{name}: {errors}");
    }
    for name in ["folder.json", "other.json", "picture.svg", ".tmpabc"] {
        assert!(!errors.contains(name), "{name}: {errors}");
    }
}

#[test]
fn what_is_named_and_no_file_is_an_error_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    symlink("nowhere", here.join("dangling")).unwrap();
    symlink("loop", here.join("loop")).unwrap();
    let _socket = UnixListener::bind(here.join("socket")).unwrap();
    fs::write(here.join("empty"), "").unwrap();
    fs::write(here.join("half"), b"\xff\xfe{").unwrap();
    fs::create_dir(here.join("folder")).unwrap();
    for (name, words) in [
        ("none", "No such file"),
        ("dangling", "No such file"),
        ("loop", "Too many levels of symbolic links"),
        ("socket", "No such device or address"),
        ("empty", "not a complete file of lanes"),
        ("half", "not a complete file of lanes"),
        ("folder", "Is a directory"),
        ("/dev/null", "not a complete file of lanes"),
        ("/dev/zero", "more than 512 MiB"),
    ] {
        for command in ["rank", "cmp", "report"] {
            if (command, name) == ("report", "folder") {
                continue;
            }
            let names: &[&str] =
                if command == "cmp" { &[name, name] } else { &[name] };
            let mut command = lanes(&[command]);
            let output = command.args(names).current_dir(here).output();
            let errors = ends(&output.unwrap(), 1);
            assert_eq!(errors.lines().count(), 1, "{errors}");
            assert!(errors.contains(words), "{errors}");
            assert!(errors.contains(name), "{errors}");
        }
    }
}

#[test]
fn of_thousands_of_files_the_newest_is_found() {
    let [old, _, new] = sessions();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        let name = folder.path().join(format!("{number}.json"));
        let text = if number == 1234 { &new } else { &old };
        fs::write(name, text).unwrap();
    }
    let (page, errors) = report(folder.path());
    assert!(page.contains(TIMES[2]) && !page.contains(TIMES[0]), "{errors}");
}
