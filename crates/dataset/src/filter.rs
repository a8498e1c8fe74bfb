//! The recipe's filter: one SQL expression, evaluated on the rows of the opened sessions.
//!
//! DataFusion parses, types and evaluates the expression, and nothing else of it is used: no statement, no plan, no
//! catalogue, no table and no file is within reach of an expression over a batch in memory. Evaluation is a plain function
//! of one batch, so the room stays synchronous and the order of rows is the order given.
//!
//! INVARIANT: only functions of [`FUNCTIONS`] and operators of [`is_plain`] pass. All of them give the same result for the same
//! row at any time (P15), and none can make a value much larger than its arguments (P17).

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use candor_model::SessionId;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::prelude::SessionContext;

use crate::selection::SessionInput;

/// The functions that a filter may call, by DataFusion's own names.
const FUNCTIONS: [&str; 16] = [
    "btrim",
    "character_length",
    "coalesce",
    "contains",
    "ends_with",
    "left",
    "lower",
    "ltrim",
    "nullif",
    "octet_length",
    "regexp_like",
    "right",
    "rtrim",
    "starts_with",
    "strpos",
    "upper",
];

/// Stack of the thread that parses and evaluates, in bytes: an expression of the longest allowed filter nests deep.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Why a filter selects nothing at all.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// The text is not an expression over the columns.
    #[error(
        "the filter is not an SQL expression over the step columns: {message}; the columns are {columns}"
    )]
    NotAnExpression {
        /// What DataFusion says about the text of the filter.
        message: String,
        /// The columns, with their types.
        columns: String,
    },
    /// The expression uses something that a filter may not.
    #[error("the filter uses {what}; a filter compares columns, and may call {functions}")]
    NotAllowed {
        /// What it uses.
        what: String,
        /// What it may call.
        functions: String,
    },
    /// The expression is not a condition.
    #[error("the filter gives {found}, and must give true or false; the columns are {columns}")]
    NotACondition {
        /// The type that it gives.
        found: String,
        /// The columns, with their types.
        columns: String,
    },
    /// A row could not be evaluated. DataFusion's own message may hold the content of a step, so it ends here.
    #[error(
        "the filter cannot be computed on every step of session {session}: use TRY_CAST where a value may not convert"
    )]
    NotComputable {
        /// The session.
        session: SessionId,
    },
    /// The rows of a session are not the rows of its steps.
    #[error("the rows of session {session} do not agree with its steps")]
    Rows {
        /// The session.
        session: SessionId,
    },
    /// No thread could be started.
    #[error("the filter could not be started")]
    Thread(#[source] std::io::Error),
}

/// Which steps of each session the filter takes, one list per session, in the order given. Without a filter: all.
pub(crate) fn select(filter: Option<&str>, sessions: &[SessionInput]) -> Result<Vec<Vec<bool>>, FilterError> {
    sessions.iter().try_for_each(rows_agree)?;
    match (filter, sessions.first()) {
        (Some(filter), Some(first)) => on_own_stack(|| evaluate_all(filter, &first.rows.schema(), sessions)),
        (Some(_), None) | (None, _) => Ok(sessions.iter().map(|s| vec![true; s.steps.len()]).collect()),
    }
}

/// The rows come from another file than the steps: a row beside its step would be selected by another step's values.
fn rows_agree(session: &SessionInput) -> Result<(), FilterError> {
    let refused = || FilterError::Rows { session: session.header.session };
    let column = session.rows.column_by_name("ordinal").ok_or_else(refused)?;
    let ordinals = cast(column, &DataType::Int64).map_err(|_| refused())?;
    let ordinals = ordinals.as_primitive::<Int64Type>();
    let expected = session.steps.iter().map(|step| Some(i64::from(step.ordinal)));
    if ordinals.iter().eq(expected) { Ok(()) } else { Err(refused()) }
}

fn on_own_stack<T: Send>(work: impl FnOnce() -> Result<T, FilterError> + Send) -> Result<T, FilterError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let thread = thread.map_err(FilterError::Thread)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn evaluate_all(
    filter: &str,
    schema: &SchemaRef,
    sessions: &[SessionInput],
) -> Result<Vec<Vec<bool>>, FilterError> {
    let condition = prepare(filter, schema)?;
    sessions.iter().map(|session| evaluate(condition.as_ref(), session)).collect()
}

/// Parses, checks and types the filter.
fn prepare(filter: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, FilterError> {
    let refused = |source: datafusion::error::DataFusionError| FilterError::NotAnExpression {
        message: source.strip_backtrace(),
        columns: columns(schema),
    };
    let context = SessionContext::new();
    let named = DFSchema::try_from(Arc::clone(schema)).map_err(refused)?;
    let expression = context.parse_sql_expr(filter, &named).map_err(refused)?;
    only_plain(&expression)?;
    let condition = context.create_physical_expr(expression, &named).map_err(refused)?;
    let found = condition.data_type(schema).map_err(refused)?;
    if found == DataType::Boolean {
        return Ok(condition);
    }
    Err(FilterError::NotACondition { found: found.to_string(), columns: columns(schema) })
}

fn evaluate(condition: &dyn PhysicalExpr, session: &SessionInput) -> Result<Vec<bool>, FilterError> {
    let refused = || FilterError::NotComputable { session: session.header.session };
    let array = evaluate_rows(condition, &session.rows).ok_or_else(refused)?;
    // A comparison with an absent value is NULL, and NULL is not true: such a step is not taken, as in SQL's WHERE.
    Ok(array.iter().map(|value| value == Some(true)).collect())
}

fn evaluate_rows(condition: &dyn PhysicalExpr, rows: &RecordBatch) -> Option<BooleanArray> {
    let value = condition.evaluate(rows).ok()?;
    let array = value.into_array(rows.num_rows()).ok()?;
    (array.len() == rows.num_rows()).then(|| array.as_boolean().clone())
}

fn only_plain(expression: &Expr) -> Result<(), FilterError> {
    let mut refused = None;
    let visited = expression.apply(|node| {
        if is_plain(node) {
            return Ok(TreeNodeRecursion::Continue);
        }
        refused = Some(name_of(node));
        Ok(TreeNodeRecursion::Stop)
    });
    match (visited, refused) {
        (Ok(_), None) => Ok(()),
        (_, what) => Err(FilterError::NotAllowed {
            what: what.unwrap_or_else(|| "an expression that cannot be read".to_owned()),
            functions: FUNCTIONS.join(", "),
        }),
    }
}

fn is_plain(node: &Expr) -> bool {
    if let Expr::ScalarFunction(call) = node {
        return FUNCTIONS.contains(&call.func.name());
    }
    matches!(
        node,
        Expr::Column(_)
            | Expr::Literal(..)
            | Expr::BinaryExpr(_)
            | Expr::Like(_)
            | Expr::SimilarTo(_)
            | Expr::Not(_)
            | Expr::IsNotNull(_)
            | Expr::IsNull(_)
            | Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNotUnknown(_)
            | Expr::Negative(_)
            | Expr::Between(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::TryCast(_)
            | Expr::InList(_)
    )
}

fn name_of(node: &Expr) -> String {
    if let Expr::ScalarFunction(call) = node {
        return format!("the function {}", call.func.name());
    }
    node.variant_name().to_owned()
}

fn columns(schema: &Schema) -> String {
    let names = schema.fields().iter().map(|f| format!("{} ({})", f.name(), f.data_type()));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
