//! Source as HTML: escaped text, with short spans for the colours.

use crate::language::Language;
use std::sync::LazyLock;
use tree_sitter_highlight::{
    Highlight, HighlightConfiguration, HighlightEvent, Highlighter,
};

/// The captures of the grammars' queries, and the class of the span of each; a
/// plain one within another ends that one's colour.
const NAMES: [(&str, u8); 13] = [
    ("attribute", b'a'),
    ("comment", b'c'),
    ("constant.builtin", b'n'),
    ("constructor", b't'),
    ("embedded", PLAIN),
    ("function", b'f'),
    ("keyword", b'k'),
    ("label", PLAIN),
    ("number", b'n'),
    ("string", b's'),
    ("type", b't'),
    ("variable", PLAIN),
    ("variable.builtin", b'k'),
];

const PLAIN: u8 = 0;

/// Highlights texts of both languages.
pub(crate) struct Highlighters(Highlighter);

impl Highlighters {
    pub(crate) fn new() -> Self {
        Self(Highlighter::new())
    }

    /// The lines of a text as HTML; plain ones without a language.
    pub(crate) fn html(
        &mut self,
        language: Option<Language>,
        text: &str,
    ) -> Vec<String> {
        let classes = language.and_then(configured).and_then(|configuration| {
            classes(&mut self.0, configuration, text)
        });
        let classes = classes.unwrap_or_else(|| vec![PLAIN; text.len()]);
        let mut begin = 0;
        let line = |whole: &str| {
            let classes = &classes[begin..];
            begin += whole.len();
            let line = whole.strip_suffix('\n').unwrap_or(whole);
            html(line.strip_suffix('\r').unwrap_or(line), classes)
        };
        text.split_inclusive('\n').map(line).collect()
    }
}

/// A query takes longer to analyse than most files to highlight: once.
fn configured(language: Language) -> Option<&'static HighlightConfiguration> {
    type Once = LazyLock<Option<HighlightConfiguration>>;
    static RUST: Once = Once::new(|| configuration(Language::Rust));
    static PYTHON: Once = Once::new(|| configuration(Language::Python));
    match language {
        Language::Rust => RUST.as_ref(),
        Language::Python => PYTHON.as_ref(),
    }
}

/// Source is shown without colours where there is none; a test rules that out.
fn configuration(language: Language) -> Option<HighlightConfiguration> {
    let (grammar, name) = (language.grammar(), language.name());
    let query = language.highlights();
    let mut configuration =
        HighlightConfiguration::new(grammar, name, &query, "", "").ok()?;
    configuration.configure(&NAMES.map(|(name, _)| name));
    Some(configuration)
}

/// The class of each byte of a text.
fn classes(
    highlighter: &mut Highlighter,
    configuration: &HighlightConfiguration,
    text: &str,
) -> Option<Vec<u8>> {
    let mut classes = vec![PLAIN; text.len()];
    let mut open = vec![PLAIN];
    let events = highlighter
        .highlight(configuration, text.as_bytes(), None, |_| None)
        .ok()?;
    for event in events {
        match event.ok()? {
            HighlightEvent::HighlightStart(Highlight(index)) => {
                let around = *open.last()?;
                // All of an attribute looks like one, whatever it contains.
                let whole = around == b'a' || around == b'c';
                open.push(if whole { around } else { NAMES.get(index)?.1 });
            }
            HighlightEvent::HighlightEnd => {
                open.pop();
            }
            HighlightEvent::Source { start, end } => {
                classes.get_mut(start..end)?.fill(*open.last()?);
            }
        }
    }
    Some(classes)
}

/// A line as HTML: neighbours of one class share a span.
fn html(line: &str, classes: &[u8]) -> String {
    let mut html = String::with_capacity(line.len() * 2);
    let mut open = PLAIN;
    for (offset, character) in line.char_indices() {
        let class = classes[offset];
        if class != open {
            if open != PLAIN {
                html.push_str("</i>");
            }
            if class != PLAIN {
                html.push_str("<i class=");
                html.push(char::from(class));
                html.push('>');
            }
            open = class;
        }
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(shown(other)),
        }
    }
    if open != PLAIN {
        html.push_str("</i>");
    }
    html
}

/// The character that is shown. HTML has no control characters, and characters
/// that turn the direction of text can make code look like other code. The
/// replacement is as long in UTF-16.
fn shown(character: char) -> char {
    match character {
        '\t' => '\t',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        other if other.is_control() => '\u{FFFD}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(language: Language, text: &str) -> Vec<String> {
        Highlighters::new().html(Some(language), text)
    }

    #[test]
    fn rust_has_spans() {
        let text =
            "#[derive(Debug)]\nstruct A;\nfn b() { c(1, \"<&>\") } // d\n";
        let expected = [
            "<i class=a>#[derive(Debug)]</i>",
            "<i class=k>struct</i> <i class=t>A</i>;",
            "<i class=k>fn</i> <i class=f>b</i>() { <i class=f>c</i>\
             (<i class=n>1</i>, <i class=s>\"&lt;&amp;&gt;\"</i>) } \
             <i class=c>// d</i>",
        ];
        assert_eq!(one(Language::Rust, text), expected);
    }

    #[test]
    fn python_has_spans() {
        let text = "@a\ndef b(c):\n    return f\"x{c}\" and not None\n";
        let expected = [
            "<i class=a>@a</i>",
            "<i class=k>def</i> <i class=f>b</i>(c):",
            "    <i class=k>return</i> <i class=s>f\"x</i>{c}<i class=s>\"</i> \
             <i class=k>and</i> <i class=k>not</i> <i class=n>None</i>",
        ];
        assert_eq!(one(Language::Python, text), expected);
    }

    #[test]
    fn a_span_ends_with_its_line() {
        let text = "/* a\n\n b */ fn c() {}\r\n";
        let expected = [
            "<i class=c>/* a</i>",
            "",
            "<i class=c> b */</i> <i class=k>fn</i> <i class=f>c</i>() {}",
        ];
        assert_eq!(one(Language::Rust, text), expected);
    }

    #[test]
    fn what_html_has_not_is_replaced() {
        let plain = Highlighters::new().html(None, "a\0b\u{202E}c\td\re\n<");
        assert_eq!(plain, ["a\u{FFFD}b\u{FFFD}c\td\u{FFFD}e", "&lt;"]);
    }
}
