//! `lanes advise` on jobs by lot whose answer is known by arithmetic.

use lanes_core::{Config, seed};
use serde_json::Value;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The seed of the lot: nobody has chosen a job.
const SEED: u64 = 20_261_127;

const BUDGET: &str = "20s";

/// Models that have their workers, and give them all tasks.
const POOLS: [&str; 5] = ["rayon", "crossbeam", "tokio", "async-std", "smol"];

/// Models in which a task that waits keeps no worker from others.
const FREE: [&str; 7] = [
    "threads",
    "tokio",
    "async-std",
    "smol",
    "tokio-blocking",
    "tokio-rayon",
    "tokio-per-core",
];

/// What starting a thread costs, in seconds: the row `spawn` has it.
const THREAD: f64 = 50e-6;
/// The step of tokio's timer, in seconds, as its documentation of `sleep` says.
const STEP: f64 = 1e-3;

/// What a model adds to the wait of so many tasks, in seconds.
fn added(model: &str, tasks: u64) -> f64 {
    match model {
        "threads" => tasks as f64 * THREAD,
        model if model.starts_with("tokio") => STEP,
        _ => 0.0,
    }
}

/// What was said in short, and whether it is right.
type Judge = Box<dyn Fn(&Advice) -> (String, bool)>;

/// A job, and what arithmetic says of it.
struct Drawn {
    options: Vec<String>,
    expected: &'static str,
    /// What was seen, and whether that is right.
    judge: Judge,
}

/// What `lanes advise` said.
struct Advice(Value);

impl Advice {
    /// The time of a model in seconds, where it has one, be it of one look.
    fn seconds(&self, model: &str) -> Option<f64> {
        let all = ["models", "left_out"].into_iter();
        let all = all.flat_map(|key| self.0[key].as_array()).flatten();
        let mut all = all.filter(|one| one["model"] == model);
        all.find_map(|one| one["seconds"].as_f64())
    }

    /// The fastest model of those that were measured, and its seconds.
    fn best(&self) -> Option<(&str, f64)> {
        let first = self.0["models"].as_array()?.first()?;
        Some((first["model"].as_str()?, first["seconds"].as_f64()?))
    }

    /// How a model was graded: `fastest`, `as-fast`, `slower` and so on; left
    /// out counts as slower where it was seen to take longer.
    fn is_slower(&self, model: &str) -> bool {
        let graded = self.0["models"].as_array().into_iter().flatten();
        let mut graded = graded.filter(|one| one["model"] == model);
        match (graded.next(), self.seconds(model), self.best()) {
            (Some(one), ..) => one["grade"].get("slower").is_some(),
            (None, Some(seconds), Some((_, best))) => seconds > best,
            _ => false,
        }
    }

    /// The seconds of these models, each over a time.
    fn ratios(&self, models: &[&str], to: f64) -> (String, Vec<Option<f64>>) {
        let ratio = |model: &&str| Some(self.seconds(model)? / to);
        let ratios: Vec<Option<f64>> = models.iter().map(ratio).collect();
        let words = models.iter().zip(&ratios).map(|(model, ratio)| {
            ratio.map_or(format!("{model} unknown"), |ratio| {
                format!("{model} {ratio:.2}")
            })
        });
        (words.collect::<Vec<_>>().join(", "), ratios)
    }
}

/// Whether all are known, and at most so large.
fn at_most(ratios: &[Option<f64>], most: f64) -> bool {
    ratios.iter().all(|ratio| ratio.is_some_and(|ratio| ratio <= most))
}

fn options(tasks: u64, compute: u64, wait: u64) -> Vec<String> {
    let options = [("tasks", tasks, ""), ("compute", compute, "us")];
    let all = options.into_iter().chain([("wait", wait, "us")]);
    all.map(|(name, value, unit)| format!("--{name}={value}{unit}")).collect()
}

/// A whole number from `low` to `high`.
fn between(random: &mut seed::Numbers, low: u64, high: u64) -> u64 {
    // The bias of a remainder of so few is below 2^-40.
    low + random.next().expect("an endless stream") % (high - low + 1)
}

/// Few tasks that compute: as many for each worker, so that the limit can be
/// met.
fn few(random: &mut seed::Numbers, workers: u64) -> Drawn {
    let each = between(random, 2, 16);
    let compute = between(random, 1000, 5000);
    let limit = (each * compute) as f64 / 1e6;
    let judge = move |said: &Advice| {
        let possible = said.0["best_possible"].as_f64().unwrap_or(limit);
        let (words, ratios) = said.ratios(&POOLS, possible);
        let words = format!("over the limit {possible:.4} s: {words}");
        (words, at_most(&ratios, 1.05))
    };
    Drawn {
        options: options(each * workers, compute, 0),
        expected: "few that compute: any pool within 5 % of the limit",
        judge: Box::new(judge),
    }
}

/// Many small tasks, and no more than there may be threads.
fn many(random: &mut seed::Numbers, _: u64) -> Drawn {
    let tasks = between(random, 5000, 10_000);
    let compute = between(random, 1, 3);
    let judge = |said: &Advice| {
        let (best, seconds) = said.best().unwrap_or(("nobody", f64::NAN));
        let (words, _) = said.ratios(&["threads"], seconds);
        let right = best != "threads" && said.is_slower("threads");
        (format!("over {best}: {words}"), right)
    };
    Drawn {
        options: options(tasks, compute, 0),
        expected: "many and small: threads lose",
        judge: Box::new(judge),
    }
}

/// Tasks that all wait, for at most a second if each worker waits for one after
/// the other.
fn waits(random: &mut seed::Numbers, workers: u64) -> Drawn {
    let wait = between(random, 5000, 20_000);
    let most = (1_000_000 * workers / wait).clamp(100, 400);
    let tasks = between(random, 100, most);
    let in_turns = (tasks.div_ceil(workers) * wait) as f64 / 1e6;
    let judge = move |said: &Advice| {
        let one = wait as f64 / 1e6;
        let all =
            FREE.map(|model| said.ratios(&[model], one + added(model, tasks)));
        let words = all.each_ref().map(|(words, _)| words.as_str()).join(", ");
        let ratios = all.map(|(_, ratios)| ratios[0]);
        let (turns, rayon) = said.ratios(&["rayon"], in_turns);
        let words = format!(
            "over the wait and what each adds: {words}; over waits / \
                     workers: {turns}"
        );
        let rayon = rayon[0].is_some_and(|r| (r - 1.0).abs() <= 0.2);
        (words, at_most(&ratios, 1.1) && rayon)
    };
    Drawn {
        options: options(tasks, 0, wait),
        expected: "all wait: one wait where it keeps no worker, rayon in turns",
        judge: Box::new(judge),
    }
}

/// Tasks that compute under one lock.
fn lock(random: &mut seed::Numbers, _: u64) -> Drawn {
    let tasks = between(random, 200, 1000);
    let compute = between(random, 20, 100);
    let mut options = options(tasks, compute, 0);
    options.push("--lock=100%".into());
    let alone = (tasks * compute) as f64 / 1e6;
    let judge = move |said: &Advice| {
        let (best, seconds) = said.best().unwrap_or(("nobody", f64::NAN));
        let plain = said.seconds("sequential").unwrap_or(f64::NAN);
        let (plain, alone) = (seconds / plain, seconds / alone);
        let words = format!(
            "{best} over sequential {plain:.2}, over all compute {alone:.2}"
        );
        (words, plain >= 0.9 && alone >= 0.9)
    };
    Drawn {
        options,
        expected: "one lock: nobody gains 10 % over the plain loop",
        judge: Box::new(judge),
    }
}

const KINDS: [fn(&mut seed::Numbers, u64) -> Drawn; 4] =
    [few, many, waits, lock];

/// The program as it is built beside this one: `cargo build --release -p
/// lanes`.
fn beside() -> Result<PathBuf, Box<dyn Error>> {
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    let path = target.ok_or("no folder of programs")?.join("lanes");
    if path.exists() {
        return Ok(path);
    }
    let path = path.display();
    Err(format!("{path} is not there: cargo build --release -p lanes").into())
}

fn advice(lanes: &Path, options: &[String]) -> Result<Advice, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(lanes);
    command.args(["advise", "--json", "--budget", BUDGET, "--output"]);
    let output = command.arg(folder.path()).args(options).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}: {said}", output.status).into());
    }
    Ok(Advice(serde_json::from_slice(&output.stdout)?))
}

/// Asks for advice on so many jobs, and prints how often it was right.
pub(crate) fn print(
    count: usize,
    lanes: Option<&str>,
) -> Result<(), Box<dyn Error>> {
    let lanes = lanes.map_or_else(beside, |path| Ok(path.into()))?;
    let mut random = seed::numbers(SEED);
    let workers = Config::machine().workers() as u64;
    let mut right = 0;
    for (number, draw) in (1..=count).zip(KINDS.into_iter().cycle()) {
        let Drawn { options, expected, judge } = draw(&mut random, workers);
        println!("{number:3} {}\n    expected: {expected}", options.join(" "));
        let (said, is_right) = match advice(&lanes, &options) {
            Ok(advice) => {
                let (said, is_right) = judge(&advice);
                let take = advice.0["take"].as_str().unwrap_or("nothing");
                (format!("take {take}; {said}"), is_right)
            }
            Err(error) => (error.to_string(), false),
        };
        right += usize::from(is_right);
        let verdict = if is_right { "right" } else { "wrong" };
        println!("    said: {said}\n    {verdict}");
    }
    println!("{right} of {count} right; must reach: 10 of 10");
    Ok(())
}
