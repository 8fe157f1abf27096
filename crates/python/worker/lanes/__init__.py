"""A worker of Lanes in real CPython.

`models` has a file for each model: one class with a method for each workload,
in the same order in each. What they call lies in `kernels` and the files that
it names; `worker` answers the measuring process, `exhibits` measures what
`lanes claims` reports besides workloads.
"""
