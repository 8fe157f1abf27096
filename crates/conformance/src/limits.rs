//! What is asked of a model where the system really refuses: threads, address
//! space, descriptors, sizes. The limits are those of the case's own process.

use crate::cell::SEED;
use crate::group::Group;
use crate::outcome::{Answered, Checked, Failure, Outcome};
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Size, Started, Watch, rows,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{self, File};
use std::time::Duration;

/// A run under a limit ends by itself: only one that hangs reaches this.
const PATIENCE: Duration = Duration::from_secs(10);

/// A job, and the digest of its right answer.
struct Prepared {
    job: Box<dyn AnyJob>,
    right: u64,
}

/// The cells of a model, prepared while there is still everything.
fn jobs(entry: &Entry) -> Result<Vec<Prepared>, Failure> {
    // The thread that keeps deadlines is there as well.
    let watch = Watch { deadline: Some(PATIENCE), ..Watch::default() };
    Context::watching(watch)?;
    let rows = rows(Size::Quick).into_iter();
    let rows = rows.filter(|row| entry.has(row.workload()));
    let jobs = rows.map(|row| {
        let job = row.with_items(12).pinned()?.job(SEED)?;
        let right = job.reference().digest();
        Ok(Prepared { job, right })
    });
    jobs.collect()
}

/// Each job in the model: the right answer, or an error that names what the
/// system refused.
fn right_or_refused(model: &Started, jobs: &[Prepared]) -> Checked {
    for Prepared { job, right } in jobs {
        let watch = Watch { deadline: Some(PATIENCE), ..Watch::default() };
        let result = job.under(&Context::watching(watch)?).run(model);
        let what = match &result {
            Ok(answer) if answer.digest() == *right => continue,
            Err(error) if refused(error) => continue,
            Ok(answer) => format!("{answer:?} is wrong"),
            Err(Error::Timeout) => "it hangs".to_owned(),
            Err(error) => format!("{error:?} does not name the cause"),
        };
        return Err(Failure::new(what).within(job.workload()));
    }
    Ok(())
}

/// Whether an error says that the system refused something. Workers that are
/// processes may die of it, and a library may panic with the words of the
/// system.
fn refused(error: &Error) -> bool {
    let words = std::io::Error::from(rustix::io::Errno::AGAIN).to_string();
    match error {
        Error::Resource(_)
        | Error::WorkerDied(_)
        | Error::Temporary(_)
        | Error::Unsupported(_) => true,
        Error::Panicked(why) => why.contains(&words),
        _ => false,
    }
}

/// A start under a limit, and every cell.
fn start_and_run(entry: &Entry, workers: usize, jobs: &[Prepared]) -> Checked {
    match entry.start(&Config::new(workers)?) {
        Ok(model) => right_or_refused(&model, jobs),
        Err(error) if refused(&error) => Ok(()),
        Err(error) => {
            let what = format!("the start: {error:?} does not name the cause");
            Err(Failure::new(what))
        }
    }
}

/// Every cell gives the right answer, now that there is everything again.
fn all_is_well(entry: &Entry, jobs: &[Prepared]) -> Checked {
    let model = entry.start(&Config::new(2)?)?;
    for Prepared { job, .. } in jobs {
        crate::cell::works_afterwards(&model, &**job)
            .map_err(|failure| failure.within("without the limit"))?;
    }
    Ok(())
}

/// Threads are refused: by a small address space, which their stacks do not fit
/// into, and by a group of processes that may have few more.
pub(crate) fn thread_limit(entry: &Entry) -> Answered {
    let jobs = jobs(entry)?;
    // Whatever a library starts once in a process is there.
    all_is_well(entry, &jobs)?;
    for workers in [2, 8, 64] {
        for spare in [4, 16, 64, 256, 1024] {
            let limited = address_space(entry, workers, spare << 20, &jobs);
            let place = format!("{workers} workers, {spare} MiB to spare");
            limited.map_err(|failure| failure.within(&place))?;
        }
    }
    all_is_well(entry, &jobs)?;
    let group = match Group::enter() {
        Ok(group) => group,
        Err(why) => {
            // Said, since less was asked than the case says.
            eprintln!("{}: threads: no pids group: {why}", entry.name);
            return Ok(Outcome::Passed);
        }
    };
    for workers in [2, 8] {
        for spare in [0, 1, 2, 3, 5, 8, 13, 21, 34] {
            group.allow(spare)?;
            let place = format!("{workers} workers, {spare} threads to spare");
            start_and_run(entry, workers, &jobs)
                .map_err(|failure| failure.within(&place))?;
        }
    }
    for spare in [0, 1, 2, 3] {
        group.allow_all()?;
        let model = entry.start(&Config::new(2)?)?;
        group.allow(spare)?;
        let place = format!("started before, {spare} threads to spare");
        right_or_refused(&model, &jobs)
            .map_err(|failure| failure.within(&place))?;
        group.allow_all()?;
    }
    group.allow_all()?;
    all_is_well(entry, &jobs)?;
    Ok(Outcome::Passed)
}

fn address_space(
    entry: &Entry,
    workers: usize,
    spare: u64,
    jobs: &[Prepared],
) -> Checked {
    let before = getrlimit(Resource::As);
    let current = Some(size_of_this_process()? + spare);
    limit(Resource::As, Rlimit { current, ..before })?;
    let checked = start_and_run(entry, workers, jobs);
    limit(Resource::As, before)?;
    checked
}

fn limit(resource: Resource, to: Rlimit) -> Checked {
    let set = setrlimit(resource, to).map_err(std::io::Error::from);
    Ok(set?)
}

/// The address space that this process has, in bytes.
fn size_of_this_process() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let words = line.and_then(|line| line.split_whitespace().next());
    let kibibytes = words.and_then(|word| word.parse::<u64>().ok());
    let kibibytes = kibibytes.ok_or_else(|| Failure::new("no VmSize"))?;
    Ok(kibibytes * 1024)
}

/// Descriptors are really used up: before the model is started, and after.
pub(crate) fn fd_limit(entry: &Entry) -> Answered {
    let jobs = jobs(entry)?;
    all_is_well(entry, &jobs)?;
    let open = fs::read_dir("/proc/self/fd")?.count() as u64;
    // Neither this process nor its workers can raise it again.
    let most = Some(open + 64);
    let few = Rlimit { current: most, maximum: most };
    limit(Resource::Nofile, few)?;
    for spare in [0, 1, 2, 3, 5, 8, 13, 21, 34] {
        let place = format!("{spare} descriptors to spare");
        let held = used_up(spare)?;
        start_and_run(entry, 2, &jobs)
            .map_err(|failure| failure.within(&place))?;
        drop(held);
        let place = format!("started before, {place}");
        let model = entry.start(&Config::new(2)?)?;
        let held = used_up(spare)?;
        right_or_refused(&model, &jobs)
            .map_err(|failure| failure.within(&place))?;
        drop(held);
    }
    all_is_well(entry, &jobs)?;
    Ok(Outcome::Passed)
}

/// Opens files until there are no more descriptors, and closes a few again.
fn used_up(spare: usize) -> Result<Vec<File>, Failure> {
    let mut held = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        held.push(file);
    }
    if held.len() < spare {
        return Err(Failure::new("fewer descriptors than were to be spared"));
    }
    held.truncate(held.len() - spare);
    Ok(held)
}

/// Sizes that cannot be are refused before anything is allocated, and the
/// largest ones that a model does not do are refused by it.
pub(crate) fn oversize_input(entry: &Entry) -> Answered {
    let model = entry.start(&Config::new(2)?)?;
    let rows = rows(Size::Full).into_iter();
    for row in rows.filter(|row| entry.has(row.workload())) {
        for items in [usize::MAX, usize::MAX / 8, 1 << 58, 1 << 44] {
            let large = row.with_items(items);
            if large.items() < items {
                // It has a largest size, which is always possible.
                continue;
            }
            let result = large.job(SEED).and_then(|job| job.run(&model));
            let refused = matches!(
                result,
                Err(Error::Invalid(_)
                    | Error::Resource(_)
                    | Error::Unsupported(_))
            );
            if !refused {
                let what = format!("{items} items: {result:?}");
                return Err(Failure::new(what).within(row.workload()));
            }
        }
        let small = row.with_items(24).job(SEED)?;
        crate::cell::works_afterwards(&model, &*small)?;
    }
    Ok(Outcome::Passed)
}
