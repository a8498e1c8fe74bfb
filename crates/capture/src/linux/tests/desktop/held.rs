//! Hands that nobody else can ask the server between.

use super::*;

impl Desktop {
    /// Presses a key and gives the keyboard to another window before anybody else can ask the server anything.
    pub(in super::super) fn key_and_focus(&self, code: u8, other: Window) {
        self.alone_on_the_server(|| {
            for kind in [2, 3] {
                let (root, fake) = (self.root, &self.connection);
                fake.xtest_fake_input(kind, code, 0, root, 0, 0, 0).unwrap().check().unwrap();
            }
            let (parent, now) = (InputFocus::PARENT, x11rb::CURRENT_TIME);
            self.connection.set_input_focus(parent, other, now).unwrap().check().unwrap();
        });
    }

    /// Makes a window that takes the keyboard, and a key, before anybody else can ask the server anything.
    pub(in super::super) fn new_window_takes_a_key(&self, class: &str, code: u8) -> Window {
        let window = self.connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().background_pixel(0x00ff_00ff).override_redirect(1);
        let both = format!("{}\0{class}\0", class.to_lowercase());
        let (name, string, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING, WindowClass::INPUT_OUTPUT);
        self.alone_on_the_server(|| {
            let root = self.root;
            self.connection.create_window(24, window, root, 400, 0, 300, 300, 0, kind, 0, &aux).unwrap();
            let named =
                self.connection.change_property8(PropMode::REPLACE, window, name, string, both.as_bytes());
            named.unwrap();
            self.connection.map_window(window).unwrap();
            let (parent, now) = (InputFocus::PARENT, x11rb::CURRENT_TIME);
            self.connection.set_input_focus(parent, window, now).unwrap().check().unwrap();
            for kind in [2, 3] {
                self.connection.xtest_fake_input(kind, code, 0, root, 0, 0, 0).unwrap().check().unwrap();
            }
        });
        window
    }

    /// Clicks, and takes a window off the screen before anybody else can ask the server anything.
    pub(in super::super) fn click_and_hide(&self, (x, y): (i16, i16), window: Window) {
        self.alone_on_the_server(|| {
            for (kind, detail) in [(6_u8, 0), (4, 1), (5, 1)] {
                let (root, fake) = (self.root, &self.connection);
                fake.xtest_fake_input(kind, detail, 0, root, x, y, 0).unwrap().check().unwrap();
            }
            self.connection.unmap_window(window).unwrap().check().unwrap();
        });
    }

    /// Holds a key down for so long.
    pub(in super::super) fn held(&self, key: &str, for_so_long: Duration) {
        let rest = format!("{:.2}", for_so_long.as_secs_f64());
        self.xdotool(&["keydown", key, "sleep", &rest, "keyup", key]);
    }

    /// Lets nobody else ask the server, for so long that whoever reads events asks too late.
    pub(super) fn alone_on_the_server(&self, act: impl FnOnce()) {
        self.connection.grab_server().unwrap().check().unwrap();
        act();
        // Long enough for the events to be read, and for the questions about them to wait.
        std::thread::sleep(Duration::from_millis(100));
        self.connection.ungrab_server().unwrap().check().unwrap();
    }

    /// Clicks, and moves on before anybody else can ask the server anything.
    pub(in super::super) fn click_and_move_on(&self, at: (i16, i16), on: (i16, i16)) {
        const STEPS: [(u8, u8); 4] = [(6, 0), (4, 1), (5, 1), (6, 0)];
        self.alone_on_the_server(|| {
            for ((kind, detail), (x, y)) in STEPS.into_iter().zip([at, at, at, on]) {
                let (root, fake) = (self.root, &self.connection);
                fake.xtest_fake_input(kind, detail, 0, root, x, y, 0).unwrap().check().unwrap();
            }
        });
    }
}
