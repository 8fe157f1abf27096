//! The kinds of grades, as cells and marks show them.

use lanes_measure::statistics::Grade;

/// What was found of a model: the kind of its grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Every other model is slower.
    Fastest,
    /// As fast as the fastest, within the margin; it may be that itself.
    AsFast,
    /// It may be the fastest, and takes at most so much longer.
    AtMost,
    /// It is not the fastest.
    Slower,
    /// It may be the fastest, and may be much slower.
    Open,
    /// There is no other model to compare it with.
    Only,
}

impl Finding {
    /// In the order of a legend.
    pub(crate) const ALL: [Self; 6] = [
        Self::Fastest,
        Self::AsFast,
        Self::AtMost,
        Self::Slower,
        Self::Open,
        Self::Only,
    ];

    /// The kind of a grade; only a model without another has no grade.
    pub fn of(grade: Option<&Grade>) -> Self {
        match grade {
            Some(Grade::Fastest) => Self::Fastest,
            Some(Grade::AsFast { .. }) => Self::AsFast,
            Some(Grade::AtMost { .. }) => Self::AtMost,
            Some(Grade::Slower { .. }) => Self::Slower,
            Some(Grade::Open { .. }) => Self::Open,
            None => Self::Only,
        }
    }

    /// Its class, in the matrix; in a plot after `is-`.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Fastest => "fastest",
            Self::AsFast => "as-fast",
            Self::AtMost => "at-most",
            Self::Slower => "slower",
            Self::Open => "open",
            Self::Only => "only",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Fastest => "fastest",
            Self::AsFast => "as fast",
            Self::AtMost => "at most so much slower",
            Self::Slower => "slower",
            Self::Open => "open",
            Self::Only => "the only model",
        }
    }
}
