//! Real CPython as a peer: one worker script, six models.
