//! What sharing costs.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("sharing");
    bench.finish();
}
