//! `pool` in worker processes.
//!
//! - share: nothing; every worker is sent the order of its task
//! - start: a task in the queue of the pool for each
//! - wait: only the client, for a result to cross back
//! - join: in order by the futures; else whichever is done next. A future is
//!   cancelled as long as no worker has its task

use crate::{Function, Future, Processes, Transport, as_completed, function};
use lanes_core::workload::{Order, Pool, Ready, Served, Taking};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Pool> for Processes<T> {
    const FIT: Fit =
        Fit::Natural("an executor as Python has it; little crosses");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        let desk = &job.desk();
        let mut inbox = desk.inbox();
        self.drive(job.context(), |tasks| {
            let start = |task| tasks.submit::<Ordered>(desk.order(task));
            let futures =
                desk.tasks().map(start).collect::<Result<Vec<_>, _>>()?;
            if job.form() == Taking::Ordered {
                for future in futures {
                    inbox.take(tasks.join(future)?);
                }
                return inbox.answer();
            }
            let withdraw = |(task, future): (usize, Future<Ready>)| {
                let cancelled = job.cancels(task) && future.cancel();
                (!cancelled).then_some(future)
            };
            let count = futures.len();
            let left = futures.into_iter().enumerate().filter_map(withdraw);
            let left: Vec<_> = left.collect();
            (left.len()..count).for_each(|_| inbox.gone());
            for future in as_completed(left) {
                inbox.take(tasks.join(future)?);
            }
            inbox.answer()
        })
    }
}

/// What the worker does.
struct Ordered;

function!(Ordered);

impl Function for Ordered {
    const NAME: &'static str = "pool";
    type Argument = Order;
    type Output = Ready;

    fn call(order: Order, context: &Context) -> Result<Ready, Error> {
        order.work(context)
    }
}
