//! What work on data costs that is cut up: numbers, rows of an image, a text.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("data");
    bench.finish();
}
