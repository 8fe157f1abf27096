//! The names that processes are started under, by which they know what to be.

/// The name of a guard.
pub(crate) const GUARD: &str = "lanes-mpi-guard";
/// The name of a rank: that of all worker processes of Lanes, by which
/// `lanes faults --nodes` finds them.
pub(crate) const RANK: &str = "lanes-processes-worker";
/// What the first argument of a rank is.
pub(crate) const OF: &str = "mpi";
