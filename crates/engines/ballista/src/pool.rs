//! Connections from one executor to others, which are kept from one fetch to
//! the next: Ballista's own executors have such a pool, and keep it to
//! themselves.

use async_trait::async_trait;
use ballista_core::client::BallistaClient;
use ballista_core::client_pool::{BallistaClientPool, PooledClient};
use ballista_core::error::Result;
use ballista_core::extension::BallistaConfigGrpcEndpoint;
use ballista_core::utils::GrpcClientConfig;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// By the address and the port of the other. An executor has few others, and
/// all its sessions have the same settings.
type Idle = Arc<Mutex<HashMap<(String, u16), Vec<BallistaClient>>>>;

/// Connections that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Pool(Idle);

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

#[async_trait]
impl BallistaClientPool for Pool {
    async fn acquire(
        &self,
        host: &str,
        port: u16,
        config: &GrpcClientConfig,
        customize_endpoint: Option<Arc<BallistaConfigGrpcEndpoint>>,
    ) -> Result<PooledClient> {
        let key = (host.to_owned(), port);
        let kept = lock(&self.0).get_mut(&key).and_then(Vec::pop);
        let client = match kept {
            Some(client) => client,
            None => {
                BallistaClient::try_new(
                    host,
                    port,
                    config.max_message_size,
                    config.use_tls,
                    customize_endpoint,
                    config.io_retries_times,
                    config.io_retry_wait_time_ms,
                    config.initial_connection_window_size,
                    config.initial_stream_window_size,
                )
                .await?
            }
        };
        let idle = Arc::clone(&self.0);
        let back = move |client| {
            lock(&idle).entry(key).or_default().push(client);
        };
        Ok(PooledClient::new(client, Box::new(back)))
    }

    async fn evict_idle(&self) {
        lock(&self.0).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
