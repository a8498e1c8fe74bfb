//! Applications are asked over their own connections, and nobody else is taken for them.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use candor_model::{Moment, Rect, Tree, TreeState};

use super::desktop::Desktop;
use super::law::{Law, now};
use super::told::kept;
use super::{EDITOR, rect, sensor};
use crate::linux::changed::Changed;
use crate::linux::tree::parts::{Bus, Ear, TEXT, address, connect, frame, tree};
use crate::linux::tree::{Client, Element};
use crate::linux::x11::X11Sensor;

const EDITABLE: &str = "org.a11y.atspi.EditableText";
const ROUNDS: usize = 30;

/// What one look tells, and which elements that is.
type Walked = (Tree, Vec<Element>);

/// The bus of a desktop with an editor, and the editor's window there.
struct Told {
    bus: Rc<Bus>,
    ear: Ear,
    client: Client,
}

impl Told {
    async fn open(desktop: &Desktop) -> Self {
        let sensor = sensor(desktop);
        let (windows, _) = sensor.windows().seen().unwrap();
        let window = windows.iter().find(|window| window.class == EDITOR).unwrap();
        let client = sensor.client(window).unwrap().unwrap();
        let bus = Rc::new(Bus::connect(&address(&desktop.display).unwrap()).await.unwrap());
        let now = Arc::new(|| Moment { wall: now(), monotonic_us: 5 });
        let (ear, _) = Ear::open(&bus, &(now as crate::Now)).await.unwrap();
        Self { bus, ear, client }
    }

    /// The tree of the editor at rest.
    async fn tree(&self) -> Walked {
        for _ in 0..ROUNDS {
            let told = tree(&self.bus, &self.ear, &self.client).await;
            if let Some(told) = told.filter(|(tree, _)| tree.state == TreeState::Complete) {
                return told;
            }
        }
        panic!("the editor does not come to rest");
    }

    async fn application(&self) -> Element {
        frame(&self.bus, &self.client).await.unwrap().application
    }
}

fn on_a_desktop<F: Future<Output = ()>>(test: impl FnOnce(Desktop) -> F) {
    let desktop = Desktop::told();
    desktop.mousepad("some words\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    tokio::task::LocalSet::new().block_on(&runtime, test(desktop));
}

#[test]
fn an_application_tells_the_same_without_the_bus_and_when_its_connection_broke() {
    on_a_desktop(|desktop| async move {
        let told = Told::open(&desktop).await;
        let direct = told.tree().await;
        let application = told.application().await;
        assert!(told.bus.has_met(&application), "the editor offers a connection");
        told.bus.part(&application);
        let over_the_bus = told.tree().await;
        assert!(!told.bus.has_met(&application));
        assert_eq!(direct, over_the_bus);
        assert!(direct.1.iter().all(|element| element.0 == application.0), "{:?}", direct.1);
    });
}

#[test]
fn another_process_is_not_taken_for_the_application() {
    on_a_desktop(|desktop| async move {
        let told = Told::open(&desktop).await;
        let application = told.application().await;
        let asked = (application.clone(), "org.a11y.atspi.Application", "GetApplicationBusAddress");
        let address: String = told.bus.ask(&asked.0, asked.1, asked.2, &()).await.unwrap();
        assert!(connect(&address, told.client.pid).await.is_some());
        assert!(connect(&address, std::process::id()).await.is_none());
    });
}

#[test]
fn what_an_application_told_before_it_answered_is_heard_before_a_walk_ends() {
    on_a_desktop(|desktop| async move {
        let told = Told::open(&desktop).await;
        let (tree, elements) = told.tree().await;
        let place = tree.nodes.iter().position(|node| node.role == "text").unwrap();
        let (text, application) = (&elements[place], told.application().await);
        for _ in 0..ROUNDS {
            told.bus.caught_up(&application).await;
            let before = told.ear.count(&application.0);
            let _: Option<bool> = told.bus.ask(text, EDITABLE, "InsertText", &(0, "more ", 5)).await;
            told.bus.caught_up(&application).await;
            assert!(told.ear.count(&application.0) > before, "a change is heard later than the answer");
        }
        let longer: String = told.bus.ask(text, TEXT, "GetText", &(0_i32, -1_i32)).await.unwrap();
        assert_eq!(longer.len(), "some words\n".len() + ROUNDS * "more ".len());
    });
}

#[test]
fn of_a_window_in_which_nothing_changed_next_to_nothing_is_asked() {
    on_a_desktop(|desktop| async move {
        let told = Told::open(&desktop).await;
        let first = told.tree().await;
        let asked = async |parts: Option<&[Rect]>| {
            let changed = parts.map(|parts| Changed { differ: parts.to_vec(), late: Vec::new() });
            told.ear.changed(changed.as_ref());
            let before = told.bus.tally().questions();
            assert_eq!(told.tree().await, first);
            told.bus.tally().questions() - before
        };
        let whole = asked(None).await;
        let (nothing, a_menu) = (asked(Some(&[])).await, asked(Some(&[rect(5, 25, 30, 10)])).await);
        println!("questions: {whole} whole, {nothing} unchanged, {a_menu} with a changed menu");
        assert!(nothing * 4 < whole && nothing <= a_menu && a_menu < whole);
    });
}

#[test]
fn a_tree_of_which_parts_are_recalled_is_the_one_that_is_asked_whole() {
    let desktop = Desktop::told();
    desktop.mousepad(&"words of the editor\n".repeat(100));
    goes_through(&desktop, EDITOR, &STEPS);
}

#[test]
fn so_it_is_in_an_office_suite_that_draws_its_window_anew_for_one_cell() {
    let desktop = Desktop::told();
    desktop.calc();
    goes_through(&desktop, "libreoffice-calc", &STEPS_OF_CALC);
}

/// After each step, what a sensor tells that knows of the steps before is what one tells that was just opened and knows nothing.
fn goes_through(desktop: &Desktop, class: &str, steps: &[&str]) {
    let recalls = sensor(desktop);
    for words in steps {
        desktop.xdotool(&words.split(' ').collect::<Vec<_>>());
        let mut last = String::new();
        let same = (0..ROUNDS).find_map(|_| {
            std::thread::sleep(REST);
            let [one, other] = [&recalls, &sensor(desktop)].map(|sensor| tree_of(sensor, class));
            last = difference(one.as_ref(), other.as_ref());
            one.filter(|_| last.is_empty()).map(|one| one.nodes.len())
        });
        println!("{words}: {} elements", same.unwrap_or_else(|| panic!("{words}: {last}")));
    }
}

/// In what two trees differ first; nothing if they are the same.
fn difference(one: Option<&Tree>, other: Option<&Tree>) -> String {
    let (Some(one), Some(other)) = (one, other) else { return "there is no tree".to_owned() };
    if one.state != other.state {
        return format!("{:?}, {:?}", one.state, other.state);
    }
    let nodes = || one.nodes.iter().zip(&other.nodes);
    match nodes().find(|(one, other)| one != other) {
        Some(nodes) => format!("{nodes:?}"),
        None if one.nodes.len() == other.nodes.len() => String::new(),
        None => format!("{} elements, {}", one.nodes.len(), other.nodes.len()),
    }
}

const REST: Duration = Duration::from_millis(100);
const STEPS: [&str; 14] = [
    "mousemove 200 300 click 1",
    "type more",
    "key alt+f",
    "key Right",
    "key Escape Escape",
    "mousemove 300 300 click --repeat 5 5",
    "key ctrl+f",
    "type words",
    "key Escape",
    "search --class mousepad windowmove 40 30",
    "search --class mousepad windowsize 500 400",
    "key ctrl+Home",
    "key F10",
    "key Escape",
];

const STEPS_OF_CALC: [&str; 8] = [
    "mousemove 400 400 click 1",
    "type 4217",
    "key Return",
    "key ctrl+b",
    "key alt+f",
    "key Escape",
    "mousemove 400 400 click --repeat 3 5",
    "key ctrl+Home",
];

/// Cells, a line that is edited, bars and panels that come in the place of others and go, and another sheet.
const MORE_STEPS_OF_CALC: [&str; 17] = [
    "type more",
    "key Tab",
    "type 331",
    "key Return",
    "key ctrl+z",
    "key F2",
    "key Escape",
    "key ctrl+f",
    "type 4217",
    "key Return",
    "key Escape",
    "key F11",
    "key ctrl+F5",
    "key ctrl+F5",
    "key ctrl+shift+F6",
    "key alt+Page_Down",
    "key ctrl+i",
];

/// The same of what is kept with each frame: of what was drawn, only what the frames differ in is asked.
#[test]
fn the_tree_that_is_kept_with_a_frame_is_the_one_that_is_asked_whole() {
    const CALC: &str = "libreoffice-calc";
    let (desktop, law) = (Desktop::told(), Law::with_calc());
    desktop.calc();
    let mut recalls = super::told::sensor(&desktop);
    for words in STEPS_OF_CALC.iter().chain(&MORE_STEPS_OF_CALC) {
        desktop.xdotool(&words.split(' ').collect::<Vec<_>>());
        let mut last = String::new();
        // Few, so that it is not half a minute after which everything is asked.
        let same = (0..ROUNDS / 3).find_map(|_| {
            std::thread::sleep(REST);
            recalls.rest.after_action();
            kept(&mut recalls, &law, CALC);
            let one = recalls.kept.as_ref().and_then(|kept| kept.tree.clone());
            last = difference(one.as_ref(), tree_of(&sensor(&desktop), CALC).as_ref());
            one.filter(|_| last.is_empty()).map(|one| one.nodes.len())
        });
        println!("{words}: {} elements", same.unwrap_or_else(|| panic!("{words}: {last}")));
    }
}

/// The tree of a window, whatever is known of it; none if the application does not answer in time.
fn tree_of(sensor: &X11Sensor, class: &str) -> Option<Tree> {
    let (windows, _) = sensor.windows().seen().unwrap();
    let window = windows.iter().find(|window| window.class == class).unwrap();
    let client = sensor.client(window).unwrap().unwrap();
    sensor.tree(&client, &windows, false).map(|(tree, _)| tree)
}
