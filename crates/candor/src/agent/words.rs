//! What a contributor reads of a recording, in the command line and on the page.

use candor_consent::Reason;
use candor_journal::{Gap, State};
use candor_model::{Action, Place, Target};

/// How far a recording is.
pub(crate) const fn state(state: &State) -> &'static str {
    match state {
        State::Recording => "recording",
        State::Interrupted => "interrupted",
        State::InReview => "waits for you",
        State::Reviewed => "looked at",
        State::Releasing => "being released",
        State::Released { .. } => "released",
    }
}

/// What the person did.
pub(crate) fn action(action: &Action) -> String {
    match action {
        Action::Type { text } => format!("type {text:?}"),
        Action::Hotkey { keys } => format!("press {}", keys.join("+")),
        Action::Click { at, count, .. } => format!("click x{count} at {},{}", at.x, at.y),
        Action::Keys { count } => format!("{count} keys, not kept"),
        Action::Drag { .. } | Action::Scroll { .. } | Action::Wait { .. } | Action::SwitchWindow {} => {
            action.kind().replace('_', " ")
        }
    }
}

/// What was acted on.
pub(crate) fn target(target: &Target) -> String {
    format!("{} {}", target.role, target.name.as_deref().unwrap_or(""))
}

/// Why the gate refused, a sentence for each reason.
pub(crate) fn reasons(gap: &Gap) -> Vec<String> {
    let sentence = |code: &String| Reason::sentence_of(code).unwrap_or_else(|| code.clone());
    gap.codes.iter().map(sentence).collect()
}

/// Where something was taken out.
pub(crate) const fn place(place: &Place) -> &'static str {
    match place {
        Place::Typed => "the typed text",
        Place::Title => "the window's title",
        Place::Target => "the name of what you acted on",
        Place::Tree { .. } => "the names of what is on the screen",
        Place::Frame { .. } => "the picture",
        Place::Task => "the name of the task",
    }
}
