//! A real Chromium, driven over its own pipe: the `DevTools` protocol as JSON with a zero byte behind each message, on descriptors 3 and 4
//! (<https://chromedevtools.github.io/devtools-protocol/>). No driver and no socket is between the test and the browser.
#![allow(dead_code, clippy::allow_attributes, reason = "each program uses a part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail like tests"
)]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longest wait for an answer of the browser, or for a page to be what it should, in seconds.
const WAIT_SECONDS_MAX: u64 = 60;
/// Between two looks at a page, in milliseconds.
const LOOK_MS: u64 = 20;

const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1000,1800",
];

/// The browser of this machine, as a command that keeps what it knows in `folder`.
pub(crate) fn command(folder: &Path) -> Command {
    let runs = |name: &&str| {
        Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    let program = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(runs);
    let mut command =
        Command::new(program.expect("no Chromium on this machine: `cargo xtask test` installs it"));
    command.args(FLAGS).arg(format!("--user-data-dir={}", folder.display()));
    command
}

/// One page in a browser.
pub(crate) struct Browser {
    child: Child,
    to: File,
    from: Receiver<Value>,
    next: u64,
    session: Option<String>,
}

impl Browser {
    /// Starts a browser that keeps what it knows in `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let pipe = |name: &str| {
            let path = folder.join(name);
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            // Opened for both, so that neither side waits for the other.
            (path.clone(), File::options().read(true).write(true).open(path).unwrap())
        };
        let ((to_path, to), (from_path, from)) = (pipe("to"), pipe("from"));
        let browser = command(&folder.join("profile"));
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec 3<\"$TO\" 4>\"$FROM\"; exec \"$@\"", "sh"]).arg(browser.get_program());
        shell.args(browser.get_args()).args(["--remote-debugging-pipe", "about:blank"]);
        shell.env("TO", to_path).env("FROM", from_path).stdin(Stdio::null());
        let child = shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut started = Self { child, to, from: messages(from), next: 0, session: None };
        started.attach();
        started
    }

    fn attach(&mut self) {
        let targets = self.call("Target.getTargets", &json!({}));
        let pages = targets["targetInfos"].as_array().unwrap();
        let page = pages.iter().find(|target| target["type"] == "page").unwrap()["targetId"].clone();
        let attached = self.call("Target.attachToTarget", &json!({ "targetId": page, "flatten": true }));
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        self.call("Page.enable", &json!({}));
    }

    /// Asks the browser for something.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn asked(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let bytes = [message.to_string().as_bytes(), &[0]].concat();
        self.to.write_all(&bytes).unwrap();
        loop {
            let answer = self.from.recv_timeout(Duration::from_secs(WAIT_SECONDS_MAX));
            let answer = answer.unwrap_or_else(|_| panic!("the browser does not answer {method}"));
            if answer["id"] == json!(self.next) {
                return if answer["error"].is_null() {
                    Ok(answer["result"].clone())
                } else {
                    Err(answer["error"].to_string())
                };
            }
        }
    }

    /// What an expression of the page is worth; a promise is waited for.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        self.evaluated(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    fn evaluated(&mut self, expression: &str) -> Result<Value, String> {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.asked("Runtime.evaluate", &asked)?;
        if answer["exceptionDetails"].is_null() {
            Ok(answer["result"]["value"].clone())
        } else {
            Err(answer["exceptionDetails"].to_string())
        }
    }

    /// Waits until an expression is true. While a page is changed for the next one, nothing is.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        for _ in 0..WAIT_SECONDS_MAX * 1000 / LOOK_MS {
            if self.evaluated(expression).is_ok_and(|value| value == json!(true)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(LOOK_MS));
        }
        let text = self.text();
        panic!("it never came true: {expression}\n{text}");
    }

    /// Goes to an address and waits until it is there.
    pub(crate) fn go(&mut self, url: &str) {
        self.eval("window.before = true");
        self.call("Page.navigate", &json!({ "url": url }));
        self.arrive();
    }

    /// Does something that leads to another page, and waits until that is there.
    pub(crate) fn follow(&mut self, act: impl FnOnce(&mut Self)) {
        self.eval("window.before = true");
        act(self);
        self.arrive();
    }

    fn arrive(&mut self) {
        self.wait_for("window.before === undefined && document.readyState === 'complete'");
    }

    /// All words of the page.
    pub(crate) fn text(&mut self) -> String {
        self.eval("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// Path of the address.
    pub(crate) fn path(&mut self) -> String {
        self.eval("location.pathname").as_str().unwrap().to_owned()
    }

    /// Middle of an element, or of its first line, once it is scrolled into view.
    fn middle(&mut self, selector: &str) -> (f64, f64) {
        let place = format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const b = e.getClientRects()[0]; return [b.x + b.width / 2, b.y + b.height / 2]; }})()",
            json!(selector)
        );
        let place = self.eval(&place);
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    fn mouse(&mut self, kind: &str, (x, y): (f64, f64), buttons: u32) {
        let button = if kind == "mouseMoved" && buttons == 0 { "none" } else { "left" };
        let event =
            json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", &event);
    }

    /// Clicks the middle of an element with the mouse.
    pub(crate) fn click(&mut self, selector: &str) {
        let at = self.middle(selector);
        self.mouse("mouseMoved", at, 0);
        self.mouse("mousePressed", at, 1);
        self.mouse("mouseReleased", at, 0);
    }

    /// Drags over an element with the mouse, between two places given as parts of its width and height.
    pub(crate) fn drag(&mut self, selector: &str, from: (f64, f64), to: (f64, f64)) {
        self.middle(selector);
        let bounds = self.eval(&format!(
            "(() => {{ const b = document.querySelector({}).getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }})()",
            json!(selector)
        ));
        let edge = |i: usize| bounds[i].as_f64().unwrap();
        let at = |(x, y): (f64, f64)| (edge(0) + edge(2) * x, edge(1) + edge(3) * y);
        self.mouse("mouseMoved", at(from), 0);
        self.mouse("mousePressed", at(from), 1);
        for part in [0.25, 0.5, 0.75, 1.0] {
            let between = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            self.mouse("mouseMoved", at(between), 1);
        }
        self.mouse("mouseReleased", at(to), 0);
    }

    /// Types text into a field, in the place of what it holds.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector);
        self.eval(&format!("document.querySelector({}).select()", json!(selector)));
        self.write(text);
    }

    /// Types text where the keyboard is.
    pub(crate) fn write(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses a key: `Tab`, `Enter`, ` `, `ArrowRight`.
    pub(crate) fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            " " => 32,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            other => panic!("{other} is not a key that this hand knows"),
        };
        let text = if key == "Enter" { "\r" } else { key };
        let mut down = json!({ "type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code });
        if matches!(key, "Enter" | " ") {
            down = json!({ "type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code });
        }
        self.call("Input.dispatchKeyEvent", &down);
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", &up);
    }

    /// Tabs until the keyboard is on what the selector names.
    pub(crate) fn tab_to(&mut self, selector: &str) {
        for _ in 0..200 {
            self.press("Tab");
            let there = format!("document.activeElement?.matches({}) ?? false", json!(selector));
            if self.eval(&there) == json!(true) {
                return;
            }
        }
        panic!("the keyboard does not reach {selector}");
    }

    /// Makes the window as large as this, in light or dark colours.
    pub(crate) fn look_like(&mut self, width: u32, height: u32, dark: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if dark { "dark" } else { "light" };
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &scheme);
    }

    /// A picture of the window as PNG.
    pub(crate) fn picture(&mut self) -> Vec<u8> {
        self.eval("Promise.all([...document.images].filter((i) => i.loading !== 'lazy').map((i) => i.decode().catch(() => {})))");
        let shot = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap()
    }

    /// What axe-core finds wrong with the page: one line each.
    pub(crate) fn violations(&mut self) -> Vec<String> {
        let source = std::fs::read_to_string(axe()).unwrap_or_else(|_| {
            panic!("{} is not here: `cargo xtask test --prepare-only` fetches it", axe().display())
        });
        self.eval(&format!("{source}; undefined"));
        let told = self.eval(
            "axe.run(document).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ': ' + \
             v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).join('; ')))",
        );
        told.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }
}

/// Where `cargo xtask test` puts axe-core.
fn axe() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/web/package/axe.min.js")
}

/// The browser's messages, read by a thread of their own.
fn messages(from: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
            let message = serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes));
            bytes.clear();
            let Ok(message) = message else { return };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        let _ = self.asked("Browser.close", &json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
