//! The stage: a folder, a server process, and a way to let a person type a command.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::agent::interrupt::Interrupt;
use crate::ambient::Stopwatch;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// Longest wait for the server to say where it listens, in seconds.
const SERVER_START_SECONDS_MAX: f64 = 20.0;

/// A step of the demo, done.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Done {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    pub(crate) seconds: f64,
}

/// Where the demo plays.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: PathBuf,
    program: PathBuf,
    address: String,
    server: Option<Child>,
    quiet: bool,
    interrupt: Interrupt,
    end: Interrupt,
    /// The steps so far.
    pub(crate) done: Vec<Done>,
    /// What the summary needs to know.
    pub(crate) found: Found,
}

/// What the steps leave for those after them, and for the summary.
#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    pub(crate) program: String,
    pub(crate) notice: String,
    pub(crate) sessions: Vec<Recorded>,
    pub(crate) dataset_before_withdrawal: Option<PathBuf>,
    pub(crate) dataset: Option<PathBuf>,
    pub(crate) evidence: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) verified: bool,
    pub(crate) kept_server: Option<String>,
    pub(crate) live_seconds: Option<u32>,
    pub(crate) rows: Vec<[String; 2]>,
}

/// A session in a contributor's journal.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) person: &'static str,
    pub(crate) session: String,
    pub(crate) steps: u64,
}

impl Stage {
    /// Sets the stage and starts the server.
    pub(crate) fn set(folder: &Path, quiet: bool) -> Outcome<Self> {
        let folder = folder.canonicalize().because(Kind::Storage, "find the demo's folder")?;
        let program = std::env::current_exe().because(Kind::Unexpected, "find this program")?;
        let mut stage = Self {
            folder,
            program,
            address: String::new(),
            server: None,
            quiet,
            interrupt: Interrupt::watch()?,
            end: Interrupt::watch_end()?,
            done: Vec::new(),
            found: Found::default(),
        };
        stage.start_server("127.0.0.1:0")?;
        Ok(stage)
    }

    /// A path inside the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Tells what happens, to people.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            output::data(line);
        }
    }

    /// Tells what a person must do: also when standard output is for a machine.
    pub(crate) fn tell(&self, line: &str) {
        if self.quiet { output::talk(line) } else { output::data(line) }
    }

    /// Keeps a row for the summary.
    pub(crate) fn keep(&mut self, what: &str, value: impl Into<String>) {
        self.found.rows.push([what.to_owned(), value.into()]);
    }

    fn start_server(&mut self, listen: &str) -> Outcome {
        let address_file = self.path("server.address");
        let _first_start = std::fs::remove_file(&address_file);
        let log = std::fs::File::options().create(true).append(true).open(self.path("server.log"));
        let log = log.because(Kind::Storage, "make the server's log file")?;
        let mut command = Command::new(&self.program);
        command.args(["serve", "--listen", listen, "--dir"]).arg(self.path("server"));
        command.arg("--address-file").arg(&address_file);
        // Ctrl-C in the demo's terminal may end a recording: the server goes on. The demo ends it, whatever ends the demo.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        self.server = Some(child.because(Kind::Unexpected, "start the server process")?);
        self.address = self.wait_for_address(&address_file)?;
        Ok(())
    }

    fn wait_for_address(&mut self, file: &Path) -> Outcome<String> {
        let waiting = Stopwatch::start();
        while waiting.seconds() < SERVER_START_SECONDS_MAX {
            if let Ok(address) = std::fs::read_to_string(file) {
                return Ok(address.trim().to_owned());
            }
            let ended = self.server.as_mut().and_then(|server| server.try_wait().ok().flatten());
            if ended.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let message =
            format!("the server did not start; its words are in {}", self.path("server.log").display());
        Err(Failure::new(Kind::Unreachable, message))
    }

    /// Stops the server, as Ctrl-C would.
    pub(crate) fn stop_server(&mut self) {
        if let Some(mut server) = self.server.take() {
            // The server has no state that a kill could harm: each write has its commit point (P16).
            let _already_gone = server.kill();
            let _already_waited = server.wait();
        }
    }

    /// Starts the server again where it was, and leaves it running after the demo.
    pub(crate) fn keep_server(&mut self) -> Outcome {
        if self.server.is_none() {
            let listen = self.address.trim_start_matches("http://").to_owned();
            self.start_server(&listen)?;
        }
        self.found.kept_server = Some(self.address.clone());
        // Forgotten on purpose: the process outlives the demo.
        self.server = None;
        Ok(())
    }

    /// Lets a person type a command, and reads what it prints as JSON.
    pub(crate) fn types(&self, person: &str, words: &[&str]) -> Outcome<Value> {
        let output = self.finish(person, words)?;
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null));
        }
        Err(failed(words, &output))
    }

    /// Lets a person type a command that a rule must refuse, and gives the reason.
    pub(crate) fn is_refused(&self, person: &str, words: &[&str]) -> Outcome<String> {
        self.ends_with(person, words, Kind::Refused)
    }

    /// Lets a person type a command that must end with one kind of failure, and gives its message.
    pub(crate) fn ends_with(&self, person: &str, words: &[&str], kind: Kind) -> Outcome<String> {
        let output = self.finish(person, words)?;
        if output.status.code() == Some(kind as i32) {
            return Ok(told(&output));
        }
        let message = format!("`candor {}` should have been {}, but was not", words.join(" "), kind.code());
        Err(Failure::new(Kind::Unexpected, message))
    }

    /// Lets a person record: they see the recorder's own words, and Ctrl-C ends the recording only. Gives what the
    /// recorder prints, or why nothing was kept.
    pub(crate) fn records(&self, person: &str, words: &[&str]) -> Outcome<Result<Value, String>> {
        self.go_on()?;
        let output = self.start(person, words, true)?;
        if output.status.code().is_some() {
            self.interrupt.forget();
        }
        self.go_on()?;
        match output.status.code() {
            Some(0) => Ok(Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))),
            Some(code) if code == Kind::Refused as i32 => Ok(Err(told(&output))),
            _ => Err(failed(words, &output)),
        }
    }

    fn finish(&self, person: &str, words: &[&str]) -> Outcome<std::process::Output> {
        self.go_on()?;
        let output = self.start(person, words, false)?;
        self.go_on()?;
        Ok(output)
    }

    /// Ends the demo where somebody asked for it.
    fn go_on(&self) -> Outcome {
        if self.interrupt.came() || self.end.came() {
            return Err(Failure::new(Kind::Interrupted, "the demo was interrupted"));
        }
        Ok(())
    }

    fn start(&self, person: &str, words: &[&str], talks: bool) -> Outcome<std::process::Output> {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--json").arg("--server").arg(&self.address);
        command.arg("--home").arg(self.path("people").join(person)).stdin(Stdio::null());
        // Progress bars go to the terminal of the demo.
        command.stderr(if self.quiet && !talks { Stdio::null() } else { Stdio::inherit() });
        command.stdout(Stdio::piped()).output().because(Kind::Unexpected, "start a command")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop_server();
    }
}

fn failed(words: &[&str], output: &std::process::Output) -> Failure {
    Failure::new(Kind::Unexpected, format!("`candor {}` failed: {}", words.join(" "), told(output)))
}

fn told(output: &std::process::Output) -> String {
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    text(&answer, "message").unwrap_or_else(|| format!("it ended with {}", output.status))
}

/// A text member of an answer.
pub(crate) fn text(answer: &Value, name: &str) -> Option<String> {
    answer.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// A number member of an answer.
pub(crate) fn number(answer: &Value, name: &str) -> u64 {
    answer.get(name).and_then(Value::as_u64).unwrap_or(0)
}
