//! Check 2: the log of the trust policy signed its size and root.

use candor_log::{Checkpoint, CheckpointError, UnknownLines};
use candor_model::evidence::TrustPolicy;

use crate::files::Files;
use crate::layout::{CHECKPOINT, CHECKPOINT_BYTES_MAX, LEAVES_MAX};
use crate::policy::log_key;
use crate::report::{CheckId, Code, Finding, Ledger};

/// Runs the check; the checkpoint is there if it holds.
pub(crate) fn check(files: &Files<'_>, policy: &TrustPolicy, ledger: &mut Ledger) -> Option<Checkpoint> {
    match read(files, policy) {
        Ok(checkpoint) => {
            ledger.examine(CheckId::Checkpoint, 1);
            Some(checkpoint)
        }
        Err(finding) => {
            ledger.find(finding);
            None
        }
    }
}

fn read(files: &Files<'_>, policy: &TrustPolicy) -> Result<Checkpoint, Finding> {
    let check = CheckId::Checkpoint;
    let bad = |detail: &str| Finding::new(check, Code::BadCheckpoint, CHECKPOINT, detail);
    let key = log_key(policy).map_err(|error| bad(&error.to_string()))?;
    let bytes =
        files.read(CHECKPOINT, CHECKPOINT_BYTES_MAX).map_err(|error| error.finding(check, CHECKPOINT))?;
    // A line that nobody knows has no meaning here, and evidence holds nothing without one.
    let checkpoint =
        Checkpoint::open(&bytes, &key, UnknownLines::Refuse).map_err(|error| bad(&plain(error)))?;
    if checkpoint.size() > LEAVES_MAX {
        let detail = format!("the log has more than the {LEAVES_MAX} entries that the verifier replays");
        return Err(Finding::new(check, Code::TooLarge, CHECKPOINT, detail));
    }
    Ok(checkpoint)
}

fn plain(error: CheckpointError) -> String {
    match error {
        CheckpointError::Note(reason) => {
            format!("the checkpoint is not signed by the log of the trust policy alone: {reason}")
        }
        CheckpointError::Foreign => {
            "the checkpoint belongs to another log than the trust policy names".to_owned()
        }
        CheckpointError::Origin(_) | CheckpointError::Form | CheckpointError::Size(_) => {
            format!("the checkpoint is not in its format: {error}")
        }
    }
}
