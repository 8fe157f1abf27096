//! All claims, from the files of their groups.

use crate::claim::Claim;
use crate::{
    computing, costs, loops, sharing, subtasks, tasks, turns, updates, waiting,
};

/// All claims, in the order in which they are measured.
pub fn claims() -> impl Iterator<Item = &'static Claim> {
    [
        computing::CLAIMS,
        waiting::CLAIMS,
        turns::CLAIMS,
        updates::CLAIMS,
        costs::CLAIMS,
        loops::CLAIMS,
        subtasks::CLAIMS,
        tasks::CLAIMS,
        sharing::CLAIMS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_sentence_a_ratio_and_a_name_mean_one_measurement() {
        let all = || {
            claims().flat_map(|claim| {
                let Claim { name, ratio, by, .. } = claim;
                by.iter().map(move |by| (*name, *ratio, by.who))
            })
        };
        let known: BTreeSet<_> = all().collect();
        assert_eq!(known.len(), all().count());
    }
}
