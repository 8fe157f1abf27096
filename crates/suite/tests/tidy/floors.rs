//! The floors of the house: a crate uses only what lies below it.

use crate::repository::{Finding, assert_none, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a crate is, by which it is decided what it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The floor of the house with this number; a crate uses lower ones.
    Floor(usize),
    /// A model of the house: core and the libraries that it compares.
    Model,
    /// The tests that every model passes: a model uses them in its tests.
    Conformance,
    /// A worker of its own, which stands beside the models.
    Guest,
    /// What measures the house from outside: nothing uses it.
    Outside,
    /// Not listed.
    Unknown,
}

/// The floors, from the lowest to the highest. Those of one floor do not use
/// each other. The models have a floor of their own, between core and suite.
const FLOORS: &[&[&str]] = &[
    &["lanes-core", "lanes-watchdog"],
    &["lanes-conformance"],
    &["lanes-suite"],
    &["lanes-measure"],
    // How workers in Python are found.
    &["lanes-python"],
    &[
        "lanes-claims",
        "lanes-plain",
        "lanes-source",
        "lanes-timeline",
        "lanes-traps",
    ],
    &["lanes-report"],
    &["lanes"],
];
const MODELS: usize = 1;
const MEASURE: usize = 3;
const OUTSIDE: &[&str] = &["lanes-benches", "lanes-fuzz"];

/// A crate of this workspace, and what it uses of it.
struct Crate {
    name: String,
    manifest: String,
    is_default: bool,
    has_cells: bool,
    uses: Vec<Use>,
}

struct Use {
    name: String,
    in_tests: bool,
    line: usize,
}

impl Crate {
    fn place(&self) -> Place {
        let name = self.name.as_str();
        if !self.is_default {
            Place::Guest
        } else if self.has_cells {
            Place::Model
        } else if name == "lanes-conformance" {
            Place::Conformance
        } else if OUTSIDE.contains(&name) {
            Place::Outside
        } else {
            let floor = FLOORS.iter().position(|floor| floor.contains(&name));
            floor.map_or(Place::Unknown, Place::Floor)
        }
    }
}

impl Place {
    /// The floor that this stands on.
    fn height(self) -> usize {
        match self {
            Self::Floor(floor) => floor,
            Self::Model | Self::Conformance => MODELS,
            Self::Guest => MEASURE + 1,
            Self::Outside | Self::Unknown => FLOORS.len(),
        }
    }

    /// Why this may not use the other, if it may not.
    fn objects(self, other: Self, in_tests: bool) -> Option<&'static str> {
        match (self, other) {
            (_, Self::Guest) => Some("nothing depends on a guest"),
            (_, Self::Outside) => Some("nothing depends on what measures"),
            (Self::Model, Self::Floor(0)) => None,
            (Self::Model, Self::Conformance) if in_tests => None,
            (Self::Model, _) => Some("a model uses core and libraries only"),
            (_, Self::Conformance) if in_tests => None,
            (Self::Guest, Self::Conformance) => None,
            _ if other.height() < self.height() => None,
            _ => Some("it does not lie below"),
        }
    }
}

fn breaches(crates: &[Crate]) -> Vec<Finding> {
    let places: BTreeMap<&str, Place> =
        crates.iter().map(|c| (c.name.as_str(), c.place())).collect();
    let mut found = Vec::new();
    for user in crates {
        let place = user.place();
        if place == Place::Unknown {
            let what = format!("{} has no floor: give it one", user.name);
            found.push(Finding::new(&user.manifest, 1, what));
        }
        for used in &user.uses {
            let Some(other) = places.get(used.name.as_str()) else { continue };
            if let Some(why) = place.objects(*other, used.in_tests) {
                let what = format!(
                    "{} uses {}, and {why}: turn the arrow round, or move \
                     what it needs down",
                    user.name, used.name
                );
                found.push(Finding::new(&user.manifest, used.line, what));
            }
        }
    }
    found
}

/// The crates of this workspace, from what cargo says of it.
fn crates() -> Vec<Crate> {
    let arguments =
        ["metadata", "--no-deps", "--offline", "--locked", "--format-version"];
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(arguments).arg("1").current_dir(root());
    let output = cargo.output().expect("cargo, which runs this test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let strings = |value: &Value| -> BTreeSet<String> {
        let values = value.as_array().into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let default = strings(&metadata["workspace_default_members"]);
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let read = |package: &Value| {
        let manifest = text(&package["manifest_path"]);
        let written = fs::read_to_string(&manifest).expect("a manifest");
        let dependencies = package["dependencies"].as_array();
        let uses = dependencies.into_iter().flatten().map(|dependency| {
            let name = text(&dependency["name"]);
            let in_tests = dependency["kind"] == "dev";
            let line = written.lines().position(|line| line.starts_with(&name));
            Use { name, in_tests, line: line.map_or(1, |line| line + 1) }
        });
        let folder = Path::new(&manifest).parent().expect("a folder");
        let library = fs::read_to_string(folder.join("src/lib.rs"));
        let below = Path::new(&manifest).strip_prefix(root());
        Crate {
            name: text(&package["name"]),
            manifest: below
                .map_or(manifest.clone(), |p| p.display().to_string()),
            is_default: default.contains(&text(&package["id"])),
            has_cells: library.is_ok_and(|text| text.contains("cells! {")),
            uses: uses.collect(),
        }
    };
    packages.iter().map(read).collect()
}

#[test]
fn crates_use_what_lies_below() {
    let crates = crates();
    assert!(crates.iter().any(|c| c.place() == Place::Model));
    assert!(crates.iter().any(|c| c.name == "lanes-core"));
    assert_none(&breaches(&crates));
}

/// A crate that uses others, in its tests where their names end with a `?`.
fn example(name: &str, uses: &[&str]) -> Crate {
    let uses = uses.iter().enumerate().map(|(index, name)| Use {
        name: name.trim_end_matches('?').to_owned(),
        in_tests: name.ends_with('?'),
        line: index + 1,
    });
    Crate {
        name: name.to_owned(),
        manifest: format!("{name}/Cargo.toml"),
        is_default: !name.starts_with("guest"),
        has_cells: name.starts_with("model"),
        uses: uses.collect(),
    }
}

/// What is wrong in a house of these crates.
fn wrong(crates: &[(&str, &[&str])]) -> Vec<String> {
    let crates = crates.iter().map(|(name, uses)| example(name, uses));
    let found = breaches(&crates.collect::<Vec<_>>());
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_house_in_order_passes() {
    let order: &[(&str, &[&str])] = &[
        ("lanes-core", &["serde"]),
        ("lanes-conformance", &["lanes-core"]),
        ("model-a", &["lanes-core", "rayon", "lanes-conformance?"]),
        ("lanes-suite", &["lanes-core", "model-a"]),
        ("lanes-measure", &["lanes-core", "lanes-suite"]),
        ("guest-a", &["lanes-core", "lanes-measure", "lanes-conformance?"]),
        ("lanes-claims", &["lanes-measure", "model-a"]),
        ("lanes", &["lanes-claims", "lanes-suite"]),
        ("lanes-benches", &["lanes-measure"]),
    ];
    assert_eq!(wrong(order), [""; 0]);
}

#[test]
fn arrows_that_point_up_or_aside_are_found() {
    let cases: &[(&str, &str, &str)] = &[
        ("lanes-core", "lanes-suite", "does not lie below"),
        ("lanes-suite", "lanes-measure", "does not lie below"),
        ("lanes-claims", "lanes-timeline", "does not lie below"),
        ("lanes-measure", "lanes", "does not lie below"),
        ("model-a", "lanes-suite", "core and libraries only"),
        ("model-a", "model-b", "core and libraries only"),
        ("model-a", "lanes-conformance", "core and libraries only"),
        ("lanes", "guest-a", "nothing depends on a guest"),
        ("guest-a", "guest-b", "nothing depends on a guest"),
        ("guest-a", "lanes-claims", "does not lie below"),
        ("lanes", "lanes-benches", "nothing depends on what measures"),
    ];
    for (user, used, why) in cases {
        let found = wrong(&[(user, &[used]), (used, &[])]);
        assert_eq!(found.len(), 1, "{user} {used}: {found:?}");
        let begin = format!("{user}/Cargo.toml:1: {user} uses {used}, and ");
        assert!(found[0].starts_with(&begin), "{found:?}");
        assert!(found[0].contains(why), "{found:?}");
    }
}

#[test]
fn a_crate_without_a_floor_is_found() {
    let found = wrong(&[("lanes-novelty", &[])]);
    assert!(found[0].contains("lanes-novelty has no floor"), "{found:?}");
}
