//! A dataflow, as every worker builds it.

use lanes_core::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::rc::Rc;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::vec::{Map, ToStream};
use timely::dataflow::operators::{Exchange, Operator, Probe};
use timely::dataflow::{ProbeHandle, StreamVec};
use timely::worker::Worker;

/// Records on their way from one operator to the next; the time is the round of
/// a loop.
pub type Records<'s, R> = StreamVec<'s, u64, R>;

/// What can cross to another worker.
pub trait Record: Serialize + DeserializeOwned + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Send + 'static> Record for T {}

/// A dataflow, with what every worker has to know to build it.
pub trait Flow: Record + Clone {
    /// The name, which no other dataflow has.
    const NAME: &'static str;
    /// What one of the workers is given.
    type Part: Record;
    /// What worker 0 gets.
    type Answer: Record;

    /// Builds the operators of one worker.
    fn build<'s>(
        self,
        parts: Records<'s, Self::Part>,
        context: Context,
    ) -> Records<'s, Self::Answer>;
}

/// A dataflow in one worker.
pub(crate) struct Running<A> {
    probe: ProbeHandle<u64>,
    answers: Rc<RefCell<Vec<A>>>,
}

impl<A: Record> Running<A> {
    /// Builds it. It runs as the worker is stepped, in which all workers must
    /// have it.
    pub(crate) fn begin<F: Flow<Answer = A>>(
        worker: &mut Worker,
        flow: F,
        parts: Vec<F::Part>,
        context: Context,
    ) -> Self {
        let answers = Rc::default();
        let kept: Rc<RefCell<Vec<A>>> = Rc::clone(&answers);
        let probe = worker.dataflow_named(F::NAME, |scope| {
            let parts = ToStream::to_stream(parts, scope);
            let keep = move |answer| {
                kept.borrow_mut().push(answer);
                None::<()>
            };
            let answers = flow.build(parts, context).exchange(|_| 0);
            answers.flat_map(keep).probe().0
        });
        Self { probe, answers }
    }

    /// Whether all records have arrived, in every worker.
    pub(crate) fn is_done(&self) -> bool {
        self.probe.done()
    }

    /// What has arrived here.
    pub(crate) fn answers(&self) -> Vec<A> {
        self.answers.take()
    }
}

/// All records of a worker in one, once there will be no more; none if there
/// was none.
pub(crate) fn folded<'s, R: 'static, A: 'static>(
    records: Records<'s, R>,
    fold: impl Fn(Option<A>, R) -> Option<A> + 'static,
) -> Records<'s, A> {
    records.unary_frontier(Pipeline, "Fold", |capability, _| {
        let mut kept = Some(capability);
        let mut all = None;
        move |(input, frontier), output| {
            input.for_each(|_, records| {
                for record in records.drain(..) {
                    all = fold(all.take(), record);
                }
            });
            if frontier.is_empty()
                && let Some(capability) = kept.take()
            {
                output
                    .session(&capability)
                    .give_iterator(all.take().into_iter());
            }
        }
    })
}
