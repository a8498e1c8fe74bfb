//! A road walked by hand: a server process and people who type commands, as the README shows.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail like tests"
)]

pub(crate) mod browser;
pub(crate) mod journal;
pub(crate) mod memory;
pub(crate) mod mock;
pub(crate) mod recorder;
pub(crate) mod served;
pub(crate) mod words;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Where a test may start a bus of the system, in its folder.
pub(crate) const SYSTEM_BUS: &str = "system-bus";

/// The program under test.
pub(crate) const CANDOR: &str = env!("CARGO_BIN_EXE_candor");

/// A folder with a server and homes.
pub(crate) struct Road {
    pub(crate) dir: PathBuf,
    pub(crate) address: String,
    server: Option<Child>,
}

impl Road {
    /// A road in `dir`, whatever is there; the server is started.
    pub(crate) fn open(dir: &Path) -> Self {
        let mut road = Self { dir: dir.to_path_buf(), address: String::new(), server: None };
        road.start_server();
        road
    }

    pub(crate) fn start_server(&mut self) {
        let file = self.dir.join("address");
        let _ = std::fs::remove_file(&file);
        let log =
            std::fs::File::options().create(true).append(true).open(self.dir.join("server.log")).unwrap();
        let mut command = Command::new(CANDOR);
        command.args(["serve", "--listen", "127.0.0.1:0", "--dir"]).arg(self.dir.join("server"));
        command.arg("--address-file").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = isolated(&mut command, &self.dir).spawn().unwrap();
        for _ in 0..2000 {
            if let Ok(address) = std::fs::read_to_string(&file) {
                self.address = address;
                self.server = Some(child);
                return;
            }
            assert!(child.try_wait().unwrap().is_none(), "the server ended: {}", self.server_log());
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not start: {}", self.server_log());
    }

    pub(crate) fn stop_server(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Asks the server to end, as the system does, and waits until it has.
    pub(crate) fn end_server(&mut self) {
        let mut server = self.server.take().unwrap();
        let asked = Command::new("kill").args(["-s", "TERM", &server.id().to_string()]).status();
        assert!(asked.unwrap().success());
        assert!(server.wait().unwrap().success(), "{}", self.server_log());
    }

    pub(crate) fn server_log(&self) -> String {
        std::fs::read_to_string(self.dir.join("server.log")).unwrap_or_default()
    }

    /// What a person types, as it ends.
    pub(crate) fn run(&self, person: &str, words: &[&str]) -> Output {
        self.command(person, words).env_remove("DISPLAY").output().unwrap()
    }

    /// The same, which is still to be run.
    pub(crate) fn command(&self, person: &str, words: &[&str]) -> Command {
        let mut command = Command::new(CANDOR);
        command.args(words).arg("--json").arg("--home").arg(self.dir.join("people").join(person));
        command.arg("--server").arg(&self.address).stdin(Stdio::null());
        isolated(&mut command, &self.dir);
        command
    }

    /// What a person types, which must succeed; its JSON.
    pub(crate) fn types(&self, person: &str, words: &[&str]) -> Value {
        let output = self.run(person, words);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "candor {words:?}: {told}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// What a person types, which must end with this exit code; its message.
    pub(crate) fn fails(&self, person: &str, words: &[&str], code: i32) -> String {
        let output = self.run(person, words);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "candor {words:?}: {told}");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["ok"], false);
        told["message"].as_str().unwrap().to_owned()
    }

    /// Four sign, the pilot runs. Leaves `draft/`.
    pub(crate) fn start_program(&self) {
        self.start_program_with(None);
    }

    /// The same, with these budgets in the charter.
    pub(crate) fn start_program_with(&self, budgets: Option<&str>) {
        let mut words: Vec<String> =
            ["program", "draft", "DRAFT", "--title", "Pilot", "--controller", "Example Works"]
                .map(str::to_owned)
                .to_vec();
        words.extend(["--address=Example Street 1", "--contact=privacy@example.org"].map(str::to_owned));
        words.push("--authority=Example Authority".to_owned());
        words[2] = self.path("draft");
        for (person, role) in SIGNERS {
            let key = self.types(person, &["key", "new"])["public"].as_str().unwrap().to_owned();
            words.extend(["--signer".to_owned(), format!("{role}=Name of {person}={key}")]);
        }
        let key = self.types("ravi", &["key", "new"])["public"].as_str().unwrap().to_owned();
        words.extend(["--recipient".to_owned(), key]);
        self.types("priya", &words.iter().map(String::as_str).collect::<Vec<_>>());
        let charter = self.dir.join("draft/charter.toml");
        let text = std::fs::read_to_string(&charter).unwrap();
        let edited = text
            .replace("cooling_off_hours = 48", "cooling_off_hours = 0")
            .replace("bystander_rule = \"masked\"", "bystander_rule = \"recognised\"")
            .replace("\"forms.example.test\"]", "\"forms.example.test\", \"chat.example.test\"]");
        let edited = budgets.map_or(edited.clone(), |budgets| {
            let (before, after) = edited.split_once("bytes_per_day = 200_000_000").unwrap();
            format!("{before}{budgets}{after}")
        });
        assert_ne!(text, edited);
        put(&charter, edited.as_bytes());
        for kind in ["dpia", "consultation", "security-review", "freely-given-assessment"] {
            put(&self.dir.join("document.md"), format!("The {kind}.").as_bytes());
            self.types("priya", &["program", "attach", &self.path("draft"), kind, &self.path("document.md")]);
        }
        self.types("priya", &["program", "propose", &self.path("draft")]);
        for (person, role) in SIGNERS {
            self.types(person, &["program", "sign", "--role", role, "--reason", "read and agreed"]);
        }
        self.types("priya", &["program", "start", "--reason", "all four have signed"]);
    }

    /// A contributor agrees to the first purpose and to these apps.
    pub(crate) fn agree(&self, person: &str, apps: &[&str]) {
        let notice = self.types(person, &["consent", "notice"])["digest"].as_str().unwrap().to_owned();
        let mut words = vec!["consent", "give", "--notice", &notice, "--purpose", "form-filling"];
        words.extend(apps.iter().flat_map(|app| ["--app", app]));
        words.extend(FIELDS.iter().flat_map(|field| ["--field", field]));
        self.types(person, &words);
    }

    /// Imports a recording of the fixtures; the session.
    pub(crate) fn import(&self, person: &str, name: &str) -> String {
        let answer = self.types(person, &["import", &fixture(name).display().to_string()]);
        answer["session"].as_str().unwrap().to_owned()
    }

    /// Reviews and releases a session.
    pub(crate) fn release(&self, person: &str, session: &str) -> Value {
        self.types(person, &["review", "done", session]);
        self.types(person, &["release", session])
    }

    /// Compiles the dataset of the first purpose into `people/ravi/NAME`.
    pub(crate) fn compile(&self, name: &str) -> Value {
        put(&self.dir.join("recipe.toml"), RECIPE.as_bytes());
        let out = self.path(&format!("people/ravi/{name}"));
        self.types("ravi", &["dataset", "compile", &self.path("recipe.toml"), "--out", &out])
    }

    /// A path inside the folder, as text.
    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        self.stop_server();
    }
}

pub(crate) const SIGNERS: [(&str, &str); 4] =
    [("priya", "privacy"), ("leo", "legal"), ("wanda", "worker-representative"), ("sam", "security")];
pub(crate) const FIELDS: [&str; 6] = ["pointer", "typed_text", "hotkeys", "window_title", "frame", "tree"];
pub(crate) const RECIPE: &str = "version = 1\nname = \"first-cut\"\npurpose = \"form-filling\"\n\
                          formats = [\"parquet\", \"agentnet\"]\n\n[split]\ntrain = 100\nvalidation = 0\ntest = 0\n";

/// Takes the variables of whoever runs the tests away from a command.
pub(crate) fn isolated<'a>(command: &'a mut Command, dir: &Path) -> &'a mut Command {
    for name in ["CANDOR_HOME", "CANDOR_SERVER", "CANDOR_LISTEN", "CANDOR_DIR", "CANDOR_LOG"] {
        command.env_remove(name);
    }
    // Whatever this machine tells, a test hears only what it starts there itself.
    let bus = |name: &str| format!("unix:path={}", dir.join(name).display());
    command
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus(SYSTEM_BUS))
        .env("DBUS_SESSION_BUS_ADDRESS", bus("session-bus"));
    command.env_remove("XDG_SESSION_ID");
    command.env("XDG_CONFIG_HOME", dir.join("config")).env("XDG_DATA_HOME", dir.join("data"))
}

/// A recording of the repository.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/desktop").join(name)
}

/// Writes a file, folders included.
#[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
pub(crate) fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-a"]).arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// Every file below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
