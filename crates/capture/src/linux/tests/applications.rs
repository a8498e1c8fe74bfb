//! Applications of other toolkits: Qt, and an office suite whose sheet has 17 billion cells.

use std::time::{Duration, Instant};

use candor_model::{Action, Node, TreeState};

use super::desktop::{Desktop, until};
use super::law::Law;
use super::told::{kept, sensor};
use super::{next, observe};
use crate::Sensor as _;
use crate::linux::TREE_BUDGET_MS;

#[test]
fn an_editor_made_with_qt_tells_what_is_typed_and_where() {
    let (desktop, law) = (Desktop::told(), Law::new());
    let editor = desktop.featherpad();
    let (x, y) = (editor.x + 200, editor.y + 200);
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, "FeatherPad");
    desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    let pending = next(&mut sensor);
    let click = observe(&mut sensor, &law, &pending).unwrap();
    assert!(click.target.is_some(), "{:#?}", click.tree);
    std::thread::sleep(Duration::from_millis(200));
    desktop.xdotool(&["type", "--delay", "15", "--", "Good Morning"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "Good Morning".to_owned() }, "{:?}", sensor.tally());
    let target = &typed.tree.as_ref().unwrap().nodes[usize::try_from(typed.target.unwrap()).unwrap()];
    assert_eq!(target.role, "text");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test measures how long an application takes")]
fn a_sheet_is_never_hung_by_a_walk_and_its_keys_come_out() {
    let (desktop, law) = (Desktop::told(), Law::with_calc());
    let sheet = desktop.calc();
    let mut sensor = sensor(&desktop);
    let (windows, _) = sensor.windows().seen().unwrap();
    let window = windows.iter().find(|window| window.class == "libreoffice-calc").unwrap();
    let client = sensor.client(window).unwrap().unwrap();
    let mut walk = || {
        let start = Instant::now();
        let walked = sensor.tree(&client, &windows, false);
        assert!(start.elapsed() < Duration::from_millis(TREE_BUDGET_MS * 2), "{:?}", start.elapsed());
        walked
    };
    // Its window is there before it answers: the first walks may find nothing in their time.
    until("Calc tells a tree", &mut walk);
    for (tree, _) in (0..5).filter_map(|_| walk()) {
        assert!(tree.nodes.iter().filter(|node| node.role == "table cell").count() < 1_500);
        assert!(tree.is_well_formed() && tree.state != TreeState::Untrusted || tree.nodes.len() > 5);
    }
    let before = processor_ms(client.pid);
    std::thread::sleep(Duration::from_secs(1));
    let busy = processor_ms(client.pid) - before;
    assert!(busy < 500, "Calc works {busy} ms of a second after the walks");

    let (x, y) = (sheet.x + 300, sheet.y + 400);
    desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    let pending = next(&mut sensor);
    let click = observe(&mut sensor, &law, &pending).unwrap();
    assert!(matches!(click.action, Action::Click { count: 1, .. }));
    let tree = click.tree.as_ref().unwrap();
    let cell = &tree.nodes[usize::try_from(click.target.unwrap()).unwrap()];
    assert_eq!(cell.role, "table cell", "{cell:?}, {:?}", tree.state);
    std::thread::sleep(Duration::from_millis(500));
    // Typed before its editor is there, and typed into it.
    for (delay, text) in [("30", "4217"), ("300", "Rent of May"), ("120", "18.5")] {
        desktop.xdotool(&["type", "--delay", delay, "--", text]);
        let pending = next(&mut sensor);
        let typed = observe(&mut sensor, &law, &pending).unwrap();
        assert_eq!(typed.action, Action::Type { text: text.to_owned() }, "{:?}", sensor.tally());
        until("the editor of the cell tells what stands in it", || {
            let (tree, _) = sensor.tree(&client, &windows, false)?;
            let stands = |node: &Node| node.role == "paragraph" && node.text.as_deref() == Some(text);
            tree.nodes.iter().any(stands).then_some(())
        });
        desktop.xdotool(&["key", "Return"]);
        let pending = next(&mut sensor);
        let enter = observe(&mut sensor, &law, &pending).unwrap();
        assert!(matches!(enter.action, Action::Hotkey { .. }), "{:?}", enter.action);
    }
}

/// How long a process has used the processor, in milliseconds.
pub(super) fn processor_ms(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<u64> =
        after_name.split_whitespace().skip(11).take(2).map(|f| f.parse().unwrap()).collect();
    (fields[0] + fields[1]) * 10
}
