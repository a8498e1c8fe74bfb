//! P4: the light is on the screen, above the others, or it says that it is not. It is in no frame and asks no gate.

use std::collections::BTreeSet;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, GrabMode, ImageFormat, ModMask,
    StackMode, Window, WindowClass,
};

use super::desktop::Desktop;
use super::law::Law;
use super::{colours, next, observe, rect, sensor};
use crate::linux::light::CLASS;
use crate::linux::wire::{XConnection, connect};
use crate::{Light, Shown, open_light};

/// Another client of the server: somebody who can do to the light whatever the server allows.
struct Other {
    connection: XConnection,
    root: Window,
}

impl Other {
    fn of(desktop: &Desktop) -> Self {
        let (connection, number) = connect(&desktop.display).unwrap();
        let root = connection.setup().roots[number].root;
        Self { connection, root }
    }

    fn light(&self) -> Window {
        let children = self.connection.query_tree(self.root).unwrap().reply().unwrap().children;
        let class = |window: &Window| {
            let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            self.connection.get_property(false, *window, name, kind, 0, 64).unwrap().reply().unwrap().value
        };
        children
            .into_iter()
            .find(|window| class(window).ends_with(format!("{CLASS}\0").as_bytes()))
            .expect("no light")
    }

    /// Position and size on the screen.
    fn place(&self) -> (i16, i16, u16, u16) {
        let geometry = self.connection.get_geometry(self.light()).unwrap().reply().unwrap();
        (geometry.x, geometry.y, geometry.width, geometry.height)
    }

    fn pixels(&self) -> Vec<u8> {
        let (x, y, width, height) = self.place();
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX);
        image.unwrap().reply().unwrap().data
    }

    /// Puts a window over a part of the screen.
    fn cover(&self, x: i16, y: i16) -> Window {
        let window = self.connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().override_redirect(1).background_pixel(0x00ff_00ff);
        let kind = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(24, window, self.root, x, y, 20, 20, 0, kind, 0, &aux).unwrap();
        self.connection.map_window(window).unwrap().check().unwrap();
        window
    }

    fn configure(&self, window: Window, aux: &ConfigureWindowAux) {
        self.connection.configure_window(window, aux).unwrap().check().unwrap();
    }
}

fn light(desktop: &Desktop) -> Box<dyn Light> {
    open_light(&desktop.display, Some("ctrl+alt+p".parse().unwrap()), Shown::Recording).unwrap()
}

/// Waits until the light heard that something happened.
fn told(light: &mut dyn Light, what: &str) {
    for _ in 0..200 {
        if light.is_disturbed().unwrap() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nobody told that it was {what}");
}

fn presses(light: &mut dyn Light) -> u32 {
    (0..20).fold(0, |presses, _| {
        std::thread::sleep(Duration::from_millis(5));
        presses + light.presses().unwrap()
    })
}

#[test]
fn the_light_is_seen_and_says_something_else_in_each_state_whatever_the_colours() {
    let desktop = Desktop::start();
    let (other, mut light) = (Other::of(&desktop), light(&desktop));
    let (mut drawn, mut words) = (BTreeSet::new(), BTreeSet::new());
    for shown in Shown::ALL {
        light.show(shown).unwrap();
        assert!(light.is_seen().unwrap());
        // Light and dark only: what somebody sees who tells no colours apart.
        drawn.insert(
            other.pixels().chunks_exact(4).map(|pixel| pixel.iter().any(|c| *c > 0x80)).collect::<Vec<_>>(),
        );
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        let title =
            other.connection.get_property(false, other.light(), name, kind, 0, 64).unwrap().reply().unwrap();
        words.insert(String::from_utf8(title.value).unwrap());
    }
    assert_eq!(drawn.len(), 4);
    assert!(drawn.iter().all(|pixels| pixels.iter().filter(|lit| **lit).count() > 500));
    assert_eq!(words, Shown::ALL.map(|shown| shown.words().to_owned()).into());
}

#[test]
fn whatever_another_program_does_to_the_light_is_noticed_and_put_right() {
    let desktop = Desktop::start();
    let (other, mut light) = (Other::of(&desktop), light(&desktop));
    let (x, y, ..) = other.place();
    let cover = other.cover(x - 10, y - 10);
    assert!(!light.is_seen().unwrap(), "a corner is covered");
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
    other.configure(cover, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
    assert!(!light.is_seen().unwrap(), "covered again");
    let acts: [(&str, &dyn Fn(Window)); 5] = [
        ("hidden", &|window| other.connection.unmap_window(window).unwrap().check().unwrap()),
        ("moved off the screen", &|window| other.configure(window, &ConfigureWindowAux::new().x(-300))),
        ("made small", &|window| other.configure(window, &ConfigureWindowAux::new().width(1).height(1))),
        ("lowered", &|window| {
            other.configure(window, &ConfigureWindowAux::new().stack_mode(StackMode::BELOW));
        }),
        ("destroyed", &|window| other.connection.destroy_window(window).unwrap().check().unwrap()),
    ];
    for (what, act) in acts {
        light.restore().unwrap();
        assert!(light.is_seen().unwrap(), "before it is {what}");
        assert!(!light.is_disturbed().unwrap() || light.is_seen().unwrap());
        act(other.light());
        told(light.as_mut(), what);
        assert!(!light.is_seen().unwrap(), "{what}");
    }
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
    // Into another window that can be seen.
    let around = other.cover(0, 0);
    other.connection.reparent_window(other.light(), around, 0, 0).unwrap().check().unwrap();
    assert!(!light.is_seen().unwrap(), "put into another window");
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
}

#[test]
fn a_window_beside_the_light_does_not_cover_it() {
    let desktop = Desktop::start();
    let (other, mut light) = (Other::of(&desktop), light(&desktop));
    let (x, y, ..) = other.place();
    other.cover(x - 20, y);
    other.cover(x, y - 20);
    assert!(light.is_seen().unwrap());
}

#[test]
fn a_click_on_the_light_asks_and_a_drag_moves_it() {
    let desktop = Desktop::start();
    let (other, mut light) = (Other::of(&desktop), light(&desktop));
    let (x, y, ..) = other.place();
    let at = |x: i16, y: i16| [(x + 30).to_string(), (y + 10).to_string()];
    let [left, top] = at(x, y);
    desktop.xdotool(&["mousemove", &left, &top, "click", "1"]);
    assert_eq!(presses(light.as_mut()), 1);
    desktop.xdotool(&["mousemove", &left, &top, "mousedown", "1", "mousemove", "400", "300", "mouseup", "1"]);
    assert_eq!(presses(light.as_mut()), 0);
    assert_eq!((other.place().0, other.place().1), (370, 290));
    assert!(light.is_seen().unwrap());
    light.restore().unwrap();
    assert_eq!((other.place().0, other.place().1), (370, 290), "it stays where the person put it");
}

#[test]
fn the_pause_key_works_in_any_window_with_any_lock_and_reaches_no_application() {
    let desktop = Desktop::start();
    let (mut light, law) = (light(&desktop), Law::new());
    assert!(light.has_key());
    let window = desktop.window("Mousepad", rect(0, 0, 300, 300), true);
    desktop.focus(window);
    let mut sensor = sensor(&desktop);
    for words in [&["key", "ctrl+alt+p"][..], &["key", "Caps_Lock", "key", "ctrl+alt+p"]] {
        desktop.xdotool(words);
        assert_eq!(presses(light.as_mut()), 1, "{words:?}");
    }
    desktop.xdotool(&["key", "ctrl+p", "key", "alt+p"]);
    assert_eq!(presses(light.as_mut()), 0);
    drop((law, next(&mut sensor)));
}

#[test]
fn a_key_that_another_program_has_is_told_and_the_light_is_there_all_the_same() {
    let desktop = Desktop::start();
    let other = Other::of(&desktop);
    let code = (8..=255).find(|code| {
        let symbols = other.connection.get_keyboard_mapping(*code, 1).unwrap().reply().unwrap().keysyms;
        symbols.contains(&u32::from(b'p'))
    });
    let modifiers = ModMask::CONTROL | ModMask::M1;
    let (mode, code) = (GrabMode::ASYNC, code.unwrap());
    other.connection.grab_key(false, other.root, modifiers, code, mode, mode).unwrap().check().unwrap();
    let mut light = light(&desktop);
    assert!(!light.has_key());
    assert!(light.is_seen().unwrap());
}

#[test]
fn the_light_is_in_no_frame_no_gate_is_asked_about_it_and_what_lies_below_is_shown() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let (other, mut light) = (Other::of(&desktop), light(&desktop));
    let (x, y, width, height) = other.place();
    let around = rect(i32::from(x) - 40, i32::from(y) - 40, u32::from(width) + 45, u32::from(height) + 45);
    desktop.green("Mousepad", around);
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", &(x - 20).to_string(), &(y - 20).to_string(), "click", "1"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.windows().len(), 1);
    let seen = observe(&mut sensor, &law, &pending).unwrap();
    let place = rect(x.into(), y.into(), width.into(), height.into());
    assert_eq!(colours(&seen, place), [super::desktop::GREEN].into());
}

#[test]
fn a_locked_screen_is_locked_although_the_light_lies_above() {
    let desktop = Desktop::start();
    let mut light = light(&desktop);
    let mut sensor = sensor(&desktop);
    assert!(!crate::Sensor::locked(&mut sensor).unwrap());
    desktop.window("", rect(0, 0, 1280, 800), false);
    light.restore().unwrap();
    assert!(light.is_seen().unwrap());
    assert!(crate::Sensor::locked(&mut sensor).unwrap());
}
