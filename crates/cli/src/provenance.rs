//! Whether sessions were measured with the same things.

use lanes_measure::results::Results;

/// Says on standard error if two sessions ran on different machines.
pub(crate) fn warn_if_other(one: &Results, other: &Results) {
    let [a, b] = [&one.machine, &other.machine];
    if (&a.processor, a.cores, &a.system) != (&b.processor, b.cores, &b.system)
    {
        eprintln!("lanes: two machines are compared: {a}; and {b}");
    } else if a.libraries != b.libraries || one.build.rustc != other.build.rustc
    {
        eprintln!("lanes: the versions differ: {a}; and {b}");
    }
}
