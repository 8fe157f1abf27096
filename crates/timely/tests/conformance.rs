//! The suite that every model passes, on threads and on processes.

mod threads {
    lanes_conformance::conformance!(lanes_timely::InThreads);
}

mod processes {
    lanes_conformance::conformance!(lanes_timely::OverTcp);
}
