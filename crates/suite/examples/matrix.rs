//! Prints the matrix: for each workload what it stresses and omits, and for
//! each model how well it fits, and why.
//!
//! `cargo run -p lanes-suite --example matrix`

use lanes_core::{
    Complete, Config, Error, Run, Size, Visitor, Workload, visit,
};
use lanes_suite::MODELS;

struct Matrix {
    models: Vec<Box<dyn Complete>>,
    last: &'static str,
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
        println!("{}\n  stresses {}", W::NAME, W::STRESSES);
        println!("  omits    {}", W::OMITS);
        for model in &self.models {
            let fit = Run::<W>::fit(&**model);
            let (name, grade) = (model.name(), fit.grade());
            println!("  {name:10} {grade:10} {}", fit.reason());
        }
        println!();
    }
}

fn main() -> Result<(), Error> {
    let config = Config::machine();
    let start = |entry: &lanes_suite::Entry| entry.start(&config);
    let models = MODELS.iter().map(start).collect::<Result<_, _>>()?;
    visit(Size::Full, &mut Matrix { models, last: "" });
    for entry in MODELS {
        if let Some(badge) = entry.badge {
            println!("{}: {badge}", entry.name);
        }
    }
    Ok(())
}
