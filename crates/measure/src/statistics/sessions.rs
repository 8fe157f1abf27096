//! How far sessions of one build differ.

/// The variance of what a session changes in a row, over the variance of what a
/// visit changes in it.
///
/// Visits of one session do not show it, so it is no part of their error. This
/// is an allowance, not an estimate for the machine at hand. In two times 24
/// sessions of one build, made one after another, the shares of six pairs of
/// models each were -0.1 to 0.3, and 1.1 for a pair that changed between two
/// speeds. Sessions of other days, or beside other load, may scatter more.
/// Several sessions of a row show what they do.
pub const BETWEEN_SESSIONS: f64 = 0.15;
