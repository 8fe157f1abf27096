//! Real CPython as a peer.

mod archive;
mod interpreter;
mod peers;

pub use interpreter::{DescribedCell, Interpreter};
pub use peers::{
    MODELS, Peer, VARIABLE, has_own_gil, interpreters, names, peer, peers,
};
