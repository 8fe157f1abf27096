//! Texts and numbers of other programs and of files, made harmless where they
//! are read: what a worker sends reaches terminals, pages and result files.
//!
//! A text becomes one short line without control characters; a number that
//! others may round is refused. The functions are for serde's
//! `deserialize_with`.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// No text is longer than this, in characters.
pub const MOST_CHARACTERS: usize = 400;
/// A worker names no more versions, and a description no more cells or models.
const MOST_ENTRIES: usize = 256;
/// A sample has no more buckets of latencies: a histogram of two digits has
/// half as many.
const MOST_BUCKETS: usize = 1 << 14;
/// The largest whole number that every reader of JSON keeps.
const MOST: u64 = 1 << 53;

/// A text as one line of at most [`MOST_CHARACTERS`]. Control characters, and
/// those that change the order in which others are read, are written as
/// escapes; what is cut off is shown as an ellipsis.
///
/// ```
/// use lanes_measure::foreign::line;
///
/// assert_eq!(line("\u{1b}[31mred\u{7}\n"), r"\x1b[31mred\x07\n");
/// assert_eq!(line("plain: äß→"), "plain: äß→");
/// ```
pub fn line(text: &str) -> String {
    shortened(text, MOST_CHARACTERS)
}

/// As [`line()`], of at most so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    for c in text.chars() {
        let before = line.len();
        push(&mut line, c);
        count += line[before..].chars().count();
        if count > most {
            line.truncate(before);
            // Room for the ellipsis, so that a second pass changes nothing.
            while line.chars().count() >= most && line.pop().is_some() {}
            line.push('…');
            return line;
        }
    }
    line
}

fn push(line: &mut String, c: char) {
    match c {
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        _ if c.is_control() => line.push_str(&format!("\\x{:02x}", c as u32)),
        _ if is_invisible(c) => line.push_str(&c.escape_unicode().to_string()),
        _ => line.push(c),
    }
}

/// Characters that show nothing and change how the others look: line ends of
/// Unicode, marks of direction, and what takes no room.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Reads a text as a [`line()`].
///
/// # Errors
/// Those of the deserializer.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| line(&text))
}

/// Reads a text that may be missing, as a [`line()`].
///
/// # Errors
/// Those of the deserializer.
pub fn maybe_text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.map(|text| line(&text)))
}

/// Two texts, if they are there, each as a [`line()`].
pub fn maybe_pair<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<[String; 2]>, D::Error> {
    let pair = Option::<[String; 2]>::deserialize(from)?;
    Ok(pair.map(|pair| pair.map(|text| line(&text))))
}

/// Reads texts, each as a [`line()`].
///
/// # Errors
/// Those of the deserializer.
pub fn texts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    Ok(texts.iter().map(|text| line(text)).collect())
}

/// Reads names with a text each, each as a [`line()`].
///
/// # Errors
/// Those of the deserializer, and for too many.
pub fn texts_by_name<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(from)?;
    few(texts.len())?;
    Ok(texts.iter().map(|(name, text)| (line(name), line(text))).collect())
}

/// Reads a list that is short.
///
/// # Errors
/// Those of the deserializer, and for too many entries.
pub fn list<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::deserialize(from)?;
    few(list.len())?;
    Ok(list)
}

fn few<E: Error>(count: usize) -> Result<(), E> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    let what = format!("{count} entries, of which {MOST_ENTRIES} are allowed");
    Err(E::custom(what))
}

/// Reads a whole number that every reader of JSON keeps.
///
/// # Errors
/// Those of the deserializer, and for a number above 2^53.
pub fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    exact(u64::deserialize(from)?)
}

/// As [`count`], for a number that may be missing.
///
/// # Errors
/// Those of [`count`].
pub fn maybe_count<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<u64>, D::Error> {
    Option::<u64>::deserialize(from)?.map(exact).transpose()
}

/// As [`maybe_count`], for a list.
///
/// # Errors
/// Those of [`count`].
pub fn maybe_counts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<Option<u64>>, D::Error> {
    let counts = Vec::<Option<u64>>::deserialize(from)?;
    for count in counts.iter().flatten() {
        exact::<D::Error>(*count)?;
    }
    Ok(counts)
}

/// Reads buckets of latencies: nanoseconds, and how often.
///
/// # Errors
/// Those of [`count`], and for too many.
pub fn buckets<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<(u64, u64)>, D::Error> {
    let buckets = Vec::<(u64, u64)>::deserialize(from)?;
    if buckets.len() > MOST_BUCKETS {
        let count = buckets.len();
        let what = format!("{count} latencies, at most {MOST_BUCKETS} are");
        return Err(D::Error::custom(what));
    }
    let mut all = 0u64;
    for (nanos, count) in &buckets {
        exact::<D::Error>(*nanos)?;
        all = all.saturating_add(*count);
    }
    exact::<D::Error>(all)?;
    Ok(buckets)
}

fn exact<E: Error>(number: u64) -> Result<u64, E> {
    if number <= MOST {
        return Ok(number);
    }
    Err(E::custom(format!("{number} is above 2^53")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_moves_a_cursor_or_fills_a_screen() {
        for (text, shown) in [
            ("a\u{1b}[2Jb", r"a\x1b[2Jb"),
            ("\u{9b}31m", r"\x9b31m"),
            ("one\r\ntwo\tthree\0", r"one\r\ntwo\tthree\x00"),
            ("user\u{202e}nimda", r"user\u{202e}nimda"),
            ("a\u{2028}b\u{200b}", r"a\u{2028}b\u{200b}"),
        ] {
            assert_eq!(line(text), shown);
        }
        let long = line(&"\u{7}é".repeat(4 << 20));
        assert_eq!(long.chars().count(), MOST_CHARACTERS);
        assert!(long.ends_with('…'), "{long}");
    }

    #[test]
    fn a_line_stays_what_it_is() {
        for length in [0, 1, 399, 400, 401, 10_000] {
            let once = line(&"x".repeat(length));
            assert_eq!(once.chars().count(), length.min(MOST_CHARACTERS));
            assert_eq!(line(&once), once);
        }
        let once = line(&"\u{1b}".repeat(1000));
        assert_eq!(line(&once), once);
    }
}
