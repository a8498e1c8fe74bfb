//! Where each record comes from and where it stands: what a withdrawal, and whoever acts on it, looks up.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::folder::Folder;
use crate::plan::Planned;
use crate::shard::CREATED_BY;

/// The path of the table inside the dataset.
pub(crate) const PATH: &str = "lineage.parquet";

/// The table in the making. It names no contributor: whoever holds the dataset needs to know which records, not whose.
#[derive(Debug, Default)]
pub(crate) struct Lineage {
    record: Vec<u64>,
    session: Vec<String>,
    ordinal: Vec<u32>,
    split: Vec<&'static str>,
    file: Vec<String>,
    row: Vec<u64>,
}

impl Lineage {
    /// Notes that `record` is row `row` of `file`.
    pub(crate) fn push(&mut self, record: &Planned<'_>, file: String, row: u64) {
        self.record.push(record.number);
        self.session.push(record.session.header.session.to_string());
        self.ordinal.push(record.step.ordinal);
        self.split.push(record.split.name());
        self.file.push(file);
        self.row.push(row);
    }

    /// Writes the table.
    pub(crate) fn finish(self, folder: &mut Folder) -> Result<(), ParquetError> {
        let batch = self.batch()?;
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties =
            WriterProperties::builder().set_created_by(CREATED_BY.to_owned()).set_compression(compression);
        let mut writer = ArrowWriter::try_new(folder.open(PATH)?, batch.schema(), Some(properties.build()))?;
        writer.write(&batch)?;
        folder.close(writer.into_inner()?)?;
        Ok(())
    }

    fn batch(self) -> Result<RecordBatch, ParquetError> {
        let columns: [(&str, ArrayRef); 6] = [
            ("record", Arc::new(UInt64Array::from(self.record))),
            ("session", Arc::new(StringArray::from(self.session))),
            ("ordinal", Arc::new(UInt32Array::from(self.ordinal))),
            ("split", Arc::new(StringArray::from(self.split))),
            ("file", Arc::new(StringArray::from(self.file))),
            ("row", Arc::new(UInt64Array::from(self.row))),
        ];
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}
