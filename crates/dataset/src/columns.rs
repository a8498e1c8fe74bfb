//! The columns of the exported rows: what each is called, and how it is read from a step.
//! Specification: `docs/formats/dataset.md`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Int32Array, Int64Array, StringArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use candor_model::{Action, Outcome, Platform, Point, Rect, canonical_bytes};

use crate::agentnet;
use crate::plan::Planned;

/// A record with its bytes.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The record.
    pub(crate) record: Planned<'a>,
    /// Canonical bytes of the step, as text.
    pub(crate) step_text: String,
    /// PNG bytes of the frame.
    pub(crate) image: Option<Vec<u8>>,
}

/// A column.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) data_type: fn() -> DataType,
    array: fn(&[Row<'_>]) -> ArrayRef,
}

/// All columns, in the order of the file.
pub(crate) const COLUMNS: &[Column] = &[
    Column { name: "record", data_type: long, array: |rows| longs(rows, |r| Some(r.record.number)) },
    Column {
        name: "session",
        data_type: text,
        array: |rows| texts(rows, |r| Some(header(r).session.to_string())),
    },
    Column {
        name: "ordinal",
        data_type: long,
        array: |rows| longs(rows, |r| Some(r.record.step.ordinal.into())),
    },
    Column { name: "task", data_type: text, array: |rows| texts(rows, |r| header(r).task.clone()) },
    Column {
        name: "outcome",
        data_type: text,
        array: |rows| texts(rows, |r| header(r).outcome.map(outcome)),
    },
    Column {
        name: "platform",
        data_type: text,
        array: |rows| texts(rows, |r| Some(platform(header(r).platform))),
    },
    Column { name: "wall_ms", data_type: long, array: wall_ms },
    Column {
        name: "monotonic_us",
        data_type: long,
        array: |rows| longs(rows, |r| Some(r.record.step.at.monotonic_us)),
    },
    Column {
        name: "screen",
        data_type: text,
        array: |rows| texts(rows, |r| Some(r.record.step.screen.name.clone())),
    },
    Column {
        name: "width",
        data_type: long,
        array: |rows| longs(rows, |r| Some(r.record.step.screen.width.into())),
    },
    Column {
        name: "height",
        data_type: long,
        array: |rows| longs(rows, |r| Some(r.record.step.screen.height.into())),
    },
    Column {
        name: "app",
        data_type: text,
        array: |rows| texts(rows, |r| Some(r.record.step.window.app.to_string())),
    },
    Column {
        name: "site",
        data_type: text,
        array: |rows| texts(rows, |r| r.record.step.window.site.as_ref().map(ToString::to_string)),
    },
    Column {
        name: "title",
        data_type: text,
        array: |rows| texts(rows, |r| r.record.step.window.title.clone()),
    },
    Column {
        name: "action_kind",
        data_type: text,
        array: |rows| texts(rows, |r| Some(r.record.step.action.kind().to_owned())),
    },
    Column { name: "action", data_type: text, array: |rows| texts(rows, action) },
    Column { name: "text", data_type: text, array: |rows| texts(rows, typed_text) },
    Column {
        name: "x",
        data_type: int,
        array: |rows| ints(rows, |r| point(&r.record.step.action).map(|p| p.x)),
    },
    Column {
        name: "y",
        data_type: int,
        array: |rows| ints(rows, |r| point(&r.record.step.action).map(|p| p.y)),
    },
    Column {
        name: "late_ms",
        data_type: long,
        array: |rows| longs(rows, |r| r.record.step.late_ms.map(u64::from)),
    },
    Column {
        name: "target_role",
        data_type: text,
        array: |rows| texts(rows, |r| r.record.step.target.as_ref().map(|t| t.role.clone())),
    },
    Column {
        name: "target_name",
        data_type: text,
        array: |rows| texts(rows, |r| r.record.step.target.as_ref().and_then(|t| t.name.clone())),
    },
    Column { name: "target_x", data_type: int, array: |rows| ints(rows, |r| bounds(r).map(|b| b.x)) },
    Column { name: "target_y", data_type: int, array: |rows| ints(rows, |r| bounds(r).map(|b| b.y)) },
    Column {
        name: "target_width",
        data_type: long,
        array: |rows| longs(rows, |r| bounds(r).map(|b| b.width.into())),
    },
    Column {
        name: "target_height",
        data_type: long,
        array: |rows| longs(rows, |r| bounds(r).map(|b| b.height.into())),
    },
    Column {
        name: "code",
        data_type: text,
        array: |rows| texts(rows, |r| Some(agentnet::code(r.record.step))),
    },
    Column { name: "step", data_type: text, array: |rows| texts(rows, |r| Some(r.step_text.clone())) },
    Column { name: "image", data_type: image, array: images },
];

/// The arrays of `rows`, in the order of [`COLUMNS`].
pub(crate) fn arrays(rows: &[Row<'_>]) -> Vec<ArrayRef> {
    COLUMNS.iter().map(|column| (column.array)(rows)).collect()
}

/// The parts of an image, as `datasets` stores one.
fn image_parts() -> Fields {
    let part = |name: &str, data_type| Field::new(name, data_type, true);
    vec![part("bytes", DataType::Binary), part("path", DataType::Utf8)].into()
}

fn image() -> DataType {
    DataType::Struct(image_parts())
}

const fn text() -> DataType {
    DataType::Utf8
}

const fn int() -> DataType {
    DataType::Int32
}

const fn long() -> DataType {
    DataType::Int64
}

fn texts(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

fn ints(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<i32>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Int32Array>())
}

/// Canonical bytes hold no number beyond 2^53, so that every count of a step fits.
fn longs(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<u64>) -> ArrayRef {
    let values = rows.iter().map(|row| value(row).and_then(|n| i64::try_from(n).ok()));
    Arc::new(values.collect::<Int64Array>())
}

fn wall_ms(rows: &[Row<'_>]) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(r.record.step.at.wall.as_millis())).collect::<Int64Array>())
}

fn images(rows: &[Row<'_>]) -> ArrayRef {
    let bytes: BinaryArray = rows.iter().map(|r| r.image.as_deref()).collect();
    let paths = texts(rows, |r| r.image.as_ref().map(|_| r.record.image_path()));
    let present: NullBuffer = rows.iter().map(|r| r.image.is_some()).collect();
    Arc::new(StructArray::new(image_parts(), vec![Arc::new(bytes), paths], Some(present)))
}

fn header<'r>(row: &'r Row<'_>) -> &'r candor_model::SessionHeader {
    &row.record.session.header
}

fn bounds(row: &Row<'_>) -> Option<Rect> {
    row.record.step.target.as_ref().map(|target| target.bounds)
}

fn typed_text(row: &Row<'_>) -> Option<String> {
    match &row.record.step.action {
        Action::Type { text } => Some(text.clone()),
        Action::Click { .. }
        | Action::Drag { .. }
        | Action::Scroll { .. }
        | Action::Keys { .. }
        | Action::Hotkey { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => None,
    }
}

/// Canonical bytes of the action. They are a part of the step's, which were checked before.
fn action(row: &Row<'_>) -> Option<String> {
    canonical_bytes(&row.record.step.action).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// Where the action began.
fn point(action: &Action) -> Option<Point> {
    match action {
        Action::Click { at, .. } | Action::Scroll { at, .. } => Some(*at),
        Action::Drag { path, .. } => path.first().map(|p| p.at),
        Action::Type { .. }
        | Action::Keys { .. }
        | Action::Hotkey { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => None,
    }
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    }
    .to_owned()
}

fn platform(platform: Platform) -> String {
    match platform {
        Platform::Linux => "linux",
        Platform::Windows => "windows",
        Platform::MacOs => "macos",
    }
    .to_owned()
}
