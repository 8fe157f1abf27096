//! What the documentation shows is what the published results and the suite
//! say.

use lanes_cli::excerpts::parts;
use lanes_measure::between;
use std::path::Path;

#[test]
fn every_page_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for part in parts(&root).unwrap() {
        let page = root.join(part.page);
        between::verify(&page, part.name, &part.text).unwrap_or_else(|stale| {
            panic!("{stale}: cargo run -p lanes --example excerpts")
        });
    }
}
