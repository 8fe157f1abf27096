//! A target under many inputs, without a fuzzer.

use crate::{Mutator, Target};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What many inputs did to a target.
#[derive(Debug)]
pub struct Explored {
    /// How many inputs it got.
    pub inputs: u64,
    /// How long the slowest one took.
    pub slowest: Duration,
    /// The first input that broke it, where the exploration ended.
    pub broken: Option<Broken>,
}

/// An input that makes a target panic.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which one it was, from 0.
    pub number: u64,
    /// The input.
    pub input: Vec<u8>,
}

/// Feeds a target with its corpus as it is, then with so many inputs made from
/// it with this seed, until one makes it panic.
///
/// # Errors
/// Those of [`Target::corpus`].
pub fn explore(
    target: &Target,
    inputs: u64,
    seed: u64,
) -> io::Result<Explored> {
    let corpus = target.corpus()?;
    let mut mutator = Mutator::new(seed);
    let plain = corpus.iter().cloned();
    let made = (0..inputs).map(|_| mutator.input(target.format, &corpus));
    let mut slowest = Duration::ZERO;
    for (number, input) in (0..).zip(plain.chain(made)) {
        let begin = Instant::now();
        let decode = AssertUnwindSafe(|| (target.decode)(&input));
        if catch_unwind(decode).is_err() {
            let broken = Some(Broken { number, input });
            return Ok(Explored { inputs: number + 1, slowest, broken });
        }
        slowest = slowest.max(begin.elapsed());
    }
    let inputs = inputs + corpus.len() as u64;
    Ok(Explored { inputs, slowest, broken: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use lanes_measure::protocol::{self, Reply};

    /// Breaks on what only a change of a value within a reply can give.
    fn breaks(bytes: &[u8]) {
        if let Ok(Reply::Prepared { digest }) = protocol::parse(bytes) {
            assert_ne!(digest, u64::MAX, "planted");
        }
    }

    #[test]
    fn an_input_that_breaks_a_target_is_found_and_found_again() {
        let target =
            Target { name: "reply", format: Format::Lines, decode: breaks };
        let found = explore(&target, 100_000, 7).unwrap();
        let broken = found.broken.expect("a planted fault is found");
        assert_eq!(found.inputs, broken.number + 1);
        assert!(catch_unwind(|| breaks(&broken.input)).is_err());
        let again = explore(&target, 100_000, 7).unwrap();
        assert_eq!(again.broken, Some(broken));
    }
}
