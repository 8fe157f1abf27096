//! What else compares two programs, and a neighbour that disturbs it.

use lanes_core::{Config, Size, seed, workload};
use serde_json::Value;
use std::error::Error;
use std::hint::black_box;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a tool says of two things that are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// They differ.
    Difference,
    /// They do not differ, or the evidence does not decide.
    None,
    /// The tool is not there.
    Missing,
}

/// The image that this process runs, for other processes as well.
fn own() -> String {
    format!("/proc/{}/exe", std::process::id())
}

/// A process that keeps one core busy, now more and now less.
pub(crate) struct Hog(Child);

impl Hog {
    pub(crate) fn start() -> std::io::Result<Self> {
        Ok(Self(Command::new(own()).arg("hog").spawn()?))
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// Computes for a random share of every few milliseconds; the share changes
/// several times a second.
pub(crate) fn hog() -> Result<(), Box<dyn Error>> {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed()?;
    let mut random = seed::numbers(now.subsec_nanos().into());
    let mut share = || {
        let number = random.next().expect("the stream is endless");
        (number >> 11) as f64 / (1u64 << 53) as f64
    };
    loop {
        let strength = share();
        let change = Instant::now() + Duration::from_secs_f64(share() / 2.0);
        while Instant::now() < change {
            let slice = Duration::from_millis(4);
            let begin = Instant::now();
            while begin.elapsed() < slice.mul_f64(strength) {
                black_box(begin);
            }
            thread::sleep(slice.mul_f64(1.0 - strength));
        }
    }
}

/// Does something with the first quick size of a workload in a model.
fn with(
    workload: &str,
    model: &str,
    act: impl FnOnce(&mut dyn FnMut()),
) -> Result<(), Box<dyn Error>> {
    let entry = lanes_suite::find(model).ok_or("no model")?;
    let model = entry.start(&Config::machine())?;
    let workload = workload::find(workload).ok_or("no workload")?;
    let job = workload.sizes(Size::Quick)[0].job(7)?;
    act(&mut || {
        black_box(job.run(&model).expect("it ran in other tools"));
    });
    Ok(())
}

/// A whole process that runs a cell for about a tenth of a second, in as many
/// runs each time: what hyperfine times.
pub(crate) fn once(workload: &str, model: &str) -> Result<(), Box<dyn Error>> {
    let runs = match workload {
        "counter" => 20,
        "max" | "double" | "join" | "read" => 30,
        _ => 200,
    };
    with(workload, model, |run| (0..runs).for_each(|_| run()))
}

/// Criterion with its own defaults, but for a shorter time, so that two of them
/// take as long as a session here.
pub(crate) fn criterion(
    workload: &str,
    model: &str,
    baseline: &str,
) -> Result<(), Box<dyn Error>> {
    with(workload, model, |run| {
        let mut criterion = criterion::Criterion::default()
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_millis(1500));
        criterion = match baseline {
            "save" => criterion.save_baseline("base".into()),
            _ => criterion.retain_baseline("base".into(), true),
        };
        criterion.bench_function("cell", |bencher| bencher.iter(&mut *run));
    })
}

/// Saves a baseline, measures again, and reads what criterion prints.
pub(crate) fn criterion_claims(
    workload: &str,
    model: &str,
) -> Result<Claim, Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let mut said = String::new();
    for baseline in ["save", "compare"] {
        let output = Command::new(own())
            .args(["criterion", workload, model, baseline])
            .env("CRITERION_HOME", home.path())
            .stderr(Stdio::null())
            .output()?;
        said = String::from_utf8(output.stdout)?;
    }
    let claims = ["Performance has improved", "Performance has regressed"];
    let silence = ["No change in performance", "Change within noise threshold"];
    if claims.iter().any(|claim| said.contains(claim)) {
        Ok(Claim::Difference)
    } else if silence.iter().any(|claim| said.contains(claim)) {
        Ok(Claim::None)
    } else {
        Err(format!("criterion compared nothing: {said}").into())
    }
}

/// Lets hyperfine compare two runs of the same command; a difference is claimed
/// if the ratio it prints is further from 1 than the ± beside it.
pub(crate) fn hyperfine_claims(
    workload: &str,
    model: &str,
) -> Result<Claim, Box<dyn Error>> {
    let file = tempfile::NamedTempFile::new()?;
    let command = format!("{} once {workload} {model}", own());
    let status = Command::new("hyperfine")
        .args(["-N", "--warmup", "1", "--runs", "12", "--style", "none"])
        .arg("--export-json")
        .arg(file.path())
        .args([&command, &command])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Ok(Claim::Missing);
    }
    let json: Value = serde_json::from_reader(file.reopen()?)?;
    let figure = |index: usize, name: &str| {
        let number = json["results"][index][name].as_f64();
        number.ok_or("hyperfine exported no figures")
    };
    let [mean, other] = [figure(0, "mean")?, figure(1, "mean")?];
    let [spread, others] = [figure(0, "stddev")?, figure(1, "stddev")?];
    // As hyperfine does: the slower over the faster, errors propagated.
    let ratio = mean.max(other) / mean.min(other);
    let error =
        ratio * ((spread / mean).powi(2) + (others / other).powi(2)).sqrt();
    let differs = ratio - 1.0 > error;
    Ok(if differs { Claim::Difference } else { Claim::None })
}
