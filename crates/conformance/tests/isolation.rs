//! A case that fails or aborts in its own process fails its test, no more.

use lanes_conformance::isolated;
use lanes_core::Error;
use std::process;

#[test]
fn a_case_that_passes() {
    isolated(|| Ok(()));
}

#[test]
#[should_panic(expected = "exit status: 1")]
fn a_case_that_fails() {
    isolated(|| Err(Error::Timeout.into()));
}

#[test]
#[should_panic(expected = "exit status: 1")]
fn a_case_that_panics() {
    isolated(|| panic!("expected by this test"));
}

#[test]
#[should_panic(expected = "signal")]
fn a_case_that_aborts() {
    isolated(|| process::abort());
}
