//! The workloads of Lanes in threads that take turns under one lock.
