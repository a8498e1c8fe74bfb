//! The rules of the text engine, in the order that decides between finds of the same place.

mod contact;
mod finance;
mod identity;
mod network;
mod phrase;
mod place;
mod secret;

use crate::text::rule::Rule;

/// Raised when a check changes, so that the digest of the rules tells.
pub(crate) const CHECKS_VERSION: u16 = 1;

/// Rules that look at a line.
pub(crate) fn lines() -> impl Iterator<Item = &'static Rule> {
    [
        secret::RULES,
        phrase::RULES,
        network::RULES,
        contact::RULES,
        finance::RULES,
        identity::RULES,
        place::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Rules that look at a whole text.
pub(crate) fn blocks() -> impl Iterator<Item = &'static Rule> {
    phrase::BLOCKS.iter()
}

/// Parts that patterns share, by the name they stand for.
const PARTS: &[(&str, &str)] = &[
    // Word boundaries, digits and spaces of ASCII: what the lazy automaton can do at full speed.
    (r"\b", r"(?-u:\b)"),
    (r"\d", "[0-9]"),
    (r"\s", r"[ \t\r\n\x{a0}\x{202f}]"),
    // Letters beyond ASCII as a few ranges: the full Unicode class, repeated, takes seconds to compile.
    ("<letter>", r"[A-Za-z\x{aa}-\x{1fff}\x{2c00}-\x{d7ff}]"),
    ("<upper>", r"[A-Z\x{c0}-\x{1fff}]"),
    ("<mail>", r"[0-9A-Za-z\x{aa}-\x{1fff}\x{2c00}-\x{d7ff}._%+'\-]"),
    ("<host>", r"[0-9A-Za-z\x{aa}-\x{1fff}\x{2c00}-\x{d7ff}\-]"),
    ("<inname>", r"[A-Za-z\x{aa}-\x{1fff}'’.\-]"),
    ("<sp>", r"[ \t\x{a0}\x{202f}]"),
    ("<gap>", r"[ .\-/()\x{a0}\x{202f}\x{2010}\x{2011}]"),
    ("<cardgap>", r"[ \-\x{a0}\x{202f}\x{2010}\x{2011}]"),
    (
        "<phoneword>",
        r"(?-u:\b)(?:tel|phone|telephone|mobile|mob|cell|fax|call|handy|mobil|telefon|telefax|téléphone|portable|móvil|teléfono|cellulare|telefono|mobiel|telefoon|gsm|telemóvel|telefone|whatsapp)(?-u:\b)",
    ),
    (
        "<secretword>",
        r"(?:(?-u:\b)|_)(?:password|passwd|passphrase|passcode|passwort|kennwort|mot de passe|contraseña|wachtwoord|senha|pwd|secret|token|api[_\- ]?key|access[_\- ]?key|secret[_\- ]?key|private[_\- ]?key|client[_\- ]?secret|auth[_\- ]?token|pin)(?-u:\b)",
    ),
    (
        "<idword>",
        r"(?-u:\b)(?:employee|staff|personnel|customer|client|member|patient|student|case|policy|account|passport|badge|licen[cs]e|personal(?:nummer)?|kunden(?:nummer)?|mitglieds(?:nummer)?|akten(?:zeichen)?|matricule|dossier|cliente|expediente|empleado|dipendente|pratica|codice cliente|klant(?:nummer)?|personeels(?:nummer)?|processo|reisepass|ausweis|numéro de client|número de cliente)(?-u:\b)",
    ),
    (
        "<birthword>",
        r"(?-u:\b)(?:dob|date of birth|birth ?date|born(?: on)?|geboren(?: am)?|geburtsdatum|née? le|date de naissance|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|geboortedatum|data de nascimento|nascid[oa] em)",
    ),
];

/// A pattern with its shared parts filled in.
pub(crate) fn expanded(pattern: &str) -> String {
    PARTS.iter().fold(pattern.to_owned(), |text, (name, part)| text.replace(name, part))
}

#[cfg(test)]
mod tests;
