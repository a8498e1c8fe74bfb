//! What redaction found: kind, rule and place. Never the found text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Rect;

/// The kind of thing that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A person's name.
    Person,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A payment card number (ISO/IEC 7812).
    Card,
    /// A bank account number (ISO 13616).
    Iban,
    /// A web address that carries a secret.
    Url,
    /// A key, token, or password.
    Secret,
    /// A network address.
    Ip,
    /// A number that names a person or a case.
    Id,
    /// A postal address or a part of one.
    Address,
    /// A place: a town, a region, a country.
    Location,
    /// An organisation.
    Organisation,
    /// A nationality, a religion or a political group.
    Nationality,
    /// The post or profession of a person.
    JobTitle,
    /// A date of a person's life.
    Date,
    /// A person's age.
    Age,
    /// A password field.
    Password,
    /// A window, or a part of the screen, that no permit covers.
    NotPermitted,
    /// Text or an image that is not known to be part of the application's own interface.
    Unknown,
    /// A region that the person masked at review.
    Masked,
}

impl FindingKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 20] = [
        Self::Person,
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Url,
        Self::Secret,
        Self::Ip,
        Self::Id,
        Self::Address,
        Self::Location,
        Self::Organisation,
        Self::Nationality,
        Self::JobTitle,
        Self::Date,
        Self::Age,
        Self::Password,
        Self::NotPermitted,
        Self::Unknown,
        Self::Masked,
    ];

    /// The word in a placeholder: `[PERSON_1]`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
            Self::Url => "URL",
            Self::Secret => "SECRET",
            Self::Ip => "IP",
            Self::Id => "ID",
            Self::Address => "ADDRESS",
            Self::Location => "LOCATION",
            Self::Organisation => "ORGANISATION",
            Self::Nationality => "NATIONALITY",
            Self::JobTitle => "JOB_TITLE",
            Self::Date => "DATE",
            Self::Age => "AGE",
            Self::Password => "PASSWORD",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::Unknown => "TEXT",
            Self::Masked => "MASKED",
        }
    }

    /// The word that people read.
    #[must_use]
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Person => "names",
            Self::Email => "e-mail addresses",
            Self::Phone => "telephone numbers",
            Self::Card => "card numbers",
            Self::Iban => "bank accounts",
            Self::Url => "web addresses with secrets",
            Self::Secret => "keys and passwords",
            Self::Ip => "network addresses",
            Self::Id => "id numbers",
            Self::Address => "addresses",
            Self::Location => "places",
            Self::Organisation => "organisations",
            Self::Nationality => "nationalities and beliefs",
            Self::JobTitle => "job titles",
            Self::Date => "dates of a person's life",
            Self::Age => "ages",
            Self::Password => "password fields",
            Self::NotPermitted => "areas that no permit covers",
            Self::Unknown => "text and images that are not part of the interface",
            Self::Masked => "regions that you masked",
        }
    }
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// In the typed text.
    Typed,
    /// In the window's title.
    Title,
    /// In the name of the element acted on.
    Target,
    /// In the accessibility tree.
    Tree {
        /// Index of the element.
        node: u32,
    },
    /// In the frame.
    Frame {
        /// The masked pixels.
        bounds: Rect,
    },
    /// In the name of the task.
    Task,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// Name of the rule that found it, for example `iban.mod97`.
    pub rule: String,
    /// Where.
    pub place: Place,
}

/// Everything that redaction found in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactionReport {
    /// In the order found.
    pub findings: Vec<Finding>,
}

impl RedactionReport {
    /// How many of each kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<FindingKind, u64> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.kind).or_insert(0) += 1;
        }
        counts
    }
}
