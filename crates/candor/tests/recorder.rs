//! The recorder as a person meets it, on a real desktop: the light, the pause, what is on and why, forgetting, what is not recorded here.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::time::Duration;

use desktop::Desktop;
use serde_json::Value;
use support::recorder::Recorder;
use support::{Road, put};

const ANNA: &str = "anna";

/// A person who agreed to record a text editor, and a desktop with one.
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
        road.agree(ANNA, &["text-editor", "libreoffice-calc"]);
        let desktop = Desktop::start();
        desktop.mousepad();
        Self { dir, road, desktop }
    }

    fn records(&self, more: &[&str]) -> Recorder {
        let recorder = Recorder::start(&self.road, ANNA, &self.desktop.display, more);
        self.road.waits_for(ANNA, "a recorder answers", |status| status["recorder"].is_object());
        recorder
    }

    fn types(&self, words: &[&str]) -> Value {
        self.road.types(ANNA, words)
    }

    /// A click into the editor.
    fn works(&self) {
        self.desktop.click(100, 200);
    }

    fn budget(&self, text: &str) {
        put(&self.dir.path().join("people").join(ANNA).join("budget.toml"), text.as_bytes());
    }
}

/// What each gap is for. Of a desktop without an accessibility bus every recording says that it is one: that has a test of its own.
fn codes(gaps: &[Vec<String>]) -> Vec<String> {
    let others = gaps.iter().filter(|codes| **codes != ["applications_unheard"]);
    others.map(|codes| codes.join("+")).collect()
}

#[test]
fn applications_that_are_not_heard_are_told_by_the_status_the_doctor_and_the_recording_until_they_are() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    let doctor = || {
        let mut command = scene.road.command(ANNA, &["doctor"]);
        let told = command.env("DISPLAY", &scene.desktop.display).output().unwrap().stdout;
        String::from_utf8(told).unwrap()
    };
    let not_heard = "What applications say of themselves cannot be heard";
    let (_, status) = scene.road.waits_for(ANNA, "it hears nobody", |status| {
        status["recorder"]["unheard"]["code"] == "applications_unheard"
    });
    assert_eq!(status["on"], "recording");
    assert!(status["sentence"].as_str().unwrap().contains(not_heard), "{status:#}");
    assert!(doctor().contains(not_heard), "{}", doctor());
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    // What is forgotten takes the entry with it, and what goes on to be so is said again.
    scene.types(&["agent", "forget", "--minutes", "10"]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept, 1 forgotten");
    scene.desktop.launch_accessibility();
    scene.road.waits_for(ANNA, "it hears", |status| status["recorder"]["unheard"].is_null());
    assert!(!scene.road.status(ANNA)["sentence"].as_str().unwrap().contains(not_heard));
    assert!(!doctor().contains(not_heard), "{}", doctor());
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
    let gaps = scene.road.gaps(ANNA, told["session"].as_str().unwrap()).concat();
    assert_eq!(gaps, ["forgotten", "applications_unheard", "applications_heard"]);
}

#[test]
fn a_pause_is_without_end_by_command_by_the_light_and_by_a_key_and_what_is_done_in_it_is_one_gap() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.desktop.waits_for_light("recording");
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    let ways: [(&str, &dyn Fn(bool)); 3] = [
        ("a command", &|pause| {
            scene.types(&["agent", if pause { "pause" } else { "resume" }]);
        }),
        ("the light", &|_| scene.desktop.click_light()),
        ("the key", &|_| scene.desktop.xdotool(&["key", "ctrl+alt+p"])),
    ];
    for (kept, (way, toggle)) in (2..).zip(ways) {
        toggle(true);
        scene.desktop.waits_for_light("paused");
        assert_eq!(scene.road.waits_for_on(ANNA, "paused").1["paused"], true, "{way}");
        scene.works();
        scene.desktop.types("canary-in-a-pause");
        toggle(false);
        scene.desktop.waits_for_light("recording");
        scene.road.waits_for_on(ANNA, "recording");
        scene.works();
        recorder.hears_count(&format!("steps: {kept} kept, 0 not kept"));
    }
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
    // Four clicks and the frame after the last one; of the pauses nothing but when they were.
    assert_eq!(told["steps"], 5);
    let gaps = codes(&scene.road.gaps(ANNA, told["session"].as_str().unwrap()));
    assert_eq!(gaps.iter().filter(|codes| *codes == "paused").count(), 3, "{gaps:?}");
    // The clicks on the light and the keys that paused are the only input that is in no step.
    let outside = told["input"]["not_taken"].as_u64().unwrap() + told["input"]["tail"].as_u64().unwrap();
    assert!(outside <= 8, "{told}");
    assert_eq!(scene.road.status(ANNA)["on"], "off");
    assert_eq!(scene.desktop.light_says(), None);
}

#[test]
fn a_pause_holds_over_a_restart() {
    let scene = Scene::set();
    scene.types(&["agent", "pause"]);
    assert!(scene.road.status(ANNA)["sentence"].as_str().unwrap().contains("begins paused"));
    let recorder = scene.records(&[]);
    scene.desktop.waits_for_light("paused");
    scene.works();
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!(code, Some(3), "{told}");
    assert!(told["message"].as_str().unwrap().contains("Recording is paused."), "{told}");
}

#[test]
fn where_the_light_cannot_be_seen_nothing_is_recorded_and_a_gap_says_so() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    // Once: it is put right.
    scene.desktop.unmap_light();
    scene.desktop.waits_for_light("recording");
    let cover = scene.desktop.cover_light();
    let (_, status) = scene.road.waits_for_on(ANNA, "halted");
    assert_eq!(status["recorder"]["why"][0]["code"], "light_lost", "{status:#}");
    assert_eq!(status["recorder"]["light_seen"], false);
    scene.works();
    scene.desktop.types("unseen");
    drop(cover);
    scene.road.waits_for_on(ANNA, "recording");
    scene.works();
    recorder.hears_count("steps: 2 kept, 0 not kept");
    recorder.terminate();
    let (told, code) = recorder.ends();
    assert_eq!(
        (code, &told["adds_up"], &told["steps"]),
        (Some(0), &Value::Bool(true), &Value::from(3)),
        "{told}"
    );
    let gaps = codes(&scene.road.gaps(ANNA, told["session"].as_str().unwrap()));
    assert!(gaps.contains(&"light_lost".to_owned()), "{gaps:?}");
}

#[test]
fn a_covered_light_is_a_reason_not_to_begin() {
    let scene = Scene::set();
    // Where the light would be.
    let recorder = scene.records(&[]);
    let cover = scene.desktop.cover_light();
    recorder.terminate();
    drop(recorder.ends());
    // One that begins all the same ends by itself.
    let recorder = Recorder::begin(&scene.road, ANNA, &scene.desktop.display, &["--seconds", "20"]);
    let (told, code) = recorder.ends();
    assert_eq!(code, Some(3), "{told}");
    assert!(told["message"].as_str().unwrap().contains("the light cannot be seen"), "{told}");
    drop(cover);
}

#[test]
fn a_window_that_is_not_recorded_is_told_by_the_light_before_anything_is_done_in_it() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.desktop.waits_for_light("recording");
    let canary = scene.desktop.canary("canary-beside", (900, 100), true);
    scene.desktop.focus(canary);
    scene.desktop.waits_for_light("refused here");
    let (_, status) = scene.road.waits_for_on(ANNA, "refused_here");
    assert_eq!(status["recorder"]["why"][0]["code"], "app_not_in_charter");
    assert_eq!(status["recorder"]["input"]["seen"], 0, "{status:#}");
    recorder.kill();
}

#[test]
fn over_what_is_never_recorded_and_while_the_screen_is_shared_the_light_does_not_say_that_it_records() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.desktop.waits_for_light("recording");
    let is_refused = |code: &str| {
        let why = |status: &Value| status["recorder"]["why"][0]["code"] == code;
        scene.road.waits_for(ANNA, code, |status| status["on"] == "refused_here" && why(status));
    };
    let named = |name| {
        let words = ["search", "--onlyvisible", "--class", "Mousepad", "set_window", "--name", name];
        scene.desktop.xdotool(&words);
    };
    named("My bank account");
    scene.works();
    scene.desktop.waits_for_light("refused here");
    is_refused("never_recorded");
    recorder.hears_count("steps: 0 kept, 1 not kept");

    named("Notes");
    let call = scene.desktop.canary("https://call.example.test is sharing your screen.", (900, 100), false);
    scene.works();
    recorder.hears_count("steps: 0 kept, 2 not kept");
    is_refused("screen_shared");
    scene.desktop.xdotool(&["windowunmap", &call.to_string()]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 2 not kept");
    scene.desktop.waits_for_light("recording");
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
    let gaps = scene.road.gaps(ANNA, told["session"].as_str().unwrap());
    assert_eq!(codes(&gaps), ["never_recorded", "screen_shared"]);
}

#[test]
fn the_last_minutes_are_forgotten_for_good_while_it_records_and_after() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    scene.desktop.types("remember");
    recorder.hears_count("steps: 2 kept, 0 not kept");
    let told = scene.types(&["agent", "forget", "--minutes", "10"]);
    assert_eq!((&told["steps"], &told["recordings"]), (&Value::from(2), &Value::from(0)), "{told}");
    assert!(told["bytes"].as_u64().unwrap() > 0);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept, 2 forgotten");
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!(
        (code, &told["adds_up"], &told["steps"]),
        (Some(0), &Value::Bool(true), &Value::from(2)),
        "{told}"
    );
    let session = told["session"].as_str().unwrap();
    assert_eq!(codes(&scene.road.gaps(ANNA, session)), ["forgotten"]);
    let told = scene.types(&["agent", "forget", "--minutes", "10"]);
    assert_eq!(&told["recordings"], &Value::from(1), "{told}");
    assert_eq!(scene.types(&["review", "list"]), Value::Array(Vec::new()));
    assert!(scene.road.fails(ANNA, &["agent", "forget", "--minutes", "0"], 2).contains("0 minutes"));
}

#[test]
fn an_application_is_not_recorded_here_from_the_next_action_on_until_it_is_undone() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    assert_eq!(scene.types(&["agent", "not-here", "mousepad"])["not_here"][0], "text-editor");
    scene.works();
    recorder.hears_count("steps: 0 kept, 1 not kept");
    let (_, status) = scene.road.waits_for_on(ANNA, "refused_here");
    assert_eq!(status["recorder"]["why"][0]["code"], "not_here");
    assert_eq!(status["not_here"][0], "text-editor");
    scene.types(&["agent", "not-here", "text-editor", "--undo"]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 1 not kept");
    // A list that cannot be read leaves everything out.
    let program = support::files(scene.dir.path());
    let list = program.iter().find(|path| path.ends_with("not-here.json")).unwrap();
    put(list, b"[\"text-ed");
    scene.works();
    recorder.hears_count("steps: 1 kept, 2 not kept");
    assert_eq!(scene.road.status(ANNA)["not_here"], Value::Null);
    assert!(scene.road.fails(ANNA, &["agent", "not-here", "solitaire"], 2).contains("names no application"));
    recorder.kill();
}

#[test]
fn a_halt_reaches_the_recorder_within_a_second_and_a_server_that_says_nothing_stops_it_too() {
    let mut scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    // By then it waits at the server.
    std::thread::sleep(Duration::from_secs(2));
    scene.road.types("sam", &["halt", "--reason", "a test"]);
    #[expect(clippy::disallowed_methods, reason = "a test measures")]
    let said = std::time::Instant::now();
    scene.desktop.waits_for_light("halted");
    let heard = said.elapsed();
    // It waits at the server for it, or asks within 0.8 s; the rest is for a loaded machine.
    assert!(heard < Duration::from_millis(1_500), "{heard:?}");
    let waits = |line: &str| line.contains("/api/v1/leases/next") && line.contains("\"status\":200");
    assert!(scene.road.server_log().lines().any(waits), "{}", scene.road.server_log());
    let (_, status) = scene.road.waits_for_on(ANNA, "halted");
    let says_stop = |why: &Value| why["code"] == "lease_says_stop";
    assert!(status["recorder"]["why"].as_array().unwrap().iter().any(says_stop), "{status:#}");
    scene.works();
    scene.desktop.types("halted");
    recorder.terminate();
    let (told, code) = recorder.ends();
    assert_eq!(
        (code, &told["adds_up"], &told["steps"]),
        (Some(0), &Value::Bool(true), &Value::from(1)),
        "{told}"
    );
    let gaps = codes(&scene.road.gaps(ANNA, told["session"].as_str().unwrap()));
    // The signed history may come a moment after the lease.
    assert!(!gaps.is_empty() && gaps.iter().all(|codes| codes.ends_with("lease_says_stop")), "{gaps:?}");
    drop(std::mem::replace(&mut scene, Scene::set()));
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    scene.road.stop_server();
    let (_, status) = scene.road.waits_for_on(ANNA, "halted");
    assert_eq!(status["recorder"]["why"][0]["code"], "server_silent");
    assert!(status["recorder"]["server_heard_s"].as_u64().unwrap() >= 30);
    scene.works();
    scene.types(&["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["steps"]), (Some(0), &Value::from(1)), "{told}");
}

#[test]
fn a_recorder_over_its_budget_leaves_out_frames_then_everything_and_says_so() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    let used = scene.road.status(ANNA)["recorder"]["budgets"]["memory_mib"].as_u64().unwrap();
    scene.types(&["agent", "stop"]);
    assert_eq!(recorder.ends().1, Some(0));
    // A fifth over its memory.
    scene.budget(&format!("memory_mib_max = {}\n", used * 10 / 12));
    let mut recorder = scene.records(&[]);
    let (_, status) = scene.road.waits_for(ANNA, "frames are left out", |status| {
        status["recorder"]["budgets"]["left_out"] != "nothing"
    });
    assert_eq!(status["recorder"]["budgets"]["left_out"], "frames", "{status:#}");
    assert_eq!(status["recorder"]["budgets"]["because_of"][0], "memory");
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    scene.types(&["agent", "stop"]);
    let (told, _) = recorder.ends();
    let session = told["session"].as_str().unwrap().to_owned();
    assert_eq!(codes(&scene.road.gaps(ANNA, &session)), ["frames_left_out+memory_budget"]);
    let frames = scene.dir.path().join("frames");
    scene.types(&["review", "show", &session, "--frames", frames.to_str().unwrap()]);
    assert_eq!(support::files(&frames).len(), 0);
    scene.budget("memory_mib_max = 1\n");
    let mut recorder = scene.records(&[]);
    let (_, status) = scene.road.waits_for_on(ANNA, "halted");
    let why: Vec<&str> = status["recorder"]["why"]
        .as_array()
        .unwrap()
        .iter()
        .map(|why| why["code"].as_str().unwrap())
        .collect();
    assert_eq!(why, ["device_budget", "memory_budget"]);
    recorder.kill();
    scene.budget("memory_mib_max = many\n");
    assert!(scene.road.fails(ANNA, &["record", "--seconds", "1"], 4).contains("budget.toml"));
}

#[test]
fn a_killed_recorder_is_off_and_what_it_kept_waits_for_its_person() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    recorder.kill();
    let status = scene.road.status(ANNA);
    assert_eq!((&status["on"], &status["recorder"]), (&Value::from("off"), &Value::Null));
    assert_eq!(scene.types(&["review", "list"])[0]["steps"], 1);
}

#[test]
fn one_recorder_at_a_time_and_the_second_says_so() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    let second = Recorder::begin(&scene.road, ANNA, &scene.desktop.display, &[]);
    let (told, code) = second.ends();
    assert_eq!(code, Some(2), "{told}");
    assert!(told["message"].as_str().unwrap().contains("recording already"), "{told}");
    recorder.kill();
}

#[test]
fn who_withdraws_while_it_records_ends_it_and_nothing_of_it_is_left() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    scene.types(&["withdraw"]);
    let (told, code) = recorder.ends();
    assert_eq!(code, Some(3), "{told}");
    assert!(told["message"].as_str().unwrap().contains("you have withdrawn"), "{told}");
    assert_eq!(scene.types(&["review", "list"]), Value::Array(Vec::new()));
}

#[test]
fn a_desktop_that_ends_ends_the_recording_and_keeps_it() {
    let scene = Scene::set();
    let mut recorder = scene.records(&[]);
    scene.works();
    recorder.hears_count("steps: 1 kept, 0 not kept");
    let Scene { dir, road, desktop } = scene;
    drop(desktop);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["steps"]), (Some(0), &Value::from(1)), "{told}");
    assert!(codes(&road.gaps(ANNA, told["session"].as_str().unwrap())).contains(&"desktop_lost".to_owned()));
    drop(dir);
}

#[test]
fn nothing_starts_with_the_desktop_unless_the_person_switches_it_on() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree(ANNA, &["text-editor"]);
    let file = dir.path().join("config/autostart/candor-record.desktop");
    assert_eq!(road.types(ANNA, &["agent", "autostart", "status"])["autostart"], false);
    assert!(!file.exists());
    road.types(ANNA, &["agent", "autostart", "on"]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\" \"record\" \"--program\" \"") && text.starts_with("[Desktop Entry]\n"),
        "{text}"
    );
    assert_eq!(road.types(ANNA, &["agent", "autostart", "off"])["autostart"], false);
    assert!(!file.exists());
}
