//! Which element of the accessibility bus is a window of the X server: the same process and the same place.

use candor_model::Rect;

use super::Client;
use super::bus::{ACCESSIBLE, Bus, COMPONENT, Element};
use super::role::States;

/// How far the two accounts of a place may differ, in pixels: borders and shadows.
const SLOP_PX: u32 = 4;
/// Most windows of one application that are compared.
const FRAMES_MAX: usize = 64;

/// A window on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) application: Element,
    pub(crate) element: Element,
    pub(crate) name: String,
}

/// The element of a window; none if there is none, or more than one that could be. One that was found before is asked whether
/// it is still there and in its place: nothing else of the desktop needs to answer then.
pub(crate) async fn frame(bus: &Bus, client: &Client) -> Option<Frame> {
    if let Some(known) = bus.known_frame(client.window) {
        let process = bus.process(&known.application.0).await;
        let still = candidate(bus, &known.application, known.element, client).await;
        if let Some((frame, _)) = still.filter(|_| process == Some(client.pid)) {
            return Some(frame);
        }
    }
    let found = searched(bus, client).await;
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
    let (states, place) =
        tokio::join!(bus.ask::<Vec<u32>, _>(&element, ACCESSIBLE, "GetState", &()), extents(bus, &element));
    let states: Vec<u32> = states?;
    let states = States::of(&states);
    let place = place?;
    if ![client.bounds, client.outer].into_iter().any(|bounds| is_near(place, bounds)) {
        return None;
    }
    let name = bus.name(&element).await?;
    Some((Frame { application: application.clone(), element, name }, states.active()))
}

/// Where an element is, in absolute pixels.
pub(crate) async fn extents(bus: &Bus, of: &Element) -> Option<Rect> {
    let (x, y, width, height): (i32, i32, i32, i32) = bus.ask(of, COMPONENT, "GetExtents", &(0_u32,)).await?;
    let side = |length: i32| u32::try_from(length).unwrap_or(0);
    Some(Rect { x, y, width: side(width), height: side(height) })
}

fn is_near(a: Rect, b: Rect) -> bool {
    let near = |a: u32, b: u32| a.abs_diff(b) <= SLOP_PX;
    a.x.abs_diff(b.x) <= SLOP_PX
        && a.y.abs_diff(b.y) <= SLOP_PX
        && near(a.width, b.width)
        && near(a.height, b.height)
}
