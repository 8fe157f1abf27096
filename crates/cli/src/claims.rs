//! `lanes claims`: measures common claims about threads, the GIL and processes.

use crate::args::{Claimed, Claims, Format};
use crate::fail::Fail;
use crate::interrupt;
use crate::run::limits;
use crate::say::{line, note};
use crate::show::{Sheet, print};
use crate::stamp;
use crate::temporary;
use lanes_claims::{Finding, Found, Group, Published, Study, study};
use lanes_measure::process::Launch;
use lanes_measure::statistics::{LEVEL, Outcome};
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
        note!("this is a debug build; `cargo lanes` makes a release build");
    }
    let mut watch = |finding: &Finding| {
        let Finding { ratio, who, .. } = finding;
        line!("{who}: {ratio}: {}", outcome(&finding.found));
    };
    let groups = options.groups.iter().map(|group| match group {
        Claimed::Computing => Group::Computing,
        Claimed::Waiting => Group::Waiting,
        Claimed::Turns => Group::Turns,
        Claimed::Updates => Group::Updates,
        Claimed::Costs => Group::Costs,
        Claimed::Loops => Group::Loops,
        Claimed::Subtasks => Group::Subtasks,
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
    if options.format == Format::Json {
        let level = LEVEL;
        let published =
            Published { machine, pythons, build, seconds, level, findings };
        let json = serde_json::to_string_pretty(&published);
        let json = json.map_err(Fail::of)?;
        return print(&format!("{json}\n"));
    }
    print(&sheet(&findings, options.format).text(options.format)?)?;
    if options.format == Format::Csv {
        return Ok(());
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

fn outcome(found: &Found) -> String {
    match found {
        Found::Measured { verdict, .. } => verdict.to_string(),
        Found::Missing(why) if why.starts_with("not here") => why.clone(),
        Found::Missing(why) => format!("not here, because {why}"),
    }
}
