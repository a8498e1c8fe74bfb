//! Reasons: why a decision is no. Each has a code that stays, and a sentence for people.

use std::fmt;

use candor_model::PurposeId;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $sentence:literal;)*) => {
        /// A reason against. It names no window, no site and no text.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
            /// The purpose is one that the charter forbids.
            PurposeProhibited(PurposeId),
            /// The charter does not know the purpose.
            PurposeUnknown(PurposeId),
            /// The contributor did not choose the purpose.
            PurposeNotInConsent(PurposeId),
        }

        impl Reason {
            /// Every code, in the order of the reasons.
            pub const CODES: &[&'static str] =
                &[$($code,)* "purpose_prohibited", "purpose_unknown", "purpose_not_in_consent"];

            /// The code: stable, for files and counters.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::PurposeProhibited(_) => "purpose_prohibited",
                    Self::PurposeUnknown(_) => "purpose_unknown",
                    Self::PurposeNotInConsent(_) => "purpose_not_in_consent",
                }
            }

            /// The sentence of a stored code; none for one that names a purpose, or is not of this version.
            #[must_use]
            pub fn sentence_of(code: &str) -> Option<String> {
                match code {
                    $($code => Some($sentence.to_owned()),)*
                    _ => None,
                }
            }

            /// The sentence for people.
            #[must_use]
            pub fn sentence(&self) -> String {
                match self {
                    $(Self::$name => $sentence.to_owned(),)*
                    Self::PurposeProhibited(id) => format!("The charter forbids the purpose {id}."),
                    Self::PurposeUnknown(id) => format!("The charter has no purpose {id}."),
                    Self::PurposeNotInConsent(id) => format!("The consent does not cover the purpose {id}."),
                }
            }
        }
    };
}

reasons! {
    /// The state is of another charter.
    OtherCharter: "other_charter", "The program's state belongs to another charter.";
    /// The program is not in a state in which it runs.
    ProgramNotRunning: "program_not_running", "The program is not running.";
    /// The pilot's days are over.
    PilotEnded: "pilot_ended", "The pilot has ended.";
    /// The sign-offs ran out.
    ApprovalExpired: "approval_expired", "The program's approval has run out.";
    /// The program was stopped.
    Halted: "halted", "The program has been stopped.";
    /// Time is earlier than it was known to be.
    ClockWentBack: "clock_went_back", "The clock is behind a time that was already known.";
    /// No lease.
    NoLease: "no_lease", "The server's permission to record is missing.";
    /// The lease is for another program.
    LeaseForOther: "lease_for_other_program", "The server's permission is for another program.";
    /// The lease ran out.
    LeaseExpired: "lease_expired", "The server's permission has run out and was not renewed.";
    /// The lease begins later.
    LeaseNotYet: "lease_not_yet_valid", "The server's permission begins later than this clock says.";
    /// The lease says stop.
    LeaseSaysStop: "lease_says_stop", "The server says that recording must stop.";
    /// No consent.
    NoConsent: "no_consent", "There is no consent.";
    /// The consent is for another charter.
    ConsentForOther: "consent_for_other_charter", "The consent is for another charter.";
    /// The consent was withdrawn.
    Withdrawn: "withdrawn", "The consent was withdrawn.";
    /// The time for second thoughts is not over.
    ConsentNotYet: "consent_not_yet_effective", "The time for second thoughts is not over.";
    /// The consent ended by itself.
    ConsentExpired: "consent_expired", "The consent has run out.";
    /// The person paused.
    Paused: "paused", "Recording is paused.";
    /// Outside of the charter's hours.
    OutsideHours: "outside_hours", "The charter does not allow recording at this hour.";
    /// The day's bytes are used up.
    OverBudget: "over_budget", "What may be kept in one day is used up.";
    /// The window is private.
    PrivateWindow: "private_window", "Private windows are never recorded.";
    /// The screen is locked.
    ScreenLocked: "screen_locked", "A locked screen is never recorded.";
    /// The application is named as never recorded.
    AppNever: "app_never", "This application is never recorded.";
    /// The charter does not name the application.
    AppNotInCharter: "app_not_in_charter", "The charter does not name this application.";
    /// The contributor did not choose the application.
    AppNotInConsent: "app_not_in_consent", "The consent does not cover this application.";
    /// The contributor does not want it recorded on this device.
    NotHere: "not_here", "You said that this application is not recorded on this device.";
    /// Which site a browser shows is not known.
    UnknownSite: "unknown_site", "It is not known which site is shown.";
    /// The site is named as never recorded.
    SiteNever: "site_never", "This site is never recorded.";
    /// The charter does not name the site for this application.
    SiteNotInCharter: "site_not_in_charter", "The charter does not name this site.";
    /// No field was chosen.
    NoField: "no_field", "The consent covers no kind of signal.";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

/// A no, with every reason for it. There is at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .reasons.iter().map(Reason::sentence).collect::<Vec<_>>().join(" "))]
pub struct Refusal {
    /// Every reason, in the order of [`Reason::CODES`]; never empty.
    pub reasons: Vec<Reason>,
}

impl Refusal {
    /// The codes of the reasons.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        self.reasons.iter().map(Reason::code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_one_of_a_kind() {
        let codes: BTreeSet<_> = Reason::CODES.iter().collect();
        assert_eq!(codes.len(), Reason::CODES.len());
    }
}
