//! A global interpreter lock as CPython has it, and the workloads of Lanes in threads under it.
