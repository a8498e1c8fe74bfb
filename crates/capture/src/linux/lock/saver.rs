//! Screen savers of desktops. They are asked whether they are active: one that only hides the screen counts as a lock, since nobody sees then
//! what is done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::select_all;
use zbus::Connection;

use super::ask::{ask, connect, is_owned, owners, signals};

/// The name of the standard, and those that desktops gave their own. Each is an interface too.
const SAVERS: [(&str, &[&str]); 5] = [
    ("org.freedesktop.ScreenSaver", &["/org/freedesktop/ScreenSaver", "/ScreenSaver"]),
    ("org.gnome.ScreenSaver", &["/org/gnome/ScreenSaver"]),
    ("org.mate.ScreenSaver", &["/org/mate/ScreenSaver", "/"]),
    ("org.cinnamon.ScreenSaver", &["/org/cinnamon/ScreenSaver"]),
    ("org.xfce.ScreenSaver", &["/org/xfce/ScreenSaver", "/"]),
];

/// Hears of them until the bus goes away.
pub(super) async fn hear(address: &str, locked: &AtomicBool) {
    let Some(bus) = connect(address).await else { return };
    let mut told = Vec::from_iter(signals(&bus, "ActiveChanged", None).await);
    for (name, _) in SAVERS {
        told.extend(owners(&bus, name).await);
    }
    let mut told = select_all(told);
    let mut active = BTreeMap::new();
    loop {
        look(&bus, &mut active).await;
        locked.store(active.values().any(|active| *active), Ordering::SeqCst);
        if told.next().await.is_none() {
            break;
        }
    }
}

/// Who is silent told nothing else than before.
async fn look(bus: &Connection, active: &mut BTreeMap<&'static str, bool>) {
    for (name, paths) in SAVERS {
        if !is_owned(bus, name).await {
            active.remove(name);
            continue;
        }
        for path in paths {
            if let Some(answer) = ask(bus, (name, path, name), "GetActive", &()).await {
                active.insert(name, answer);
                break;
            }
        }
    }
}
