//! What a release costs the person's network: a metered one asks once more, and no hour sends more than its budget.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test fails as a test does")]

mod support;

use serde_json::Value;
use support::mock::Mock;
use support::served::Served;
use support::{Road, put};

const ANNA: &str = "anna";
const METERED: &str = "Metered";
const MANAGER: &str = "org.freedesktop.NetworkManager";

struct Scene {
    road: Road,
    session: String,
    dir: tempfile::TempDir,
}

/// Anna has looked at a recording.
fn scene() -> Scene {
    scene_with(None)
}

/// The same, with these budgets in the charter.
fn scene_with(budgets: Option<&str>) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program_with(budgets);
    road.agree(ANNA, &["browser"]);
    let session = road.import(ANNA, "mail-and-form");
    road.types(ANNA, &["review", "done", &session]);
    Scene { road, session, dir }
}

impl Scene {
    fn network(&self, metered: u32) -> Mock {
        let path = "/org/freedesktop/NetworkManager";
        let manager = Mock::of_system(self.dir.path(), "networkmanager", MANAGER, path);
        manager.plays("AddProperty", &[MANAGER, METERED, &format!("<uint32 {metered}>")]);
        manager
    }

    fn state(&self) -> Value {
        self.road.types(ANNA, &["review", "list"])[0]["state"].clone()
    }

    fn uploads(&self) -> Value {
        self.road.status(ANNA)["uploads"].clone()
    }

    fn home(&self, file: &str) -> std::path::PathBuf {
        self.dir.path().join("people").join(ANNA).join(file)
    }
}

#[test]
fn over_a_metered_network_a_release_asks_once_more_and_sends_nothing_before() {
    let scene = scene();
    assert_eq!(scene.uploads()["network"], "unknown");
    let network = scene.network(1);
    assert_eq!(scene.uploads()["network"], "metered");
    let told = scene.road.fails(ANNA, &["release", &scene.session], 3);
    assert!(told.contains("this network is metered"), "{told}");
    assert_eq!((scene.state(), &scene.uploads()["bytes"]), ("looked at".into(), &0.into()));
    // A guess that says yes counts too; a no and a guess of no do not.
    for (value, known) in
        [(3, "metered"), (4, "not_metered"), (2, "not_metered"), (0, "unknown"), (1, "metered")]
    {
        network.plays("UpdateProperties", &[MANAGER, &format!("{{'{METERED}': <uint32 {value}>}}")]);
        assert_eq!(scene.uploads()["network"], known, "{value}");
    }
    let told = scene.road.types(ANNA, &["release", &scene.session, "--metered"]);
    assert_eq!(scene.state(), "released");
    let uploads = scene.uploads();
    assert_eq!((&uploads["bytes"], &uploads["last_hour_bytes"]), (&told["bytes"], &told["bytes"]));
}

#[test]
fn the_page_asks_once_more_by_a_tick_of_its_own_and_a_person_may_say_so_for_good() {
    let scene = scene();
    let _network = scene.network(1);
    let mut page = Served::open(&scene.road, ANNA);
    page.enter();
    let release = format!("/recording/{}/release", scene.session);
    let shown = page.text(&release);
    assert!(shown.contains("This network is metered"), "{shown}");
    let digest =
        scene.road.types(ANNA, &["release", &scene.session, "--show"])["digest"].as_str().unwrap().to_owned();
    assert_eq!(page.post(&release, &[("yes", "on"), ("digest", &digest)]).0, 409);
    assert_eq!(scene.state(), "looked at");
    put(&scene.home("budget.toml"), b"upload_when_metered = true\n");
    assert!(!page.text(&release).contains("This network is metered"));
    put(&scene.home("budget.toml"), b"");
    assert_eq!(page.post(&release, &[("yes", "on"), ("metered", "on"), ("digest", &digest)]).0, 303);
    assert_eq!(scene.state(), "released");
}

#[test]
fn what_does_not_fit_into_the_hour_waits_says_so_and_leaves_when_it_does() {
    let scene = scene();
    let bytes = scene.road.types(ANNA, &["release", &scene.session, "--show"])["bytes"].as_u64().unwrap();
    put(&scene.home("budget.toml"), b"uploaded_mib_per_hour_max = 0\n");
    let told = scene.road.fails(ANNA, &["release", &scene.session], 3);
    assert!(told.contains("may be sent in an hour"), "{told}");
    let mib = 1024 * 1024;
    let limit = bytes.div_ceil(mib) + 1;
    put(&scene.home("budget.toml"), format!("uploaded_mib_per_hour_max = {limit}\n").as_bytes());
    // What was sent a little less than an hour ago, as the count has it.
    let before = format!(
        "{{\"bytes\":{0},\"last_hour\":[{{\"at\":\"{1}\",\"bytes\":{0}}}]}}",
        limit * mib,
        an_hour_less_seconds(12)
    );
    put(&scene.home("uploaded.json"), before.as_bytes());
    let told = scene.road.fails(ANNA, &["release", &scene.session], 3);
    assert!(told.contains("of an hour are sent"), "{told}");
    assert_eq!(scene.state(), "looked at", "nothing was signed or lost");
    let output = scene.road.run(ANNA, &["release", &scene.session, "--wait"]);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && talk.contains("it waits 1 min"), "{talk}");
    assert_eq!(scene.state(), "released");
    let uploads = scene.uploads();
    assert!(uploads["last_hour_bytes"].as_u64().unwrap() >= bytes, "{uploads}");
    assert!(uploads["bytes"].as_u64().unwrap() >= limit * mib + bytes, "{uploads}");
    put(&scene.home("uploaded.json"), b"{");
    assert_eq!(scene.uploads(), Value::Null, "a count that cannot be read is told, and sends nothing");
}

fn an_hour_less_seconds(seconds: i64) -> String {
    let words = format!("{} seconds ago", 3600 - seconds);
    let told =
        std::process::Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ", "--date", &words]).output();
    String::from_utf8(told.unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn a_charter_may_limit_what_is_sent_and_a_person_may_only_make_it_less() {
    let promised = "bytes_per_day = 200_000_000, uploaded_mib_per_hour_max = 7, upload_when_metered = false";
    let scene = scene_with(Some(promised));
    let _network = scene.network(1);
    let mib = |mib: u64| Value::from(mib * 1024 * 1024);
    put(&scene.home("budget.toml"), b"uploaded_mib_per_hour_max = 8\nupload_when_metered = true\n");
    assert_eq!(scene.uploads()["last_hour_bytes_max"], mib(7));
    let told = scene.road.fails(ANNA, &["release", &scene.session], 3);
    assert!(told.contains("this network is metered"), "{told}");
    put(&scene.home("budget.toml"), b"uploaded_mib_per_hour_max = 0\n");
    assert_eq!(scene.uploads()["last_hour_bytes_max"], mib(0));
    let told = scene.road.fails(ANNA, &["release", &scene.session, "--metered"], 3);
    assert!(told.contains("may be sent in an hour"), "{told}");
    assert_eq!(scene.state(), "looked at");
}
