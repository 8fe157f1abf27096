//! One suite of tests that every model passes.
//!
//! A model crate has one line, in `tests/conformance.rs`:
//!
//! ```text
//! lanes_conformance::conformance!(lanes_threads::Threads);
//! ```
//!
//! Each case runs in a process of its own under a watchdog: a model that hangs
//! fails its case instead of the suite, and one that aborts ends only its own
//! case. A model may have any cells; the suite tests those that it has.

pub mod cell;
mod failure;
mod isolation;
pub mod whole;

pub use failure::{Failure, Outcome};
pub use isolation::isolated;

/// The suite for a model, whatever cells it has: a test for each case.
#[macro_export]
macro_rules! conformance {
    ($model:ty) => {
        $crate::conformance! { $model:
            matches_reference full_size lengths workers_are_real
            one_task_panics all_tasks_panic one_task_errors
            cancel_before_start cancel_midway deadline nested_run
            cancel_while_waiting silent_server server_refuses
            server_closes_early connect_storm connections_are_kept
            spans_tell_the_story hundred_runs
        }
    };
    ($model:ty: $($case:ident)*) => {$(
        #[test]
        fn $case() {
            $crate::isolated($crate::whole::$case::<$model>);
        }
    )*};
}
