//! Questions on a bus, each with an end, that start nobody who does not run.

use std::time::Duration;

use zbus::message::Type;
use zbus::zvariant::{DynamicType, Type as Signature};
use zbus::{Connection, MatchRule, MessageStream};

use super::CONNECT_SECONDS_MAX;

/// Longest wait for an answer, in milliseconds.
const ANSWER_MS: u64 = 1_000;
/// Most signals that wait; each only says that it is time to ask.
const SIGNALS_MAX: usize = 64;
const BUS: (&str, &str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

pub(super) async fn connect(address: &str) -> Option<Connection> {
    let building = zbus::connection::Builder::address(address).ok()?.build();
    tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS_MAX), building).await.ok()?.ok()
}

/// An answer; none if nobody gives one.
pub(super) async fn ask<T, B>(
    bus: &Connection,
    (name, path, interface): (&str, &str, &str),
    method: &str,
    body: &B,
) -> Option<T>
where
    T: serde::de::DeserializeOwned + Signature,
    B: serde::Serialize + DynamicType + Sync,
{
    let call = bus.call_method(Some(name), path, Some(interface), method, body);
    let reply = tokio::time::timeout(Duration::from_millis(ANSWER_MS), call).await.ok()?.ok()?;
    reply.body().deserialize().ok()
}

/// Whether a name has an owner.
pub(super) async fn is_owned(bus: &Connection, name: &str) -> bool {
    ask(bus, BUS, "NameHasOwner", &(name,)).await.unwrap_or(false)
}

/// Signals of this name; only those of one program, where one is named.
pub(super) async fn signals(
    bus: &Connection,
    member: &'static str,
    of: Option<&'static str>,
) -> Option<MessageStream> {
    let mut rule = MatchRule::builder().msg_type(Type::Signal).member(member).ok()?;
    if let Some(of) = of {
        rule = rule.sender(of).ok()?;
    }
    let rule = rule.build();
    MessageStream::for_match_rule(rule, bus, Some(SIGNALS_MAX)).await.ok()
}

/// That a name got an owner, or lost it.
pub(super) async fn owners(bus: &Connection, name: &'static str) -> Option<MessageStream> {
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(BUS.0).ok()?;
    let rule = rule.member("NameOwnerChanged").ok()?.arg(0, name).ok()?.build();
    MessageStream::for_match_rule(rule, bus, Some(SIGNALS_MAX)).await.ok()
}
