//! What the runs of a sample say of their steps.

use hdrhistogram::Histogram;
use lanes_core::Steps;

/// The latencies of all runs of a sample, and how many runs had none since they
/// were saturated.
#[derive(Default)]
pub(super) struct Seen {
    latencies: Option<Histogram<u64>>,
    saturated: u64,
}

impl Seen {
    pub(super) fn record(&mut self, steps: Steps<'_>) {
        let latencies = match steps {
            Steps::Untimed => return,
            Steps::Saturated => return self.saturated += 1,
            Steps::Timed(latencies) => latencies,
        };
        let histogram = self.latencies.get_or_insert_with(|| {
            // Two digits are enough for percentiles that differ by factors.
            Histogram::new(2).expect("two significant digits are allowed")
        });
        for nanos in latencies.nanos() {
            // It grows as needed, up to 64 bits.
            let recorded = histogram.record(u64::from(*nanos));
            debug_assert!(recorded.is_ok());
        }
    }

    /// Nanoseconds, each with how often it was seen.
    pub(super) fn buckets(&self) -> Vec<(u64, u64)> {
        let recorded = self.latencies.iter().flat_map(Histogram::iter_recorded);
        let bucket = recorded.map(|bucket| {
            (bucket.value_iterated_to(), bucket.count_since_last_iteration())
        });
        bucket.collect()
    }

    pub(super) fn saturated(&self) -> Option<u64> {
        (self.saturated > 0).then_some(self.saturated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::Latencies;

    #[test]
    fn latencies_are_kept_to_a_hundredth() {
        let mut seen = Seen::default();
        let nanos = [30, 2_000, 70_000, u32::MAX];
        for nanos in nanos {
            seen.record(Steps::Timed(&Latencies::from(vec![nanos])));
        }
        let buckets = seen.buckets();
        assert_eq!(buckets.len(), nanos.len());
        for ((found, _), expected) in buckets.iter().zip(nanos) {
            let error = *found as f64 / f64::from(expected) - 1.0;
            assert!(error.abs() < 0.01, "{found}, not {expected}");
        }
    }

    #[test]
    fn a_saturated_run_is_counted_and_has_no_latencies() {
        let mut seen = Seen::default();
        seen.record(Steps::Untimed);
        assert_eq!((seen.buckets(), seen.saturated()), (vec![], None));
        seen.record(Steps::Saturated);
        seen.record(Steps::Saturated);
        assert_eq!((seen.buckets(), seen.saturated()), (vec![], Some(2)));
    }
}
