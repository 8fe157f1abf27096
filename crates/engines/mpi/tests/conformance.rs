//! The suite that every model passes.

lanes_conformance::conformance!(lanes_mpi::Mpi);
