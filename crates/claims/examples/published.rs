//! Writes the table of measured claims into this crate's documentation:
//! `cargo lanes claims --format json > crates/claims/published/claims.json`,
//! then `cargo run -p lanes-claims --example published`.

use lanes_claims::Published;
use lanes_measure::between;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = File::open(home.join("published/claims.json"))?;
    let published: Published = serde_json::from_reader(BufReader::new(file))?;
    let page = home.join("CLAIMS.md");
    let changed = between::update(&page, "claims", &published.markdown())?;
    println!("{}", if changed { "written" } else { "up to date" });
    Ok(())
}
