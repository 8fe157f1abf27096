//! Every decoder of Lanes, fed with bytes that nobody would send.
//!
//! A [`Target`] is a decoder together with all that is done at once with what
//! it decodes: a result file is loaded, compared with itself, ranked. It must
//! return, whatever the bytes are. It must not panic, and what it accepts must
//! be what is written again.
//!
//! The same targets run in three ways:
//!
//! - `cargo test`: ten thousand inputs each, a thousand for the page, mutated
//!   from the corpus in `corpus/` with a fixed seed;
//! - `cargo run --release -p lanes-fuzz -- --inputs 1000000`: as many as
//!   wanted, with any compiler;
//! - `scripts/fuzz`: under `cargo fuzz`, which watches the code that an input
//!   reaches, with AddressSanitizer, on nightly.

mod documents;
mod explore;
mod lines;
mod mutate;
mod options;
mod server;
mod studies;
mod wire;

pub use documents::{faults, page, results, traces, traps};
pub use explore::{Broken, Explored, explore};
pub use lines::{reply, request};
pub use mutate::{Format, Mutator};
pub use options::options;
pub use server::server;
pub use studies::{crossover, metg};
pub use wire::wire;

use std::fs;
use std::io;
use std::path::Path;

/// A decoder, as a function of bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its folder in `corpus/`.
    pub name: &'static str,
    /// What its inputs are made of.
    pub format: Format,
    /// Decodes.
    ///
    /// # Panics
    /// Where the decoder is wrong.
    pub decode: fn(&[u8]),
}

/// Every decoder.
pub const TARGETS: &[Target] = &[
    Target { name: "request", format: Format::Lines, decode: request },
    Target { name: "reply", format: Format::Lines, decode: reply },
    Target { name: "results", format: Format::Document, decode: results },
    Target { name: "traces", format: Format::Document, decode: traces },
    Target { name: "faults", format: Format::Document, decode: faults },
    Target { name: "traps", format: Format::Document, decode: traps },
    Target { name: "metg", format: Format::Document, decode: metg },
    Target { name: "crossover", format: Format::Document, decode: crossover },
    Target { name: "page", format: Format::Document, decode: page },
    Target { name: "wire", format: Format::Bytes, decode: wire },
    Target { name: "server", format: Format::Bytes, decode: server },
    Target { name: "options", format: Format::Bytes, decode: options },
];

impl Target {
    /// The messages that mutation begins with, in the order of their names.
    ///
    /// # Errors
    /// Those of the file system, and `NotFound` for a folder without files.
    pub fn corpus(&self) -> io::Result<Vec<Vec<u8>>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let entries = fs::read_dir(folder.join(self.name))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        if paths.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        paths.iter().map(fs::read).collect()
    }
}

/// The body of a `cargo fuzz` target, whose inputs are mutated by what is known
/// of their format as often as by libFuzzer itself.
#[macro_export]
macro_rules! fuzz {
    ($target:ident, $format:ident) => {
        ::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::$target(bytes));

        ::libfuzzer_sys::fuzz_mutator!(
            |data: &mut [u8], size: usize, most: usize, seed: u32| {
                let known = $crate::Format::$format;
                let mut mutator = $crate::Mutator::new(u64::from(seed));
                let own = mutator.step(known, &data[..size]);
                match own.filter(|own| seed % 2 == 0 && own.len() <= most) {
                    Some(own) => {
                        data[..own.len()].copy_from_slice(&own);
                        own.len()
                    }
                    None => ::libfuzzer_sys::fuzzer_mutate(data, size, most),
                }
            }
        );
    };
}
