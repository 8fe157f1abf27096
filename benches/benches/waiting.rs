//! What waiting costs.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("waiting");
    bench.finish();
}
