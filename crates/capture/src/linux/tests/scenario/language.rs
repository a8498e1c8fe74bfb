//! The language of scenarios: which applications stand where, and what the hands do there.
//!
//! A line says one thing; `#` begins a remark. Of these the first six stand once at most:
//!
//! ```text
//! screen 1280x800                                  how large the screen is
//! seed 0x20260310                                  of what the hands choose by chance
//! actions 500                                      when they have done enough
//! canary at 250,200 200x120                        where windows pop up that nobody may record
//! open browser at 760,0 480x400                    an application, and where it stands
//! open terminal refused                            the same, which nobody may record
//! first click in editor, type 5 letters in editor  what is done first, line by line
//! mix 3 scroll 1..4 in editor                      what is then done by chance: three times as often as with `mix 1`
//! ```
//!
//! What is done, in steps with commas between them:
//!
//! ```text
//! click in editor                    somewhere in it
//! click button "One" in browser      and `click any button in browser`
//! click any cell in calc
//! type 3..8 letters in editor        or `digits`; so many, or from so many to so many
//! key ctrl+Home in editor
//! scroll 1..4 in editor              so many notches down
//! canary comes or goes
//! rest                               until the recorder has looked at the screen at rest
//! ```

use candor_model::Rect;

use super::super::rect;
use super::step::{Act, App, Step, more_than_none, parsed, step};

/// An application that the scenario opens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) app: App,
    /// Where it is put; where it puts itself if none.
    pub(super) place: Option<Rect>,
    /// Whether nobody may record it.
    pub(super) refused: bool,
}

#[derive(Debug, Default)]
pub(super) struct Scenario {
    pub(super) screen: (u32, u32),
    pub(super) seed: u64,
    pub(super) actions: usize,
    pub(super) canary: Option<Rect>,
    pub(super) opened: Vec<Opened>,
    pub(super) first: Vec<Act>,
    pub(super) mix: Vec<(u32, Act)>,
}

impl Scenario {
    /// Reads a scenario; what it does not understand is told with its line.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut scenario = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let told = line.split('#').next().unwrap_or_default().trim();
            if !told.is_empty() {
                scenario.take(told).map_err(|why| format!("line {number}: {why}"))?;
            }
        }
        let lacking = [
            (scenario.screen == (0, 0), "screen"),
            (scenario.seed == 0, "seed"),
            (scenario.actions == 0, "actions"),
            (scenario.mix.is_empty(), "mix"),
        ];
        match lacking.iter().find(|(lacks, _)| *lacks) {
            Some((_, what)) => Err(format!("it has no line `{what}`")),
            None => Ok(scenario),
        }
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        match (what, words.as_slice()) {
            ("screen", [size]) => once(&mut self.screen, pair(size, 'x')?),
            ("seed", [number]) => once(&mut self.seed, seed(number)?),
            ("actions", [number]) => once(&mut self.actions, parsed(number)?),
            ("canary", ["at", at, size]) => once(&mut self.canary, Some(place(at, size)?)),
            ("open", [app, rest @ ..]) => self.open(App::named(app)?, rest),
            ("first", [_, ..]) => {
                let act = self.act(rest)?;
                self.first.push(act);
                Ok(())
            }
            ("mix", [weight, _, ..]) => {
                let weight = parsed(weight).and_then(|weight: u32| more_than_none(weight))?;
                let act = self.act(rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()))?;
                self.mix.push((weight, act));
                Ok(())
            }
            (_, _) => Err(format!("{line:?} is not understood")),
        }
    }

    fn open(&mut self, app: App, words: &[&str]) -> Result<(), String> {
        if self.opened(app).is_ok() {
            return Err("it is open already".to_owned());
        }
        let (place, refused) = match words {
            [] => (None, false),
            ["refused"] => (None, true),
            ["at", at, size] => (Some(place(at, size)?), false),
            ["at", at, size, "refused"] => (Some(place(at, size)?), true),
            other => return Err(format!("{:?} is no place", other.join(" "))),
        };
        self.opened.push(Opened { app, place, refused });
        Ok(())
    }

    pub(super) fn opened(&self, app: App) -> Result<&Opened, String> {
        let found = self.opened.iter().find(|opened| opened.app == app);
        found.ok_or_else(|| format!("{app:?} was not opened"))
    }

    /// Keys go to what was clicked last: who types says so, and has clicked there.
    fn act(&self, text: &str) -> Result<Act, String> {
        let mut clicked = None;
        let mut act = Act::new();
        for said in text.split(',').map(str::trim) {
            let step = step(said)?;
            let (app, keys) = match &step {
                Step::Click(app) | Step::Scroll(_, app) => (*app, false),
                Step::Button(_) => (App::Browser, false),
                Step::Cell => (App::Calc, false),
                Step::Type(_, _, app) | Step::Key(_, app) => (*app, true),
                Step::Canary if self.canary.is_none() => return Err("a canary has no place".to_owned()),
                Step::Canary | Step::Rest => {
                    act.push((said.to_owned(), step));
                    continue;
                }
            };
            self.opened(app)?;
            if keys && clicked != Some(app) {
                return Err(format!("{said:?} without a click there before it"));
            }
            if !matches!(step, Step::Scroll(..)) {
                clicked = Some(app);
            }
            act.push((said.to_owned(), step));
        }
        Ok(act)
    }
}

/// Sets what nothing was said of before.
fn once<T: Default + PartialEq>(place: &mut T, value: T) -> Result<(), String> {
    if *place == T::default() {
        *place = value;
        return Ok(());
    }
    Err("this was said before".to_owned())
}

fn seed(word: &str) -> Result<u64, String> {
    let hex = word.strip_prefix("0x").ok_or_else(|| format!("{word:?} does not begin with 0x"))?;
    u64::from_str_radix(hex, 16).map_err(|_| format!("{word:?} is no number"))
}

fn pair<T: std::str::FromStr>(word: &str, between: char) -> Result<(T, T), String> {
    let (a, b) = word.split_once(between).ok_or_else(|| format!("{word:?} has no {between:?}"))?;
    Ok((parsed(a)?, parsed(b)?))
}

fn place(at: &str, size: &str) -> Result<Rect, String> {
    let ((x, y), (width, height)) = (pair(at, ',')?, pair(size, 'x')?);
    Ok(rect(x, y, width, height))
}
