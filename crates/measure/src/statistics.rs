//! Differences of contenders, comparisons with the best, and grades.
//!
//! Samples of one visit share the luck of their processes (memory layout,
//! placement on the cores), so a visit is one observation: the median of its
//! samples. Whatever slows a whole visit down, such as other load or a lower
//! clock, cancels in the difference of two contenders of the same visit.
//!
//! [`Fit`] estimates these differences and their errors, [`gaps`] compares
//! each contender with the fastest, and [`Grade`] says what follows.

mod best;
mod bound;
mod critical;
mod fit;
mod grade;
mod holm;
mod median;
pub mod moderated;
mod sessions;

pub use best::{Gap, NEGLIGIBLE, gaps};
pub use bound::{Bound, Outcome};
pub use critical::of_all;
pub(crate) use critical::{normal, student, tail};
pub use fit::{Difference, FEWEST_VISITS, Fit, trimmed};
pub use grade::{Grade, WIDE};
pub use holm::holm;
pub use median::{Interval, LEVEL, median};
pub use sessions::BETWEEN_SESSIONS;
