//! `candor page`, served, and a client that may come in.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

use super::{CANDOR, Road, isolated};

/// A page that is served.
pub(crate) struct Served {
    child: Child,
    /// Scheme, host and port.
    pub(crate) address: String,
    pub(crate) link: String,
    pub(crate) cookie: String,
    /// The path that all pages are below.
    pub(crate) root: String,
    pub(crate) http: Agent,
}

impl Served {
    pub(crate) fn open(road: &Road, person: &str) -> Self {
        Self::open_with(road, person, &[], &[])
    }

    /// The same with more words, in another environment.
    pub(crate) fn open_with(road: &Road, person: &str, more: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = Command::new(CANDOR);
        command.args(["page", "--json", "--home"]).arg(road.dir.join("people").join(person));
        command.args(more).envs(env.iter().copied()).args(["--server", &road.address]).stdin(Stdio::null());
        let mut child =
            isolated(&mut command, &road.dir).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let told: String = lines.take(3).collect();
        let told: Value = serde_json::from_str(&told).unwrap();
        let link = told["url"].as_str().unwrap().to_owned();
        assert!(link.starts_with("http://127.0.0.1:"), "{link}");
        let address = link.split("/enter/").next().unwrap().to_owned();
        let config = Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        let (cookie, root) = (String::new(), String::new());
        Self { child, address, link, cookie, root, http: config.new_agent() }
    }

    /// Comes by the link.
    pub(crate) fn enter(&mut self) -> u16 {
        let answer = self.http.get(&self.link).call().unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
            answer.headers()["location"].to_str().unwrap().clone_into(&mut self.root);
        }
        answer.status().as_u16()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, self.root)
    }

    pub(crate) fn get(&self, path: &str) -> Response<Body> {
        self.http.get(self.url(path)).header("Cookie", &self.cookie).call().unwrap()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let mut answer = self.get(path);
        assert_eq!(answer.status(), 200, "{path}");
        answer.body_mut().read_to_string().unwrap()
    }

    /// Sends a form as this page does; the status, and where it leads below the root or what it says.
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        self.post_from(&self.address, path, form)
    }

    pub(crate) fn post_from(&self, origin: &str, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let request = self.http.post(self.url(path));
        let request = request.header("Cookie", &self.cookie).header("Origin", origin);
        let mut answer = request.send_form(form.iter().copied()).unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let to = to.map(|to| to.strip_prefix(&self.root).unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_else(|| answer.body_mut().read_to_string().unwrap()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
