//! What the worker processes of the exhibits are asked to do.

use lanes_core::{Context, Error, kernel};
use lanes_processes::{Function, List};
use std::hint::black_box;

/// Rounds of [`kernel::churn`], from a state.
pub(crate) struct Churn;

impl Function for Churn {
    const NAME: &'static str = "churn";
    type Argument = (u64, u64);
    type Output = u64;

    fn call((state, rounds): (u64, u64), _: &Context) -> Result<u64, Error> {
        Ok(black_box(kernel::churn(state, rounds)))
    }
}

/// Numbers, sent back.
pub(crate) struct Echo;

impl Function for Echo {
    const NAME: &'static str = "echo";
    type Argument = List;
    type Output = List;

    fn call(numbers: List, _: &Context) -> Result<List, Error> {
        Ok(numbers)
    }
}

lanes_processes::function!(Churn);
lanes_processes::function!(Echo);
