//! Where the accessibility bus is. It may be missing, end, and come back at another address: its launcher writes on the root window where it is.

use std::str::FromStr as _;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

use super::bus::Bus;

/// Longest address, in units of four bytes.
const ADDRESS_LONGS_MAX: u32 = 256;
/// The first pause between two looks for the bus, and the longest: each is twice as long as the one before.
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Whether what applications tell of themselves could be heard on this display now: whether an accessibility bus is there that answers.
///
/// It asks for two seconds at most, and listens to nothing.
#[must_use]
pub fn hears_applications(display: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.is_ok_and(|runtime| runtime.block_on(bus(display)).is_some())
}

/// The bus, if it is there.
pub(super) async fn bus(display: &str) -> Option<Bus> {
    Bus::connect(&address(display)?).await
}

/// The address that stands on the root window now. It is asked on a connection of its own: what the desktop tells is on the sensor's.
pub(crate) fn address(display: &str) -> Option<String> {
    let (connection, screen) = RustConnection::connect(Some(display)).ok()?;
    let root = connection.setup().roots.get(screen)?.root;
    let name = connection.intern_atom(true, b"AT_SPI_BUS").ok()?.reply().ok()?.atom;
    let asked = connection.get_property(false, root, name, AtomEnum::STRING, 0, ADDRESS_LONGS_MAX).ok()?;
    let told = String::from_utf8(asked.reply().ok()?.value).ok()?;
    zbus::Address::from_str(&told).is_ok().then_some(told)
}

/// How long to wait before the next look.
#[derive(Debug)]
pub(super) struct Pauses(Duration);

impl Pauses {
    pub(super) const fn new() -> Self {
        Self(PAUSE_MIN)
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Duration {
        std::mem::replace(self, Self((self.0 * 2).min(PAUSE_MAX))).0
    }

    /// A bus that stayed for so long is looked for soon again, and one that goes at once is not.
    pub(super) fn ended_after(&mut self, stayed: Duration) {
        if stayed >= PAUSE_MAX {
            *self = Self::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_that_is_missing_or_comes_and_goes_is_looked_for_less_and_less_and_one_that_stayed_soon() {
        let mut pauses = Pauses::new();
        let mut seconds = |count| (0..count).map(|_| pauses.next().as_secs()).collect::<Vec<_>>();
        assert_eq!(seconds(7), [1, 2, 4, 8, 16, 30, 30]);
        pauses.ended_after(Duration::from_secs(29));
        assert_eq!(pauses.next(), PAUSE_MAX);
        pauses.ended_after(PAUSE_MAX);
        assert_eq!(pauses.next(), PAUSE_MIN);
    }
}
