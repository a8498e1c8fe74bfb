//! Words to the terminal: data on standard output, talk on standard error. The only place that prints.

use std::io::Write;

#[cfg(any(feature = "agent", feature = "audit"))]
use serde::Serialize;

/// Writes a line of data. A reader that has gone away ends nothing: the work is done.
pub(crate) fn data(line: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{line}");
}

/// Writes a line of talk.
pub(crate) fn talk(line: &str) {
    let mut err = std::io::stderr().lock();
    let _gone = writeln!(err, "{line}");
}

/// Writes a value as JSON, for machines, or its table, for people.
#[cfg(any(feature = "agent", feature = "audit"))]
pub(crate) fn show<T: Serialize>(as_json: bool, value: &T, table: impl FnOnce(&T) -> String) {
    if as_json {
        data(
            &serde_json::to_string_pretty(value)
                .unwrap_or_else(|error| format!("{{\"ok\":false,\"error\":\"{error}\"}}")),
        );
    } else {
        data(table(value).trim_end());
    }
}

/// A table with a header, without borders that a screen reader would spell.
#[cfg(feature = "agent")]
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// Bytes as people read them.
#[cfg(feature = "agent")]
pub(crate) fn bytes(count: u64) -> String {
    const STEPS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    for (unit, name) in STEPS {
        if count >= unit {
            return format!("{}.{} {name}", count / unit, count % unit * 10 / unit);
        }
    }
    format!("{count} bytes")
}
