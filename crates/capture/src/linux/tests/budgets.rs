//! What the sensor asks of the X server, in requests and not in time: time is the bench's (`docs/benchmarks.md`). A request that is new in a
//! loop, or a look that nothing asked for, is seen here on any machine, however busy.

use std::time::Duration;

use x11rb::protocol::xproto::ConnectionExt as _;

use super::desktop::Desktop;
use super::law::Law;
use super::told::{kept, sensor};
use super::{EDITOR, judged, next, observe, rect};
use crate::Sensor as _;
use crate::linux::x11::X11Sensor;

/// How often it is asked while nothing is done, and after how many times a blinking cursor counts no more.
const POLLS: u64 = 100;
/// Most requests of one judgement and look at one window, and of an action.
const LOOK_REQUESTS_MAX: u64 = 30;
const ACTION_REQUESTS_MAX: u64 = 80;
/// Most looks at the screen in those polls: an editor's cursor blinks.
const LOOKS_MAX: u64 = 12;

#[test]
fn a_look_an_action_and_idling_ask_the_server_for_little() {
    let (desktop, law) = (Desktop::told_full_hd(), Law::new());
    desktop.mousepad("plain text\n");
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["mousemove", "200", "300", "click", "1"]);
    let pending = next(&mut sensor);
    let before = requests(&sensor);
    let (permit, windows) = judged(&law, &pending);
    assert!(sensor.look(&pending, &permit, &windows, true).unwrap().frame.is_some());
    let look = requests(&sensor) - before;
    observe(&mut sensor, &law, &pending).unwrap();
    let before = requests(&sensor);
    desktop.xdotool(&["mousemove", "220", "300", "click", "1"]);
    let pending = next(&mut sensor);
    observe(&mut sensor, &law, &pending).unwrap();
    let action = requests(&sensor) - before;

    let (mut looks, mut idle) = (0, 0);
    for _ in 0..POLLS {
        let before = requests(&sensor);
        assert!(sensor.next(Duration::from_millis(50)).unwrap().is_none());
        let looked = at_rest(&mut sensor, &law);
        // The question how many there were is one itself.
        let asked = requests(&sensor) - before - 1;
        assert!(looked || asked == 0, "{asked} requests although nothing changed");
        (looks, idle) = (looks + u64::from(looked), idle + asked);
    }
    let memory_mb = memory_mb();
    println!("requests: look {look}, action {action}, idle {idle} with {looks} looks; {memory_mb:.0} MB");
    assert!(look <= LOOK_REQUESTS_MAX && action <= ACTION_REQUESTS_MAX, "look {look}, action {action}");
    assert!(looks <= LOOKS_MAX, "{looks} looks at a screen on which nothing is done");
    assert!(idle <= looks * ACTION_REQUESTS_MAX, "{idle} requests while nothing is done");
    assert!(memory_mb < 100.0, "{memory_mb} MB");
}

/// The first question that a recorder at rest asks itself again.
const LONG: Duration = Duration::from_secs(30);

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a wait was is what is tested")]
fn whoever_waits_for_a_screen_at_rest_is_woken_by_another_thread() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.green(EDITOR, rect(0, 0, 300, 300));
    desktop.focus(editor);
    let mut sensor = sensor(&desktop);
    while !sensor.is_at_rest() {
        at_rest(&mut sensor, &law);
        assert!(sensor.next(Duration::from_millis(10)).unwrap().is_none());
    }
    let waker = sensor.waker();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        waker.wake();
        waker
    });
    let begun = std::time::Instant::now();
    assert!(sensor.next(LONG).unwrap().is_none());
    assert!(begun.elapsed() < LONG / 2, "nobody woke it");
    let waker = other.join().unwrap();
    desktop.xdotool(&["mousemove", "20", "60", "click", "1"]);
    assert_eq!(next(&mut sensor).front().context().window_class, EDITOR);
    drop(sensor);
    waker.wake();
}

/// Looks if there is something new to be seen; whether there was.
fn at_rest(sensor: &mut X11Sensor, law: &Law) -> bool {
    let Some(pending) = sensor.rest().unwrap() else { return false };
    let (permit, windows) = judged(law, &pending);
    sensor.keep(&pending, &permit, &windows).unwrap();
    true
}

/// How many requests the sensor has sent on its connection, this one included.
fn requests(sensor: &X11Sensor) -> u64 {
    sensor.connection.get_input_focus().unwrap().sequence_number()
}

/// The memory of this process that is in use.
fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1e3
}
