//! Steps as rows: what a query engine sees of a session, without pixels.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use candor_model::{Action, CanonicalError, Point, SessionId, Step, canonical_bytes};

/// A step has no row.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The step or its action has no canonical bytes.
    #[error("the step has no canonical bytes")]
    Canonical(#[from] CanonicalError),
    /// A number of the step does not fit its column.
    #[error("a number of the step is too large for its column")]
    TooLarge,
    /// The columns do not make a batch.
    #[error("the rows do not make a batch")]
    Arrow(#[from] ArrowError),
    /// The column of whole steps is missing or holds something else.
    #[error("the rows hold no steps")]
    NoSteps,
}

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let must = |name: &str, kind: DataType| Field::new(name, kind, false);
    let may = |name: &str, kind: DataType| Field::new(name, kind, true);
    Arc::new(Schema::new(vec![
        must("session", DataType::Utf8),
        must("ordinal", DataType::Int32),
        must("wall_ms", DataType::Int64),
        must("monotonic_us", DataType::Int64),
        must("screen", DataType::Utf8),
        must("width", DataType::Int64),
        must("height", DataType::Int64),
        must("app", DataType::Utf8),
        may("site", DataType::Utf8),
        may("title", DataType::Utf8),
        must("action_kind", DataType::Utf8),
        must("action", DataType::Utf8),
        may("text", DataType::Utf8),
        may("x", DataType::Int32),
        may("y", DataType::Int32),
        may("target_role", DataType::Utf8),
        may("target_name", DataType::Utf8),
        may("frame", DataType::Utf8),
        may("tree", DataType::Utf8),
        must("step", DataType::Utf8),
    ]))
});

/// The columns of `steps.parquet`, in order. Signed numbers only: some engines have no others.
#[must_use]
pub fn steps_schema() -> SchemaRef {
    Arc::clone(&SCHEMA)
}

/// The rows of the steps of one session.
pub(crate) fn batch(session: SessionId, steps: &[Step]) -> Result<RecordBatch, RowError> {
    let places: Vec<Option<Point>> = steps.iter().map(|s| place(&s.action)).collect();
    let target = |s: &Step| s.target.clone();
    let columns: Vec<ArrayRef> = vec![
        text(steps, |_| Some(session.to_string())),
        int(steps, |s| s.ordinal)?,
        long(steps, |s| Ok(s.at.wall.as_millis()))?,
        long(steps, |s| s.at.monotonic_us.try_into().map_err(|_| RowError::TooLarge))?,
        text(steps, |s| Some(s.screen.name.clone())),
        long(steps, |s| Ok(s.screen.width.into()))?,
        long(steps, |s| Ok(s.screen.height.into()))?,
        text(steps, |s| Some(s.window.app.to_string())),
        text(steps, |s| s.window.site.as_ref().map(ToString::to_string)),
        text(steps, |s| s.window.title.clone()),
        text(steps, |s| Some(s.action.kind().to_owned())),
        json(steps, |s| canonical_bytes(&s.action))?,
        text(steps, |s| typed(&s.action)),
        pixels(places.iter().map(|at| at.map(|at| at.x))),
        pixels(places.iter().map(|at| at.map(|at| at.y))),
        text(steps, |s| target(s).map(|t| t.role)),
        text(steps, |s| target(s).and_then(|t| t.name)),
        text(steps, |s| s.frame.map(|blob| blob.digest.to_string())),
        text(steps, |s| s.tree.map(|blob| blob.digest.to_string())),
        json(steps, canonical_bytes)?,
    ];
    Ok(RecordBatch::try_new(steps_schema(), columns)?)
}

/// The canonical bytes of each step, from the column that holds them whole.
pub(crate) fn step_lines(batch: &RecordBatch) -> Result<impl Iterator<Item = &str>, RowError> {
    let column = batch.column_by_name("step").ok_or(RowError::NoSteps)?;
    let column = column.as_any().downcast_ref::<StringArray>().ok_or(RowError::NoSteps)?;
    Ok(column.iter().flatten())
}

fn typed(action: &Action) -> Option<String> {
    if let Action::Type { text } = action { Some(text.clone()) } else { None }
}

fn place(action: &Action) -> Option<Point> {
    match action {
        Action::Click { at, .. } | Action::Scroll { at, .. } => Some(*at),
        Action::Drag { path, .. } => path.first().map(|point| point.at),
        Action::Type { .. }
        | Action::Keys { .. }
        | Action::Hotkey { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => None,
    }
}

fn text(steps: &[Step], value: impl Fn(&Step) -> Option<String>) -> ArrayRef {
    let mut column = StringBuilder::new();
    for step in steps {
        column.append_option(value(step));
    }
    Arc::new(column.finish())
}

fn json(
    steps: &[Step],
    value: impl Fn(&Step) -> Result<Vec<u8>, CanonicalError>,
) -> Result<ArrayRef, RowError> {
    let mut column = StringBuilder::new();
    for step in steps {
        // Canonical JSON is UTF-8, so nothing is replaced.
        column.append_value(String::from_utf8_lossy(&value(step)?));
    }
    Ok(Arc::new(column.finish()))
}

fn int(steps: &[Step], value: impl Fn(&Step) -> u32) -> Result<ArrayRef, RowError> {
    let mut column = Int32Builder::new();
    for step in steps {
        column.append_value(value(step).try_into().map_err(|_| RowError::TooLarge)?);
    }
    Ok(Arc::new(column.finish()))
}

fn long(steps: &[Step], value: impl Fn(&Step) -> Result<i64, RowError>) -> Result<ArrayRef, RowError> {
    let mut column = Int64Builder::new();
    for step in steps {
        column.append_value(value(step)?);
    }
    Ok(Arc::new(column.finish()))
}

fn pixels(values: impl Iterator<Item = Option<i32>>) -> ArrayRef {
    let mut column = Int32Builder::new();
    values.for_each(|value| column.append_option(value));
    Arc::new(column.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{counter, step};

    #[test]
    fn a_row_gives_back_the_canonical_bytes_of_its_step() {
        let session = SessionId::random(&mut counter());
        let steps = [step(0, None), step(1, None)];
        let batch = batch(session, &steps).unwrap();
        let lines: Vec<&str> = step_lines(&batch).unwrap().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1].as_bytes(), canonical_bytes(&steps[1]).unwrap());
    }

    #[test]
    fn no_column_holds_pixels() {
        for field in steps_schema().fields() {
            assert!(matches!(field.data_type(), DataType::Utf8 | DataType::Int32 | DataType::Int64));
        }
    }
}
