//! The stage of a scenario: its applications, each where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use candor_consent::Field;
use candor_model::{Point, Rect};

use super::super::desktop::{Desktop, until};
use super::super::law::Law;
use super::super::rect;
use super::super::told::{kept, sensor, served};
use super::language::{Opened, Scenario};
use super::step::App;
use crate::Sensor as _;
use crate::linux::tree::Which;
use crate::linux::x11::X11Sensor;

/// The buttons of the page.
pub(super) const BUTTONS: [&str; 6] = ["One", "Two", "Three", "Four", "Five", "Six"];
/// A page that has another colour after each click: the truth of what was on the screen before it.
const PAGE: &str = "<!doctype html><title>Grid</title><body style='margin:0;background:rgb(0,0,7)'><div style='\
    display:grid;grid-template-columns:repeat(3,120px);grid-auto-rows:60px;gap:10px'><button>One</button>\
    <button>Two</button><button>Three</button><button>Four</button><button>Five</button><button>Six</button></div><script>\
    let n = 0; document.onmousedown = () => { n += 1; document.body.style.background = `rgb(${n & 255},${n >> 8},7)`; }</script>";

/// The colour of the page after so many clicks.
pub(super) const fn colour_after(clicks: u16) -> [u8; 3] {
    let [high, low] = clicks.to_be_bytes();
    [low, high, 7]
}

/// After how many clicks the page has this colour.
pub(super) fn clicks_of([low, high, code]: [u8; 3]) -> Option<u16> {
    (code == 7).then(|| u16::from_be_bytes([high, low]))
}

/// What the hands can reach.
pub(super) struct Reach {
    pub(super) places: BTreeMap<App, Rect>,
    /// Buttons of the page: their names and places.
    pub(super) buttons: Vec<(String, Rect)>,
    /// Cells of the sheet, likewise.
    pub(super) cells: Vec<(String, Rect)>,
    /// Where the page shows its colour.
    pub(super) page: Option<Rect>,
    /// Where windows pop up that nobody may record.
    pub(super) canary: Rect,
    /// What has the keyboard.
    pub(super) front: App,
}

/// A law that allows what the scenario does not call refused.
pub(super) fn law(scenario: &Scenario) -> Law {
    let opened = scenario.opened.iter().filter(|opened| !opened.refused);
    let apps: BTreeSet<&str> = opened.map(|opened| opened.app.id()).collect();
    Law::with(Field::ALL.into(), &Vec::from_iter(apps))
}

/// Opens everything, and lets the sensor look at it once.
pub(super) fn set(scenario: &Scenario, desktop: &Desktop, law: &Law) -> (X11Sensor, Reach) {
    let opened: Vec<(App, Rect)> =
        scenario.opened.iter().map(|opened| (opened.app, open(desktop, opened))).collect();
    let mut sensor = sensor(desktop);
    let browser = opened.iter().find(|(app, _)| *app == App::Browser).map(|(_, bounds)| *bounds);
    let buttons = browser.map(|_| buttons(&mut sensor)).unwrap_or_default();
    let sheet = opened.iter().find(|(app, _)| *app == App::Calc).map(|(app, bounds)| inside(*app, *bounds));
    let cells = sheet.map(|sheet| cells(desktop, &mut sensor, sheet)).unwrap_or_default();
    while sensor.next(Duration::from_millis(100)).unwrap().is_some() {}
    // What is typed before an application is heard for the first time is only counted (docs/platforms.md).
    let is_heard = |opened: &&Opened| !opened.refused && opened.app != App::Browser;
    let mut front = App::Editor;
    for heard in scenario.opened.iter().filter(is_heard) {
        front = heard.app;
        desktop.xdotool(&["search", "--onlyvisible", "--class", front.class(), "windowactivate", "--sync"]);
        kept(&mut sensor, law, front.class());
    }
    let page = browser.map(|all| rect(all.x + 40, all.y + i32::try_from(all.height).unwrap() - 100, 80, 60));
    let places = opened.into_iter().map(|(app, bounds)| (app, inside(app, bounds))).collect();
    let canary = scenario.canary.unwrap_or(rect(0, 0, 0, 0));
    (sensor, Reach { places, buttons, cells, page, canary, front })
}

fn open(desktop: &Desktop, opened: &Opened) -> Rect {
    let bounds = match opened.app {
        App::Editor => desktop.mousepad(&"line of text\n".repeat(30)),
        App::Browser => return browser(desktop, opened.place.expect("a browser has a place")),
        App::Terminal => desktop.terminal(),
        App::Calc => desktop.calc(),
        App::Featherpad => desktop.featherpad(),
    };
    opened.place.map_or(bounds, |place| desktop.put(opened.app.class(), place))
}

/// A browser has no place but the one that it is started with.
fn browser(desktop: &Desktop, Rect { x, y, width, height }: Rect) -> Rect {
    let url = format!("--app=http://forms.example.test:{}/", served(PAGE));
    let (at, size) = (format!("--window-position={x},{y}"), format!("--window-size={width},{height}"));
    desktop.chromium("", "Grid", &[&url, &at, &size]);
    desktop.bounds_of(App::Browser.class())
}

/// The part of a window that is clicked: no menu, tool bar or edge.
fn inside(app: App, Rect { x, y, width, height }: Rect) -> Rect {
    match app {
        App::Editor | App::Browser => rect(x + 60, y + 100, width - 120, height - 160),
        App::Terminal => rect(x + 10, y + 25, width - 40, height - 30),
        App::Calc => rect(x + 120, y + 250, width - 240, height - 350),
        App::Featherpad => rect(x + 100, y + 120, width - 200, height - 200),
    }
}

/// The buttons of the page, as the browser tells them.
fn buttons(sensor: &mut X11Sensor) -> Vec<(String, Rect)> {
    for _ in 0..1_000 {
        let (windows, _) = sensor.windows().seen().unwrap();
        let browser = windows.iter().find(|window| window.class == App::Browser.class());
        let client = browser.and_then(|window| sensor.client(window).unwrap());
        let tree = client.and_then(|client| sensor.tree(&client, &windows, false));
        let nodes = tree.map(|(tree, _)| tree.nodes).unwrap_or_default();
        let found: Vec<(String, Rect)> = nodes
            .iter()
            .filter(|node| node.role == "push button")
            .filter_map(|node| Some((node.name.clone()?, node.bounds)))
            .filter(|(name, place)| BUTTONS.contains(&name.as_str()) && place.width == 120)
            .collect();
        if found.len() == BUTTONS.len() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the browser does not tell its buttons")
}

/// Some cells of the sheet, as the office suite tells them. It tells wrong places until its window was clicked: then it must name the cell that
/// was clicked in the box of names too.
fn cells(desktop: &Desktop, sensor: &mut X11Sensor, sheet: Rect) -> Vec<(String, Rect)> {
    let (windows, _) = sensor.windows().seen().unwrap();
    let window = windows.iter().find(|window| window.class == App::Calc.class()).unwrap();
    let client = sensor.client(window).unwrap().unwrap();
    let cell = |sensor: &X11Sensor, at| {
        let (_, node, _) = sensor.trees.element(Which::At(client.clone(), at))?;
        Some((node.name.filter(|_| node.role == "table cell")?, node.bounds))
    };
    let at = middle(sheet);
    desktop.xdotool(&["mousemove", &at.x.to_string(), &at.y.to_string(), "click", "1"]);
    until("the sheet names the cell that was clicked", || {
        let (name, _) = cell(sensor, at)?;
        let (tree, _) = sensor.tree(&client, &windows, false)?;
        tree.nodes.iter().any(|node| node.role == "text" && node.text.as_ref() == Some(&name)).then_some(())
    });
    while sensor.next(Duration::from_millis(100)).unwrap().is_some() {}
    let steps = |from: i32, side: u32, by| (from..from + i32::try_from(side).unwrap()).step_by(by);
    let points = steps(sheet.y, sheet.height, 60)
        .flat_map(|y| steps(sheet.x, sheet.width, 100).map(move |x| Point { x, y }));
    points.map(|at| cell(sensor, at).unwrap()).collect()
}

/// The middle of it.
pub(super) fn middle(place: Rect) -> Point {
    let half = |side: u32| i32::try_from(side / 2).unwrap();
    Point { x: place.x + half(place.width), y: place.y + half(place.height) }
}
