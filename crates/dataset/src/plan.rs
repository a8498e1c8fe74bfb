//! Which steps become which records: sorted, numbered and dealt out, before a byte is written.

use std::collections::BTreeMap;

use candor_model::{SessionId, Step};

use crate::error::CompileError;
use crate::filter;
use crate::recipe::{Recipe, Split};
use crate::selection::SessionInput;
use crate::split::split_of;

/// Most records of one dataset: the file names of images have six digits.
pub const RECORDS_MAX: u64 = 1_000_000;

/// A step that becomes a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned<'a> {
    /// The record's number: line of `steps.jsonl`, name of the image.
    pub(crate) number: u64,
    /// Where it comes from.
    pub(crate) session: &'a SessionInput,
    /// The step.
    pub(crate) step: &'a Step,
    /// The part it belongs to.
    pub(crate) split: Split,
}

impl Planned<'_> {
    /// The path of its image inside the dataset.
    pub(crate) fn image_path(&self) -> String {
        format!("images/{:06}.png", self.number)
    }
}

/// The records of a dataset, by session and ordinal: the order of sessions given changes nothing (P15).
pub(crate) fn plan<'a>(
    sessions: &'a [SessionInput],
    recipe: &Recipe,
) -> Result<Vec<Planned<'a>>, CompileError> {
    if sessions.is_empty() {
        return Err(CompileError::NoSession);
    }
    let taken = filter::select(recipe.filter(), sessions)?;
    let sorted = by_session(sessions, taken)?;
    let limit = recipe.max_steps().unwrap_or(u64::MAX);
    let chosen = sorted.into_values().flat_map(|(session, taken)| steps(session, taken));
    let numbered = chosen.zip(0..limit);
    let planned: Vec<_> =
        numbered.map(|((session, step), number)| planned(number, session, step, recipe)).collect();
    check_count(&planned, sessions)?;
    Ok(planned)
}

type Taken<'a> = (&'a SessionInput, Vec<bool>);

fn by_session(
    sessions: &[SessionInput],
    taken: Vec<Vec<bool>>,
) -> Result<BTreeMap<SessionId, Taken<'_>>, CompileError> {
    let mut sorted = BTreeMap::new();
    for (session, taken) in sessions.iter().zip(taken) {
        let id = session.header.session;
        if sorted.insert(id, (session, taken)).is_some() {
            return Err(CompileError::TwiceTheSession { session: id });
        }
    }
    Ok(sorted)
}

fn steps(session: &SessionInput, taken: Vec<bool>) -> impl Iterator<Item = (&SessionInput, &Step)> {
    session.steps.iter().zip(taken).filter(|(_, taken)| *taken).map(move |(step, _)| (session, step))
}

fn planned<'a>(number: u64, session: &'a SessionInput, step: &'a Step, recipe: &Recipe) -> Planned<'a> {
    Planned { number, session, step, split: split_of(&session.header.contributor, recipe.shares()) }
}

fn check_count(planned: &[Planned<'_>], sessions: &[SessionInput]) -> Result<(), CompileError> {
    match planned.len() as u64 {
        0 => {
            let steps = sessions.iter().map(|s| s.steps.len() as u64).sum();
            Err(CompileError::NothingMatches { sessions: sessions.len() as u64, steps })
        }
        records if records > RECORDS_MAX => Err(CompileError::TooManyRecords { records }),
        _ => Ok(()),
    }
}
