//! Writes the table of targets into this crate's documentation:
//!
//! ```sh
//! cargo bench --bench ratios -- --json published/ratios.json
//! cargo run -p lanes-benches --example targets
//! ```

use lanes_benches::targets::Targets;
use lanes_measure::between;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets = Targets::load(&home.join("published/ratios.json"))?;
    let page = home.join("TARGETS.md");
    let changed = between::update(&page, "targets", &targets.markdown())?;
    println!("{}", if changed { "written" } else { "up to date" });
    Ok(())
}
