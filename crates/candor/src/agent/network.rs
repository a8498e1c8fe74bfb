//! Whether what is sent costs the person money, as `NetworkManager` tells on the bus of the system.

use std::time::Duration;

use serde::Serialize;

/// Longest wait for all of the answer.
#[cfg(target_os = "linux")]
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// What is known of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Network {
    /// It is paid by what is sent, or seems to be.
    Metered,
    /// It is not.
    NotMetered,
    /// Nothing tells: it is taken for one that is not.
    Unknown,
}

impl Network {
    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Metered => "metered",
            Self::NotMetered => "not metered",
            Self::Unknown => "unknown, taken as not metered",
        }
    }

    /// Of `NMMetered`: 1 is yes, 3 is a guess that says yes; 2 and 4 are no; 0 is unknown.
    #[cfg(target_os = "linux")]
    const fn of(metered: u32) -> Self {
        match metered {
            1 | 3 => Self::Metered,
            2 | 4 => Self::NotMetered,
            _ => Self::Unknown,
        }
    }
}

/// Asks. What does not answer is unknown.
#[cfg(target_os = "linux")]
pub(crate) fn now() -> Network {
    // A thread of its own: who asks may be at work for the page, whose runtime nobody may block.
    let asks = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(async { tokio::time::timeout(ANSWER_MAX, asked()).await.ok().flatten() })
    });
    asks.join().ok().flatten().map_or(Network::Unknown, Network::of)
}

/// No other platform is asked yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn now() -> Network {
    Network::Unknown
}

#[cfg(target_os = "linux")]
async fn asked() -> Option<u32> {
    const NAME: &str = "org.freedesktop.NetworkManager";
    let address = crate::config::buses().system?;
    let bus = zbus::connection::Builder::address(address.as_str()).ok()?.build().await.ok()?;
    let (path, properties) = ("/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties");
    // Nothing is started that does not run.
    let owned = bus.call_method(
        Some("org.freedesktop.DBus"),
        "/org/freedesktop/DBus",
        Some("org.freedesktop.DBus"),
        "NameHasOwner",
        &(NAME,),
    );
    if !owned.await.ok()?.body().deserialize::<bool>().ok()? {
        return None;
    }
    let answer = bus.call_method(Some(NAME), path, Some(properties), "Get", &(NAME, "Metered")).await.ok()?;
    u32::try_from(answer.body().deserialize::<zbus::zvariant::OwnedValue>().ok()?).ok()
}
