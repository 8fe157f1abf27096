//! The process of the scheduler, which plans queries and gives their tasks to
//! executors.

use crate::desk::Desk;
use crate::functions;
use crate::message::Word;
use crate::runtime::runtime;
use crate::timeouts;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::{SchedulerConfig, TaskDistributionPolicy};
use ballista_scheduler::scheduler_process::{
    create_scheduler, start_grpc_service_with_listener,
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use lanes_core::Error;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long the result of a job, and what is known of the job, is kept. A job
/// that is over is asked for nothing but its result, and at once.
const KEPT: Duration = Duration::from_secs(10);

/// Is a scheduler for as long as the model is there.
///
/// # Errors
/// Those of the system, and Ballista's own.
pub(crate) fn serve(host: Ipv4Addr, desk: &Arc<Desk>) -> Result<(), Error> {
    let runtime = runtime(None)?;
    runtime.block_on(async {
        let listener = TcpListener::bind((host, 0)).await;
        let at = |error: io::Error| {
            Error::Unsupported(format!("no port at {host}: {error}"))
        };
        let listener = listener.map_err(at)?;
        let port = listener.local_addr()?.port();
        let config = Arc::new(config(host, port));
        let failed = |error: BallistaError| Error::Task(error.to_string());
        let cluster = BallistaCluster::new_from_config(&config).await;
        let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(
            cluster.map_err(failed)?,
            config,
        );
        let scheduler = scheduler.await.map_err(failed)?;
        desk.say(&Word::Ready(port));
        let served = start_grpc_service_with_listener(listener, scheduler);
        served.await.map_err(failed)
    })
}

fn config(host: Ipv4Addr, port: u16) -> SchedulerConfig {
    SchedulerConfig {
        external_host: host.to_string(),
        bind_host: host.to_string(),
        bind_port: port,
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        // Each executor has one slot.
        task_distribution: TaskDistributionPolicy::RoundRobin,
        finished_job_data_clean_up_interval_seconds: KEPT.as_secs(),
        finished_job_state_clean_up_interval_seconds: KEPT.as_secs(),
        executor_timeout_seconds: timeouts::EXECUTOR.as_secs(),
        expire_dead_executor_interval_seconds: timeouts::LOOK.as_secs(),
        no_executors_grace_period_seconds: timeouts::EXECUTOR.as_secs(),
        override_config_producer: Some(Arc::new(timeouts::session)),
        override_session_builder: Some(Arc::new(|config| {
            functions::session(config, None)
        })),
        ..SchedulerConfig::default()
    }
}
