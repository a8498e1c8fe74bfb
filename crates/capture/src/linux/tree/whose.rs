//! Whose text is heard: the permitted window that an element lies in, and whether a person writes there what may be heard.

use std::cell::RefCell;
use std::rc::Rc;

use candor_model::Rect;
use zeroize::Zeroizing;

use super::asked::Asked;
use super::bus::{ACCESSIBLE, Bus, Element};
use super::find::FRAMES_MAX;
use super::heard::{Heard, Judged, Kind};
use super::memory::common;
use super::node::Facts;
use super::role::{self, States};

/// Most parents that are followed from an element to its window.
const DEPTH_MAX: usize = 64;
/// What an element was found to be is asked again after this time, in microseconds: a password field can become a text.
const JUDGED_US: u64 = 500_000;

/// Whose text a change is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody writes there, or the keyboard is elsewhere.
    Nobody,
    /// It may be what the keys wrote, and may not be heard.
    Withheld,
    /// Of this permitted window.
    Window(u64),
}

/// Of an element that did not answer it is not known whether it is what the keys wrote.
pub(super) const fn whose(judged: Option<Judged>) -> Whose {
    match judged {
        Some(Judged { kind: Kind::Fixed, .. } | Judged { focused: false, .. }) => Whose::Nobody,
        None | Some(Judged { kind: Kind::Withheld, .. }) => Whose::Withheld,
        Some(Judged { kind: Kind::Open, window, .. }) => Whose::Window(window),
    }
}

/// What an element is: whether a person writes in it, whether that may be heard, and in which permitted window it lies. None if
/// it did not answer.
pub(super) async fn judged(
    heard: &Rc<RefCell<Heard>>,
    bus: &Bus,
    element: &Element,
    windows: &[(u64, Element)],
    at_us: u64,
) -> Option<Judged> {
    let has_focus = heard.borrow().focus(&element.0) == Some(&element.1);
    let known = heard.borrow().judged(element);
    if let Some(known) = known.filter(|known| {
        let fresh = at_us.saturating_sub(known.at_us) < JUDGED_US;
        fresh && (known.focused || !has_focus || known.kind == Kind::Fixed)
    }) {
        return Some(known);
    }
    let (role, states) = tokio::join!(
        bus.ask::<u32, _>(element, ACCESSIBLE, "GetRole", &()),
        bus.ask::<Vec<u32>, _>(element, ACCESSIBLE, "GetState", &())
    );
    let (role, states) = (role?, States::of(&states?));
    let kind = kind(role, states);
    let nowhere = windows.first().map(|(id, _)| *id)?;
    let application = heard.borrow().window(nowhere)?.frame.application.clone();
    let lies_in = if kind == Kind::Open { lies_in(bus, element, &application, windows).await? } else { None };
    let judged = Judged {
        at_us,
        window: lies_in.unwrap_or(nowhere),
        kind: if kind == Kind::Open && lies_in.is_none() { Kind::Fixed } else { kind },
        focused: has_focus || states.focused(),
    };
    heard.borrow_mut().judge(element, judged);
    Some(judged)
}

fn kind(role: u32, states: States) -> Kind {
    if matches!(role, role::PASSWORD | role::TERMINAL) {
        Kind::Withheld
    } else if states.editable() {
        Kind::Open
    } else {
        Kind::Fixed
    }
}

/// Which of the windows an element lies in, if any; none at all if an element on the way did not answer.
async fn lies_in(
    bus: &Bus,
    element: &Element,
    application: &Element,
    windows: &[(u64, Element)],
) -> Option<Option<u64>> {
    let mut at = element.clone();
    for _ in 0..DEPTH_MAX {
        if let Some((id, _)) = windows.iter().find(|(_, window)| at == *window) {
            return Some(Some(*id));
        }
        let parent = bus.parent_told(&at).await?;
        let Some(parent) = parent else { return twin(bus, &at, application, windows).await };
        at = parent;
    }
    Some(None)
}

/// The window whose other element this is, at the top of what lies in it. An office suite has two for each window: one that it shows to the bus, and
/// one without its border that its own elements lie in. Of the windows around that one, one and no other may have its name.
async fn twin(
    bus: &Bus,
    top: &Element,
    application: &Element,
    windows: &[(u64, Element)],
) -> Option<Option<u64>> {
    if bus.ask::<u32, _>(top, ACCESSIBLE, "GetRole", &()).await? != role::FRAME {
        return Some(None);
    }
    let (at, named) = (place(bus, top).await?, name(bus, top).await?);
    let mut twins = Vec::new();
    for frame in bus.children(application).await?.into_iter().take(FRAMES_MAX) {
        // Names are asked of what lies around it only: they are titles.
        if common(place(bus, &frame).await?, at) == at && name(bus, &frame).await? == named {
            twins.push(frame);
        }
    }
    let [twin] = twins.as_slice() else { return Some(None) };
    Some(windows.iter().find(|(_, window)| window == twin).map(|(id, _)| *id))
}

async fn place(bus: &Bus, of: &Element) -> Option<Rect> {
    let mut facts = Facts::default();
    facts.ask(bus, of, &[Asked::Place]).await;
    facts.place
}

async fn name(bus: &Bus, of: &Element) -> Option<Zeroizing<String>> {
    let mut facts = Facts::default();
    facts.ask(bus, of, &[Asked::Name]).await;
    facts.name.take().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITABLE: u32 = 1 << 7;

    #[test]
    fn passwords_and_terminals_are_withheld_and_what_nobody_writes_in_is_nothing() {
        let editable = States::of(&[EDITABLE]);
        for (role, states, expected) in [
            (61, editable, Kind::Open),
            (role::PASSWORD, editable, Kind::Withheld),
            (role::TERMINAL, editable, Kind::Withheld),
            (role::TERMINAL, States::default(), Kind::Withheld),
            (29, States::default(), Kind::Fixed),
        ] {
            assert_eq!(kind(role, states), expected, "{role}");
        }
    }

    #[test]
    fn a_text_is_heard_only_where_the_keyboard_is() {
        let judged = |kind, focused| Some(Judged { at_us: 0, window: 7, kind, focused });
        assert_eq!(whose(judged(Kind::Open, true)), Whose::Window(7));
        assert_eq!(whose(judged(Kind::Open, false)), Whose::Nobody);
        assert_eq!(whose(judged(Kind::Fixed, true)), Whose::Nobody);
        assert_eq!(whose(judged(Kind::Withheld, true)), Whose::Withheld);
        assert_eq!(whose(None), Whose::Withheld);
    }
}
