//! `fetch` in worker processes.
//!
//! - share: nothing; every worker is sent the requests of its part
//! - start: a task in the queue of the pool for each part
//! - wait: a worker waits for its answer, and the system runs the others
//! - join: the results cross back, in order

use crate::{Function, Processes, Transport, function};
use lanes_core::request::{Connection, Request};
use lanes_core::workload::Fetch;
use lanes_core::{Context, Error, Fit, Job, Run, Workload};

impl<T: Transport> Run<Fetch> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("no more requests in flight than there are workers");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        // A connection stays in its process. With a task for all requests that
        // share one it ends with its task, and there are only so many tasks.
        let at_once = job.in_flight().min(self.workers);
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(at_once)
                .map(|part| {
                    let first = part.range.start;
                    let requests = part.range.map(|index| *job.request(index));
                    tasks.submit::<Exchange>((first, requests.collect()))
                })
                .collect::<Result<_, _>>()?;
            let results = tasks.join_all(futures)?.concat();
            job.finish(results)
        })
    }
}

type Requests = <Fetch as Workload>::Input;

/// What the worker does: the number of the first request, and all of them.
struct Exchange;

function!(Exchange);

impl Function for Exchange {
    const NAME: &'static str = "fetch";
    type Argument = (usize, Vec<Request>);
    type Output = Vec<u64>;

    fn call(
        (first, requests): (usize, Vec<Request>),
        context: &Context,
    ) -> Result<Vec<u64>, Error> {
        let requests = Requests::part(requests);
        let job = Job::<Fetch>::with(requests, context);
        let mut connection = Connection::default();
        let fetch = |index| {
            let request = job.request(index);
            let index = first + index;
            let reply = connection.exchange(request, context, index)?;
            job.largest(index, &reply)
        };
        job.indices().map(fetch).collect()
    }
}
