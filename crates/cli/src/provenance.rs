//! Whether sessions were measured with the same things.

use lanes_measure::results::{ContenderResult, Results};
use std::collections::BTreeSet;

/// Says on standard error in what two sessions differ besides their times.
pub(crate) fn warn_if_other(one: &Results, other: &Results) {
    for line in differences(one, other) {
        eprintln!("lanes: {line}");
    }
}

/// In what two sessions differ besides their times, a line each.
fn differences(one: &Results, other: &Results) -> Vec<String> {
    let mut lines = Vec::new();
    let [a, b] = [&one.machine, &other.machine];
    if (&a.processor, a.cores, &a.system) != (&b.processor, b.cores, &b.system)
    {
        lines.push(format!("two machines are compared: {a}; and {b}"));
    } else if a.libraries != b.libraries {
        lines.push(format!("the versions differ: {a}; and {b}"));
    }
    let [a, b] = [&one.build, &other.build];
    if a.profile != b.profile {
        let (a, b) = (&a.profile, &b.profile);
        lines.push(format!("a {a} build is compared with a {b} build"));
    }
    if a.rustc != b.rustc {
        let (a, b) = (&a.rustc, &b.rustc);
        lines.push(format!("two compilers are compared: {a}; and {b}"));
    }
    if a.dirty || b.dirty {
        let which = match (a.dirty, b.dirty) {
            (true, true) => "both builds",
            (true, false) => "the first build",
            _ => "the second build",
        };
        lines.push(format!("{which} had changes besides the commit"));
    }
    lines.extend(versions(one, other));
    lines.extend(parameters(one, other));
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
        for (what, version) in &contender.versions {
            let Some(second) = same.versions.get(what) else { continue };
            if version != second {
                let what = match what.as_str() {
                    "python" => "Python",
                    what => what,
                };
                let name = &contender.name;
                lines.insert(format!("{name}: {what} {version} and {second}"));
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
        let machine = crate::stamp::machine();
        let mut build = crate::stamp::build();
        build.dirty = false;
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
        let one = session(|_| ());
        let said = |change: &dyn Fn(&mut Value)| {
            let lines = differences(&one, &session(change));
            assert_eq!(lines.len(), 1, "{lines:?}");
            lines[0].clone()
        };
        let profile = one.build.profile.as_str();
        let other = if profile == "debug" { "release" } else { "debug" };
        let build = said(&|v| v["build"]["profile"] = json!(other));
        let expected =
            format!("a {profile} build is compared with a {other} build");
        assert_eq!(build, expected);
        let python = said(&|v| {
            let versions = &mut v["rows"][0]["contenders"][0]["versions"];
            versions["python"] = json!("3.13.0");
        });
        assert_eq!(python, "python-threads: Python 3.8.18 and 3.13.0");
        let gil = said(&|v| {
            let versions = &mut v["rows"][0]["contenders"][0]["versions"];
            versions["gil"] = json!("off");
        });
        assert_eq!(gil, "python-threads: gil on and off");
        let row = said(&|v| v["rows"][0]["parameters"]["grain"] = json!(20));
        assert!(row.starts_with("max 1000 is not the same"), "{row}");
        let dirty = said(&|v| v["build"]["dirty"] = json!(true));
        assert_eq!(dirty, "the second build had changes besides the commit");
        let machine = said(&|v| v["machine"]["cores"] = json!(77));
        assert!(machine.starts_with("two machines"), "{machine}");
        let rustc = said(&|v| v["build"]["rustc"] = json!("rustc 1.0"));
        assert!(rustc.starts_with("two compilers"), "{rustc}");
    }
}
