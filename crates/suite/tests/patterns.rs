//! Every pattern of `phases` in every model: the suite of each model has the
//! one pattern of the catalogue.

use lanes_core::workload::{Pattern, Phases};
use lanes_core::{Config, Error, Family, Row};
use lanes_suite::MODELS;
use std::time::Duration;

#[test]
fn every_model_keeps_to_every_pattern() {
    for entry in MODELS.iter().filter(|entry| entry.has("phases")) {
        let model = entry.start(&Config::new(2).unwrap()).unwrap();
        // A message for each task takes long.
        let most = if entry.family == Family::Runtime { 70 } else { 6 };
        for pattern in Pattern::ALL {
            for (steps, width) in [(1, 1), (6, 2), (5, 5), (most, 9)] {
                let (grain, rounds) = (Duration::ZERO, Some(30));
                let size = Phases { steps, width, pattern, grain, rounds };
                let job = Row::job(&size, 7).unwrap();
                match job.run(&model) {
                    Ok(answer) => assert!(
                        job.accepts(&*answer),
                        "{} of {}",
                        entry.name,
                        Row::label(&size)
                    ),
                    Err(Error::Unsupported(why)) => assert!(!why.is_empty()),
                    Err(why) => panic!("{}: {why}", entry.name),
                }
            }
        }
    }
}
