//! Round numbers on an axis, as many as fit.

use super::scale::Scale;
use lanes_measure::words::{count, round_time, unit};

/// A value and what is written there.
pub type Tick = (f64, String);

/// The ticks that are on the scale and do not touch one that came before;
/// `half` is how many pixels a text takes to either side.
pub fn thinned(
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

/// Round numbers from 0 to `end`, in `most` steps or fewer.
pub fn linear(end: f64, most: usize) -> Vec<Tick> {
    let least = end / most.max(1) as f64;
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    // Rounding may put the smallest power just below the least step.
    let step = steps.into_iter().find(|step| *step >= least * 0.999_999);
    let step = step.unwrap_or(20.0 * power);
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    let last = (end / step + 1e-9).floor() as usize;
    let tick = |index: usize| {
        let value = index as f64 * step;
        let text = match decimals {
            0 => count(value.round() as usize),
            _ => format!("{value:.decimals$}"),
        };
        (value.min(end), text)
    };
    (0..=last.min(most.max(1))).map(tick).collect()
}

/// Round times from 0 to `end` seconds, `most` steps or fewer: the unit of the
/// texts, and ticks whose values are in seconds.
pub fn linear_time(end: f64, most: usize) -> (&'static str, Vec<Tick>) {
    let (size, unit) = unit(end / 2.0);
    let ticks = linear(end / size, most).into_iter();
    (unit, ticks.map(|(value, text)| (value * size, text)).collect())
}

/// Numbers for ratios, the most useful first: 1, powers of ten, twice and five
/// times those, and then what lies around 1.
pub fn ratios(scale: &Scale) -> Vec<Tick> {
    let near = [1.5, 3.0, 1.25, 0.8, 1.1, 0.9, 0.7, 1.05, 0.95];
    let mut ticks = decades(scale, &["1", "2", "5"], |digit, power| {
        plain(value(digit, power))
    });
    ticks.extend(near.map(|value| (value, plain(value))));
    ticks
}

/// Numbers for speed-ups: powers of two, then what lies between them.
pub fn doublings(scale: &Scale) -> Vec<Tick> {
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
pub fn times(scale: &Scale) -> Vec<Tick> {
    decades(scale, &["1", "2", "5", "3"], |digit, power| {
        round_time(value(digit, power))
    })
}

/// The logarithms between which a scale of times begins and ends with 1, 2 or
/// 5 times a power of ten.
pub fn rounded((low, high): (f64, f64)) -> (f64, f64) {
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
    use super::super::text::width;
    use super::*;
    use proptest::prelude::*;

    /// The room of a text of letters of 12 pixels on a horizontal axis.
    fn beside(text: &str) -> f64 {
        width(text, 12.0) / 2.0 + 5.0
    }

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
    fn times_have_a_unit() {
        let all = times(&scale(1e-14, 1e7));
        for (value, text) in [
            (1e-13, "1.0e-13 s"),
            (2e-10, "0.2 ns"),
            (5e-8, "50 ns"),
            (1e-6, "1 µs"),
            (2e-3, "2 ms"),
            (5e-1, "500 ms"),
            (1e3, "1000 s"),
            (1e6, "1.0e6 s"),
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

    #[test]
    fn linear_ticks_are_round() {
        let ten = (0..=10).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(linear(10.15, 12)), ten);
        let time = |end, most| linear_time(end, most);
        let (unit, ticks) = time(0.203, 6);
        assert_eq!((unit, ticks[1].0), ("ms", 0.05));
        assert_eq!(texts(ticks), ["0", "50", "100", "150", "200"]);
        let (unit, ticks) = time(1e-3, 5);
        assert_eq!(unit, "µs");
        assert_eq!(texts(ticks), ["0", "200", "400", "600", "800", "1,000"]);
        assert_eq!(
            texts(linear(0.05, 5)),
            ["0.00", "0.01", "0.02", "0.03", "0.04", "0.05"]
        );
    }

    proptest! {
        #[test]
        fn linear_ticks_are_few_and_on_the_axis(
            end in prop_oneof![1e-9..1e3, 1e-9..1e12],
            most in 1..20usize,
        ) {
            for ticks in [linear(end, most), linear_time(end, most).1] {
                prop_assert!((1..=most + 1).contains(&ticks.len()));
                for (value, _) in &ticks {
                    prop_assert!((0.0..=end * (1.0 + 1e-9)).contains(value));
                }
            }
        }
    }
}
