//! `wordcount`: how often each word of a text occurs.

mod counts;
mod text;

pub use counts::Counts;
pub use text::{BOOK, Text};

use super::{bound, sixteenth};
use crate::parts::Part;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};

/// How often each word of a text occurs: a table for each part, and then one
/// table of all.
///
/// A word is a run of letters, as long as it goes, in lower case. The text is
/// made of lines of a real one, [`BOOK`], so that few words are frequent and
/// most are rare, as in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wordcount {
    /// How many bytes the text has.
    pub bytes: usize,
    /// How many of them are counted between two looks at the cancel flag.
    pub grain: usize,
}

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

impl Workload for Wordcount {
    const NAME: &'static str = "wordcount";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "hash tables, one for each task, and bringing them into one";
    const OMITS: &'static str =
        "a table that outgrows the cache: the text is made of one short book";
    const UNIT: &'static str = "byte";
    const POINT: Point = Point::Work;

    type Input = Text;
    type Output = Counts;

    fn sizes(size: Size) -> Vec<Self> {
        let bytes = match size {
            Size::Quick => MIB,
            Size::Full => 16 * MIB,
        };
        vec![Self { bytes, grain: 32 * KIB }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { bytes: items, grain: sixteenth(items) }
    }

    fn items(&self) -> usize {
        self.bytes
    }

    fn label(&self) -> String {
        match self.bytes {
            0 => "0B".to_owned(),
            bytes if bytes.is_multiple_of(MIB) => {
                format!("{}MiB", bytes / MIB)
            }
            bytes if bytes.is_multiple_of(KIB) => {
                format!("{}KiB", bytes / KIB)
            }
            bytes => format!("{bytes}B"),
        }
    }

    fn input(&self, seed: u64) -> Result<Text, Error> {
        // The text, and a cut for each word at the most.
        preflight::memory(self.bytes, 5)?;
        Text::new(text::of_lines(self.bytes, seed)?, self.grain)
    }

    /// Character by character.
    fn reference(input: &Text) -> Counts {
        let mut counts = Counts::default();
        let mut word = String::new();
        for letter in input.text().chars().chain(['\n']) {
            if letter.is_alphabetic() {
                word.extend(letter.to_lowercase());
            } else if !word.is_empty() {
                counts.count(&word);
                word.clear();
            }
        }
        counts
    }

    fn digest(output: &Counts) -> u64 {
        seed::digest(output.numbers())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        // A stopped run has no limit to measure; its cause is below.
        let count = |part| drop(job.count(part, Counts::default()));
        let whole = job.whole(0);
        let first = Part { task: 0, range: 0..whole.range.len().min(1) };
        let limit = bound::cut(
            "one pass into one table / workers",
            workers,
            || count(whole.clone()),
            || count(first.clone()),
        )?;
        job.finish(limit)
    }
}

impl Job<Wordcount> {
    /// The words of a part, counted in addition to those of a table: an empty
    /// one, or that of an earlier part.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn count(
        &self,
        part: Part,
        mut counts: Counts,
    ) -> Result<Counts, Error> {
        let _span = self.context().span(part.task, State::Compute);
        for grain in part.range {
            self.context().grain(part.task)?;
            counts.count_all(self.grain(grain));
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(bytes: usize, grain: usize, seed: u64) -> Job<Wordcount> {
        Job::new(&Wordcount { bytes, grain }, seed).unwrap()
    }

    fn in_parts(job: &Job<Wordcount>, count: usize) -> Counts {
        let counts = |part| job.count(part, Counts::default()).unwrap();
        job.parts(count).map(counts).fold(Counts::default(), Counts::and)
    }

    #[test]
    fn parts_together_have_the_counts_of_the_whole() {
        let powers = (0..14).flat_map(|power: u32| {
            let power = 1usize << power;
            [power - 1, power, power + 1]
        });
        for bytes in powers {
            for (grain, count) in [(1, 1), (1, 64), (7, 3), (100, 2)] {
                let job = job(bytes, grain, bytes as u64);
                let expected = Wordcount::reference(&job);
                let cell = format!("{bytes} in {grain}");
                assert_eq!(in_parts(&job, count), expected, "{cell}");
                // One table that goes from grain to grain.
                let counts = job
                    .grains()
                    .try_fold(Counts::default(), |counts, grain| {
                        job.count(job.grain_part(grain), counts)
                    });
                assert_eq!(counts.unwrap(), expected, "{cell}");
            }
        }
    }

    #[test]
    fn a_grain_that_is_left_out_and_another_seed_change_the_answer() {
        let job = job(2000, 100, 7);
        let whole = Wordcount::reference(&job);
        for left_out in job.grains() {
            let others = job.grains().filter(|grain| *grain != left_out);
            let counts = others.fold(Counts::default(), |counts, grain| {
                job.count(job.grain_part(grain), counts).unwrap()
            });
            let digest = Wordcount::digest(&counts);
            assert_ne!(digest, Wordcount::digest(&whole), "{left_out}");
        }
        let other = self::job(2000, 100, 8);
        assert_ne!(Wordcount::reference(&other), whole);
    }

    #[test]
    fn a_long_text_has_every_word_of_the_book() {
        let quick = &Wordcount::sizes(Size::Quick)[0];
        let counts = Wordcount::reference(&Job::new(quick, 7).unwrap());
        let book = Text::new(BOOK.into(), 1).unwrap();
        let book = Wordcount::reference(&book);
        assert_eq!((book.distinct(), book.total()), (2716, 7171));
        assert_eq!(counts.distinct(), 2716);
        // The book has 845 lines and 49,068 bytes.
        assert!((150_000..156_000).contains(&counts.total()), "{counts:?}");
    }

    #[test]
    fn a_stopped_run_counts_nothing() {
        let job = job(2000, 100, 7);
        job.context().cancel();
        let counts = job.count(job.whole(0), Counts::default());
        assert_eq!(counts, Err(Error::Cancelled));
    }

    #[test]
    fn labels_say_whole_units() {
        let label = |bytes| Wordcount { bytes, grain: 1 }.label();
        let labels = [0, 1000, 3 * KIB, MIB, 16 * MIB, MIB + 1].map(label);
        let expected = ["0B", "1000B", "3KiB", "1MiB", "16MiB", "1048577B"];
        assert_eq!(labels, expected);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |bytes, grain| Wordcount { bytes, grain }.input(7).err();
        assert!(matches!(refused(8, 0), Some(Error::Invalid(_))));
        assert!(matches!(refused(usize::MAX, 8), Some(Error::Invalid(_))));
        assert_eq!(refused(1 << 44, 8), Some(Error::memory()));
    }
}
