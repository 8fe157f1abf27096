//! The source tree of this repository, and trees that are made up, cut into
//! parts.

use lanes_source::{Piece, Sibling, Source, WorkloadSource};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Models that have every workload.
const COMPLETE: [&str; 7] = [
    "sequential",
    "threads",
    "crossbeam",
    "rayon",
    "tokio",
    "async-std",
    "smol",
];

const OTHERS: [&str; 3] = ["mutex", "gil", "processes"];

const PYTHON: [&str; 7] = [
    "python-sequential",
    "python-threads",
    "python-thread-pool",
    "python-process-pool",
    "python-asyncio",
    "python-subinterpreters",
    "python-interpreter-pool",
];

const HEADER: [&str; 4] = ["share", "start", "wait", "join"];

/// The workloads: a complete model has a file for each.
static WORKLOADS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = root().join("crates/sequential/src").read_dir().unwrap();
    let names = files.map(|file| file.unwrap().file_name());
    let names = names.filter_map(|name| {
        let name = name.to_str().unwrap().strip_suffix(".rs")?.to_owned();
        (name != "lib").then_some(name)
    });
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
});

fn models() -> Vec<(&'static str, &'static str)> {
    let mut models: Vec<_> =
        COMPLETE.iter().chain(&OTHERS).map(|name| (*name, *name)).collect();
    models.push(("processes-shared", "processes"));
    models.extend(PYTHON.iter().map(|name| (*name, "python")));
    models.push(("python-asyncio@3.13", "python"));
    models
}

fn read(models: &[(&str, &str)]) -> Source {
    let workloads: Vec<&str> = WORKLOADS.iter().map(String::as_str).collect();
    Source::read(&root(), &workloads, models).expect("a tree")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

static TREE: LazyLock<Source> = LazyLock::new(|| read(&models()));

fn found(name: &str) -> &'static WorkloadSource {
    let mut workloads = TREE.workloads.iter();
    workloads.find(|found| found.workload == name).expect("a workload")
}

fn sibling(workload: &str, model: &str) -> &'static Sibling {
    let mut siblings = found(workload).siblings.iter();
    let own = |sibling: &&Sibling| sibling.models.iter().any(|m| m == model);
    siblings.find(own).expect("a sibling")
}

fn piece<'a>(sibling: &'a Sibling, key: &str) -> &'a Piece {
    let mut parts = sibling.parts.iter();
    parts.find(|part| part.key == key).unwrap_or_else(|| {
        panic!("{} has no {key}: {:?}", sibling.path, keys(sibling))
    })
}

fn keys(sibling: &Sibling) -> Vec<&str> {
    sibling.parts.iter().map(|part| part.key.as_str()).collect()
}

/// The text of a line of HTML; spans must be as they are said to be.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut open = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        let (tag, behind) = rest[at..].split_once('>').expect("a tag");
        match tag.strip_prefix("<i class=") {
            Some(class) => {
                assert!("kcsntfa".contains(class) && class.len() == 1);
                assert!(!open, "nested: {html}");
            }
            None => assert!(tag == "</i" && open, "{html}"),
        }
        open = !open;
        rest = behind;
    }
    assert!(!open, "left open: {html}");
    text += rest;
    assert!(!text.contains('>'), "{html}");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn the_tree_has_every_workload_and_every_model() {
    assert_eq!(TREE.workloads.len(), WORKLOADS.len());
    for found in &TREE.workloads {
        for model in COMPLETE {
            let file = format!("crates/{model}/src/{}.rs", found.workload);
            assert_eq!(sibling(&found.workload, model).path, file);
        }
    }
    let found = TREE.models.iter().map(|found| found.model.as_str());
    let expected = models().into_iter().map(|(model, _)| model);
    assert!(found.eq(expected));
    let shared = &sibling("fetch", "processes").models;
    assert_eq!(shared[..], ["processes", "processes-shared"]);
    let shared = &sibling("fetch", "python-asyncio").models;
    assert_eq!(shared[..], ["python-asyncio", "python-asyncio@3.13"]);
}

#[test]
fn every_line_of_a_file_is_in_one_part() {
    for sibling in TREE.workloads.iter().flat_map(|found| &found.siblings) {
        let file = fs::read_to_string(root().join(&sibling.path)).unwrap();
        let lines: Vec<_> = file.lines().collect();
        let mut covered = vec![0; lines.len()];
        for part in &sibling.parts {
            assert!(!part.lines.is_empty());
            for (index, html) in part.lines.iter().enumerate() {
                let row = part.first - 1 + index;
                covered[row] += 1;
                assert_eq!(text(html), lines[row], "{}", sibling.path);
            }
        }
        for (row, line) in lines.iter().enumerate() {
            let least = sibling.language == "rust" && !line.trim().is_empty();
            let (least, place) = (usize::from(least), row + 1);
            assert!(
                (least..=1).contains(&covered[row]),
                "{}:{place}: {} times",
                sibling.path,
                covered[row],
            );
        }
    }
}

#[test]
fn every_sibling_has_the_parts_that_all_have() {
    for found in &TREE.workloads {
        for sibling in &found.siblings {
            let keys = keys(sibling);
            let rust = sibling.language == "rust";
            let mut expected = vec!["title"];
            expected.extend(HEADER);
            expected.push("imports");
            let fit = keys.get(6) == Some(&"fit");
            assert!(fit || !rust, "{keys:?}");
            expected.extend(fit.then_some("fit"));
            expected.push("run");
            assert_eq!(
                keys[..expected.len()],
                expected,
                "{} {:?}",
                sibling.path,
                sibling.models
            );
            let apart: HashSet<_> = keys.iter().collect();
            assert_eq!(apart.len(), keys.len(), "{keys:?}");
            let run = piece(sibling, "run").lines.concat();
            let begin = if rust { "fn run" } else { &*found.workload };
            assert!(text(&run).contains(begin), "{run}");
            assert!((2..100).contains(&sibling.lines_of_code));
        }
    }
}

#[test]
fn parts_are_named_by_what_they_are() {
    let event = sibling("event", "processes");
    assert_eq!(
        keys(event)[8..],
        [
            "struct Seat",
            "struct Play",
            "function!(…)",
            "impl Function for Play",
            "const ROOM",
            "fn send",
            "fn take"
        ]
    );
    let seat = piece(event, "struct Seat");
    assert!(text(&seat.lines[0]).starts_with("/// What a player gets"));
    assert_eq!(text(seat.lines.last().unwrap()), "}");
    let fit = piece(event, "fit");
    assert!(text(&fit.lines[0]).starts_with("impl<T: Transport> Run<Event>"));
    assert!(fit.lines.iter().any(|line| text(line).contains("Fit::")));
    assert_eq!(text(piece(event, "run").lines.last().unwrap()), "}");
    let slot = sibling("event", "mutex");
    let below = ["fn play", "fn look", "struct Slot", "impl Slot"];
    assert_eq!(keys(slot)[8..], below);
    let derive = "<i class=a>#[derive(Default)]</i>";
    let mut lines = piece(slot, "struct Slot").lines.iter();
    assert!(lines.any(|line| line == derive));
}

#[test]
fn python_is_cut_like_rust() {
    let made = Made::new("python");
    let model = concat!(
        "import threading\n",
        "from itertools import chain\n",
        "\n",
        "from ..kernels import largest, top\n",
        "from .. import tasks\n",
        "from ..fit import natural, unsuitable\n",
        "\n",
        "# Too many.\n",
        "MOST = 7\n",
        "WHY = 'they take turns'\n",
        "\n",
        "class Threads:\n",
        "    \"\"\"python-threads: a thread for each task.\n",
        "\n",
        "    - share: nothing\n",
        "    \"\"\"\n",
        "    def __init__(self):\n",
        "        self.all = []\n",
        "\n",
        "    # Why it does not fit.\n",
        "    @unsuitable(WHY)\n",
        "    def fetch(self, job):\n",
        "        # Each on its own.\n",
        "        start = [tasks.start(largest, n) for n in range(MOST)]\n",
        "        return top(self.joined(start), threading.Lock())\n",
        "\n",
        "    @natural('reason')\n",
        "    def max(self, job):\n",
        "        return own(chain(job))\n",
        "\n",
        "    def joined(self, all):\n",
        "        return own(all)\n",
        "\n",
        "    def close(self):\n",
        "        pass\n",
        "\n",
        "def own(top):\n",
        "    return other(top)\n",
        "\n",
        "def other(a):\n",
        "    return a\n",
        "\n",
        "def unused():\n",
        "    pass\n",
    );
    let folder = "crates/python/worker";
    made.write(&format!("{folder}/lanes/models/threads.py"), model);
    let kernels = "def top(of):\n    return inner(of)\n\n\
                   def inner(of):\n    pass\n\n\
                   def largest(n):\n    return n\n";
    made.write(&format!("{folder}/lanes/kernels.py"), kernels);
    let tasks = "# Starts.\ndef start(work):\n    pass\n";
    made.write(&format!("{folder}/lanes/tasks.py"), tasks);
    let found = made.read(&["fetch"], &[("python-threads@3.14", "python")]);
    let WorkloadSource { siblings, beside, .. } = &found.workloads[0];
    let own = &siblings[0];
    assert_eq!(own.path, format!("{folder}/lanes/models/threads.py"));
    assert_eq!(
        keys(own),
        [
            "title",
            "share",
            "imports",
            "fit",
            "run",
            "method joined",
            "MOST",
            "WHY",
            "def own",
            "def other"
        ]
    );
    let lines = |key: &str| {
        let piece = piece(own, key);
        let lines = piece.lines.iter().map(|line| text(line));
        (piece.first, lines.collect::<Vec<_>>())
    };
    let (first, fit) = lines("fit");
    assert_eq!(first, 20);
    assert_eq!(fit, ["    # Why it does not fit.", "    @unsuitable(WHY)"]);
    let (first, run) = lines("run");
    assert_eq!((first, run.len()), (22, 4));
    assert_eq!(run[0], "    def fetch(self, job):");
    assert_eq!(
        lines("MOST"),
        (8, vec!["# Too many.".into(), "MOST = 7".into()])
    );
    assert_eq!(lines("imports").1.len(), 6);
    // Of the method: three lines; of the one that it calls: two.
    assert_eq!(own.lines_of_code, 5);
    let imports =
        ["threading", "..kernels.largest", "..kernels.top", "..tasks"];
    assert_eq!(own.imports, imports);
    let beside: Vec<_> = beside
        .iter()
        .map(|excerpt| (&*excerpt.title, excerpt.first, excerpt.lines.len()))
        .collect();
    assert_eq!(
        beside,
        [
            ("definition", 1, 1),
            ("def top in Python", 1, 2),
            ("def largest in Python", 7, 2),
            ("def start in Python", 1, 3),
        ]
    );
    let model = &found.models[0];
    assert_eq!(model.about, "python-threads: a thread for each task.");
    let titles = model.excerpts.iter().map(|excerpt| &*excerpt.title);
    let shared = "shared by its siblings";
    // `max` is no workload here, so that it counts as shared.
    assert_eq!(
        titles.collect::<Vec<_>>(),
        ["start", shared, shared, "stop", shared, shared]
    );
}

#[test]
fn imports_show_what_the_library_gives() {
    let made = Made::new("imports");
    let text = "//! a\n\nuse lanes_core::{Error, Job};\n\
                use rayon::prelude::*;\n\
                use std::sync::{\n    Arc, Mutex,\n};\n\
                use crate::Pool;\n\nfn a() {}\n";
    made.write("crates/a/src/fetch.rs", text);
    let found = made.read(&["fetch"], &[("a", "a")]);
    let imports = &found.workloads[0].siblings[0].imports;
    let expected =
        ["rayon::prelude::*", "std::sync::{Arc, Mutex}", "crate::Pool"];
    assert_eq!(imports[..], expected);
}

#[test]
fn a_fit_is_a_constant_or_a_function() {
    let made = Made::new("fit");
    for (model, fit) in [
        ("a", "    const FIT: Fit = Fit::Natural(\n        \"a\",\n    );\n"),
        (
            "b",
            "    fn fit(&self) -> Fit {\n        Fit::Natural(\"b\")\n    }\n",
        ),
    ] {
        let text = format!(
            "impl Run<Fetch> for Model {{\n{fit}\n    fn run(&self) {{}}\n}}\n"
        );
        made.write(&format!("crates/{model}/src/fetch.rs"), text);
        made.write(
            &format!("crates/{model}/src/lib.rs"),
            "lanes_core::cells! { Model: fetch::Fetch }\n\nstruct Model;\n",
        );
    }
    let found = made.read(&["fetch"], &[("a", "a"), ("b", "b")]);
    for sibling in &found.workloads[0].siblings {
        assert_eq!(keys(sibling), ["fit", "run"]);
        assert_eq!(piece(sibling, "fit").lines.len(), 4);
        assert_eq!(piece(sibling, "run").lines.len(), 2);
    }
    for model in &found.models {
        let lines = model.excerpts.iter().map(|excerpt| &excerpt.lines[0]);
        let lines: Vec<_> = lines.map(|line| self::text(line)).collect();
        assert_eq!(lines, ["struct Model;"]);
    }
}

#[test]
fn the_definition_and_the_kernels_stand_beside() {
    let titles = |name: &str| -> Vec<&str> {
        let titles = found(name).beside.iter().map(|e| e.title.as_str());
        titles.filter(|title| !title.ends_with(" in Python")).collect()
    };
    assert_eq!(titles("max"), ["definition", "kernel max"]);
    assert_eq!(titles("double"), ["definition", "kernel double"]);
    assert_eq!(titles("join"), ["definition", "kernel max", "kernel double"]);
    assert_eq!(titles("fetch"), ["definition", "kernel decode_max"]);
    // Its kernel lies in the file of the definition.
    assert_eq!(titles("read"), ["definition"]);
    let expected = ["definition", "kernel churn", "kernel decode_max"];
    assert_eq!(titles("subtasks"), expected);
    assert_eq!(titles("spawn"), ["definition"]);
    let [definition, kernel, ..] = &found("fetch").beside[..] else { panic!() };
    assert_eq!(definition.first, 1);
    let lines: Vec<_> = definition.lines.iter().map(|l| text(l)).collect();
    assert!(lines.contains(&"pub struct Fetch {".to_owned()));
    assert!(!lines.iter().any(|line| line.contains("cfg(test)")));
    assert_eq!(lines.last().unwrap(), "}");
    assert!(text(&kernel.lines[0]).starts_with("/// The largest of the"));
    assert!(text(&kernel.lines[1]).contains("#[inline(never)]"));
}

#[test]
fn models_show_how_they_start_and_stop() {
    let model = |name: &str| {
        let mut models = TREE.models.iter();
        models.find(|found| found.model == name).expect("a model")
    };
    let titles = |name: &str| -> Vec<&str> {
        let excerpts = model(name).excerpts.iter();
        excerpts.map(|excerpt| excerpt.title.as_str()).collect()
    };
    for name in ["rayon", "smol", "python-threads", "python-asyncio"] {
        let titles = titles(name);
        for title in ["start", "stop"] {
            let found = titles.iter().filter(|found| **found == title);
            assert_eq!(found.count(), 1, "{name}: {titles:?}");
        }
    }
    assert!(titles("tokio").contains(&"start"));
    assert!(titles("rayon").contains(&"shared by its siblings"));
    assert_eq!(
        model("sequential").about,
        "The yardstick: every workload on the caller's thread, one step after \
         the other."
    );
    assert_eq!(
        model("python-asyncio").about,
        "python-asyncio: coroutines in one event loop."
    );
    let excerpt = |name: &str, title: &str| {
        let mut excerpts = model(name).excerpts.iter();
        excerpts.find(|excerpt| excerpt.title == title).unwrap()
    };
    let start = excerpt("rayon", "start");
    assert_eq!(text(&start.lines[0]), "impl Model for Rayon {");
    let stop = excerpt("rayon", "stop").lines.iter();
    assert!(stop.map(|l| text(l)).any(|l| l == "impl Drop for Rayon {"));
    for excerpt in TREE.models.iter().flat_map(|found| &found.excerpts) {
        let file = fs::read_to_string(root().join(&excerpt.path)).unwrap();
        let lines = file.lines().skip(excerpt.first - 1);
        for (html, line) in excerpt.lines.iter().zip(lines) {
            assert_eq!(text(html), line);
            assert!(!line.starts_with("mod tests"), "{}", excerpt.path);
        }
    }
}

/// A made-up tree, which goes when it is dropped.
struct Made(PathBuf);

impl Made {
    fn new(name: &str) -> Self {
        let id = std::process::id();
        let folder = format!("lanes-source-{id}-{name}");
        let made = Self(std::env::temp_dir().join(folder));
        made.write("crates/core/src/workload/fetch.rs", "//! `fetch`.\n");
        made
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, workloads: &[&str], models: &[(&str, &str)]) -> Source {
        Source::read(&self.0, workloads, models).unwrap()
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_folder_that_is_no_tree_is_an_error_of_one_sentence() {
    let folder = std::env::temp_dir().join("lanes-no-such-folder");
    let why = Source::read(&folder, &["max"], &models()).unwrap_err();
    assert!(why.contains("crates/core/src/workload"), "{why}");
    assert!(!why.contains('\n'));
}

#[test]
fn names_that_lead_elsewhere_are_not_followed() {
    let made = Made::new("names");
    made.write("secret.rs", "fn secret() {}\n");
    made.write("crates/tokio/src/fetch.rs", "fn fetch() {}\n");
    made.write("src/fetch.rs", "fn secret() {}\n");
    made.write("src/lib.rs", "fn secret() {}\n");
    let found = made.read(
        &["fetch", "../../../secret", "/etc/passwd", "", "a/b", "<b>", "\0"],
        &[
            ("a", ".."),
            ("b", "../crates/tokio"),
            ("c", "/"),
            ("d", ""),
            ("e", "tokio\0"),
            ("<script>", "tokio"),
        ],
    );
    assert_eq!(found.workloads.len(), 1);
    let siblings = &found.workloads[0].siblings;
    assert_eq!(siblings.len(), 1);
    assert_eq!(siblings[0].models, ["<script>"]);
    assert_eq!(found.models, []);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_crates() {
    use std::os::unix::fs::symlink;
    let made = Made::new("links");
    made.write("crates/tokio/src/max.rs", "fn max() {}\n");
    made.write("outside.rs", "fn secret() {}\n");
    let source = made.0.join("crates/tokio/src");
    symlink("../../../outside.rs", source.join("fetch.rs")).unwrap();
    symlink("max.rs", source.join("double.rs")).unwrap();
    // Reading what never ends would never end.
    symlink("/dev/zero", source.join("fib.rs")).unwrap();
    let names = ["fetch", "max", "double", "fib"];
    let found = made.read(&names, &[("tokio", "tokio")]);
    let count = |name: &str| {
        let mut workloads = found.workloads.iter();
        let found = workloads.find(|found| found.workload == name);
        found.map(|found| found.siblings.len())
    };
    assert_eq!(names.map(count), [Some(0), Some(1), Some(1), None]);
}

#[test]
fn what_is_no_source_is_shown_as_text_or_left_out() {
    let made = Made::new("broken");
    let script = "fn a( { </li><script>alert(\"&\")</script>\n\0\u{202E}\n";
    made.write("crates/a/src/fetch.rs", script);
    made.write("crates/b/src/fetch.rs", b"fn b() {} // \xff\n");
    made.write("crates/c/src/fetch.rs", "// c\n".repeat(300_000));
    made.write("crates/d/src/fetch.rs", "");
    made.write("crates/e/src/fetch.rs", "//! e\r\n\r\nfn e() {}\r\n");
    made.write("crates/a/src/lib.rs", script);
    made.write("crates/python/src/worker.py", "class :\n  \"\"\"p: x\"\"\"\n");
    made.write("crates/core/src/kernel.rs", script);
    let models = ["a", "b", "c", "d", "e", "f"].map(|name| (name, name));
    let models = [models.as_slice(), &[("p", "python")]].concat();
    let found = made.read(&["fetch"], &models);
    let siblings = &found.workloads[0].siblings;
    let names: Vec<_> = siblings.iter().map(|of| &*of.models[0]).collect();
    assert_eq!(names, ["a", "d", "e"]);
    assert_eq!(keys(&siblings[0]), ["source"]);
    assert_eq!(
        siblings[0].parts[0].lines,
        [
            "fn a( { &lt;/li&gt;&lt;script&gt;alert(\"&amp;\")&lt;/script&gt;",
            "\u{FFFD}\u{FFFD}",
        ]
    );
    assert_eq!(keys(&siblings[1]), [""; 0]);
    assert_eq!(keys(&siblings[2]), ["title", "fn e"]);
    assert_eq!(text(&siblings[2].parts[1].lines[0]), "fn e() {}");
    assert_eq!(found.models.len(), 1);
    assert_eq!(found.models[0].excerpts[0].title, "source");
}

#[test]
fn names_in_source_come_out_escaped() {
    let made = Made::new("escaped");
    let text = "//! <b>.\n//! - <i>: x\n//! - share: <script>\n\n\
                impl Run<A<'<'>> for B { fn run() { \"</i>\"; } }\n";
    made.write("crates/a/src/fetch.rs", text);
    let module = "class A:\n    \"\"\"p: <script>\n    - share: <b>\n    \
                  \"\"\"\n    def fetch(self):\n        return \"<img>\"\n";
    made.write("crates/python/src/worker.py", module);
    let found = made.read(&["fetch"], &[("a", "a"), ("p", "python")]);
    let siblings = &found.workloads[0].siblings;
    assert_eq!(siblings.len(), 2);
    for part in siblings.iter().flat_map(|sibling| &sibling.parts) {
        for html in &part.lines {
            // Fails for any tag but the spans.
            self::text(html);
        }
    }
    assert_eq!(keys(&siblings[1]), ["title", "share", "run"]);
}

#[test]
fn deep_and_odd_source_ends_no_process() {
    let made = Made::new("deep");
    let deep = 60_000;
    let cases = [
        format!("fn a() {{ {}1{}; }}", "(".repeat(deep), ")".repeat(deep)),
        format!("use {}b{};", "a::{".repeat(deep), "}".repeat(deep)),
        format!("use {}b;", "a::".repeat(deep)),
        format!("fn a() {{ b{}; }}", ".c()".repeat(deep)),
        "fn a() { ".repeat(deep / 4) + &"}".repeat(deep / 4),
        "impl Run<A> for B {}\n".repeat(3) + "x!(); // y\n// z\n",
    ];
    for (index, text) in cases.iter().enumerate() {
        made.write(&format!("crates/m{index}/src/fetch.rs"), text);
        made.write(&format!("crates/m{index}/src/lib.rs"), text);
    }
    let nested =
        "class A:\n    \"\"\"p: x\"\"\"\n    def fetch(self):\n        ";
    let nested = format!("{nested}{}1{}\n", "(".repeat(deep), ")".repeat(deep));
    made.write("crates/python/src/worker.py", nested);
    let names: Vec<_> = (0..cases.len()).map(|i| format!("m{i}")).collect();
    let mut models: Vec<_> = names.iter().map(|n| (&**n, &**n)).collect();
    models.push(("p", "python"));
    let found = made.read(&["fetch"], &models);
    let siblings = &found.workloads[0].siblings;
    // No class is found in what nests so deeply.
    assert_eq!(siblings.len(), cases.len());
    for (sibling, text) in siblings.iter().zip(&cases) {
        let shown: usize = sibling.parts.iter().map(|of| of.lines.len()).sum();
        assert_eq!(shown, text.lines().count(), "{}", sibling.path);
    }
    let last = &siblings[cases.len() - 1];
    let impls = ["impl Run for B", "impl Run for B 2", "impl Run for B 3"];
    assert_eq!(keys(last)[..3], impls);
    assert_eq!(keys(last)[3..], ["x!(…)"]);
}

#[test]
fn the_commit_is_that_of_the_tree_alone() {
    let made = Made::new("commit");
    let found = made.read(&["fetch"], &[]);
    assert_eq!((found.commit, found.dirty), (None, false));
    if let Some(commit) = &TREE.commit {
        assert!(commit.len() >= 40, "{commit}");
        assert!(commit.chars().all(|c| c.is_ascii_hexdigit()));
    }
}

#[test]
fn a_folder_that_leads_elsewhere_has_no_source() {
    let made = Made::new("elsewhere");
    made.write("crates/chili/src/fetch.rs", "//! a\n\nfn a() {}\n");
    made.write("elsewhere/src/fetch.rs", "fn secret() {}\n");
    let models = [
        ("chili", "chili"),
        ("a", ".."),
        ("b", "../elsewhere"),
        ("c", "./elsewhere"),
        ("d", "/elsewhere"),
    ];
    let found = made.read(&["fetch"], &models);
    let siblings = &found.workloads[0].siblings;
    assert_eq!(siblings.len(), 1);
    assert_eq!(siblings[0].path, "crates/chili/src/fetch.rs");
}
