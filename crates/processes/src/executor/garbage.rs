//! Whatever bytes, read as everything that a pool or a worker may expect.

use super::error::Failure;
use super::function;
use super::list::List;
use super::wire::{Buffers, Channel, decode, decode_call};
use lanes_core::trace::Span;
use std::io::Cursor;

/// Reads these bytes as frames, and the body of each as every message that one
/// side may take it for; of a call, also the argument, which is not called. It
/// returns, whatever the bytes are: what fuzzing calls.
#[doc(hidden)]
pub fn received(bytes: &[u8]) {
    let mut channel =
        Channel::new(Cursor::new(bytes.to_vec()), Buffers::default());
    while let Ok(Some((_, body))) = channel.receive() {
        taken(body);
    }
    taken(bytes);
}

fn taken(body: &[u8]) {
    if let Ok((call, argument)) = decode_call(body) {
        let _ = function::prepare(call.function, call.many, argument);
    }
    let _ = decode::<u32>(body);
    let _ = decode::<usize>(body);
    let _ = decode::<Result<(), Failure>>(body);
    let _ = decode::<(Result<List, Failure>, Vec<Span>)>(body);
    let _ = decode::<(Result<Option<u64>, Failure>, Vec<Span>)>(body);
    let _ = decode::<Vec<(String, Vec<u64>)>>(body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Half of the garbage has a header that is right.
        #[test]
        fn garbage_is_an_error_and_never_a_panic(
            header in prop::option::of((1..6u8, 0..2u8, 0..300u64)),
            garbage in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut bytes = Vec::new();
            if let Some((kind, place, length)) = header {
                bytes.extend([kind, place]);
                bytes.extend(length.to_le_bytes());
            }
            bytes.extend(&garbage);
            received(&bytes);
            received(&garbage);
        }
    }
}
