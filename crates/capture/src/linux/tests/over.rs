//! A frame that is painted over the last one is the one that is painted anew.

use candor_model::{Action, Moment, Pixels};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, Gcontext, Rectangle, StackMode, Window,
};
use x11rb::wrapper::ConnectionExt as _;

use super::desktop::{Desktop, within};
use super::law::{Law, now};
use super::{CANARY, EDITOR, WAIT, judged, next, rect, sensor};
use crate::Shown;
use crate::linux::open_light;
use crate::linux::wire::{XConnection, connect};
use crate::linux::x11::X11Sensor;

/// How often something is drawn or moved.
const CHANGES: u32 = 150;

/// The frame of this moment, with the editor in front.
fn frame(sensor: &mut X11Sensor, law: &Law, front: Window) -> Option<Pixels> {
    let at = Moment { wall: now(), monotonic_us: 5 };
    let pending = sensor.pending(at, Action::Wait { ms: 0 }, front.into()).unwrap();
    let (permit, windows) = judged(law, &pending);
    sensor.look(&pending, &permit, &windows, true).ok()?.frame
}

/// Somebody who draws into windows of others, and moves them.
struct Hand {
    connection: XConnection,
    ink: Gcontext,
    windows: [Window; 4],
    state: u32,
}

impl Hand {
    fn of(desktop: &Desktop, windows: [Window; 4]) -> Self {
        let (connection, _) = connect(&desktop.display).unwrap();
        let ink = connection.generate_id().unwrap();
        connection.create_gc(ink, windows[0], &CreateGCAux::new()).unwrap();
        Self { connection, ink, windows, state: 5 }
    }

    fn number(&mut self, below: u16) -> u16 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from((self.state >> 16) % u32::from(below)).unwrap()
    }

    fn draws(&mut self, window: Window) {
        let colour = ChangeGCAux::new().foreground(u32::from(self.number(u16::MAX)) * 200);
        self.connection.change_gc(self.ink, &colour).unwrap();
        for _ in 0..=self.number(3) {
            let (x, y) = (self.number(400), self.number(300));
            let (width, height) = (1 + self.number(120), 1 + self.number(90));
            let (x, y) = (i16::try_from(x).unwrap(), i16::try_from(y).unwrap());
            let drawn = [Rectangle { x, y, width, height }];
            self.connection.poly_fill_rectangle(window, self.ink, &drawn).unwrap();
        }
    }

    fn change(&mut self) {
        let window = self.windows[usize::from(self.number(4))];
        let moved = ConfigureWindowAux::new();
        match self.number(10) {
            0 => {
                let aux = moved.x(i32::from(self.number(700)) - 60).y(i32::from(self.number(500)) - 60);
                self.connection.configure_window(window, &aux).unwrap();
            }
            1 => {
                let aux = moved.width(u32::from(200 + self.number(300)));
                self.connection.configure_window(window, &aux).unwrap();
            }
            2 => {
                self.connection.configure_window(window, &moved.stack_mode(StackMode::ABOVE)).unwrap();
            }
            3 if window != self.windows[0] => {
                self.connection.unmap_window(window).unwrap();
                self.connection.sync().unwrap();
                self.connection.map_window(window).unwrap();
            }
            _ => self.draws(window),
        }
        self.connection.sync().unwrap();
    }
}

#[test]
fn a_frame_that_is_painted_over_the_last_one_is_the_one_that_is_painted_anew() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.green(EDITOR, rect(0, 0, 600, 500));
    let others = [rect(100, 80, 500, 400), rect(860, 500, 420, 300)].map(|at| desktop.green(EDITOR, at));
    let canary = desktop.window(CANARY, rect(300, 200, 200, 150), false);
    // It lies over the windows, and is in no frame.
    let mut light = open_light(&desktop.display, None, Shown::Recording).unwrap();
    let mut hand = Hand::of(&desktop, [editor, others[0], others[1], canary]);
    let (mut over, mut anew) = (sensor(&desktop), sensor(&desktop));
    let mut shown = std::collections::BTreeSet::new();
    for change in 0..CHANGES {
        hand.change();
        // Who asks for trees asks the same account.
        over.changed.after_tree(&over.connection, true);
        // What was drawn reaches the screen a moment after it was drawn.
        let agreed = within(WAIT, || {
            let (last, whole) = (frame(&mut over, &law, editor)?, frame(&mut anew, &law, editor)?);
            anew.forget_frame();
            (last.rgb() == whole.rgb()).then_some(last)
        });
        let agreed = agreed.unwrap_or_else(|| panic!("change {change}: the frames differ"));
        assert!(over.canvas.borrow().is_some() && anew.canvas.borrow().is_none());
        shown.insert(agreed.rgb().iter().map(|byte| u64::from(*byte)).sum::<u64>());
    }
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
    assert!(shown.len() > 50, "only {} different frames", shown.len());
}

#[test]
fn what_is_refused_leaves_no_frame_behind() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.green(EDITOR, rect(0, 0, 600, 500));
    let mut sensor = sensor(&desktop);
    assert!(frame(&mut sensor, &law, editor).is_some() && sensor.canvas.borrow().is_some());
    assert!(sensor.shared.as_ref().unwrap().is_clean(), "pixels are left where they were read");
    // An action that nobody captured: the gate refused it.
    desktop.xdotool(&["mousemove", "20", "60", "click", "1"]);
    drop(next(&mut sensor));
    sensor.refuse_what_was_asked();
    assert!(sensor.canvas.borrow().is_none());
    assert!(frame(&mut sensor, &law, editor).is_some() && sensor.canvas.borrow().is_some());
    let at = Moment { wall: now(), monotonic_us: 5 };
    let pending = sensor.pending(at, Action::Wait { ms: 0 }, editor.into()).unwrap();
    let (permit, windows) = judged(&law, &pending);
    // The window became another application since it was judged.
    desktop.reclass(editor, CANARY);
    assert!(sensor.taken(&pending, &permit, &windows).is_err());
    assert!(sensor.canvas.borrow().is_none());
}
