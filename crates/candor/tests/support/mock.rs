//! Services of the system that no test can run for real, played by python-dbusmock on a bus of the test's own.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::SYSTEM_BUS;

/// The distribution's own, which has the package.
const PYTHON: &str = "/usr/bin/python3";

/// A bus with one service on it. Both end with this.
pub(crate) struct Mock {
    address: String,
    bus: Child,
    service: Child,
    name: &'static str,
    path: &'static str,
}

impl Mock {
    /// A bus of the system in a test's folder, and a service by its template of python-dbusmock.
    pub(crate) fn of_system(dir: &Path, template: &str, name: &'static str, path: &'static str) -> Self {
        let socket = dir.join(SYSTEM_BUS);
        let address = format!("unix:path={}", socket.display());
        let bus = quiet(Command::new("dbus-daemon").args(["--session", "--nofork", "--address", &address]));
        waits("the bus", || socket.exists());
        let mut service = Command::new(PYTHON);
        service.args(["-m", "dbusmock", "--template", template]).env("DBUS_SYSTEM_BUS_ADDRESS", &address);
        let mock = Self { address, bus, service: quiet(&mut service), name, path };
        let bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner");
        waits(name, || mock.calls(bus, &[name]).is_some_and(|told| told.contains("true")));
        mock
    }

    /// Calls a method of the service's own mock.
    pub(crate) fn plays(&self, method: &str, words: &[&str]) {
        let method = format!("org.freedesktop.DBus.Mock.{method}");
        assert!(self.calls((self.name, self.path, &method), words).is_some(), "{method} {words:?}");
    }

    /// The same, of another object of the service.
    pub(crate) fn plays_at(&self, path: &str, method: &str, words: &[&str]) {
        let method = format!("org.freedesktop.DBus.Mock.{method}");
        assert!(self.calls((self.name, path, &method), words).is_some(), "{method} {words:?}");
    }

    fn calls(&self, (name, path, method): (&str, &str, &str), words: &[&str]) -> Option<String> {
        let mut command = Command::new("gdbus");
        command.args(["call", "--address", &self.address, "--timeout", "10", "--dest", name]);
        let told = command.args(["--object-path", path, "--method", method]).args(words).output().unwrap();
        told.status.success().then(|| String::from_utf8(told.stdout).unwrap())
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        for child in [&mut self.service, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn quiet(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{error}: `cargo xtask test` installs what the tests need"))
}

fn waits(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain for {what}");
}
