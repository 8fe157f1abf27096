//! A run of `echo`: the server's port, and the client that is at it.

use super::{Echo, Echoed};
use crate::echo::{self, Client, Plan, Report};
use crate::server::listen;
use crate::trace::State;
use crate::{Context, Error, Job, Latencies, preflight};
use event_listener::{Event, listener};
use futures_lite::future;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::future::Future;
use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// A server that listens, and the client that is at it. Dropping it ends a
/// client that has not said what it saw.
pub struct Visit {
    job: Job<Echo>,
    listener: TcpListener,
    told: Arc<Told>,
    /// The client's.
    socket: UnixStream,
    client: Mutex<Option<Client>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What a client has said, with the client.
type Said = Option<(Client, Result<Report, Error>)>;

/// For who awaits it.
#[derive(Default)]
struct Told {
    said: Mutex<Said>,
    arrived: Event,
    /// Whether it is there, or was.
    over: AtomicBool,
}

impl Job<Echo> {
    /// Opens the server's port, with a queue that a storm of clients fits, and
    /// has a client begin.
    ///
    /// # Errors
    /// The cause, if the run was stopped; [`Error::Resource`] if the system
    /// refuses; [`Error::WorkerDied`] where the client is gone.
    pub fn visit(&self) -> Result<Visit, Error> {
        self.finish(())?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = listen(any)?;
        let Echo { connections, requests, bytes, rate } = self.size;
        let (address, seed) = (listener.local_addr()?, self.seed);
        let idle = self.clients().idle.pop();
        let mut client = idle.map_or_else(Client::start, Ok)?;
        let socket = client.socket()?;
        client.begin(&Plan {
            address,
            connections,
            requests,
            bytes,
            rate,
            seed,
        })?;
        let (job, told) = (self.clone(), Arc::default());
        let client = Mutex::new(Some(client));
        let thread = Mutex::default();
        Ok(Visit { job, listener, told, socket, client, thread })
    }

    /// A request has come on the connection with this number, counted as they
    /// are accepted.
    ///
    /// # Errors
    /// The cause, if the run was stopped; the fault of this task stops it.
    #[inline]
    pub fn request(&self, connection: usize) -> Result<(), Error> {
        let context = self.context();
        let _span = context.span(connection, State::Compute);
        context.note(context.grain(connection))
    }

    /// Waits, on a thread, for a whole request; `false` if the connection is
    /// closed or was reset. It looks at the cancel flag from time to time.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn receive(
        &self,
        mut stream: &TcpStream,
        bytes: &mut [u8],
    ) -> Result<bool, Error> {
        let mut filled = 0;
        while filled < bytes.len() {
            match stream.read(&mut bytes[filled..]) {
                Ok(0) => return Ok(false),
                Ok(count) => filled += count,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock
                    | ErrorKind::TimedOut
                    | ErrorKind::Interrupted => self.finish(())?,
                    _ => return Ok(false),
                },
            }
        }
        Ok(true)
    }

    /// The bare server: one readiness loop on the calling thread.
    ///
    /// # Errors
    /// The cause, if the run was stopped; those of the system.
    pub fn serve(&self, visit: &Visit) -> Result<(), Error> {
        let each = |connection| self.request(connection);
        let goes_on = || self.finish(());
        let (listener, client) = (&visit.listener, &visit.socket);
        echo::serve(listener, client, self.bytes(), each, goes_on)
    }
}

impl Visit {
    /// The listening socket, which does not block.
    ///
    /// # Errors
    /// [`Error::Resource`] without a descriptor.
    pub fn listener(&self) -> Result<TcpListener, Error> {
        Ok(self.listener.try_clone()?)
    }

    /// Waits, on a thread, for the next connection, whose reads end from time
    /// to time; none once the client has said what it saw, or the run was
    /// stopped: then those that serve are joined, and say why.
    ///
    /// # Errors
    /// Those of the system, which stop the run.
    pub fn accept(&self) -> Result<Option<TcpStream>, Error> {
        // Those that serve connections are not left to wait.
        self.job.context().note(self.next())
    }

    fn next(&self) -> Result<Option<TcpStream>, Error> {
        let slice = Timespec::try_from(Context::SLICE).ok();
        loop {
            if self.job.context().cause().is_some() {
                return Ok(None);
            }
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nodelay(true)?;
                    let slice = Some(Context::SLICE);
                    stream.set_read_timeout(slice)?;
                    stream.set_write_timeout(slice)?;
                    return Ok(Some(stream));
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock
                    | ErrorKind::Interrupted
                    | ErrorKind::ConnectionAborted => {}
                    _ => return Err(error.into()),
                },
            }
            let mut ready = [
                PollFd::new(&self.listener, PollFlags::IN),
                PollFd::new(&self.socket, PollFlags::IN),
            ];
            // An interrupted wait has no events, and the loop goes round.
            let _ = poll(&mut ready, slice.as_ref());
            if !ready[1].revents().is_empty() {
                return Ok(None);
            }
        }
    }

    /// What the client saw, once [`Visit::accept`] has no more connections.
    ///
    /// # Errors
    /// [`Error::Protocol`] if a request has failed, [`Error::WorkerDied`] if
    /// the client has; the cause, if the run was stopped.
    pub fn answer(&self) -> Result<Echoed, Error> {
        self.job.finish(())?;
        let client = self.client().take();
        let mut client = client.ok_or_else(taken)?;
        let report = client.report(self.job.size.requests);
        self.judge(client, report)
    }

    /// Accepts connections, by a future that does so for ever, until the client
    /// has said what it saw.
    ///
    /// # Errors
    /// That of the future, and those of [`Visit::answer`].
    pub async fn during(
        &self,
        accepts: impl Future<Output = Result<(), Error>>,
    ) -> Result<Echoed, Error> {
        self.listen_to_the_client()?;
        let accepts = async {
            accepts.await?;
            future::pending().await
        };
        let said = async {
            loop {
                listener!(self.told.arrived => arrived);
                if let Some((client, report)) = self.told.said().take() {
                    return self.judge(client, report);
                }
                arrived.await;
            }
        };
        let context = self.job.context();
        context.unless_stopped(future::or(said, accepts)).await
    }

    /// A thread that waits for what the client says: its socket is of no
    /// runtime.
    fn listen_to_the_client(&self) -> Result<(), Error> {
        preflight::stacks(1, preflight::STACK)?;
        let client = self.client().take();
        let mut client = client.ok_or_else(taken)?;
        let (told, requests) = (Arc::clone(&self.told), self.job.size.requests);
        let builder = thread::Builder::new().name("lanes-echo".into());
        let thread = builder.spawn(move || {
            let report = client.report(requests);
            told.over.store(true, Ordering::Release);
            *told.said() = Some((client, report));
            told.arrived.notify(usize::MAX);
        })?;
        let mut slot =
            self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(thread);
        Ok(())
    }

    fn client(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer; a client that is there is kept for the next run.
    fn judge(
        &self,
        client: Client,
        report: Result<Report, Error>,
    ) -> Result<Echoed, Error> {
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                self.gone(client);
                return Err(self.job.context().cause().unwrap_or(error));
            }
        };
        self.job.clients().idle.push(client);
        let Report { answered, failed, sum, latencies, .. } = report;
        self.job.finish(())?;
        if failed > 0 {
            let all = self.job.size.requests;
            let what = format!("{failed} of {all} requests failed");
            return Err(Error::Protocol(what));
        }
        let saturated = report.saturated || latencies.contains(&u32::MAX);
        let latencies = (!saturated).then(|| Latencies::from(latencies));
        Ok(Echoed { answered, sum, latencies, saturated })
    }

    fn gone(&self, client: Client) {
        let spent = client.cpu();
        drop(client);
        self.job.clients().spent += spent;
    }
}

impl Told {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken() -> Error {
    Error::Task("the client was asked twice".into())
}

impl Drop for Visit {
    fn drop(&mut self) {
        let thread =
            self.thread.get_mut().unwrap_or_else(PoisonError::into_inner);
        let left = self.client.get_mut();
        let left = left.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(client) = left {
            return self.gone(client);
        }
        let Some(thread) = thread.take() else { return };
        if !self.told.over.load(Ordering::Acquire) {
            // It waits for a client that nobody waits for any longer.
            let _ = self.socket.shutdown(Shutdown::Both);
        }
        let _ = thread.join();
        if let Some((client, _)) = self.told.said().take() {
            self.gone(client);
        }
    }
}
