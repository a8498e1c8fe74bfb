//! Which element of the accessibility bus is a window of the X server: the same process and the same place.

use candor_model::Rect;

use super::Client;
use super::asked::Asked;
use super::bus::{Bus, Element};
use super::node::Facts;

/// How far the two accounts of a place may differ, in pixels: borders and shadows.
const SLOP_PX: u32 = 4;
/// Most pixels of the screen that one of an application's may be (`GDK_SCALE`, `QT_SCALE_FACTOR`).
const SCALE_MAX: u32 = 4;
/// Most windows of one application that are compared.
pub(super) const FRAMES_MAX: usize = 64;

/// A window on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) application: Element,
    pub(crate) element: Element,
    pub(crate) name: String,
    /// How many pixels of the screen one of the application's is.
    pub(crate) scale: u32,
}

/// Where a window was found on the bus.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) application: Element,
    pub(crate) element: Element,
}

/// The element of a window; none if there is none, or more than one that could be. One that was found before is asked whether
/// it is still there and in its place: nothing else of the desktop needs to answer then.
pub(crate) async fn frame(bus: &Bus, client: &Client) -> Option<Frame> {
    if let Some(known) = bus.known_frame(client.window) {
        let process = bus.process(&known.application.0).await;
        let still = candidate(bus, &known.application, known.element, client).await;
        if let Some((frame, _)) = still.filter(|_| process == Some(client.pid)) {
            bus.remember_scale(&frame);
            return Some(frame);
        }
    }
    let found = searched(bus, client).await;
    if let Some(found) = &found {
        bus.remember_scale(found);
    }
    bus.remember_frame(client.window, found.as_ref());
    found
}

async fn searched(bus: &Bus, client: &Client) -> Option<Frame> {
    let mut found = Vec::new();
    for application in bus.applications().await {
        if bus.process(&application.0).await != Some(client.pid) {
            continue;
        }
        for element in bus.children(&application).await.unwrap_or_default().into_iter().take(FRAMES_MAX) {
            found.extend(candidate(bus, &application, element, client).await);
        }
    }
    one_of(found, client)
}

/// Two windows in the same place: the one that is active, which the title tells apart too.
fn one_of(mut found: Vec<(Frame, bool)>, client: &Client) -> Option<Frame> {
    if found.len() > 1 {
        found.retain(|(frame, _)| frame.name.starts_with(&client.title));
    }
    if found.len() > 1 {
        found.retain(|(_, active)| *active);
    }
    let one = found.len() == 1;
    found.pop().filter(|_| one).map(|(frame, _)| frame)
}

async fn candidate(
    bus: &Bus,
    application: &Element,
    element: Element,
    client: &Client,
) -> Option<(Frame, bool)> {
    let mut facts = Facts::default();
    facts.ask(bus, &element, &[Asked::States, Asked::Place, Asked::Name]).await;
    let (states, name) = (facts.states?, facts.name?);
    let scale = scale(facts.place?, [client.bounds, client.outer])?;
    Some((Frame { application: application.clone(), element, name, scale }, states.active()))
}

/// By how much a place must be taken to be one of these; none if it is at none of them.
fn scale(place: Rect, bounds: [Rect; 2]) -> Option<u32> {
    (1..=SCALE_MAX).find(|scale| bounds.iter().any(|bounds| is_near(scaled(place, *scale), *bounds)))
}

/// A place in the application's pixels, in those of the screen.
pub(super) fn scaled(place: Rect, scale: u32) -> Rect {
    let side = |length: u32| length.saturating_mul(scale);
    let edge = |at: i32| at.saturating_mul(i32::try_from(scale).unwrap_or(1));
    Rect { x: edge(place.x), y: edge(place.y), width: side(place.width), height: side(place.height) }
}

/// Where an element is as it is told, in the pixels of its application.
pub(super) fn place((x, y, width, height): (i32, i32, i32, i32)) -> Rect {
    let side = |length: i32| u32::try_from(length).unwrap_or(0);
    Rect { x, y, width: side(width), height: side(height) }
}

fn is_near(a: Rect, b: Rect) -> bool {
    let near = |a: u32, b: u32| a.abs_diff(b) <= SLOP_PX;
    a.x.abs_diff(b.x) <= SLOP_PX
        && a.y.abs_diff(b.y) <= SLOP_PX
        && near(a.width, b.width)
        && near(a.height, b.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_that_draws_larger_is_found_by_its_own_pixels() {
        let place = |n: i32, side: u32| Rect { x: n, y: n, width: side, height: side };
        let (client, outer) = (place(100, 600), place(90, 640));
        for (told, expected) in [
            (place(100, 600), Some(1)),
            (place(88, 642), Some(1)),
            (place(50, 300), Some(2)),
            (place(45, 320), Some(2)),
            (place(33, 200), Some(3)),
            (place(50, 200), None),
            (place(20, 120), None),
        ] {
            assert_eq!(scale(told, [client, outer]), expected, "{told:?}");
        }
    }
}
