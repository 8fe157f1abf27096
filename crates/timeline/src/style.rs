//! Colours, patterns and letters.
//!
//! Every picture defines the same names in the same way, so that several may
//! stand in one page.

use crate::rows::Doing;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Eight colours that readers with any kind of colour vision tell apart: seven
/// of Okabe and Ito (<https://jfly.uni-koeln.de/color/>), and an indigo in
/// place of their black, which is the critical path's here.
const COLOURS: [&str; 8] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#f0e442",
    "#3b2d8f", "#d55e00",
];
/// The same in paler: two parts of a colour and three of white.
const PALE: [&str; 8] = [
    "#99c7e0", "#f5d999", "#99d8c7", "#ebc9dc", "#bbe1f6", "#f9f4b3",
    "#b1abd2", "#eebf99",
];
/// How many tasks have colours of their own.
pub(crate) const COLOUR_COUNT: usize = COLOURS.len();

/// Lines over a colour, on a tile of 8 by 8 pixels.
const PATTERNS: [&str; 8] = [
    "",
    "M-1 1L1-1M0 8L8 0M7 9L9 7",
    "M1 2h2M5 6h2",
    "M2 0V8M6 0V8",
    "M-1 7L1 9M0 0L8 8M7-1L9 1",
    "M0 2H8M0 6H8",
    "M0 4H8M4 0V8",
    "M0 6L4 2L8 6",
];
/// The lines over what was preempted, which nothing else has: a crossed hatch.
const CROSSED: &str = "M-1-1L9 9M-1 9L9-1";

/// The look of a run of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// A group of tasks computes.
    Group(usize),
    /// The threads of a group of tasks are preempted.
    Preempted(usize),
    /// Anything else.
    Other(Doing),
}

impl Look {
    pub(crate) fn of(doing: Doing, class: usize) -> Self {
        match doing {
            Doing::Compute => Self::Group(class),
            Doing::Preempted => Self::Preempted(class),
            other => Self::Other(other),
        }
    }

    /// The name of its class and of its pattern.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Group(class) => format!("c{class}"),
            Self::Preempted(class) => format!("p{class}"),
            Self::Other(doing) => doing.word().to_owned(),
        }
    }

    /// Its plain colour, for what is too narrow for a pattern.
    fn colour(self) -> &'static str {
        match self {
            Self::Group(class) => COLOURS[class % COLOUR_COUNT],
            Self::Preempted(class) => PALE[class % COLOUR_COUNT],
            Self::Other(Doing::Ready) => "#c08080",
            Self::Other(Doing::Io) => "#b9c0c6",
            Self::Other(Doing::Idle) => "#e4e4e4",
            Self::Other(_) => "#8b0000",
        }
    }

    /// The tile that fills it, if it is not plain.
    fn tile(self) -> Option<Tile> {
        let tile =
            |base, lines, ink, stroke| Some(Tile { base, lines, ink, stroke });
        match self {
            Self::Group(class) => {
                let round = class / COLOUR_COUNT;
                // Three and eight have no common factor: a colour meets other
                // lines in every round.
                let lines = PATTERNS[(class + 3 * round) % PATTERNS.len()];
                let dark = [0, 2, 6, 7].contains(&(class % COLOUR_COUNT));
                let ink = if dark { "#fff8" } else { "#0006" };
                let base = self.colour();
                (!lines.is_empty()).then_some(())?;
                tile(base, lines, ink, 1.0)
            }
            Self::Preempted(class) => {
                let ink = COLOURS[class % COLOUR_COUNT];
                tile(self.colour(), CROSSED, ink, 1.2)
            }
            Self::Other(Doing::Turn) => {
                tile("#8b0000", PATTERNS[4], "#fffc", 1.4)
            }
            Self::Other(Doing::Ready) => {
                tile("#fff", PATTERNS[4], "#8b0000", 1.2)
            }
            Self::Other(_) => None,
        }
    }
}

struct Tile {
    base: &'static str,
    lines: &'static str,
    ink: &'static str,
    stroke: f64,
}

/// The style sheet and the patterns for these looks, as elements.
pub(crate) fn definitions(looks: &BTreeSet<Look>) -> String {
    format!("<style>{}</style><defs>{}</defs>", css(looks), tiles(looks))
}

/// The patterns for these looks.
pub(crate) fn tiles(looks: &BTreeSet<Look>) -> String {
    let mut tiles = String::new();
    for look in looks {
        let Some(Tile { base, lines, ink, stroke }) = look.tile() else {
            continue;
        };
        let _ = write!(
            tiles,
            "<pattern id=\"lanes-{}\" width=\"8\" height=\"8\" \
             patternUnits=\"userSpaceOnUse\"><rect width=\"8\" \
             height=\"8\" fill=\"{base}\"/><path d=\"{lines}\" \
             stroke=\"{ink}\" stroke-width=\"{stroke}\" \
             fill=\"none\"/></pattern>",
            look.name()
        );
    }
    tiles
}

/// The style sheet for these looks.
pub(crate) fn css(looks: &BTreeSet<Look>) -> String {
    let mut css = String::from(
        ".lanes text{font-family:Helvetica,Arial,'Liberation Sans',\
         'DejaVu Sans',sans-serif;fill:#222;font-size:11px}\
         .lanes .title{font-size:18px;font-weight:700}\
         .lanes .sub{font-size:13px;fill:#555}\
         .lanes .head{font-size:14px;font-weight:700}\
         .lanes .name{font-size:13px;font-weight:700}\
         .lanes .total{font-size:13px}\
         .lanes .note{fill:#555}\
         .lanes .drawn{font-style:italic;fill:#8b0000}\
         .lanes .end{text-anchor:end}\
         .lanes .mid{text-anchor:middle}\
         .lanes .mark{text-anchor:middle;font-size:10px;font-weight:700;\
         fill:#111;stroke:#fff;stroke-width:3px;stroke-linejoin:round;\
         paint-order:stroke}\
         .lanes .grid{stroke:#ddd;fill:none}\
         .lanes .line{stroke:#444;fill:none}\
         .lanes .frame{stroke:#8b0000;fill:none;stroke-dasharray:5 4}\
         .lanes .arrow{stroke:#444;fill:none}\
         .lanes .path{stroke:#111;stroke-width:2;fill:none}\
         .lanes .link{stroke:#111;stroke-width:.8;fill:none}\
         .lanes .away{stroke:#111;stroke-width:2;fill:none;\
         stroke-dasharray:2 3}",
    );
    for look in looks {
        let (name, colour) = (look.name(), look.colour());
        let fill = match look.tile() {
            None if *look == Look::Other(Doing::Io) => "#fff".to_owned(),
            None => colour.to_owned(),
            Some(_) => format!("url(#lanes-{name})"),
        };
        let edge = match look {
            Look::Other(Doing::Idle) => "none",
            Look::Other(Doing::Ready) => "#8b0000;stroke-width:.7",
            Look::Other(Doing::Io) => "#444;stroke-width:.8",
            _ => "#222;stroke-width:.5",
        };
        let _ = write!(
            css,
            ".lanes .{name}{{fill:{fill};stroke:{edge}}}\
             .lanes .{name}t{{stroke:{colour};fill:none}}"
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_the_first_24_groups_look_the_same() {
        let looks = (0..24).map(Look::Group);
        let looks = looks.map(|look| {
            let lines = look.tile().map_or("", |tile| tile.lines);
            (look.colour(), lines)
        });
        assert_eq!(looks.collect::<BTreeSet<_>>().len(), 24);
    }

    #[test]
    fn what_is_preempted_is_paler_and_crossed() {
        let part = |colour: &str, at| {
            u32::from_str_radix(&colour[at..at + 2], 16).unwrap()
        };
        for class in 0..24 {
            let computes = Look::of(Doing::Compute, class);
            let preempted = Look::of(Doing::Preempted, class);
            for at in [1, 3, 5] {
                let [full, pale] =
                    [computes, preempted].map(|look| part(look.colour(), at));
                assert_eq!((2 * full + 3 * 255 + 2) / 5, pale, "{class}");
            }
            assert_eq!(preempted.tile().unwrap().lines, CROSSED);
            assert!(PATTERNS.iter().all(|lines| *lines != CROSSED));
            assert_ne!(computes.name(), preempted.name());
        }
    }

    #[test]
    fn colours_differ_in_brightness_or_lines_from_their_neighbours() {
        let brightness = |colour: &str| {
            let part =
                |at| u32::from_str_radix(&colour[at..at + 2], 16).unwrap();
            (part(1) * 299 + part(3) * 587 + part(5) * 114) / 1000
        };
        for pair in COLOURS[..4].windows(2) {
            let [one, other] = [brightness(pair[0]), brightness(pair[1])];
            assert!(one.abs_diff(other) >= 15, "{pair:?}: {one} and {other}");
        }
    }
}
