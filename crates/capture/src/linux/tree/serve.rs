//! The thread that asks: it answers what the sensor wants to know while the bus is there, and looks for the bus while it is not.
//!
//! Without the bus no question has an answer: windows have no tree, browsers no site, so that the gate refuses them, and keys are counted.
//! What was heard before goes with the bus.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::bus::{Bus, Element};
use super::composed::is_open;
use super::listen::{Ear, Hears};
use super::reach::{self, Pauses};
use super::{ELEMENT_BUDGET_MS, One, PAGE_BUDGET_MS, Request, Which, match_keys, page, walk};
use crate::{Hearing, Now};
use candor_model::Node;

/// Nobody asks any more.
struct NobodyAsks;

/// Serves until nobody asks any more. What is asked before the bus was looked for once waits.
pub(super) async fn serve(
    display: &str,
    now: &Now,
    mut requests: UnboundedReceiver<Request>,
    tells: &watch::Sender<Hearing>,
) {
    let mut pauses = Pauses::new();
    let mut found = heard(display, now).await;
    loop {
        if let Some(heard) = found {
            tells.send_replace(Hearing::Heard);
            let began = Instant::now();
            if let Err(NobodyAsks) = attend(heard, &mut requests).await {
                return;
            }
            pauses.ended_after(began.elapsed());
        }
        tells.send_replace(Hearing::Unheard);
        let Ok(again) = unheard(display, now, &mut requests, &mut pauses).await else { return };
        found = Some(again);
    }
}

/// A bus that lets hear.
type Heard = (Rc<Bus>, Ear, Hears);

async fn heard(display: &str, now: &Now) -> Option<Heard> {
    let bus = Rc::new(reach::bus(display).await?);
    let (ear, hears) = Ear::open(&bus, now).await?;
    Some((bus, ear, hears))
}

/// Answers until the bus is gone.
async fn attend(
    (bus, ear, mut hears): Heard,
    requests: &mut UnboundedReceiver<Request>,
) -> Result<(), NobodyAsks> {
    loop {
        tokio::select! {
            biased;
            _ = &mut hears => return Ok(()),
            request = requests.recv() => answer(&bus, &ear, request.ok_or(NobodyAsks)?).await,
        }
    }
}

/// Looks for the bus until it is there. What is asked meanwhile has no answer, at once.
async fn unheard(
    display: &str,
    now: &Now,
    requests: &mut UnboundedReceiver<Request>,
    pauses: &mut Pauses,
) -> Result<Heard, NobodyAsks> {
    let looked = async {
        loop {
            tokio::time::sleep(pauses.next()).await;
            if let Some(again) = heard(display, now).await {
                return again;
            }
        }
    };
    tokio::pin!(looked);
    loop {
        tokio::select! {
            again = &mut looked => return Ok(again),
            request = requests.recv() => drop(request.ok_or(NobodyAsks)?),
        }
    }
}

async fn answer(bus: &Bus, ear: &Ear, request: Request) {
    match request {
        Request::Tree(client, changes, reply) => {
            ear.changed(changes.as_ref());
            let _ = reply.send(walk::tree(bus, ear, &client).await);
        }
        Request::Page(client, reply) => {
            let asked = timeout(Duration::from_millis(PAGE_BUDGET_MS), page::of(bus, &client));
            let _ = reply.send(asked.await.ok().flatten());
        }
        Request::Element(which, reply) => {
            let asked = timeout(Duration::from_millis(ELEMENT_BUDGET_MS), one(bus, ear, which));
            let _ = reply.send(asked.await.ok().flatten());
        }
        Request::Listen(client) => ear.attend(bus, &client).await,
        Request::Ignore(window) => ear.refuse(window),
        Request::Typed(run, reply) => {
            let typed = match_keys::text(ear, &run).await;
            let _ = reply.send(typed.map(|(typed, element)| (typed.text, element)));
        }
        Request::Composing(run, reply) => {
            let composing =
                ear.with(|heard| heard.window_mut(run.window).is_some_and(|window| is_open(window, &run)));
            let _ = reply.send(composing);
        }
        #[cfg(test)]
        Request::Tally(reply) => reply.send(bus.tally()).unwrap(),
    }
}

async fn one(bus: &Bus, ear: &Ear, which: Which) -> Option<One> {
    match which {
        Which::At(client, at) => walk::at_point(bus, &client, at).await,
        Which::Focused(window, at_us) => alone(walk::one(bus, ear.focus(window, at_us)?).await),
        Which::This(element) => alone(walk::one(bus, element).await),
    }
}

fn alone(one: Option<(Element, Node)>) -> Option<One> {
    one.map(|(element, node)| (element, node, Vec::new()))
}
