//! Round numbers on logarithmic scales, as many as fit.

use super::scale::Scale;
use crate::timelines::text::{count, width};

/// The size of the letters.
pub(super) const LETTERS: f64 = 12.0;

/// A value and what is written there.
pub(super) type Tick = (f64, String);

/// The ticks that are on the scale and do not touch one that came before;
/// `half` is how many pixels a text takes to either side.
pub(super) fn thinned(
    candidates: impl IntoIterator<Item = Tick>,
    scale: &Scale,
    half: impl Fn(&str) -> f64,
) -> Vec<Tick> {
    let mut kept: Vec<(f64, f64, Tick)> = Vec::new();
    for (value, text) in candidates {
        if !scale.holds(value) {
            continue;
        }
        let (at, half) = (scale.at(value), half(&text));
        let touches = |(other, room, _): &(f64, f64, Tick)| {
            (at - other).abs() < half + room
        };
        if !kept.iter().any(touches) {
            kept.push((at, half, (value, text)));
        }
    }
    kept.into_iter().map(|(_, _, tick)| tick).collect()
}

/// The room of a text on a horizontal axis.
pub(super) fn beside(text: &str) -> f64 {
    width(text, LETTERS) / 2.0 + 5.0
}

/// The room of a text on a vertical axis.
pub(super) fn above(_: &str) -> f64 {
    LETTERS
}

/// Numbers for ratios, the most useful first: 1, powers of ten, twice and five
/// times those, and then what lies around 1.
pub(super) fn ratios(scale: &Scale) -> Vec<Tick> {
    let near = [1.5, 3.0, 1.25, 0.8, 1.1, 0.9, 0.7, 1.05, 0.95];
    let mut ticks = decades(scale, &["1", "2", "5"], |digit, power| {
        plain(value(digit, power))
    });
    ticks.extend(near.map(|value| (value, plain(value))));
    ticks
}

/// Numbers for speed-ups: powers of two, then what lies between them.
pub(super) fn doublings(scale: &Scale) -> Vec<Tick> {
    let (low, high) = scale.logs();
    let log2 = |log: f64| (log / std::f64::consts::LN_2) as i32;
    let (low, high) = (log2(low) - 1, log2(high) + 1);
    let mut powers: Vec<i32> = (low..=high).collect();
    powers.sort_by_key(|power| power.abs());
    let powers = powers.into_iter().map(|power| 2f64.powi(power));
    let between = [1.5, 0.75, 3.0, 1.25, 6.0];
    let values = powers.chain(between).filter(|value| value.is_normal());
    let text = |value: f64| match value {
        0.1..1e6 => plain(value),
        9e-4..0.1 => format!("1/{}", 1.0 / value),
        _ => format!("{value:.1e}"),
    };
    values.map(|value| (value, text(value))).collect()
}

/// Times: powers of ten seconds, then what lies between them.
pub(super) fn times(scale: &Scale) -> Vec<Tick> {
    decades(scale, &["1", "2", "5", "3"], |digit, power| {
        let (lowest, unit) = match power {
            0..4 => (0, "s"),
            -3..0 => (-3, "ms"),
            -6..-3 => (-6, "µs"),
            -10..-6 => (-9, "ns"),
            _ => return format!("{digit}e{power} s"),
        };
        if power < lowest {
            return format!("0.{digit} {unit}");
        }
        let zeros = "0".repeat((power - lowest) as usize);
        let number = format!("{digit}{zeros}").parse().unwrap_or(0);
        format!("{} {unit}", count(number))
    })
}

/// The logarithms between which a scale of times begins and ends with 1, 2 or
/// 5 times a power of ten.
pub(super) fn rounded((low, high): (f64, f64)) -> (f64, f64) {
    // A time at the very edge would be cut off.
    let slack = 0.05;
    let steps = |log: f64| {
        let power = (log / std::f64::consts::LN_10).floor() as i32;
        let powers = (power - 1)..=(power + 1);
        let step =
            |power| ["1", "2", "5"].map(|digit| value(digit, power).ln());
        powers.flat_map(step).filter(|step| step.is_finite())
    };
    let below = steps(low).filter(|step| *step <= low - slack);
    let above = steps(high).filter(|step| *step >= high + slack);
    // There is none beyond the least and the largest number there are.
    let below = below.max_by(f64::total_cmp).unwrap_or(low - slack);
    (below, above.min_by(f64::total_cmp).unwrap_or(high + slack))
}

/// Digits times powers of ten, all powers of a digit before the next digit,
/// the powers near 1 first.
fn decades(
    scale: &Scale,
    digits: &[&str],
    text: impl Fn(&str, i32) -> String,
) -> Vec<Tick> {
    let (low, high) = scale.logs();
    let power = |log: f64| (log / std::f64::consts::LN_10).floor() as i32;
    let mut powers: Vec<i32> = (power(low) - 1..=power(high) + 1).collect();
    powers.sort_by_key(|power| power.abs());
    let ticks = digits.iter().flat_map(|digit| {
        powers.iter().map(|power| (value(digit, *power), text(digit, *power)))
    });
    ticks.filter(|(value, _)| value.is_normal()).collect()
}

/// Read, not multiplied: the result is the number that is written so.
fn value(digit: &str, power: i32) -> f64 {
    format!("{digit}e{power}").parse().unwrap_or(f64::NAN)
}

/// A number as short as it is: `1.25`, `5,000`, `2e7`.
fn plain(value: f64) -> String {
    match value {
        1e-3..1e3 => format!("{value}"),
        1e3..1e6 => count(value as usize),
        _ => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: Vec<Tick>) -> Vec<String> {
        ticks.into_iter().map(|(_, text)| text).collect()
    }

    fn scale(from: f64, to: f64) -> Scale {
        Scale::logarithmic((from.ln(), to.ln()), (0.0, 400.0))
    }

    #[test]
    fn ticks_are_round_and_do_not_touch() {
        let wide = scale(0.9, 150.0);
        assert_eq!(
            texts(thinned(ratios(&wide), &wide, beside)),
            ["1", "10", "100", "2", "20", "5", "50", "3"]
        );
        let narrow = scale(0.94, 1.13);
        assert_eq!(
            texts(thinned(ratios(&narrow), &narrow, beside)),
            ["1", "1.1", "1.05", "0.95"]
        );
        let short = scale(2e-4, 1.5e-3);
        assert_eq!(
            texts(thinned(times(&short), &short, beside)),
            ["1 ms", "200 µs", "500 µs", "300 µs"]
        );
        let low = scale(0.02, 2.5);
        assert_eq!(
            texts(thinned(doublings(&low), &low, |_| 16.0)),
            ["1", "0.5", "2", "0.25", "0.125", "1/16", "1/32"]
        );
    }

    #[test]
    fn times_are_told_in_their_units() {
        let all = times(&scale(1e-14, 1e7));
        for (value, text) in [
            (1e-13, "1e-13 s"),
            (2e-10, "0.2 ns"),
            (5e-8, "50 ns"),
            (1e-6, "1 µs"),
            (2e-3, "2 ms"),
            (5e-1, "500 ms"),
            (1e3, "1,000 s"),
            (1e6, "1e6 s"),
        ] {
            let tick = all.iter().find(|tick| tick.0 == value).unwrap();
            assert_eq!(tick.1, text);
        }
    }

    #[test]
    fn scales_of_times_end_at_ticks() {
        let (low, high) = rounded((1.3e-3f64.ln(), 4e-3f64.ln()));
        assert_eq!((low, high), (1e-3f64.ln(), 5e-3f64.ln()));
        // Not at a time itself.
        let (low, high) = rounded((1e-3f64.ln(), 1e-3f64.ln()));
        assert_eq!((low, high), (5e-4f64.ln(), 2e-3f64.ln()));
        let (low, high) = rounded((5e-324f64.ln(), f64::MAX.ln()));
        assert!(low < 5e-324f64.ln() && high > f64::MAX.ln());
    }
}
