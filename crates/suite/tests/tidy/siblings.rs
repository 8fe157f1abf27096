//! What makes siblings comparable: every model's file of a workload has the
//! same header and the same order, and none is too long to be read beside
//! another.

use crate::repository::{File, Finding, assert_none, files};
use std::collections::BTreeSet;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Ident, Item, Token};

const MOST_LINES: usize = 100;

/// What the lines of a header are about, in this order.
const KEYS: &[&str] = &["share", "start", "wait", "join"];

/// Models whose name is an everyday word.
const WORDS: &[&str] = &["may", "threads"];

/// What a model is made of, where its library has no more than the parts.
const PARTS: &[(&str, &str, &str)] = &[
    ("async-std", "claim.rs", "the threads of its one executor are shared"),
    ("ballista", "cluster.rs", "its processes, which it does not start itself"),
    ("ballista", "desk.rs", "what a process knows of the run it works for"),
    ("ballista", "engine.rs", "its extension point, at which runs are stopped"),
    ("ballista", "executor.rs", "a process of its own, called as a library"),
    ("ballista", "functions.rs", "what its language has no words for"),
    ("ballista", "message.rs", "what a process and the model tell each other"),
    ("ballista", "node.rs", "a process, seen from the model"),
    ("ballista", "pool.rs", "its own executors keep theirs to themselves"),
    ("ballista", "process.rs", "how this program becomes one of them"),
    ("ballista", "query.rs", "a query, which the scheduler has to cancel"),
    ("ballista", "runtime.rs", "what its processes run on"),
    ("ballista", "scheduler.rs", "a process of its own, called as a library"),
    ("ballista", "tables.rs", "its inputs are files"),
    ("ballista", "words.rs", "the words of a text, in its language"),
    ("ballista", "timeouts.rs", "how long it waits for what does not answer"),
    (
        "crossbeam",
        "executor.rs",
        "crossbeam has the parts of a pool, and no pool",
    ),
    (
        "crossbeam",
        "sync.rs",
        "what that pool is made of, exchanged by its tests",
    ),
    ("forkunion", "rest.rs", "its idle threads spin, and others compute then"),
    ("gil", "global_lock.rs", "the lock that the model is about"),
    ("gil", "sync.rs", "what that lock is made of, exchanged by its tests"),
    ("mutex", "sync.rs", "what that lock is made of, exchanged by its tests"),
    ("mutex", "turns.rs", "the lock that the model is about"),
    (
        "orx-parallel",
        "pool.rs",
        "its pools have no more threads than the machine has processors",
    ),
    (
        "processes",
        "executor.rs",
        "the standard library has no pool of processes",
    ),
    ("mpi", "begin.rs", "how this program becomes a rank of a job"),
    ("mpi", "guard.rs", "ends a job whose model has died"),
    ("mpi", "names.rs", "what its processes are called"),
    ("mpi", "program.rs", "every rank runs one, found by its name"),
    ("mpi", "ranges.rs", "a sort by exchange needs to know what goes where"),
    ("mpi", "rank.rs", "a process of its own"),
    ("mpi", "ranks.rs", "collectives that go on where a task has failed"),
    ("mpi", "team.rs", "a job, seen from the model"),
    ("mpi", "wire.rs", "what a rank and the model tell each other"),
    ("timely", "flow.rs", "a dataflow, as each worker builds it"),
    ("timely", "given.rs", "a part that is sent, or that the worker has"),
    ("timely", "member.rs", "its own start waits for ever, and prints"),
    ("timely", "processes.rs", "its workers, as processes"),
    ("timely", "ranges.rs", "a sort by exchange needs to know what goes where"),
    ("timely", "threads.rs", "its workers, as threads"),
];

/// A cell as `cells!` lists it: the file, and the workload in it.
struct Cell {
    file: String,
    workload: String,
    line: usize,
}

/// What stands between the braces of `cells!`.
struct Cells(Vec<Cell>);

impl Parse for Cells {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![impl]) {
            input.parse::<Token![impl]>()?;
            input.parse::<syn::Generics>()?;
        }
        input.parse::<Token![for]>()?;
        input.parse::<syn::Type>()?;
        input.parse::<Token![:]>()?;
        let mut cells = Vec::new();
        while !input.is_empty() {
            let file: Ident = input.parse()?;
            input.parse::<Token![::]>()?;
            let workload: Ident = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            let line = file.span().start().line;
            let (file, workload) = (file.to_string(), workload.to_string());
            cells.push(Cell { file, workload, line });
        }
        Ok(Self(cells))
    }
}

/// The cells that a `lib.rs` lists; none if it is not that of a model.
fn cells(library: &str) -> Option<Vec<Cell>> {
    let file = syn::parse_file(library).ok()?;
    let lists = |item: Item| match item {
        Item::Macro(called) => Some(called.mac),
        _ => None,
    };
    let mut lists = file.items.into_iter().filter_map(lists);
    let list = lists.find(|list| {
        list.path.segments.last().is_some_and(|name| name.ident == "cells")
    })?;
    let cells = list.parse_body::<Cells>();
    Some(cells.unwrap_or_else(|error| panic!("cells!: {error}")).0)
}

/// What is wrong with one sibling, given the names of all models.
fn sibling(
    path: &str,
    cell: &Cell,
    model: &str,
    models: &BTreeSet<String>,
    text: &str,
) -> Vec<Finding> {
    let mut found = header(path, &cell.file, text);
    let lines = text.lines().count();
    if lines > MOST_LINES {
        let what = format!(
            "{lines} lines, at most {MOST_LINES}: move what repeats into the \
             model's lib.rs"
        );
        found.push(Finding::new(path, MOST_LINES + 1, what));
    }
    found.extend(order(path, &cell.workload, text));
    // A model that joins two libraries is named after both, and may use them.
    let own = |word: &str| model == word || model.split('-').any(|w| w == word);
    let spoken = |word: &str| {
        models.contains(word) && !own(word) && !WORDS.contains(&word)
    };
    for (index, line) in text.lines().enumerate() {
        let word = |c: char| !(c.is_alphanumeric() || "_-".contains(c));
        for other in line.split(word).filter(|word| spoken(word)) {
            let what = format!(
                "speaks of {other}: say what this model does, and leave the \
                 comparison to who reads both"
            );
            found.push(Finding::new(path, index + 1, what));
        }
    }
    found
}

fn header(path: &str, workload: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let first = format!("//! `{workload}` ");
    if !text.starts_with(&first) {
        let what = format!("the first line begins with \"{first}\" in each");
        found.push(Finding::new(path, 1, what));
    }
    let header = text.lines().take_while(|line| line.starts_with("//!"));
    let keys = header.clone().filter_map(|line| {
        let (key, said) = line.strip_prefix("//! - ")?.split_once(": ")?;
        (!said.is_empty()).then_some(key)
    });
    let keys: Vec<&str> = keys.collect();
    if keys != KEYS {
        let what = format!(
            "the header has [{}], and in each it has [{}], a line for each",
            keys.join(", "),
            KEYS.join(", ")
        );
        found.push(Finding::new(path, header.count().max(1), what));
    }
    found
}

/// Imports, then the one `impl Run`, then what it needs.
fn order(path: &str, workload: &str, text: &str) -> Vec<Finding> {
    let file = match syn::parse_file(text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().start().line;
            return vec![Finding::new(path, line, error.to_string())];
        }
    };
    let mut found = Vec::new();
    let runs = file.items.iter().filter(|item| run(item).is_some()).count();
    if runs != 1 {
        let what = format!("{runs} impls of Run: each file has one");
        found.push(Finding::new(path, 1, what));
    }
    let mut items = file.items.iter().skip_while(|item| is_import(item));
    if let Some(item) = items.next() {
        let line = item.span().start().line;
        match run(item) {
            Some(found) if found == workload => {}
            Some(other) => {
                let what = format!(
                    "runs {other}, and lib.rs lists {workload} for this file"
                );
                found.push(Finding::new(path, line, what));
            }
            None => {
                let what = "stands before the impl of Run: after the imports \
                            comes the impl, and then its helpers";
                found.push(Finding::new(path, line, what));
            }
        }
    }
    for item in items.filter(|item| is_import(item)) {
        let what = "an import below the impl: imports come first";
        found.push(Finding::new(path, item.span().start().line, what));
    }
    found
}

fn is_import(item: &Item) -> bool {
    matches!(item, Item::Use(_))
}

/// The workload that an item runs, if it is an `impl Run<…>`.
fn run(item: &Item) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let (_, interface, _) = item.trait_.as_ref()?;
    let last = interface.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let syn::GenericArgument::Type(syn::Type::Path(workload)) =
        arguments.args.first()?
    else {
        return None;
    };
    let workload = workload.path.segments.last()?.ident.to_string();
    (last.ident == "Run").then_some(workload)
}

/// What is wrong with the files of one model.
fn model(
    name: &str,
    library: &File,
    sources: &[&File],
    workloads: &BTreeSet<String>,
    models: &BTreeSet<String>,
) -> Vec<Finding> {
    let Some(cells) = cells(&library.text) else { return Vec::new() };
    let folder = library.path.trim_end_matches("lib.rs");
    let below = |file: &&File| file.path[folder.len()..].to_owned();
    let mut found = Vec::new();
    for cell in &cells {
        let own = format!("{}.rs", cell.file);
        match sources.iter().find(|file| below(file) == own) {
            Some(file) => found
                .extend(sibling(&file.path, cell, name, models, &file.text)),
            None => {
                let what = format!("lists {own}, and there is no such file");
                found.push(Finding::new(&library.path, cell.line, what));
            }
        }
        if !workloads.contains(&cell.file) {
            let what = format!(
                "{} is no workload: its siblings have another name",
                cell.file
            );
            found.push(Finding::new(&library.path, cell.line, what));
        }
    }
    for file in sources {
        let own = below(file);
        let listed = |cell: &Cell| own == format!("{}.rs", cell.file);
        let part = |(model, part, _): &(&str, &str, &str)| {
            let inner = format!("{}/", part.trim_end_matches(".rs"));
            *model == name && (own == *part || own.starts_with(&inner))
        };
        // A guest has a program of its own, or several.
        let entry = own == "lib.rs" || own == "main.rs";
        let entry = entry || own.starts_with("bin/");
        if entry || cells.iter().any(listed) {
            continue;
        }
        if !PARTS.iter().any(part) {
            let what = "is no cell of lib.rs: list it there, or name it here \
                        as what the model is made of";
            found.push(Finding::new(&file.path, 1, what));
        }
    }
    found
}

#[test]
fn siblings_are_alike() {
    let files = files(&["rs"]);
    let in_crate = |path: &str| -> Option<(String, String)> {
        let (name, below) = path.split_once("/src/")?;
        let name = name.rsplit('/').next()?;
        Some((name.to_owned(), below.to_owned()))
    };
    let workloads = files.iter().filter_map(|file| {
        let below = file.path.strip_prefix("crates/core/src/workload/")?;
        below.strip_suffix(".rs").map(str::to_owned)
    });
    let workloads: BTreeSet<String> = workloads.collect();
    let libraries = || {
        let libraries = files.iter().filter(|file| {
            file.path.ends_with("/src/lib.rs") && cells(&file.text).is_some()
        });
        libraries.map(|file| (in_crate(&file.path).expect("a crate").0, file))
    };
    let models: BTreeSet<String> = libraries().map(|(name, _)| name).collect();
    assert!(models.contains("threads") && workloads.contains("max"));
    let mut found = Vec::new();
    for (name, library) in libraries() {
        let folder = library.path.trim_end_matches("lib.rs");
        let own = files.iter().filter(|file| file.path.starts_with(folder));
        let own: Vec<&File> = own.collect();
        found.extend(model(&name, library, &own, &workloads, &models));
        let suite = library.path.replace("src/lib.rs", "tests/conformance.rs");
        if !files.iter().any(|file| file.path == suite) {
            let what = "is a model without tests/conformance.rs: add it";
            found.push(Finding::new(&library.path, 1, what));
        }
    }
    assert_none(&found);
}

const GOOD: &str = "//! `max` in a.
//!
//! - share: nothing
//! - start: never
//! - wait: never,
//!   and so on
//! - join: never

use lanes_core::Run;

impl Run<Max> for A {}

fn helper() {}
";

/// What is wrong with such a sibling, and where.
fn wrong(text: &str) -> Vec<(usize, String)> {
    let cell = Cell { file: "max".into(), workload: "Max".into(), line: 1 };
    let models = ["a", "threads", "async-b"].map(str::to_owned);
    let found = sibling("max.rs", &cell, "a", &models.into(), text);
    found.into_iter().map(|found| (found.line, found.what)).collect()
}

#[track_caller]
fn caught(text: &str, line: usize, words: &str) {
    let found = wrong(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == line && found[0].1.contains(words), "{found:?}");
}

#[test]
fn a_good_sibling_passes() {
    assert_eq!(wrong(GOOD), []);
}

#[test]
fn another_header_is_caught() {
    caught(&GOOD.replace("`max`", "`double`"), 1, "first line");
    caught(&GOOD.replace("- wait:", "- waits:"), 7, "share, start, wait");
    caught(&GOOD.replace("//! - start: never\n", ""), 6, "[share, wait, join]");
}

#[test]
fn another_order_is_caught() {
    let first = "fn helper() {}\n\nimpl Run<Max> for A {}\n";
    let swapped =
        GOOD.replace("impl Run<Max> for A {}\n\nfn helper() {}\n", first);
    caught(&swapped, 11, "stands before the impl");
    caught(&format!("{GOOD}use std::fmt;\n"), 14, "imports come first");
    let two = wrong(&format!("{GOOD}impl Run<Max> for B {{}}\n"));
    assert!(two[0].1.contains("2 impls of Run"), "{two:?}");
    caught(&GOOD.replace("Run<Max>", "Run<Double>"), 11, "runs Double");
}

#[test]
fn a_long_sibling_is_caught() {
    let long = format!("{GOOD}{}", "// a\n".repeat(MOST_LINES));
    caught(&long, MOST_LINES + 1, "113 lines");
}

#[test]
fn a_sibling_that_speaks_of_another_is_caught() {
    let speaks = format!("{GOOD}// Not so in threads or in async-b.\n");
    caught(&speaks, 14, "speaks of async-b");
    assert_eq!(wrong(&format!("{GOOD}// a_threads, a async-bs\n")), []);
}

#[test]
fn a_sibling_that_is_named_after_others_may_use_them() {
    let cell = Cell { file: "max".into(), workload: "Max".into(), line: 1 };
    let models = ["a", "b", "c", "a-b"].map(str::to_owned).into();
    let text = format!("{GOOD}// Here b computes where a waits.\n");
    let found = |model| sibling("max.rs", &cell, model, &models, &text).len();
    // The header speaks of a as well.
    assert_eq!((found("a-b"), found("a"), found("c")), (0, 1, 3));
}

#[test]
fn files_and_cells_agree() {
    let file = |path: &str, text: &str| File {
        path: format!("crates/a/src/{path}"),
        text: text.to_owned(),
    };
    let library = "//! A.\n\nlanes_core::cells! { for A:\n    max::Max,\n}\n";
    let listed = file("lib.rs", library);
    let workloads = ["max".to_owned()].into();
    let check = |library: &File, sources: &[&File]| -> Vec<String> {
        let models = ["a".to_owned()].into();
        let found = model("a", library, sources, &workloads, &models);
        found.iter().map(ToString::to_string).collect()
    };
    let (max, extra) = (file("max.rs", GOOD), file("extra.rs", ""));
    assert_eq!(check(&listed, &[&listed, &max]), [""; 0]);
    let missing = check(&listed, &[&listed]);
    assert!(missing[0].starts_with("crates/a/src/lib.rs:4: lists max.rs"));
    let unlisted = check(&listed, &[&listed, &max, &extra]);
    assert!(unlisted[0].starts_with("crates/a/src/extra.rs:1: is no cell"));
    let generic = library.replace("for A:", "impl<T: Kind> for A<T>:");
    let generic = file("lib.rs", &generic.replace("max::Max", "top::Max"));
    let unknown = check(&generic, &[&generic, &max]);
    assert!(unknown.iter().any(|found| found.contains("top is no workload")));
}
