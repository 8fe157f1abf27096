//! The document around a plot, and the names in it.

use lanes_timeline::svg::shapes::{Anchor, open_text};
use lanes_timeline::svg::text::{cut, escape, number, width};
use std::fmt::Write;

/// How wide a plot is, in pixels.
pub(super) const WIDTH: f64 = 720.0;
/// The pixels that are kept free at the left and at the right.
pub(super) const MARGIN: f64 = 8.0;
/// The size of the letters.
pub(super) const LETTERS: f64 = 12.0;
/// A name in a description is cut where it is wider than this.
const LONGEST: f64 = 400.0;

/// A whole plot.
pub(super) fn plot(
    kind: &str,
    height: f64,
    title: &str,
    description: &str,
    body: &str,
) -> String {
    let height = number(height.ceil());
    format!(
        "<svg class=\"plot {kind}\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\"><title>{}</title>\
         <desc>{}</desc>{body}</svg>",
        escape(title),
        escape(description.trim_end()),
    )
}

/// A name with a figure after it. A name that is wider than `most` is cut, and
/// whole as a title.
pub(super) fn name(
    body: &mut String,
    anchor: Anchor,
    at: (f64, f64),
    name: &str,
    most: f64,
    figure: &str,
) {
    let short = cut(name, LETTERS, most);
    open_text(body, anchor, "", at);
    if short != name {
        let _ = write!(body, "<title>{}</title>", escape(&in_words(name)));
    }
    body.push_str(&escape(&short));
    if !figure.is_empty() {
        let _ = write!(body, " <tspan>{}</tspan>", escape(figure));
    }
    body.push_str("</text>");
}

/// A name in a description or a title.
pub(super) fn in_words(name: &str) -> String {
    cut(name, LETTERS, LONGEST)
}

/// The room of a tick's text on a horizontal axis.
pub(super) fn beside(text: &str) -> f64 {
    width(text, LETTERS) / 2.0 + 5.0
}

/// The room of a tick's text on a vertical axis.
pub(super) fn above(_: &str) -> f64 {
    LETTERS
}
