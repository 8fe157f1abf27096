//! Work and span: how much of a row can be done at the same time.
//!
//! No scheduler is faster than the work divided among the workers, nor than the
//! span, the longest chain of work in which each piece waits for the one
//! before. Their quotient is the parallelism: more workers than that have
//! nothing to do for some of the time. (Brent, "The parallel evaluation of
//! general arithmetic expressions", 1974; Blumofe and Leiserson, "Scheduling
//! multithreaded computations by work stealing", 1999.)

use crate::results::RowResult;
use crate::words::{counted, digits, time};

/// What the best time possible of a row follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parallelism {
    /// How many workers share the work.
    pub workers: usize,
    /// The time of all the work on one worker, in seconds.
    pub work: f64,
    /// The time of the longest chain of work, in seconds, where it is known.
    pub span: Option<f64>,
}

impl Parallelism {
    /// That of a row with so many workers, from the visit in which its limit
    /// was least; `None` where that follows from something else, or from what
    /// fewer workers can do.
    pub fn of(row: &RowResult, workers: usize) -> Option<Self> {
        if row.is_paced() {
            return None;
        }
        let mut limits = row.limits.iter();
        let limit = limits.find(|limit| limit.workers == workers)?;
        let best = row.least(workers)?;
        let mut visits = limit.seconds.iter();
        let least = visits.position(|seconds| *seconds == best)?;
        let work = *limit.work.get(least)?;
        Some(Self { workers, work, span: limit.span.get(least).copied() })
    }

    /// The work over the span: how many workers can be busy all the time, in
    /// the mean.
    pub fn average(&self) -> Option<f64> {
        let span = self.span.filter(|span| *span > 0.0)?;
        Some(self.work / span)
    }

    /// The parallelism, if it is too little for all workers to be busy.
    pub fn too_little(&self) -> Option<f64> {
        self.average().filter(|average| *average < self.workers as f64)
    }

    /// Both times, for the heading of a table.
    pub fn short(&self) -> String {
        let workers = counted(self.workers, "worker");
        let work = format!("work {} / {workers}", time(self.work));
        match (self.span, self.too_little()) {
            (None, _) => work,
            (Some(span), None) => format!("{work}, span {}", time(span)),
            (Some(span), Some(average)) => format!(
                "span {}, work {}: a parallelism of {}, too little for \
                 {workers}",
                time(span),
                time(self.work),
                digits(average)
            ),
        }
    }

    /// The same in sentences, for a page.
    pub fn sentences(&self) -> String {
        let workers = counted(self.workers, "worker");
        let work = time(self.work);
        let Some(span) = self.span else {
            return format!(
                "All the work takes one worker {work}; how long the longest \
                 chain of it is, is not known."
            );
        };
        let mut text = format!(
            "All the work takes one worker {work}; the span, the longest \
             chain of work that waits for work, takes {}.",
            time(span)
        );
        if let Some(average) = self.average() {
            let average = digits(average);
            text += &match self.too_little() {
                Some(_) => format!(
                    " That is a parallelism of {average}: too little for \
                     {workers}, some of which must be idle at times, in any \
                     model."
                ),
                None => format!(
                    " That is a parallelism of {average}: enough for \
                     {workers}."
                ),
            };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::LimitResult;
    use crate::summarize::tests::row;

    fn limit(workers: usize, seconds: &[f64], span: &[f64]) -> LimitResult {
        let work = seconds.iter().map(|seconds| seconds * workers as f64);
        LimitResult {
            workers,
            what: "what".into(),
            seconds: seconds.to_vec(),
            work: work.collect(),
            span: span.to_vec(),
        }
    }

    #[test]
    fn work_and_span_are_those_of_the_best_visit() {
        let mut row = row(&[("rayon", 2, None, 0.030)]);
        assert_eq!(Parallelism::of(&row, 2), None);
        let span = [0.0013, 0.0012, 0.0011];
        row.limits = vec![limit(2, &[0.021, 0.020, 0.022], &span)];
        let found = Parallelism::of(&row, 2).unwrap();
        let short = "work 40.0 ms / 2 workers, span 1.20 ms";
        assert_eq!(found.short(), short);
        assert_eq!(found.too_little(), None);
        assert!(found.sentences().ends_with("33.3: enough for 2 workers."));
        assert_eq!(Parallelism::of(&row, 4), None);
        row.limits.push(limit(1, &[0.019], &[0.001]));
        assert_eq!(Parallelism::of(&row, 2), None);
        row.limits.pop();
        row.limits[0].work.clear();
        assert_eq!(Parallelism::of(&row, 2), None);
    }

    #[test]
    fn too_little_parallelism_is_said_in_words() {
        let found = Parallelism { workers: 2, work: 0.015, span: Some(0.012) };
        assert_eq!(found.too_little(), Some(1.25));
        assert_eq!(
            found.short(),
            "span 12.0 ms, work 15.0 ms: a parallelism of 1.25, too little \
             for 2 workers"
        );
        assert!(found.sentences().contains("too little for 2 workers, some"));
        let enough = Parallelism { span: Some(0.0075), ..found };
        assert_eq!(enough.too_little(), None);
    }

    #[test]
    fn a_span_that_is_unknown_or_nothing_is_no_parallelism() {
        let unknown = Parallelism { workers: 2, work: 0.040, span: None };
        assert_eq!(unknown.short(), "work 40.0 ms / 2 workers");
        assert!(unknown.sentences().ends_with("is not known."));
        let nothing = Parallelism { span: Some(0.0), ..unknown };
        assert_eq!((nothing.average(), nothing.too_little()), (None, None));
        assert!(nothing.sentences().ends_with("takes 0 s."));
    }
}
