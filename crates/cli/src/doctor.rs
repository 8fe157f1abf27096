//! `lanes doctor`: what of this machine helps or hurts measuring.

use crate::args::{Doctor, Format};
use crate::fail::Fail;
use crate::interrupt;
use crate::models::not_built;
use crate::run::limits;
use crate::show::{Sheet, json, print};
use crate::stamp;
use lanes_core::limits::Limits;
use lanes_core::{Config, Size, rows};
use lanes_measure::apart::Apart;
use lanes_measure::guest;
use lanes_measure::process::Launch;
use lanes_measure::results::{Results, RowResult};
use lanes_measure::session::{self, Contender, Plan};
use lanes_measure::words::{digits, percent, time};
use rustix::process::{Resource, getrlimit};
use serde::Serialize;
use std::fs;
use std::time::Duration;

/// On a quiet machine two processes of one model are as alike as this.
const QUIET: f64 = 0.05;
/// So many descriptors are enough for every full size.
const DESCRIPTORS: u64 = 1024;
/// So many threads are enough for every full size.
const THREADS: u64 = 12_000;
/// So much free memory is enough for every full size.
const PLENTY: u64 = 2 << 30;

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 3] = ["good", "finding", "remedy"];

/// One thing that was looked at.
#[derive(Serialize)]
pub(crate) struct Finding {
    /// Whether it neither disturbs measurements nor limits them.
    good: bool,
    /// What was found.
    finding: String,
    /// What to do about it, if it is not good.
    remedy: Option<String>,
}

impl Finding {
    /// A line, and one below it with what to do.
    fn line(&self) -> String {
        let Self { finding, remedy, .. } = self;
        match remedy {
            None => format!("   ok  {finding}\n"),
            Some(remedy) => format!(" look  {finding}\n       {remedy}\n"),
        }
    }
}

/// Reports what helps or harms measuring, and what to do about it. People read
/// each line as soon as it is known.
///
/// # Errors
/// Those of the noise measurement.
pub(crate) fn doctor(options: &Doctor) -> Result<(), Fail> {
    let format = options.printing.format();
    let machine = stamp::machine();
    let mut findings = Vec::new();
    let mut add = |finding: Finding| {
        if format == Format::Table {
            print(&finding.line())?;
        }
        findings.push(finding);
        Ok(())
    };
    add(good(&format!("machine: {machine}")))?;
    let limits = Limits::here();
    add(cores(&limits))?;
    add(governor())?;
    add(load(&limits))?;
    add(memory(&limits))?;
    add(descriptors())?;
    add(threads(&limits))?;
    add(clock())?;
    let [build, commit] = build();
    add(build)?;
    add(commit)?;
    add(python())?;
    guests().into_iter().try_for_each(&mut add)?;
    if !options.no_noise {
        noise()?.into_iter().try_for_each(&mut add)?;
    }
    match format {
        Format::Table => Ok(()),
        Format::Json => print(&json(&findings)?),
        Format::Csv | Format::Markdown => {
            print(&sheet(&findings).text(format)?)
        }
    }
}

fn sheet(findings: &[Finding]) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for Finding { good, finding, remedy } in findings {
        let remedy = remedy.clone().unwrap_or_default();
        sheet.row(vec![good.to_string(), finding.clone(), remedy]);
    }
    sheet
}

/// The build, and its commit.
fn build() -> [Finding; 2] {
    let build = stamp::build();
    let profile = report(
        build.profile == "release",
        &format!("build: {}, {}", build.profile, build.rustc),
        "use `cargo lanes`, which builds with --release",
    );
    let commit = report(
        build.commit.is_some(),
        "commit: known to result files",
        "without git, or in a copy that is no clone of its own, result files \
         do not say which sources were measured",
    );
    [profile, commit]
}

fn python() -> Finding {
    let pythons = lanes_python::interpreters().iter();
    let pythons: Vec<String> = pythons.map(|p| p.to_string()).collect();
    let peers = lanes_python::peers().iter();
    let mut missing = peers.filter_map(|peer| peer.missing.clone());
    let variable = lanes_python::VARIABLE;
    report(
        !pythons.is_empty(),
        &match pythons.is_empty() {
            true => format!("Python: {}", missing.next().unwrap_or_default()),
            false => format!("Python: {}", pythons.join(", ")),
        },
        &format!(
            "only needed for the models of CPython and for --peer workers \
             written in it; {variable} names others than python3 on the PATH"
        ),
    )
}

/// Guests that are here, and what is wrong with those that cannot be used.
fn guests() -> Vec<Finding> {
    let mut findings = Vec::new();
    for guest in guest::guests() {
        let name = &guest.name;
        findings.push(match guest.ask() {
            Ok(answer) => {
                let library = answer.model.library.as_deref();
                let what = library.unwrap_or("a guest");
                let wrong = answer.notes.join("; ");
                let text = format!("guest {name}: {what}");
                let remedy = "build it anew, with the same commit as `lanes`";
                let text = match wrong.is_empty() {
                    true => text,
                    false => format!("{text}; {wrong}"),
                };
                report(wrong.is_empty(), &text, remedy)
            }
            Err(why) => report(
                false,
                &format!("guest {name}: {why}"),
                "remove it from the PATH or build it anew; all else works",
            ),
        });
    }
    findings.extend(not_built().iter().map(|line| good(line)));
    findings
}

fn good(text: &str) -> Finding {
    Finding { good: true, finding: text.into(), remedy: None }
}

/// One thing and, if it is not good, what to do.
fn report(is_good: bool, text: &str, remedy: &str) -> Finding {
    let remedy = (!is_good).then(|| remedy.to_owned());
    Finding { good: is_good, finding: text.into(), remedy }
}

fn cores(limits: &Limits) -> Finding {
    let cores = limits.cores();
    let mut text = format!("cores: {cores} threads run at once");
    let quota = limits.quota.filter(|of| *of < limits.processors as f64);
    if let Some(quota) = quota {
        text += &format!(
            "; a control group gives the time of {} of {} processors",
            digits(quota),
            limits.processors
        );
    }
    report(
        cores >= 2 && quota.is_none(),
        &text,
        "with one core, or with a CPU quota (cpu.max, cpu.cfs_quota_us), \
         models differ little",
    )
}

fn governor() -> Finding {
    let path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    match fs::read_to_string(path) {
        Ok(text) => report(
            text.trim() == "performance",
            &format!("governor: {}", text.trim()),
            "clock rates change with load: `cpupower frequency-set -g \
             performance`, as root",
        ),
        Err(_) => good("governor: not reported, as in most virtual machines"),
    }
}

fn load(limits: &Limits) -> Finding {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = text.split_whitespace().next();
    let Some(load) = load.and_then(|load| load.parse::<f64>().ok()) else {
        return good("load: not reported by the system");
    };
    report(
        load < 0.3 * limits.cores() as f64,
        &format!("load: {load} over the last minute"),
        "something else is running: grades will need more visits",
    )
}

fn memory(limits: &Limits) -> Finding {
    let (Some(all), Some(free)) = (limits.total(), limits.available) else {
        return good("memory: not reported by the system");
    };
    let mut text = format!("memory: {} MiB", all >> 20);
    if limits.memory.is_some() {
        text += " for this process, by a control group or `ulimit -v`";
    }
    let remedy = format!(
        "{} MiB are free, less than 2 GiB: full sizes may be refused",
        free >> 20
    );
    report(free >= PLENTY, &text, &remedy)
}

fn descriptors() -> Finding {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let text = match limit.current {
        Some(current) => format!("descriptors: {current}, raised up to {most}"),
        None => "descriptors: no limit".into(),
    };
    let remedy = "`fetch` needs more in full size: raise `ulimit -Hn`";
    report(most >= DESCRIPTORS, &text, remedy)
}

fn threads(limits: &Limits) -> Finding {
    let Some(most) = limits.threads else {
        return good("threads: not reported by the system");
    };
    report(
        most >= THREADS,
        &format!("threads: {most}"),
        "`spawn` in threads is refused in full size: raise `ulimit -u`, \
         pids.max, kernel.threads-max or vm.max_map_count",
    )
}

fn clock() -> Finding {
    let path =
        "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    let source = fs::read_to_string(path);
    let source = source.as_deref().map_or("of an unknown source", str::trim);
    let cost = session::clock().as_secs_f64();
    report(
        cost < 1e-6,
        &format!("clock: {source}, {} a reading", time(cost)),
        "a slow clock makes batches long: choose tsc as clocksource if you can",
    )
}

/// Measures within how much two processes of one model are alike.
fn noise() -> Result<Vec<Finding>, Fail> {
    let mut rows = rows(Size::Quick);
    rows.retain(|row| ["max", "fib"].contains(&row.workload()));
    let contender = Contender {
        name: "rayon".into(),
        model: "rayon".into(),
        workers: Config::machine().workers(),
        serial: false,
        nodes: None,
        answers_only: false,
        launch: Launch::own(),
    };
    let plan = Plan {
        rows,
        control: true,
        budget: Duration::from_secs(8),
        ..Plan::new(
            vec![contender],
            limits(Duration::from_secs(60), None),
            stamp::machine(),
            stamp::build(),
        )
    };
    let silent = &mut |_: &Results, _: &_| Ok(());
    let results =
        session::run(&plan, String::new(), silent).map_err(Fail::of)?;
    interrupt::look()?;
    let finding = |row: &RowResult| {
        let summary = row.summary.as_ref().ok_or_else(|| {
            Fail::Failure("the noise was not measured".into())
        })?;
        let twin = summary.twin.ok_or_else(|| {
            Fail::Failure("the noise was not measured: too few visits".into())
        })?;
        let most = twin.high.max(-twin.low).exp_m1();
        Ok(report(
            most <= QUIET,
            &format!(
                "noise: two processes of one model are alike within {} on {} \
                 {}, in 4 s",
                percent(most),
                row.workload,
                row.size
            ),
            "smaller differences are not found in so short a time: stop other \
             programs, or give `lanes run` a larger --budget",
        ))
    };
    let mut findings = vec![distance(&results)];
    for row in &results.rows {
        findings.push(finding(row)?);
    }
    Ok(findings)
}

/// Whether the processors stay where they are, as far as these visits show.
fn distance(results: &Results) -> Finding {
    let hops = results.rows.iter().flat_map(|row| &row.hops);
    let hops: Vec<f64> = hops.map(|hop| hop.seconds).collect();
    let low = hops.iter().copied().fold(f64::INFINITY, f64::min);
    let high = hops.iter().copied().fold(0.0, f64::max);
    if hops.is_empty() {
        return good("processors: how far they are apart is not known");
    }
    let often = format!("in {} looks within 8 s", hops.len());
    report(
        Apart::commonest(hops).is_some_and(|apart| apart.has(Some(high))),
        &format!(
            "processors: a cache line takes {} to {} from the first to the \
             last, {often}",
            time(low),
            time(high)
        ),
        "the host moves them about, and what threads hand over takes as much \
         longer: pin them on the host, or compare what one session measured",
    )
}
