//! How numbers, times, ratios, percentages and verdicts are written, on the
//! terminal, on the page and in pictures.
//!
//! A figure has three digits and a unit that makes them readable:
//!
//! ```
//! use lanes_measure::words::{percent, time};
//!
//! assert_eq!(time(0.012_34), "12.3 ms");
//! assert_eq!(percent(0.0123), "1.2 %");
//! ```
//!
//! Every function takes any number, also one from a file of another machine: a
//! number that is not finite is written as `∞` or `not known`, and no text is
//! longer than a dozen letters.

use crate::statistics::{Interval, Verdict};

/// The text for NaN.
const UNKNOWN: &str = "not known";

/// The units of time, each with its seconds.
const UNITS: [(f64, &str); 4] =
    [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];

/// The unit in which a time is written: its length in seconds, and its name.
///
/// ```
/// assert_eq!(lanes_measure::words::unit(0.02), (1e-3, "ms"));
/// ```
pub fn unit(seconds: f64) -> (f64, &'static str) {
    // What rounds to 1.00 ms is written as such, not as 1000 µs.
    let fits = |(size, _): &&(f64, &str)| seconds >= *size * 0.9995;
    *UNITS.iter().find(fits).unwrap_or(&UNITS[3])
}

/// A time in seconds, with three digits: `1.23 ms`.
pub fn time(seconds: f64) -> String {
    match seconds {
        0.0 => "0 s".into(),
        1e-10..1e5 => {
            let (size, unit) = unit(seconds);
            format!("{} {unit}", digits(seconds / size))
        }
        f64::INFINITY => "∞".into(),
        _ if seconds > 0.0 => format!("{} s", figure(seconds)),
        _ => UNKNOWN.into(),
    }
}

/// A time in seconds that is a round number, as on an axis: `20 ms`, not
/// `20.0 ms`.
pub fn round_time(seconds: f64) -> String {
    let text = time(seconds);
    match text.split_once(' ') {
        Some((number, unit)) if !number.contains('e') => {
            format!("{} {unit}", trimmed(number))
        }
        _ => text,
    }
}

/// A decimal number without the zeros at its end.
fn trimmed(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// A number with three digits.
pub fn digits(number: f64) -> String {
    if number.is_nan() {
        return UNKNOWN.into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "∞" } else { "−∞" }.into();
    }
    let places = match number.abs() {
        0.0..9.995 => 2,
        9.995..99.95 => 1,
        _ => 0,
    };
    format!("{number:.places$}")
}

/// A number with three digits; with an exponent where it is far from 1.
pub fn figure(number: f64) -> String {
    match number.abs() {
        0.0 | 0.01..1e5 | f64::INFINITY => digits(number),
        _ if number.is_nan() => UNKNOWN.into(),
        _ => format!("{number:.1e}"),
    }
}

/// A fraction in percent: `1.2 %`.
pub fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent.abs() < 10.0 {
        format!("{percent:.1} %")
    } else if percent.is_nan() {
        UNKNOWN.into()
    } else {
        format!("{} %", figure(percent))
    }
}

/// A number that counts something, with separators: `98,112`; with an exponent
/// from ten thousand millions on.
pub fn count(number: usize) -> String {
    if number >= 10_000_000_000 {
        return figure(number as f64);
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 worker`, `2 workers`.
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// Two ratios between which something lies; a ratio is never below zero.
pub fn range(low: f64, high: f64) -> String {
    if low.is_nan() || high.is_nan() {
        return UNKNOWN.into();
    }
    format!("{} to {}", figure(low.max(0.0)), figure(high))
}

/// The ends of a log-ratio's interval, as ratios.
pub fn ends(interval: &Interval) -> String {
    let Interval { low, high, .. } = interval.ratio();
    range(low, high)
}

/// A verdict in words.
pub fn verdict(verdict: &Verdict) -> String {
    let by = |low: f64, high: f64| {
        if high < 1.0 {
            format!("by {} to {}", percent(low), percent(high))
        } else {
            format!("{} times", range(1.0 + low, 1.0 + high))
        }
    };
    match *verdict {
        Verdict::Equivalent { within } => {
            // Rounded up: the interval lies within it.
            let within = (within * 1000.0).ceil() / 1000.0;
            format!("tied within {}", percent(within))
        }
        Verdict::Slower { low, high } => format!("slower {}", by(low, high)),
        Verdict::Faster { low, high } => {
            // The lower end of a ratio below 1 is the larger difference.
            format!("faster by {} to {}", percent(-high), percent(-low))
        }
        Verdict::Unclear { more_rounds: Some(rounds) } => {
            format!("inconclusive (about {})", counted(rounds, "more round"))
        }
        Verdict::Unclear { more_rounds: None } => {
            "inconclusive (within the noise)".into()
        }
    }
}

/// How long something is likely to take, in words that claim no more than is
/// known: `about 40 s`, `about 3 minutes`, `hours`.
pub fn about(seconds: f64) -> String {
    match seconds {
        ..1.0 => "about 1 s".into(),
        ..90.0 => format!("about {seconds:.0} s"),
        ..5400.0 => {
            format!("about {}", counted((seconds / 60.0) as usize, "minute"))
        }
        _ => "hours".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (345e-9, "345 ns"),
            (0.999_6e-3, "1.00 ms"),
            (0.012_34, "12.3 ms"),
            (100.0, "100 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
        assert_eq!(percent(0.0123), "1.2 %");
        assert_eq!(percent(0.25), "25.0 %");
        assert_eq!(counted(1, "model"), "1 model");
        assert_eq!(counted(1700, "model"), "1,700 models");
        assert_eq!(
            [0, 999, 1000, 98_112, 1_000_000, usize::MAX].map(count),
            ["0", "999", "1,000", "98,112", "1,000,000", "1.8e19"]
        );
    }

    #[test]
    fn no_figure_is_long() {
        let figures =
            [1.0, 0.0, 0.004, -2.5, 1e300, f64::INFINITY, f64::NAN].map(figure);
        assert_eq!(
            figures,
            ["1.00", "0.00", "4.0e-3", "-2.50", "1.0e300", "∞", UNKNOWN]
        );
        let times = [-1.0, 1e-12, 1e300, f64::INFINITY, f64::NAN].map(time);
        assert_eq!(times, [UNKNOWN, "1.0e-12 s", "1.0e300 s", "∞", UNKNOWN]);
        assert_eq!(range(f64::NEG_INFINITY, f64::INFINITY), "0.00 to ∞");
        assert_eq!([0.956, 1e6].map(percent), ["95.6 %", "1.0e8 %"]);
        assert_eq!(percent(f64::NAN), UNKNOWN);
    }

    #[test]
    fn round_times_are_short() {
        let all = [2e-10, 5e-8, 1e-6, 2e-3, 0.5, 1.0, 2.5e-3, 100.0, 1e-13];
        assert_eq!(
            all.map(round_time),
            [
                "0.2 ns",
                "50 ns",
                "1 µs",
                "2 ms",
                "500 ms",
                "1 s",
                "2.5 ms",
                "100 s",
                "1.0e-13 s"
            ]
        );
    }

    #[test]
    fn verdicts_are_words() {
        let slower = Verdict::Slower { low: 0.02, high: 0.081 };
        assert_eq!(verdict(&slower), "slower by 2.0 % to 8.1 %");
        let much = Verdict::Slower { low: 1.5, high: 2.25 };
        assert_eq!(verdict(&much), "slower 2.50 to 3.25 times");
        let faster = Verdict::Faster { low: -0.1, high: -0.05 };
        assert_eq!(verdict(&faster), "faster by 5.0 % to 10.0 %");
        let same = Verdict::Equivalent { within: 0.0101 };
        assert_eq!(verdict(&same), "tied within 1.1 %");
        let open = Verdict::Unclear { more_rounds: Some(5049) };
        assert_eq!(verdict(&open), "inconclusive (about 5,049 more rounds)");
        assert_eq!(
            [0.2, 40.4, 190.0, 7200.0].map(about),
            ["about 1 s", "about 40 s", "about 3 minutes", "hours"]
        );
    }
}
