//! Elements of SVG, appended to the body of a document.

use super::text::{escape, number};
use std::fmt::Write;

/// Where a text stands beside its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there; it has the class `mid`.
    Middle,
    /// It ends there; it has the class `end`.
    End,
}

/// A text with these classes, and the one of its anchor.
pub fn label(
    body: &mut String,
    anchor: Anchor,
    class: &str,
    at: (f64, f64),
    text: &str,
) {
    open_text(body, anchor, class, at);
    let _ = write!(body, "{}</text>", escape(text));
}

/// The opening tag of a text.
pub fn open_text(
    body: &mut String,
    anchor: Anchor,
    class: &str,
    (x, y): (f64, f64),
) {
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

/// A path; an empty one is left out.
pub fn path(body: &mut String, class: &str, path: &str) {
    if !path.is_empty() {
        let _ = write!(body, "<path class=\"{class}\" d=\"{path}\"/>");
    }
}

/// The opening tag of a model's group.
pub fn open_group(body: &mut String, class: &str, model: &str) {
    let _ =
        write!(body, "<g class=\"{class}\" data-model=\"{}\">", escape(model));
}
