//! The guard of a job: the process between the one that has started it and
//! `mpirun`.
//!
//! It sees that nothing is left of the job: `mpirun` that is killed leaves its
//! ranks and its folder, and a process that is killed cannot end what it has
//! started. All that is below the guard becomes its child when its parent ends,
//! and is killed with the job. It ends by itself when the other side of its
//! standard input does.

use crate::names::{OF, RANK};
use lanes_core::Error;
use lanes_measure::children;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, pidfd_open,
    set_child_subreaper, set_parent_process_death_signal, wait,
};
use std::fs::{self, File};
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

/// What stands before what a rank has to say when it ends.
pub(crate) const SAYS: &str = "lanes-mpi: ";
/// What stands before why a job has ended by itself.
pub(crate) const ENDED: &str = "ended: ";

/// What the guard is asked, and answers.
pub(crate) const ALIVE: &[u8] = b"!";

/// How long killed processes may take to end, and how often it is looked.
const SOON: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_millis(1);

/// How much is kept of what `mpirun` prints, in bytes.
const KEPT: usize = 4096;

/// Starts a job, and ends it when it ends by itself or is to end. The arguments
/// are its folder, the number of ranks, the network between them, and what is
/// for the ranks.
///
/// # Errors
/// Those of the system.
pub(crate) fn serve(
    arguments: impl Iterator<Item = String>,
) -> Result<(), Error> {
    let mut front = take_input()?;
    if let Err(why) = guard(&front, arguments) {
        let why = serde_json::to_string(&why).unwrap_or_default();
        front.write_all(format!("{ENDED}{why}").as_bytes())?;
    }
    Ok(())
}

/// # Errors
/// Why the job has ended; none once the other side of the socket has.
fn guard(
    front: &UnixStream,
    mut arguments: impl Iterator<Item = String>,
) -> Result<(), Error> {
    let mut next = || {
        let none = || Error::Protocol("started by hand".into());
        arguments.next().ok_or_else(none)
    };
    let (folder, ranks, network) = (next()?, next()?, next()?);
    set_child_subreaper(Some(getpid())).map_err(io::Error::from)?;
    let (reader, writer) = io::pipe()?;
    let mut mpirun = mpirun(Path::new(&folder), &ranks, &network)?;
    mpirun.args(arguments).stdin(Stdio::null());
    mpirun.stdout(writer.try_clone()?).stderr(writer);
    let mut child = mpirun.spawn().map_err(missing)?;
    // The ends of the pipe that are for the child.
    drop(mpirun);
    let printed = thread::Builder::new().spawn(|| last_words(reader));
    let ended = watched(front, &mut child);
    // Its ranks end with it, at once, and are those of the guard then.
    let _ = child.kill();
    if !reaped() {
        children::kill();
        reaped();
    }
    match ended? {
        Some(status) => {
            let printed = printed?.join().unwrap_or_default();
            Err(said(&printed).unwrap_or(Error::WorkerDied(status)))
        }
        // Nobody else removes it.
        None => Ok(fs::remove_dir_all(folder)?),
    }
}

/// Takes processes that have ended out of the table of the system, until there
/// is none below this one, and says whether that was soon.
fn reaped() -> bool {
    let begin = Instant::now();
    while begin.elapsed() < SOON {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => thread::sleep(TICK),
            Err(_) => return true,
        }
    }
    false
}

/// The socket that is the standard input. It leaves that place, where children
/// of this process would inherit it.
fn take_input() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

/// Waits until `mpirun` ends, and says how; `None` once the other side of the
/// socket has ended. Answers when it is asked.
fn watched(
    mut front: &UnixStream,
    mpirun: &mut Child,
) -> io::Result<Option<String>> {
    let alive = pidfd_open(Pid::from_child(mpirun), PidfdFlags::empty())?;
    loop {
        let mut ready = [
            PollFd::new(&alive, PollFlags::IN),
            PollFd::new(front, PollFlags::IN),
        ];
        match poll(&mut ready, None) {
            Err(rustix::io::Errno::INTR) => continue,
            other => other?,
        };
        let [ended, asked] = ready.map(|fd| !fd.revents().is_empty());
        if asked {
            let mut byte = [0; ALIVE.len()];
            match front.read(&mut byte) {
                Ok(1..) if front.write_all(&byte).is_ok() => {}
                _ => return Ok(None),
            }
        }
        if ended {
            return Ok(Some(format!("mpirun: {}", mpirun.wait()?)));
        }
    }
}

/// The command that starts the ranks.
///
/// Nothing crosses between ranks but by TCP, also on one machine: Open MPI
/// would take memory that both map. They are bound to no core, and may be more
/// than there are: one that waits looks again and again, and lets others have
/// its core in between.
fn mpirun(folder: &Path, ranks: &str, network: &str) -> io::Result<Command> {
    let own = format!("/proc/{}/exe", getpid().as_raw_nonzero());
    // Found by this name, the executable runs under it.
    symlink(own, folder.join(RANK))?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = [folder.to_owned()].into_iter().chain(env::split_paths(&path));
    let path = env::join_paths(path).map_err(io::Error::other)?;
    let mut command = Command::new("mpirun");
    // A job of its own, also within one, or in that of a batch system.
    for (name, _) in env::vars_os() {
        let of = |prefix| name.as_encoded_bytes().starts_with(prefix);
        let others: [&[u8]; 4] = [b"OMPI_", b"PMIX_", b"PRTE_", b"SLURM_"];
        if others.into_iter().any(of) {
            command.env_remove(name);
        }
    }
    command.env("PATH", path).env("TMPDIR", folder);
    // Where ranks find `mpirun`, also from other network namespaces.
    command.env("PMIX_MCA_ptl_base_if_include", network);
    // What ranks are given is copied, and lies in no memory that all map.
    command.env("PMIX_MCA_gds", "hash");
    // The cores are not looked at: the plugins for other devices take time.
    command.env("HWLOC_COMPONENTS", "linux,stop");
    let parameters = [
        ("plm", "isolated"),
        ("pml", "ob1"),
        ("btl", "tcp,self"),
        ("btl_tcp_if_include", network),
        ("btl_tcp_disable_family", "6"),
        ("oob_tcp_if_include", network),
        ("oob_tcp_disable_ipv6_family", "1"),
        ("osc", "rdma"),
        ("shmem", "mmap"),
        ("mpi_yield_when_idle", "1"),
    ];
    command.args(["--allow-run-as-root", "--oversubscribe"]);
    command.args(["--bind-to", "none", "--np", ranks]);
    for (name, value) in parameters {
        command.args(["--mca", name, value]);
    }
    command.args([RANK, OF]);
    ends_with_this_thread(&mut command);
    Ok(command)
}

/// The system kills the process when this thread ends, which a guard that is
/// killed cannot do.
#[expect(unsafe_code, reason = "a call between fork and exec")]
fn ends_with_this_thread(command: &mut Command) {
    let tie = || {
        let tied = set_parent_process_death_signal(Some(Signal::KILL));
        tied.map_err(io::Error::from)
    };
    // SAFETY: one system call, which takes no lock and no memory.
    unsafe { command.pre_exec(tie) };
}

fn missing(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => {
            let what = "mpirun is not installed (Open MPI)";
            Error::Unsupported(what.into())
        }
        _ => error.into(),
    }
}

/// The last that is printed, once all that could print have ended.
fn last_words(mut from: PipeReader) -> String {
    let (mut words, mut buffer) = (Vec::new(), [0; KEPT]);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        words.extend_from_slice(&buffer[..count]);
        words.drain(..words.len().saturating_sub(KEPT));
    }
    String::from_utf8_lossy(&words).into_owned()
}

/// What a rank had to say, or else what MPI or `mpirun` say of one that died.
fn said(printed: &str) -> Option<Error> {
    let lines = printed.lines();
    let by_rank = |line: &str| {
        let (_, error) = line.split_once(SAYS)?;
        serde_json::from_str(error).ok()
    };
    let by_mpi = |line: &&str| {
        line.contains("*** MPI_ERR_") || line.contains("noticed that process")
    };
    lines.clone().find_map(by_rank).or_else(|| {
        let died = lines.clone().find(by_mpi)?;
        Some(Error::WorkerDied(died.trim().to_owned()))
    })
}
