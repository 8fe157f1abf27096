//! Prints the matrix: for each workload what it stresses and omits, and for
//! each model how well it fits, and why.
//!
//! `cargo run -p lanes-suite --example matrix`

use lanes_core::{Complete, Config, Run, Size, Visitor, Workload, visit};
use lanes_suite::MODELS;
use std::error::Error;
use std::io::{self, Write};

struct Matrix {
    models: Vec<Box<dyn Complete>>,
    last: &'static str,
    text: String,
}

impl Visitor for Matrix {
    fn visit<W: Workload>(&mut self, _: &W)
    where
        dyn Complete: Run<W>,
    {
        // Sizes of one workload come one after the other; one will do.
        if self.last == W::NAME {
            return;
        }
        self.last = W::NAME;
        self.text += &format!("{}\n  stresses {}\n", W::NAME, W::STRESSES);
        self.text += &format!("  omits    {}\n", W::OMITS);
        for model in &self.models {
            let fit = Run::<W>::fit(&**model);
            let (name, grade, why) = (model.name(), fit.grade(), fit.reason());
            self.text += &format!("  {name:10} {grade:10} {why}\n");
        }
        self.text.push('\n');
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::machine();
    let start = |entry: &lanes_suite::Entry| entry.start(&config);
    let models = MODELS.iter().map(start).collect::<Result<_, _>>()?;
    let mut matrix = Matrix { models, last: "", text: String::new() };
    visit(Size::Full, &mut matrix);
    for entry in MODELS {
        if let Some(badge) = entry.badge {
            matrix.text += &format!("{}: {badge}\n", entry.name);
        }
    }
    match io::stdout().write_all(matrix.text.as_bytes()) {
        // A reader such as `head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
