//! Whether sessions were measured with the same things.

use lanes_measure::machine::Machine;
use lanes_measure::results::{Build, ContenderResult, Results};
use std::collections::BTreeSet;

/// In what two sessions differ besides their times, a line each: whatever was
/// recorded so that it can be shown. Seeds are made to differ.
pub(crate) fn differences(one: &Results, other: &Results) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(machines(&one.machine, &other.machine));
    lines.extend(libraries(&one.machine.libraries, &other.machine.libraries));
    lines.extend(builds(&one.build, &other.build));
    lines.extend(versions(one, other));
    lines.extend(parameters(one, other));
    lines
}

/// That two machines are compared, or one that lets its processes have another
/// part of it.
fn machines(one: &Machine, other: &Machine) -> Option<String> {
    let mebibytes = |bytes: Option<u64>| match bytes {
        Some(bytes) => format!("{} MiB", bytes >> 20),
        None => "unknown".into(),
    };
    let text = |machine: &Machine| {
        [
            machine.processor.clone(),
            format!("{} cores", machine.cores),
            machine.system.clone(),
            format!("memory {}", mebibytes(machine.memory)),
            match machine.memory_limit {
                Some(limit) => format!("{} allowed", mebibytes(Some(limit))),
                None => "all memory allowed".into(),
            },
        ]
    };
    let both = text(one).into_iter().zip(text(other));
    let differ = both.filter(|(one, other)| one != other);
    let differ: Vec<String> =
        differ.map(|(one, other)| format!("{one} and {other}")).collect();
    let what = differ.join("; ");
    (!what.is_empty()).then(|| format!("two machines are compared: {what}"))
}

/// The libraries of one session that the other one does not have.
fn libraries(one: &[String], other: &[String]) -> Option<String> {
    let only = |these: &[String], those: &[String]| {
        let only = these.iter().filter(|library| !those.contains(library));
        let only: Vec<&str> = only.map(String::as_str).collect();
        if only.is_empty() { "none of them".into() } else { only.join(", ") }
    };
    let differ = one.iter().any(|library| !other.contains(library))
        || other.iter().any(|library| !one.contains(library));
    differ.then(|| {
        let (first, second) = (only(one, other), only(other, one));
        format!("the libraries differ: {first}; and {second}")
    })
}

fn builds(one: &Build, other: &Build) -> Vec<String> {
    // A field that is added is compared, or this does not compile.
    let Build { version, rustc, profile, commit, dirty, compared } = one;
    let mut lines = Vec::new();
    let mut line = |differ: bool, text: &dyn Fn() -> String| {
        if differ {
            lines.push(text());
        }
    };
    line(*version != other.version, &|| {
        format!("lanes {version} is compared with lanes {}", other.version)
    });
    line(*rustc != other.rustc, &|| {
        format!("two compilers are compared: {rustc}; and {}", other.rustc)
    });
    line(*profile != other.profile, &|| {
        let other = &other.profile;
        format!("a {profile} build is compared with a {other} build")
    });
    line(*commit != other.commit, &|| {
        let short = |commit: &Option<String>| match commit {
            Some(commit) => commit.chars().take(9).collect(),
            None => String::from("an unknown one"),
        };
        let (one, other) = (short(commit), short(&other.commit));
        format!("two commits are compared: {one} and {other}")
    });
    line(*dirty || other.dirty, &|| {
        let which = match (dirty, other.dirty) {
            (true, true) => "both builds",
            (true, false) => "the first build",
            _ => "the second build",
        };
        format!("{which} had changes besides the commit")
    });
    line(*compared != other.compared, &|| {
        let both = |compared: &Option<[String; 2]>| match compared {
            Some([before, after]) => format!("of {before} with {after}"),
            None => String::from("of models"),
        };
        let (one, other) = (both(compared), both(&other.compared));
        format!("two kinds of sessions are compared: {one}; and {other}")
    });
    lines
}

/// The models that attested other versions, such as another Python or one
/// without a GIL.
fn versions(one: &Results, other: &Results) -> BTreeSet<String> {
    let all = |results: &'_ Results| -> Vec<ContenderResult> {
        let rows = results.rows.iter().flat_map(|row| &row.contenders);
        rows.filter(|c| !c.versions.is_empty()).cloned().collect()
    };
    let others = all(other);
    let mut lines = BTreeSet::new();
    for contender in all(one) {
        let same = others.iter().find(|c| c.name == contender.name);
        let Some(same) = same else { continue };
        let names = contender.versions.keys().chain(same.versions.keys());
        for name in BTreeSet::from_iter(names) {
            let version = |of: &ContenderResult| {
                let version = of.versions.get(name).cloned();
                version.unwrap_or_else(|| "unknown".into())
            };
            let (first, second) = (version(&contender), version(same));
            if first != second {
                let what = match name.as_str() {
                    "python" => "Python",
                    name => name,
                };
                let name = &contender.name;
                lines.insert(format!("{name}: {what} {first} and {second}"));
            }
        }
    }
    lines
}

/// The rows of one label that are not the same.
fn parameters(one: &Results, other: &Results) -> Vec<String> {
    let mut lines = Vec::new();
    for row in &one.rows {
        let mut rows = other.rows.iter();
        let same = rows.find(|second| {
            (&second.workload, &second.size) == (&row.workload, &row.size)
        });
        let Some(same) = same else { continue };
        if !same.is_same(row) {
            lines.push(format!(
                "{} {} is not the same in both: {} and {}",
                row.workload, row.size, row.parameters, same.parameters
            ));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A session of one model with these versions.
    fn session(change: impl Fn(&mut Value)) -> Results {
        let mut machine = crate::stamp::machine();
        machine.cores = 3;
        machine.system = "linux".into();
        machine.memory = Some(4 << 30);
        machine.memory_limit = None;
        machine.libraries = ["a 1", "c 3"].map(String::from).to_vec();
        let mut build = crate::stamp::build();
        build.dirty = false;
        build.version = "0.1.0".into();
        build.commit = Some("0123456789".into());
        let mut value = json!({
            "schema": "lanes-results",
            "version": lanes_measure::results::VERSION,
            "state": "complete",
            "begun": "2026-01-01T00:00:00Z",
            "seconds": 1.0,
            "machine": machine,
            "build": build,
            "seed": 7,
            "level": 0.95,
            "margin": 0.1,
            "clock": 3e-8,
            "rows": [{
                "workload": "max",
                "size": "1000",
                "parameters": {"len": 1000, "grain": 10},
                "items": 1000,
                "unit": "number",
                "contenders": [{
                    "name": "python-threads",
                    "model": "python-threads",
                    "workers": 2,
                    "serial": false,
                    "oversubscribed": false,
                    "twin_of": null,
                    "versions": {"python": "3.8.18", "gil": "on"},
                    "failure": null,
                }],
                "limits": [],
                "seconds": 1.0,
                "samples": [],
                "summary": null,
            }],
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn sessions_of_the_same_things_differ_in_nothing() {
        let one = session(|_| ());
        assert_eq!(differences(&one, &one), [""; 0]);
    }

    #[test]
    fn each_difference_has_a_line() {
        let versions = |name: &'static str, value: Value| {
            move |session: &mut Value| {
                let contender = &mut session["rows"][0]["contenders"][0];
                contender["versions"][name] = value.clone();
            }
        };
        let field = |of: &'static str, name: &'static str, value: Value| {
            move |session: &mut Value| session[of][name] = value.clone()
        };
        type Change = Box<dyn Fn(&mut Value)>;
        let profile = crate::stamp::build().profile;
        let other = if profile == "debug" { "release" } else { "debug" };
        let profiles =
            format!("a {profile} build is compared with a {other} build");
        let cases: Vec<(&str, Change)> = vec![
            (
                "lanes 0.1.0 is compared with lanes 9",
                Box::new(field("build", "version", json!("9"))),
            ),
            (
                "two compilers are compared: ",
                Box::new(field("build", "rustc", json!("rustc 1.0"))),
            ),
            (&profiles, Box::new(field("build", "profile", json!(other)))),
            (
                "two commits are compared: 0123456789 and 777777777",
                Box::new(field("build", "commit", json!("7777777777"))),
            ),
            (
                "two commits are compared: 0123456789 and an unknown one",
                Box::new(field("build", "commit", json!(null))),
            ),
            (
                "the second build had changes besides the commit",
                Box::new(field("build", "dirty", json!(true))),
            ),
            (
                "two kinds of sessions are compared: of models; and of a with",
                Box::new(field("build", "compared", json!(["a", "b"]))),
            ),
            (
                "two machines are compared: ",
                Box::new(field("machine", "processor", json!("another"))),
            ),
            (
                "two machines are compared: 3 cores and 77 cores",
                Box::new(field("machine", "cores", json!(77))),
            ),
            (
                "two machines are compared: linux and windows",
                Box::new(field("machine", "system", json!("windows"))),
            ),
            (
                "two machines are compared: memory 4096 MiB and memory 1 MiB",
                Box::new(field("machine", "memory", json!(1 << 20))),
            ),
            (
                "two machines are compared: memory 4096 MiB and memory unknown",
                Box::new(field("machine", "memory", json!(null))),
            ),
            (
                "two machines are compared: all memory allowed and 2 MiB allo",
                Box::new(field("machine", "memory_limit", json!(2 << 20))),
            ),
            (
                "the libraries differ: a 1; and b 2",
                Box::new(field("machine", "libraries", json!(["c 3", "b 2"]))),
            ),
            (
                "python-threads: Python 3.8.18 and 3.13.0",
                Box::new(versions("python", json!("3.13.0"))),
            ),
            (
                "python-threads: gil on and off",
                Box::new(versions("gil", json!("off"))),
            ),
            (
                "python-threads: library unknown and 7",
                Box::new(versions("library", json!("7"))),
            ),
            (
                "max 1000 is not the same",
                Box::new(|v| v["rows"][0]["parameters"]["grain"] = json!(20)),
            ),
        ];
        let one = session(|_| ());
        let mut changed = BTreeSet::new();
        let all = serde_json::to_value(&one).unwrap();
        for (expected, change) in &cases {
            let other = session(change);
            let lines = differences(&one, &other);
            assert_eq!(lines.len(), 1, "{expected}: {lines:?}");
            let expected = expected.replace("0123456789", "012345678");
            assert!(lines[0].starts_with(&expected), "{lines:?}");
            // The other way round it is one line, too.
            assert_eq!(differences(&other, &one).len(), 1, "{expected}");
            let other = serde_json::to_value(&other).unwrap();
            for of in ["build", "machine"] {
                let fields = other[of].as_object().unwrap().iter();
                let differ = fields.filter(|(name, v)| all[of][name] != **v);
                changed.extend(differ.map(|(name, _)| (of, name.clone())));
            }
        }
        // Every field that a file has is in the table.
        for of in ["build", "machine"] {
            for name in all[of].as_object().unwrap().keys() {
                assert!(changed.contains(&(of, name.clone())), "{of} {name}");
            }
        }
    }
}
