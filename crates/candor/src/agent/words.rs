//! What a contributor reads of a recording, in the command line and on the page.

use candor_capture::Counted;
use candor_journal::{Gap, Masked, State};
use candor_model::{Action, Finding, Place, Target, Timestamp};
use candor_redact::{FACE_RULE, UNSEEN_RULE};

use super::live::not;

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
        Action::Click { at, count, .. } => format!("{} at {},{}", clicks(*count), at.x, at.y),
        Action::Keys { count } => format!("{count} keys, not kept"),
        Action::Drag { .. } | Action::Scroll { .. } | Action::Wait { .. } | Action::SwitchWindow {} => {
            action.kind().replace('_', " ")
        }
    }
}

const fn clicks(count: u8) -> &'static str {
    match count {
        0 | 1 => "click",
        2 => "double click",
        _ => "triple click",
    }
}

/// What was acted on.
pub(crate) fn target(target: &Target) -> String {
    format!("{} {}", target.role, target.name.as_deref().unwrap_or(""))
}

/// Why the gate refused, a sentence for each reason.
pub(crate) fn reasons(gap: &Gap) -> Vec<String> {
    gap.codes.iter().map(|code| not::sentence(code)).collect()
}

/// Of how many runs of keys only the number of keys is kept, and why.
pub(crate) fn only_counted(why: Counted, runs: u64) -> String {
    let why = match why {
        Counted::NotGiven => "you do not give typed text",
        Counted::NotHeard => "the window was not heard from the first key on",
        Counted::Silent => "the application told of no text",
        Counted::Incomplete => "the application told of a part of it only",
        Counted::Unlike => "what the application told does not fit the keys",
        Counted::Withheld => "a password field, a terminal, or a field that did not say what it is",
        Counted::Changed => "the window changed meanwhile",
    };
    format!("keys only counted, {runs} times: {why}")
}

/// What was taken out. A face has no kind of its own: a picture is taken out of a step for many reasons, and this one people ask for;
/// and so they may ask why a picture is gone in which there is none.
pub(crate) fn taken_out(finding: &Finding) -> &'static str {
    match finding.rule.as_str() {
        FACE_RULE => "faces, each with the head around it",
        UNSEEN_RULE => "pictures, too many new ones at once to look for faces in",
        _ => finding.kind.plain(),
    }
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

/// Where a word was found, each kind of place once.
pub(crate) fn places(places: &[Place]) -> Vec<&'static str> {
    let mut named: Vec<&'static str> = Vec::new();
    for word in places.iter().map(place) {
        if !named.contains(&word) {
            named.push(word);
        }
    }
    named
}

/// What a mask takes out.
pub(crate) fn masked(what: &Masked) -> String {
    match what {
        Masked::Region { step: Some(step), region } => {
            format!("a region of {} by {} pixels in step {step}", region.width, region.height)
        }
        Masked::Region { step: None, region } => {
            format!("a region of {} by {} pixels in every step", region.width, region.height)
        }
        Masked::Word(word) => format!("the word {word:?}, everywhere"),
        Masked::App(app) => format!("every step in {app}"),
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment, to the minute: `28 Nov 2026, 18:42 UTC`.
pub(crate) fn when(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    let time = time.get(..5).unwrap_or(time);
    match day.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => {
            let month =
                month.parse().ok().and_then(|n: usize| MONTHS.get(n.checked_sub(1)?)).unwrap_or(month);
            format!("{} {month} {year}, {time} UTC", day.trim_start_matches('0'))
        }
        _ => format!("{day}, {time} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use candor_model::{Finding, FindingKind, Place, Timestamp};

    use super::{FACE_RULE, UNSEEN_RULE, taken_out, when};

    #[test]
    fn faces_are_told_apart_from_other_pictures() {
        let of =
            |rule: &str| Finding { kind: FindingKind::Unknown, rule: rule.to_owned(), place: Place::Title };
        assert!(taken_out(&of(FACE_RULE)).starts_with("faces"));
        assert!(taken_out(&of(UNSEEN_RULE)).contains("too many"));
        assert_eq!(taken_out(&of("image.photo")), FindingKind::Unknown.plain());
    }

    #[test]
    fn a_moment_is_written_as_people_do() {
        assert_eq!(when(Timestamp::from_millis(0)), "1 Jan 1970, 00:00 UTC");
        assert_eq!(when(Timestamp::from_millis(1_796_000_000_000)), "30 Nov 2026, 00:53 UTC");
    }
}
