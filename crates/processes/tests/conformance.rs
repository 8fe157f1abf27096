//! The suite that every model passes, for both ways across.

mod sockets {
    lanes_conformance::conformance!(lanes_processes::OverSockets);
}

mod memory {
    lanes_conformance::conformance!(lanes_processes::OverMemory);
}
