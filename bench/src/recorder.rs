//! The recorder on a desktop: what it costs itself, what it causes in others, and what it stores.

mod cost;
mod desktop;
mod halts;
mod kept;
mod looks;
mod script;
mod turns;
mod uploaded;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::Measured;
use crate::demo::candor;
use cost::Own;
use desktop::Desktop;
pub(crate) use halts::halt;
pub(crate) use looks::{frame, gate, tree};
use turns::Turns;

/// How long each part is measured.
const PART: Duration = Duration::from_secs(48);
const IDLE: Duration = Duration::from_secs(30);
/// Who signs the demo's program, and as what.
const SIGNERS: [(&str, &str); 4] =
    [("priya", "privacy"), ("leo", "legal"), ("wanda", "worker-representative"), ("sam", "security")];
/// Who records: Ben agreed to all three applications.
const PERSON: &str = "ben";
/// An action a second.
const FAST: Duration = Duration::from_secs(1);
/// An action each two seconds, as in ordinary work.
const ORDINARY: Duration = Duration::from_secs(2);
/// As many steps as an hour has of them.
const STEPS_AN_HOUR: f64 = 1_800.0;
/// More than all parts together take, in seconds.
const SECONDS: &str = "1800";

/// One run, which several figures are of.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// Of one core, in percent: the recorder without the reading of frames, the reading, and the desktop without both, at an action a
    /// second.
    own: f64,
    reading: f64,
    without: f64,
    /// Of one core, in percent: the desktop with the recorder beside.
    beside: f64,
    idle: f64,
    /// Of all of it, and of a program that reads one frame.
    memory_mb: f64,
    memory_of_reading_mb: f64,
    /// Stored in an hour of ordinary work, in megabytes, and as one PNG per action would be.
    stored: f64,
    pictures: f64,
    /// Sent in an hour of ordinary work if all of it is released, in megabytes.
    uploaded: f64,
    /// The same of another recorder; not a number where none was named.
    peer: f64,
    peer_stored: f64,
}

/// Own processor time at an action a second, without the reading of frames, against what the desktop needs by itself for the same work.
pub(crate) fn processor() -> Result<Measured> {
    run().map(|run| Measured { value: run.own, baseline: run.without })
}

/// What the reading of frames takes at an action a second.
pub(crate) fn reading() -> Result<Measured> {
    run().map(|run| Measured { value: run.reading, baseline: run.without })
}

/// The recorder without the reading, with what it causes in the X server, the accessibility bus and the applications.
pub(crate) fn system() -> Result<Measured> {
    run().map(|run| Measured { value: run.own + run.beside - run.without, baseline: run.without })
}

/// Processor time while nobody does anything.
pub(crate) fn idle() -> Result<Measured> {
    run().map(|run| Measured { value: run.idle, baseline: run.own })
}

/// The most memory at once, beyond what reading takes.
pub(crate) fn memory() -> Result<Measured> {
    run().map(|run| Measured {
        value: run.memory_mb - run.memory_of_reading_mb,
        baseline: run.memory_of_reading_mb,
    })
}

/// What an hour of ordinary work takes on the disk.
pub(crate) fn stored() -> Result<Measured> {
    run().map(|run| Measured { value: run.stored, baseline: run.pictures })
}

/// What is sent if an hour of ordinary work is released, all of it.
pub(crate) fn uploaded() -> Result<Measured> {
    run().map(|run| Measured { value: run.uploaded, baseline: run.pictures })
}

/// The same as `processor`, against another recorder in the same run, where `CANDOR_PEER` names the program `capture` of
/// openadapt-capture.
pub(crate) fn beside_a_peer() -> Result<Measured> {
    run().map(|run| Measured { value: run.own, baseline: run.peer })
}

/// The same as `stored`, against the peer.
pub(crate) fn stored_beside_a_peer() -> Result<Measured> {
    run().map(|run| Measured { value: run.stored, baseline: run.peer_stored })
}

fn run() -> Result<Run> {
    static RUN: OnceLock<std::result::Result<Run, String>> = OnceLock::new();
    let run = RUN.get_or_init(|| measured().map_err(|error| format!("{error:#}")));
    run.clone().map_err(anyhow::Error::msg)
}

fn measured() -> Result<Run> {
    let road = Road::walked()?;
    let desktop = Desktop::start()?;
    let mut turns = Turns::first(&desktop, &road.processes())?;
    let recorder = road.records(&desktop)?;
    let id = recorder.id();
    turns.go_on(&desktop, &road, id)?;
    turns.tell();
    tell_threads("at an action a second", turns.threads(), turns::LENGTH);
    let spent = turns.own();
    let share = |ms: f64, of: Duration| ms / of.as_secs_f64() / 10.0;
    std::thread::sleep(Duration::from_secs(3));
    let idle_before = cost::threads_ms(id);
    std::thread::sleep(IDLE);
    let threads = cost::threads_since(id, &idle_before);
    tell_threads("while nothing is done", &threads, IDLE);
    let idle = share(Own::of(&threads).all(), IDLE);
    let stored_before = cost::bytes_below(&road.home());
    let ordinary = script::work(&desktop, ORDINARY, PART)?;
    std::thread::sleep(Duration::from_secs(5));
    let stored = cost::bytes_below(&road.home()) - stored_before;
    let home = road.home();
    let memory_mb = cost::memory_mb(id).context("the recorder ended")?;
    let picture = picture_bytes(&desktop)? * u64::from(ordinary);
    uploaded::ended(&road, recorder)?;
    // The frames are written where they are read, and each counts here as one that was written and not read.
    let written = kept::written_ms(&kept::last_frames(&home, ordinary)?)? * f64::from(turns.actions());
    let uploaded = uploaded::bytes_per_step(&road)? * STEPS_AN_HOUR / 1e6;
    let of_turns = |ms| share(ms, turns::LENGTH);
    let (own, reading) = (of_turns(spent.rest + written), of_turns(spent.reading - written));
    let hourly = |bytes: u64| to_f64(bytes) / 1e6 * 3_600.0 / PART.as_secs_f64();
    let (stored, pictures) = (hourly(stored), hourly(picture));
    let (peer, peer_stored) = peer(&desktop)?;
    Ok(Run {
        own,
        reading,
        without: turns.without(),
        beside: turns.beside(),
        idle,
        memory_mb,
        memory_of_reading_mb: kept::reading_mb()?,
        stored,
        pictures,
        uploaded,
        peer,
        peer_stored,
    })
}

/// Says which threads of the recorder had something to do.
#[expect(clippy::print_stderr, reason = "a benchmark says what its figure is made of")]
fn tell_threads(when: &str, threads: &BTreeMap<String, f64>, of: Duration) {
    for (name, ms) in threads.iter().filter(|(_, ms)| **ms > 0.1) {
        eprintln!("{when}, thread {name}: {:.3} % of a core", ms / of.as_secs_f64() / 10.0);
    }
}

/// What another recorder needs and stores for the same work: percent of a core at an action a second, and megabytes in an hour of
/// ordinary work.
fn peer(desktop: &Desktop) -> Result<(f64, f64)> {
    let Some(program) = std::env::var_os("CANDOR_PEER") else { return Ok((f64::NAN, f64::NAN)) };
    let folder = desktop.folder.path().join("peer");
    let mut command = desktop.command(&program.to_string_lossy());
    command.arg("record").arg(&folder).args(["--video", "False", "--images", "True"]);
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut peer = quiet.spawn().context("the peer does not start")?;
    script::work(desktop, FAST, Duration::from_secs(20))?;
    let before = cost::tree_ms(peer.id());
    script::work(desktop, FAST, PART)?;
    let own = percent(cost::tree_ms(peer.id()) - before, PART);
    let before = cost::bytes_below(&folder);
    script::work(desktop, ORDINARY, PART)?;
    let stored = cost::bytes_below(&folder).saturating_sub(before);
    if peer.try_wait()?.is_some() {
        bail!("the peer ended while it was measured");
    }
    let ended = std::process::Command::new("kill").args(["-s", "INT", &peer.id().to_string()]).status()?;
    if !ended.success() {
        peer.kill()?;
    }
    peer.wait()?;
    Ok((own, to_f64(stored) / 1e6 * 3_600.0 / PART.as_secs_f64()))
}

fn to_f64(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn percent(ms: u64, of: Duration) -> f64 {
    to_f64(ms) / of.as_secs_f64() / 10.0
}

/// The whole screen as one picture.
fn picture_bytes(desktop: &Desktop) -> Result<u64> {
    let file = desktop.folder.path().join("screen.png");
    let taken = desktop.command("import").args(["-window", "root"]).arg(&file).status();
    match taken {
        Ok(status) if status.success() => Ok(std::fs::metadata(file)?.len()),
        Ok(_) | Err(_) => bail!("the screen cannot be taken: install imagemagick"),
    }
}

/// A program in its pilot, with people who agreed: the demo leaves one. Its server runs again.
struct Road {
    folder: tempfile::TempDir,
    address: String,
    server: Child,
}

impl Road {
    fn walked() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let demo = folder.path().join("demo");
        let told = candor().args(["demo", "--json", "--dir"]).arg(&demo).stderr(Stdio::null()).output()?;
        if !told.status.success() {
            bail!("the demo failed: {}", String::from_utf8_lossy(&told.stdout));
        }
        let file = folder.path().join("address");
        let mut serve = candor();
        serve.args(["serve", "--listen", "127.0.0.1:0", "--dir"]).arg(demo.join("server"));
        serve.arg("--address-file").arg(&file).stdin(Stdio::null()).stdout(Stdio::null());
        let server = serve.stderr(Stdio::null()).spawn()?;
        let told = || std::fs::read_to_string(&file).ok().filter(|address| !address.is_empty());
        let address = desktop::until("the server answers", told)?.trim().to_owned();
        let road = Self { folder, address, server };
        road.resumed()?;
        Ok(road)
    }

    /// The demo halts its program: all four agree again.
    fn resumed(&self) -> Result<()> {
        for (person, role) in SIGNERS {
            self.types(person, &["program", "sign", "--role", role, "--reason", "read again"])?;
        }
        self.types("priya", &["program", "resume", "--reason", "all four agreed again"])
    }

    fn types(&self, person: &str, words: &[&str]) -> Result<()> {
        self.tells(person, &[words, &["--server", &self.address]].concat()).map(drop)
    }

    /// What a command of a person tells.
    fn tells(&self, person: &str, words: &[&str]) -> Result<serde_json::Value> {
        let mut command = candor();
        command.args(words).args(["--json", "--home"]);
        let told = command.arg(self.folder.path().join("demo/people").join(person)).output()?;
        let failed = || format!("candor {words:?}: {}", String::from_utf8_lossy(&told.stderr));
        told.status.success().then_some(()).with_context(failed)?;
        Ok(serde_json::from_slice(&told.stdout)?)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("demo/people").join(PERSON)
    }

    /// What is no part of the desktop.
    fn processes(&self) -> Vec<u32> {
        vec![self.server.id()]
    }

    /// A budget in which nothing is left out for the processor's sake: what is left out costs nothing, and would be measured as nothing.
    fn roomy(&self) -> Result<()> {
        let mut file = std::fs::File::create(self.home().join("budget.toml"))?;
        Ok(file.write_all(b"cpu_percent_max = 400\n")?)
    }

    /// Starts the recorder, and waits until it says that it records.
    fn records(&self, desktop: &Desktop) -> Result<Child> {
        self.roomy()?;
        let mut command = candor();
        command.args(["record", "--seconds", SECONDS, "--home"]).arg(self.home());
        command.args(["--server", &self.address]).env("DISPLAY", &desktop.display);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = quiet.spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no standard error")?).lines();
        let mut heard = Vec::new();
        let begun = lines.by_ref().map_while(Result::ok).any(|line| {
            heard.push(line);
            heard.last().is_some_and(|line| line.starts_with("RECORDING"))
        });
        if !begun {
            bail!("the recorder did not begin: {}", heard.join(" "));
        }
        // Nobody reads on: what it tells must not fill the pipe and stop it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(child)
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
