//! The process of a node: an executor of Ballista with one task slot.

use crate::desk::Desk;
use crate::engine::Engine;
use crate::functions;
use crate::message::Word;
use crate::runtime::runtime;
use crate::timeouts;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{
    ExecutorProcessConfig, start_executor_process,
};
use ballista_executor::health::ExecutorHealth;
use ballista_executor::metrics::ExecutorMetricCollectionPolicy;
use lanes_core::{Error, Place};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

/// How often it is looked whether the scheduler knows this executor.
const TICK: Duration = Duration::from_millis(1);

/// What an executor is told.
pub(crate) struct Told {
    pub(crate) place: Place,
    pub(crate) scheduler: (Ipv4Addr, u16),
    pub(crate) folder: PathBuf,
    pub(crate) memory: u64,
}

/// Is an executor until it is stopped.
///
/// # Errors
/// Those of the system, and Ballista's own.
pub(crate) fn serve(told: Told, desk: &Arc<Desk>) -> Result<(), Error> {
    fs::create_dir_all(&told.folder).map_err(|e| Error::temporary(&e))?;
    // The thread that computes is another one, of Ballista's own.
    let runtime = runtime(Some(1))?;
    let health = ExecutorHealth::new();
    let config = Arc::new(config(told, desk, &health)?);
    let port = config.port;
    runtime.block_on(async {
        let mut process = tokio::spawn(start_executor_process(config));
        // Its first heartbeat comes once the scheduler knows it.
        while !health.is_ready() && !process.is_finished() {
            time::sleep(TICK).await;
        }
        if !process.is_finished() {
            desk.say(&Word::Ready(port));
        }
        match (&mut process).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Error::Task(error.to_string())),
            Err(error) => Err(Error::Task(error.to_string())),
        }
    })
}

fn config(
    told: Told,
    desk: &Arc<Desk>,
    health: &ExecutorHealth,
) -> Result<ExecutorProcessConfig, Error> {
    let Told { place, scheduler, folder, memory } = told;
    let address = place.address.to_string();
    let [port, grpc_port] = free(place.address)?;
    // Those that the scheduler has: of its own, an executor knows fewer.
    let functions = functions::session(timeouts::session(), Some(desk));
    let functions = functions.map_err(|e| Error::Task(e.to_string()))?;
    let functions = BallistaFunctionRegistry::from(&functions);
    Ok(ExecutorProcessConfig {
        bind_host: address.clone(),
        external_host: Some(address),
        port,
        grpc_port,
        scheduler_host: scheduler.0.to_string(),
        scheduler_port: scheduler.1,
        vcores: 1,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(folder.display().to_string()),
        executor_heartbeat_interval_seconds: timeouts::HEARTBEAT.as_secs(),
        metric_collection_policy: ExecutorMetricCollectionPolicy::Off,
        memory_pool_size: Some(memory),
        override_execution_engine: Some(Arc::new(Engine::new(desk))),
        override_function_registry: Some(Arc::new(functions)),
        override_config_producer: Some(Arc::new(timeouts::session)),
        health: health.clone(),
        ..ExecutorProcessConfig::default()
    })
}

/// Two ports that nobody has: an executor is told which to take before it
/// listens there.
fn free(address: Ipv4Addr) -> Result<[u16; 2], Error> {
    let open = || TcpListener::bind((address, 0));
    let at = |error: io::Error| {
        Error::Unsupported(format!("no port at {address}: {error}"))
    };
    let both = [open().map_err(at)?, open().map_err(at)?];
    let [one, other] = both.map(|listener| listener.local_addr());
    Ok([one?.port(), other?.port()])
}
