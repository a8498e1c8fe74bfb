//! Applications that tell what is on the screen: an accessibility bus, a browser on pages that the test serves, a spreadsheet.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, ImageFormat};

use super::{Desktop, SIZE, until};

impl Desktop {
    pub(super) fn bus_address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    /// Starts a message bus of its own; what it starts ends with it.
    pub(super) fn bus(&self) {
        let socket = self.folder.path().join("bus");
        self.run(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--address",
            &self.bus_address(),
        ]));
        until("the message bus is up", || socket.exists().then_some(()));
    }

    /// A desktop with an accessibility bus.
    pub(crate) fn start_told() -> Self {
        let desktop = Self::start();
        desktop.told.set(true);
        desktop.bus();
        desktop.launch_accessibility();
        desktop
    }

    /// Starts the accessibility bus, where there is a message bus.
    pub(crate) fn launch_accessibility(&self) {
        self.told.set(true);
        self.run(Command::new("/usr/libexec/at-spi-bus-launcher").arg("--launch-immediately"));
        let name = self.atom("AT_SPI_BUS");
        until("the accessibility bus is up", || {
            let cookie = self.connection.get_property(false, self.root, name, AtomEnum::STRING, 0, 64);
            (cookie.ok()?.reply().ok()?.length > 0).then_some(())
        });
    }

    pub(super) fn telling<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let command = command.env("DBUS_SESSION_BUS_ADDRESS", self.bus_address());
        let command = command.env("GTK_MODULES", "gail:atk-bridge").env("GNOME_ACCESSIBILITY", "1");
        command.env("SAL_USE_VCLPLUGIN", "gtk3")
    }

    /// Starts a browser on a page of its own window.
    pub(crate) fn chromium(&self, url: &str, title: &str) {
        let profile = format!("--user-data-dir={}", self.folder.path().join("chromium").display());
        let app = format!("--app={url}");
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
            "--window-position=740,0",
            "--window-size=500,400",
            &profile,
            &app,
        ];
        self.run(Command::new("chromium").args(words));
        self.brings("--name", title);
    }

    /// Starts LibreOffice Calc on an empty sheet, below the browser.
    pub(crate) fn calc(&self) {
        let home = format!("-env:UserInstallation=file://{}", self.folder.path().join("office").display());
        self.run(Command::new("soffice").args(["--calc", "--norestore", "--nologo"]).arg(home));
        until("the spreadsheet is managed", || self.managed("libreoffice-calc"));
        self.brings("--class", "libreoffice-calc");
        let window = until("the spreadsheet is there", || self.managed("libreoffice-calc")).to_string();
        self.xdotool(&["windowsize", "--sync", &window, "760", "300", "windowmove", &window, "400", "430"]);
    }

    /// Brings a window to the front, once it is there.
    pub(crate) fn brings(&self, by: &str, what: &str) {
        let words = ["search", "--onlyvisible", by, what, "windowactivate", "--sync"];
        until(&format!("{what} is in front"), || {
            self.wake_manager();
            let mut search = Command::new("xdotool");
            let quiet =
                search.args(words).env("DISPLAY", &self.display).stdout(Stdio::null()).stderr(Stdio::null());
            quiet.status().is_ok_and(|status| status.success()).then_some(())
        });
    }

    /// Writes a picture of the whole screen.
    pub(crate) fn picture(&self, path: &Path) {
        let (width, height) = SIZE;
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, u32::MAX);
        let data = image.unwrap().reply().unwrap().data;
        let rgb: Vec<u8> = data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        let file = std::fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, width.into(), height.into());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
    }
}

/// Serves one page to whoever asks, for as long as the test runs; the port.
pub(crate) fn served(page: &'static str) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _asked = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
            let _gone = write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len());
        }
    });
    port
}
