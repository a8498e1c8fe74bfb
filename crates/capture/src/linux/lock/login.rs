//! The session's manager: `LockedHint` of the session that this program is of.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::select_all;
use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::ask::{PROPERTIES, ask, connect, is_owned, owners, signals};

const NAME: &str = "org.freedesktop.login1";
const MANAGER: (&str, &str, &str) = (NAME, "/org/freedesktop/login1", "org.freedesktop.login1.Manager");
const SESSION: &str = "org.freedesktop.login1.Session";

/// Hears of it until the bus goes away.
pub(super) async fn hear(address: &str, session: Option<&str>, locked: &AtomicBool) {
    let Some(bus) = connect(address).await else { return };
    let streams = [signals(&bus, "PropertiesChanged", Some(NAME)).await, owners(&bus, NAME).await];
    let mut told = select_all(streams.into_iter().flatten());
    look(&bus, session, locked).await;
    while told.next().await.is_some() {
        look(&bus, session, locked).await;
    }
}

async fn look(bus: &Connection, session: Option<&str>, locked: &AtomicBool) {
    if !is_owned(bus, NAME).await {
        return locked.store(false, Ordering::SeqCst);
    }
    if let Some(hint) = hint(bus, session).await {
        locked.store(hint, Ordering::SeqCst);
    }
}

async fn hint(bus: &Connection, session: Option<&str>) -> Option<bool> {
    let path: OwnedObjectPath = match session {
        Some(id) => ask(bus, MANAGER, "GetSession", &(id,)).await?,
        None => ask(bus, MANAGER, "GetSessionByPID", &(std::process::id(),)).await?,
    };
    let asked = (NAME, path.as_str(), PROPERTIES);
    let hint: OwnedValue = ask(bus, asked, "Get", &(SESSION, "LockedHint")).await?;
    bool::try_from(hint).ok()
}
