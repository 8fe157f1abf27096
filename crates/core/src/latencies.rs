//! The times of single steps within a run.

use serde::{Deserialize, Serialize};

/// The times of single steps within a run, in nanoseconds, in no order.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Latencies(Vec<u32>);

/// What a run says of the times of its single steps.
#[derive(Debug, Clone, Copy)]
pub enum Steps<'a> {
    /// Nothing: the workload has no such steps.
    Untimed,
    /// The time of each.
    Timed(&'a Latencies),
    /// That they came faster than they were done. Their times then grow for as
    /// long as the run goes on, and are no property of the model.
    Saturated,
}

impl From<Vec<u32>> for Latencies {
    fn from(nanos: Vec<u32>) -> Self {
        Self(nanos)
    }
}

impl FromIterator<u32> for Latencies {
    fn from_iter<I: IntoIterator<Item = u32>>(nanos: I) -> Self {
        Self(nanos.into_iter().collect())
    }
}

impl Latencies {
    /// Adds those of another list.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Each of them, in nanoseconds, in no order.
    pub fn nanos(&self) -> &[u32] {
        &self.0
    }

    /// The latency that `percent` percent of the steps do not exceed, in
    /// nanoseconds, by the nearest rank; `None` without steps.
    pub fn percentile(&self, percent: f64) -> Option<u32> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let latencies: Latencies = (1..=100).rev().collect();
        assert_eq!(latencies.percentile(50.0), Some(50));
        assert_eq!(latencies.percentile(99.0), Some(99));
        assert_eq!(latencies.percentile(99.9), Some(100));
        assert_eq!(latencies.percentile(0.0), Some(1));
        assert_eq!(Latencies::default().percentile(50.0), None);
    }
}
