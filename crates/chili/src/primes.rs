//! `primes` in chili.
//!
//! - share: all closures borrow the number where to end
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: pairs of sums are added where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::parts::Part;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Primes> for Chili {
    const FIT: Fit =
        Fit::Natural("halves of halves, whatever each of them costs");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(|scope| primes(scope, job, job.whole(0)))
    }
}

fn primes(
    scope: &mut Scope<'_>,
    job: &Job<Primes>,
    part: Part,
) -> Result<PrimeSum, Error> {
    let Some((left, right)) = part.halves(job.grain) else {
        return caught(|| job.primes(part));
    };
    let left = |scope: &mut Scope<'_>| primes(scope, job, left);
    let right = |scope: &mut Scope<'_>| primes(scope, job, right);
    let (left, right) = scope.join(left, right);
    Ok(left?.and(right?))
}
