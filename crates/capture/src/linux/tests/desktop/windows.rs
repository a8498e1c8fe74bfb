//! Plain windows of one colour, and where the keyboard is.

use super::*;

impl Desktop {
    /// Makes a plain window of one colour, managed or not, above the others, and waits until it is seen.
    pub(in super::super) fn window(&self, class: &str, bounds: Rect, managed: bool) -> Window {
        self.titled(class, "", bounds, managed)
    }

    /// The same with a title.
    pub(in super::super) fn titled(&self, class: &str, title: &str, bounds: Rect, managed: bool) -> Window {
        self.coloured(WINDOW_COLOUR, class, title, bounds, managed)
    }

    /// A plain window that may be recorded: green.
    pub(in super::super) fn green(&self, class: &str, bounds: Rect) -> Window {
        self.coloured(GREEN, class, "", bounds, false)
    }

    /// A plain window that shows these pixels, drawn one by one: nothing of them lies in this process in a row.
    pub(in super::super) fn noise(
        &self,
        class: &str,
        bounds: Rect,
        mut pixels: impl Iterator<Item = u32>,
    ) -> Window {
        let window = self.coloured(GREEN, class, "", bounds, false);
        let (width, height) = (u16::try_from(bounds.width).unwrap(), u16::try_from(bounds.height).unwrap());
        let (picture, ink) = (self.connection.generate_id().unwrap(), self.connection.generate_id().unwrap());
        self.connection.create_pixmap(24, picture, window, width, height).unwrap();
        self.connection.create_gc(ink, picture, &CreateGCAux::new()).unwrap();
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let colour = ChangeGCAux::new().foreground(pixels.next().unwrap());
            let (x, y) = (i16::try_from(x).unwrap(), i16::try_from(y).unwrap());
            self.connection.change_gc(ink, &colour).unwrap();
            let dot = Rectangle { x, y, width: 1, height: 1 };
            self.connection.poly_fill_rectangle(picture, ink, &[dot]).unwrap();
        }
        let shown = ChangeWindowAttributesAux::new().background_pixmap(picture);
        self.connection.change_window_attributes(window, &shown).unwrap();
        self.connection.clear_area(false, window, 0, 0, width, height).unwrap();
        self.connection.sync().unwrap();
        window
    }

    pub(super) fn coloured(
        &self,
        colour: [u8; 3],
        class: &str,
        title: &str,
        bounds: Rect,
        managed: bool,
    ) -> Window {
        let window = self.connection.generate_id().unwrap();
        let pixel = u32::from_be_bytes([0, colour[0], colour[1], colour[2]]);
        let aux = CreateWindowAux::new().background_pixel(pixel).override_redirect(u32::from(!managed));
        let (x, y) = (i16::try_from(bounds.x).unwrap(), i16::try_from(bounds.y).unwrap());
        let (width, height) = (u16::try_from(bounds.width).unwrap(), u16::try_from(bounds.height).unwrap());
        let kind = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(24, window, self.root, x, y, width, height, 0, kind, 0, &aux).unwrap();
        if !class.is_empty() {
            let both = format!("{}\0{class}\0", class.to_lowercase());
            let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            self.connection
                .change_property8(PropMode::REPLACE, window, name, string, both.as_bytes())
                .unwrap();
        }
        let (name, kind) = (self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING);
        self.connection.change_property8(PropMode::REPLACE, window, name, kind, title.as_bytes()).unwrap();
        // A position that the person chose, which a window manager keeps (ICCCM 4.1.2.3): USPosition | USSize.
        let hints = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let (name, kind) = (AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS);
        self.connection.change_property32(PropMode::REPLACE, window, name, kind, &hints).unwrap();
        // Above the others also when they are clicked.
        let atom = |name: &[u8]| self.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let (state, above) = (atom(b"_NET_WM_STATE"), atom(b"_NET_WM_STATE_ABOVE"));
        self.connection
            .change_property32(PropMode::REPLACE, window, state, AtomEnum::ATOM, &[above])
            .unwrap();
        self.connection.map_window(window).unwrap();
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.connection.configure_window(window, &above).unwrap();
        self.connection.flush().unwrap();
        until("the window is seen", || {
            self.wake_manager();
            self.seen(window, managed, colour).then_some(())
        });
        window
    }

    /// Whether a window is on the screen, inside the window manager's frame if it is managed, and not moving.
    pub(super) fn seen(&self, window: Window, managed: bool, colour: [u8; 3]) -> bool {
        let viewable = self.connection.get_window_attributes(window).unwrap().reply().unwrap().map_state;
        let state =
            self.connection.get_property(false, window, self.atoms.WM_STATE, AtomEnum::ANY, 0, 1).unwrap();
        let in_frame = !managed || state.reply().unwrap().length > 0;
        viewable == MapState::VIEWABLE && in_frame && self.shows(window, colour)
    }

    pub(super) fn shows(&self, window: Window, colour: [u8; 3]) -> bool {
        let place = self.connection.translate_coordinates(window, self.root, 2, 2).unwrap().reply().unwrap();
        let corner = Rect { x: place.dst_x.into(), y: place.dst_y.into(), width: 8, height: 8 };
        self.screenshot(corner) == [colour].into()
    }

    /// Lets a window be of another class from now on.
    pub(in super::super) fn reclass(&self, window: Window, class: &str) {
        let both = format!("{}\0{class}\0", class.to_lowercase());
        let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let changed =
            self.connection.change_property8(PropMode::REPLACE, window, name, string, both.as_bytes());
        changed.unwrap().check().unwrap();
    }

    /// Gives a window the keyboard, and waits until it has it.
    pub(in super::super) fn focus(&self, window: Window) {
        self.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        until("the window has the keyboard", || {
            self.wake_manager();
            let focus = self.connection.get_input_focus().unwrap().reply().unwrap().focus;
            (focus == window).then_some(())
        });
    }

    /// Takes the keyboard from every window.
    pub(in super::super) fn focus_on_nothing(&self) {
        self.connection.set_input_focus(InputFocus::NONE, x11rb::NONE, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        until("nobody has the keyboard", || {
            (self.connection.get_input_focus().unwrap().reply().unwrap().focus == 0).then_some(())
        });
    }

    /// Lets keys go to whatever the pointer is on, as where no window manager gives the focus.
    pub(in super::super) fn focus_follows_pointer(&self) {
        let root = u32::from(u8::from(InputFocus::POINTER_ROOT));
        self.connection.set_input_focus(InputFocus::NONE, root, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        until("keys follow the pointer", || {
            (self.connection.get_input_focus().unwrap().reply().unwrap().focus == root).then_some(())
        });
    }

    /// Takes a window off the screen, and waits until it is gone.
    pub(in super::super) fn hide(&self, window: Window) {
        self.connection.unmap_window(window).unwrap();
        self.connection.flush().unwrap();
        until("the window is gone", || {
            self.wake_manager();
            // The window manager takes its frame away, and gives the window back to the root.
            let tree = self.connection.query_tree(window).unwrap().reply().unwrap();
            (tree.parent == self.root).then_some(())
        });
    }
}
