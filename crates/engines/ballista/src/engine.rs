//! What an executor does with a task: as Ballista does by itself, with a look
//! at the run before the task and before each batch that is read from a file.

use crate::desk::{AtWork, Desk};
use crate::pool::Pool;
use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats,
    WindowStateReport,
};
use ballista_executor::execution_engine::{
    DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor,
};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties,
    SendableRecordBatchStream,
};
use datafusion::prelude::SessionConfig;
use futures::StreamExt;
use lanes_core::{Context, Error};
use std::fmt;
use std::sync::Arc;

/// An error of the run, as an operator returns it. No task is tried again for
/// it.
pub(crate) fn stopped(error: Error) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

/// Ballista's own engine, with a desk at which runs are looked at.
pub(crate) struct Engine {
    own: DefaultExecutionEngine,
    desk: Arc<Desk>,
}

impl Engine {
    /// The engine of an executor.
    pub(crate) fn new(desk: &Arc<Desk>) -> Self {
        let pool = Arc::new(Pool::default());
        let own = DefaultExecutionEngine::with_client_pool(pool);
        Self { own, desk: Arc::clone(desk) }
    }
}

impl ExecutionEngine for Engine {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        global_output_partition_ids: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let at_work = self.desk.task(job_id.as_str()).map_err(stopped)?;
        let (context, probed) = self.desk.context();
        let plan = if probed { looking(plan, &context)? } else { plan };
        let own = self.own.create_query_stage_exec(
            job_id,
            stage_id,
            task_id,
            global_output_partition_ids,
            plan,
            work_dir,
            config,
        )?;
        Ok(Arc::new(Task { own, _at_work: at_work }))
    }
}

/// A task of Ballista's, which is counted as long as it is there.
#[derive(Debug)]
struct Task {
    own: Arc<dyn QueryStageExecutor>,
    _at_work: AtWork,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.own.fmt(f)
    }
}

#[async_trait]
impl QueryStageExecutor for Task {
    async fn execute_query_stage(
        &self,
        task_id: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        self.own.execute_query_stage(task_id, context).await
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        self.own.collect_plan_metrics()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.own.collect_runtime_stats_reports()
    }

    fn collect_window_state_reports(&self) -> Result<Vec<WindowStateReport>> {
        self.own.collect_window_state_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.own.collect_column_stats()
    }
}

/// The same plan, whose scans ask before each batch that they have read.
fn looking(
    plan: Arc<dyn ExecutionPlan>,
    context: &Context,
) -> Result<Arc<dyn ExecutionPlan>> {
    let look = |plan: Arc<dyn ExecutionPlan>| {
        if plan.downcast_ref::<DataSourceExec>().is_none() {
            return Ok(Transformed::no(plan));
        }
        let context = context.clone();
        let scan: Arc<dyn ExecutionPlan> = Arc::new(Looking { plan, context });
        Ok(Transformed::yes(scan))
    };
    Ok(plan.transform_up(look)?.data)
}

/// A scan that asks before each batch that it has read, under the number of
/// the file.
struct Looking {
    plan: Arc<dyn ExecutionPlan>,
    context: Context,
}

impl fmt::Debug for Looking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.plan, f)
    }
}

impl Looking {
    /// The number of the file that a partition is read from: each is of one.
    fn file(&self, partition: usize) -> Option<usize> {
        let scan = self.plan.downcast_ref::<DataSourceExec>()?;
        let files = scan.data_source().downcast_ref::<FileScanConfig>()?;
        let file = files.file_groups.get(partition)?.files().first()?;
        let name = file.object_meta.location.filename()?;
        name.split('.').next()?.rsplit('-').next()?.parse().ok()
    }
}

impl DisplayAs for Looking {
    fn fmt_as(
        &self,
        kind: DisplayFormatType,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        self.plan.fmt_as(kind, f)
    }
}

impl ExecutionPlan for Looking {
    fn name(&self) -> &str {
        self.plan.name()
    }

    /// It stands in the place of the scan, and is taken for it.
    fn downcast_delegate(&self) -> Option<&dyn ExecutionPlan> {
        Some(&*self.plan)
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.plan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.plan.apply_expressions(f)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // It has none.
        Ok(self)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let batches = self.plan.execute(partition, context)?;
        let Some(file) = self.file(partition) else { return Ok(batches) };
        let (run, schema) = (self.context.clone(), batches.schema());
        let look = move |batch| run.grain(file).map_err(stopped).and(batch);
        let batches = batches.map(look);
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.plan.metrics()
    }
}
