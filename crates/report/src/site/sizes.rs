//! The sizes of sessions: quick, full and others.

use crate::catalogue::Catalogue;
use crate::content::ResultFile;
use lanes_measure::results::RowResult;

/// Which sizes a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Size {
    Quick,
    Full,
    Other,
}

impl Size {
    pub(super) fn of(row: &RowResult, catalogue: &Catalogue) -> Self {
        let Some(listed) = catalogue.workload(&row.workload) else {
            return Self::Other;
        };
        // Some workloads have the same size in both: the session decides then.
        match (
            listed.quick.contains(&row.size),
            listed.full.contains(&row.size),
        ) {
            (true, _) => Self::Quick,
            (false, true) => Self::Full,
            (false, false) => Self::Other,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Other => "other",
        }
    }
}

/// The keys of the sizes of each session: `quick`, and `quick-2` for those of a
/// second session.
pub(super) struct SizeKeys(Vec<(usize, Size, String)>);

impl SizeKeys {
    pub(super) fn of(sessions: &[ResultFile], catalogue: &Catalogue) -> Self {
        let mut keys: Vec<(usize, Size, String)> = Vec::new();
        for (number, session) in sessions.iter().enumerate() {
            let rows = session.results.rows.iter();
            let mut sizes: Vec<Size> =
                rows.map(|row| Size::of(row, catalogue)).collect();
            sizes.sort_unstable();
            sizes.dedup();
            for size in sizes {
                let before = keys.iter().filter(|(_, s, _)| *s == size).count();
                let key = match before {
                    0 => size.key().to_owned(),
                    more => format!("{}-{}", size.key(), more + 1),
                };
                keys.push((number, size, key));
            }
        }
        Self(keys)
    }

    /// The key of these sizes of a session.
    pub(super) fn key(&self, session: usize, size: Size) -> String {
        let mut keys = self.0.iter();
        let found =
            keys.find(|(number, s, _)| *number == session && *s == size);
        found.map_or(size.key(), |(_, _, key)| key).to_owned()
    }

    /// The sizes in words.
    pub(super) fn label(&self, session: usize, size: Size) -> String {
        let several = self.0.iter().filter(|(_, s, _)| *s == size).count() > 1;
        let of = match several {
            true => format!(" of session {}", session + 1),
            false => String::new(),
        };
        format!("{} sizes{of}", size.key())
    }
}
