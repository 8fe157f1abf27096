//! A table of words.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// How often each word occurs.
///
/// The standard library's table with its own hash function: what a program has
/// that asks for nothing else.
#[derive(Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(HashMap<Box<str>, u64>);

impl Counts {
    /// How many different words there are.
    pub fn distinct(&self) -> usize {
        self.0.len()
    }

    /// How many words were counted.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The words of both tables, in the larger one.
    #[inline(never)]
    pub fn and(self, other: Self) -> Self {
        let (mut all, fewer) = match self.0.len() < other.0.len() {
            true => (other.0, self.0),
            false => (self.0, other.0),
        };
        for (word, count) in fewer {
            *all.entry(word).or_default() += count;
        }
        Self(all)
    }

    /// The same table with one word counted so many times more.
    #[must_use]
    pub fn with(mut self, word: Box<str>, count: u64) -> Self {
        *self.0.entry(word).or_default() += count;
        self
    }

    /// Counts one word, which is in lower case.
    pub(super) fn count(&mut self, word: &str) {
        // A word that is there already is not copied to be looked up.
        match self.0.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(word.into(), 1);
            }
        }
    }

    /// Counts every word of a text, without a look at the cancel flag.
    #[inline(never)]
    pub fn count_all(&mut self, text: &str) {
        let mut lower = String::new();
        for word in text.split(|letter: char| !letter.is_alphabetic()) {
            if word.is_empty() {
                continue;
            }
            lower.clear();
            if word.is_ascii() {
                lower.push_str(word);
                lower.make_ascii_lowercase();
            } else {
                lower.extend(word.chars().flat_map(char::to_lowercase));
            }
            self.count(&lower);
        }
    }

    /// The numbers of the digest: how many different words there are, how many
    /// all in all, and, in the order of the words, a hash of each (FNV-1a with
    /// 64 bits) and how often it occurs.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let mut words: Vec<_> = self.0.iter().collect();
        words.sort_unstable();
        let words = words.into_iter();
        let words = words.flat_map(|(word, count)| [fnv(word), *count]);
        [self.distinct() as u64, self.total()]
            .into_iter()
            .chain(words)
            .collect()
    }
}

/// Each word, and how often it occurs, in no order.
impl IntoIterator for Counts {
    type Item = (Box<str>, u64);
    type IntoIter = std::collections::hash_map::IntoIter<Box<str>, u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo) of a text's UTF-8.
pub(super) fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// The first words only: an answer can have thousands.
impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<_> = self.0.iter().collect();
        words.sort_unstable();
        words.truncate(4);
        let (distinct, total) = (self.distinct(), self.total());
        write!(f, "{distinct} words of {total}: {words:?}…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> Counts {
        let mut counts = Counts::default();
        counts.count_all(text);
        counts
    }

    fn of(words: &[(&str, u64)]) -> Counts {
        let words = words.iter().map(|(word, count)| ((*word).into(), *count));
        Counts(words.collect())
    }

    #[test]
    fn words_are_runs_of_letters_in_lower_case() {
        assert_eq!(counts(""), of(&[]));
        assert_eq!(counts(" \n12, 3?"), of(&[]));
        let found = counts("The cat, the CAT and th3 dog's\nthe");
        let expected = of(&[
            ("the", 3),
            ("cat", 2),
            ("and", 1),
            ("th", 1),
            ("dog", 1),
            ("s", 1),
        ]);
        assert_eq!(found, expected);
        // Letter by letter: the last sigma of a word is like any other.
        let found = counts("Über über ΟΔΟΣ straße ĈĈ");
        let expected =
            of(&[("über", 2), ("οδοσ", 1), ("straße", 1), ("ĉĉ", 1)]);
        assert_eq!(found, expected);
        assert_eq!((found.distinct(), found.total()), (4, 5));
    }

    #[test]
    fn tables_are_brought_together_from_both_sides() {
        let (few, many) = (counts("a b a"), counts("b c d e"));
        let all = of(&[("a", 2), ("b", 2), ("c", 1), ("d", 1), ("e", 1)]);
        assert_eq!(few.clone().and(many.clone()), all);
        assert_eq!(many.and(few), all);
        assert_eq!(all.clone().and(Counts::default()), all);
        let with = |all: Counts, (word, count)| all.with(word, count);
        let one_by_one =
            counts("b c d e").into_iter().fold(counts("a b a"), with);
        assert_eq!(one_by_one, all);
    }

    #[test]
    fn every_word_and_every_count_is_in_the_numbers() {
        let numbers = counts("b a b").numbers();
        // The hashes of "a" and of "b", as they are published.
        let [a, b] = [0xAF63_DC4C_8601_EC8C, 0xAF63_DF4C_8601_F1A5];
        assert_eq!(numbers, [2, 3, a, 1, b, 2]);
        assert_ne!(counts("b a a").numbers(), numbers);
        assert_ne!(counts("b c b").numbers(), numbers);
    }
}
