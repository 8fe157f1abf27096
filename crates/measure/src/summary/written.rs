//! How log-ratios are written into files: as ratios.

use crate::statistics::Interval;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// For `#[serde(with)]`: an interval of log-ratios, or none.
pub(super) mod ratio {
    use super::*;

    pub(in crate::summary) fn serialize<T: Logarithm, S: Serializer>(
        logarithm: &T,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        logarithm.as_ratio().serialize(to)
    }

    pub(in crate::summary) fn deserialize<'de, T, D>(
        from: D,
    ) -> Result<T, D::Error>
    where
        T: Logarithm,
        D: Deserializer<'de>,
    {
        T::Ratio::deserialize(from).map(T::of_ratio)
    }
}

/// What is written as ratios.
pub(super) trait Logarithm {
    /// The same as ratios.
    type Ratio: Serialize + for<'de> Deserialize<'de>;

    fn as_ratio(&self) -> Self::Ratio;
    fn of_ratio(ratio: Self::Ratio) -> Self;
}

impl Logarithm for Interval {
    type Ratio = Self;

    fn as_ratio(&self) -> Self {
        let ratio = self.ratio();
        // An end that is not known is null, and no zero.
        let low = Some(ratio.low).filter(|low| *low > 0.0);
        Self { low: low.unwrap_or(f64::NEG_INFINITY), ..ratio }
    }

    fn of_ratio(ratio: Self) -> Self {
        // A ratio below zero is none: it bounds nothing.
        let [low, median, high] =
            [ratio.low, ratio.median, ratio.high].map(|r| r.max(0.0).ln());
        Self { low, median, high }
    }
}

impl<T: Logarithm> Logarithm for Option<T> {
    type Ratio = Option<T::Ratio>;

    fn as_ratio(&self) -> Self::Ratio {
        self.as_ref().map(T::as_ratio)
    }

    fn of_ratio(ratio: Self::Ratio) -> Self {
        ratio.map(T::of_ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json, to_value};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Written {
        #[serde(with = "ratio")]
        there: Interval,
        #[serde(with = "ratio")]
        none: Option<Interval>,
    }

    #[test]
    fn files_have_ratios_and_what_is_not_known_is_null() {
        let ends = |low, high| Interval { low, median: 0.0, high };
        let half = 0.5_f64.ln();
        let written =
            Written { there: ends(half, 0.0), none: Some(Interval::UNKNOWN) };
        let value = to_value(&written).unwrap();
        let there = json!({"low": 0.5, "median": 1.0, "high": 1.0});
        let unknown = json!({"low": null, "median": 1.0, "high": null});
        assert_eq!(value, json!({"there": there, "none": unknown}));
        let read: Written = serde_json::from_value(value).unwrap();
        assert_eq!(read, written);
        let none = Written { there: ends(half, 0.0), none: None };
        let value = to_value(&none).unwrap();
        assert_eq!(value["none"], Value::Null);
        assert_eq!(serde_json::from_value::<Written>(value).unwrap(), none);
    }

    #[test]
    fn a_ratio_below_zero_bounds_nothing() {
        let low = json!({"low": -3.0, "median": -1.0, "high": 2.0});
        let value = json!({"there": low, "none": null});
        let read: Written = serde_json::from_value(value).unwrap();
        assert_eq!(read.there.low, f64::NEG_INFINITY);
        assert_eq!(read.there.median, f64::NEG_INFINITY);
    }
}
