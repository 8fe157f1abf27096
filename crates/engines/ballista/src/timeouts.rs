//! How long Ballista waits for a process that does not answer.
//!
//! Its defaults are those of a service: a heartbeat each minute, and an
//! executor that has sent none for three minutes is given up. Here runs have
//! deadlines of seconds. Its documentation asks for a timeout that is longer
//! than the interval of heartbeats, for a look for dead executors more often
//! than that, and for a job to wait as long for another executor when the last
//! one is gone.

use ballista_core::config::{
    BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS,
    BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS,
};
use ballista_core::extension::SessionConfigExt;
use datafusion::prelude::SessionConfig;
use std::time::Duration;

/// How often an executor says that it is there.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long it may say nothing.
pub(crate) const EXECUTOR: Duration = Duration::from_secs(3);
/// How often the scheduler looks for those that have not.
pub(crate) const LOOK: Duration = Duration::from_secs(1);
/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(1);
/// How long after a result could not be fetched it is tried again; Ballista
/// tries three times more.
const RETRY: Duration = Duration::from_millis(100);

/// The settings of a session: Ballista's own but for these.
pub(crate) fn session() -> SessionConfig {
    let connect = BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS;
    let retry = BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS;
    SessionConfig::new_with_ballista()
        .set_u64(connect, CONNECT.as_secs())
        .set_u64(retry, RETRY.as_millis() as u64)
}
