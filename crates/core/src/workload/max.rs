//! `max`: the largest number of a list, in parts.

use super::{bound, power, sixteenth};
use crate::numbers::Numbers;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Workload, kernel};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The largest number of a list, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Max {
    /// How many numbers.
    pub len: usize,
    /// How many numbers are worked on between two looks at the cancel flag.
    pub grain: usize,
    /// By which kernel.
    #[serde(default, skip_serializing_if = "Reading::is_plain")]
    pub form: Reading,
}

/// By which kernel the largest number of a list is found.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// One loop, as programs have it.
    #[default]
    Plain,
    /// The widest registers that the processor has, several streams at once:
    /// [`crate::kernel::tuned::max`].
    Wide,
}

impl Max {
    /// So many numbers in the form that programs have.
    pub fn plain(len: usize, grain: usize) -> Self {
        Self { len, grain, form: Reading::Plain }
    }
}

impl Reading {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl Workload for Max {
    const NAME: &'static str = "max";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "reading memory, and handing out a few large parts";
    const OMITS: &'static str =
        "uneven parts: every part takes the same time on a free machine";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Numbers;
    type Output = Option<u64>;

    fn sizes(size: Size) -> Vec<Self> {
        let len = match size {
            Size::Quick => 1 << 22,
            Size::Full => 1 << 24,
        };
        let of = |form| Self { len, grain: 1 << 16, form };
        [Reading::Plain, Reading::Wide].map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        Self { len: items, grain: sixteenth(items), form: self.form }
    }

    fn items(&self) -> usize {
        self.len
    }

    /// The form that programs have.
    fn is_usual(&self) -> bool {
        self.form.is_plain()
    }

    fn label(&self) -> String {
        let len = power(self.len);
        match self.form {
            Reading::Plain => len,
            Reading::Wide => format!("{len}-wide"),
        }
    }

    fn input(&self, seed: u64) -> Result<Numbers, Error> {
        let list = Numbers::new(self.len, self.grain, 1, seed)?;
        Ok(list.tuned(!self.form.is_plain()))
    }

    fn reference(input: &Numbers) -> Option<u64> {
        input.list().iter().copied().max()
    }

    fn digest(output: &Option<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    /// Of whichever form is faster here, so that no form beats it.
    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = |max: fn(&[u64]) -> u64| {
            bound::shared(workers, |workers| {
                let parts: Vec<_> = job.parts(workers).collect();
                bound::together(workers, |worker| {
                    if let Some(part) = parts.get(worker) {
                        black_box(max(&job.list()[part.range.clone()]));
                    }
                })
            })
        };
        let best = time(kernel::max)?.min(time(kernel::tuned::max)?);
        Ok(Limit::of("memory read bandwidth", best))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::Part;

    #[test]
    fn a_plain_size_is_written_and_read_as_before_and_another_has_its_form() {
        let [plain, wide] = &Max::sizes(Size::Full)[..] else { panic!() };
        let written = serde_json::to_string(plain).unwrap();
        assert_eq!(written, r#"{"len":16777216,"grain":65536}"#);
        assert_eq!(&serde_json::from_str::<Max>(&written).unwrap(), plain);
        let written = serde_json::to_string(wide).unwrap();
        assert_eq!(&serde_json::from_str::<Max>(&written).unwrap(), wide);
        assert!(written.contains(r#""form":"wide""#), "{written}");
        let other = written.replace("wide", "stream");
        assert!(serde_json::from_str::<Max>(&other).is_err());
        let labels = [plain, wide].map(Workload::label);
        assert_eq!(labels, ["2^24", "2^24-wide"]);
        assert!(plain.is_usual() && !wide.is_usual());
    }

    #[test]
    fn every_form_finds_the_same_and_is_stopped() {
        for form in [Reading::Plain, Reading::Wide] {
            for len in [0, 1, 63, 64, 65, 1000] {
                let max = Max { len, grain: 64, form };
                let job = Job::new(&max, 7).unwrap();
                assert_eq!(job.is_tuned(), form == Reading::Wide);
                let found = job.max(job.whole(0));
                assert_eq!(found, Ok(Max::reference(&job)), "{max:?}");
                job.context().cancel();
                let part = Part { task: 0, range: 0..len.min(1) };
                let due =
                    if len == 0 { Ok(None) } else { Err(Error::Cancelled) };
                assert_eq!(job.max(part), due, "{max:?}");
            }
        }
    }
}
