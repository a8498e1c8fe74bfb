//! The road on the device: source -> gate -> redaction -> journal, one step at a time.
//!
//! Nothing is read of a step before the gate has said yes to what was in front of the person. A failure on the way
//! discards the session: nothing half-taken stays.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::{Context, Permit, Reason, Refusal, Used};
use candor_intake::{PendingStep, Recording, SeenWindow};
use candor_journal::{Gap, Journal, OpenError, SessionStart, SessionWriter, State};
use candor_model::{
    Finding, FindingKind, Observation, Platform, Recorded, RedactedStep, SessionId, Timestamp, VisibleWindow,
};
use candor_redact::{Models, Profile, Raw, Redacted, Redactor};

use super::board::Board;
use super::client::Client;
use super::enrolment::Enrolment;
use super::forget::{self, Wish};
use super::gate::Gate;
use super::lists;
use super::private;
use super::redaction::{Done, FrameTime, Redaction};
use crate::ambient::{self, SystemEntropy};
use crate::exit::{Because, Kind, Outcome};
use crate::home::Home;

/// How long a frame may wait and be read while the person goes on working.
pub(super) const LIVE_FRAME: FrameTime = FrameTime { enough_seconds: 1.0, seconds_max: 4.0 };
/// The same for a recording that was made before: nobody waits.
pub(super) const IMPORTED_FRAME: FrameTime = FrameTime { enough_seconds: 120.0, seconds_max: 120.0 };

/// What was taken into the journal, and what was not.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) session: SessionId,
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) findings: BTreeMap<FindingKind, u64>,
    pub(crate) refused: BTreeSet<String>,
    /// What a recording says of itself, and refuses no step by it.
    pub(crate) noted: BTreeSet<String>,
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Steps in the journal.
    pub(crate) kept: u64,
    /// Steps that were refused or could not be captured.
    pub(crate) not_kept: u64,
    /// Steps that were in the journal until the person wanted them forgotten.
    pub(crate) forgotten: u64,
    /// Steps that were captured, and did not fit into what the charter lets a device keep of a day.
    pub(crate) over: u64,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "steps: {} kept, {} not kept", self.kept, self.not_kept)?;
        if self.forgotten > 0 { write!(f, ", {} forgotten", self.forgotten) } else { Ok(()) }
    }
}

/// What is kept free for each step, in bytes: gaps, marks and the beginnings of segments are written beside the steps.
const AROUND_A_STEP_BYTES: u64 = 1_024;
/// Longest wait for another command, or the page, to let go of the journal, in milliseconds.
const JOURNAL_WAIT_MS_MAX: u64 = 3_000;
/// How long it waits between two looks, in milliseconds.
const JOURNAL_LOOK_MS: u64 = 50;

/// Opens the journal of one program. The page lets go of it when nobody looks, so it is waited for.
pub(crate) fn journal(enrolment: &Enrolment) -> Outcome<Journal> {
    let free = journal_if_free(enrolment, JOURNAL_WAIT_MS_MAX)?;
    free.ok_or(OpenError::InUse).because(Kind::BadInput, "open the journal")
}

/// The same; none if a recording or another command is at work in it for longer than the caller would wait.
pub(crate) fn journal_if_free(enrolment: &Enrolment, wait_ms: u64) -> Outcome<Option<Journal>> {
    let mut waited_ms = 0;
    loop {
        match opened(enrolment)? {
            Err(OpenError::InUse) if waited_ms >= wait_ms => return Ok(None),
            Err(OpenError::InUse) => {
                std::thread::sleep(std::time::Duration::from_millis(JOURNAL_LOOK_MS));
                waited_ms += JOURNAL_LOOK_MS;
            }
            opened => {
                let journal = opened.because(Kind::BadInput, "open the journal")?;
                tidy(enrolment, &journal)?;
                return Ok(Some(journal));
            }
        }
    }
}

fn opened(enrolment: &Enrolment) -> Outcome<Result<Journal, OpenError>> {
    let folder = enrolment.folder().join("journal");
    crate::durable::make_private_folder(&folder).because(Kind::Storage, "make the journal's folder")?;
    let hook: candor_journal::Hook = std::sync::Arc::new(|_| {});
    let key = enrolment.journal_key()?;
    Ok(Journal::open(&folder, &key, &mut SystemEntropy, hook))
}

/// What is due whenever the journal is opened.
fn tidy(enrolment: &Enrolment, journal: &Journal) -> Outcome {
    for repair in journal.repairs() {
        crate::output::talk(&format!("note: {repair}"));
    }
    sweep_now(journal)?;
    end_interrupted(journal)?;
    forget::if_wished(&Board::of(enrolment), journal)
}

/// Silence is no: whatever nobody reviewed in time deletes itself whenever the journal is opened or looked at (P5).
pub(crate) fn sweep_now(journal: &Journal) -> Outcome {
    journal.sweep(ambient::now()).because(Kind::Storage, "delete unreviewed recordings").map(drop)
}

/// Opens every journal of this person, so that what is due in it is done. One that cannot be opened now, because
/// another command is at work in it or it is damaged, tells so when it is needed.
pub(crate) fn sweep(home: &Home) {
    for program in home.programs() {
        let _told_when_needed =
            Enrolment::open(home, &program).and_then(|enrolment| journal_if_free(&enrolment, 0));
    }
}

/// Deletes what was not released: who withdraws leaves nothing waiting.
pub(crate) fn discard_unreleased(journal: &Journal) -> Outcome<u64> {
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    let unreleased = sessions.iter().filter(|s| !matches!(s.state, State::Released { .. }));
    unreleased
        .map(|s| journal.discard(s.session).because(Kind::Storage, "delete a recording").map(|()| 1))
        .sum()
}

/// A recording that Ctrl-C or a crash cut off ends at its last step, and waits for its person like any other.
fn end_interrupted(journal: &Journal) -> Outcome {
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    for session in sessions.iter().filter(|s| s.state == State::Interrupted).map(|s| s.session) {
        // One that cannot be read says so when the person opens it, and deletes itself like any other.
        let Ok(steps) = journal.view(session) else { continue };
        let Ok(times) =
            steps.map(|step| step.map(|step| step.content.step.at.wall)).collect::<Result<Vec<_>, _>>()
        else {
            continue;
        };
        match times.last().copied() {
            Some(at) => journal.finish(session, at, None).because(Kind::Storage, "end the recording")?,
            None => journal.discard(session).because(Kind::Storage, "discard an empty recording")?,
        }
    }
    Ok(())
}

/// Takes a recording through the gate and redaction into the journal.
pub(crate) fn take(
    enrolment: &Enrolment,
    client: &Client,
    models: &Models,
    recording: &Recording,
    progress: &mut dyn FnMut(u64),
) -> Outcome<Taken> {
    let recorded = Recorded { started: recording.started(), ended: recording.ended() };
    let origin = Origin { platform: recording.platform(), recorded: Some(recorded) };
    Road::travel(enrolment, client, models, origin, |road| {
        for (n, step) in recording.steps().enumerate() {
            road.step(step)?;
            progress(n as u64 + 1);
        }
        road.task = recording.task();
        Ok(recording.outcome())
    })
}

/// Where a session comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    platform: Platform,
    /// Of a recording that another recorder made: when.
    recorded: Option<Recorded>,
}

impl Origin {
    const fn frame_time(self) -> FrameTime {
        if self.recorded.is_some() { IMPORTED_FRAME } else { LIVE_FRAME }
    }
}

/// Recorded here and now.
impl From<Platform> for Origin {
    fn from(platform: Platform) -> Self {
        Self { platform, recorded: None }
    }
}

/// One session on its way into the journal.
pub(crate) struct Road<'a, 'b> {
    gate: &'a mut Gate<'b>,
    redaction: Redaction,
    journal: Journal,
    writer: SessionWriter,
    taken: Taken,
    count: Count,
    task: Option<Raw<String>>,
}

impl<'b> Road<'_, 'b> {
    /// Opens gate, redactor and journal, lets `walk` bring steps, and ends the session.
    pub(crate) fn travel(
        enrolment: &'b Enrolment,
        client: &'b Client,
        models: &Models,
        origin: impl Into<Origin>,
        walk: impl FnOnce(&mut Road<'_, 'b>) -> Outcome<Option<candor_model::Outcome>>,
    ) -> Outcome<Taken> {
        let journal = journal(enrolment)?;
        let mut gate = Gate::open(enrolment, client, used_today(&journal)?)?;
        let origin = origin.into();
        let redactor = redactor(enrolment, models)?;
        let session = SessionId::random(&mut SystemEntropy);
        let start = start(enrolment, session, origin, &redactor);
        let redaction = Redaction::start(redactor, origin.frame_time())?;
        let writer = journal.begin(start).because(Kind::Storage, "begin a session")?;
        let mut road = Road {
            gate: &mut gate,
            redaction,
            journal: journal.clone(),
            writer,
            taken: empty(session),
            count: Count::default(),
            task: None,
        };
        let walked = walk(&mut road).and_then(|outcome| road.end(&journal, outcome));
        gate.remember_time()?;
        if walked.is_err() {
            // What was taken before the failure is not kept: the person would review half a recording.
            journal.discard(session).because(Kind::Storage, "discard the unfinished session")?;
        }
        walked
    }

    fn end(mut self, journal: &Journal, outcome: Option<candor_model::Outcome>) -> Outcome<Taken> {
        self.settle()?;
        let Self { mut taken, writer, redaction, task, .. } = self;
        let mut redactor = redaction.end()?;
        writer.finish(ambient::now(), outcome).because(Kind::Storage, "finish the session")?;
        if let Some(task) = task {
            let task = redactor.redact_text(task);
            journal.set_task(taken.session, task).because(Kind::Storage, "name the task")?;
        }
        let summary = journal.session(taken.session).because(Kind::Storage, "read the session back")?;
        taken.bytes = summary.bytes;
        taken.findings = summary.findings;
        taken.steps = summary.steps as u64;
        Ok(taken)
    }

    fn step(&mut self, step: PendingStep<'_>) -> Outcome {
        let permit = match self.judge(&step.front().context())? {
            Ok(permit) => permit,
            Err(refusal) => return self.refuse(&refusal),
        };
        let windows = self.windows(&step)?;
        let raw = step.read(&permit, windows).because(Kind::BadInput, "read the recording")?;
        self.keep(raw)?;
        self.catch_up()
    }

    /// Asks the gate.
    pub(crate) fn judge(&mut self, context: &Context<'_>) -> Outcome<Result<Permit, Refusal>> {
        self.gate.judge(context)
    }

    /// Each visible window is judged like the one in front; what gets no permit is masked before anything is read.
    fn windows(&mut self, step: &PendingStep<'_>) -> Outcome<Vec<VisibleWindow>> {
        let judged = |window: &SeenWindow| {
            let permitted = self.gate.judge(&window.context())?.is_ok();
            Ok(VisibleWindow { bounds: window.bounds, permitted })
        };
        step.windows().iter().map(judged).collect()
    }

    /// Hands what was captured to the redaction, and writes into the journal what it has done by now.
    pub(crate) fn keep(&mut self, raw: Raw<Observation>) -> Outcome {
        self.redaction.step(raw)?;
        self.write_done()
    }

    /// Waits until all that was taken is written, what is held back because more could have been typed too.
    pub(crate) fn settle(&mut self) -> Outcome {
        self.redaction.rest()?;
        self.catch_up()
    }

    /// Writes what the redaction has done by now.
    pub(crate) fn write_done(&mut self) -> Outcome {
        while let Some(done) = self.redaction.done()? {
            self.write_all(done)?;
        }
        Ok(())
    }

    /// Waits for the redaction, and writes all that it has done.
    fn catch_up(&mut self) -> Outcome {
        while let Some(done) = self.redaction.next()? {
            self.write_all(done)?;
        }
        Ok(())
    }

    fn write_all(&mut self, done: Vec<Done>) -> Outcome {
        done.into_iter().try_for_each(|done| match done {
            Done::Steps(steps) => steps.into_iter().try_for_each(|step| self.write(step)),
            Done::Gap(gap) => self.writer.gap(gap).because(Kind::Storage, "write the journal"),
        })
    }

    fn write(&mut self, redacted: Redacted<RedactedStep>) -> Outcome {
        let (used, most) = self.gate.bytes_today();
        // While it was redacted others were kept: the gate could not know how large they would be.
        let left = most.saturating_sub(used).saturating_sub(AROUND_A_STEP_BYTES);
        let taken = self.writer.append_within(redacted, left).because(Kind::Storage, "write the journal")?;
        let Some(bytes) = taken else { return self.leave_out() };
        self.gate.count(bytes + AROUND_A_STEP_BYTES);
        self.count.kept += 1;
        Ok(())
    }

    /// A step that does not fit into the charter's day any more is a gap.
    fn leave_out(&mut self) -> Outcome {
        let (now, reason) = (ambient::now(), Reason::OverBudget);
        self.taken.refused.insert(reason.sentence());
        (self.count.over, self.count.not_kept) = (self.count.over + 1, self.count.not_kept + 1);
        let gap = Gap { codes: vec![reason.code().to_owned()], from: now, to: now };
        self.writer.gap(gap).because(Kind::Storage, "write the journal")
    }

    /// Notes a refusal of the gate: its reasons, and nothing of what was refused.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) -> Outcome {
        self.taken.refused.extend(refusal.reasons.iter().map(Reason::sentence));
        let codes = refusal.reasons.iter().map(|reason| reason.code().to_owned()).collect();
        self.note(codes)
    }

    /// Notes that nothing was captured, for another reason than the gate's.
    pub(crate) fn gap(&mut self, code: &str, sentence: &str) -> Outcome {
        self.taken.refused.insert(sentence.to_owned());
        self.note(vec![code.to_owned()])
    }

    /// How far it has come.
    pub(crate) const fn count(&self) -> Count {
        self.count
    }

    /// The gate, for what only a recording that goes on asks of it.
    pub(crate) const fn gate(&mut self) -> &mut Gate<'b> {
        self.gate
    }

    /// The session.
    pub(crate) const fn session(&self) -> SessionId {
        self.taken.session
    }

    /// Notes that nothing is captured at this moment, whatever the person does. A stretch of such moments is one gap, without a count.
    pub(crate) fn stands(&mut self, codes: &[&str], sentences: impl IntoIterator<Item = String>) -> Outcome {
        self.taken.refused.extend(sentences);
        self.stretch(codes.iter().map(|code| (*code).to_owned()).collect())
    }

    /// Notes what is otherwise from here on, while recording goes on.
    pub(crate) fn says(&mut self, codes: &[&str], sentences: impl IntoIterator<Item = String>) -> Outcome {
        self.taken.noted.extend(sentences);
        self.stretch(codes.iter().map(|code| (*code).to_owned()).collect())
    }

    /// Deletes what was taken since then, for good, from this session and from those before it.
    pub(crate) fn forget(&mut self, board: &Board, wish: &Wish) -> Outcome<forget::Forgotten> {
        self.settle()?;
        let forgotten = self
            .writer
            .forget_since(wish.since, wish.until)
            .because(Kind::Storage, "forget what was recorded")?;
        self.count.kept = self.count.kept.saturating_sub(forgotten.steps);
        self.count.forgotten += forgotten.steps;
        forget::carry_out(board, &self.journal, wish, Some(forgotten))
    }

    fn note(&mut self, codes: Vec<String>) -> Outcome {
        self.count.not_kept += 1;
        self.stretch(codes)
    }

    fn stretch(&mut self, codes: Vec<String>) -> Outcome {
        let now = ambient::now();
        self.redaction.gap(Gap { codes, from: now, to: now })?;
        self.write_done()
    }
}

fn empty(session: SessionId) -> Taken {
    let (refused, noted) = (BTreeSet::new(), BTreeSet::new());
    Taken { session, steps: 0, bytes: 0, findings: BTreeMap::new(), refused, noted }
}

fn start(enrolment: &Enrolment, session: SessionId, origin: Origin, redactor: &Redactor) -> SessionStart {
    SessionStart {
        session,
        charter: enrolment.charter().digest(),
        consent: enrolment.consent().id(),
        contributor: enrolment.consent().contributor(),
        started: ambient::now(),
        recorded: origin.recorded,
        platform: origin.platform,
        redactor: redactor.info(),
        hold_days: enrolment.charter().hold_days(),
    }
}

fn redactor(enrolment: &Enrolment, models: &Models) -> Outcome<Redactor> {
    private::from_here_on()?;
    let key = candor_model::Entropy::bytes_32(&mut SystemEntropy);
    let profile: Profile = enrolment
        .charter()
        .redaction_profile()
        .parse()
        .because(Kind::BadInput, "load the redaction profile")?;
    // Read anew for each session: what cannot be read stops it.
    let lists = lists::of_device(&enrolment.lists_folder())?;
    Redactor::new(profile, key, lists, models).because(Kind::BadInput, "load the redaction profile")
}

/// What a person wrote themselves, redacted like everything else before it is kept (P1).
pub(crate) fn redact_words(
    enrolment: &Enrolment,
    models: &Models,
    text: Raw<String>,
) -> Outcome<Redacted<(String, Vec<Finding>)>> {
    Ok(redactor(enrolment, models)?.redact_text(text))
}

/// Bytes kept today, by the sessions in the journal.
fn used_today(journal: &Journal) -> Outcome<Used> {
    let today: String = Timestamp::day(ambient::now());
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    let bytes_today = sessions.iter().filter(|session| session.started.day() == today).map(|s| s.bytes).sum();
    Ok(Used { bytes_today })
}
