//! Figures as text, whatever the numbers are.

use crate::words::{digits, percent, time};

/// A number with three digits, or with an exponent where it would be long.
pub(super) fn figure(number: f64) -> String {
    match number.abs() {
        _ if number.is_nan() => "not known".into(),
        0.0 | 0.01..1e5 => digits(number),
        f64::INFINITY if number > 0.0 => "∞".into(),
        f64::INFINITY => "−∞".into(),
        _ => format!("{number:.1e}"),
    }
}

/// A time; there is none that is negative.
pub(super) fn seconds(number: f64) -> String {
    match number {
        0.0 => "0 s".into(),
        1e-10..1e5 => time(number),
        _ if number.is_nan() || number < 0.0 => "not known".into(),
        f64::INFINITY => "∞".into(),
        _ => format!("{} s", figure(number)),
    }
}

/// The ends of an interval of ratios; without a bound below it is zero.
pub(super) fn interval((low, high): (f64, f64)) -> String {
    if low.is_nan() || high.is_nan() {
        return "not known".into();
    }
    format!("{} to {}", figure(low.max(0.0)), figure(high))
}

/// A share in percent.
pub(super) fn share(fraction: f64) -> String {
    match fraction {
        0.0..100.0 => percent(fraction),
        _ if fraction.is_finite() => format!("{} %", figure(fraction * 100.0)),
        _ => "not known".into(),
    }
}

/// A count and its noun: `1 model`, `17 models`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_figure_is_long() {
        let figures =
            [1.0, 0.0, 0.004, -2.5, 1e300, f64::INFINITY, f64::NAN].map(figure);
        assert_eq!(
            figures,
            ["1.00", "0.00", "4.0e-3", "-2.50", "1.0e300", "∞", "not known"]
        );
        let times = [0.0, -1.0, 12.3e-3, 1e-12, 1e300].map(seconds);
        assert_eq!(
            times,
            ["0 s", "not known", "12.3 ms", "1.0e-12 s", "1.0e300 s"]
        );
        let low = f64::NEG_INFINITY;
        assert_eq!(interval((low, f64::INFINITY)), "0.00 to ∞");
        assert_eq!([0.956, 1e6].map(share), ["95.6 %", "1.0e8 %"]);
    }
}
