//! The function that SQL has no words for: the primes of a grain.
//!
//! A plan names it, and each process knows it under that name.

use crate::desk::Desk;
use crate::engine::stopped;
use ballista_core::utils::default_session_builder;
use datafusion::arrow::array::{ArrayRef, AsArray, StructArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Fields, UInt64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::prelude::SessionConfig;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Context, Job};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// `primes(below, grain, number)`: how many primes a grain of the numbers below
/// a bound has, and their sum. In an executor the run is looked at before each
/// grain.
pub(crate) fn primes(desk: Option<&Arc<Desk>>) -> ScalarUDF {
    let signature =
        Signature::exact(vec![DataType::UInt64; 3], Volatility::Immutable);
    ScalarUDF::from(InGrain { signature, desk: desk.cloned() })
}

/// The functions that a process knows: Ballista's own, and that one.
///
/// # Errors
/// Those of Ballista.
pub(crate) fn session(
    config: SessionConfig,
    desk: Option<&Arc<Desk>>,
) -> Result<SessionState> {
    let mut session = default_session_builder(config)?;
    session.register_udf(primes(desk).into())?;
    Ok(session)
}

#[derive(Debug)]
struct InGrain {
    signature: Signature,
    desk: Option<Arc<Desk>>,
}

/// There is one function, whichever process it is in.
impl PartialEq for InGrain {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for InGrain {}

impl Hash for InGrain {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

fn fields() -> Fields {
    let field = |name| Field::new(name, DataType::UInt64, false);
    Fields::from(vec![field("count"), field("sum")])
}

impl ScalarUDFImpl for InGrain {
    fn name(&self) -> &str {
        "primes"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn invoke_with_args(
        &self,
        args: ScalarFunctionArgs,
    ) -> Result<ColumnarValue> {
        let context = match &self.desk {
            Some(desk) => desk.context().0,
            None => Context::new(),
        };
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let wrong = || DataFusionError::Internal("three numbers".to_owned());
        let [below, grain, number] = &arrays[..] else { return Err(wrong()) };
        let numbers = |array: &ArrayRef| {
            array.as_primitive_opt::<UInt64Type>().cloned().ok_or_else(wrong)
        };
        let (below, grain) = (numbers(below)?, numbers(grain)?);
        let number = numbers(number)?;
        let mut found = Vec::with_capacity(number.len());
        for row in 0..number.len() {
            let [below, grain, number] = [&below, &grain, &number]
                .map(|numbers| numbers.value(row) as usize);
            let job = Job::<Primes>::with(Primes { below, grain }, &context);
            let primes = job.primes(job.grain_part(number));
            found.push(primes.map_err(stopped)?);
        }
        let column = |of: fn(&PrimeSum) -> u64| -> ArrayRef {
            Arc::new(found.iter().map(of).collect::<UInt64Array>())
        };
        let columns = vec![column(|p| p.count), column(|p| p.sum)];
        let found = StructArray::try_new(fields(), columns, None)?;
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}
