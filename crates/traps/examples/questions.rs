//! Writes the questions into the page of them: `cargo run -p lanes-traps
//! --example questions`.

use lanes_measure::between;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("QUESTIONS.md");
    let text = lanes_traps::questions::markdown();
    let changed = between::update(&page, "questions", &text)?;
    println!("{}", if changed { "written" } else { "up to date" });
    Ok(())
}
