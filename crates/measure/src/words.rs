//! How numbers, times, ratios, percentages and grades are written, on the
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

use crate::statistics::{Grade, Interval, NEGLIGIBLE};

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

/// A grade in words. `visit` is how many seconds a visit takes.
pub fn grade(grade: &Grade, visit: f64) -> String {
    said(grade, visit, ["fastest", "as fast", "slower"])
}

/// A grade of CPU time in words.
pub fn spent(grade: &Grade, visit: f64) -> String {
    said(grade, visit, ["least", "as little", "more"])
}

fn said(grade: &Grade, visit: f64, words: [&str; 3]) -> String {
    let [first, same, more_of] = words;
    // Rounded up: the interval lies within it.
    let up = |within: f64| percent((within * 1000.0).ceil() / 1000.0);
    match *grade {
        Grade::Fastest => first.into(),
        Grade::AsFast { within } => format!("{same} (within {})", up(within)),
        // Not the fastest, though nobody knows by how much.
        Grade::Slower { low, high } if low < NEGLIGIBLE => {
            format!("{more_of} by up to {}", up(high))
        }
        Grade::Slower { low, high } if high < 1.0 => {
            format!("{more_of} by {} to {}", percent(low), percent(high))
        }
        Grade::Slower { low, high } => {
            format!("{more_of} {} times", range(1.0 + low, 1.0 + high))
        }
        Grade::AtMost { within } => {
            format!("at most {} {more_of}", up(within))
        }
        Grade::Open { more_visits: None } => "open".into(),
        Grade::Open { more_visits: Some(visits) } => {
            format!("open ({})", more(visits as f64 * visit))
        }
    }
}

/// How long a decision is likely to take, as a class four times as wide as the
/// one before: no more is known.
pub fn more(seconds: f64) -> String {
    let class = CLASSES.iter().find(|(middle, _)| seconds <= 2.0 * middle);
    match class {
        Some((_, words)) => (*words).into(),
        None => "not on this machine".into(),
    }
}

/// The classes of [`more`]: the middle of each, in seconds, from half of which
/// to twice of which it reaches, and its name. The first has no lower end.
pub const CLASSES: [(f64, &str); 5] = [
    (15.0, "half a minute more at most"),
    (60.0, "about a minute more"),
    (240.0, "about 4 minutes more"),
    (960.0, "about 16 minutes more"),
    (3840.0, "about an hour more"),
];

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
    fn grades_are_words() {
        let said = |found: Grade| grade(&found, 2.0);
        for (found, words) in [
            (Grade::Fastest, "fastest"),
            (Grade::AsFast { within: 0.0101 }, "as fast (within 1.1 %)"),
            (
                Grade::Slower { low: 0.02, high: 0.081 },
                "slower by 2.0 % to 8.1 %",
            ),
            (
                Grade::Slower { low: 1.5, high: 2.25 },
                "slower 2.50 to 3.25 times",
            ),
            (Grade::Slower { low: 0.001, high: 0.3 }, "slower by up to 30.0 %"),
            (Grade::AtMost { within: 0.18 }, "at most 18.0 % slower"),
            (
                Grade::Open { more_visits: Some(30) },
                "open (about a minute more)",
            ),
            (Grade::Open { more_visits: None }, "open"),
        ] {
            assert_eq!(said(found), words);
        }
        assert_eq!(
            [1.0, 29.0, 31.0, 500.0, 1e4].map(more),
            [
                "half a minute more at most",
                "half a minute more at most",
                "about a minute more",
                "about 16 minutes more",
                "not on this machine"
            ]
        );
        let mut all = CLASSES.windows(2);
        assert!(all.all(|pair| pair[1].0 == 4.0 * pair[0].0));
    }
}
