//! Turns without and with a recorder. What an office suite draws moves by more from one minute to the next than what a recorder causes in it,
//! so that both are measured again and again, and each turn with it lies between two without.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::cost::{self, Own};
use super::desktop::Desktop;
use super::{FAST, PART, PERSON, Road, percent, script, to_f64};

/// Turns with the recorder; there is one more without.
const TURNS: u32 = 3;
/// How long all turns with the recorder take.
pub(crate) const LENGTH: Duration = PART.saturating_mul(TURNS);
/// Work at the beginning of a turn that is not counted: every window was in front once.
const WARM: Duration = Duration::from_secs(24);

/// Milliseconds of each program of the desktop in one turn.
type Spent = BTreeMap<String, u64>;

/// What all turns together took.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    without: Vec<Spent>,
    beside: Vec<Spent>,
    /// Milliseconds of each thread of the recorder.
    threads: BTreeMap<String, f64>,
    actions: u32,
}

impl Turns {
    /// The turn before any recorder was there.
    pub(crate) fn first(desktop: &Desktop, left_out: &[u32]) -> Result<Self> {
        script::work(desktop, FAST, WARM)?;
        let mut turns = Self::default();
        turns.without.push(spent(desktop, left_out)?.0);
        Ok(turns)
    }

    /// The turns with a recorder, and those between them and after the last, in which it pauses: then it listens to nothing.
    pub(crate) fn go_on(&mut self, desktop: &Desktop, road: &Road, id: u32) -> Result<()> {
        let left_out = [road.processes(), vec![id]].concat();
        for _ in 0..TURNS {
            script::work(desktop, FAST, WARM)?;
            let before = cost::threads_ms(id);
            let (beside, actions) = spent(desktop, &left_out)?;
            for (name, ms) in cost::threads_since(id, &before) {
                *self.threads.entry(name).or_default() += ms;
            }
            self.beside.push(beside);
            self.actions += actions;
            road.tells(PERSON, &["agent", "pause"])?;
            script::work(desktop, FAST, WARM)?;
            self.without.push(spent(desktop, &left_out)?.0);
            road.tells(PERSON, &["agent", "resume"])?;
        }
        Ok(())
    }

    /// Milliseconds of the recorder's threads, in all turns.
    pub(crate) const fn threads(&self) -> &BTreeMap<String, f64> {
        &self.threads
    }

    pub(crate) fn own(&self) -> Own {
        Own::of(&self.threads)
    }

    /// How many actions were done in all turns with the recorder.
    pub(crate) const fn actions(&self) -> u32 {
        self.actions
    }

    /// The desktop without the recorder, in percent of a core.
    pub(crate) fn without(&self) -> f64 {
        mean(&self.without, |turn| turn.values().sum())
    }

    /// The desktop with the recorder beside, without the recorder itself, in percent of a core.
    pub(crate) fn beside(&self) -> f64 {
        mean(&self.beside, |turn| turn.values().sum())
    }

    /// Says which programs of the desktop had more to do while it was recorded, and how far the turns lie apart.
    #[expect(clippy::print_stderr, reason = "a benchmark says what its figure is made of")]
    pub(crate) fn tell(&self) {
        let names: std::collections::BTreeSet<&String> =
            self.beside.iter().flat_map(BTreeMap::keys).collect();
        for name in names {
            let of = |turn: &Spent| turn.get(name).copied().unwrap_or_default();
            let (with, without) = (mean(&self.beside, of), mean(&self.without, of));
            eprintln!("{name}: {with:.2} % of a core, {without:.2} % without, {:+.2}", with - without);
        }
        let all = |turns: &[Spent]| -> Vec<String> {
            turns.iter().map(|turn| format!("{:.1}", percent(turn.values().sum(), PART))).collect()
        };
        eprintln!("turns without: {}; with: {}", all(&self.without).join(", "), all(&self.beside).join(", "));
    }
}

/// A turn of work: what each program took, and how many actions it was.
fn spent(desktop: &Desktop, left_out: &[u32]) -> Result<(Spent, u32)> {
    let before = cost::desktop_ms(left_out);
    let actions = script::work(desktop, FAST, PART)?;
    Ok((cost::since(&cost::desktop_ms(left_out), &before), actions))
}

/// Percent of a core, the mean of some turns.
fn mean(turns: &[Spent], of: impl Fn(&Spent) -> u64) -> f64 {
    let sum = turns.iter().map(of).sum();
    percent(sum, PART) / to_f64(turns.len() as u64)
}
