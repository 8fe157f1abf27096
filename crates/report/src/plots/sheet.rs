//! The document around a plot, and what all plots write in the same way.

use super::ticks::LETTERS;
use crate::timelines::text::{cut, escape, number};
use std::fmt::Write;

/// How wide a plot is, in pixels.
pub(super) const WIDTH: f64 = 720.0;
/// What is kept free at the left and at the right.
pub(super) const MARGIN: f64 = 8.0;
/// No name is of use that is longer than this, told in words.
const LONGEST: f64 = 400.0;

/// A whole plot.
pub(super) fn sheet(
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

/// Where a text stands beside its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A text with classes, of which the one for its anchor is made here.
pub(super) fn label(
    body: &mut String,
    anchor: Anchor,
    class: &str,
    (x, y): (f64, f64),
    text: &str,
) {
    open(body, anchor, class, (x, y));
    let _ = write!(body, "{}</text>", escape(text));
}

/// A name that is cut where it is wider than `most`, and then whole as a
/// title, with a figure after it.
pub(super) fn name(
    body: &mut String,
    anchor: Anchor,
    (x, y): (f64, f64),
    name: &str,
    most: f64,
    figure: &str,
) {
    let short = cut(name, LETTERS, most);
    open(body, anchor, "", (x, y));
    if short != name {
        let _ = write!(body, "<title>{}</title>", escape(&told(name)));
    }
    body.push_str(&escape(&short));
    if !figure.is_empty() {
        let _ = write!(body, " <tspan>{}</tspan>", escape(figure));
    }
    body.push_str("</text>");
}

/// A name as it is told in words.
pub(super) fn told(name: &str) -> String {
    cut(name, LETTERS, LONGEST)
}

/// A path, or nothing of nothing.
pub(super) fn path(body: &mut String, class: &str, path: &str) {
    if !path.is_empty() {
        let _ = write!(body, "<path class=\"{class}\" d=\"{path}\"/>");
    }
}

/// The beginning of a model's group.
pub(super) fn group(body: &mut String, class: &str, model: &str) {
    let _ =
        write!(body, "<g class=\"{class}\" data-model=\"{}\">", escape(model));
}

fn open(body: &mut String, anchor: Anchor, class: &str, (x, y): (f64, f64)) {
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => "mid",
        Anchor::End => "end",
    };
    body.push_str("<text");
    match (anchor, class) {
        ("", "") => {}
        ("", one) | (one, "") => {
            let _ = write!(body, " class=\"{one}\"");
        }
        _ => {
            let _ = write!(body, " class=\"{anchor} {class}\"");
        }
    }
    let _ = write!(body, " x=\"{}\" y=\"{}\">", number(x), number(y));
}
