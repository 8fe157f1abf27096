//! Text in a document: how wide it is, where it breaks, what is escaped.

use std::borrow::Cow;

/// Text as XML shows it, in content and in attributes.
pub fn escape(text: &str) -> Cow<'_, str> {
    let plain = |letter: char| {
        letter >= ' '
            && !matches!(letter, '&' | '<' | '>' | '"' | '\'')
            && !matches!(letter, '\u{7f}'..='\u{9f}')
            && !matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            _ if plain(letter) => escaped.push(letter),
            // XML has no way at all to write most of these.
            _ => escaped.push('\u{fffd}'),
        }
    }
    Cow::Owned(escaped)
}

/// About how wide a text is, in pixels, with letters of this size; rather too
/// wide, since the reader's font is not known.
pub fn width(text: &str, size: f64) -> f64 {
    let ems = text.chars().map(|letter| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 0.32,
        ' ' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | 'I' | '-' | '·' => 0.41,
        'm' | 'M' | 'w' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.7,
        '\u{0}'..='\u{2ff}' => 0.62,
        '\u{2010}'..='\u{2026}' => 0.7,
        _ => 1.05,
    });
    ems.sum::<f64>() * size
}

/// The text in lines no wider than `most` pixels. A word that is wider is
/// broken anywhere.
pub fn wrap(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        let longer = format!("{line} {word}");
        if !line.is_empty() && width(&longer, size) <= most {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while width(&word, size) > most {
            let fitting = fitting(&word, size, most);
            let rest = word.split_off(fitting);
            lines.push(std::mem::replace(&mut word, rest));
        }
        line = word;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The text, cut off where it is wider than `most` pixels.
pub fn cut(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let kept = fitting(text, size, most - width("…", size));
    format!("{}…", text[..kept].trim_end())
}

/// The text without its middle where it is wider than `most` pixels: names of
/// workers differ at their end.
pub fn cut_middle(text: &str, size: f64, most: f64) -> String {
    const TAIL: usize = 4;
    if width(text, size) <= most {
        return text.to_owned();
    }
    let tail = text.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    let (head, tail) = text.split_at(tail);
    let room = most - width(tail, size);
    format!("{}…{tail}", cut(head, size, room).trim_end_matches('…'))
}

/// How many bytes of a text fit, one letter at least.
fn fitting(text: &str, size: f64, most: f64) -> usize {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let mut fitting = 0;
    for end in ends {
        if fitting > 0 && width(&text[..end], size) > most {
            break;
        }
        fitting = end;
    }
    fitting
}

/// A coordinate with one decimal at the most.
pub fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        let text = "<script>alert('&')</script>\u{0}\n\"\u{ffff}";
        assert_eq!(
            escape(text),
            "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;\u{fffd} \
             &quot;\u{fffd}"
        );
        assert!(matches!(escape("plain – ü 漢"), Cow::Borrowed(_)));
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(
            [7.0, 7.04, 7.06, 0.5].map(number),
            ["7", "7", "7.1", "0.5"]
        );
    }

    #[test]
    fn a_name_keeps_its_end() {
        let name = "a-worker-with-a-long-name 12";
        let short = cut_middle(name, 10.0, 100.0);
        assert!(short.starts_with("a-work"), "{short}");
        assert!(short.ends_with("…e 12"), "{short}");
        assert!(width(&short, 10.0) <= 100.0);
        assert_eq!(cut_middle("漢", 10.0, 1.0), "…漢");
        assert_eq!(cut_middle("main", 10.0, 100.0), "main");
    }

    proptest! {
        #[test]
        fn lines_are_narrow_and_lose_nothing(text in "[a-z漢 ]{0,80}") {
            let lines = wrap(&text, 10.0, 60.0);
            for line in &lines {
                prop_assert!(width(line, 10.0) <= 60.0);
                prop_assert!(!line.is_empty());
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            prop_assert!(width(&cut(&text, 10.0, 60.0), 10.0) <= 60.0);
        }
    }
}
