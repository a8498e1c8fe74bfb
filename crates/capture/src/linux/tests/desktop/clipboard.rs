//! Somebody who holds the clipboard, and somebody who asks for it.

use super::*;

impl Desktop {
    /// Somebody who owns the clipboard.
    pub(in super::super) fn clipboard(&self) -> Owner {
        Owner::new(&self.display)
    }

    /// What the clipboard holds, as somebody gets it who asks.
    pub(in super::super) fn pasted(&self) -> String {
        let mut ask = Command::new("xclip");
        let ask = ask.args(["-o", "-selection", "clipboard"]).env("DISPLAY", &self.display);
        let told = ask.output().unwrap_or_else(|error| missing("xclip", &error));
        String::from_utf8(told.stdout).unwrap()
    }
}

/// The owner of the clipboard.
pub(in super::super) struct Owner {
    connection: XConnection,
    window: Window,
}

impl Owner {
    fn new(display: &str) -> Self {
        let (connection, screen) = connect(display).unwrap();
        let (root, window) = (connection.setup().roots[screen].root, connection.generate_id().unwrap());
        let (kind, aux) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
        connection.create_window(0, window, root, -1, -1, 1, 1, 0, kind, 0, &aux).unwrap();
        let clipboard = connection.intern_atom(false, b"CLIPBOARD").unwrap().reply().unwrap().atom;
        for selection in [clipboard, AtomEnum::PRIMARY.into()] {
            connection.set_selection_owner(window, selection, x11rb::CURRENT_TIME).unwrap();
        }
        connection.sync().unwrap();
        Self { connection, window }
    }

    /// Gives a text to whoever asks, and counts how often, until it is done.
    pub(in super::super) fn serve(self, text: &str, asked: &AtomicUsize, done: &AtomicBool) {
        while !done.load(Ordering::SeqCst) {
            let Some(Event::SelectionRequest(wanted)) = self.connection.poll_for_event().unwrap() else {
                std::thread::sleep(REST);
                continue;
            };
            asked.fetch_add(1, Ordering::SeqCst);
            let (to, name, kind) = (wanted.requestor, wanted.property, wanted.target);
            self.connection.change_property8(PropMode::REPLACE, to, name, kind, text.as_bytes()).unwrap();
            let told = SelectionNotifyEvent {
                response_type: SELECTION_NOTIFY_EVENT,
                sequence: 0,
                time: wanted.time,
                requestor: to,
                selection: wanted.selection,
                target: kind,
                property: name,
            };
            self.connection.send_event(false, to, EventMask::NO_EVENT, told).unwrap();
            self.connection.flush().unwrap();
        }
        self.connection.destroy_window(self.window).unwrap();
    }
}
