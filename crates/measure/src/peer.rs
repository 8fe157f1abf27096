//! Peers: workers that the user names, of which nothing is known before they
//! are started.

use crate::process::{Launch, Limits, Process};
use crate::protocol::Request;

/// Whether a worker has one worker however many it is asked for: it is started,
/// asked for two, and says and shows one. One that cannot be started or breaks
/// the protocol is not serial: it fails where it is measured.
pub fn is_serial(launch: &Launch, model: &str, limits: &Limits) -> bool {
    let Ok(folder) = tempfile::tempdir() else { return false };
    let Ok(mut process) = Process::start(launch, folder.path(), limits) else {
        return false;
    };
    let hello = Request::hello(model, 2);
    let said = process.send(&hello).and_then(|()| process.hello(model, 1));
    let is_serial = said.is_ok();
    process.end();
    is_serial
}
