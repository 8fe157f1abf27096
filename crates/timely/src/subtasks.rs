//! `subtasks` in timely.
//!
//! - share: nothing; every worker is sent the plan
//! - start: a record for each subtask, which its number sends to a worker
//! - wait: a worker waits for its answer, and nothing else runs there
//! - join: the results are exchanged to worker 0 and put in order

use crate::{Cluster, Flow, Records, Timely, flow, tried};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::Whole;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Subtasks> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("a wait occupies a worker, and all its operators");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        let plan = Plan(Whole(job.clone()));
        let mut results: Vec<_> =
            self.drive(job.context(), plan, job.tasks())?.collect();
        results.sort_unstable();
        job.finish(results.into_iter().map(|(_, result)| result).collect())
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Plan(Whole<Subtasks>);

flow!(Plan);

impl Flow for Plan {
    const NAME: &'static str = "timely, subtasks";
    type Part = usize;
    type Answer = (usize, u64);

    fn build(
        self,
        parts: Records<'_, usize>,
        context: Context,
    ) -> Records<'_, (usize, u64)> {
        let job = self.0.0.under(&context);
        let one =
            move |task| tried(&context, || Ok((task, subtask(&job, task)?)));
        parts.exchange(|task| *task as u64).flat_map(one)
    }
}

fn subtask(job: &Job<Subtasks>, task: usize) -> Result<u64, Error> {
    let state = job.before(task)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task)?
        }
        None => Vec::new(),
    };
    job.after(task, state, &reply)
}
