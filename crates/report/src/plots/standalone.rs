//! A plot as a file of its own.

use super::marks::definitions;

/// The colours that a page gives its plots, for light and for dark.
const INK: &str = "\
:root{--ink:#1c2024;--soft:#5b6470;--line:#d9dee3;--paper:#fff;\
background:var(--paper)}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a0a9b3;\
--line:#3a424b;--paper:#14171a}}
";

/// A plot with its colours, letters and patterns, as the text of an SVG file.
/// It is an empty string where the plot is.
pub fn standalone(plot: &str) -> String {
    let Some((head, body)) = plot.split_once("<title>") else {
        return String::new();
    };
    let head =
        head.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let css = include_str!("../../templates/plots.css");
    let definitions = definitions();
    format!("{head}<style>{INK}{css}</style>{definitions}<title>{body}\n")
}
