//! The hands play a scenario, and write down the truth of each action as they do it.

use std::time::Duration;

use candor_model::{Action, Button, Point, Rect, ScrollUnit};

use super::super::desktop::within;
use super::super::hands::Hands;
use super::super::rect;
use super::language::Scenario;
use super::stage::{Reach, colour_after, middle};
use super::step::{Act, App, Key, Kind, Step};
use super::truth::{Element, Expected, Frame, TruthFile};
use super::watch::{Between, UNRESTED};

/// How long the hands rest between two acts.
const PACE: Duration = Duration::from_millis(40);
/// How long a person takes from the pointer to the keys.
const TURN: Duration = Duration::from_millis(200);
/// How long the wheel rests after a turn: sooner it would be one turn with the next one.
const WHEEL_REST: Duration = Duration::from_millis(300);
/// What the screen last changed is told to the recorder by then.
const TOLD: Duration = Duration::from_millis(100);
/// Rests in which something new came, before the hands give up.
const RESTS_MAX: u32 = 100;
/// When the hands give up to wait: beside busy cores the recorder may be half a minute behind.
const WAIT: Duration = Duration::from_mins(4);

pub(super) struct Player<'a> {
    hands: Hands,
    scenario: &'a Scenario,
    reach: &'a Reach,
    truth: TruthFile,
    between: &'a Between,
    /// What has the keyboard.
    front: App,
    /// Clicks on the page.
    clicks: u16,
    /// Whether the recorder has looked at the screen since anything was done.
    rested: bool,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        hands: Hands,
        scenario: &'a Scenario,
        reach: &'a Reach,
        truth: TruthFile,
        between: &'a Between,
    ) -> Self {
        Self { hands, scenario, reach, truth, between, front: reach.front, clicks: 0, rested: false }
    }

    /// Plays until so many actions are done.
    pub(super) fn play(mut self, wanted: usize) -> Result<(), String> {
        let scenario = self.scenario;
        for act in &scenario.first {
            self.act(act)?;
        }
        while self.truth.lines < wanted {
            let act = self.chosen();
            self.act(act)?;
        }
        Ok(())
    }

    fn chosen(&mut self) -> &'a Act {
        let scenario = self.scenario;
        let mut all = scenario.mix.iter().flat_map(|(weight, act)| (0..*weight).map(move |_| act));
        let count = u32::try_from(all.clone().count()).unwrap();
        let chosen = self.hands.number(count) as usize;
        all.nth(chosen).unwrap()
    }

    fn act(&mut self, act: &Act) -> Result<(), String> {
        let mut clicked = false;
        for (said, step) in act {
            if clicked && matches!(step, Step::Type(..) | Step::Key(..)) {
                std::thread::sleep(TURN);
            }
            clicked = matches!(step, Step::Click(_) | Step::Cell);
            self.step(said, step)?;
        }
        std::thread::sleep(PACE);
        Ok(())
    }

    fn step(&mut self, said: &str, step: &Step) -> Result<(), String> {
        match step {
            Step::Click(app) => self.click(said, *app),
            Step::Cell => self.click_cell(said),
            Step::Button(name) => return self.click_button(said, name.as_deref()),
            Step::Type(count, kind, app) => {
                let count = self.count(count);
                self.types(said, count, *kind, *app);
            }
            Step::Key(keys, app) => self.key(said, keys, *app),
            Step::Scroll(notches, app) => {
                let notches = self.count(notches);
                self.scroll(said, notches, *app);
            }
            Step::Canary => {
                self.hands.pop(self.reach.canary);
                self.rested = false;
            }
            Step::Rest => return self.rest(),
        }
        Ok(())
    }

    fn count(&mut self, count: &std::ops::RangeInclusive<u32>) -> u32 {
        count.start() + self.hands.number(count.end() - count.start() + 1)
    }

    /// Clicks once, away from the last click: nearer it could be a double click.
    fn pressed(&mut self, within: Rect, app: App) -> Point {
        let at = self.hands.point(within, self.reach.canary);
        self.hands.press(1, at);
        self.hands.wait_for_focus(app.class());
        at
    }

    fn click(&mut self, said: &str, app: App) {
        let at = self.pressed(self.reach.places[&app], app);
        self.done(said, app, click(at), Element::of(acted_on(app)));
        self.front = app;
    }

    fn click_cell(&mut self, said: &str) {
        let reach = self.reach;
        let chosen = self.hands.number(u32::try_from(reach.cells.len()).unwrap()) as usize;
        let (name, Rect { x, y, width, height }) = reach.cells[chosen].clone();
        // Its edges are of the cell beside it too.
        let at = self.pressed(rect(x + 4, y + 4, width - 8, height - 8), App::Calc);
        let cell = Element { name: Some(name), ..Element::of(&["table cell"]) };
        self.done(said, App::Calc, click(at), cell);
        self.front = App::Calc;
    }

    fn click_button(&mut self, said: &str, name: Option<&str>) -> Result<(), String> {
        let reach = self.reach;
        let buttons = &reach.buttons;
        let named = name.map(|name| buttons.iter().position(|(known, _)| known == name).unwrap());
        let any = u32::try_from(buttons.len()).unwrap();
        let chosen = named.unwrap_or_else(|| self.hands.number(any) as usize);
        let (name, place) = buttons[chosen].clone();
        let at = self.pressed(place, App::Browser);
        let button = Element { name: Some(name), ..Element::of(&["push button"]) };
        self.done(said, App::Browser, click(at), button);
        self.front = App::Browser;
        self.clicks += 1;
        let (hands, wanted) = (&self.hands, colour_after(self.clicks));
        let shown = middle(self.reach.page.unwrap());
        within(WAIT, || (hands.colour(shown) == wanted).then_some(()))
            .ok_or_else(|| format!("the page did not react to click {}", self.clicks))
    }

    fn types(&mut self, said: &str, count: u32, kind: Kind, app: App) {
        let (first, many) = match kind {
            Kind::Letters => (b'a', 26),
            Kind::Digits => (b'0', 10),
        };
        let mut text = String::new();
        for _ in 0..count {
            let letter = first + u8::try_from(self.hands.number(many)).unwrap();
            self.hands.types(letter);
            text.push(letter.into());
        }
        self.done(said, app, Action::Type { text }, Element::of(written_in(app)));
    }

    fn key(&mut self, said: &str, keys: &[Key], app: App) {
        let symbols: Vec<u32> = keys.iter().map(|key| key.symbol).collect();
        self.hands.keys(&symbols);
        let keys = keys.iter().map(|key| key.name.to_owned()).collect();
        self.done(said, app, Action::Hotkey { keys }, Element::of(commanded(app)));
    }

    fn scroll(&mut self, said: &str, notches: u32, app: App) {
        let at = self.hands.point(self.reach.places[&app], self.reach.canary);
        for _ in 0..notches {
            self.hands.press(5, at);
        }
        let dy = 120 * i32::try_from(notches).unwrap();
        let action = Action::Scroll { at, dx: 0, dy, unit: ScrollUnit::Notch120th };
        self.done(said, app, action, Element::of(acted_on(app)));
        std::thread::sleep(WHEEL_REST);
    }

    /// Waits until the recorder has seen all that was done, looked at the screen at rest, and found nothing new on it since.
    fn rest(&mut self) -> Result<(), String> {
        let (between, done, mut looks) = (self.between, self.truth.lines, None);
        for _ in 0..RESTS_MAX {
            std::thread::sleep(TOLD);
            between.rested(UNRESTED);
            let rested = within(WAIT, || (between.last_rest() == done).then_some(()));
            rested.ok_or_else(|| format!("the recorder was not at rest after action {done}"))?;
            let now = between.looks();
            if looks.replace(now) == Some(now) {
                self.rested = true;
                return Ok(());
            }
        }
        Err(format!("the screen did not come to rest after action {done}"))
    }

    /// Writes down what was done.
    fn done(&mut self, said: &str, app: App, action: Action, element: Element) {
        let rested = std::mem::take(&mut self.rested);
        let frame = match (self.front == app, rested && stands_still(app, &action)) {
            (false, _) => Frame::After,
            (true, true) => Frame::Before,
            (true, false) => Frame::AsItSays,
        };
        let page = self.reach.page.map(|_| self.clicks);
        if self.scenario.opened(app).unwrap().refused {
            for _ in 0..events(&action) {
                self.truth.write(said, Expected::Refused);
            }
        } else {
            self.truth.write(said, Expected::Seen { action, element, page, frame });
        }
    }
}

fn click(at: Point) -> Action {
    Action::Click { at, button: Button::Left, count: 1 }
}

/// How many refusals an action is: what is refused is never put together.
fn events(action: &Action) -> usize {
    match action {
        Action::Type { text } => text.len(),
        Action::Scroll { dy, .. } => usize::try_from(*dy / 120).unwrap(),
        Action::Click { .. } | Action::Hotkey { .. } => 1,
        Action::Keys { .. } | Action::Drag { .. } | Action::Wait { .. } | Action::SwitchWindow {} => {
            unreachable!("no step is one")
        }
    }
}

/// The role of what is clicked or scrolled; of a page and a sheet it is told by the step.
const fn acted_on(app: App) -> &'static [&'static str] {
    match app {
        App::Editor => &["text"],
        // Qt tells what its text is drawn in as an element of its own, as large as the text.
        App::Featherpad => &["filler"],
        App::Browser | App::Calc | App::Terminal => &[],
    }
}

/// The roles of what has the keyboard for a command.
const fn commanded(app: App) -> &'static [&'static str] {
    match app {
        App::Editor => &["text"],
        // The text and what it is drawn in both say that they have it.
        App::Featherpad => &["filler", "text"],
        // Once something was typed the line in the cell has it, and the sheet says that it has it too. Which of them is told, or only the window,
        // depends on how far the walk came in its time; where it came to none, none.
        App::Calc => &["paragraph", "table", "root pane", "none"],
        App::Browser | App::Terminal => &[],
    }
}

/// The roles of what is typed in.
const fn written_in(app: App) -> &'static [&'static str] {
    match app {
        App::Editor | App::Featherpad => &["text"],
        // The first digit opens the line to write in.
        App::Calc => &["paragraph"],
        App::Browser | App::Terminal => &[],
    }
}

/// Whether the window stands still while nobody does anything, so that the last look is of before the action whenever it comes. Where a caret
/// blinks, each blink is a change, and an action that comes while it is looked at has a frame of after.
const fn stands_still(app: App, action: &Action) -> bool {
    match app {
        App::Browser => true,
        App::Calc => !matches!(action, Action::Hotkey { .. }),
        App::Editor | App::Featherpad | App::Terminal => false,
    }
}
