//! Where the pointer was when a button went down or up.
//!
//! Raw events have no place, and by the time that the pointer can be asked it may be elsewhere: on a busy machine a click came out
//! as a drag to the next one. The RECORD extension tells the place of each button event. It may lose some under load, so it is asked for
//! nothing else: what happened is what the raw events tell, and without a record the pointer is asked.

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use candor_model::Point;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::record::{self, ConnectionExt as _, Context, Range, Range8};
use x11rb::protocol::xproto::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ButtonPressEvent};
use x11rb::x11_utils::TryParse as _;

use crate::linux::wire::{XConnection, connect};

/// Longest wait for the record of an event that was seen. One that was lost is waited for no longer than for the next.
const LATE: Duration = Duration::from_millis(500);
/// Longest wait until the server records.
const START: Duration = Duration::from_secs(1);
/// Most places that wait to be asked for.
const PLACES_MAX: usize = 4_096;
/// The kind of reply that carries events, and the one that says that they come from now on.
const FROM_SERVER: u8 = 0;
const STARTED: u8 = 4;

/// A button event, by what a raw event tells of it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    /// The server's time.
    pub(crate) ms: u32,
    pub(crate) button: u32,
    pub(crate) down: bool,
}

impl Event {
    /// Times of the server begin anew after 49 days.
    const fn is_after(self, other: Self) -> bool {
        self.ms.wrapping_sub(other.ms).cast_signed() > 0
    }
}

#[derive(Default)]
struct Told {
    places: Mutex<VecDeque<(Event, Point)>>,
    more: Condvar,
}

impl Told {
    /// Waits for the record of this event; none if a later one came first, or none in time.
    fn place(&self, event: Event) -> Option<Point> {
        let places = self.places.lock().ok()?;
        let is_missing = |places: &mut VecDeque<(Event, Point)>| {
            !places.iter().any(|(told, _)| *told == event || told.is_after(event))
        };
        let (mut places, _) = self.more.wait_timeout_while(places, LATE, is_missing).ok()?;
        let found = places.iter().position(|(told, _)| *told == event)?;
        // They come in order: what is older is not asked for any more.
        places.drain(..=found).next_back().map(|(_, at)| at)
    }
}

/// The record of the button events.
pub(crate) struct Places {
    told: Arc<Told>,
    control: XConnection,
    context: Context,
    thread: Option<JoinHandle<()>>,
}

impl Places {
    /// None where the server records nothing.
    pub(crate) fn start(display: &str) -> Option<Self> {
        let (control, _) = connect(display).ok()?;
        let context = context(&control).ok()?;
        let (data, _) = connect(display).ok()?;
        let told = Arc::<Told>::default();
        let (started, wait) = sync_channel(1);
        let heard = Arc::clone(&told);
        let run = move || listen(&data, context, &heard, &started);
        let thread = std::thread::Builder::new().name("candor-places".to_owned()).spawn(run).ok()?;
        let places = Self { told, control, context, thread: Some(thread) };
        wait.recv_timeout(START).ok().map(|()| places)
    }

    /// Where the pointer was at this event; none if it was not recorded.
    pub(crate) fn of(&self, event: Event) -> Option<Point> {
        self.told.place(event)
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        let told = self.control.record_disable_context(self.context).and_then(|cookie| {
            cookie.ignore_error();
            self.control.flush()
        });
        // Where the server is gone, the thread's own connection has ended too.
        if let (Ok(()), Some(thread)) = (told, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

/// A context for the buttons of every device, and for nothing else.
fn context(control: &XConnection) -> Result<Context, ReplyOrIdError> {
    control.record_query_version(1, 13)?.reply()?;
    let context = control.generate_id()?;
    let buttons = Range8 { first: BUTTON_PRESS_EVENT, last: BUTTON_RELEASE_EVENT };
    let range = Range { device_events: buttons, ..Range::default() };
    control.record_create_context(context, 0, &[record::CS::ALL_CLIENTS.into()], &[range])?.check()?;
    Ok(context)
}

fn listen(data: &XConnection, context: Context, told: &Told, started: &SyncSender<()>) {
    let Ok(replies) = data.record_enable_context(context) else { return };
    for reply in replies.map_while(Result::ok) {
        if reply.category == STARTED {
            let _ = started.try_send(());
        } else if reply.category == FROM_SERVER && !reply.client_swapped {
            let Ok(mut places) = told.places.lock() else { return };
            places.extend(events(&reply.data));
            let surplus = places.len().saturating_sub(PLACES_MAX);
            places.drain(..surplus);
            told.more.notify_all();
        }
    }
}

fn events(mut data: &[u8]) -> Vec<(Event, Point)> {
    let mut found = Vec::new();
    // Presses and releases have the same form (X11 protocol, appendix B).
    while let Ok((event, rest)) = ButtonPressEvent::try_parse(data) {
        let kind = event.response_type & 0x7f;
        let at = Point { x: event.root_x.into(), y: event.root_y.into() };
        let told = Event { ms: event.time, button: event.detail.into(), down: kind == BUTTON_PRESS_EVENT };
        if [BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT].contains(&kind) {
            found.push((told, at));
        }
        data = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(ms: u32) -> Event {
        Event { ms, button: 1, down: true }
    }

    #[test]
    fn a_record_that_was_lost_is_not_taken_from_a_later_event_and_costs_it_nothing() {
        let at = |x| Point { x, y: 0 };
        let told = Told::default();
        told.places.lock().unwrap().extend([(event(10), at(1)), (event(30), at(3))]);
        assert_eq!(told.place(event(20)), None);
        assert_eq!((told.place(event(10)), told.place(event(30))), (Some(at(1)), Some(at(3))));
        assert!(told.places.lock().unwrap().is_empty());
    }

    #[test]
    fn later_is_told_also_where_the_time_of_the_server_begins_anew() {
        assert!(event(11).is_after(event(10)) && event(5).is_after(event(u32::MAX - 5)));
        assert!(!event(10).is_after(event(10)) && !event(u32::MAX).is_after(event(5)));
    }
}
