//! A text of lines of a real one, cut where no word is.

use crate::parts::{self, Part};
use crate::{Error, preflight, seed};
use std::ops::Range;

/// The first book of Cicero's *De finibus bonorum et malorum*, 45 BC, which is
/// in the public domain.
///
/// It comes with the crate `lipsum` as a constant: the same text on every
/// machine, without a file that could be missing. The crate is held to one
/// version, since another may have another text.
pub const BOOK: &str = lipsum::LIBER_PRIMUS;

/// A text, cut into grains at white space.
pub struct Text {
    text: String,
    grain: usize,
    /// Where grains begin and end, one more than there are grains.
    cuts: Vec<usize>,
}

impl Text {
    /// A text in grains of `grain` bytes, or a few more: each goes on to the
    /// next white space. A word that is longer than a grain is in one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is not UTF-8 and for a grain of zero.
    pub fn new(text: Vec<u8>, grain: usize) -> Result<Self, Error> {
        if grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        let text = String::from_utf8(text).map_err(|error| {
            Error::Invalid(format!("no text: {}", error.utf8_error()))
        })?;
        let mut cuts = vec![0];
        let mut end = 0;
        while end < text.len() {
            end = end.saturating_add(grain).min(text.len());
            // No byte of a longer character is one of these.
            let rest = text.as_bytes()[end..].iter();
            let word = rest.take_while(|byte| !byte.is_ascii_whitespace());
            end += word.count();
            cuts.push(end);
        }
        Ok(Self { text, grain, cuts })
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bytes a grain has, at least.
    pub fn grain_bytes(&self) -> usize {
        self.grain
    }

    /// The numbers of the grains, in order.
    pub fn grains(&self) -> Range<usize> {
        0..self.cuts.len() - 1
    }

    /// The text of a grain.
    pub fn grain(&self, grain: usize) -> &str {
        self.of(grain..grain + 1)
    }

    /// The text of some grains.
    pub fn of(&self, grains: Range<usize>) -> &str {
        &self.text[self.cuts[grains.start]..self.cuts[grains.end]]
    }

    /// The grains in at most `count` parts; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.grains().len(), 1, count)
    }

    /// One grain as a part of its own, whose task has the same number.
    pub fn grain_part(&self, grain: usize) -> Part {
        parts::grain(self.grains().len(), 1, grain)
    }

    /// All grains as one part.
    pub fn whole(&self, task: usize) -> Part {
        Part { task, range: self.grains() }
    }
}

/// Lines of the [`BOOK`] that numbers from the seed choose, one after the
/// other, until there are so many bytes. The last line is cut off there, or
/// before a character that would be cut in two, and line feeds fill what is
/// left.
///
/// # Errors
/// [`Error::Resource`] if memory does not hold it.
pub(super) fn of_lines(bytes: usize, seed: u64) -> Result<Vec<u8>, Error> {
    let lines = BOOK.lines().filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.collect();
    preflight::memory(bytes, 1)?;
    let mut text = Vec::new();
    text.try_reserve_exact(bytes).map_err(|_| Error::memory())?;
    for number in seed::numbers(seed) {
        let left = bytes - text.len();
        if left == 0 {
            break;
        }
        let line = lines[(number % lines.len() as u64) as usize];
        let fits = |end: &usize| line.is_char_boundary(*end);
        let end = (0..=left.min(line.len())).rev().find(fits);
        text.extend_from_slice(&line.as_bytes()[..end.unwrap_or(0)]);
        if text.len() < bytes {
            text.push(b'\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::counts::fnv;
    use super::*;

    fn grains(text: &str, grain: usize) -> Vec<String> {
        let text = Text::new(text.into(), grain).unwrap();
        let grains = text.grains().map(|grain| text.grain(grain).to_owned());
        grains.collect()
    }

    #[test]
    fn grains_cover_a_text_and_cut_no_word() {
        assert_eq!(grains("", 3), [""; 0]);
        assert_eq!(grains("abc", 1), ["abc"]);
        assert_eq!(grains("a b\tcd\n", 1), ["a", " b", "\tcd", "\n"]);
        assert_eq!(grains("one two three", 4), ["one two", " three"]);
        assert_eq!(grains("one two", usize::MAX), ["one two"]);
        assert_eq!(grains("   ", 2), ["  ", " "]);
        // The second byte of a character is no white space.
        assert_eq!(grains("ĉ ĉĉ", 1), ["ĉ", " ĉĉ"]);
        let text = String::from_utf8(of_lines(5000, 7).unwrap()).unwrap();
        for grain in [1, 2, 63, 64, 65, 4999, 5000, 5001] {
            let grains = grains(&text, grain);
            assert_eq!(grains.concat(), text, "{grain}");
            let words = grains.iter().flat_map(|g| g.split_whitespace());
            assert!(words.eq(text.split_whitespace()), "{grain}");
        }
    }

    #[test]
    fn a_part_is_the_text_of_its_grains() {
        let text = of_lines(1000, 7).unwrap();
        let text = Text::new(text, 100).unwrap();
        let parts = text.parts(3).map(|part| text.of(part.range));
        assert_eq!(parts.collect::<String>(), text.text());
        assert_eq!(text.of(text.whole(0).range), text.text());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let cut = "ĉ".as_bytes()[..1].to_vec();
        for bytes in [vec![0xFF], vec![b'a', 0xC0, 0x80], cut] {
            let refused = Text::new(bytes, 1).err();
            let Some(Error::Invalid(why)) = refused else { panic!() };
            assert!(why.contains("utf-8"), "{why}");
        }
        let refused = Text::new(Vec::new(), 0).err();
        assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
    }

    #[test]
    fn a_text_has_its_size_and_is_of_its_seed() {
        for bytes in [0, 1, 2, 71, 72, 73, 4095, 4096, 4097] {
            let text = of_lines(bytes, 7).unwrap();
            assert_eq!(text.len(), bytes);
            let text = Text::new(text, 64).unwrap();
            let mut lines = text.text().lines();
            assert!(lines.all(|line| BOOK.contains(line)), "{bytes}");
        }
        assert_eq!(of_lines(999, 7), of_lines(999, 7));
        assert_ne!(of_lines(999, 7), of_lines(999, 8));
    }

    #[test]
    fn the_book_is_the_one_that_answers_were_made_with() {
        assert!(BOOK.contains("dolorem ipsum"));
        assert_eq!((BOOK.len(), fnv(BOOK)), (49_068, 0x9678_3D40_B870_7192));
    }
}
