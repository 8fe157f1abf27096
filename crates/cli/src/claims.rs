//! `lanes claims`: measures common claims about threads, the GIL and processes.

use crate::args::{Claimed, Claims, Format};
use crate::fail::Fail;
use crate::interrupt;
use crate::run::limits;
use crate::say::progress;
use crate::show::{Sheet, json, number, print};
use crate::stamp;
use crate::temporary;
use lanes_claims::{Finding, Found, Group, Published, Study, study};
use lanes_measure::process::Launch;
use lanes_measure::statistics::{Interval, LEVEL, Outcome};
use lanes_measure::words::digits;
use std::time::Instant;

/// Measures the claims and prints which of them hold.
///
/// # Errors
/// [`Fail::Interrupted`] after Ctrl-C, and those of the system.
pub(crate) fn claims(options: &Claims) -> Result<(), Fail> {
    let limits = limits(options.deadline, None);
    let folder = temporary::folder()?;
    let begin = Instant::now();
    if cfg!(debug_assertions) {
        progress!(
            "lanes: this is a debug build; `cargo lanes` makes a release build"
        );
    }
    let mut watch = |finding: &Finding| {
        let Finding { ratio, who, .. } = finding;
        progress!("{who}: {ratio}: {}", outcome(&finding.found));
    };
    let groups = options.groups.iter().map(|group| match group {
        Claimed::Computing => Group::Computing,
        Claimed::Waiting => Group::Waiting,
        Claimed::Turns => Group::Turns,
        Claimed::Updates => Group::Updates,
        Claimed::Costs => Group::Costs,
        Claimed::Loops => Group::Loops,
        Claimed::Subtasks => Group::Subtasks,
        Claimed::Tasks => Group::Tasks,
        Claimed::Sharing => Group::Sharing,
    });
    let mut groups: Vec<Group> = groups.collect();
    if groups.is_empty() {
        groups = Group::ALL.to_vec();
    }
    let findings = study(Study {
        groups: &groups,
        limits: &limits,
        folder: folder.path(),
        own: Launch::own(),
        watch: &mut watch,
    });
    interrupt::look()?;
    let seconds = begin.elapsed().as_secs_f64();
    let (machine, build) = (stamp::machine(), stamp::build());
    let pythons = lanes_python::interpreters();
    let pythons = pythons.iter().map(|python| python.to_string()).collect();
    let format = options.printing.format();
    match format {
        Format::Json => {
            let level = LEVEL;
            return print(&json(&Published::new(
                machine, build, pythons, seconds, level, findings,
            ))?);
        }
        Format::Csv => return print(&figures(&findings).text(format)?),
        Format::Table | Format::Markdown => {
            print(&sheet(&findings, format).text(format)?)?;
        }
    }
    let count = |verdict| {
        let is = |finding: &&Finding| match &finding.found {
            Found::Measured { verdict: found, .. } => *found == verdict,
            Found::Missing(_) => false,
        };
        findings.iter().filter(is).count()
    };
    let missing =
        findings.iter().filter(|f| matches!(f.found, Found::Missing(_)));
    print(&format!(
        "\n{} hold, {} do not hold, {} without enough evidence, {} not here; \
         {seconds:.0} s\n{machine}; {build}; {}\n",
        count(Outcome::Holds),
        count(Outcome::DoesNotHold),
        count(Outcome::NotEnoughEvidence),
        missing.count(),
        pythons.join(", "),
    ))
}

fn sheet(findings: &[Finding], format: Format) -> Sheet {
    let columns =
        ["claim", "ratio", "who", "bound", "median", "interval", "verdict"];
    let mut sheet = Sheet::new(&columns);
    let mut before = None;
    for finding in findings {
        // For people, a claim stands above all that belongs to it.
        let again = format == Format::Table && before == Some(&finding.claim);
        before = Some(&finding.claim);
        let (median, ends) = match &finding.found {
            Found::Measured { estimate, .. } => (
                digits(estimate.median),
                format!(
                    "{} to {}",
                    digits(estimate.low),
                    digits(estimate.high)
                ),
            ),
            Found::Missing(_) => (String::new(), String::new()),
        };
        sheet.row(vec![
            if again { String::new() } else { finding.claim.clone() },
            finding.ratio.clone(),
            finding.who.clone(),
            finding.bound.to_string(),
            median,
            ends,
            outcome(&finding.found),
        ]);
    }
    sheet
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 11] = [
    "claim",
    "ratio_of",
    "who",
    "bound_low",
    "bound_high",
    "median",
    "low",
    "high",
    "repetitions",
    "verdict",
    "missing",
];

/// What programs read: ratios.
fn figures(findings: &[Finding]) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for Finding { claim, ratio, who, bound, found } in findings {
        let mut row = [claim, ratio, who].map(String::clone).to_vec();
        row.extend([bound.low, bound.high].map(|end| number(Some(end))));
        row.extend(match found {
            Found::Measured { samples, estimate, verdict } => {
                let Interval { low, median, high } = *estimate;
                let [median, low, high] =
                    [median, low, high].map(|ratio| number(Some(ratio)));
                let verdict = match verdict {
                    Outcome::Holds => "holds",
                    Outcome::DoesNotHold => "does-not-hold",
                    Outcome::NotEnoughEvidence => "not-enough-evidence",
                };
                let count = samples.len().to_string();
                [median, low, high, count, verdict.into(), String::new()]
            }
            Found::Missing(why) => {
                let [median, low, high] = [(); 3].map(|()| String::new());
                [median, low, high, "0".into(), "missing".into(), why.clone()]
            }
        });
        sheet.row(row);
    }
    sheet
}

fn outcome(found: &Found) -> String {
    match found {
        Found::Measured { verdict, .. } => verdict.to_string(),
        Found::Missing(why) if why.starts_with("not here") => why.clone(),
        Found::Missing(why) => format!("not here, because {why}"),
    }
}
