//! The rules of the text engine, in the order that decides between finds of the same place.

mod abroad;
mod bare;
mod beside;
mod case;
mod contact;
pub(crate) mod encoded;
mod fields;
mod finance;
pub(crate) mod fold;
pub(crate) mod gate;
pub(crate) mod groups;
mod identity;
mod labelled;
mod life;
mod mail;
mod network;
mod numbered;
pub(crate) mod phones;
mod place;
mod said;
pub(crate) mod secret;
mod titled;
mod wide;
mod words;

use crate::text::rule::Rule;

/// Raised when a check changes, so that the digest of the rules tells.
pub(crate) const CHECKS_VERSION: u16 = 9;

/// Rules that look at a line.
pub(crate) fn lines() -> impl Iterator<Item = &'static Rule> {
    let tables = [
        network::RULES,
        mail::RULES,
        said::RULES,
        finance::RULES,
        wide::RULES,
        identity::RULES,
        bare::RULES,
        abroad::RULES,
        case::RULES,
        contact::RULES,
        life::RULES,
        place::RULES,
        labelled::RULES,
        numbered::RULES,
        beside::RULES,
        titled::RULES,
        fields::RULES,
    ];
    secret::TABLES.into_iter().chain(tables).flatten()
}

/// Rules that look at a whole text.
pub(crate) fn blocks() -> impl Iterator<Item = &'static Rule> {
    secret::BLOCKS.into_iter().flatten()
}

/// Parts that patterns share, by the name they stand for.
const PARTS: &[(&str, &str)] = &[
    // Word boundaries, digits and spaces of ASCII: what an automaton can do at full speed.
    (r"\b", r"(?-u:\b)"),
    (r"\d", "[0-9]"),
    (r"\s", r"[ \t\r\n\x{a0}\x{202f}]"),
    (r"\w", "[0-9A-Za-z_]"),
    (r"\S", r"[^ \t\r\n\x{a0}\x{202f}]"),
    // Letters beyond ASCII as a few ranges: the full Unicode class, repeated, takes seconds to compile.
    ("<letter>", r"[A-Za-z\x{aa}-\x{24f}]"),
    ("<mail>", r"[0-9A-Za-z\x{aa}-\x{1fff}\x{2c00}-\x{d7ff}._%+'\-]"),
    ("<host>", r"[0-9A-Za-z\x{aa}-\x{1fff}\x{2c00}-\x{d7ff}\-]"),
    ("<inname>", r"[A-Za-z\x{aa}-\x{24f}'’.\-]"),
    ("<upper>", r"[A-Z\x{c0}-\x{24f}]"),
    ("<town>", r"[A-Za-z\x{c0}-\x{24f}'’\-]"),
    ("<widegap>", r"[ \t\r\n\-/,.;|\x{b7}]+"),
    ("<sp>", r"[ \t\x{a0}\x{202f}]"),
    ("<gap>", r"[ .\-/()\x{a0}\x{202f}\x{2010}\x{2011}]"),
    ("<fieldgap>", r"(?:[ ]{0,2}[|/;,\x{2013}][ ]{0,2}|\t|&[A-Za-z0-9_]{1,16}=)"),
    ("<cardgap>", r"[ .\-_\t\x{2013}\x{a0}\x{202f}\x{2010}\x{2011}]"),
    (
        "<month>",
        "january|february|march|april|may|june|july|august|september|october|november|december|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|augustus|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|okt|nov|dec|dez|January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Okt|Nov|Dec|Dez|Jänner",
    ),
];

/// A pattern with its shared parts filled in.
pub(crate) fn expanded(pattern: &str) -> String {
    PARTS.iter().fold(pattern.to_owned(), |text, (name, part)| text.replace(name, part))
}

#[cfg(test)]
mod tests;
