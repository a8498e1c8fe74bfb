//! Search in one's own text, in one recording or in all.

use askama::Template;
use candor_journal::Journal;
use candor_model::SessionId;
use serde::Deserialize;

use super::front::Recording;
use crate::agent::words;
use crate::exit::{Because, Kind, Outcome};

/// Most steps that one answer shows.
const SHOWN_MAX: usize = 200;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    q: String,
    /// Only in this recording.
    #[serde(default)]
    recording: Option<SessionId>,
}

/// A step in which it stands.
struct Hit {
    number: u32,
    places: String,
}

/// What one recording holds of it.
struct Hits {
    recording: Recording,
    steps: Vec<Hit>,
    /// How many more there are.
    more: usize,
}

#[derive(Template)]
#[template(path = "page/search.html")]
pub(super) struct Search {
    root: String,
    q: String,
    /// None before anything was looked for.
    found: Option<Vec<Hits>>,
    /// Why nothing could be looked for.
    refused: String,
}

impl Search {
    pub(super) fn of(root: String, journal: &Journal, query: &Query) -> Outcome<Self> {
        let q = query.q.trim().to_owned();
        if q.is_empty() {
            return Ok(Self { root, q, found: None, refused: String::new() });
        }
        if candor_redact::Word::new(&q).is_none() {
            let refused = "Look for two letters or digits at least.".to_owned();
            return Ok(Self { root, q, found: None, refused });
        }
        let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
        let chosen =
            sessions.iter().filter(|summary| query.recording.is_none_or(|only| only == summary.session));
        let mut found = Vec::new();
        for summary in chosen {
            let steps = journal.search(summary.session, &q).because(Kind::BadInput, "search")?;
            if steps.is_empty() {
                continue;
            }
            let hit = |found: &candor_journal::Found| Hit {
                number: found.number,
                places: words::places(&found.places).join(", "),
            };
            found.push(Hits {
                recording: Recording::of(summary),
                steps: steps.iter().take(SHOWN_MAX).map(hit).collect(),
                more: steps.len().saturating_sub(SHOWN_MAX),
            });
        }
        Ok(Self { root, q, found: Some(found), refused: String::new() })
    }
}
