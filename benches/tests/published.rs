//! The documentation shows what the published file holds.

use lanes_benches::targets::Targets;
use lanes_measure::between;
use std::path::Path;

#[test]
fn the_table_is_that_of_the_published_result() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets = Targets::load(&home.join("published/ratios.json")).unwrap();
    assert!(!targets.ratios.is_empty());
    let page = home.join("TARGETS.md");
    between::verify(&page, "targets", &targets.markdown()).unwrap_or_else(
        |stale| panic!("{stale}: cargo run -p lanes-benches --example targets"),
    );
}
