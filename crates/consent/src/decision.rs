//! The one decision: may this be captured, here and at this moment?
//!
//! The default is no. Every condition is looked at, so that a person learns all reasons at once.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use candor_model::{AppId, ConsentId, Digest, Site, Timestamp};

use crate::{
    AppRule, BystanderRule, Charter, Consent, Field, Lease, ProgramState, Reason, Refusal, Verified,
};

/// What is known on the device.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The charter.
    pub charter: &'a Charter,
    /// The program's state.
    pub state: &'a ProgramState,
    /// The contributor's consent, if there is one.
    pub consent: Option<&'a Consent>,
    /// Whether it was withdrawn. On the device a withdrawal counts at once, whether or not anybody heard of it.
    pub withdrawn: bool,
    /// The newest lease.
    pub lease: Option<&'a Verified<Lease>>,
    /// Whether the contributor paused.
    pub paused: bool,
    /// What was used up.
    pub used: Used,
    /// The latest moment that the device knows has passed. A clock behind it was set back.
    pub latest_known: Timestamp,
}

/// What was used up of the budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Bytes kept on this calendar day in UTC.
    pub bytes_today: u64,
}

/// What is in front of the person, as far as the gate may know it: no title, no text, no pixel.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Class of the window.
    pub window_class: &'a str,
    /// Host of the site that a browser shows, in lower case and without a port; none if it is not known.
    pub site: Option<&'a str>,
    /// Whether the window is private.
    pub private: bool,
    /// Whether the screen is locked.
    pub locked: bool,
}

/// A yes for one context at one moment. Only [`decide`] makes one.
///
/// ```
/// // What compiles: to look at a permit.
/// fn look(permit: &candor_consent::Permit) -> bool { permit.allows(candor_consent::Field::Frame) }
/// ```
/// It cannot be written down by hand, copied, or read from a file:
///
/// ```compile_fail
/// let forged = candor_consent::Permit {
///     app: todo!(), site: None, fields: Default::default(), communication: false, consent: todo!(), charter: todo!(),
///     at: todo!(),
/// };
/// ```
/// ```compile_fail
/// fn twice(permit: &candor_consent::Permit) -> candor_consent::Permit { permit.clone() }
/// ```
/// ```compile_fail
/// let forged: candor_consent::Permit = serde_json::from_str("{}").unwrap();
/// ```
/// ```compile_fail
/// let forged = candor_consent::Permit::default();
/// ```
#[derive(Debug)]
pub struct Permit {
    app: AppId,
    site: Option<Site>,
    fields: BTreeSet<Field>,
    communication: bool,
    consent: ConsentId,
    charter: Digest,
    at: Timestamp,
}

impl Permit {
    /// The application.
    #[must_use]
    pub const fn app(&self) -> &AppId {
        &self.app
    }

    /// The site, as the charter names it: a subdomain that was visited is not told.
    #[must_use]
    pub const fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// Whether the contributor allowed this field.
    #[must_use]
    pub fn allows(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }

    /// The same permit without some of its fields: a device over its budget looks at less. There is no way to add one.
    #[must_use]
    pub fn without(mut self, fields: &[Field]) -> Self {
        self.fields.retain(|field| !fields.contains(field));
        self
    }

    /// Whether other people write in this application, so that what they wrote must be masked.
    #[must_use]
    pub const fn communication(&self) -> bool {
        self.communication
    }

    /// The consent that it rests on.
    #[must_use]
    pub const fn consent(&self) -> ConsentId {
        self.consent
    }

    /// The charter that it rests on.
    #[must_use]
    pub const fn charter(&self) -> Digest {
        self.charter
    }

    /// The moment that it was given for.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Decides whether what `request` describes may be captured at `now`.
///
/// # Errors
/// With every reason against it.
pub fn decide(world: &World<'_>, request: &Context<'_>, now: Timestamp) -> Result<Permit, Refusal> {
    let mut reasons = Vec::new();
    program_reasons(world, now, &mut reasons);
    lease_reasons(world, now, &mut reasons);
    consent_reasons(world, now, &mut reasons);
    device_reasons(world, request, now, &mut reasons);
    let app = app_reasons(world, request, &mut reasons);
    let site = site_reasons(world.charter, app, request.site, &mut reasons);
    match (app, world.consent) {
        (Some(app), Some(consent)) if reasons.is_empty() => {
            Ok(permit(world.charter, app, site, consent, now))
        }
        // A refusal without a reason cannot be; if it could, it would still be a refusal.
        _ => {
            Err(Refusal { reasons: if reasons.is_empty() { vec![Reason::AppNotInCharter] } else { reasons } })
        }
    }
}

fn permit(
    charter: &Charter,
    app: &AppRule,
    site: Option<&Site>,
    consent: &Consent,
    now: Timestamp,
) -> Permit {
    // Where the rule has no exception, every application counts as one in which other people write.
    let others_write = charter.bystander_rule() == BystanderRule::Masked;
    Permit {
        app: app.id.clone(),
        site: site.cloned(),
        fields: consent.grant().choice.fields.clone(),
        communication: app.communication || others_write,
        consent: consent.id(),
        charter: consent.charter(),
        at: now,
    }
}

fn program_reasons(world: &World<'_>, now: Timestamp, reasons: &mut Vec<Reason>) {
    if world.state.charter() != world.charter.digest() {
        reasons.push(Reason::OtherCharter);
    }
    reasons.extend(world.state.refuses_capture(now));
    if now < world.latest_known {
        reasons.push(Reason::ClockWentBack);
    }
}

fn lease_reasons(world: &World<'_>, now: Timestamp, reasons: &mut Vec<Reason>) {
    let Some(lease) = world.lease else {
        reasons.push(Reason::NoLease);
        return;
    };
    if lease.program != world.charter.digest() {
        reasons.push(Reason::LeaseForOther);
    }
    if now >= lease.expires_at {
        reasons.push(Reason::LeaseExpired);
    }
    if now < lease.issued_at {
        reasons.push(Reason::LeaseNotYet);
    }
    if !lease.state_ok {
        reasons.push(Reason::LeaseSaysStop);
    }
}

fn consent_reasons(world: &World<'_>, now: Timestamp, reasons: &mut Vec<Reason>) {
    reasons.extend(consent_refuses(world.charter, world.consent, world.withdrawn, now));
    if world.consent.is_some_and(|consent| consent.grant().choice.fields.is_empty()) {
        reasons.push(Reason::NoField);
    }
}

/// Why a consent does not count at `now`.
pub(crate) fn consent_refuses(
    charter: &Charter,
    consent: Option<&Consent>,
    withdrawn: bool,
    now: Timestamp,
) -> Vec<Reason> {
    let for_other = consent.is_some_and(|c| c.charter() != charter.digest());
    let not_yet = consent.is_some_and(|c| now < c.grant().effective_from);
    let expired = consent.is_some_and(|c| now >= c.grant().expires_at);
    let found = [
        (consent.is_none(), Reason::NoConsent),
        (for_other, Reason::ConsentForOther),
        (withdrawn, Reason::Withdrawn),
        (not_yet, Reason::ConsentNotYet),
        (expired, Reason::ConsentExpired),
    ];
    found.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)).collect()
}

fn device_reasons(world: &World<'_>, request: &Context<'_>, now: Timestamp, reasons: &mut Vec<Reason>) {
    let scope = world.charter.scope();
    let found = [
        (world.paused, Reason::Paused),
        (!scope.hours().contain(now), Reason::OutsideHours),
        (world.used.bytes_today >= scope.budgets().bytes_per_day, Reason::OverBudget),
        (request.private, Reason::PrivateWindow),
        (request.locked, Reason::ScreenLocked),
    ];
    reasons.extend(found.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)));
}

fn app_reasons<'a>(
    world: &World<'a>,
    request: &Context<'_>,
    reasons: &mut Vec<Reason>,
) -> Option<&'a AppRule> {
    let scope = world.charter.scope();
    if scope.is_never_app(request.window_class) {
        reasons.push(Reason::AppNever);
        return None;
    }
    let Some(app) = scope.identify(request.window_class) else {
        reasons.push(Reason::AppNotInCharter);
        return None;
    };
    if world.consent.is_some_and(|consent| !consent.covers_app(&app.id)) {
        reasons.push(Reason::AppNotInConsent);
    }
    Some(app)
}

/// The site that the charter names, for a browser. A site that is never recorded is refused in any application.
fn site_reasons<'a>(
    charter: &Charter,
    app: Option<&'a AppRule>,
    shown: Option<&str>,
    reasons: &mut Vec<Reason>,
) -> Option<&'a Site> {
    let browser = app.is_some_and(|app| app.browser);
    let host = match shown.map(str::parse::<Site>) {
        None if browser => {
            reasons.push(Reason::UnknownSite);
            return None;
        }
        None => return None,
        Some(Err(_)) => {
            reasons.push(Reason::UnknownSite);
            return None;
        }
        Some(Ok(host)) => host,
    };
    if charter.scope().is_never_site(&host) {
        reasons.push(Reason::SiteNever);
        return None;
    }
    let site = app.and_then(|app| app.site_for(&host));
    if browser && site.is_none() {
        reasons.push(Reason::SiteNotInCharter);
    }
    site
}
