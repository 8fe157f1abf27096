//! Updates that are lost.

use crate::claim::{By, Claim, Group};
use crate::lab::{Lab, PythonHere, model};
use lanes_core::workload::{Counter, Form};
use lanes_core::{Config, Error, Job, Run, Workload};
use lanes_gil::{Gil, Options};
use lanes_measure::statistics::Bound;
use std::time::Duration;

/// A switch interval that makes threads change often.
const SHORT: Duration = Duration::from_micros(10);
const SEED: u64 = 7;

const LOST: &str = "two steps without a lock lose updates";
const LUCK: &str = "the GIL happens to protect c += 1, from Python 3.10 on";
const SAFE: &str = "a lock loses none";

const NONE: Bound = Bound::between(0.0, 0.0);
const SOME: Bound = Bound::at_least(0.01);

const PLAIN: &str = "additions lost / made, c += 1";
const APART: &str = "additions lost / made, t = c; f(); c = t + 1";
const LOCKED: &str = "additions lost / made, with a lock";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Updates,
        name: LOST,
        ratio: PLAIN,
        bound: SOME,
        by: &[
            By::rust("threads", || in_threads(Form::Unlocked)),
            By::each_python(
                |python| !is_lucky(python),
                |lab, python| in_python(lab, python, "unlocked"),
            ),
        ],
    },
    Claim {
        group: Group::Updates,
        name: LOST,
        ratio: APART,
        bound: SOME,
        by: &[
            By::rust("threads", || in_threads(Form::Apart)),
            By::rust("gil", || under_gil(Form::Apart)),
            By::each_python(
                |_| true,
                |lab, python| in_python(lab, python, "apart"),
            ),
        ],
    },
    Claim {
        group: Group::Updates,
        name: LUCK,
        ratio: PLAIN,
        bound: NONE,
        by: &[
            By::rust("gil", || under_gil(Form::Unlocked)),
            By::each_python(is_lucky, |lab, python| {
                in_python(lab, python, "unlocked")
            }),
        ],
    },
    Claim {
        group: Group::Updates,
        name: SAFE,
        ratio: LOCKED,
        bound: NONE,
        by: &[
            By::rust("threads", || in_threads(Form::Lock)),
            By::rust("gil", || under_gil(Form::Lock)),
            By::each_python(
                |_| true,
                |lab, python| in_python(lab, python, "lock"),
            ),
        ],
    },
];

/// Whether a Python keeps the GIL throughout an addition. Older ones look
/// between any two steps whether to switch.
fn is_lucky(python: &PythonHere) -> bool {
    python.minor.is_none_or(|minor| minor >= 10)
}

fn in_threads(form: Form) -> Result<f64, Error> {
    let threads = model("threads", 2)?;
    lost(form, |job| threads.run(job))
}

fn under_gil(form: Form) -> Result<f64, Error> {
    let options = Options { interval: SHORT, ..Options::default() };
    let gil = Gil::with(options, &Config::new(2)?)?;
    lost(form, |job| gil.run(job))
}

fn in_python(
    lab: &Lab<'_>,
    python: &PythonHere,
    form: &str,
) -> Result<f64, String> {
    lab.start(python.peer, 1)?.lost(form)
}

/// The share of additions that are lost.
fn lost(
    form: Form,
    run: impl Fn(&Job<Counter>) -> Result<u64, Error>,
) -> Result<f64, Error> {
    // So many that the threads are there at the same time.
    let counter = Counter { tasks: 4, adds: 1 << 20, form, grain: 1 << 16 };
    let job = Job::new(&counter, SEED)?;
    let found = run(&job)?;
    Ok(1.0 - found as f64 / Counter::reference(&job) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_loses_nothing() {
        for name in ["threads", "gil"] {
            let model = model(name, 2).unwrap();
            let lost = |form| lost(form, |job| model.run(job)).unwrap();
            assert_eq!(lost(Form::Lock), 0.0, "{name}");
            // Whatever is lost, no addition is made twice.
            assert!((0.0..1.0).contains(&lost(Form::Unlocked)), "{name}");
        }
        assert!(model("nobody", 2).is_err());
    }
}
