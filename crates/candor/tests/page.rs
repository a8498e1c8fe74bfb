//! The contributor's page: who may see it, and what can be done on it.

#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::Road;
use support::served::Served;

/// A road on which anna has recorded something.
fn recorded(dir: &Path) -> (Road, String) {
    let road = Road::open(dir);
    road.start_program();
    road.agree("anna", &["browser"]);
    let session = road.import("anna", "mail-and-form");
    (road, session)
}

#[test]
fn only_the_browser_that_came_by_the_link_sees_the_page_and_only_the_page_itself_acts() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    assert_eq!(page.get("/").status(), 403, "nobody has come by the link yet");
    let answer = page.http.get(page.link.replace("/enter/", "/enter/0")).call().unwrap();
    assert_eq!(answer.status(), 403, "another link");
    assert_eq!((page.enter(), page.enter()), (303, 403), "the link works once");
    assert!(page.text("").contains(&session));

    let headers = page.get("").headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(headers["cache-control"], "no-store");

    let path = format!("/recording/{session}");
    for (name, value) in [("Cookie", "candor_page=0"), ("Host", "elsewhere.example"), ("Host", "localhost:1")]
    {
        let other = if name == "Cookie" { value } else { &page.cookie };
        let mut request = page.http.get(page.url(&path)).header("Cookie", other);
        if name == "Host" {
            request = request.header(name, value);
        }
        assert_eq!(request.call().unwrap().status(), 403, "{name}: {value}");
    }
    for origin in ["http://elsewhere.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(page.post_from(origin, &format!("{path}/discard"), &[]).0, 403, "{origin}");
    }
    assert!(page.text("").contains(&session), "nothing was deleted");
}

#[test]
fn the_cookie_belongs_to_a_path_that_nobody_can_guess() {
    let dir = tempfile::tempdir().unwrap();
    let (road, _) = recorded(dir.path());
    let page = Served::open(&road, "anna");
    let answer = page.http.get(&page.link).call().unwrap();
    let root = answer.headers()["location"].to_str().unwrap().to_owned();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(root.len() == 33 && root.starts_with('/'), "{root}");
    for attribute in [format!("Path={root}"), "HttpOnly".to_owned(), "SameSite=Strict".to_owned()] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} is not in {cookie}");
    }
    assert!(!page.link.contains(&root), "the link does not tell the path");
    assert_ne!(root, Served::open(&road, "anna").root, "each page has its own");
}

/// The time of a moment of the command line, as the page writes it.
fn when(moment: &Value) -> String {
    format!(", {} UTC", moment.as_str().unwrap().get(11..16).unwrap())
}

/// What stands in a page between two words, the first time.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before).unwrap().1.split_once(after).unwrap().0
}

#[test]
fn a_person_looks_drops_masks_and_releases_and_the_command_line_agrees() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    let shown = road.types("anna", &["review", "show", &session]);
    let steps = shown["steps"].as_array().unwrap().len();
    let timeline = page.text(&path);
    assert_eq!(timeline.matches("/small.png").count(), steps);
    assert!(timeline.contains("it deletes itself in") && timeline.contains("What was not recorded"));
    for gap in shown["gaps"].as_array().unwrap() {
        assert!(timeline.contains(&when(&gap["from"])), "{gap}");
    }
    let before = page.get(&format!("{path}/1/frame.png")).body_mut().read_to_vec().unwrap();
    assert!(before.starts_with(b"\x89PNG"));
    let small = page.get(&format!("{path}/1/small.png")).body_mut().read_to_vec().unwrap();
    assert!(small.starts_with(b"\x89PNG") && small.len() < before.len());

    // Nothing is done in part, and nothing that was not asked for.
    let (far, said) = page.post(&format!("{path}/drop"), &[("from", "0"), ("to", "9999")]);
    assert!(far == 409 && said.contains("nothing was changed"), "{far} {said}");
    assert_eq!(page.post(&format!("{path}/drop"), &[("from", "2"), ("to", "1")]).0, 409);
    assert!(!page.text(&path).contains("Dropped: it does not leave"));
    assert_eq!(page.post(&format!("{path}/drop"), &[("from", "0"), ("to", "1")]), (303, path.clone()));
    assert_eq!(page.text(&path).matches("Dropped: it does not leave").count(), 2);
    assert_eq!(page.post(&format!("{path}/restore"), &[("from", "1"), ("to", "1")]), (303, path.clone()));
    let (left_out, kept) = (page.text(&format!("{path}/0")), page.text(&format!("{path}/1")));
    assert!(left_out.contains("Dropped: it does not leave") && left_out.contains("Take this step back in"));
    assert!(!kept.contains("Dropped: it does not leave") && kept.contains("Drop this step"));
    let region = [("step", "1"), ("x", "0"), ("y", "0"), ("width", "200"), ("height", "90")];
    assert_eq!(page.post(&format!("{path}/mask"), &region), (303, format!("{path}/1")));
    let after = page.get(&format!("{path}/1/frame.png")).body_mut().read_to_vec().unwrap();
    assert_ne!(before, after, "the mask is in the picture");
    assert!(page.text(&format!("{path}/1")).contains("regions that you masked"));

    // It leaves only when it was looked at and ticked.
    let release = format!("{path}/release");
    let digest = between(&page.text(&release), "<dt>Digest</dt><dd><code>", "</code>").to_owned();
    assert!(page.text(&release).contains("You have not said that you looked at it"));
    let agreed = [("yes", "on"), ("digest", digest.as_str())];
    assert_eq!(page.post(&release, &agreed).0, 409, "nobody has looked at it");
    assert_eq!(page.post(&format!("{path}/reviewed"), &[]), (303, release.clone()));
    for told in [
        "Filling in forms.",
        "Agent research team",
        &format!("name=\"digest\" value=\"{digest}\""),
        &road.address,
    ] {
        let page = page.text(&release);
        assert!(page.contains(told), "{told} is not in {page}");
    }
    assert_eq!(page.post(&release, &[("digest", &digest)]).0, 409, "it was not ticked");
    // The page lets go of the recordings, so that the command line can work beside it.
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "looked at");
    let previewed = road.types("anna", &["release", &session, "--show"]);
    assert_eq!((&previewed["digest"], &previewed["steps"]), (&digest.clone().into(), &(steps - 1).into()));

    assert_eq!(page.post(&release, &agreed), (303, path.clone()));
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "released");
    let released = page.text(&path);
    assert!(released.contains("public log holds it") && released.contains(&digest), "{released}");
    assert!(released.contains("No dataset holds it so far"), "{released}");

    let (status, said) = page.post("/withdraw", &[]);
    assert!(status == 200 && said.contains("whose keys are destroyed: 1"), "{status} {said}");
}

/// P4, P5: what was shown is what is signed. What changed between the look and the press stays.
#[test]
fn what_changed_after_the_release_page_was_shown_does_not_leave() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    page.post(&format!("{path}/reviewed"), &[]);
    let release = format!("{path}/release");
    let digest = between(&page.text(&release), "<dt>Digest</dt><dd><code>", "</code>").to_owned();
    page.post(&format!("{path}/drop"), &[("from", "0"), ("to", "0")]);
    let (status, said) = page.post(&release, &[("yes", "on"), ("digest", &digest)]);
    assert!(status == 409 && said.contains("changed since it was shown"), "{status} {said}");
    let other = road.fails("anna", &["release", &session, "--digest", &digest], 3);
    assert!(other.contains("changed since it was shown"), "{other}");
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "looked at");
    let digest = between(&page.text(&release), "<dt>Digest</dt><dd><code>", "</code>").to_owned();
    let left = road.types("anna", &["release", &session, "--digest", &digest]);
    assert_eq!(left["manifest"], digest, "the digest that was shown is the digest that was signed");
}

/// P1: the person's own words are redacted before they are kept.
#[test]
fn a_task_is_named_in_the_persons_words_without_what_is_personal_and_ends_the_review() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    page.post(&format!("{path}/reviewed"), &[]);
    let words = "Answer dana.lund@example.test about the invoice";
    assert_eq!(
        page.post(&format!("{path}/task"), &[("task", words), ("ended", "not done")]),
        (303, path.clone())
    );
    let shown = page.text(&path);
    assert!(shown.contains("about the invoice") && shown.contains("task not done"), "{shown}");
    assert!(!shown.contains("dana.lund"), "{shown}");
    let listed = &road.types("anna", &["review", "list"])[0];
    assert_eq!((&listed["state"], &listed["outcome"]), (&"waits for you".into(), &"failure".into()));
    assert!(listed["task"].as_str().unwrap().contains("[EMAIL_1]"), "{listed}");

    // What stays as it is ends no review; a new outcome does.
    page.post(&format!("{path}/reviewed"), &[]);
    let task = listed["task"].as_str().unwrap();
    page.post(&format!("{path}/task"), &[("task", task), ("ended", "not done")]);
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "looked at");
    road.types("anna", &["review", "outcome", &session, "done"]);
    let listed = &road.types("anna", &["review", "list"])[0];
    assert_eq!((&listed["state"], &listed["outcome"]), (&"waits for you".into(), &"success".into()));
    road.types("anna", &["review", "task", &session, ""]);
    assert_eq!(road.types("anna", &["review", "list"])[0]["task"], Value::Null);
}

#[test]
fn words_and_apps_are_masked_found_and_taken_back_on_the_page_and_in_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    let (word, shown) = ("Reply", road.types("anna", &["review", "show", &session]));
    let found = || road.types("anna", &["review", "search", &session, word]).as_array().unwrap().len();
    let stood = found();
    assert!(stood > 0, "{word}");
    let searched = page.text(&format!("/search?q={word}"));
    assert_eq!(searched.matches(&format!("{path}/")).count(), stood + 1, "{searched}");

    assert_eq!(page.post(&format!("{path}/word"), &[("word", word)]), (303, path.clone()));
    assert_eq!(found(), 0);
    assert!(page.text(&path).contains("What you masked"));
    assert!(page.text(&format!("/search?q={word}")).contains("It is nowhere in your recordings"));
    assert_eq!(page.post(&format!("{path}/word"), &[("word", "nowhereatall")]).0, 409);

    let app = shown["steps"][0]["app"].as_str().unwrap();
    let in_app = shown["steps"].as_array().unwrap().iter().filter(|step| step["app"] == app).count();
    assert_eq!(page.post(&format!("{path}/app"), &[("app", app)]), (303, path.clone()));
    assert_eq!(page.text(&path).matches("Left out with its app").count(), in_app);
    let masks = road.types("anna", &["review", "masks", &session]);
    assert_eq!(masks.as_array().unwrap().len(), 2, "{masks}");
    assert_eq!(page.post(&format!("{path}/unmask"), &[("mask", "1")]), (303, path.clone()));
    road.types("anna", &["review", "unmask", &session, "0"]);
    assert_eq!(found(), stood);
    assert_eq!(page.post(&format!("{path}/unmask"), &[("mask", "1")]).0, 409, "it was taken back");
    assert!(!page.text(&path).contains("What you masked"));
}

#[test]
fn who_got_a_released_recording_is_told_to_its_person_with_proof() {
    let dir = tempfile::tempdir().unwrap();
    let (mut road, session) = recorded(dir.path());
    road.release("anna", &session);
    let compiled = road.compile("first");
    let mut page = Served::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    let told = page.text(&path);
    assert!(told.contains("of the public log, checked on this machine"), "{told}");
    assert!(told.contains("for form-filling") && told.contains("public log holds it"), "{told}");
    assert!(told.contains(compiled["version"].as_str().unwrap()), "{compiled}");

    // A receipt that was changed is not shown as one, and a server that is away is said to be away.
    let folder = support::files(&road.dir.join("people/anna"));
    let proof = folder.iter().find(|path| path.ends_with(format!("{session}.proof.json"))).unwrap();
    let text = std::fs::read_to_string(proof).unwrap();
    let mut other: Value = serde_json::from_str(&text).unwrap();
    let leaf = other["leaf"].as_str().unwrap().chars().rev().collect::<String>();
    other["leaf"] = leaf.into();
    support::put(proof, other.to_string().as_bytes());
    assert!(page.text(&path).contains("holds no proof that the public log has it"));
    road.stop_server();
    assert!(page.text(&path).contains("The server does not say at this moment"));
}

#[test]
fn a_recording_is_deleted_with_one_press() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    assert_eq!(page.post(&format!("/recording/{session}/discard"), &[]), (303, String::new()));
    assert!(page.text("").contains("There is no recording on this machine"));
    assert_eq!(road.types("anna", &["review", "list"]), Value::Array(Vec::new()));
}

#[test]
fn who_takes_part_in_nothing_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    assert!(road.fails("anna", &["page"], 3).contains("you have not agreed"));
}

#[test]
fn while_a_recording_runs_the_page_says_so_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Served::open(&road, "anna");
    page.enter();
    let files = support::files(&road.dir.join("people/anna"));
    let lock = files.iter().find(|path| path.ends_with("journal/lock")).unwrap();
    // What a recorder holds for as long as it runs.
    let held = std::fs::File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    assert!(page.text("").contains("Your recordings are in use at this moment"));
    let (status, said) = page.post(&format!("/recording/{session}/discard"), &[]);
    assert!(status == 409 && said.contains("nothing was changed"), "{status} {said}");
    drop(held);
    assert!(page.text("").contains(&session));
}
