//! The worker protocol: requests and replies, a line each.

use lanes_core::workload;
use lanes_measure::failure::Failure;
use lanes_measure::protocol::{self, Reply, Request};
use lanes_measure::results::Taken;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a worker reads, up to the row that a request asks for.
///
/// # Panics
/// If what is accepted cannot be written and read again.
pub fn request(bytes: &[u8]) {
    let mut stream = bytes;
    while let Ok(Some(request)) = protocol::read::<Request>(&mut stream) {
        again(&request);
        let Request::Prepare { workload, size, .. } = &request else {
            continue;
        };
        let definition = workload::find(workload);
        let row = definition.and_then(|found| found.read(size).ok());
        if let Some(row) = row {
            let _ = (row.label(), row.unit());
            let other = row.with_items(row.items());
            let _ = (other.label(), other.items());
            again(&row.size());
        }
    }
}

/// What the measuring process reads, up to the figures that it takes from it.
///
/// # Panics
/// If what is accepted cannot be written and read again.
pub fn reply(bytes: &[u8]) {
    let mut stream = bytes;
    while let Ok(Some(reply)) = protocol::read::<Reply>(&mut stream) {
        again(&reply);
        match reply {
            Reply::Error(refusal) => {
                let failure = Failure::from(refusal);
                assert!(!failure.to_string().is_empty());
            }
            Reply::Trace(traced) => {
                let spans = traced.spans();
                assert_eq!(spans.len(), traced.spans.len());
                let fits = spans.iter().all(|s| s.cpu <= Some(s.length()));
                assert!(fits, "more CPU time than a span is long");
                let _ = traced.has_possible_cpu();
            }
            Reply::Sample(sample) => {
                let (visit, round, contender, seed) = (0, 0, 0, 0);
                let taken = Taken {
                    visit,
                    round,
                    contender,
                    seed,
                    moved_bytes: None,
                    sample,
                };
                assert!(taken.seconds() >= 0.0);
                assert!(taken.cpu().is_none_or(|cpu| cpu >= 0.0));
            }
            _ => {}
        }
    }
}

/// Writes a message, and reads it again as one of its kind.
fn again<T: Serialize + DeserializeOwned>(message: &T) {
    let mut line = Vec::new();
    protocol::write(&mut line, message).expect("it was no longer as a line");
    let read = protocol::read::<T>(&mut &line[..]);
    assert!(matches!(read, Ok(Some(_))), "written, and not read again");
}
