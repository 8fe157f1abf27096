//! Compute of a given length, with looks at the cancel flag.

use crate::{Context, Error, kernel};

/// How many rounds come between two looks at the cancel flag: about a
/// millisecond.
const GRAIN: u64 = 1 << 20;

/// So many rounds of [`kernel::churn`], with a look before each grain, and at
/// least one.
///
/// # Errors
/// The cause, if the run was stopped.
pub(crate) fn churned(
    context: &Context,
    task: usize,
    mut state: u64,
    rounds: u64,
) -> Result<u64, Error> {
    let mut left = rounds;
    loop {
        context.grain(task)?;
        let grain = left.min(GRAIN);
        state = kernel::churn(state, grain);
        left -= grain;
        if left == 0 {
            return Ok(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains_make_the_whole_and_a_stop_ends_them() {
        let context = Context::new();
        for rounds in [0, 1, GRAIN - 1, GRAIN, GRAIN + 1, 2 * GRAIN] {
            let state = churned(&context, 0, 7, rounds);
            assert_eq!(state, Ok(kernel::churn(7, rounds)));
        }
        context.cancel();
        assert_eq!(churned(&context, 0, 7, 0), Err(Error::Cancelled));
    }
}
