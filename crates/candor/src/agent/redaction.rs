//! Redaction beside the recording: a thread of its own, so that reading a screen never keeps the sensor waiting.
//!
//! What was captured goes in and what is left comes out, in the same order, with the gaps in between. What waits is in memory
//! only. A frame that is too old when its turn comes, or while it is read, is dropped; its step stays.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use candor_journal::Gap;
use candor_model::{Observation, RedactedStep};
use candor_redact::{Raw, RedactError, Redacted, Redactor};

use crate::ambient::Stopwatch;
use crate::exit::{Because, Failure, Kind, Outcome};

/// Most observations that wait. Each may hold a frame: 6 MB of 1920 by 1080.
const WAITING_MAX: usize = 8;

/// What goes in.
enum Work {
    Step {
        raw: Raw<Observation>,
        came: Stopwatch,
    },
    Gap(Gap),
    /// Hand out what is held back, and say so.
    Rest,
}

/// What comes out.
pub(crate) enum Done {
    Steps(Vec<Redacted<RedactedStep>>),
    /// Nothing was captured here.
    Gap(Gap),
}

/// What the thread answers: everything for one piece of work.
type Answer = Result<Vec<Done>, RedactError>;

/// The redactor of a session at work.
pub(crate) struct Redaction {
    work: SyncSender<Work>,
    answers: Receiver<Answer>,
    /// Pieces of work without an answer yet.
    waiting: usize,
    thread: JoinHandle<Redactor>,
}

impl Redaction {
    /// Starts the thread. A frame has so many seconds, from when it came until it is read.
    pub(crate) fn start(mut redactor: Redactor, frame_seconds_max: f64) -> Self {
        let (work, todo) = sync_channel(WAITING_MAX);
        let (answer, answers) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            for work in todo {
                if answer.send(answered(&mut redactor, work, frame_seconds_max)).is_err() {
                    break;
                }
            }
            redactor
        });
        Self { work, answers, waiting: 0, thread }
    }

    /// Hands an observation in. It waits only while too many others do.
    pub(crate) fn step(&mut self, raw: Raw<Observation>) -> Outcome {
        self.hand_in(Work::Step { raw, came: Stopwatch::start() })
    }

    /// Hands in that nothing was captured.
    pub(crate) fn gap(&mut self, gap: Gap) -> Outcome {
        self.hand_in(Work::Gap(gap))
    }

    /// Asks for what is held back because more could have been typed.
    pub(crate) fn rest(&mut self) -> Outcome {
        self.hand_in(Work::Rest)
    }

    fn hand_in(&mut self, work: Work) -> Outcome {
        self.work.send(work).map_err(|_| stopped())?;
        self.waiting += 1;
        Ok(())
    }

    /// What is done by now; none if nothing more is, yet.
    pub(crate) fn done(&mut self) -> Outcome<Option<Vec<Done>>> {
        self.answers.try_recv().ok().map(|answer| self.taken(answer)).transpose()
    }

    /// Waits for the next answer; none if nothing is in work.
    pub(crate) fn next(&mut self) -> Outcome<Option<Vec<Done>>> {
        if self.waiting == 0 {
            return Ok(None);
        }
        let answer = self.answers.recv().map_err(|_| stopped())?;
        self.taken(answer).map(Some)
    }

    fn taken(&mut self, answer: Answer) -> Outcome<Vec<Done>> {
        self.waiting -= 1;
        answer.because(Kind::BadInput, "redact a step")
    }

    /// Ends the thread; what is still in work is lost.
    pub(crate) fn end(self) -> Outcome<Redactor> {
        drop(self.work);
        self.thread.join().map_err(|_| stopped())
    }
}

fn answered(redactor: &mut Redactor, work: Work, frame_seconds_max: f64) -> Answer {
    match work {
        Work::Step { raw, came } => {
            let in_time = || came.seconds() < frame_seconds_max;
            redactor.follow(raw, &in_time).map(|steps| vec![Done::Steps(steps)])
        }
        Work::Gap(gap) => Ok(vec![Done::Steps(redactor.rest()), Done::Gap(gap)]),
        Work::Rest => Ok(vec![Done::Steps(redactor.rest())]),
    }
}

fn stopped() -> Failure {
    Failure::new(Kind::Unexpected, "the redaction stopped")
}
