//! A pool of worker processes, and the workloads of Lanes in it.
