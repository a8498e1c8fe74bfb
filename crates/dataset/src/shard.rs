//! Parquet files that Hugging Face `datasets` loads: one per split, a row per record, frames as decoded images.
//!
//! The same rows give the same bytes (P15): one thread, fixed writer properties, no time and no machine in the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::columns::{self, Row};
use crate::folder::{Folder, Sink};
use crate::recipe::Split;

/// What the files say about their writer: the version of this code's output, never of the machine.
pub(crate) const CREATED_BY: &str = "candor-dataset version 2";
/// Most rows of a row group: what a loader streams at a time.
pub(crate) const ROW_GROUP_ROWS_MAX: usize = 100;
/// Image bytes after which a row group ends early: it bounds the memory that a compile takes, for each split.
const ROW_GROUP_IMAGE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Level of zstd for all columns but the images, which PNG has compressed already.
const ZSTD_LEVEL: i32 = 3;

/// Writes `data/<split>-00000-of-00001.parquet`.
pub(crate) struct Shards<'a> {
    open: BTreeMap<Split, Shard<'a>>,
}

struct Shard<'a> {
    writer: ArrowWriter<Sink>,
    waiting: Vec<Row<'a>>,
    image_bytes: usize,
    rows: u64,
}

/// The path of a split's file inside the dataset.
pub(crate) fn path(split: Split) -> String {
    format!("data/{split}-00000-of-00001.parquet")
}

impl<'a> Shards<'a> {
    pub(crate) const fn new() -> Self {
        Self { open: BTreeMap::new() }
    }

    /// Adds a record, and returns its row in the file of its split.
    pub(crate) fn push(&mut self, split: Split, row: Row<'a>, folder: &Folder) -> Result<u64, ParquetError> {
        let shard = match self.open.remove(&split) {
            Some(shard) => shard,
            None => Shard::begin(folder.open(&path(split))?)?,
        };
        self.open.entry(split).or_insert(shard).push(row)
    }

    /// Writes what waits, and ends the files.
    pub(crate) fn finish(self, folder: &mut Folder) -> Result<(), ParquetError> {
        for mut shard in self.open.into_values() {
            shard.flush()?;
            folder.close(shard.writer.into_inner()?)?;
        }
        Ok(())
    }
}

impl<'a> Shard<'a> {
    fn begin(sink: Sink) -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new(sink, schema(), Some(properties()?))?;
        Ok(Self { writer, waiting: Vec::new(), image_bytes: 0, rows: 0 })
    }

    fn push(&mut self, row: Row<'a>) -> Result<u64, ParquetError> {
        self.image_bytes += row.image.as_ref().map_or(0, Vec::len);
        self.waiting.push(row);
        if self.waiting.len() >= ROW_GROUP_ROWS_MAX || self.image_bytes >= ROW_GROUP_IMAGE_BYTES_MAX {
            self.flush()?;
        }
        let place = self.rows;
        self.rows += 1;
        Ok(place)
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.waiting);
        self.image_bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        self.writer.write(&RecordBatch::try_new(schema(), columns::arrays(&rows))?)?;
        self.writer.flush()
    }
}

/// The columns, with the note that makes `datasets` return decoded images instead of a dictionary of bytes.
fn schema() -> SchemaRef {
    let fields: Vec<Field> =
        columns::COLUMNS.iter().map(|c| Field::new(c.name, (c.data_type)(), true)).collect();
    let features = serde_json::json!({"info": {"features": {"image": {"_type": "Image"}}}});
    let note = [("huggingface".to_owned(), features.to_string())];
    Arc::new(Schema::new(fields).with_metadata(note.into()))
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let image = |part: &str| ColumnPath::new(vec!["image".to_owned(), part.to_owned()]);
    let bytes = image("bytes");
    Ok(WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS_MAX))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_column_compression(bytes.clone(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(bytes.clone(), false)
        .set_column_statistics_enabled(bytes, EnabledStatistics::None)
        .build())
}
