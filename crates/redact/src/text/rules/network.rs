//! Network addresses, and web addresses that carry a secret or a person.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::entropy_bits;
use crate::text::lexicon::{folded, is_given_somewhere, is_surname_somewhere};
use crate::text::ner::doubt::is_ordinary;
use crate::text::rule::{Check, Hit, Rule};
use crate::text::rules::gate::Gate;
use crate::text::rules::mail::is_role;
use crate::text::rules::words::PAGES;

/// A web address from its scheme on, bracketed hosts included.
const URL: &str = r#"[A-Za-z][A-Za-z0-9+.\-]+://[^\s<>"'`\x{a0}]+"#;

const fn is_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

const fn url(
    name: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Url, Gate::Before(&["://"], is_scheme), URL, finds, passes).checked(check)
}

pub(crate) const RULES: &[Rule] = &[
    url(
        "url.userinfo",
        userinfo,
        &["at {https://dana:hunter2@host.example.test/path} ok", "{postgres://svc:pw@db.example.test:5432/app}", "{ssh://dana@h.example/x}"],
        &["https://example.test/@handle", "https://example.test/a?b=c@d", "ssh://git@h.example/x"],
    ),
    url(
        "url.secret_part",
        secret_part,
        &[
            "see {https://files.example.test/x?page=1&access_token=abcd1234}",
            "{https://b.example.test/o?X-Amz-Signature=0f0f0f0f&x=1}",
            "{https://app.example.test/cb#id_token=abcdef}",
            "{https://app.example.test/reset?code=88421}",
        ],
        &["https://example.test/?page=2&sort=name", "https://example.test/token/list", "http://a/?key="],
    ),
    url(
        "url.capability",
        capability,
        &["{https://docs.example.test/d/<a44>/edit}", "{https://chat.example.test/services/T0/B0/<a24>}"],
        &["https://example.test/a-rather-long-title-of-a-public-page", "https://example.test/2026/11/23/news", "https://git.example.test/x/commit/<h40>", "https://example.test/pkg-1.2.3-x86_64-unknown-linux-gnu.tar.gz"],
    ),
    url(
        "url.person",
        person,
        &[
            "{https://social.example.test/@dana_lund}",
            "{https://www.linkedin.com/in/dana-lund}",
            "see {https://github.com/dlund}.",
            "{https://h.example/users/dana.lund/settings}",
            "{https://h.example/x?user=dana.lund}",
            "{http://h.example/~dlund/}",
            "{https://twitter.com/dana_lund}",
            "{https://app.example.test/users/danalund}",
            "{https://h.example/~dana.lund/}",
            "{https://x.com/dana_lund/status/77}",
            "{https://h.example/customers/1002938/orders}",
            "{https://h.example/vhenderson}",
            "{https://h.example/stephane42}",
            "{https://maps.example/?q=48.137154,11.576124}",
            "{https://orcid.org/0000-0002-1825-0097}",
            "{https://h.example/personal/dana_lund_firm_com/x.xlsx}",
        ],
        &["https://github.com/rust-lang/rust", "https://h.example/users/list", "https://h.example/users/settings", "https://h.example/users/search?q=x", "https://h.example/users", "https://x.example/in/page", "https://h.example/x?user=", "https://twitter.com/home", "https://github.com/features", "https://h.example/pricing", "https://h.example/log4j2", "https://h.example/customers/list", "https://h.example/accounts/2024", "https://h.example/blog2024", "https://docs.rs/adler2/", "https://h.example/x?range=1.5,2.5"],
    ),
    Rule::new(
        "ip.v4",
        FindingKind::Ip,
        Gate::Number,
        r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
        &["from {192.0.2.17} to", "http://{203.0.113.9}:8080", "{10.1.2.3}/24", "ip={192.168.1.20},"],
        &["127.0.0.1", "0.0.0.0", "version 1.2.3.4", "v1.2.3.4", "10.0.19045.3803", "1.2.3.4.5", "300.1.2.3", "pkg-1.2.3.4.tar", "libx 2.0.0.1", "section 4.1.2.1 says", "OID 1.3.6.1", "255.255.255.0", "build 1.0.0.0", "Chrome/120.0.0.0 Safari", "lib/1.2.3.4/x", "foo==1.2.3.4", "1.2.3.4-5"],
    )
    .checked(v4),
    Rule::new(
        "ip.v6",
        FindingKind::Ip,
        Gate::Number,
        r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\d{0,2}(?:\.\d{1,3}){3})?",
        &["from {2001:db8::17} to", "[{fe80::1ff:fe23:4567:890a}]", "{2001:db8:0:0:0:0:0:1}", "addr {fd12:3456:789a:1::1}/64"],
        &["12:30:45", "std::fmt::Debug", "a::b", "::", "::1", "9:00:", "1:2:3", "10:20:30:40", "abc::def1", "fe80::"],
    )
    .checked(v6),
    Rule::new(
        "ip.v6_mapped",
        FindingKind::Ip,
        Gate::At(&["::ffff:"]),
        r"(?i)::ffff:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
        &["{::ffff:192.0.2.1}"],
        &["::ffff:0", "::ffff:127.0.0.1"],
    )
    .checked(v6),
    Rule::new(
        "ip.mac",
        FindingKind::Ip,
        Gate::Number,
        r"\b(?:(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})\b",
        &["eth0 {00:1b:44:11:3a:b7} up", "{00-1B-44-11-3A-B7}", "mac {001b.4411.3ab7} port 3"],
        &["00:1b:44:11:3a", "12:30:45", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "1234.5678.9012", "00:1b:44:11:3a:b7:11:22", "20-24-01-15-10-30"],
    )
    .checked(mac),
];

fn authority_and_rest<'a>(hit: &Hit<'a>) -> Option<(&'a str, &'a str)> {
    let (_, after_scheme) = hit.text().split_once("://")?;
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    after_scheme.split_at_checked(end)
}

fn userinfo(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (authority, _) = authority_and_rest(hit)?;
    let (login, _) = authority.split_once('@')?;
    let names_nobody = !login.contains(':') && is_role(login) || login.starts_with(['$', '{', '<']);
    (!names_nobody).then(|| trimmed(hit))
}

/// The address without the marks of the sentence around it.
fn trimmed(hit: &Hit<'_>) -> Range<usize> {
    hit.first(
        hit.text().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '*', '|', '\\']).len(),
    )
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
        value.len() >= 4
            && !value.starts_with(['<', '{', '$', '[', '%'])
            && SECRET_PARTS.contains(&name.to_ascii_lowercase().as_str())
    };
    parts.into_iter().any(grants).then(|| trimmed(hit))
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
            && !part.contains(['.', '%', '+'])
            && part.split(['-', '_']).any(|run| run.len() >= 16 && run.contains(|c: char| c.is_ascii_digit()))
            && entropy_bits(part) >= BITS_PER_CHARACTER_MIN
    };
    let versioned = ["/commit/", "/blob/", "/tree/", "/compare/", "/raw/", "/archive/", "/sha256"]
        .iter()
        .any(|part| rest.contains(part));
    (!versioned && rest.split(['/', '?', '#', '&', '=']).any(unguessable)).then(|| trimmed(hit))
}

/// Places whose first path part is a person.
const PROFILE_HOSTS: &[&str] = &[
    "github.com",
    "gitlab.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "facebook.com",
    "medium.com",
    "t.me",
    "linktr.ee",
    "keybase.io",
    "soundcloud.com",
    "dev.to",
    "bitbucket.org",
    "tiktok.com",
    "threads.net",
    "pinterest.com",
    "twitch.tv",
    "patreon.com",
    "paypal.me",
    "calendly.com",
];
/// Places whose first path part is the name of a program.
const PACKAGE_HOSTS: &[&str] = &[
    "docs.rs",
    "crates.io",
    "lib.rs",
    "npmjs.com",
    "pypi.org",
    "rubygems.org",
    "pkg.go.dev",
    "hub.docker.com",
    "formulae.brew.sh",
];
/// Places on which the first path part is a person whatever follows.
const PEOPLE_HOSTS: &[&str] = &[
    "twitter.com",
    "x.com",
    "instagram.com",
    "facebook.com",
    "medium.com",
    "tiktok.com",
    "threads.net",
    "twitch.tv",
    "patreon.com",
    "paypal.me",
    "calendly.com",
    "t.me",
    "wa.me",
    "orcid.org",
    "linktr.ee",
];
/// Path parts after which a person stands.
const PROFILE_PARTS: &[&str] = &[
    "in",
    "u",
    "user",
    "users",
    "people",
    "person",
    "profile",
    "profiles",
    "member",
    "members",
    "~",
    "staff",
    "employee",
    "employees",
    "patient",
    "patients",
    "author",
    "contact",
    "contacts",
    "personal",
    "profil",
    "perfil",
    "profilo",
    "venmo",
];
/// Path parts whose number is that of a person.
const NUMBERED_PARTS: &[&str] = &[
    "patient",
    "patients",
    "customer",
    "customers",
    "client",
    "clients",
    "employee",
    "employees",
    "member",
    "members",
    "contact",
    "contacts",
    "kunde",
    "kunden",
    "account",
    "accounts",
    "student",
    "students",
    "person",
    "people",
    "applicants",
    "candidates",
    "subscribers",
];
/// Names of query parts whose value is a person.
const PERSON_PARTS: &[&str] = &[
    "user",
    "username",
    "name",
    "firstname",
    "lastname",
    "surname",
    "email",
    "mail",
    "login",
    "phone",
    "customer",
    "patient",
    "fullname",
    "assignee",
    "owner",
    "author",
    "recipient",
    "to",
    "cc",
];

/// A path or a query that names somebody.
fn person(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (authority, rest) = authority_and_rest(hit)?;
    let rest = rest.trim_end_matches(['.', ',', ')', ';', ':', '!', '?']);
    let (path, query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let named = |name: &str| is_name(name);
    let by_sign =
        parts.iter().any(|p| p.strip_prefix(['@', '~']).is_some_and(|p| named(&p.replace('.', "_"))));
    let bare_host = authority.trim_start_matches("www.");
    let by_people = PEOPLE_HOSTS.contains(&bare_host) && parts.first().is_some_and(|p| is_handle(p));
    let by_number = parts.windows(2).any(|w| matches!(w, [before, id] if NUMBERED_PARTS.contains(&before.to_ascii_lowercase().as_str()) && is_record(id)));
    let by_name = parts.len() == 1
        && !PACKAGE_HOSTS.contains(&bare_host)
        && parts.first().is_some_and(|p| is_name_of_somebody(p));
    let by_place = (authority.contains("maps") || path.contains("/maps")) && has_coordinates(rest);
    let by_host = parts.len() == 1
        && PROFILE_HOSTS.contains(&authority.trim_start_matches("www."))
        && parts.first().is_some_and(|p| is_login_name(p));
    let by_part = parts.windows(2).any(|w| matches!(w, [before, name] if PROFILE_PARTS.contains(&before.to_ascii_lowercase().as_str()) && is_person_part(name, authority)))
        || matches!(parts.as_slice(), [before, name] if matches!(*before, "users" | "user" | "u" | "people" | "profile" | "members") && is_login_part(name));
    let by_query = query.split(['&', ';']).filter_map(|p| p.split_once('=')).any(|(name, value)| {
        PERSON_PARTS.contains(&name.to_ascii_lowercase().as_str()) && is_person_value(value)
    });
    let by_name_given = by_people || by_number || by_name || by_place;
    (by_sign || by_host || by_part || by_query || by_name_given).then(|| trimmed(hit))
}

fn is_name(name: &str) -> bool {
    name.len() > 2
        && !is_role(name)
        && name.starts_with(char::is_alphabetic)
        && !name.contains(['(', '{', '$', '<', '.'])
}

/// What people call themselves on places for people: with points and digits too.
fn is_handle(name: &str) -> bool {
    let joined: String = name.chars().filter(|c| *c != '.' && *c != '-').collect();
    let number = joined.len() >= 8 && joined.chars().all(|c| c.is_ascii_digit() || c == 'X');
    number || is_login_name(&joined) && !PAGES.contains(name)
}

/// The number of a record: five digits and more, letters of its kind before them.
fn is_record(part: &str) -> bool {
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let kind = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let record = part.len() >= 15 && digits >= 4 && part.chars().all(|c| c.is_ascii_alphanumeric());
    digits >= 5 && kind.len() <= 4 && kind.chars().all(|c| c.is_ascii_alphabetic() || c == '-') || record
}

/// A lone path part that is a name, an initial and a surname, or such with a number: `/vpayet`, `/stephane42`.
fn is_name_of_somebody(part: &str) -> bool {
    const SURNAME_LETTERS_MIN: usize = 4;
    let plain = folded(part);
    let stem = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = plain.len() - stem.len();
    let letters = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
    if PAGES.contains(stem) || is_ordinary(stem) || number > 4 || is_role(stem) {
        return false;
    }
    let named = |word: &str| is_given_somewhere(word) || is_surname_somewhere(word);
    let initial = |text: &str| {
        text.get(1..).is_some_and(|rest| {
            rest.len() >= SURNAME_LETTERS_MIN && is_surname_somewhere(rest) && !is_ordinary(rest)
        })
    };
    let words: Vec<&str> = stem.split(['.', '_', '-']).collect();
    match words.as_slice() {
        [one] => letters(one) && (is_given_somewhere(one) || initial(one) || number > 0 && named(one)),
        several => {
            several.iter().all(|w| letters(w))
                && several.iter().filter(|w| named(w) && !is_ordinary(w)).count() >= 2
        }
    }
}

/// Two decimals with a comma between them, as maps write places.
fn has_coordinates(rest: &str) -> bool {
    let decimal = |text: &str| {
        let number: &str = text.trim_start_matches('-');
        let number =
            number.get(..number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len()));
        number
            .and_then(|n| n.split_once('.'))
            .is_some_and(|(whole, part)| !whole.is_empty() && part.len() >= 3)
    };
    let begins =
        |text: &str| text.rfind(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').map_or(0, |at| at + 1);
    rest.match_indices(',').any(|(at, _)| {
        let before = rest.get(..at).unwrap_or_default();
        let after = rest.get(at + 1..).unwrap_or_default();
        before.is_char_boundary(begins(before))
            && decimal(before.get(begins(before)..).unwrap_or_default())
            && decimal(after)
    })
}

fn is_login_name(name: &str) -> bool {
    is_name(name) && !PAGES.contains(name)
}

/// A name of a user right behind the folder of users, of five characters and more: `/users/dlund`.
fn is_login_part(name: &str) -> bool {
    const LENGTH_MIN: usize = 5;
    name.len() >= LENGTH_MIN
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && is_login_name(name)
}

/// A name with a mark inside it, or any on a place for people.
fn is_person_part(name: &str, host: &str) -> bool {
    let shaped = name.contains(['.', '_', '-']) && !name.contains("..");
    let letters = name.split(['.', '_', '-']).all(|p| !p.is_empty() && p.chars().all(char::is_alphanumeric));
    let page = [".html", ".php", ".aspx", ".js"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    letters
        && !page
        && name.starts_with(char::is_alphabetic)
        && !is_role(name)
        && name.len() > 3
        && (shaped || host.contains("linkedin"))
}

fn is_person_value(value: &str) -> bool {
    let shown = value.len() > 3 && value.starts_with(char::is_alphabetic) && !is_role(value);
    shown && value.contains(['.', '_', '-', '+', '%', '@'])
}

fn v4(hit: &Hit<'_>) -> Option<Range<usize>> {
    const VERSIONS: &[&str] = &[
        "v",
        "version",
        "versions",
        "ver.",
        "ver",
        "release",
        "build",
        "section",
        "sections",
        "abschnitt",
        "chapter",
        "oid",
        "rfc",
        "§",
        "to version",
        "clause",
        "revision",
        "rev",
        "firmware",
        "kernel",
        "driver",
        "update",
        "patch",
    ];
    let before = hit.before();
    let words = before.trim_end_matches([' ', ':', '=', '"']).to_ascii_lowercase();
    let last =
        words.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '§').next().unwrap_or_default();
    let is_version = VERSIONS.contains(&last);
    let glued = before.ends_with(|c: char| c.is_alphanumeric() || ".-_/~^+".contains(c))
        && !before.ends_with("//")
        && !before.ends_with("ip-");
    let pinned =
        before.ends_with("==") || before.ends_with(">=") || before.ends_with("<=") || before.ends_with("~=");
    let goes_on = hit
        .after()
        .strip_prefix(['.', '-', '+', '_'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let address: Ipv4Addr = hit.text().parse().ok()?;
    let octets = address.octets();
    let mask = octets.starts_with(&[255]);
    let small = octets.iter().all(|o| *o < 20)
        && !octets.starts_with(&[10])
        && octets != [1, 1, 1, 1]
        && octets != [8, 8, 8, 8];
    let names_nobody = address.is_loopback()
        || address.is_unspecified()
        || mask
        || octets.ends_with(&[0, 0]) && octets.first() != Some(&10);
    let url = before.ends_with("//") || before.ends_with('@');
    (!is_version
        && (!glued || url)
        && !pinned
        && (!goes_on || url)
        && !names_nobody
        && (!small || speaks_of_network(hit)))
    .then(|| hit.span())
}

/// Whether a word around says that numbers with dots are addresses.
fn speaks_of_network(hit: &Hit<'_>) -> bool {
    let around = format!("{} {}", hit.before(), hit.after()).to_ascii_lowercase();
    ["ip", "host", "from", "addr", "server", "ping", "client", "connect", "//", "login", "port", "network"]
        .iter()
        .any(|word| around.contains(word))
}

fn v6(hit: &Hit<'_>) -> Option<Range<usize>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == ':';
    if hit.before().ends_with(inside) || hit.after().starts_with(inside) {
        return None;
    }
    let address: Ipv6Addr = hit.text().parse().ok()?;
    let names_nobody = address.is_loopback()
        || address.is_unspecified()
        || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback());
    let groups = hit.text().split(':').filter(|g| !g.is_empty()).count();
    let is_likely = hit.text().len() >= 6 && groups > 1 && hit.text().contains(|c: char| c.is_ascii_digit());
    (is_likely && !names_nobody).then(|| hit.span())
}

fn mac(hit: &Hit<'_>) -> Option<Range<usize>> {
    let goes_on = hit.after().starts_with([':', '-'])
        || hit.before().ends_with([':', '-', '.']) && !hit.before().ends_with(": ");
    let letters = hit.text().contains(|c: char| c.is_ascii_alphabetic());
    let plain = hit.text().chars().all(|c| c == '0' || !c.is_ascii_alphanumeric());
    let all_ones = hit.text().chars().all(|c| c.eq_ignore_ascii_case(&'f') || !c.is_ascii_alphanumeric());
    let dotted_or_dashed = hit.text().contains(['.', '-']);
    (!goes_on && !plain && !all_ones && (letters || !dotted_or_dashed)).then(|| hit.span())
}
