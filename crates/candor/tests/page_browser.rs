//! The contributor's page in a real browser, with a real mouse and keyboard, and held against axe-core.
//!
//! With `CANDOR_PICTURES` set to a folder, the pages that the guide shows are written there: `cargo xtask pictures`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::Path;

use serde_json::json;
use support::Road;
use support::browser::Browser;
use support::mock::Mock;
use support::served::Served;

/// A road on which anna has recorded something, her page, and her browser, which has come by the link.
fn opened(dir: &Path) -> (Road, String, Served, Browser) {
    let road = Road::open(dir);
    road.start_program();
    road.agree("anna", &["browser"]);
    let session = road.import("anna", "mail-and-form");
    let mut page = Served::open(&road, "anna");
    let mut browser = Browser::start(&dir.join("browser"));
    browser.look_like(1280, 900, false);
    browser.go(&page.link);
    page.root = browser.path();
    (road, session, page, browser)
}

/// The window as a picture for the guide, when somebody makes those.
fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("CANDOR_PICTURES") {
        browser.eval("new Promise((done) => setTimeout(done, 300))");
        support::put(&Path::new(&folder).join(format!("{name}.png")), &browser.picture());
    }
}

fn scroll_to(browser: &mut Browser, selector: &str) {
    browser.eval(&format!("document.querySelector({}).scrollIntoView()", json!(selector)));
}

/// P4, P5, P10: the whole way with mouse and keyboard.
#[test]
fn a_person_looks_masks_names_drops_releases_sees_it_released_and_withdraws() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session, page, mut browser) = opened(dir.path());
    assert!(browser.text().contains("waits for you"), "{}", browser.text());
    assert!(browser.text().contains("deletes itself in"), "{}", browser.text());
    picture(&mut browser, "recordings");

    // Look.
    browser.follow(|browser| browser.click(".card a"));
    assert!(browser.path().ends_with(&session));
    browser.wait_for("[...document.images].some((i) => i.complete && i.naturalWidth > 0)");
    picture(&mut browser, "recording");
    browser.follow(|browser| browser.click("#s1 a"));
    browser.wait_for("document.querySelector('#frame image').getBBox().width > 0");

    // A mask, drawn with the mouse.
    let before = browser.eval("document.querySelectorAll('rect.found').length");
    browser.drag("#frame", (0.1, 0.1), (0.3, 0.2));
    let drawn = browser.eval("['x', 'y', 'width', 'height'].map((id) => +document.getElementById(id).value)");
    let screen = browser.eval("[document.getElementById('frame').viewBox.baseVal.width]");
    let width = screen[0].as_f64().unwrap();
    assert!((drawn[0].as_f64().unwrap() - width * 0.1).abs() <= 2.0, "{drawn} of {screen}");
    assert!((drawn[2].as_f64().unwrap() - width * 0.2).abs() <= 2.0, "{drawn} of {screen}");
    scroll_to(&mut browser, ".lead");
    picture(&mut browser, "mask");
    browser.follow(|browser| browser.click("form[action$='/mask'] button"));
    assert!(browser.text().contains("regions that you masked"), "{}", browser.text());
    let after = browser.eval("document.querySelectorAll('rect.found').length");
    assert_eq!(after.as_u64().unwrap(), before.as_u64().unwrap() + 1);

    drops_names_and_searches(&mut browser);
    releases(&mut browser, &road, &page, &session);

    // Leave.
    browser.follow(|browser| browser.click("header a[href$='/withdraw']"));
    picture(&mut browser, "withdraw");
    browser.follow(|browser| browser.click("form[action$='/withdraw'] button"));
    assert!(browser.text().contains("whose keys are destroyed: 1"), "{}", browser.text());
}

fn drops_names_and_searches(browser: &mut Browser) {
    // Walk with the arrow keys, and drop one step.
    browser.follow(|browser| browser.press("ArrowRight"));
    assert!(browser.path().ends_with("/2"));
    browser.follow(|browser| browser.press("ArrowLeft"));
    browser.follow(|browser| browser.press("ArrowRight"));
    browser.follow(|browser| browser.click("form[action$='/drop'] button"));
    assert_eq!(browser.eval("document.querySelectorAll('.step.out').length"), json!(1));

    // Name the task.
    browser.fill("#task", "Answer dana.lund@example.test and fill in the form");
    browser.click("input[value='done']");
    browser.follow(|browser| browser.click("form[action$='/task'] button"));
    assert!(
        browser.text().contains("task done") && !browser.text().contains("dana.lund"),
        "{}",
        browser.text()
    );

    // Search.
    browser.follow(|browser| browser.click("header a[href$='/search']"));
    browser.click("input[type='search']");
    browser.write("send");
    browser.follow(|browser| browser.press("Enter"));
    picture(browser, "search");
    browser.follow(|browser| browser.click("header .brand"));
    browser.follow(|browser| browser.click(".card a"));
}

fn releases(browser: &mut Browser, road: &Road, page: &Served, session: &str) {
    // Release: what is shown is what is signed.
    browser.follow(|browser| browser.click("form[action$='/reviewed'] button"));
    let digest = browser.eval("document.querySelector('input[name=digest]').value");
    assert!(browser.text().contains(digest.as_str().unwrap()), "{}", browser.text());
    // Without the tick the browser sends nothing.
    browser.click("form.agree button");
    assert_eq!(
        browser.eval("document.querySelector('form.agree input[name=yes]').matches(':invalid')"),
        json!(true)
    );
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "looked at");
    scroll_to(browser, "h1");
    picture(browser, "release");
    browser.click("input[name='yes']");
    browser.follow(|browser| browser.click("form.agree button"));
    assert!(browser.path().ends_with(session));
    let told = browser.text();
    assert!(told.contains("released") && told.contains(digest.as_str().unwrap()), "{told}");
    assert!(told.contains("the public log holds it"), "{told}");

    // Who has it.
    road.compile("first");
    browser.go(&page.url(&format!("/recording/{session}")));
    assert!(browser.text().contains("checked on this machine"), "{}", browser.text());
    picture(browser, "released");
}

/// Everything with the keyboard alone, and without the scripts of the pages.
#[test]
fn the_whole_way_goes_with_the_keyboard_and_without_script() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session, page, mut browser) = opened(dir.path());
    // The test asks through the browser's own console, which goes on; the page's scripts are not fetched.
    browser.call("Network.enable", &json!({}));
    browser.call("Network.setBlockedURLs", &json!({ "urls": ["*/walk.js", "*/mask.js"] }));
    browser.go(&page.url(""));
    browser.press("Tab");
    assert_eq!(
        browser.eval("document.activeElement.className"),
        json!("skip"),
        "the first stop skips the menu"
    );
    browser.tab_to(".card a");
    browser.follow(|browser| browser.press("Enter"));
    browser.tab_to("#word");
    browser.write("Reply");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.text().contains("the word \"Reply\", everywhere"), "{}", browser.text());
    browser.tab_to("form[action$='/unmask'] button");
    browser.follow(|browser| browser.press(" "));
    assert!(!browser.text().contains("\"Reply\", everywhere"), "{}", browser.text());

    browser.tab_to("#s1 a");
    browser.follow(|browser| browser.press("Enter"));
    assert_eq!(
        browser.eval("document.getElementById('play').hidden"),
        json!(true),
        "what needs a script is not shown"
    );
    for (field, number) in [("x", "10"), ("y", "20"), ("width", "30"), ("height", "40")] {
        browser.tab_to(&format!("#{field}"));
        browser.write(number);
    }
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.text().contains("regions that you masked"), "{}", browser.text());
    browser.tab_to("a[rel='next']");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.path().ends_with("/2"));
    browser.tab_to(".walk a");
    browser.follow(|browser| browser.press("Enter"));

    browser.tab_to("form[action$='/reviewed'] button");
    browser.follow(|browser| browser.press("Enter"));
    browser.tab_to("input[name='yes']");
    browser.press(" ");
    browser.tab_to("form.agree button");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.path().ends_with(&session));
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "released");
    records_nothing_by_keyboard(&mut browser, &road, &page);
    browser.tab_to("header a[href$='/withdraw']");
    browser.follow(|browser| browser.press("Enter"));
    browser.tab_to("form[action$='/withdraw'] button");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.text().contains("Withdrawn"), "{}", browser.text());
}

/// "Recording now" with the keyboard alone.
fn records_nothing_by_keyboard(browser: &mut Browser, road: &Road, page: &Served) {
    browser.go(&page.url("/live"));
    browser.tab_to("form[action$='/live/pause'] button");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.text().contains("A pause is set"), "{}", browser.text());
    browser.tab_to("form[action$='/live/not-here'] button");
    browser.follow(|browser| browser.press(" "));
    assert_eq!(road.types("anna", &["agent", "status"])["not_here"], json!(["browser"]));
    browser.tab_to("form[action$='/live/resume'] button");
    browser.follow(|browser| browser.press("Enter"));
    assert_eq!(road.types("anna", &["agent", "status"])["paused"], json!(false));
    browser.tab_to("input[name='minutes']");
    browser.follow(|browser| browser.press("Enter"));
    assert!(browser.text().contains("the last 10 minutes"), "{}", browser.text());
}

/// The menu of the tray opens the page by a file that only the person can read: the link is in no command's words.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test puts a program of its own before those of the machine")]
fn a_page_that_a_menu_opens_is_reached_by_a_file_of_the_persons_own() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    let told = dir.path().join("opened");
    let script = format!("#!/bin/sh\nprintf %s \"$*\" > {}\n", told.display());
    support::put(&dir.path().join("bin/xdg-open"), script.as_bytes());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(dir.path().join("bin/xdg-open"), mode).unwrap();
    let path = format!("{}:{}", dir.path().join("bin").display(), std::env::var("PATH").unwrap());
    let _page = Served::open_with(&road, "anna", &["--open"], &[("PATH", &path)]);
    let mut browser = Browser::start(&dir.path().join("browser"));
    let file = (0..500).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::fs::read_to_string(&told).ok().filter(|file| !file.is_empty())
    });
    let file = file.unwrap();
    assert!(file.ends_with("page.html") && !file.contains("enter"), "{file}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o077, 0);
    browser.go(&format!("file://{file}"));
    browser.wait_for("location.protocol === 'http:' && document.body.innerText.includes('Your recordings')");
}

#[test]
fn play_walks_to_the_last_step_and_stops_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (_road, session, page, mut browser) = opened(dir.path());
    browser.go(&page.url(&format!("/recording/{session}/0")));
    browser.follow(|browser| browser.click("#play"));
    assert!(browser.path().ends_with("/1"));
    browser.wait_for("document.getElementById('play').textContent === 'Stop'");
    browser.click("#play");
    assert_eq!(browser.eval("document.getElementById('play').textContent"), json!("Play"));
    browser.eval("new Promise((done) => setTimeout(done, 2000))");
    assert!(browser.path().ends_with("/1"), "it has stopped");
}

#[test]
fn axe_core_finds_nothing_wrong_with_any_page_light_or_dark_narrow_or_wide() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session, page, mut browser) = opened(dir.path());
    let other = road.import("anna", "mail-and-form");
    let path = format!("/recording/{session}");
    let post = |browser: &mut Browser, act: &str, form: &str| {
        browser.go(&page.url(&path));
        let send = format!(
            "(() => {{ const f = document.createElement('form'); f.method = 'post'; f.action = {}; \
             for (const [n, v] of Object.entries({form})) {{ const i = document.createElement('input'); \
             i.name = n; i.value = v; f.append(i); }} document.body.append(f); f.submit(); }})()",
            json!(page.url(&format!("{path}/{act}")))
        );
        browser.follow(|browser| drop(browser.eval(&send)));
    };
    post(&mut browser, "drop", "{ from: 0, to: 0 }");
    post(&mut browser, "word", "{ word: 'Reply' }");
    post(&mut browser, "reviewed", "{}");
    road.release("anna", &other);
    road.compile("first");
    let pages = [
        String::new(),
        path.clone(),
        format!("{path}/0"),
        format!("{path}/1"),
        format!("{path}/release"),
        format!("/recording/{other}"),
        format!("/recording/{other}/0"),
        format!("/recording/{other}/release"),
        "/search".to_owned(),
        "/search?q=send".to_owned(),
        "/search?q=a".to_owned(),
        "/withdraw".to_owned(),
        "/live".to_owned(),
        "/nowhere".to_owned(),
        format!("{path}/9999"),
    ];
    // A release that asks once more, an application that is left out, a pause.
    let name = "org.freedesktop.NetworkManager";
    let network = Mock::of_system(dir.path(), "networkmanager", name, "/org/freedesktop/NetworkManager");
    network.plays("AddProperty", &[name, "Metered", "<uint32 1>"]);
    road.types("anna", &["agent", "not-here", "browser"]);
    road.types("anna", &["agent", "pause"]);
    let mut wrong = Vec::new();
    for (width, dark) in [(1280, false), (1280, true), (360, false), (360, true)] {
        browser.look_like(width, 900, dark);
        for path in &pages {
            browser.go(&page.url(path));
            wrong.extend(
                browser.violations().into_iter().map(|line| format!("{path} {width} dark={dark}: {line}")),
            );
            let wide = browser.eval("document.documentElement.scrollWidth - innerWidth");
            if wide.as_i64().unwrap() > 0 {
                wrong.push(format!("{path} {width}: it scrolls sideways by {wide} pixels"));
            }
            if let Some(folder) = std::env::var_os("CANDOR_LOOK") {
                let name = format!("{width}-{dark}-{}.png", path.replace(['/', '?', '='], "_"));
                support::put(&Path::new(&folder).join(name), &browser.picture());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
