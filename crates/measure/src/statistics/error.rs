//! The standard errors of medians of pairs.

use super::median::median;
use super::pair::{Pair, Visits};
use super::resample::{Level, RESAMPLES, moments, resampled};
use std::collections::BTreeSet;

/// With fewer common rounds than this a median has no useful error.
const FEWEST_ROUNDS: usize = 5;

/// The standard error of a pair's median and its degrees of freedom.
pub(super) struct Error {
    pub(super) size: f64,
    pub(super) freedom: f64,
}

impl Error {
    const UNKNOWN: Self = Self { size: f64::INFINITY, freedom: 1.0 };

    pub(super) fn known(&self) -> bool {
        self.size.is_finite()
    }
}

/// The method is described at [`compare`](super::compare).
pub(super) fn errors(visits: &Visits, pairs: &[Pair], seed: u64) -> Vec<Error> {
    let known = |pair: &Pair| pair.visits > 1 && pair.rounds >= FEWEST_ROUNDS;
    let between = resampled(visits, pairs, Level::Visits, RESAMPLES, seed);
    let within = resampled(visits, pairs, Level::Rounds, RESAMPLES, seed);
    let variances = |index: usize| {
        let (visits, rounds) = (pairs[index].visits, pairs[index].rounds);
        let correction = |of: usize, parts: usize| {
            of as f64 / of.saturating_sub(parts).max(1) as f64
        };
        (
            moments(&between, index).1 * correction(visits, 1),
            // One round in each visit leaves nothing to resample: then the
            // first variance has it all.
            moments(&within, index).1 * correction(rounds, visits),
        )
    };
    let variances: Vec<_> = (0..pairs.len()).map(variances).collect();
    let contenders: BTreeSet<usize> = pairs
        .iter()
        .filter(|pair| known(pair))
        .flat_map(|pair| [pair.contenders.0, pair.contenders.1])
        .collect();
    let contrasts = contenders.len().saturating_sub(1).min(pairs.len());
    let mut ratios: Vec<f64> = variances
        .iter()
        .zip(pairs)
        .filter(|(_, pair)| known(pair))
        .map(|((between, _), pair)| between / pair.scatter)
        .filter(|ratio| ratio.is_finite())
        .collect();
    let usual = median(&mut ratios).filter(|_| contrasts > 1).unwrap_or(0.0);
    let error = |(pair, &(own, within)): (&Pair, &(f64, f64))| {
        if !known(pair) {
            return Error::UNKNOWN;
        }
        let freedom = (pair.visits - 1) as f64;
        // The median of a chi-square distribution is below its mean (Wilson
        // and Hilferty, 1931). That of three ratios, which are not even
        // independent, is near the mean.
        let below = (1.0 - 2.0 / (9.0 * freedom)).powi(3);
        let below = if contrasts > 2 { below } else { 1.0 };
        let shared = usual * pair.scatter / below;
        let between = own.max(shared);
        let between_freedom = if contrasts > 1 {
            freedom * (contrasts as f64 * shared / between).max(1.0)
        } else {
            freedom
        };
        let within = within / 2.0;
        let within_freedom = (pair.rounds - pair.visits).max(1) as f64;
        let sum = between + within;
        if sum == 0.0 {
            return Error { size: 0.0, freedom };
        }
        if !sum.is_finite() {
            return Error::UNKNOWN;
        }
        let parts =
            between.powi(2) / between_freedom + within.powi(2) / within_freedom;
        Error { size: sum.sqrt(), freedom: sum.powi(2) / parts }
    };
    pairs.iter().zip(&variances).map(error).collect()
}
