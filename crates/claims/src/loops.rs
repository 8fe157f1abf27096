//! Blocking calls in an event loop.

use crate::claim::{By, Claim, Group};
use crate::lab::Lab;
use lanes_core::Error;
use lanes_measure::statistics::Bound;
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

/// How long the blocking call takes.
const BLOCK: Duration = Duration::from_millis(50);

const RATIO: &str = "longest gap of the loop / the call";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Loops,
        name: "a blocking call stops the event loop",
        ratio: RATIO,
        bound: Bound::between(0.9, 1.5),
        by: &[
            By::rust("tokio", || gap(Place::Loop)),
            By::python("python-asyncio", |lab| gap_in_python(lab, Place::Loop)),
        ],
    },
    Claim {
        group: Group::Loops,
        name: "on another thread it does not",
        ratio: RATIO,
        bound: Bound::at_most(0.5),
        by: &[
            By::rust("tokio", || gap(Place::Thread)),
            By::python("python-asyncio", |lab| {
                gap_in_python(lab, Place::Thread)
            }),
        ],
    },
];

/// Where the blocking call is made.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// On the event loop's own thread.
    Loop,
    /// On another thread.
    Thread,
}

fn gap(place: Place) -> Result<f64, Error> {
    longest_gap(place, BLOCK).map(|gap| gap / BLOCK.as_secs_f64())
}

fn gap_in_python(lab: &Lab<'_>, place: Place) -> Result<f64, String> {
    let block = BLOCK.as_secs_f64();
    let how = json!({"blocks": place == Place::Loop, "block": block});
    Ok(lab.python()?.one("blocking", how)? / 1e9 / block)
}

/// The longest time in seconds for which an event loop did not look at its
/// tasks, while one of them made a blocking call.
fn longest_gap(place: Place, block: Duration) -> Result<f64, Error> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build()?;
    Ok(runtime.block_on(async move {
        let blocker = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if place == Place::Loop {
                thread::sleep(block);
            } else {
                let slept =
                    tokio::task::spawn_blocking(move || thread::sleep(block));
                slept.await.ok();
            }
        });
        let (mut longest, mut last) = (Duration::ZERO, Instant::now());
        while !blocker.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        longest.as_secs_f64()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocking_call_stops_the_loop_for_as_long_as_it_takes() {
        let block = Duration::from_millis(30);
        let gap = longest_gap(Place::Loop, block).unwrap();
        assert!(gap >= block.as_secs_f64());
        assert!(longest_gap(Place::Thread, block).unwrap() > 0.0);
    }
}
