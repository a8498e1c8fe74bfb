//! "Recording now" on the contributor's page: what is on, pause, forget, not here. The command line is the check.
mod support;

use support::Road;
use support::served::Served;

#[test]
fn a_person_pauses_leaves_out_and_forgets_on_the_page_and_nobody_else_does() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser", "text-editor"]);
    road.import("anna", "mail-and-form");
    let mut page = Served::open(&road, "anna");
    page.enter();
    let acts = |path: &str, form: &[(&str, &str)]| {
        let (status, text) = page.post(path, form);
        assert!(matches!(status, 200 | 303), "{path}: {status} {text}");
        text
    };
    assert!(page.text("/live").contains("It is off: nothing is recorded."));

    assert_ne!(page.post_from("http://elsewhere.example", "/live/pause", &[]).0, 303);
    assert_eq!(road.types("anna", &["agent", "status"])["paused"], false);
    acts("/live/pause", &[]);
    assert_eq!(road.types("anna", &["agent", "status"])["paused"], true);
    assert!(page.text("/live").contains("begins paused"));
    acts("/live/resume", &[]);
    assert_eq!(road.types("anna", &["agent", "status"])["paused"], false);

    acts("/live/not-here", &[("app", "text-editor"), ("not_here", "yes")]);
    assert_eq!(road.types("anna", &["agent", "not-here"])["not_here"], serde_json::json!(["text-editor"]));
    assert!(page.text("/live").contains("Record it here again: Text editor"));
    acts("/live/not-here", &[("app", "text-editor")]);
    assert_eq!(road.types("anna", &["agent", "not-here"])["not_here"], serde_json::json!([]));

    assert_eq!(page.post("/live/forget", &[("minutes", "0")]).0, 409);
    let told = acts("/live/forget", &[("minutes", "10")]);
    assert!(told.contains("the last 10 minutes") && told.contains("1 whole recordings"), "{told}");
    assert_eq!(road.types("anna", &["review", "list"]), serde_json::json!([]));
}
