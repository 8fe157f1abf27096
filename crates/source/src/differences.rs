//! Where two siblings differ, by line and by word.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;

/// Where two siblings differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The two, as indices into the workload's siblings, the smaller first.
    pub pair: (usize, usize),
    /// The parts that both have and that differ.
    pub parts: Vec<PartDifference>,
}

/// Where a part of two siblings differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDifference {
    /// The part's key.
    pub key: String,
    /// The lines that differ, in the first and in the second sibling.
    pub lines: [Vec<LineDifference>; 2],
}

/// A line that the other sibling lacks, or has with other words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDifference {
    /// Its index within the part.
    pub line: usize,
    /// The stretches that differ, each as its begin and end in UTF-16 code
    /// units of the line's text; none if the whole line differs. A stretch of
    /// no length stands where only the other line has words.
    pub words: Vec<(usize, usize)>,
}

/// Parts with more lines are not compared line by line.
const MOST_LINES: usize = 1000;

/// Lines with more bytes are not compared word by word.
const MOST_BYTES: usize = 400;

/// A part as text.
pub(crate) struct Text<'a> {
    pub(crate) key: &'a str,
    pub(crate) lines: Vec<&'a str>,
}

type Lines = [Vec<LineDifference>; 2];

/// Every pair of siblings that have one language and differ.
pub(crate) fn differences(
    siblings: &[(&'static str, Vec<Text<'_>>)],
) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (second, (language, parts)) in siblings.iter().enumerate() {
        let by_key: HashMap<&str, &Text<'_>> =
            parts.iter().map(|part| (part.key, part)).collect();
        for (first, (other, parts)) in siblings[..second].iter().enumerate() {
            if language != other {
                continue;
            }
            let parts = parts.iter().filter_map(|part| {
                let lines = &by_key.get(part.key)?.lines;
                let lines = lines_apart(&part.lines, lines);
                let differ = lines.iter().any(|lines| !lines.is_empty());
                let key = part.key.to_owned();
                differ.then_some(PartDifference { key, lines })
            });
            let parts: Vec<_> = parts.collect();
            if !parts.is_empty() {
                differences.push(Difference { pair: (first, second), parts });
            }
        }
    }
    differences.sort_by_key(|difference| difference.pair);
    differences
}

/// The lines of two parts that differ. Indentation is no difference, since the
/// lines around show it. The result does not depend on which part is first.
fn lines_apart(first: &[&str], second: &[&str]) -> Lines {
    if first == second {
        return Lines::default();
    }
    if first > second {
        let [second, first] = lines_apart(second, first);
        return [first, second];
    }
    let mut apart = Lines::default();
    let texts = [first, second]
        .map(|lines| lines.iter().map(|line| line.trim()).collect::<Vec<_>>());
    if first.len().max(second.len()) > MOST_LINES {
        for (apart, texts) in apart.iter_mut().zip(&texts) {
            apart.extend((0..texts.len()).map(whole));
        }
        return apart;
    }
    for op in capture_diff_slices(Algorithm::Patience, &texts[0], &texts[1]) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (first_range, second_range) = (op.old_range(), op.new_range());
        let mut next = second_range.start;
        for line in first_range {
            let pair = (next..second_range.end).find_map(|other| {
                let words = words_apart(first[line], second[other])?;
                Some((other, words))
            });
            let Some((other, [own, others])) = pair else {
                apart[0].push(whole(line));
                continue;
            };
            apart[1].extend((next..other).map(whole));
            apart[0].push(LineDifference { line, words: own });
            apart[1].push(LineDifference { line: other, words: others });
            next = other + 1;
        }
        apart[1].extend((next..second_range.end).map(whole));
    }
    // A blank line has nothing to mark.
    for (apart, texts) in apart.iter_mut().zip(&texts) {
        apart.retain(|differs| !texts[differs.line].is_empty());
    }
    apart
}

fn whole(line: usize) -> LineDifference {
    LineDifference { line, words: Vec::new() }
}

/// A word of a line, and where it stands in UTF-16.
struct Word<'a> {
    text: &'a str,
    begin: usize,
    end: usize,
}

/// What a character belongs to.
#[derive(PartialEq, Clone, Copy)]
enum Class {
    Blank,
    Name,
    Sign,
}

fn class(character: char) -> Class {
    if character.is_whitespace() {
        Class::Blank
    } else if character.is_alphanumeric() || character == '_' {
        Class::Name
    } else {
        Class::Sign
    }
}

/// The words of a line: names, numbers and runs of signs, without blanks.
fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut column = 0;
    let mut begin = (0, 0, Class::Blank);
    let end = std::iter::once((line.len(), None));
    let characters = line.char_indices().map(|(at, c)| (at, Some(c)));
    for (at, character) in characters.chain(end) {
        let class = character.map_or(Class::Blank, class);
        let (offset, first, last) = begin;
        if class != last || character.is_none() {
            if last != Class::Blank {
                let text = &line[offset..at];
                words.push(Word { text, begin: first, end: column });
            }
            begin = (at, column, class);
        }
        column += character.map_or(0, char::len_utf16);
    }
    words
}

/// The stretches in which two lines differ, if they have at least half of their
/// text in common. A line that only lacks words has a stretch of no length
/// where the other line has them.
fn words_apart(first: &str, second: &str) -> Option<[Vec<(usize, usize)>; 2]> {
    if first.len().max(second.len()) > MOST_BYTES {
        return None;
    }
    let lines = [words(first), words(second)];
    let texts = lines
        .each_ref()
        .map(|words| words.iter().map(|word| word.text).collect::<Vec<_>>());
    let (mut alike, mut apart) = (0, [Vec::new(), Vec::new()]);
    for op in capture_diff_slices(Algorithm::Myers, &texts[0], &texts[1]) {
        let ranges = [op.old_range(), op.new_range()];
        if matches!(op, DiffOp::Equal { .. }) {
            let same = &texts[0][ranges[0].clone()];
            // Signs are everywhere: only names make lines alike.
            let names = same.iter().filter(|word| word.contains(is_name));
            alike += names.map(|word| word.len()).sum::<usize>();
            continue;
        }
        for (side, range) in ranges.into_iter().enumerate() {
            let (words, apart) = (&lines[side], &mut apart[side]);
            let begin = words.get(range.start).or(words.last());
            let begin = begin.map_or(0, |word| {
                if range.start < words.len() { word.begin } else { word.end }
            });
            let last = range.end.checked_sub(1).and_then(|at| words.get(at));
            let end = last.map_or(begin, |word| word.end.max(begin));
            apart.push((begin, end));
        }
    }
    let names = |texts: &Vec<&str>| {
        let names = texts.iter().filter(|word| word.contains(is_name));
        names.map(|word| word.len()).sum::<usize>()
    };
    let all = texts.iter().map(names).sum::<usize>();
    (alike > 0 && alike * 4 >= all).then_some(apart)
}

fn is_name(character: char) -> bool {
    class(character) == Class::Name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_columns_in_utf16() {
        let words = words("  é𝄞_1 -> x;");
        let found: Vec<_> = words
            .iter()
            .map(|word| (word.text, word.begin, word.end))
            .collect();
        let expected = [("é", 2, 3), ("𝄞", 3, 5), ("_1", 5, 7), ("->", 8, 10)];
        assert_eq!(found[..4], expected);
        assert_eq!(found[4..], [("x", 11, 12), (";", 12, 13)]);
    }

    #[test]
    fn lines_alike_differ_by_word() {
        let first = ["a(b, c);", "only here"];
        let second = ["    a(b, d);", "nothing", "else"];
        let [one, two] = lines_apart(&first, &second);
        assert_eq!(
            one,
            [LineDifference { line: 0, words: vec![(5, 6)] }, whole(1)]
        );
        assert_eq!(
            two,
            [
                LineDifference { line: 0, words: vec![(9, 10)] },
                whole(1),
                whole(2),
            ]
        );
        assert_eq!(lines_apart(&second, &first), [two, one]);
    }

    #[test]
    fn words_of_one_line_are_a_stretch_of_no_length_in_the_other() {
        let [one, two] = lines_apart(&["let a = b"], &["let mut a = b"]);
        assert_eq!(one, [LineDifference { line: 0, words: vec![(4, 4)] }]);
        assert_eq!(two, [LineDifference { line: 0, words: vec![(4, 7)] }]);
    }

    #[test]
    fn indentation_and_blank_lines_are_no_difference() {
        let apart = lines_apart(&["a", "b"], &["  a", "", "\tb"]);
        assert_eq!(apart, Lines::default());
    }

    #[test]
    fn long_parts_and_lines_are_compared_as_wholes() {
        let many = vec!["x"; MOST_LINES + 1];
        assert_eq!(lines_apart(&many, &["x"])[0].len(), MOST_LINES + 1);
        let long = "word ".repeat(MOST_BYTES);
        let [one, _] = lines_apart(&[&long], &[&format!("{long}x")]);
        assert_eq!(one, [whole(0)]);
    }
}
