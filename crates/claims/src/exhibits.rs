//! The measurements of this program itself as exhibits of its workers, so that
//! each repetition is made in a process of its own.

use crate::catalogue::claims;
use crate::claim::{By, Claim, Measure};
use crate::lab::Lab;
use lanes_core::Error;
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::Process;
use serde_json::{Value, json};

/// Makes one repetition here and now: the ratio of the claim with this sentence
/// for the parameters `ratio` and `who`, both words of the table. `None` if
/// that is no measurement of this program.
pub fn exhibit(
    name: &str,
    parameters: &Value,
) -> Option<Result<Vec<f64>, Error>> {
    let is = |key: &str, word: &str| parameters[key] == word;
    let mut by = claims()
        .filter(|claim| claim.name == name && is("ratio", claim.ratio))
        .flat_map(|claim| claim.by);
    match by.find(|by| is("who", by.who))?.measure {
        Measure::Rust(once) => Some(once().and_then(finite)),
        Measure::Models(_) | Measure::Python(_) | Measure::EachPython(..) => {
            None
        }
    }
}

/// JSON has no other numbers.
fn finite(ratio: f64) -> Result<Vec<f64>, Error> {
    if ratio.is_finite() {
        return Ok(vec![ratio]);
    }
    Err(Error::Task(format!("a ratio of {ratio}")))
}

/// Makes one repetition in a new worker.
pub(crate) fn repetition(
    lab: &Lab<'_>,
    claim: &Claim,
    by: &By,
) -> Result<f64, Failure> {
    let mut process = Process::start(lab.own, lab.folder, lab.limits)?;
    let parameters = json!({"ratio": claim.ratio, "who": by.who});
    match process.exhibit(claim.name, &parameters)?[..] {
        [ratio] => Ok(ratio),
        ref numbers => {
            let what = format!("{numbers:?} instead of one ratio");
            Err(Failure::new(Cause::Protocol, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_measurement_of_this_program_is_no_exhibit() {
        let lock = "a lock loses none";
        let how = |who: &str| {
            let ratio = "additions lost / made, with a lock";
            json!({"ratio": ratio, "who": who})
        };
        let shown = exhibit(lock, &how("threads")).unwrap();
        assert_eq!(shown.unwrap(), [0.0]);
        assert!(exhibit(lock, &how("python-threads")).is_none());
        assert!(exhibit(lock, &json!({"who": "threads"})).is_none());
        assert!(exhibit("a lock loses some", &how("threads")).is_none());
        assert!(finite(f64::NAN).is_err());
    }
}
