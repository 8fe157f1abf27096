//! The client of an echo server, in a process of its own: one program for all
//! models, that takes no time of theirs but that of the machine.
//!
//! The running executable is started again under another name, which a
//! constructor finds before `main` runs: commands, benches and test binaries
//! all become clients that way.

mod load;
mod serve;

pub(crate) use serve::serve;

use crate::{Error, seed};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, hint};

/// The name that a client is started under.
const MARK: &str = "lanes-echo-client";

/// The name under which the program that runs this, started once more from
/// `/proc/PID/exe`, is the client of a server: for workers that are no part of
/// it. It does one plan after the other, each a line of JSON on the socket at
/// its standard input, and sends a report on each.
pub fn echo_client() -> &'static str {
    hint::black_box(become_client as fn());
    MARK
}

/// A load on a server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    /// How many, on all connections together, in turns.
    pub(crate) requests: usize,
    /// How many bytes a request has: a multiple of 8.
    pub(crate) bytes: usize,
    /// How many requests are sent in a second; none to send one on each
    /// connection as soon as the one before is answered.
    pub(crate) rate: Option<f64>,
    pub(crate) seed: u64,
}

/// What became of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) answered: usize,
    pub(crate) failed: usize,
    /// Of the first number of each answer.
    pub(crate) sum: u64,
    /// Whether requests came faster than they were answered.
    pub(crate) saturated: bool,
    /// From when each request was sent, or was due.
    pub(crate) latencies: Vec<u32>,
}

/// The numbers of a request.
pub(crate) fn words(
    seed: u64,
    request: usize,
) -> impl Iterator<Item = u64> + Clone {
    seed::numbers(seed::part(seed, request as u64))
}

impl Report {
    fn write(&self, mut to: impl Write) -> io::Result<()> {
        let counts = [self.answered, self.failed, self.latencies.len()];
        let mut bytes = Vec::with_capacity(40 + 4 * self.latencies.len());
        bytes.extend(counts.map(|count| (count as u64).to_le_bytes()).concat());
        bytes.extend(self.sum.to_le_bytes());
        bytes.extend(u64::from(self.saturated).to_le_bytes());
        let nanos = self.latencies.iter();
        bytes.extend(nanos.flat_map(|nanos| nanos.to_le_bytes()));
        to.write_all(&bytes)
    }

    /// Reads one, of a plan with so many requests.
    fn read(mut from: impl Read, requests: usize) -> io::Result<Self> {
        let mut head = [0; 40];
        from.read_exact(&mut head)?;
        let word = |index: usize| {
            let bytes = &head[index * 8..][..8];
            u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
        };
        let count = word(2) as usize;
        if count > requests {
            let what = "more latencies than requests";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let mut bytes = vec![0; count * 4];
        from.read_exact(&mut bytes)?;
        let nanos = bytes.chunks_exact(4).map(|nanos| {
            u32::from_le_bytes(nanos.try_into().expect("4 bytes"))
        });
        Ok(Self {
            answered: word(0) as usize,
            failed: word(1) as usize,
            sum: word(3),
            saturated: word(4) != 0,
            latencies: nanos.collect(),
        })
    }
}

/// A client's process. Dropping it kills it, and waits until it is gone.
pub(crate) struct Client {
    child: Child,
    socket: UnixStream,
}

impl Client {
    /// # Errors
    /// [`Error::Resource`] if the system refuses a process.
    pub(crate) fn start() -> Result<Self, Error> {
        let name = echo_client();
        let (socket, theirs) = UnixStream::pair()?;
        // The file that runs, also where it was replaced in the meantime.
        let child = Command::new("/proc/self/exe")
            .arg0(name)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, socket })
    }

    /// Has it begin. One that is gone says so when it is asked for its report.
    pub(crate) fn begin(&mut self, plan: &Plan) -> Result<(), Error> {
        let mut line = serde_json::to_string(plan)
            .map_err(|error| Error::Invalid(error.to_string()))?;
        line.push('\n');
        self.socket.write_all(line.as_bytes()).map_err(|_| gone())
    }

    /// Waits for what it has to say.
    ///
    /// # Errors
    /// [`Error::WorkerDied`] if it is gone.
    pub(crate) fn report(&mut self, requests: usize) -> Result<Report, Error> {
        Report::read(&self.socket, requests).map_err(|_| gone())
    }

    /// Another handle to its socket, to end a wait for its report.
    pub(crate) fn socket(&self) -> io::Result<UnixStream> {
        self.socket.try_clone()
    }

    /// The CPU time that it has spent so far. Where the system does not say,
    /// the harness has not counted it either.
    pub(crate) fn cpu(&self) -> Duration {
        // Its one thread.
        let path = format!("/proc/{}/schedstat", self.child.id());
        let text = fs::read_to_string(path).unwrap_or_default();
        let nanos = text.split(' ').next().and_then(|word| word.parse().ok());
        Duration::from_nanos(nanos.unwrap_or(0))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gone() -> Error {
    Error::WorkerDied("the client of the echo server".into())
}

fn waits(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}

#[ctor::ctor(unsafe, priority = late)]
fn become_client() {
    if env::args_os().next().as_deref() != Some(OsStr::new(MARK)) {
        return;
    }
    process::exit(match obey() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{MARK}: {error}");
            1
        }
    });
}

/// Does one plan after the other until the socket at the standard input is
/// closed.
fn obey() -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut lines = BufReader::new(&socket);
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let plan: Plan = serde_json::from_str(&line)?;
        match load::run(&plan, &socket)?.write(&socket) {
            // The run was stopped: nobody waits for this report.
            Err(gone) if gone.kind() == io::ErrorKind::BrokenPipe => break,
            written => written?,
        }
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// What a client says of a server, which gets each connection.
    fn against(
        rate: Option<f64>,
        serve: impl Fn(usize, std::net::TcpStream) + Send + Sync,
    ) -> Report {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (connections, requests) = (3, 20);
        let address = listener.local_addr().unwrap();
        let (bytes, seed) = (64, 7);
        let plan = Plan { address, connections, requests, bytes, rate, seed };
        let mut client = Client::start().unwrap();
        client.begin(&plan).unwrap();
        thread::scope(|scope| {
            let serve = &serve;
            for number in 0..=connections {
                let (stream, _) = listener.accept().unwrap();
                scope.spawn(move || serve(number, stream));
            }
            let report = client.report(requests).unwrap();
            drop(client);
            report
        })
    }

    fn echo(mut stream: &std::net::TcpStream) -> io::Result<()> {
        let mut bytes = [0; 64];
        stream.read_exact(&mut bytes)?;
        stream.write_all(&bytes)
    }

    #[test]
    fn every_request_is_answered_at_once_or_at_a_rate() {
        let firsts = (0..20).map(|request| words(7, request).next().unwrap());
        let sum = firsts.fold(0, u64::wrapping_add);
        for rate in [None, Some(2000.0)] {
            let report =
                against(rate, |_, stream| while echo(&stream).is_ok() {});
            let Report { answered, failed, sum: found, .. } = report;
            assert_eq!((answered, failed, found), (20, 0, sum), "{rate:?}");
            assert_eq!(report.latencies.len(), 20);
        }
    }

    #[test]
    fn what_a_connection_that_is_cut_leaves_has_failed() {
        // Of 20 requests the second connection of three has 7.
        for rate in [None, Some(2000.0)] {
            let report =
                against(
                    rate,
                    |number, stream| {
                        while echo(&stream).is_ok() && number != 1 {}
                    },
                );
            let Report { answered, failed, .. } = report;
            assert_eq!(answered + failed, 20, "{rate:?}");
            // A cut may take the one answer with it.
            assert!((6..=7).contains(&failed), "{rate:?}: {failed}");
        }
    }

    #[test]
    fn a_wrong_answer_has_failed() {
        let report = against(None, |number, stream| {
            while echo(&stream).is_ok() {
                if number == 2 {
                    // The next one is answered by something else.
                    let mut bytes = [0; 64];
                    if (&stream).read_exact(&mut bytes).is_ok() {
                        let _ = (&stream).write_all(&[1; 64]);
                    }
                }
            }
        });
        assert_eq!(report.answered + report.failed, 20);
        assert_eq!(report.failed, 3);
    }

    #[test]
    fn a_report_that_nobody_waits_for_is_no_error() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (mut socket, theirs) = UnixStream::pair().unwrap();
        let client = Command::new("/proc/self/exe")
            .arg0(echo_client())
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let plan = Plan {
            address: listener.local_addr().unwrap(),
            connections: 1,
            requests: 1,
            bytes: 64,
            rate: None,
            seed: 7,
        };
        let line = serde_json::to_string(&plan).unwrap() + "\n";
        socket.write_all(line.as_bytes()).unwrap();
        let connection = listener.accept().unwrap();
        // The run is stopped, and its server with it. The client sees the end
        // of the server first, as it may.
        socket.shutdown(Shutdown::Read).unwrap();
        drop((connection, listener));
        let ended = client.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), &*said), (Some(0), ""));
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let report = Report {
            answered: 3,
            failed: 1,
            sum: u64::MAX,
            saturated: true,
            latencies: vec![1, 2, u32::MAX],
        };
        let mut bytes = Vec::new();
        report.write(&mut bytes).unwrap();
        assert_eq!(Report::read(&*bytes, 4).unwrap(), report);
        assert!(Report::read(&*bytes, 2).is_err());
        assert!(Report::read(&bytes[..50], 4).is_err());
    }
}
