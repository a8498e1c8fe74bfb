//! Real applications, each started with what the others need to see of it.

use super::*;

/// Widest frame that a window manager puts around a window, in pixels.
const FRAME_MAX: u32 = 40;

impl Desktop {
    /// Starts the editor on a text and puts it at the left; returns where it is, frame and all.
    pub(in super::super) fn mousepad(&self, text: &str) -> Rect {
        self.mousepad_on("note.txt", text)
    }

    /// The same on a file of this name, which stands in its title.
    pub(in super::super) fn mousepad_on(&self, name: &str, text: &str) -> Rect {
        self.run_mousepad(name, text);
        let find = ["search", "--sync", "--onlyvisible", "--class", "mousepad"];
        let geometry = ["windowmove", "0", "0", "windowsize", "700", "600", "windowactivate", "--sync"];
        self.xdotool(&[find.as_slice(), &geometry].concat());
        // The window manager answers in its own time: two equal looks, with its frame around the 700 pixels, are a window at rest.
        let mut before = None;
        until("the editor is at rest", || {
            let now =
                Some(self.bounds_of("Mousepad")).filter(|bounds| bounds.width > 700 && bounds.width < 760);
            let at_rest = now.filter(|_| now == before && self.painted(now));
            before = now;
            at_rest
        })
    }

    fn run_mousepad(&self, name: &str, text: &str) {
        let file: PathBuf = self.folder.path().join(name);
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), text.as_bytes()).unwrap();
        if !self.told {
            self.bus();
        }
        self.run(Command::new("mousepad").arg(&file));
        self.bounds_of("Mousepad");
    }

    /// The same of the size that it likes itself.
    pub(in super::super) fn large_mousepad(&self, text: &str) -> Rect {
        self.run_mousepad("note.txt", text);
        self.at_rest("Mousepad")
    }

    /// Starts a terminal at the lower left: a window that no charter names.
    pub(in super::super) fn terminal(&self) -> Rect {
        self.run(Command::new("xterm").args(["-geometry", "60x6+20+660"]));
        // Where it was mapped it need not stay: the window manager moves it when it comes to it, and another window was clicked meanwhile.
        let mut before = None;
        until("the terminal is at rest", || {
            let now = Some(self.bounds_of("XTerm")).filter(|bounds| bounds.y >= 640);
            let at_rest = now.filter(|_| now == before);
            before = now;
            at_rest
        })
    }

    /// Starts a terminal of one colour with this title, below the editor.
    pub(in super::super) fn titled_terminal(&self, title: &str) -> Rect {
        let colours = ["-bg", "#ff00ff", "-fg", "#ff00ff", "-cr", "#ff00ff"];
        let menu = ["-xrm", "*SimpleMenu*background: #ff00ff", "-xrm", "*SimpleMenu*foreground: #ff00ff"];
        let place = ["-geometry", "60x6+20+660", "-T", title];
        self.run(Command::new("xterm").args(colours).args(menu).args(place));
        self.bounds_of("XTerm")
    }

    /// Opens the terminal's main menu, a window without a class, which stays while the button is held; returns where it is.
    ///
    /// A terminal that has just been mapped may be moved by the window manager, or not hear the button yet: the hand presses
    /// again, where the terminal is by then.
    pub(in super::super) fn menu_of_terminal(&self) -> Rect {
        until("the menu of the terminal is open", || {
            let terminal = self.bounds_of("XTerm");
            let (x, y) = ((terminal.x + 60).to_string(), (terminal.y + 50).to_string());
            self.xdotool(&["mousemove", &x, &y, "keydown", "ctrl", "mousedown", "1"]);
            let menu = self.unmanaged_at_rest("", Duration::from_secs(3));
            if menu.is_none() {
                self.xdotool(&["mouseup", "1", "keyup", "ctrl"]);
            }
            menu
        })
    }

    /// Where a window is that no window manager manages, once it stays there; none where there is none in time.
    fn unmanaged_at_rest(&self, class: &str, wait: Duration) -> Option<Rect> {
        let mut before = None;
        within(wait, || {
            let now = self.unmanaged(class);
            let at_rest = now.filter(|_| now == before);
            before = now;
            std::thread::sleep(Duration::from_millis(200));
            at_rest
        })
    }

    /// Where such a window is now, if it is painted in the colour of canaries.
    pub(super) fn unmanaged(&self, class: &str) -> Option<Rect> {
        self.wake_manager();
        let known = RefCell::default();
        let windows = self.windows(&known);
        let (seen, _) = windows.seen().ok()?;
        let found = seen.iter().filter(|window| window.class == class).find(|window| {
            let id = u32::try_from(window.id).unwrap();
            let told = self.connection.get_window_attributes(id).unwrap().reply();
            told.is_ok_and(|told| told.override_redirect)
        })?;
        self.screenshot(found.bounds).contains(&WINDOW_COLOUR).then_some(found.bounds)
    }

    /// Lets a notification daemon show a message at this place; returns where it is.
    pub(in super::super) fn notification(&self, text: &str, (x, y): (i32, i32)) -> Rect {
        let rules = format!(
            "[global]\norigin = top-left\noffset = {x}x{y}\nwidth = 300\nframe_width = 0\n\
             [urgency_normal]\nbackground = \"#ff00ff\"\nforeground = \"#ff00ff\"\ntimeout = 0\n"
        );
        // Where every daemon looks that the bus may start by itself.
        let folder = self.folder.path().join(".config/dunst");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("dunstrc");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), rules.as_bytes()).unwrap();
        self.run(Command::new("dunst").arg("-config").arg(&file));
        until("the notification is taken", || {
            let mut send = Command::new("notify-send");
            let send = send.arg("title").arg(text).env("DBUS_SESSION_BUS_ADDRESS", self.bus_address());
            send.status().unwrap_or_else(|error| missing("notify-send", &error)).success().then_some(())
        });
        self.unmanaged_at_rest("Dunst", WAIT).expect("the notification is shown")
    }

    /// Starts an editor made with Qt; returns where it is.
    pub(in super::super) fn featherpad(&self) -> Rect {
        let file = self.folder.path().join("qt.txt");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), b"plain text\n").unwrap();
        self.run(Command::new("featherpad").args(["--standalone"]).arg(&file));
        self.at_rest("FeatherPad")
    }

    /// Starts LibreOffice Calc on an empty sheet; returns where it is.
    pub(in super::super) fn calc(&self) -> Rect {
        let home = format!("-env:UserInstallation=file://{}", self.folder.path().join("office").display());
        self.run(Command::new("soffice").args(["--calc", "--norestore", "--nologo"]).arg(home));
        self.at_rest("libreoffice-calc")
    }

    /// Puts the window of this class at a place, frame apart; returns where it is then, frame and all.
    pub(in super::super) fn put(&self, class: &str, place: Rect) -> Rect {
        let words = [place.x, place.y].map(|side| side.to_string());
        let sides = [place.width, place.height].map(|side| side.to_string());
        let find = ["search", "--onlyvisible", "--class", class];
        let put = ["windowmove", &words[0], &words[1], "windowsize", &sides[0], &sides[1]];
        // An office suite fills the screen, and a window that does is not moved.
        let small = ["-x", "-r", class, "-b", "remove,maximized_vert,maximized_horz"];
        let status = Command::new("wmctrl").args(small).env("DISPLAY", &self.display).status();
        assert!(status.unwrap_or_else(|error| missing("wmctrl", &error)).success());
        until("the window is where it was put", || {
            self.xdotool(&[find.as_slice(), &put].concat());
            let now = self.at_rest(class);
            let near = |side: u32, wanted: u32| side.abs_diff(wanted) < FRAME_MAX;
            let there = now.x.abs_diff(place.x) < FRAME_MAX && now.y.abs_diff(place.y) < FRAME_MAX;
            (there && near(now.width, place.width) && near(now.height, place.height)).then_some(now)
        })
    }

    /// Where the window of this class is, once it stays there for half a second.
    pub(super) fn at_rest(&self, class: &str) -> Rect {
        let mut before = None;
        until(class, || {
            self.wake_manager();
            std::thread::sleep(Duration::from_millis(500));
            let now = Some(self.bounds_of(class));
            let at_rest = now.filter(|_| now == before && self.painted(now));
            before = now;
            at_rest
        })
    }

    /// Starts a browser on a page and puts it at the left; returns once it shows the title.
    pub(in super::super) fn chromium(&self, url: &str, title: &str, more: &[&str]) {
        let profile = format!(
            "--user-data-dir={}",
            self.folder.path().join(format!("chromium{}", more.len())).display()
        );
        let words = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-renderer-accessibility",
            "--password-store=basic",
            "--test-type",
            "--host-resolver-rules=MAP *.example.test 127.0.0.1",
            "--window-position=0,0",
            "--window-size=900,700",
            &profile,
        ];
        // Of two words for one thing the browser takes the last.
        let pages = Some(url).filter(|url| !url.is_empty());
        self.run(Command::new("chromium").args(words).args(more).args(pages));
        let words = ["search", "--onlyvisible", "--name", title, "windowactivate", "--sync"];
        until("the browser shows its page", || {
            self.wake_manager();
            // It fails where a window goes while it searches: the browser makes some and takes them away again.
            let mut search = Command::new("xdotool");
            let quiet =
                search.args(words).env("DISPLAY", &self.display).stdout(Stdio::null()).stderr(Stdio::null());
            quiet.status().is_ok_and(|status| status.success()).then_some(())
        });
    }

    pub(super) fn painted(&self, bounds: Option<Rect>) -> bool {
        let Some(Rect { x, y, .. }) = bounds else { return false };
        self.screenshot(Rect { x: x + 40, y: y + 20, width: 300, height: 100 }).len() > 5
    }

    pub(in super::super) fn bounds_of(&self, class: &str) -> Rect {
        until(class, || {
            let known = RefCell::default();
            let windows = self.windows(&known);
            let (seen, _) = windows.seen().ok()?;
            seen.into_iter().find(|window| window.class == class).map(|window| window.bounds)
        })
    }

    /// The application's own window of this class.
    pub(in super::super) fn inside(&self, class: &str) -> Window {
        let known = RefCell::default();
        let windows = self.windows(&known);
        let (seen, _) = windows.seen().unwrap();
        let found = seen.iter().find(|window| window.class == class).unwrap();
        windows.inside(u32::try_from(found.id).unwrap()).unwrap()
    }
}
