//! What the recorder says of itself, and what a command makes of it. What nobody vouches for is not said to be on.

use std::collections::BTreeMap;

use candor_capture::{Counted, Tally};
use candor_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::budget::{Budget, Limits, Thinned};
use super::not::Why;
use crate::agent::board::Board;
use crate::agent::enrolment::Enrolment;
use crate::agent::not_here::NotHere;
use crate::agent::uploads::Uploads;
use crate::ambient;
use crate::exit::Outcome;

/// A recorder writes its state at least every five seconds; one that has not for this long, in milliseconds, does not answer.
const ANSWER_MS_MAX: i64 = 10_000;

/// What is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    /// What is done in permitted windows is recorded.
    Recording,
    /// A recorder runs, and the person paused it.
    Paused,
    /// A recorder runs, and does not record the window in front.
    RefusedHere,
    /// A recorder runs, and records nothing, for a reason that is not the person's.
    Halted,
    /// A recorder is there and has not said for a while what it does.
    NotAnswering,
    /// No recorder runs.
    Off,
}

/// The budgets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Budgets {
    pub(crate) limits: Limits,
    pub(crate) left_out: Thinned,
    pub(crate) because_of: Vec<Budget>,
    pub(crate) cpu_percent: Option<u32>,
    pub(crate) memory_mib: Option<u32>,
    pub(crate) stored_last_hour_bytes: u64,
    pub(crate) stored_today_bytes: u64,
    pub(crate) stored_today_bytes_max: u64,
    /// None: on the mains, without a battery, or not known.
    pub(crate) battery_percent: Option<u32>,
}

/// What became of the input. Counts only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Input {
    /// Events of keys, buttons and the wheel that the sensor saw.
    pub(crate) seen: u64,
    /// Those of steps that were taken.
    pub(crate) taken: u64,
    /// Those of what was not taken: each lies in a gap, or was done to the light itself.
    pub(crate) not_taken: u64,
    /// What only tells how a click that was not taken went on.
    pub(crate) tail: u64,
    /// Events that came faster than they were taken.
    pub(crate) lost: u64,
    /// Steps that the sensor made of them.
    pub(crate) actions: u64,
    /// Steps that are frames after the last action.
    pub(crate) waits: u64,
    /// Runs of keys of which the text is not known and only the number is kept, by the reason.
    #[serde(default)]
    pub(crate) only_counted: BTreeMap<Counted, u64>,
}

impl Input {
    /// Adds what one sensor counted.
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.seen += tally.seen;
        self.taken += tally.taken;
        self.not_taken += tally.not_taken;
        self.tail += tally.tail;
        self.lost += tally.lost;
        self.actions += tally.actions;
        for (why, runs) in &tally.counted {
            *self.only_counted.entry(*why).or_default() += runs;
        }
    }

    /// Whether every event is counted once, and every action of the sensor is a step that was kept, or was until it was forgotten.
    pub(crate) const fn adds_up(&self, kept: u64, forgotten: u64) -> bool {
        self.seen == self.taken + self.not_taken + self.tail && self.actions + self.waits == kept + forgotten
    }
}

/// The tray icon, beside the light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tray {
    /// A panel shows it.
    Shown,
    /// This desktop shows no such icons, or has no message bus.
    NoHost,
}

/// What a recorder says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) on: On,
    /// Why nothing is recorded, or not here.
    pub(crate) why: Vec<Why>,
    /// Why texts, sites and what stands on the screen are not known, while it listens and applications are not heard.
    pub(crate) unheard: Option<Why>,
    pub(crate) session: String,
    pub(crate) since: Timestamp,
    pub(crate) steps_kept: u64,
    pub(crate) steps_not_kept: u64,
    pub(crate) steps_forgotten: u64,
    /// Whether the light was seen at the last look.
    pub(crate) light_seen: bool,
    pub(crate) light_says: String,
    /// Whether somebody shows the tray icon.
    pub(crate) tray: Tray,
    /// The key that pauses, where it works.
    pub(crate) pause_key: Option<String>,
    /// Until when the server permits recording.
    pub(crate) lease_until: Timestamp,
    /// How long ago the server's word was heard, in seconds.
    pub(crate) server_heard_s: u64,
    pub(crate) budgets: Budgets,
    pub(crate) input: Input,
    /// When it said so.
    pub(crate) at: Timestamp,
}

/// What is on, on this device, for one program.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Status {
    pub(crate) on: On,
    /// One sentence.
    pub(crate) sentence: String,
    pub(crate) program: String,
    pub(crate) paused: bool,
    pub(crate) withdrawn: bool,
    /// Applications that are not recorded on this device; none where the list cannot be read, and then none is recorded.
    pub(crate) not_here: Option<Vec<String>>,
    /// What the network is, and what releases sent; none where the count or the budgets cannot be read, and then nothing is sent.
    pub(crate) uploads: Option<Uploads>,
    /// Whether something is still to be forgotten.
    pub(crate) to_forget: bool,
    /// Seconds until the lease ends.
    pub(crate) lease_left_s: Option<i64>,
    /// What the recorder says of itself.
    pub(crate) recorder: Option<Said>,
}

impl Status {
    /// Looks. A state without a living recorder is not believed.
    pub(crate) fn of(enrolment: &Enrolment) -> Outcome<Self> {
        let board = Board::of(enrolment);
        let said: Option<Said> = if board.is_recording()? { board.said() } else { None };
        let lives = board.is_recording()?;
        let now = ambient::now();
        let on = on(lives, said.as_ref(), now);
        let not_here = NotHere::of(enrolment).apps().ok();
        Ok(Self {
            on,
            sentence: sentence(on, said.as_ref(), enrolment.paused()),
            program: enrolment.charter().title().to_owned(),
            paused: enrolment.paused(),
            withdrawn: enrolment.withdrawn(),
            not_here: not_here.map(|apps| apps.iter().map(ToString::to_string).collect()),
            uploads: Uploads::of(enrolment).ok(),
            to_forget: board.wished().map_or(true, |wish| wish.is_some()),
            lease_left_s: said
                .as_ref()
                .map(|said| (said.lease_until.as_millis() - now.as_millis()).max(0) / 1000),
            recorder: said,
        })
    }
}

fn on(lives: bool, said: Option<&Said>, now: Timestamp) -> On {
    match said {
        _ if !lives => On::Off,
        Some(said) if now.as_millis() - said.at.as_millis() <= ANSWER_MS_MAX => said.on,
        Some(_) | None => On::NotAnswering,
    }
}

fn sentence(on: On, said: Option<&Said>, paused: bool) -> String {
    let why = said.map(|said| said.why.iter().map(|why| why.sentence.clone()).collect::<Vec<_>>().join(" "));
    let why = why.unwrap_or_default();
    let unheard = said.and_then(|said| said.unheard.as_ref());
    let unheard = unheard.map_or_else(String::new, |unheard| format!(" {}", unheard.sentence));
    match on {
        On::Recording => format!("It records what you do in the windows that you agreed to.{unheard}"),
        On::Paused => "It is paused: nothing is recorded until you go on.".to_owned(),
        On::RefusedHere => format!("It is on, and records nothing here. {why}{unheard}"),
        On::Halted => format!("It is on, and records nothing. {why}"),
        On::NotAnswering => "A recorder is there, and has not said what it does for some seconds.".to_owned(),
        On::Off if paused => "It is off. A pause is set: the next recording begins paused.".to_owned(),
        On::Off => "It is off: nothing is recorded.".to_owned(),
    }
}

/// The same in lines, for people.
pub(crate) fn in_words(status: &Status) -> String {
    let mut lines = vec![status.sentence.clone(), format!("program: {}", status.program)];
    match &status.not_here {
        Some(apps) if apps.is_empty() => {}
        Some(apps) => lines.push(format!("not recorded on this device: {}", apps.join(", "))),
        None => lines.push("what is not recorded here cannot be read, so nothing is".to_owned()),
    }
    match &status.uploads {
        Some(uploads) => lines.extend(uploads.in_words()),
        None => lines.push("what was sent, or the budgets, cannot be read, so nothing is sent".to_owned()),
    }
    if status.to_forget {
        lines.push("something is still to be forgotten".to_owned());
    }
    if let Some(said) = &status.recorder {
        lines.extend(of_recorder(said, status.lease_left_s.unwrap_or(0)));
    }
    lines.join("\n")
}

fn of_recorder(said: &Said, lease_left_s: i64) -> Vec<String> {
    let light = if said.light_seen { "seen" } else { "not seen, so nothing is recorded" };
    let key = said.pause_key.as_deref().unwrap_or("none that works");
    let budgets = &said.budgets;
    let part = |value: Option<u32>, unit: &str| {
        value.map_or("unknown".to_owned(), |value| format!("{value} {unit}"))
    };
    vec![
        format!("recording {} since {}", said.session, said.since),
        format!(
            "steps: {} kept, {} not kept, {} forgotten",
            said.steps_kept, said.steps_not_kept, said.steps_forgotten
        ),
        format!("light: {light}, it says {:?}; pause key: {key}", said.light_says),
        format!("tray: {}", if said.tray == Tray::Shown { "shown" } else { "no host" }),
        format!("server: heard {} s ago, permits for {lease_left_s} s", said.server_heard_s),
        format!(
            "processor {} of {} %, memory {} of {} MiB, battery {}",
            part(budgets.cpu_percent, "%"),
            budgets.limits.cpu_percent_max,
            part(budgets.memory_mib, "MiB"),
            budgets.limits.memory_mib_max,
            part(budgets.battery_percent, "%"),
        ),
        format!(
            "stored: {} in the last hour of {} MiB, {} today of {}",
            crate::output::bytes(budgets.stored_last_hour_bytes),
            budgets.limits.stored_mib_per_hour_max,
            crate::output::bytes(budgets.stored_today_bytes),
            crate::output::bytes(budgets.stored_today_bytes_max),
        ),
        format!("left out: {}", left_out(budgets)),
        format!(
            "input: {} events seen, {} in steps, {} in gaps, {} lost",
            said.input.seen,
            said.input.taken,
            said.input.not_taken + said.input.tail,
            said.input.lost
        ),
    ]
}

fn left_out(budgets: &Budgets) -> String {
    let what = match budgets.left_out {
        Thinned::Nothing => return "nothing".to_owned(),
        Thinned::Frames => "frames",
        Thinned::FramesAndTrees => "frames and trees",
        Thinned::Everything => "everything",
    };
    let by: Vec<String> =
        budgets.because_of.iter().map(|budget| super::not::sentence(budget.code())).collect();
    format!("{what}. {}", by.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: i64) -> Said {
        Said {
            on: On::Recording,
            why: Vec::new(),
            unheard: None,
            session: "s".to_owned(),
            since: Timestamp::from_millis(0),
            steps_kept: 0,
            steps_not_kept: 0,
            steps_forgotten: 0,
            light_seen: true,
            light_says: "recording".to_owned(),
            tray: Tray::NoHost,
            pause_key: None,
            lease_until: Timestamp::from_millis(0),
            server_heard_s: 0,
            budgets: Budgets {
                limits: Limits::default(),
                left_out: Thinned::Nothing,
                because_of: Vec::new(),
                cpu_percent: None,
                memory_mib: None,
                stored_last_hour_bytes: 0,
                stored_today_bytes: 0,
                stored_today_bytes_max: 0,
                battery_percent: None,
            },
            input: Input::default(),
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn a_state_that_a_killed_recorder_left_is_off_and_an_old_one_is_no_answer() {
        let now = Timestamp::from_millis(100_000);
        assert_eq!(on(false, Some(&said(100_000)), now), On::Off);
        assert_eq!(on(true, Some(&said(100_000)), now), On::Recording);
        assert_eq!(on(true, Some(&said(100_000 - ANSWER_MS_MAX - 1)), now), On::NotAnswering);
        assert_eq!(on(true, None, now), On::NotAnswering);
    }

    #[test]
    fn that_applications_are_not_heard_is_said_while_it_records_and_while_it_refuses() {
        let heard = Said { why: vec![Why::of("unknown_site")], ..said(0) };
        let unheard = Said { unheard: Some(Why::unheard()), ..heard.clone() };
        for on in [On::Recording, On::RefusedHere] {
            let (before, now) = (sentence(on, Some(&heard), false), sentence(on, Some(&unheard), false));
            assert_eq!(now, format!("{before} {}", super::super::not::UNHEARD_NOW));
        }
        assert!(!sentence(On::Paused, Some(&unheard), true).contains("heard"));
    }

    #[test]
    fn counts_that_do_not_add_up_are_noticed() {
        let input =
            Input { seen: 10, taken: 6, not_taken: 3, tail: 1, actions: 2, waits: 1, ..Input::default() };
        assert!(input.adds_up(2, 1));
        assert!(!input.adds_up(3, 1));
        assert!(!Input { seen: 11, ..input }.adds_up(2, 1));
    }
}
