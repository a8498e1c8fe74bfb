//! `steps.parquet`: Parquet modular encryption (Apache Parquet format, `Encryption.md`), footer and all columns under one key.
//!
//! Any engine that holds the key reads it. The associated data begins with the session id, which is not stored in the file:
//! the file of one session does not open as another's.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;
use candor_model::SessionId;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::encryption::decrypt::FileDecryptionProperties;
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::rows::steps_schema;
use crate::seal::Key;

/// The step rows of a session cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ColumnError {
    /// The file is not there or cannot be read.
    #[error("the Parquet file could not be read")]
    Io(#[from] io::Error),
    /// The file is damaged, or sealed under another key or for another session.
    #[error("the Parquet file does not open under this key for this session")]
    Parquet(#[from] ParquetError),
    /// The rows are of another shape.
    #[error("the rows are of another shape")]
    Arrow(#[from] ArrowError),
}

/// The bytes of the encrypted file. The library draws its nonces from the operating system itself.
pub(super) fn write(rows: &RecordBatch, key: &Key, session: SessionId) -> Result<Vec<u8>, ColumnError> {
    let encryption = FileEncryptionProperties::builder(key.as_bytes().to_vec());
    let encryption = encryption.with_aad_prefix(session.as_bytes().to_vec()).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .with_file_encryption_properties(encryption)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties))?;
    writer.write(rows)?;
    Ok(writer.into_inner()?)
}

/// The rows of the encrypted file.
pub(super) fn read(path: &Path, key: &Key, session: SessionId) -> Result<RecordBatch, ColumnError> {
    let decryption = FileDecryptionProperties::builder(key.as_bytes().to_vec());
    let decryption = decryption.with_aad_prefix(session.as_bytes().to_vec()).build()?;
    let options = ArrowReaderOptions::new().with_file_decryption_properties(decryption);
    let reader =
        ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(path)?, options)?.build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let batch = concat_batches(&steps_schema(), &batches)?;
    Ok(batch.with_schema(Arc::clone(&steps_schema()))?)
}
