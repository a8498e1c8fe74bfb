//! The lines to applications themselves, beside the bus (`GetApplicationBusAddress`): a question goes there and back without the
//! message bus in between, which does as much work as the application and this program together.
//!
//! An application could tell any address. Only a socket of this machine is connected to, and only if the process behind it is the one that the
//! bus says is the application. Everybody else is asked over the bus.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::time::Duration;

use zbus::Address;
use zbus::address::Transport;

use super::line::Line;
use super::socket;

/// Longest wait for a connection, in milliseconds.
const CONNECT_MS: u64 = 100;
/// Most applications that are remembered.
const APPLICATIONS_MAX: usize = 256;

/// The lines, by the application's name on the bus, which is never used twice. None where there can be none.
#[derive(Default)]
pub(super) struct Direct(RefCell<BTreeMap<String, Option<Line>>>);

impl Direct {
    pub(super) fn of(&self, application: &str) -> Option<Line> {
        self.0.borrow().get(application).cloned().flatten()
    }

    /// Whether it is known of an application whether it has one.
    pub(super) fn knows(&self, application: &str) -> bool {
        self.0.borrow().contains_key(application)
    }

    #[cfg(test)]
    pub(super) fn traffic(&self) -> super::tally::Traffic {
        self.0.borrow().values().flatten().map(Line::traffic).sum()
    }

    pub(super) fn remember(&self, application: &str, line: Option<Line>) {
        let mut known = self.0.borrow_mut();
        if known.len() >= APPLICATIONS_MAX {
            known.clear();
        }
        known.insert(application.to_owned(), line);
    }
}

/// Connects to the process `pid`, and to nobody else.
pub(crate) async fn connect(address: &str, pid: u32) -> Option<Line> {
    let address = local(address)?;
    let connected = tokio::time::timeout(Duration::from_millis(CONNECT_MS), met(&address, pid)).await;
    connected.ok().flatten()
}

async fn met(address: &Address, pid: u32) -> Option<Line> {
    let stream = socket::connect(address).await?;
    let process = stream.peer_cred().ok()?.pid().and_then(|pid| u32::try_from(pid).ok());
    if process != Some(pid) {
        return None;
    }
    Line::begin(stream).await.ok()
}

/// Addresses could name other machines, or programs to start; and several, of which none is wanted here.
fn local(address: &str) -> Option<Address> {
    let address = Address::from_str(address).ok().filter(|_| !address.contains(';'))?;
    matches!(address.transport(), Transport::Unix(_)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_off_this_machine_or_starts_a_program() {
        assert!(local("unix:path=/run/user/1000/at-spi2-socket-7").is_some());
        assert!(local("unix:abstract=a-bus,guid=00000000000000000000000000000000").is_some());
        for other in ["", "tcp:host=example.test,port=9", "nonce-tcp:host=a.test,port=9,noncefile=/b"] {
            assert!(local(other).is_none(), "{other}");
        }
        assert!(local("unixexec:path=/bin/true").is_none());
        assert!(local("unix:path=/a;tcp:host=example.test,port=9").is_none());
    }
}
