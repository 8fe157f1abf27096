//! `phases` in worker processes.
//!
//! - share: nothing; every worker is sent the graph and the numbers it needs
//! - start: a task in the queue of the pool for each task of a phase
//! - wait: only the caller, until the results are there
//! - join: the numbers of a phase cross back before the next starts

use crate::{Function, Processes, Transport, Whole, function};
use lanes_core::workload::Phases;
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Phases> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("a message there and one back for each short task");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        self.drive(job.context(), |tasks| {
            let node = job.node();
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                let start = |task| {
                    let needed = node.needed(task, &before).to_vec();
                    tasks.submit::<One>((task, needed, Whole(job.clone())))
                };
                let futures = phase.map(start).collect::<Result<_, _>>()?;
                before = tasks.join_all(futures)?;
                answer.extend(&before);
            }
            job.finish(answer)
        })
    }
}

/// What the worker does.
struct One;

function!(One);

impl Function for One {
    const NAME: &'static str = "phases";
    type Argument = (usize, Vec<u64>, Whole<Phases>);
    type Output = u64;

    fn call(
        (task, needed, graph): (usize, Vec<u64>, Whole<Phases>),
        context: &Context,
    ) -> Result<u64, Error> {
        let job = graph.0.under(context);
        job.finish(job.node().of(task, &needed))
    }
}
