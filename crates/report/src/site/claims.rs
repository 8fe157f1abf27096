//! The page of claims: ratios that were measured, and whether they hold.

use super::frame::Frame;
use askama::Template;
use lanes_claims::{Finding, Found, Published};
use lanes_measure::statistics::Outcome;
use lanes_measure::words::{digits, percent, range};

#[derive(Template)]
#[template(path = "claims.html")]
pub(super) struct ClaimsPage<'a> {
    frame: Frame<'a>,
    claims: &'a Published,
    totals: String,
    level: String,
    lines: Vec<Line<'a>>,
}

/// One claim as one model showed it.
struct Line<'a> {
    claim: &'a str,
    ratio: &'a str,
    who: &'a str,
    bound: String,
    median: String,
    ends: String,
    class: &'static str,
    verdict: String,
}

impl<'a> ClaimsPage<'a> {
    pub(super) fn of(claims: &'a Published, frame: Frame<'a>) -> Self {
        let count = |wanted: Outcome| {
            let is = |finding: &&Finding| {
                matches!(&finding.found, Found::Measured { verdict, .. }
                    if *verdict == wanted)
            };
            claims.findings.iter().filter(is).count()
        };
        let missing =
            |finding: &&Finding| matches!(finding.found, Found::Missing(_));
        Self {
            frame,
            totals: format!(
                "{} hold, {} do not hold, {} without enough evidence, {} not \
                 measured",
                count(Outcome::Holds),
                count(Outcome::DoesNotHold),
                count(Outcome::NotEnoughEvidence),
                claims.findings.iter().filter(missing).count(),
            ),
            level: percent(claims.level),
            lines: claims.findings.iter().map(line).collect(),
            claims,
        }
    }
}

fn line(finding: &Finding) -> Line<'_> {
    let Finding { claim, ratio, who, bound, found } = finding;
    let (median, ends, class, verdict) = match found {
        Found::Measured { estimate, verdict, .. } => (
            digits(estimate.median),
            range(estimate.low, estimate.high),
            match verdict {
                Outcome::Holds => "passed",
                Outcome::DoesNotHold => "failed",
                Outcome::NotEnoughEvidence => "missing",
            },
            verdict.to_string(),
        ),
        Found::Missing(why) => {
            let why = format!("not measured: {why}");
            (String::new(), String::new(), "missing", why)
        }
    };
    let bound = bound.to_string();
    Line { claim, ratio, who, bound, median, ends, class, verdict }
}
