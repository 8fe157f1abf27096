//! The suite that every model passes.

lanes_conformance::conformance!(lanes_tokio_per_core::TokioPerCore);
