//! Addresses of mail that are said: `jane.doe at gmail.com`. Only what stands before a host where everybody may have an
//! address, or has a name in it, is taken for one: files, modules and sentences stand before hosts too.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::lexicon::{folded, is_given_somewhere, is_surname_somewhere};
use crate::text::ner::doubt::is_ordinary;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;
use crate::text::rules::mail::{NO_DOMAINS, SAID_DOMAINS, is_login};

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "email.said",
        FindingKind::Email,
        Gate::Before(&[" at ", " bei ", " à ", " chez ", " en ", " op ", " bij ", " su ", " em ", " at-sign ", " at sign ", " ät ", " ad "], is_login),
        r"(?i)[a-z0-9]+(?:[._][a-z0-9]+)+<sp>(?:at|bei|à|chez|en|op|bij|su|em|at-sign|at<sp>sign|ät|ad)<sp>[a-z0-9][a-z0-9\-]{1,60}(?:(?:<sp>(?:dot|punkt|point|punto|punt|ponto)<sp>|<sp>?\.<sp>?)[a-z][a-z0-9\-]{1,60}){1,3}\b",
        &[
            "write to {jane.doe at gmail.com} please",
            "{dana_lund7 bei web punkt de}",
            "{jane.doe à orange.fr}",
            "{jane.doe at gmx.at}",
            "{p.henderson at-sign mail dot com}",
            "{maria.garcia en correo punto es}",
        ],
        &[
            "meet me at example.com",
            "main.rs at github.com",
            "e.g. at example.com",
            "until 5 p.m. at example.com",
            "the user_id at example.com",
            "node.js at vercel.com",
            "example.org at cloudflare.com",
            "os.path at docs.python.org",
            "version 2.4 at gmail.com",
            "jane.doe at the office",
        ],
    )
    .checked(said),
];

/// Where everybody may have an address: what stands before these is a person's, whatever its name.
const MAIL_HOSTS: &[&str] = &[
    "gmail",
    "googlemail",
    "outlook",
    "hotmail",
    "live",
    "yahoo",
    "ymail",
    "icloud",
    "proton",
    "protonmail",
    "aol",
    "web",
    "gmx",
    "t-online",
    "freenet",
    "posteo",
    "mailbox",
    "orange",
    "wanadoo",
    "free",
    "laposte",
    "sfr",
    "libero",
    "virgilio",
    "tiscali",
    "ziggo",
    "kpnmail",
    "telefonica",
    "terra",
    "sapo",
    "uol",
    "bol",
    "bluewin",
];

/// What is said for the sign of an address, folded.
const SIGNS: [&str; 12] = ["at", "bei", "a", "chez", "en", "op", "bij", "su", "em", "at-sign", "sign", "ad"];

/// A login and a host of mail, or a login with a name in it and any host.
fn said(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = folded(hit.text());
    let mut words = text.split(|c: char| c.is_whitespace());
    let login = words.next()?;
    let words = words.flat_map(|word| word.split('.')).filter(|word| !word.is_empty());
    let mut host = words.skip_while(|word| SIGNS.contains(word));
    let name = host.next()?;
    let is_host = SAID_DOMAINS.contains(&host.last()?);
    let is_apart = !hit.before().ends_with(|c: char| c.is_alphanumeric() || "/\\@-_.".contains(c));
    let is_mail = MAIL_HOSTS.contains(&name) || parts(login).any(is_name);
    (is_apart && is_host && is_mail && !is_file(login)).then(|| hit.span())
}

/// The parts of a login without the numbers behind them.
fn parts(login: &str) -> impl Iterator<Item = &str> {
    login.split(['.', '_']).map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn is_name(part: &str) -> bool {
    part.len() > 2 && !is_ordinary(part) && (is_given_somewhere(part) || is_surname_somewhere(part))
}

/// Whether what stands for a login ends as files, hosts and versions do.
fn is_file(login: &str) -> bool {
    parts(login)
        .last()
        .is_none_or(|end| NO_DOMAINS.contains(&end) || SAID_DOMAINS.contains(&end) || end.len() < 2)
}
