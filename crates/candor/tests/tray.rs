//! The tray icon on a real desktop with Xfce's panel: what it says, what its menu does, and that nothing depends on it.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::collections::BTreeSet;
use std::ffi::OsStr;

use desktop::{Desktop, until};
use serde_json::Value;
use support::recorder::{Recorder, command};
use support::{CANDOR, Road};

const ANNA: &str = "anna";

/// A person who agreed to record a text editor, and a desktop with one and with a bus.
struct Scene {
    dir: tempfile::TempDir,
    road: Road,
    desktop: Desktop,
}

impl Scene {
    fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let road = Road::open(dir.path());
        road.start_program();
        road.agree(ANNA, &["text-editor"]);
        let desktop = Desktop::start();
        desktop.mousepad();
        Self { dir, road, desktop }
    }

    fn records(&self) -> Recorder {
        let mut command = command(&[OsStr::new(CANDOR)], &self.road, ANNA, &self.desktop.display, &[]);
        let mut recorder = Recorder::of(command.env("DBUS_SESSION_BUS_ADDRESS", self.desktop.session_bus()));
        recorder.hears_recording();
        self.road.waits_for(ANNA, "a recorder answers", |status| status["recorder"].is_object());
        recorder
    }

    fn waits_for_tray(&self, standing: &str) {
        self.road.waits_for(ANNA, standing, |status| status["recorder"]["tray"] == standing);
    }

    /// A click into the editor.
    fn works(&self) {
        self.desktop.click(100, 200);
    }
}

#[test]
fn the_icon_says_what_the_light_says_by_words_and_by_a_shape_of_its_own() {
    let scene = Scene::set();
    scene.desktop.panel();
    let mut recorder = scene.records();
    scene.waits_for_tray("shown");
    let tray = scene.desktop.tray();
    let recording = tray.waits_for("recording");
    tray.chooses("Pause, without end");
    scene.desktop.waits_for_light("paused");
    let paused = tray.waits_for("paused");
    assert_eq!(scene.road.waits_for_on(ANNA, "paused").1["paused"], true);
    tray.chooses("Go on");
    scene.desktop.waits_for_light("recording");
    let canary = scene.desktop.canary("canary-beside", (900, 100), true);
    scene.desktop.focus(canary);
    let refused = tray.waits_for("refused here");
    let cover = scene.desktop.cover_light();
    let halted = tray.waits_for("halted");
    drop(cover);
    assert_eq!(BTreeSet::from([recording, paused, refused, halted]).len(), 4);
    recorder.kill();
    // However it ends, the panel is told.
    scene.desktop.waits_for_no_icon();
}

#[test]
fn a_person_pauses_with_the_mouse_on_the_panel_forgets_leaves_out_and_ends_it_by_the_menu() {
    let scene = Scene::set();
    scene.desktop.panel();
    let mut recorder = scene.records();
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    let tray = scene.desktop.tray();
    // With the hands: the menu that the panel itself draws. Its first entry only says what is on.
    until("the panel's menu pauses", || {
        let (x, y) = scene.desktop.panel_at();
        scene.desktop.click(x, y);
        std::thread::sleep(std::time::Duration::from_millis(300));
        scene.desktop.xdotool(&["key", "Down", "Return"]);
        std::thread::sleep(std::time::Duration::from_millis(700));
        (scene.road.status(ANNA)["paused"] == true).then_some(())
    });
    tray.waits_for("paused");
    tray.chooses("Go on");
    scene.road.waits_for_on(ANNA, "recording");

    tray.chooses("Forget the last 5 minutes");
    scene.road.waits_for(ANNA, "it is forgotten", |status| {
        // Keys that came before the menu was open went into the editor, and are forgotten too.
        status["recorder"]["steps_forgotten"].as_u64() >= Some(1) && status["recorder"]["steps_kept"] == 0
    });

    assert!(!tray.is_marked("Text editor"));
    tray.chooses("Text editor");
    scene.road.waits_for(ANNA, "it is not recorded here", |status| status["not_here"][0] == "text-editor");
    until("the menu marks it", || tray.is_marked("Text editor").then_some(()));
    scene.works();
    scene.road.waits_for_on(ANNA, "refused_here");
    tray.chooses("Text editor");
    scene.road.waits_for(ANNA, "it is recorded again", |status| status["not_here"][0].is_null());
    scene.works();
    scene.road.waits_for(ANNA, "it is kept", |status| status["recorder"]["steps_kept"] == 1);

    tray.chooses("End the recording");
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
    scene.desktop.waits_for_no_icon();
}

#[test]
fn without_a_panel_it_records_and_says_so_and_a_panel_that_comes_later_shows_it() {
    let scene = Scene::set();
    let mut recorder = scene.records();
    scene.waits_for_tray("no_host");
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    scene.desktop.panel();
    scene.desktop.tray().waits_for("recording");
    scene.waits_for_tray("shown");
    recorder.kill();
    drop(scene.dir);
}
