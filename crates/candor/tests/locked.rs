//! A screen that is locked, as the desktop tells: its screen saver for real, and the session's manager played on a bus of the system.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::ffi::OsStr;

use desktop::{Desktop, until};
use serde_json::Value;
use support::mock::Mock;
use support::recorder::{Recorder, command};
use support::{CANDOR, Road};

const ANNA: &str = "anna";

struct Scene {
    road: Road,
    desktop: Desktop,
    _dir: tempfile::TempDir,
}

impl Scene {
    fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let road = Road::open(dir.path());
        road.start_program();
        road.agree(ANNA, &["text-editor"]);
        let desktop = Desktop::start();
        desktop.mousepad();
        Self { road, desktop, _dir: dir }
    }

    fn records(&self) -> Recorder {
        let mut command = command(&[OsStr::new(CANDOR)], &self.road, ANNA, &self.desktop.display, &[]);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.desktop.session_bus()).env("XDG_SESSION_ID", "c1");
        let mut recorder = Recorder::of(&mut command);
        recorder.hears_recording();
        self.road.waits_for_on(ANNA, "recording");
        recorder
    }

    /// One action, a lock, what is typed into it, the end of the lock, one action.
    fn works_locks_and_works(&self, typed: &str, locks: impl Fn(bool)) {
        let mut recorder = self.records();
        self.desktop.click(100, 200);
        recorder.hears_count("steps: 1 kept, 0 not kept");
        let seen = |status: &Value| status["recorder"]["input"]["seen"].as_u64().unwrap();
        locks(true);
        let (_, halted) = self.road.waits_for(ANNA, "a lock is told", |status| {
            status["on"] == "halted" && status["recorder"]["why"][0]["code"] == "screen_locked"
        });
        self.desktop.types(typed);
        locks(false);
        let (_, after) = self.road.waits_for_on(ANNA, "recording");
        assert_eq!(seen(&halted), seen(&after), "what is typed into a locked screen is not even counted");
        self.desktop.click(100, 200);
        recorder.hears_count("steps: 2 kept, 0 not kept");
        self.road.types(ANNA, &["agent", "stop"]);
        let (told, code) = recorder.ends();
        assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
        let gaps = self.road.gaps(ANNA, told["session"].as_str().unwrap());
        assert_eq!(gaps.iter().filter(|codes| *codes == &["screen_locked"]).count(), 1, "{gaps:?}");
    }
}

#[test]
fn a_screen_saver_that_locks_stops_the_recording_until_it_is_gone() {
    let scene = Scene::set();
    let saver = |method: &str, words: &[&str]| {
        let method = format!("org.mate.ScreenSaver.{method}");
        scene.desktop.calls("org.mate.ScreenSaver", "/org/mate/ScreenSaver", &method, words)
    };
    scene.desktop.screen_saver();
    until("the screen saver is there", || saver("GetActive", &[]));
    // Where nobody has a password to ask for, a key ends the saver: the next ones are typed into what is recorded again.
    scene.works_locks_and_works("c", |locked| {
        let locked = locked.to_string();
        until("the screen saver does it", || {
            saver("SetActive", &[&locked]);
            saver("GetActive", &[])?.contains(&locked).then_some(())
        });
    });
}

#[test]
fn a_session_that_its_manager_says_is_locked_is_not_recorded_whatever_the_screen_shows() {
    let scene = Scene::set();
    let login =
        Mock::of_system(&scene.road.dir, "logind", "org.freedesktop.login1", "/org/freedesktop/login1");
    login.plays("AddSession", &["c1", "seat0", "1000", "anna", "true"]);
    login.plays("AddSession", &["c2", "seat0", "1001", "ben", "true"]);
    let hints = |session: &str, locked: bool| {
        let words = ["org.freedesktop.login1.Session", &format!("{{'LockedHint': <{locked}>}}")];
        login.plays_at(&format!("/org/freedesktop/login1/session/{session}"), "UpdateProperties", &words);
    };
    // Somebody else's session is nobody's business here.
    hints("c2", true);
    scene.works_locks_and_works("canary-locked", |locked| hints("c1", locked));
}
