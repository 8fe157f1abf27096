//! Ticks, and times as text.

use super::text::count;
use std::time::Duration;

/// A time in three digits or so: `142 ms`, `7.1 ms`, `812 µs`.
pub(crate) fn time(nanos: u128) -> String {
    let (size, unit) = scale(nanos);
    let value = nanos as f64 / size;
    let text = match value {
        _ if nanos < 1000 => format!("{nanos}"),
        ..9.95 => format!("{value:.2}"),
        ..99.5 => format!("{value:.1}"),
        _ => count(value.round() as usize),
    };
    format!("{} {unit}", trim(&text))
}

/// A multiple of the unit: `7.1`, `0.04`, `120`.
pub(crate) fn units(nanos: u128, unit: Duration) -> String {
    let value = nanos as f64 / unit.as_nanos() as f64;
    match value {
        0.0 => "0".into(),
        ..0.005 => "<0.01".into(),
        ..0.095 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => count(value.round() as usize),
    }
}

/// `0.50` and `2.00` say no more than `0.5` and `2`.
fn trim(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// Nanoseconds of the unit that a time is told in, and its name.
fn scale(nanos: u128) -> (f64, &'static str) {
    match nanos {
        0..1_000 => (1.0, "ns"),
        1_000..1_000_000 => (1e3, "µs"),
        1_000_000..10_000_000_000 => (1e6, "ms"),
        _ => (1e9, "s"),
    }
}

/// Where marks stand on an axis, and what is written there.
pub(crate) struct Ticks {
    /// What the numbers are told in.
    pub(crate) unit: String,
    /// Parts of the axis, 0 to 1, and numbers.
    pub(crate) marks: Vec<(f64, String)>,
}

/// Ticks for an axis of so many nanoseconds, in milliseconds or, for runs that
/// are far shorter or longer, in another unit.
pub(crate) fn in_time(axis: u64, most: usize) -> Ticks {
    let (size, unit) = scale(u128::from(axis) / 2);
    let marks = marks(axis as f64 / size, most);
    Ticks { unit: unit.to_owned(), marks }
}

/// Ticks for an axis of so many nanoseconds, in units.
pub(crate) fn in_units(axis: u64, unit: Duration, most: usize) -> Ticks {
    let marks = marks(axis as f64 / unit.as_nanos() as f64, most);
    Ticks { unit: "U".to_owned(), marks }
}

/// Round numbers from 0 to `end`, `most` steps or fewer.
fn marks(end: f64, most: usize) -> Vec<(f64, String)> {
    let least = end / most.max(1) as f64;
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    // Rounding may put the smallest power just below the least step.
    let step = steps.into_iter().find(|step| *step >= least * 0.999_999);
    let step = step.unwrap_or(20.0 * power);
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    let last = (end / step + 1e-9).floor() as usize;
    let mark = |index: usize| {
        let value = index as f64 * step;
        let text = match decimals {
            0 => count(value.round() as usize),
            _ => format!("{value:.decimals$}"),
        };
        ((value / end).min(1.0), text)
    };
    (0..=last.min(most.max(1))).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_told_in_three_digits() {
        let ms = 1_000_000;
        assert_eq!(
            [142 * ms, 7_130_000, 812_400, 999, 0, 2_345 * ms, 14_200 * ms]
                .map(time),
            [
                "142 ms", "7.13 ms", "812 µs", "999 ns", "0 ns", "2,345 ms",
                "14.2 s"
            ]
        );
        let unit = Duration::from_millis(20);
        assert_eq!(
            [142 * ms, 800_000, 0, 1, 20_000 * ms].map(|t| units(t, unit)),
            ["7.1", "0.04", "0", "<0.01", "1,000"]
        );
    }

    #[test]
    fn ticks_are_round() {
        let texts = |ticks: Ticks| {
            ticks.marks.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        let ms = 1_000_000;
        let unit = Duration::from_millis(20);
        let ten = (0..=10).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(in_units(203 * ms, unit, 12)), ten);
        assert_eq!(
            texts(in_time(203 * ms, 6)),
            ["0", "50", "100", "150", "200"]
        );
        assert_eq!(
            texts(in_time(ms, 5)),
            ["0", "200", "400", "600", "800", "1,000"]
        );
        assert_eq!(in_time(ms, 5).unit, "µs");
        assert_eq!(
            texts(in_units(ms, unit, 5)),
            ["0.00", "0.01", "0.02", "0.03", "0.04", "0.05"]
        );
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_on_the_axis(
            axis in 1..=u64::MAX,
            unit in 1..u64::MAX,
            most in 1..20usize,
        ) {
            let unit = Duration::from_nanos(unit);
            for ticks in [in_time(axis, most), in_units(axis, unit, most)] {
                prop_assert!((1..=most + 1).contains(&ticks.marks.len()));
                for (part, _) in &ticks.marks {
                    prop_assert!((0.0..=1.0).contains(part));
                }
            }
        }
    }
}
