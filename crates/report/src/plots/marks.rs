//! Marks that differ without their colours, and patterns.

use std::fmt::Write;

/// Around a point, filled. Eight colours and seven shapes have no common
/// factor: of 56 series no two look the same.
const SHAPES: [&str; 7] = [
    "M-3.5 0a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0z",
    "M-3-3h6v6h-6z",
    "M0-4l4 7h-8z",
    "M0-4.5l4.5 4.5-4.5 4.5-4.5-4.5z",
    "M0 4l4-7h-8z",
    "M-1.5-4h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5v-3h2.5z",
    "M-4-4h8l-8 8h8z",
];
const COLOUR_COUNT: usize = 8;
const DASH_COUNT: usize = 5;

/// The classes of a series: for its colour, its dashes and its marks.
pub(super) fn look(series: usize) -> String {
    let colour = series % COLOUR_COUNT;
    let (dash, shape) = (series % DASH_COUNT, series % SHAPES.len());
    format!("p-s{colour} p-d{dash} p-m{shape}")
}

/// The markers and patterns that plots refer to. They stand once in the page,
/// before the first plot.
///
/// The element takes no room. `display:none` would hide its patterns from some
/// browsers.
pub fn definitions() -> String {
    let mut all = String::from(
        "<svg class=\"plot-defs\" aria-hidden=\"true\" width=\"0\" \
         height=\"0\"><defs><pattern id=\"plot-hatch\" width=\"5\" \
         height=\"5\" patternUnits=\"userSpaceOnUse\">\
         <path d=\"M-1 1L1-1M0 5L5 0M4 6L6 4\"/></pattern>",
    );
    for (index, shape) in SHAPES.iter().enumerate() {
        let _ = write!(
            all,
            "<marker id=\"plot-m{index}\" markerUnits=\"userSpaceOnUse\" \
             viewBox=\"-6 -6 12 12\" markerWidth=\"12\" \
             markerHeight=\"12\"><path d=\"{shape}\"/></marker>"
        );
    }
    all + "</defs></svg>"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_of_40_series_look_the_same() {
        let looks = (0..40).map(look).collect::<BTreeSet<_>>();
        assert_eq!(looks.len(), 40);
        // Without colours, as on paper: dashes and marks.
        let plain = |look: String| look[5..].to_owned();
        let grey = (0..35).map(look).map(plain).collect::<BTreeSet<_>>();
        assert_eq!(grey.len(), 35);
    }
}
