//! The rules that a charter must keep. Each fault says where and what, and all are found in one reading.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use candor_model::{PublicKey, Site};

use super::terms::{Controller, DocumentKind, Terms};
use crate::scope::covers;
use crate::{AppRule, Purpose, Role, dpv};

/// A rule that a charter breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: the key, and the name of the entry if there are several.
    pub place: String,
    /// What must hold.
    pub rule: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule)
    }
}

const TEXT_CHARS_MAX: usize = 300;
const ENTRIES_MAX: usize = 500;
/// Six months (EDPB and works-council practice: a consent that nobody renews ends).
const CONSENT_DAYS_MAX: u32 = 183;
const RETENTION_DAYS_MAX: u32 = 366;
const HOLD_DAYS_MAX: u32 = 14;
const COOLING_OFF_HOURS_MAX: u32 = 14 * 24;
const PILOT_DAYS_MAX: u32 = 183;
const MIB_MAX: u32 = 65_536;

/// Collects faults.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn require(&mut self, holds: bool, place: impl Into<String>, rule: &'static str) {
        if !holds {
            self.0.push(Fault { place: place.into(), rule });
        }
    }

    fn text(&mut self, text: &str, place: impl Into<String>) {
        self.require(is_plain_line(text), place, "must be one line of plain text, 1 to 300 characters");
    }
}

/// Every rule that `terms` break.
pub(super) fn faults(terms: &Terms) -> Vec<Fault> {
    let mut faults = Faults::default();
    texts(terms, &mut faults);
    numbers(terms, &mut faults);
    purposes(terms, &mut faults);
    vocabulary(terms, &mut faults);
    scope(terms, &mut faults);
    conflicts(terms, &mut faults);
    signers(terms, &mut faults);
    recipients(terms, &mut faults);
    documents(terms, &mut faults);
    faults.0
}

fn texts(terms: &Terms, faults: &mut Faults) {
    faults.text(&terms.title, "title");
    faults.text(&terms.controller.name, "controller.name");
    faults.text(&terms.controller.address, "controller.address");
    faults.text(&terms.controller.contact, "controller.contact");
    faults.text(&terms.controller.authority, "controller.authority");
    faults.text(&terms.worker_representation, "worker_representation");
    let Controller { name, address, contact, authority } = &terms.controller;
    for (text, place) in
        [(name, "name"), (address, "address"), (contact, "contact"), (authority, "authority")]
    {
        let filled = !(text.starts_with('(') && text.ends_with(')'));
        faults.require(filled, format!("controller.{place}"), "must be filled in: it is read in the notice");
    }
    faults.require(
        is_name(&terms.redaction_profile),
        "redaction_profile",
        "must be a name of a-z, 0-9 and '-'",
    );
    faults.require(is_language(&terms.language), "language", "must be a language tag such as en or de-AT");
}

fn numbers(terms: &Terms, faults: &mut Faults) {
    let days = 1..=RETENTION_DAYS_MAX;
    faults.require(days.contains(&terms.retention_days), "retention_days", "must be 1 to 366");
    let days = 1..=HOLD_DAYS_MAX;
    faults.require(days.contains(&terms.hold_days), "hold_days", "must be 1 to 14");
    let days = 1..=CONSENT_DAYS_MAX;
    faults.require(days.contains(&terms.consent_days_max), "consent_days_max", "must be 1 to 183");
    let hours = 0..=COOLING_OFF_HOURS_MAX;
    faults.require(hours.contains(&terms.cooling_off_hours), "cooling_off_hours", "must be 0 to 336");
    let waits = terms.cooling_off_hours < terms.consent_days_max.saturating_mul(24);
    faults.require(waits, "cooling_off_hours", "must end before the consent does");
    caps(terms, faults);
}

fn caps(terms: &Terms, faults: &mut Faults) {
    let caps = &terms.caps;
    faults.require(caps.contributors_max > 0, "caps.contributors_max", "must be at least 1");
    let days = 1..=PILOT_DAYS_MAX;
    faults.require(days.contains(&caps.days_max), "caps.days_max", "must be 1 to 183");
    faults.require(caps.datasets_max > 0, "caps.datasets_max", "must be at least 1");
    let apps = u32::try_from(terms.scope.apps.len()).unwrap_or(u32::MAX);
    faults.require(
        apps <= caps.apps_max,
        "caps.apps_max",
        "must not be below the number of apps in the scope",
    );
    budgets(terms, faults);
}

fn budgets(terms: &Terms, faults: &mut Faults) {
    let budgets = &terms.scope.budgets;
    let bytes = 1..=terms.caps.bytes_per_day_max;
    let place = |key: &str| format!("scope.budgets.{key}");
    let rule = "must be 1 to caps.bytes_per_day_max";
    faults.require(bytes.contains(&budgets.bytes_per_day), place("bytes_per_day"), rule);
    let within = |limit: Option<u32>, range: RangeInclusive<u32>| limit.is_none_or(|n| range.contains(&n));
    let cpu = within(budgets.cpu_percent_max, 1..=100);
    faults.require(cpu, place("cpu_percent_max"), "must be 1 to 100");
    let battery = within(budgets.battery_percent_min, 0..=100);
    faults.require(battery, place("battery_percent_min"), "must be 0 to 100");
    for (key, mib) in [
        ("memory_mib_max", budgets.memory_mib_max),
        ("stored_mib_per_hour_max", budgets.stored_mib_per_hour_max),
        ("uploaded_mib_per_hour_max", budgets.uploaded_mib_per_hour_max),
    ] {
        faults.require(within(mib, 1..=MIB_MAX), place(key), "must be 1 to 65536");
    }
}

fn purposes(terms: &Terms, faults: &mut Faults) {
    let count = terms.purposes.len();
    faults.require((1..=ENTRIES_MAX).contains(&count), "purpose", "must be given at least once");
    let ids: BTreeSet<_> = terms.purposes.iter().map(|p| &p.id).collect();
    faults.require(ids.len() == count, "purpose.id", "must be different for each purpose");
    for purpose in &terms.purposes {
        purpose_rules(purpose, terms, faults);
    }
}

fn purpose_rules(purpose: &Purpose, terms: &Terms, faults: &mut Faults) {
    let place = |key: &str| format!("purpose {}: {key}", purpose.id);
    faults.text(&purpose.title, place("title"));
    let plain = is_plain(&purpose.statement);
    faults.require(plain, place("statement"), "must be one paragraph of plain text");
    let rule = "must say what the model is for, in 40 to 600 characters; \"AI training\" is not a purpose";
    faults.require(purpose.says_what_for(), place("statement"), rule);
    let known = dpv::PURPOSE_CLASSES.contains(&purpose.dpv.as_str());
    faults.require(
        known,
        place("dpv"),
        "must be one of the DPV 2.3 purpose classes in docs/formats/charter.md",
    );
    let forbidden = |text: &str| terms.prohibited.iter().any(|term| dpv::means(text, term));
    let named = forbidden(purpose.id.as_str()) || forbidden(&purpose.title);
    faults.require(!named, place("id"), "must not name a forbidden purpose");
}

fn vocabulary(terms: &Terms, faults: &mut Faults) {
    for term in dpv::ALWAYS_PROHIBITED {
        faults.require(terms.prohibited.contains(term), format!("prohibited: {term}"), "must be forbidden");
    }
    for term in &terms.prohibited {
        let known = dpv::ALWAYS_PROHIBITED.contains(&term.as_str())
            || dpv::ALSO_PROHIBITABLE.contains(&term.as_str());
        faults.require(known, "prohibited", "must hold DPV 2.3 purposes in docs/formats/charter.md only");
    }
    let known = terms.legal_basis.iter().all(|term| dpv::LEGAL_BASES.contains(&term.as_str()));
    faults.require(known, "legal_basis", "must hold DPV 2.3 legal bases in docs/formats/charter.md only");
    let consent = terms.legal_basis.contains(dpv::CONSENT_BASIS);
    faults.require(consent, "legal_basis", "must hold dpv:ExplicitlyExpressedConsent");
    faults.require(dpv::is_place(&terms.jurisdiction), "jurisdiction", "must be a DPV place such as loc:DE");
    faults.require(dpv::is_place(&terms.storage), "storage", "must be a DPV place such as loc:DE");
}

fn scope(terms: &Terms, faults: &mut Faults) {
    let scope = &terms.scope;
    faults.require(!scope.fields.is_empty(), "scope.fields", "must name at least one field");
    let hours = scope.hours;
    let in_day = hours.from <= 23 && (1..=24).contains(&hours.to) && hours.from != hours.to;
    faults.require(in_day, "scope.hours", "must go from 0-23 to another hour of 1-24");
    let count = scope.apps.len();
    faults.require((1..=ENTRIES_MAX).contains(&count), "scope.app", "must be given 1 to 500 times");
    let few = scope.never_apps.len() <= ENTRIES_MAX && scope.never_sites.len() <= ENTRIES_MAX;
    faults.require(few, "scope.never", "must hold at most 500 entries");
    for app in &scope.apps {
        app_rules(app, faults);
    }
    for app in &scope.never_apps {
        faults.text(&app.title, format!("scope.never_app {}: title", app.id));
        let plain = app.window_classes.iter().all(|class| is_plain_line(class));
        faults.require(plain, format!("scope.never_app {}: window_classes", app.id), "must be plain text");
    }
    for site in &scope.never_sites {
        faults.require(is_host(site), format!("scope.never_sites: {site}"), "must be a host name");
    }
}

fn app_rules(app: &AppRule, faults: &mut Faults) {
    let place = |key: &str| format!("scope.app {}: {key}", app.id);
    faults.text(&app.title, place("title"));
    let classes = !app.window_classes.is_empty() && app.window_classes.len() <= ENTRIES_MAX;
    let plain = app.window_classes.iter().all(|class| is_plain_line(class));
    faults.require(classes && plain, place("window_classes"), "must name at least one window class");
    let sites = if app.browser { !app.sites.is_empty() } else { app.sites.is_empty() };
    faults.require(sites, place("sites"), "must be named for a browser, and for nothing else");
    faults.require(app.sites.len() <= ENTRIES_MAX, place("sites"), "must be at most 500");
    for site in &app.sites {
        // A name without a dot would allow everything below a top-level domain.
        let bounded = is_host(site) && site.as_str().contains('.');
        faults.require(bounded, place("sites"), "must be full host names, such as forms.example.org");
    }
}

fn conflicts(terms: &Terms, faults: &mut Faults) {
    let scope = &terms.scope;
    let mut ids = BTreeSet::new();
    let mut titles = BTreeSet::new();
    let mut classes = BTreeSet::new();
    let allowed = scope.apps.iter().map(|app| (&app.id, &app.title, &app.window_classes));
    let never = scope.never_apps.iter().map(|app| (&app.id, &app.title, &app.window_classes));
    for (id, title, window_classes) in allowed.chain(never) {
        let rule = "must stand once, either allowed or never";
        faults.require(ids.insert(id), format!("app {id}"), rule);
        faults.require(titles.insert(title.to_lowercase()), format!("app {id}: title"), rule);
        for class in window_classes {
            faults.require(classes.insert(class), format!("app {id}: window class"), rule);
        }
    }
    for site in scope.apps.iter().flat_map(|app| &app.sites) {
        let never = scope.never_sites.iter().any(|never| covers(never, site));
        faults.require(!never, format!("site {site}"), "must not be both allowed and never recorded");
    }
}

fn signers(terms: &Terms, faults: &mut Faults) {
    let roles: BTreeSet<Role> = terms.signers.iter().map(|s| s.role).collect();
    let four = terms.signers.len() == Role::ALL.len() && roles.len() == Role::ALL.len();
    let rule = "must be exactly four: privacy, legal, worker_representative, security";
    faults.require(four, "signer", rule);
    let names: BTreeSet<_> = terms.signers.iter().map(|s| s.name.trim().to_lowercase()).collect();
    faults.require(names.len() == terms.signers.len(), "signer.name", "must be four different people");
    let keys: BTreeSet<_> = terms.signers.iter().map(|s| s.key).collect();
    faults.require(keys.len() == terms.signers.len(), "signer.key", "must be four different keys");
    for signer in &terms.signers {
        faults.text(&signer.name, format!("signer {}: name", signer.role));
    }
}

fn recipients(terms: &Terms, faults: &mut Faults) {
    let count = terms.recipients.len();
    faults.require((1..=ENTRIES_MAX).contains(&count), "recipient", "must be given 1 to 500 times");
    let ids: BTreeSet<_> = terms.recipients.iter().map(|r| &r.id).collect();
    let keys: BTreeSet<PublicKey> = terms.recipients.iter().map(|r| r.key).collect();
    let different = ids.len() == count && keys.len() == count;
    faults.require(different, "recipient", "must have an id and a key of its own");
    for recipient in &terms.recipients {
        let place =
            |key: &str| format!("recipient {}: {key}", recipient.id.chars().take(64).collect::<String>());
        faults.require(is_name(&recipient.id), place("id"), "must be a name of a-z, 0-9 and '-'");
        faults.text(&recipient.name, place("name"));
        // Who asks for data never decides about the program.
        let apart = terms.signers.iter().all(|signer| signer.key != recipient.key);
        faults.require(apart, place("key"), "must not be the key of a signer");
    }
}

fn documents(terms: &Terms, faults: &mut Faults) {
    let kinds: BTreeSet<_> = terms.documents.iter().map(|d| d.kind).collect();
    for kind in DocumentKind::REQUIRED {
        faults.require(kinds.contains(&kind), format!("document {}", kind.as_str()), "must be attached");
    }
    faults.require(terms.documents.len() <= ENTRIES_MAX, "document", "must be given at most 500 times");
    let digests: BTreeSet<_> = terms.documents.iter().map(|d| d.digest).collect();
    faults.require(digests.len() == terms.documents.len(), "document", "must be a document of its own");
    for document in &terms.documents {
        faults.text(&document.title, format!("document {}: title", document.kind.as_str()));
    }
}

/// Text that cannot pretend to be another part of a notice: one line, nothing invisible, no change of direction.
fn is_plain_line(text: &str) -> bool {
    is_plain(text) && text.chars().count() <= TEXT_CHARS_MAX
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(is_deceptive)
}

/// Control, zero-width and direction characters (Unicode TR 36, sections 2.6 and 2.10).
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}

fn is_language(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let alphanumeric =
        parts.iter().all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    alphanumeric && parts.first().is_some_and(|p| p.len() <= 3 && p.bytes().all(|b| b.is_ascii_lowercase()))
}

/// A host as RFC 1123, section 2.1 writes it, in lower case: labels of letters, digits and hyphens.
fn is_host(site: &Site) -> bool {
    let label = |l: &str| {
        !l.is_empty() && !l.starts_with('-') && !l.ends_with('-') && !l.contains('_') && l.len() <= 63
    };
    site.as_str().split('.').all(label)
}
