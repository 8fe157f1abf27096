//! Writes the parts of the documentation that are made of data:
//! `cargo run -p lanes --example excerpts`.

use lanes_cli::excerpts::parts;
use lanes_measure::between;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for part in parts(&root)? {
        let page = root.join(part.page);
        let changed = between::update(&page, part.name, &part.text)?;
        let done = if changed { "written" } else { "up to date" };
        println!("{} in {}: {done}", part.name, part.page);
    }
    Ok(())
}
