//! Why nothing is recorded: the codes that the recorder notes beside the gate's own, with a sentence for each.

use candor_consent::Reason;
use serde::{Deserialize, Serialize};

/// The light is not seen.
pub(crate) const LIGHT_LOST: &str = "light_lost";
/// The server has not said for a while that it may go on.
pub(crate) const SERVER_SILENT: &str = "server_silent";

/// What a device over its budgets leaves out from here on, and that it leaves out nothing any more.
pub(crate) const FRAMES_LEFT_OUT: &str = "frames_left_out";
pub(crate) const TREES_LEFT_OUT: &str = "trees_left_out";
pub(crate) const NOTHING_LEFT_OUT: &str = "nothing_left_out";

/// What applications say of themselves is not heard from here on, and is heard again.
pub(crate) const APPLICATIONS_UNHEARD: &str = "applications_unheard";
pub(crate) const APPLICATIONS_HEARD: &str = "applications_heard";
/// The first of the two while it is so, and what to do.
pub(crate) const UNHEARD_NOW: &str = "What applications say of themselves cannot be heard: the accessibility bus is not there. \
    Keys are only counted, browsers are refused, and windows are masked in pictures. Start it (`systemctl --user restart at-spi-dbus-bus` \
    of the package at-spi2-core, or log out and in again), then close your applications and open them anew.";

/// What an entry of a recording beside its steps tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// Nothing was recorded.
    NotRecorded,
    /// What was otherwise from then on, while recording went on.
    Note,
    /// What was recorded was deleted again, as the person wished.
    Forgotten,
}

impl Entry {
    /// By the codes that stand in the recording.
    pub(crate) fn of(codes: &[String]) -> Self {
        match codes.first().map_or("", String::as_str) {
            candor_journal::FORGOTTEN => Self::Forgotten,
            APPLICATIONS_UNHEARD | APPLICATIONS_HEARD | FRAMES_LEFT_OUT | TREES_LEFT_OUT
            | NOTHING_LEFT_OUT => Self::Note,
            _ => Self::NotRecorded,
        }
    }

    /// As it stands before the entry.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::NotRecorded => "not recorded",
            Self::Note => "note",
            Self::Forgotten => "forgotten",
        }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Why {
    pub(crate) code: String,
    pub(crate) sentence: String,
}

impl Why {
    /// One of the recorder's own.
    pub(crate) fn of(code: &str) -> Self {
        Self { code: code.to_owned(), sentence: sentence(code) }
    }

    /// Applications are not heard at this moment.
    pub(crate) fn unheard() -> Self {
        Self { code: APPLICATIONS_UNHEARD.to_owned(), sentence: UNHEARD_NOW.to_owned() }
    }
}

impl From<&Reason> for Why {
    fn from(reason: &Reason) -> Self {
        Self { code: reason.code().to_owned(), sentence: reason.sentence() }
    }
}

/// The sentence of a code in a recording; the code itself where there is none.
pub(crate) fn sentence(code: &str) -> String {
    let own = match code {
        LIGHT_LOST => "The light could not be seen, so nothing was recorded.",
        SERVER_SILENT => "The server did not answer, so nothing was recorded.",
        candor_journal::FORGOTTEN => "You wanted this time forgotten: it is deleted.",
        "never_recorded" => "This is about something that is never recorded.",
        "screen_shared" => "Your screen is shared with others: nothing is recorded meanwhile.",
        "input_lost" => "Input came faster than it could be taken.",
        "not_captured" => "The screen changed while it was looked at, so nothing was taken.",
        FRAMES_LEFT_OUT => "From here on pictures are left out.",
        TREES_LEFT_OUT => "From here on pictures and the names of what is on the screen are left out.",
        "device_budget" => "The recorder used more than it may on this device, so nothing was recorded.",
        NOTHING_LEFT_OUT => "From here on nothing is left out any more.",
        "cpu_budget" => "It used more processor time than it may.",
        "memory_budget" => "It used more memory than it may.",
        "stored_hour_budget" => "It stored more in an hour than it may.",
        "stored_day_budget" => "It is near what it may store in a day.",
        "battery_budget" => "The battery is low.",
        APPLICATIONS_UNHEARD => {
            "From here on what applications say of themselves could not be heard: keys are only counted."
        }
        APPLICATIONS_HEARD => {
            "From here on what applications say of themselves is heard again, of those opened since."
        }
        "ended" => "The recording ended before this was taken.",
        "desktop_lost" => "The desktop went away.",
        _ => return Reason::sentence_of(code).unwrap_or_else(|| code.to_owned()),
    };
    own.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_note_only_where_recording_went_on() {
        let of = |code: &str| Entry::of(&[code.to_owned(), "cpu_budget".to_owned()]);
        for code in
            [FRAMES_LEFT_OUT, TREES_LEFT_OUT, NOTHING_LEFT_OUT, APPLICATIONS_UNHEARD, APPLICATIONS_HEARD]
        {
            assert_eq!(of(code), Entry::Note, "{code}");
        }
        for code in ["device_budget", "input_lost", LIGHT_LOST, SERVER_SILENT, "a code of later"] {
            assert_eq!(of(code), Entry::NotRecorded, "{code}");
        }
        assert_eq!((of(candor_journal::FORGOTTEN), Entry::of(&[])), (Entry::Forgotten, Entry::NotRecorded));
    }
}
