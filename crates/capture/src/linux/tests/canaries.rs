//! Windows that nobody may record, of one colour: they move, pop up and go, cover a half, are menus and tooltips, and lie on a second
//! monitor. Of none is a pixel in a frame, or a word in a title or tree.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use candor_model::Observation;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, StackMode, WindowClass,
};

use super::desktop::{Desktop, GREEN, WINDOW_COLOUR};
use super::law::Law;
use super::scenario::Done;
use super::told::{kept, sensor};
use super::{BLOCK, EDITOR, colours, judged, next, observe, rect, whole};
use crate::linux::wire::{XConnection, connect};
use crate::linux::x11::X11Sensor;
use crate::{Sensor as _, SensorError};

/// Looks at a desktop that does not come to rest.
const LOOKS: usize = 150;
/// Of those, at least so many must be frames: else nothing was tested.
const FRAMES_MIN: usize = 10;
const WORD: &str = "canary-word";

fn shows_none(observation: &Observation) {
    assert!(!colours(observation, whole(observation)).contains(&WINDOW_COLOUR), "a canary is in the frame");
    let nodes = observation.tree.iter().flat_map(|tree| &tree.nodes);
    let texts = nodes.flat_map(|node| [node.name.as_ref(), node.text.as_ref()]);
    let mut texts = texts.chain([observation.title.as_ref()]).flatten();
    assert!(!texts.any(|text| text.contains(WORD)), "a canary is in a text");
}

/// Lets `hands` disturb the desktop while the sensor looks at it again and again; how many frames there were.
fn looked(
    desktop: &Desktop,
    sensor: &mut X11Sensor,
    law: &Law,
    hands: impl Fn(&XConnection, u32) + Sync,
) -> usize {
    let (done, display) = (AtomicBool::new(false), desktop.display.clone());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (connection, _) = connect(&display).unwrap();
            let mut n = 0;
            while !done.load(Ordering::SeqCst) {
                hands(&connection, n);
                n += 1;
            }
        });
        // Also where a look fails: the hands end with it.
        let _done = Done(&done);
        desktop.xdotool(&["mousemove", "20", "60", "click", "1"]);
        let (mut pending, mut frames) = (next(sensor), 0);
        for _ in 0..LOOKS {
            let (permit, windows) = judged(law, &pending);
            // Between the judgement and the look.
            std::thread::sleep(Duration::from_millis(3));
            match sensor.taken(&pending, &permit, &windows) {
                Ok(kept) => {
                    let rgb = kept.frame.as_ref().unwrap().rgb();
                    assert!(
                        !rgb.chunks_exact(3).any(|pixel| pixel == WINDOW_COLOUR),
                        "a canary is in the frame"
                    );
                    frames += 1;
                }
                Err(SensorError::Changed) => {}
                Err(error) => panic!("{error}"),
            }
            pending = sensor.again(pending).unwrap();
        }
        frames
    })
}

#[test]
fn a_canary_that_moves_over_the_editor_is_in_no_frame() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.green(EDITOR, rect(0, 0, 600, 500));
    let canary = desktop.titled("Canary", WORD, rect(100, 100, 150, 150), false);
    let mut sensor = sensor(&desktop);
    let frames = looked_beside(&desktop, &mut sensor, &law, canary);
    assert!(frames >= FRAMES_MIN, "{frames}");
}

/// A canary that moves by a few pixels, rests, and moves again.
fn looked_beside(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law, canary: u32) -> usize {
    looked(desktop, sensor, law, |connection, n| {
        let x = 100 + i32::try_from(n * 37 % 300).unwrap();
        let to = ConfigureWindowAux::new().x(x).y(x / 2).stack_mode(StackMode::ABOVE);
        connection.configure_window(canary, &to).unwrap();
        connection.flush().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(n % 4) * 20));
    })
}

#[test]
fn a_canary_that_pops_up_and_goes_while_the_frame_is_read_is_in_no_frame() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.green(EDITOR, rect(0, 0, 600, 500));
    let mut sensor = sensor(&desktop);
    let frames = looked(&desktop, &mut sensor, &law, |connection, n| {
        let window = connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().background_pixel(0x00ff_00ff).override_redirect(1);
        let (root, kind) = (connection.setup().roots[0].root, WindowClass::INPUT_OUTPUT);
        connection.create_window(24, window, root, 50, 50, 300, 300, 0, kind, 0, &aux).unwrap();
        connection.map_window(window).unwrap();
        connection.flush().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(n % 5) * 9));
        connection.destroy_window(window).unwrap();
        connection.flush().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(n % 3) * 15));
    });
    assert!(frames >= FRAMES_MIN, "{frames}");
}

#[test]
fn canaries_that_cover_a_half_or_are_menus_and_tooltips_are_blocks_and_not_a_word_of_theirs_is_kept() {
    let (desktop, law) = (Desktop::told(), Law::new());
    let editor = desktop.mousepad("plain text\n");
    let half = rect(editor.x + 350, editor.y, 600, 400);
    let (tooltip, menu) = (rect(60, 420, 90, 20), rect(200, 430, 120, 90));
    desktop.titled("Canary", WORD, half, true);
    desktop.titled("", WORD, tooltip, false);
    desktop.titled("Canary", WORD, menu, false);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "100", "200", "click", "1"]);
    let pending = next(&mut sensor);
    let observation = observe(&mut sensor, &law, &pending).unwrap();
    shows_none(&observation);
    for covered in [tooltip, menu] {
        assert_eq!(colours(&observation, covered), [BLOCK].into());
    }
    assert!(
        colours(&observation, rect(editor.x, editor.y, 300, 400)).len() > 5,
        "the editor is not in the frame"
    );
    assert_eq!(observation.windows.iter().filter(|window| !window.permitted).count(), 3);
}

#[test]
fn a_canary_on_the_second_monitor_is_in_no_frame_and_the_editor_across_both_is() {
    let (desktop, law) = (Desktop::of_two_monitors(), Law::new());
    desktop.green(EDITOR, rect(900, 0, 700, 300));
    let canaries = [rect(1700, 400, 300, 200), rect(1500, 100, 300, 100), rect(1200, 250, 200, 100)];
    for canary in canaries {
        desktop.titled("Canary", WORD, canary, false);
    }
    let mut sensor = sensor(&desktop);
    let screens = sensor.screens();
    assert_eq!((screens.len(), screens[0].width, screens[0].height), (1, 2560, 800));
    desktop.xdotool(&["mousemove", "1000", "50", "click", "1"]);
    let pending = next(&mut sensor);
    let observation = observe(&mut sensor, &law, &pending).unwrap();
    for canary in canaries {
        assert_eq!(colours(&observation, canary), [BLOCK].into());
    }
    // The editor is there on both monitors.
    for part in [rect(900, 0, 380, 100), rect(1281, 0, 200, 90)] {
        assert_eq!(colours(&observation, part), [GREEN].into());
    }
}

#[test]
fn a_window_that_became_another_application_while_its_pixels_were_read_is_not_kept() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.green(EDITOR, rect(0, 0, 600, 500));
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "20", "60", "click", "1"]);
    let pending = next(&mut sensor);
    assert!(sensor.shows_what_was_judged(&pending).is_ok());
    desktop.reclass(editor, "Canary");
    assert!(matches!(sensor.shows_what_was_judged(&pending), Err(SensorError::Changed)));
    desktop.reclass(editor, EDITOR);
    assert!(observe(&mut sensor, &law, &pending).is_ok());
    // The look asks it, once the pixels are read.
    let (permit, windows) = judged(&law, &pending);
    let changed = std::cell::Cell::new(false);
    let read = sensor.look_and_then(&pending, &permit, &windows, true, || {
        desktop.reclass(editor, "Canary");
        changed.set(true);
    });
    assert!(changed.get() && matches!(read, Err(SensorError::Changed)));
}

#[test]
fn what_a_window_that_is_not_permitted_wrote_is_not_heard_after_it_was_refused() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    // Judged, and not captured: as where the gate refuses.
    desktop.xdotool(&["type", "--delay", "20", "--", WORD]);
    let refused = next(&mut sensor);
    drop(refused);
    while sensor.next(Duration::from_millis(800)).unwrap().is_some() {}
    desktop.xdotool(&["key", "x"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, candor_model::Action::Keys { count: 1 });
    let tally = sensor.tally();
    assert_eq!(tally.counted.keys().collect::<Vec<_>>(), [&crate::Counted::NotHeard]);
    let refused = u64::try_from(WORD.len()).unwrap();
    assert_eq!((tally.seen, tally.taken, tally.not_taken), (refused + 1, 1, refused));
}
