//! `sort` in worker processes.
//!
//! - share: nothing; every worker is sent the numbers that it sorts or merges
//! - start: a task in the queue of the pool for each part, and for each merge
//! - wait: only the caller, until the results are there
//! - join: two sorted lists cross to a worker, which merges them, and back

use crate::{Function, InPlace, List, Processes, Transport, function};
use lanes_core::workload::{Sort, Sorted, Stretch, Unsorted};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Sort> for Processes<T> {
    const FIT: Fit = Fit::Unsuitable(
        "each number crosses there and back, and so again for each merge",
    );

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(job.context(), |tasks| {
            let size = || job.size().clone();
            let parts = job.parts(self.workers).map(|part| {
                let (first, job) = (part.task, job.clone());
                let numbers = List::of(InPlace(job, part));
                tasks.submit::<Leaves>((size(), first, numbers))
            });
            let futures = parts.collect::<Result<_, _>>()?;
            let mut lists = tasks.join_all(futures)?;
            while lists.len() > 1 {
                let odd = lists.len() % 2 == 1;
                let last = if odd { lists.pop() } else { None };
                let (mut halves, mut merges) = (lists.into_iter(), Vec::new());
                while let (Some(left), Some(right)) =
                    (halves.next(), halves.next())
                {
                    let both = (size(), merges.len(), left, right);
                    merges.push(tasks.submit::<Merge>(both)?);
                }
                lists = tasks.join_all(merges)?;
                lists.extend(last);
            }
            let list = lists.pop().map(List::into_vec);
            job.finish(list.unwrap_or_default().into())
        })
    }
}

/// What a worker does with a part. A fork would be a task that waits for its
/// own pool: within a part there is none.
struct Leaves;

function!(Leaves);

impl Function for Leaves {
    const NAME: &'static str = "sort";
    type Argument = (Sort, usize, List);
    type Output = List;

    fn call(
        (size, first, numbers): (Sort, usize, List),
        context: &Context,
    ) -> Result<List, Error> {
        let numbers = Unsorted::of(size, first, numbers.into_vec());
        let job = Job::with(numbers, context);
        Ok(List::of(sort(&job, job.whole()?)?))
    }
}

fn sort(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let left = sort(job, left)?;
    let right = sort(job, right)?;
    job.merge(left, right)
}

/// What a worker does with two sorted lists.
struct Merge;

function!(Merge);

impl Function for Merge {
    const NAME: &'static str = "sort, merge";
    type Argument = (Sort, usize, List, List);
    type Output = List;

    fn call(
        (size, task, left, right): (Sort, usize, List, List),
        context: &Context,
    ) -> Result<List, Error> {
        let nothing = Unsorted::of(size, 0, Vec::new());
        let job = Job::<Sort>::with(nothing, context);
        let mut merged = vec![0; left.len() + right.len()];
        job.merge_lists(task, &left, &right, &mut merged)?;
        Ok(merged.into())
    }
}
