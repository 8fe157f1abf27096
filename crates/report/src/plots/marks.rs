//! Marks that are told apart without their colours, and patterns.

/// Around a point, filled. Eight colours and seven shapes have no common
/// factor: of 56 series no two look the same.
const SHAPES: [&str; 7] = [
    "m-3.5 0a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0",
    "m-3-3h6v6h-6z",
    "m0-4l4 7h-8z",
    "m0-4.5l4.5 4.5-4.5 4.5-4.5-4.5z",
    "m0 4l4-7h-8z",
    "m-1.5-4h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5v-3h2.5z",
    "m-4-4h8l-8 8h8z",
];
const COLOUR_COUNT: usize = 8;
const DASH_COUNT: usize = 5;

/// The shape of a series.
pub(super) fn shape(series: usize) -> &'static str {
    SHAPES[series % SHAPES.len()]
}

/// The classes of a series, for its colour and for its dashes.
pub(super) fn look(series: usize) -> String {
    format!("p-s{} p-d{}", series % COLOUR_COUNT, series % DASH_COUNT)
}

/// What plots refer to: to stand once in the page, before the first plot.
///
/// It is an element that takes no room; `display:none` would take its patterns
/// away from some browsers.
pub fn definitions() -> String {
    "<svg class=\"plot-defs\" aria-hidden=\"true\" width=\"0\" height=\"0\">\
     <defs><pattern id=\"plot-hatch\" width=\"5\" height=\"5\" \
     patternUnits=\"userSpaceOnUse\"><path d=\"M-1 1L1-1M0 5L5 0M4 6L6 4\"/>\
     </pattern></defs></svg>"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_of_40_series_look_the_same() {
        let looks = (0..40).map(|series| (look(series), shape(series)));
        assert_eq!(looks.collect::<BTreeSet<_>>().len(), 40);
        let grey = (0..35).map(|series| (series % DASH_COUNT, shape(series)));
        assert_eq!(grey.collect::<BTreeSet<_>>().len(), 35);
    }
}
