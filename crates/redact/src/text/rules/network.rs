//! Network addresses, and web addresses that carry a secret.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::entropy_bits;
use crate::text::rule::{Hit, Rule, whole};

const URL_GATE: &str = "://";
const URL: &str = r#"\b[A-Za-z][A-Za-z0-9+.\-]{1,15}://[^\s<>"'`\x{a0}]+"#;

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "url.userinfo",
        kind: FindingKind::Url,
        gate: URL_GATE,
        pattern: URL,
        check: userinfo,
        finds: &[
            "at {https://dana:hunter2@host.example.test/path} ok",
            "{postgres://svc:pw@db.example.test:5432/app}",
        ],
        passes: &["https://example.test/@handle", "https://example.test/a?b=c@d"],
    },
    Rule {
        name: "url.secret_part",
        kind: FindingKind::Url,
        gate: URL_GATE,
        pattern: URL,
        check: secret_part,
        finds: &[
            "see {https://files.example.test/x?page=1&access_token=abcd1234}",
            "{https://b.example.test/o?X-Amz-Signature=0f0f0f0f&x=1}",
            "{https://app.example.test/cb#id_token=abcdef}",
            "{https://app.example.test/reset?code=88421}",
        ],
        passes: &[
            "https://example.test/?page=2&sort=name",
            "https://example.test/token/list",
            "http://a/?key=",
        ],
    },
    Rule {
        name: "url.capability",
        kind: FindingKind::Url,
        gate: URL_GATE,
        pattern: URL,
        check: capability,
        finds: &[
            "{https://docs.example.test/d/<a44>/edit}",
            "{https://chat.example.test/services/T0/B0/<a24>}",
        ],
        passes: &[
            "https://example.test/a-rather-long-title-of-a-public-page",
            "https://example.test/2026/11/23/news",
        ],
    },
    Rule {
        name: "ip.v4",
        kind: FindingKind::Ip,
        gate: "",
        pattern: r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
        check: v4,
        finds: &["from {192.0.2.17} to", "http://{203.0.113.9}:8080", "{10.1.2.3}/24"],
        passes: &[
            "127.0.0.1",
            "0.0.0.0",
            "version 1.2.3.4",
            "v1.2.3.4",
            "10.0.19045.3803",
            "1.2.3.4.5",
            "300.1.2.3",
        ],
    },
    Rule {
        name: "ip.v6",
        kind: FindingKind::Ip,
        gate: r":[0-9A-Fa-f]{0,4}:",
        pattern: r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\d{0,2}(?:\.\d{1,3}){3})?",
        check: v6,
        finds: &[
            "from {2001:db8::17} to",
            "[{fe80::1ff:fe23:4567:890a}]",
            "{2001:db8:0:0:0:0:0:1}",
            "{::ffff:192.0.2.1}",
        ],
        passes: &["12:30:45", "std::fmt::Debug", "a::b", "::", "::1", "9:00:"],
    },
    Rule {
        name: "ip.mac",
        kind: FindingKind::Ip,
        gate: "",
        pattern: r"\b(?:[0-9A-Fa-f]{2}[:\-]){5}[0-9A-Fa-f]{2}\b",
        check: whole,
        finds: &["eth0 {00:1b:44:11:3a:b7} up", "{00-1B-44-11-3A-B7}"],
        passes: &["00:1b:44:11:3a", "12:30:45"],
    },
];

fn authority_and_rest<'a>(hit: &Hit<'a>) -> Option<(&'a str, &'a str)> {
    let (_, after_scheme) = hit.text().split_once("://")?;
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    after_scheme.split_at_checked(end)
}

fn userinfo(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (authority, _) = authority_and_rest(hit)?;
    authority.contains('@').then(|| hit.span())
}

/// Names of query and fragment parts that grant something to whoever holds them, without `_` and `-`.
const SECRET_PARTS: &[&str] = &[
    "token",
    "accesstoken",
    "idtoken",
    "refreshtoken",
    "authtoken",
    "sessiontoken",
    "csrftoken",
    "auth",
    "authkey",
    "authorization",
    "key",
    "apikey",
    "accesskey",
    "secretkey",
    "sig",
    "signature",
    "hmac",
    "secret",
    "clientsecret",
    "password",
    "passwd",
    "pass",
    "pwd",
    "code",
    "session",
    "sessionid",
    "sid",
    "jsessionid",
    "phpsessid",
    "jwt",
    "otp",
    "ticket",
    "invite",
    "magic",
    "reset",
    "resourcekey",
    "xamzsignature",
    "xamzcredential",
    "xamzsecuritytoken",
    "xgoogsignature",
    "xgoogcredential",
    "assertion",
    "samlresponse",
    "state",
    "nonce",
    "verification",
    "confirm",
    "credential",
];

fn secret_part(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, rest) = authority_and_rest(hit)?;
    let parts = rest.split(['?', '#', '&', ';']).skip(1).filter_map(|part| part.split_once('='));
    let grants = |(name, value): (&str, &str)| {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        value.len() >= 4 && SECRET_PARTS.contains(&name.to_ascii_lowercase().as_str())
    };
    parts.into_iter().any(grants).then(|| hit.span())
}

/// A path part that nobody could guess: whoever holds the address holds the thing.
fn capability(hit: &Hit<'_>) -> Option<Range<usize>> {
    const LENGTH_MIN: usize = 20;
    const BITS_PER_CHARACTER_MIN: f64 = 3.5;
    let (_, rest) = authority_and_rest(hit)?;
    let unguessable = |part: &str| {
        part.len() >= LENGTH_MIN
            && part.contains(|c: char| c.is_ascii_digit())
            && part.contains(|c: char| c.is_ascii_alphabetic())
            && !part.contains('.')
            && part.split(['-', '_']).any(|run| run.len() >= 16 && run.contains(|c: char| c.is_ascii_digit()))
            && entropy_bits(part) >= BITS_PER_CHARACTER_MIN
    };
    rest.split(['/', '?', '#', '&', '=']).any(unguessable).then(|| hit.span())
}

fn v4(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before().trim_end_matches(' ').to_ascii_lowercase();
    let is_version = ["v", "version", "ver.", "release"].iter().any(|word| before.ends_with(word));
    let goes_on = hit.before().ends_with('.')
        || hit.after().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let address: Ipv4Addr = hit.text().parse().ok()?;
    let names_nobody =
        address.is_loopback() || address.is_unspecified() || address.octets().starts_with(&[255, 255]);
    (!is_version && !goes_on && !names_nobody).then(|| hit.span())
}

fn v6(hit: &Hit<'_>) -> Option<Range<usize>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == ':';
    if hit.before().ends_with(inside) || hit.after().starts_with(inside) {
        return None;
    }
    let address: Ipv6Addr = hit.text().parse().ok()?;
    let names_nobody = address.is_loopback() || address.is_unspecified();
    let is_likely = hit.text().len() >= 6 && hit.text().contains(|c: char| c.is_ascii_digit());
    (is_likely && !names_nobody).then(|| hit.span())
}
