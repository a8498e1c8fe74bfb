//! The contributor's page: who may see it, and what can be done on it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test fails as a test does")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use support::{CANDOR, Road, isolated};
use ureq::http::Response;
use ureq::{Agent, Body};

/// A page that is served, and a browser that may come in.
struct Page {
    child: Child,
    address: String,
    link: String,
    cookie: String,
    http: Agent,
}

impl Page {
    fn open(road: &Road, person: &str) -> Self {
        let mut command = Command::new(CANDOR);
        command.args(["page", "--json", "--home"]).arg(road.dir.join("people").join(person));
        command.args(["--server", &road.address]).stdin(Stdio::null());
        let mut child =
            isolated(&mut command, &road.dir).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let told: String = lines.take(3).collect();
        let told: Value = serde_json::from_str(&told).unwrap();
        let link = told["url"].as_str().unwrap().to_owned();
        assert!(link.starts_with("http://127.0.0.1:"), "{link}");
        let address = link.split("/enter/").next().unwrap().to_owned();
        let config = Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        Self { child, address, link, cookie: String::new(), http: config.new_agent() }
    }

    fn enter(&mut self) -> u16 {
        let answer = self.http.get(&self.link).call().unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        answer.status().as_u16()
    }

    fn get(&self, path: &str) -> Response<Body> {
        let url = format!("{}{path}", self.address);
        self.http.get(url).header("Cookie", &self.cookie).call().unwrap()
    }

    fn text(&self, path: &str) -> String {
        let mut answer = self.get(path);
        assert_eq!(answer.status(), 200, "{path}");
        answer.body_mut().read_to_string().unwrap()
    }

    /// Sends a form as this page does; the status, and where it leads or what it says.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        self.post_from(&self.address, path, form)
    }

    fn post_from(&self, origin: &str, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let request = self.http.post(format!("{}{path}", self.address));
        let request = request.header("Cookie", &self.cookie).header("Origin", origin);
        let mut answer = request.send_form(form.iter().copied()).unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_else(|| answer.body_mut().read_to_string().unwrap()))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    let mut page = Page::open(&road, "anna");
    assert_eq!(page.get("/").status(), 403, "nobody has come by the link yet");
    assert_eq!((page.enter(), page.enter()), (303, 403), "the link works once");
    assert!(page.text("/").contains(&session));

    let headers = page.get("/").headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(headers["cache-control"], "no-store");

    let path = format!("/recording/{session}");
    for (name, value) in [("Cookie", "candor_page=0"), ("Host", "elsewhere.example"), ("Host", "localhost:1")]
    {
        let other = if name == "Cookie" { value } else { &page.cookie };
        let mut request = page.http.get(format!("{}{path}", page.address)).header("Cookie", other);
        if name == "Host" {
            request = request.header(name, value);
        }
        assert_eq!(request.call().unwrap().status(), 403, "{name}: {value}");
    }
    for origin in ["http://elsewhere.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(page.post_from(origin, &format!("{path}/discard"), &[]).0, 403, "{origin}");
    }
    assert!(page.text("/").contains(&session), "nothing was deleted");
}

#[test]
fn a_person_looks_drops_masks_and_releases_and_the_command_line_agrees() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Page::open(&road, "anna");
    page.enter();
    let path = format!("/recording/{session}");
    let shown = road.types("anna", &["review", "show", &session]);
    let steps = shown["steps"].as_array().unwrap().len();
    let timeline = page.text(&path);
    assert_eq!(timeline.matches(", picture</a>").count(), steps);
    assert!(timeline.contains("It deletes itself in") && timeline.contains("What was refused"));
    for refused in shown["refused"].as_array().unwrap() {
        assert!(timeline.contains(refused["from"].as_str().unwrap()), "{refused}");
    }
    let before = page.get(&format!("{path}/1/frame.png")).body_mut().read_to_vec().unwrap();
    assert!(before.starts_with(b"\x89PNG"));

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
    assert!(page.text(&release).contains("You have not said that you looked at it"));
    assert_eq!(page.post(&release, &[("yes", "on")]).0, 409, "nobody has looked at it");
    assert_eq!(page.post(&format!("{path}/reviewed"), &[]), (303, release.clone()));
    assert!(page.text(&release).contains("form-filling"));
    assert_eq!(page.post(&release, &[]).0, 409, "it was not ticked");
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "looked at");
    let (status, said) = page.post(&release, &[("yes", "on")]);
    assert!(status == 200 && said.contains(&format!("{} steps", steps - 1)), "{status} {said}");
    assert_eq!(road.types("anna", &["review", "list"])[0]["state"], "released");

    let (status, said) = page.post("/withdraw", &[]);
    assert!(status == 200 && said.contains("whose keys are destroyed: 1"), "{status} {said}");
}

#[test]
fn a_recording_is_deleted_with_one_press() {
    let dir = tempfile::tempdir().unwrap();
    let (road, session) = recorded(dir.path());
    let mut page = Page::open(&road, "anna");
    page.enter();
    assert_eq!(page.post(&format!("/recording/{session}/discard"), &[]), (303, "/".to_owned()));
    assert!(page.text("/").contains("There is no recording on this machine"));
    assert_eq!(road.types("anna", &["review", "list"]), Value::Array(Vec::new()));
}

#[test]
fn who_takes_part_in_nothing_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    assert!(road.fails("anna", &["page"], 3).contains("you have not agreed"));
}
