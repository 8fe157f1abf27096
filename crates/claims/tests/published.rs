//! What the documentation says was measured is what was measured.

use lanes_claims::{Published, claims};
use lanes_measure::between;
use std::collections::BTreeSet;
use std::path::Path;

fn published() -> Published {
    let json = include_str!("../published/claims.json");
    serde_json::from_str(json).unwrap()
}

#[test]
fn the_table_is_that_of_the_published_result() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("CLAIMS.md");
    between::verify(&page, "claims", &published().markdown()).unwrap_or_else(
        |stale| {
            let again = "cargo run -p lanes-claims --example published";
            panic!("{stale}: {again}")
        },
    );
}

#[test]
fn every_claim_was_measured_and_nothing_else() {
    let published = published();
    let found: BTreeSet<_> = published
        .findings
        .iter()
        .map(|f| (&*f.claim, &*f.ratio, f.bound.to_string()))
        .collect();
    let all = claims().map(|c| (c.name, c.ratio, c.bound.to_string()));
    assert_eq!(found, all.collect());
}
