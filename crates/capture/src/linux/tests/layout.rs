//! How a desktop is laid out: monitors, workspaces, windows that move, and applications that draw larger.

use candor_model::{Action, TreeState};

use super::desktop::Desktop;
use super::law::Law;
use super::told::{kept, sensor};
use super::{BLOCK, CANARY, EDITOR, colours, next, observe, rect, whole};
use crate::Sensor as _;

#[test]
fn monitors_and_how_much_larger_applications_draw_are_told() {
    let desktop = Desktop::of_two_monitors();
    let mut sensor = sensor(&desktop);
    let told = sensor.monitors().unwrap();
    let places: Vec<_> = told.iter().map(|monitor| (monitor.name.as_str(), monitor.bounds)).collect();
    // The server's own account of its one output comes after those that were made.
    assert_eq!(places[..2], [("left", rect(0, 0, 1280, 800)), ("right", rect(1280, 0, 1280, 800))]);
    assert!(told.iter().all(|monitor| monitor.screen == desktop.display && monitor.scale_percent == 100));
    desktop.resources("Xft.antialias:\t1\nXft.dpi:\t192\n");
    assert!(sensor.monitors().unwrap().iter().all(|monitor| monitor.scale_percent == 200));
}

#[test]
fn a_window_that_the_person_moved_is_captured_where_it_is_then() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    for to in [500, 100] {
        desktop.xdotool(&["windowmove", "--sync", &editor.to_string(), &to.to_string(), "200"]);
        let at = (to + 50).to_string();
        desktop.xdotool(&["mousemove", &at, "300", "click", "1"]);
        let pending = next(&mut sensor);
        let seen = observe(&mut sensor, &law, &pending).unwrap();
        assert!(seen.bounds.x.abs_diff(to) < 10, "{:?}", seen.bounds);
        let inside = rect(to + 40, 290, 100, 100);
        assert_eq!(colours(&seen, inside), [super::desktop::WINDOW_COLOUR].into());
        let old = rect(if to == 500 { 110 } else { 810 }, 350, 50, 50);
        assert_eq!(colours(&seen, old), [BLOCK].into());
    }
}

#[test]
fn what_is_on_another_workspace_is_in_no_frame_and_gets_no_keys() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("plain text\n");
    desktop.workspace(1);
    let canary = desktop.titled(CANARY, "canary-word", rect(0, 0, 700, 600), true);
    let mut sensor = sensor(&desktop);
    for _ in 0..3 {
        desktop.workspace(0);
        kept(&mut sensor, &law, EDITOR);
        desktop.xdotool(&["mousemove", "200", "300", "click", "1"]);
        let pending = next(&mut sensor);
        let seen = observe(&mut sensor, &law, &pending).unwrap();
        assert!(!colours(&seen, whole(&seen)).contains(&super::desktop::WINDOW_COLOUR));
        // The window manager shows for a moment where one is: that is a small window.
        let large = |window: &&candor_model::VisibleWindow| window.bounds.width > 600;
        assert!(
            seen.windows.iter().filter(large).all(|window| window.permitted),
            "the other workspace is told"
        );
        desktop.workspace(1);
        desktop.focus(canary);
        desktop.xdotool(&["type", "--delay", "1", "secret"]);
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, CANARY);
        assert!(law.decide(&pending.front().context()).is_err());
        while sensor.next(std::time::Duration::from_millis(100)).unwrap().is_some() {}
    }
}

#[test]
fn an_editor_that_draws_twice_as_large_is_named_where_it_is_clicked() {
    let (desktop, law) = (Desktop::told().twice_as_large(), Law::new());
    let editor = desktop.large_mousepad("plain text\n");
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    let (x, y) = (editor.x + 400, editor.y + 400);
    desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    let pending = next(&mut sensor);
    let click = observe(&mut sensor, &law, &pending).unwrap();
    let tree = click.tree.as_ref().expect("a tree");
    assert_eq!(tree.state, TreeState::Complete);
    let target = &tree.nodes[usize::try_from(click.target.expect("an element")).unwrap()];
    assert_eq!((target.role.as_str(), target.text.as_deref()), ("text", Some("plain text\n")));
    // In pixels of the screen: as wide as the window, or nearly.
    assert!(
        target.bounds.width > 600 && target.bounds.contains(candor_model::Point { x, y }),
        "{:?}",
        target.bounds
    );
    desktop.xdotool(&["type", "--delay", "10", "--", "Good Morning"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "Good Morning".to_owned() }, "{:?}", sensor.tally());
}
