//! A query on its way, seen from the session.

use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::serde::protobuf::CancelJobParams;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use datafusion::arrow::array::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;
use datafusion_proto::protobuf::LogicalPlanNode;
use lanes_core::Error;
use rustix::io::Errno;
use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time;

/// A query. Dropped, nobody waits for it any more.
pub(crate) struct Query {
    task: JoinHandle<Result<Vec<RecordBatch>>>,
    plan: Arc<OnceLock<Arc<dyn ExecutionPlan>>>,
    scheduler: String,
}

impl Query {
    /// Has a query planned and sent to the scheduler.
    pub(crate) fn start(
        runtime: &Runtime,
        (session, (host, port)): (&SessionContext, (Ipv4Addr, u16)),
        sql: &str,
    ) -> Self {
        let (session, sql) = (session.clone(), sql.to_owned());
        let plan = Arc::<OnceLock<_>>::default();
        let planned = Arc::clone(&plan);
        let task = runtime.spawn(async move {
            let frame = session.sql(&sql).await?;
            let task = Arc::new(frame.task_ctx());
            let plan = frame.create_physical_plan().await?;
            collect(Arc::clone(planned.get_or_init(|| plan)), task).await
        });
        Self { task, plan, scheduler: format!("http://{host}:{port}") }
    }

    /// What comes of it.
    ///
    /// # Errors
    /// What Ballista says, in one line.
    pub(crate) async fn answer(
        &mut self,
    ) -> std::result::Result<Vec<RecordBatch>, Error> {
        match (&mut self.task).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(failed(&error)),
            Err(error) => match error.try_into_panic() {
                Ok(payload) => Err(lanes_core::panicked(payload)),
                Err(error) => Err(Error::Task(error.to_string())),
            },
        }
    }

    /// The scheduler's name of it, once it has one.
    pub(crate) fn job(&self) -> Option<String> {
        let plan = self.plan.get()?;
        let sent =
            plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>()?;
        sent.job_id().map(String::from)
    }

    /// Whether it has a name, or is over.
    pub(crate) fn is_known(&self) -> bool {
        self.task.is_finished() || self.job().is_some()
    }

    /// Has the scheduler cancel it, unless it is over, and says whether that
    /// was heard until then.
    pub(crate) fn cancel(
        &self,
        until: Instant,
    ) -> impl Future<Output = bool> + use<> {
        let (is_over, job) = (self.task.is_finished(), self.job());
        let scheduler = self.scheduler.clone();
        async move {
            let Some(job_id) = job.filter(|_| !is_over) else { return is_over };
            let cancel = async {
                let client = SchedulerGrpcClient::connect(scheduler).await;
                let asks = CancelJobParams { job_id };
                client.ok()?.cancel_job(asks).await.ok()
            };
            let heard = time::timeout_at(until.into(), cancel).await;
            matches!(heard, Ok(Some(_)))
        }
    }
}

impl Drop for Query {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What Ballista says, in one line.
pub(crate) fn failed(error: &DataFusionError) -> Error {
    let words = error.to_string();
    if let Some(refused) = refused(&words) {
        return refused;
    }
    if words.contains("Resources exhausted") {
        return Error::memory();
    }
    let words: Vec<&str> = words.split_whitespace().collect();
    Error::Task(words.join(" "))
}

/// That the system has refused something, if words of Ballista, or of a panic
/// in it, say so: from other processes there is nothing but words.
pub(crate) fn refused(words: &str) -> Option<Error> {
    let says = |number: &&Errno| {
        let number = number.raw_os_error();
        let spelt = [format!("os error {number})"), format!("code: {number},")];
        spelt.iter().any(|spelt| words.contains(spelt))
    };
    let number = REFUSALS.iter().find(says)?;
    Some(Error::Resource(number.raw_os_error()))
}

/// What a system that has no more of something says.
const REFUSALS: [Errno; 5] =
    [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM, Errno::NOSPC];
