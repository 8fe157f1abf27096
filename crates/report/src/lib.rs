//! Timelines of Lanes as pictures.
