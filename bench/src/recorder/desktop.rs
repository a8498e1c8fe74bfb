//! A desktop of 1920 by 1080 with three applications: an editor, a spreadsheet and a browser. What it started ends with it.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

const SCREEN: &str = "1920x1080x24";
/// How long a poll rests.
const REST: Duration = Duration::from_millis(50);
/// Polls before it gives up: two minutes.
const POLLS_MAX: u32 = 2_400;
/// A page with fields and some text to scroll through.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Order form</title><body style='font:18px sans-serif;margin:30px'>\
    <h1>Orders</h1><p><label>Customer <input size=40 autofocus></label><p><label>Quantity <input size=10></label>\
    <p><button onclick='n.textContent=Number(n.textContent)+1'>Add</button> <b id=n>0</b> orders";

/// The desktop.
pub(crate) struct Desktop {
    pub(crate) display: String,
    pub(crate) folder: tempfile::TempDir,
    children: RefCell<Vec<Child>>,
}

/// Waits on a state.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    for _ in 0..POLLS_MAX {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(REST);
    }
    bail!("waited in vain until {what}")
}

impl Desktop {
    /// Starts everything, and puts the windows where they overlap a little, as on a desk.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let number = folder.path().join("display");
        let server = r#"exec Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset 3>"$0""#;
        let mut command = Command::new("sh");
        let child = command.args(["-c", server]).arg(&number).arg(SCREEN).stderr(Stdio::null()).spawn()?;
        let read = || std::fs::read_to_string(&number).ok().filter(|text| text.ends_with('\n'));
        let display = format!(":{}", until("the X server is up", read)?.trim());
        let desktop = Self { display, folder, children: RefCell::new(vec![child]) };
        desktop.buses()?;
        desktop.run(&mut Command::new("openbox"))?;
        desktop.applications()?;
        Ok(desktop)
    }

    fn buses(&self) -> Result<()> {
        let socket = self.folder.path().join("bus");
        let address = self.bus();
        self.run(Command::new("dbus-daemon").args(["--session", "--nofork", "--address", &address]))?;
        until("the message bus is up", || socket.exists().then_some(()))?;
        self.run(Command::new("/usr/libexec/at-spi-bus-launcher").arg("--launch-immediately"))?;
        until("the accessibility bus is up", || {
            let told = self.command("xprop").args(["-root", "AT_SPI_BUS"]).output().ok()?;
            String::from_utf8_lossy(&told.stdout).contains("unix:").then_some(())
        })
    }

    fn applications(&self) -> Result<()> {
        let note = self.folder.path().join("note.txt");
        std::fs::File::create(&note)?.write_all("The minutes of the meeting.\n".repeat(60).as_bytes())?;
        self.run(Command::new("mousepad").arg(&note))?;
        self.place("mousepad", "0 0 1000 900")?;
        let office = format!("-env:UserInstallation=file://{}", self.folder.path().join("office").display());
        self.run(Command::new("soffice").args(["--calc", "--norestore", "--nologo"]).arg(office))?;
        self.place("libreoffice-calc", "500 60 1200 900")?;
        let profile = format!("--user-data-dir={}", self.folder.path().join("chromium").display());
        let page = format!("--app=http://forms.example.test:{}/", served()?);
        self.run(Command::new("chromium").args(BROWSER).args([&profile, &page]))?;
        self.place("chromium", "800 120 1000 850")
    }

    /// Waits for a window of this class and puts it somewhere: left, top, width, height.
    fn place(&self, class: &str, place: &str) -> Result<()> {
        let place: Vec<&str> = place.split(' ').collect();
        let [left, top, width, height] = place.as_slice() else { bail!("{place:?} is no place") };
        let words = ["search", "--onlyvisible", "--class", class, "windowmove", left, top];
        until(class, || {
            let moved =
                self.command("xdotool").args(words).args(["windowsize", width, height]).output().ok()?;
            moved.status.success().then_some(())
        })?;
        // What an application does to its window once it is up is over.
        std::thread::sleep(Duration::from_secs(3));
        let moved = self.command("xdotool").args(words).args(["windowsize", width, height]).output()?;
        moved.status.success().then_some(()).context("a window went while it was placed")
    }

    fn bus(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    /// A command on this desktop.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.environment(&mut command);
        command
    }

    fn environment(&self, command: &mut Command) {
        let home: &Path = self.folder.path();
        command.env("DISPLAY", &self.display).env("HOME", home).env("XDG_RUNTIME_DIR", home);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.bus()).env("GSETTINGS_BACKEND", "memory");
        command.env("GTK_MODULES", "gail:atk-bridge").env("GNOME_ACCESSIBILITY", "1");
        command.env("SAL_USE_VCLPLUGIN", "gtk3").env_remove("WAYLAND_DISPLAY");
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        self.environment(command);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = quiet.spawn().with_context(|| {
            format!(
                "{} does not start: `cargo xtask test --prepare-only` installs it",
                quiet.get_program().display()
            )
        })?;
        self.children.borrow_mut().push(child);
        Ok(())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.children.borrow_mut().iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const BROWSER: [&str; 11] = [
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
];

/// Serves the page at every address, until the program ends.
fn served() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let lines = (1..200).map(|n| format!("<p>Order {n}: {} pieces of article {}", n * 7 % 90, n * 31 % 977));
    let page = format!("{PAGE}{}", lines.collect::<String>());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
        }
    });
    Ok(port)
}
