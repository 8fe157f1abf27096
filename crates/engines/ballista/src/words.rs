//! Words in SQL: the lines of a text, the query that counts their words, and
//! what comes of it.

use crate::tables::Column;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use lanes_core::Error;
use lanes_core::workload::Counts;
use std::iter;
use std::sync::Arc;

/// A row for each line.
pub(crate) const LINE: Column = Column { name: "line", kind: DataType::Utf8 };

/// How many lines are written at once.
const BATCH: usize = 1 << 10;

/// What is no letter becomes a space, and what is between spaces is a word. In
/// lower case letter by letter: DataFusion's `lower`, as the standard library,
/// writes the sigma at the end of a word in another way.
pub(crate) const SQL: &str = r"
SELECT lower(replace(word, 'Σ', 'σ')) AS word, count(*) AS count
FROM (
    SELECT unnest(string_to_array(
        regexp_replace(line, '\P{Alphabetic}+', ' ', 'g'), ' '
    )) AS word
    FROM input
)
WHERE word <> ''
GROUP BY 1";

/// The lines of a part, to be written.
pub(crate) fn lines<'a>(
    text: &'a str,
) -> Box<dyn Iterator<Item = Result<ArrayRef, Error>> + 'a> {
    let mut lines = text.lines().peekable();
    Box::new(iter::from_fn(move || {
        lines.peek()?;
        let some = lines.by_ref().take(BATCH);
        let array: ArrayRef = Arc::new(StringArray::from_iter_values(some));
        Some(Ok(array))
    }))
}

/// The words of all rows, with their counts.
///
/// # Errors
/// [`Error::Protocol`] for rows of anything else.
pub(crate) fn counts(rows: &[RecordBatch]) -> Result<Counts, Error> {
    let wrong = || Error::Protocol("no words with their counts".into());
    let mut counts = Counts::default();
    for batch in rows {
        let words = cast(batch.column(0), &DataType::Utf8);
        let words = words.map_err(|_| wrong())?;
        let words = words.as_string_opt::<i32>().ok_or_else(wrong)?;
        let times = batch.column(1).as_primitive_opt::<Int64Type>();
        for (word, times) in words.iter().zip(times.ok_or_else(wrong)?) {
            let word = word.ok_or_else(wrong)?;
            let times = times.and_then(|times| u64::try_from(times).ok());
            counts = counts.with(word.into(), times.ok_or_else(wrong)?);
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::prelude::SessionContext;
    use lanes_core::Workload;
    use lanes_core::workload::{Text, Wordcount};
    use tokio::runtime::Builder;

    /// What DataFusion, in this process, makes of these lines.
    fn asked(lines: StringArray, sql: &str) -> Vec<RecordBatch> {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let session = SessionContext::new();
            let lines: ArrayRef = Arc::new(lines);
            let table = RecordBatch::try_from_iter([("line", lines)]).unwrap();
            session.register_batch("input", table).unwrap();
            session.sql(sql).await.unwrap().collect().await.unwrap()
        })
    }

    #[track_caller]
    fn same(text: &str) {
        let all: Vec<_> = text.lines().collect();
        let found = counts(&asked(all.into(), SQL)).unwrap();
        let text = Text::new(text.into(), 1).unwrap();
        assert_eq!(found, Wordcount::reference(&text));
    }

    #[test]
    fn words_are_those_of_the_reference() {
        for text in [
            "",
            " \n12, 3?\n\n",
            "The cat, the CAT and th3 dog's\nthe\r\nthe",
            "Über über ΟΔΟΣ ΟΔΟΣ, ΣΣ straße STRASSE ĈĈ",
            "İstanbul İİ ǅ ﬁ ŉ ẞ Ω K",
            "e\u{301}e\u{300} a\u{345}b \u{307}i\u{307}",
            "\u{0}a\u{0}b\u{FEFF}c\u{200D}d\u{2028}e\u{85}f",
            "日本語 テスト ไทย हिन्दी 𝔄𝔅 𐐀𐐨",
            "\\ ' \" % _ $1 {x} a'b \\P{Alphabetic} null NULL",
        ] {
            same(text);
        }
        same(&"word ".repeat(100_000));
        same(lanes_core::workload::BOOK);
    }

    /// Every character that both know, which is all but those of the newest
    /// Unicode: the standard library has 17, and regular expressions 16.
    #[test]
    fn letters_are_those_of_the_standard_library() {
        let all = || ('\0'..=char::MAX).map(String::from);
        let sql = r"SELECT regexp_like(line, '\p{Alphabetic}'),
            regexp_like(line, '\p{Age:16.0}') FROM input";
        let rows = asked(StringArray::from_iter_values(all()), sql);
        let column = |index: usize| {
            let columns = rows.iter().map(move |row| row.column(index));
            columns.flat_map(|c| c.as_boolean().iter().map(Option::unwrap))
        };
        let (mut known, mut newer) = (String::new(), 0);
        for ((c, is_letter), is_known) in
            ('\0'..=char::MAX).zip(column(0)).zip(column(1))
        {
            if is_known {
                assert_eq!(is_letter, c.is_alphabetic(), "{c:?}");
                known.extend(['a', c, 'B', '\n']);
            } else {
                newer += usize::from(c.is_alphabetic());
            }
        }
        assert!(newer < 10_000, "{newer} letters are newer");
        same(&known);
    }
}
