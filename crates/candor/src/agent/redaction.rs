//! Redaction beside the recording: a thread of its own, so that reading a screen never keeps the sensor waiting.
//!
//! What was captured goes in and what is left comes out, in the same order, with the gaps in between. What waits is in memory
//! only. A frame that is too old when its turn comes, or while it is read, is dropped; its step stays.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use candor_journal::Gap;
use candor_model::{Observation, RedactedStep};
use candor_redact::{Raw, RedactError, Redacted, Redactor, TimeLeft};

use crate::ambient::Stopwatch;
use crate::exit::{Because, Failure, Kind, Outcome};

/// Most observations that wait.
const WAITING_MAX: usize = 8;
/// Most memory that the frames of what waits or is in work take, in bytes: five of 3840 by 2160. A larger one waits alone.
const WAITING_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The time that a frame has, from when it came until it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameTime {
    /// From so many seconds on, what can be masked instead of being looked at is masked.
    pub(crate) enough_seconds: f64,
    /// After so many seconds it is not kept.
    pub(crate) seconds_max: f64,
}

impl FrameTime {
    fn left(self, seconds: f64) -> TimeLeft {
        if seconds < self.enough_seconds {
            TimeLeft::Enough
        } else if seconds < self.seconds_max {
            TimeLeft::Little
        } else {
            TimeLeft::Nothing
        }
    }
}

/// What goes in.
enum Work {
    Step {
        raw: Box<Raw<Observation>>,
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
    /// Pieces of work without an answer yet: how much memory the frame of each takes, in bytes.
    waiting: VecDeque<u64>,
    /// Answers that came and nobody took yet.
    came: VecDeque<Answer>,
    thread: JoinHandle<Redactor>,
}

impl Redaction {
    /// Starts the thread.
    pub(crate) fn start(mut redactor: Redactor, frame_time: FrameTime) -> Outcome<Self> {
        let (work, todo) = sync_channel(WAITING_MAX);
        let (answer, answers) = std::sync::mpsc::channel();
        let run = move || {
            for work in todo {
                if answer.send(answered(&mut redactor, work, frame_time)).is_err() {
                    break;
                }
            }
            redactor
        };
        // Named, so that whoever looks at the machine's processes sees what the reading costs.
        let named = std::thread::Builder::new().name("candor-redact".to_owned());
        let thread = named.spawn(run).because(Kind::Unexpected, "start the redaction")?;
        Ok(Self { work, answers, waiting: VecDeque::new(), came: VecDeque::new(), thread })
    }

    /// Hands an observation in. It waits only while too many others do.
    pub(crate) fn step(&mut self, raw: Raw<Observation>) -> Outcome {
        let bytes = raw.frame_bytes();
        while !self.waiting.is_empty() && self.waiting_bytes().saturating_add(bytes) > WAITING_BYTES_MAX {
            self.wait()?;
        }
        self.hand_in(Work::Step { raw: Box::new(raw), came: Stopwatch::start() }, bytes)
    }

    /// Hands in that nothing was captured.
    pub(crate) fn gap(&mut self, gap: Gap) -> Outcome {
        self.hand_in(Work::Gap(gap), 0)
    }

    /// Asks for what is held back because more could have been typed.
    pub(crate) fn rest(&mut self) -> Outcome {
        self.hand_in(Work::Rest, 0)
    }

    fn hand_in(&mut self, work: Work, bytes: u64) -> Outcome {
        self.work.send(work).map_err(|_| stopped())?;
        self.waiting.push_back(bytes);
        Ok(())
    }

    fn waiting_bytes(&self) -> u64 {
        self.waiting.iter().fold(0, |sum, bytes| sum.saturating_add(*bytes))
    }

    /// Waits for the next answer.
    fn wait(&mut self) -> Outcome {
        let answer = self.answers.recv().map_err(|_| stopped())?;
        self.note(answer);
        Ok(())
    }

    fn note(&mut self, answer: Answer) {
        self.waiting.pop_front();
        self.came.push_back(answer);
    }

    /// What is done by now; none if nothing more is, yet.
    pub(crate) fn done(&mut self) -> Outcome<Option<Vec<Done>>> {
        if self.came.is_empty()
            && let Ok(answer) = self.answers.try_recv()
        {
            self.note(answer);
        }
        self.came.pop_front().map(taken).transpose()
    }

    /// Waits for the next answer; none if nothing is in work.
    pub(crate) fn next(&mut self) -> Outcome<Option<Vec<Done>>> {
        if self.came.is_empty() && !self.waiting.is_empty() {
            self.wait()?;
        }
        self.came.pop_front().map(taken).transpose()
    }

    /// Ends the thread; what is still in work is lost.
    pub(crate) fn end(self) -> Outcome<Redactor> {
        drop(self.work);
        self.thread.join().map_err(|_| stopped())
    }
}

fn taken(answer: Answer) -> Outcome<Vec<Done>> {
    answer.because(Kind::BadInput, "redact a step")
}

fn answered(redactor: &mut Redactor, work: Work, frame_time: FrameTime) -> Answer {
    match work {
        Work::Step { raw, came } => {
            let time_left = || frame_time.left(came.seconds());
            redactor.follow(*raw, &time_left).map(|steps| vec![Done::Steps(steps)])
        }
        Work::Gap(gap) => Ok(vec![Done::Steps(redactor.rest()), Done::Gap(gap)]),
        Work::Rest => Ok(vec![Done::Steps(redactor.rest())]),
    }
}

fn stopped() -> Failure {
    Failure::new(Kind::Unexpected, "the redaction stopped")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use candor_model::{Action, Moment, Pixels, Rect, Screen, Timestamp};
    use candor_redact::{Lists, Models, Profile};

    use super::*;
    use crate::agent::road::{IMPORTED_FRAME, LIVE_FRAME};

    const LONG: FrameTime = FrameTime { enough_seconds: 60.0, seconds_max: 60.0 };

    /// A white screen of this size, in bytes of its frame.
    fn seen(width: u32, height: u32) -> (Raw<Observation>, u64) {
        let bytes = u64::from(width) * u64::from(height) * 3;
        let rgb = vec![255; usize::try_from(bytes).unwrap()];
        let bounds = Rect { x: 0, y: 0, width, height };
        let observation = Observation {
            at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
            screen: Screen { name: ":0".into(), width, height },
            app: "editor".parse().unwrap(),
            communication: false,
            site: None,
            title: None,
            bounds,
            action: Action::Wait { ms: 1 },
            target: None,
            frame: Pixels::new(width, height, rgb),
            windows: Vec::new(),
            tree: None,
            late_ms: None,
        };
        (Raw::seal(observation), bytes)
    }

    #[test]
    fn a_frame_has_enough_time_then_little_then_none_and_one_of_an_import_never_little() {
        let left = |seconds| LIVE_FRAME.left(seconds);
        assert_eq!([0.0, 0.9].map(left), [TimeLeft::Enough; 2]);
        assert_eq!([1.0, 3.9].map(left), [TimeLeft::Little; 2]);
        assert_eq!([4.0, 60.0].map(left), [TimeLeft::Nothing; 2]);
        let imported = |seconds| IMPORTED_FRAME.left(seconds);
        assert_eq!([0.0, 60.0, 119.0].map(imported), [TimeLeft::Enough; 3]);
        assert_eq!(imported(121.0), TimeLeft::Nothing);
    }

    #[test]
    fn frames_that_wait_take_bounded_memory_and_every_step_comes_out_in_order() {
        let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
        let redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models).unwrap();
        let mut redaction = Redaction::start(redactor, LONG).unwrap();
        let sizes = [(3840, 2160); 9].into_iter().chain([(16_384, 4_000), (640, 480)]);
        let mut widths = Vec::new();
        for (width, height) in sizes {
            let (raw, bytes) = seen(width, height);
            redaction.step(raw).unwrap();
            widths.push(width);
            assert!(
                redaction.waiting_bytes() <= WAITING_BYTES_MAX.max(bytes),
                "{}",
                redaction.waiting_bytes()
            );
        }
        let mut out = Vec::new();
        while let Some(done) = redaction.next().unwrap() {
            for done in done {
                let Done::Steps(steps) = done else { continue };
                out.extend(steps.iter().map(|step| step.content().step.screen.width));
            }
        }
        assert_eq!(out, widths);
        redaction.end().unwrap();
    }
}
