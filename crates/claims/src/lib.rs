//! What is said of threads, locks, the GIL and processes, measured.
