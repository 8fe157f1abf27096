//! Maps that were made with `lanes map`: how many points they decide, and
//! whether they contradict each other.

use lanes_measure::map::{Map, Point};
use lanes_measure::results::Results;
use std::error::Error;
use std::path::Path;

/// Prints how much each map decides, and the points of which two maps say what
/// cannot both be true.
pub(crate) fn print(files: &[&str]) -> Result<(), Box<dyn Error>> {
    if files.is_empty() {
        return Err("the files of maps".into());
    }
    let mut maps = Vec::new();
    println!("| map | time | models | points | decided |");
    println!("|---|--:|--:|--:|--:|");
    for file in files {
        let results = Results::load(Path::new(file))?;
        let map = Map::of(&results).ok_or(format!("{file} is no map"))?;
        println!(
            "| {file} | {:.0} s | {} | {} | {} |",
            results.seconds,
            map.models.len(),
            map.all().count(),
            map.decided()
        );
        maps.push(map);
    }
    let (mut found, mut compared) = (0, 0);
    for (at, one) in maps.iter().enumerate() {
        for other in &maps[at + 1..] {
            let decided = one.all().filter(|point| {
                let same = |p: &&Point| (p.x, p.y) == (point.x, point.y);
                let other = other.all().find(same);
                point.verdict.is_decided()
                    && other.is_some_and(|p| p.verdict.is_decided())
            });
            compared += decided.count();
            for (first, second) in one.contradictions(other) {
                found += 1;
                let (x, y) = (one.x.parameter, one.y.parameter);
                println!(
                    "{} {}, {} {}: {}, and {}",
                    x.title(),
                    x.shown(first.x),
                    y.title(),
                    y.shown(first.y),
                    first.verdict.names().join(" = "),
                    second.verdict.names().join(" = ")
                );
            }
        }
    }
    println!("{found} of {compared} points that both decide contradict");
    println!("must reach: 20 of 25 decided, no contradiction");
    Ok(())
}
