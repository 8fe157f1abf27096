//! A point of a map: a job, and how the models did it.

use crate::axis::Axes;
use crate::results::RowResult;
use crate::statistics::{Grade, Interval};
use lanes_core::workload::Shape;

/// What a point says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// These are best: one alone, or several that are tied within the margin of
    /// the session. All others are slower.
    Best(Vec<String>),
    /// One of these is best, and which is not decided.
    Open(Vec<String>),
    /// No model has a time.
    Unknown,
}

impl Verdict {
    /// Whether the best are known.
    pub fn is_decided(&self) -> bool {
        matches!(self, Self::Best(_))
    }

    /// Those that are, or may be, best.
    pub fn names(&self) -> &[String] {
        match self {
            Self::Best(names) | Self::Open(names) => names,
            Self::Unknown => &[],
        }
    }
}

/// A model in a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The name of the model.
    pub model: String,
    /// The median time of a run, in seconds.
    pub seconds: f64,
    /// Its time over that of the fastest, with an interval; 1 for that itself.
    pub ratio: Interval,
    /// Whether it is certainly not among the best.
    pub slower: bool,
}

/// A job, and how the models did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its value on the axis to the right.
    pub x: f64,
    /// Its value on the axis upwards.
    pub y: f64,
    /// The job.
    pub job: Shape,
    /// The models with a time, the fastest first.
    pub places: Vec<Place>,
    /// Those without, each with the reason.
    pub failed: Vec<(String, String)>,
    /// Who is best.
    pub verdict: Verdict,
}

impl Point {
    /// The point of a row; `None` for a row of something else.
    pub fn of(row: &RowResult, axes: &Axes) -> Option<Self> {
        let job: Shape = serde_json::from_value(row.parameters.clone()).ok()?;
        let own = row.contenders.iter().filter(|c| c.twin_of.is_none());
        let failed = own.filter_map(|contender| {
            let failure = contender.failure.as_ref()?;
            Some((contender.name.clone(), failure.to_string()))
        });
        let failed = failed.collect();
        let (x, y) = (axes.x.of(&job), axes.y.of(&job));
        let group = row.summary.as_ref().and_then(|all| all.groups.last());
        let mut places = Vec::new();
        let (mut best, mut decided) = (Vec::new(), true);
        for standing in group.iter().flat_map(|group| &group.standings) {
            let contender = row.contenders.get(standing.contender)?;
            let one = Interval { low: 1.0, median: 1.0, high: 1.0 };
            let ratio = standing.ratio.map_or(one, |ratio| ratio.ratio());
            let slower = matches!(standing.grade, Some(Grade::Slower { .. }));
            if !slower {
                best.push(contender.name.clone());
                decided &= match &standing.grade {
                    Some(Grade::Fastest | Grade::AsFast { .. }) => true,
                    // The only model of a map is its best.
                    None => true,
                    Some(_) => false,
                };
            }
            places.push(Place {
                model: contender.name.clone(),
                seconds: standing.seconds,
                ratio,
                slower,
            });
        }
        let verdict = match (best.is_empty(), decided) {
            (true, _) => Verdict::Unknown,
            (false, true) => Verdict::Best(best),
            (false, false) => Verdict::Open(best),
        };
        Some(Self { x, y, job, places, failed, verdict })
    }

    /// The models that took part.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let places = self.places.iter().map(|place| &*place.model);
        places.chain(self.failed.iter().map(|(name, _)| &**name))
    }

    /// How a model did it; `None` if it has no time.
    pub fn place(&self, model: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.model == model)
    }

    /// The fastest of those that are certainly not among the best.
    pub fn second(&self) -> Option<&Place> {
        self.places.iter().find(|place| place.slower)
    }
}
