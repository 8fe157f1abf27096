//! Figures and verdicts as text.

use lanes_measure::statistics::{Interval, Verdict};

/// A time with three digits: `1.23 ms`.
pub fn time(seconds: f64) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];
    let fits = |(size, _): &&(f64, &str)| seconds >= *size * 0.9995;
    let (size, unit) = units.iter().find(fits).unwrap_or(&units[3]);
    format!("{} {unit}", digits(seconds / size))
}

/// A number with three digits.
pub fn digits(number: f64) -> String {
    if !number.is_finite() {
        return "∞".into();
    }
    let places = match number.abs() {
        0.0..9.995 => 2,
        9.995..99.95 => 1,
        _ => 0,
    };
    format!("{number:.places$}")
}

/// A fraction in percent: `1.2 %`.
pub fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent.abs() < 10.0 {
        format!("{percent:.1} %")
    } else {
        format!("{} %", digits(percent))
    }
}

/// The ends of a log-ratio's interval, as ratios.
pub fn ends(interval: &Interval) -> String {
    let Interval { low, high, .. } = interval.ratio();
    format!("{} to {}", digits(low), digits(high))
}

/// A verdict in words.
pub fn verdict(verdict: &Verdict) -> String {
    let by = |low: f64, high: f64| {
        if high < 1.0 {
            format!("by {} to {}", percent(low), percent(high))
        } else {
            format!("{} to {} times", digits(1.0 + low), digits(1.0 + high))
        }
    };
    match *verdict {
        Verdict::Equivalent { within } => {
            // Rounded up: the interval lies within it.
            let within = (within * 1000.0).ceil() / 1000.0;
            format!("equivalent within {}", percent(within))
        }
        Verdict::Slower { low, high } => format!("slower {}", by(low, high)),
        Verdict::Faster { low, high } => {
            // Of a faster one the ratio's lower end is the larger difference.
            format!("faster by {} to {}", percent(-high), percent(-low))
        }
        Verdict::Unclear { more_rounds: Some(rounds) } => {
            format!("not enough evidence: about {rounds} more rounds")
        }
        Verdict::Unclear { more_rounds: None } => {
            "not enough evidence: within the noise".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        for (seconds, text) in [
            (0.0, "0.00 ns"),
            (345e-9, "345 ns"),
            (0.999_6e-3, "1.00 ms"),
            (0.012_34, "12.3 ms"),
            (100.0, "100 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
        assert_eq!(percent(0.0123), "1.2 %");
        assert_eq!(percent(0.25), "25.0 %");
        assert_eq!(digits(f64::INFINITY), "∞");
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
        assert_eq!(verdict(&same), "equivalent within 1.1 %");
    }
}
