//! `double`: every value times two, into a new list.

use super::{bound, power, sixteenth};
use crate::numbers::{Kernel, Numbers, Pieces};
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Workload, kernel};
use serde::{Deserialize, Serialize};

/// Every value times two, into a new list in pieces.
///
/// The pieces lie in memory that earlier runs have touched: into fresh pages
/// the page faults would be the workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Double {
    /// How many numbers.
    pub len: usize,
    /// How many numbers are worked on between two looks at the cancel flag.
    pub grain: usize,
    /// By which kernel.
    #[serde(default, skip_serializing_if = "Writing::is_plain")]
    pub form: Writing,
}

/// By which kernel a list is doubled.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Writing {
    /// One loop, as programs have it. What it writes goes through the caches,
    /// which read the memory first.
    #[default]
    Plain,
    /// Past the caches: [`crate::kernel::tuned::double`].
    Stream,
}

impl Double {
    /// So many numbers in the form that programs have.
    pub fn plain(len: usize, grain: usize) -> Self {
        Self { len, grain, form: Writing::Plain }
    }
}

impl Writing {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl Workload for Double {
    const NAME: &'static str = "double";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "reading and writing memory, and giving back a large answer in pieces";
    const OMITS: &'static str =
        "page faults and joining by copying: pieces are recycled and moved";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Numbers;
    type Output = Pieces;

    fn sizes(size: Size) -> Vec<Self> {
        let len = match size {
            Size::Quick => 1 << 22,
            Size::Full => 1 << 24,
        };
        let of = |form| Self { len, grain: 1 << 16, form };
        [Writing::Plain, Writing::Stream].map(of).into()
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
            Writing::Plain => len,
            Writing::Stream => format!("{len}-stream"),
        }
    }

    fn input(&self, seed: u64) -> Result<Numbers, Error> {
        let list = Numbers::new(self.len, self.grain, 3, seed)?;
        Ok(list.tuned(!self.form.is_plain()))
    }

    fn reference(input: &Numbers) -> Pieces {
        let twice = input.list().iter().map(|number| number * 2);
        Pieces::from(twice.collect::<Vec<_>>())
    }

    fn digest(output: &Pieces) -> u64 {
        seed::digest(output.iter())
    }

    /// Of whichever form is faster here, so that no form beats it.
    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = |double: Kernel| {
            bound::shared(workers, |workers| {
                let parts: Vec<_> = job.parts(workers).collect();
                bound::together(workers, |worker| {
                    if let Some(part) = parts.get(worker) {
                        // A stopped run has no limit to measure; its cause is
                        // below.
                        drop(job.double_by(double, part.clone()));
                    }
                })
            })
        };
        let best = time(kernel::double)?.min(time(kernel::tuned::double)?);
        job.finish(Limit::of("memory read and write bandwidth", best))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_size_is_written_and_read_as_before_and_another_has_its_form() {
        let [plain, stream] = &Double::sizes(Size::Full)[..] else { panic!() };
        let written = serde_json::to_string(plain).unwrap();
        assert_eq!(written, r#"{"len":16777216,"grain":65536}"#);
        assert_eq!(&serde_json::from_str::<Double>(&written).unwrap(), plain);
        let written = serde_json::to_string(stream).unwrap();
        assert_eq!(&serde_json::from_str::<Double>(&written).unwrap(), stream);
        assert!(written.contains(r#""form":"stream""#), "{written}");
        let other = written.replace("stream", "wide");
        assert!(serde_json::from_str::<Double>(&other).is_err());
        let labels = [plain, stream].map(Workload::label);
        assert_eq!(labels, ["2^24", "2^24-stream"]);
        assert!(plain.is_usual() && !stream.is_usual());
    }

    #[test]
    fn every_form_writes_the_same_and_is_stopped() {
        for form in [Writing::Plain, Writing::Stream] {
            for len in [0, 1, 63, 64, 65, 1000] {
                let double = Double { len, grain: 64, form };
                let job = Job::new(&double, 7).unwrap();
                assert_eq!(job.is_tuned(), form == Writing::Stream);
                let parts = job.parts(3).map(|part| job.double(part).unwrap());
                let twice: Pieces = parts.collect();
                assert_eq!(twice, Double::reference(&job), "{double:?}");
                job.context().cancel();
                let stopped = job.double(job.whole(0)).err();
                assert_eq!(stopped.is_some(), len > 0, "{double:?}");
            }
        }
    }
}
