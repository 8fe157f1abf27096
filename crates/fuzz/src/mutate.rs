//! Inputs made from others, by a seed.

use lanes_core::seed::{Numbers, numbers};
use serde_json::{Value, json};

/// What the inputs of a target are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Bytes.
    Bytes,
    /// Lines, each with a JSON value.
    Lines,
    /// One JSON value.
    Document,
}

/// No input grows beyond this, in bytes.
const MOST_BYTES: usize = 1 << 18;

/// Makes inputs from others. Two with the same seed make the same ones.
pub struct Mutator(Numbers);

impl Mutator {
    /// A mutator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(numbers(seed))
    }

    /// A new input, from one of the corpus.
    pub fn input(&mut self, format: Format, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.one_of(corpus).cloned().unwrap_or_default();
        for _ in 0..=self.below(4) {
            // A value that is changed as a whole is still JSON, and gets
            // further than one with a byte less.
            let known = if self.below(4) > 0 {
                self.step(format, &bytes)
            } else {
                None
            };
            match known {
                Some(known) => bytes = known,
                None => self.bytes(&mut bytes, corpus),
            }
        }
        bytes.truncate(MOST_BYTES);
        bytes
    }

    /// The input with one change that its format allows for; `None` if it is
    /// not of that format.
    pub fn step(&mut self, format: Format, bytes: &[u8]) -> Option<Vec<u8>> {
        match format {
            Format::Bytes => None,
            Format::Document => self.document(bytes),
            Format::Lines => {
                let mut lines: Vec<&[u8]> =
                    bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let number = self.below(lines.len());
                let line = lines.get(number)?;
                let mut changed = self.document(line)?;
                changed.push(b'\n');
                lines[number] = &changed;
                Some(lines.concat())
            }
        }
    }

    fn document(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut value: Value = serde_json::from_slice(bytes).ok()?;
        let count = size(&value);
        let other = nth(&mut value, &mut self.below(count)).cloned();
        let chosen = nth(&mut value, &mut self.below(count))?;
        match (self.below(6), chosen) {
            (0, chosen) => *chosen = other.unwrap_or_default(),
            (1, Value::Array(list)) if !list.is_empty() => {
                let number = self.below(list.len());
                let copy = list[number].clone();
                list.insert(self.below(number + 1), copy);
            }
            (2, Value::Array(list)) if !list.is_empty() => {
                list.remove(self.below(list.len()));
            }
            (2, Value::Object(map)) if !map.is_empty() => {
                let name = map.keys().nth(self.below(map.len())).cloned();
                map.remove(&name.unwrap_or_default());
            }
            (3, Value::Number(number)) => {
                let around = number.as_u64().unwrap_or(0);
                let near = [
                    around.wrapping_add(1),
                    around.wrapping_sub(1),
                    around.wrapping_mul(1000),
                    around / 1000,
                ];
                *number = near[self.below(near.len())].into();
            }
            (_, chosen) => *chosen = self.strange(),
        }
        serde_json::to_vec(&value).ok()
    }

    /// A value that somebody forgot.
    fn strange(&mut self) -> Value {
        let values = [
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!(""),
            json!("\u{1b}[31m\u{0}\u{202e}<script>&\"'"),
            json!("word ".repeat(200)),
            json!(0),
            json!(1),
            json!(-1),
            json!(0.5),
            json!(-0.0),
            json!(1e-320),
            json!(1e308),
            json!(-1e308),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(u32::MAX),
            json!(1u64 << 53),
            json!([u64::MAX, u64::MAX]),
            json!(self.next()),
        ];
        values[self.below(values.len())].clone()
    }

    fn bytes(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        let length = self.below((bytes.len() - at).min(64) + 1);
        match self.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = self.next() as u8,
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let again = bytes[at..at + length].to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let words = [0, 1, 0x7f, 0xff, u64::MAX, 1 << 30, self.next()];
                let word = words[self.below(words.len())].to_le_bytes();
                let word = &word[..1 << self.below(4)];
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word.iter().copied());
            }
            _ => {
                let other = self.one_of(corpus).cloned().unwrap_or_default();
                bytes.truncate(at);
                bytes.extend_from_slice(&other[self.below(other.len())..]);
            }
        }
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// A number below this one; of nothing, 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn next(&mut self) -> u64 {
        self.0.next().expect("the stream is endless")
    }
}

/// How many values a value has in it, with itself.
fn size(value: &Value) -> usize {
    let inner: usize = match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    };
    inner + 1
}

/// The value with this number, counted from the outside.
fn nth<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|v| nth(v, left)),
        Value::Object(map) => map.values_mut().find_map(|v| nth(v, left)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const DOCUMENT: &[u8] = br#"{"a":[1,2,{"b":null}],"c":"text"}"#;

    #[test]
    fn a_seed_makes_the_same_inputs_and_another_one_others() {
        let corpus = [DOCUMENT.to_vec(), b"[0]".to_vec()];
        let inputs = |seed| {
            let mut mutator = Mutator::new(seed);
            let make = |_| mutator.input(Format::Document, &corpus);
            (0..100).map(make).collect::<Vec<_>>()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
        let different: BTreeSet<_> = inputs(7).into_iter().collect();
        assert!(different.len() > 80, "{} of 100", different.len());
    }

    #[test]
    fn a_step_keeps_a_document_and_the_other_lines() {
        let mut mutator = Mutator::new(7);
        for _ in 0..1000 {
            let changed = mutator.step(Format::Document, DOCUMENT).unwrap();
            assert!(serde_json::from_slice::<Value>(&changed).is_ok());
        }
        let lines = b"[1]\n[2]\n";
        for _ in 0..100 {
            let changed = mutator.step(Format::Lines, lines).unwrap();
            let text = String::from_utf8(changed).unwrap();
            assert!(text.contains("[1]\n") || text.contains("[2]\n"), "{text}");
        }
        assert_eq!(mutator.step(Format::Document, b"{"), None);
    }

    #[test]
    fn every_value_of_a_document_can_be_chosen() {
        let mut value: Value = serde_json::from_slice(DOCUMENT).unwrap();
        assert_eq!(size(&value), 7);
        let all: BTreeSet<String> = (0..7)
            .map(|n| nth(&mut value, &mut { n }).unwrap().to_string())
            .collect();
        assert_eq!(all.len(), 7);
        assert_eq!(nth(&mut value, &mut 7), None);
    }
}
