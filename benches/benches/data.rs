//! What a list of numbers costs to read, write and split.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("data");
    bench.finish();
}
