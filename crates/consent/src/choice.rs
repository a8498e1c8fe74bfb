//! What a contributor chose.

use std::collections::BTreeSet;

use candor_model::{AppId, PurposeId};
use serde::{Deserialize, Serialize};

use crate::{Charter, Field};

/// What a contributor agreed to. Everything is off until it is chosen; there is no "all" that grows with the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Purposes, at least one.
    pub purposes: BTreeSet<PurposeId>,
    /// Applications.
    pub apps: BTreeSet<AppId>,
    /// Fields.
    pub fields: BTreeSet<Field>,
}

impl Choice {
    /// The first thing chosen that `charter` does not offer.
    #[must_use]
    pub fn beyond(&self, charter: &Charter) -> Option<&'static str> {
        let scope = charter.scope();
        if self.purposes.iter().any(|id| charter.purpose(id).is_none()) {
            Some("purpose")
        } else if self.apps.iter().any(|id| scope.app(id).is_none()) {
            Some("app")
        } else if !self.fields.is_subset(scope.fields()) {
            Some("field")
        } else {
            None
        }
    }
}
