//! The recorder's light, as another program of the desktop sees it and meddles with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::{Desktop, until};

impl Desktop {
    /// The light's window, and where its middle is.
    fn light(&self) -> Option<(Window, u32, u32)> {
        let children = self.connection.query_tree(self.root).ok()?.reply().ok()?.children;
        let class = |window: &Window| {
            let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            let value =
                self.connection.get_property(false, *window, name, kind, 0, 64).ok()?.reply().ok()?.value;
            value.ends_with(b"Candor-light\0").then_some(())
        };
        let window = children.into_iter().find(|window| class(window).is_some())?;
        let place = self.connection.get_geometry(window).ok()?.reply().ok()?;
        let middle =
            |start: i16, length: u16| u32::try_from(start).ok().map(|start| start + u32::from(length) / 2);
        Some((window, middle(place.x, place.width)?, middle(place.y, place.height)?))
    }

    /// What the light says; none where there is none.
    pub(crate) fn light_says(&self) -> Option<String> {
        let (window, ..) = self.light()?;
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        let value = self.connection.get_property(false, window, name, kind, 0, 64).ok()?.reply().ok()?.value;
        String::from_utf8(value).ok()
    }

    /// Waits until the light says something.
    pub(crate) fn waits_for_light(&self, words: &str) {
        until(&format!("the light says {words}"), || (self.light_says()? == words).then_some(()));
    }

    /// Clicks on the light.
    pub(crate) fn click_light(&self) {
        let (_, x, y) = until("there is a light", || self.light());
        self.click(x, y);
    }

    /// Takes the light off the screen, once.
    pub(crate) fn unmap_light(&self) {
        let (window, ..) = until("there is a light", || self.light());
        self.connection.unmap_window(window).unwrap().check().unwrap();
    }

    /// Covers the light again and again, until it is dropped.
    pub(crate) fn cover_light(&self) -> Cover {
        let (_, x, y) = until("there is a light", || self.light());
        Cover::over(&self.display, i16::try_from(x).unwrap() - 15, i16::try_from(y).unwrap() - 15)
    }
}

/// Somebody who covers a part of the screen, whatever others do.
pub(crate) struct Cover {
    until: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Cover {
    fn over(display: &str, x: i16, y: i16) -> Self {
        let (connection, number) = RustConnection::connect(Some(display)).unwrap();
        let root = connection.setup().roots[number].root;
        let window = connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().override_redirect(1).background_pixel(0x0080_8080);
        let kind = WindowClass::INPUT_OUTPUT;
        connection.create_window(24, window, root, x, y, 30, 30, 0, kind, 0, &aux).unwrap();
        connection.map_window(window).unwrap().check().unwrap();
        let until = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&until);
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
                connection.configure_window(window, &above).unwrap().check().unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        Self { until, thread: Some(thread) }
    }
}

impl Drop for Cover {
    fn drop(&mut self) {
        self.until.store(true, Ordering::SeqCst);
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}
