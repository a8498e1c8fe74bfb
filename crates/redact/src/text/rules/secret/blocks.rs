//! Secrets that run over lines.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn block(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

/// Rules that look at a whole text.
pub(crate) const BLOCKS: &[Rule] = &[
    block(
        "secret.private_key",
        &["-----BEGIN ", "---- BEGIN SSH2 ENCRYPTED"],
        r"(?s)-----?(?:-| )?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?(?:-----| ----)",
        &[
            "a\n{-----BEGIN OPENSSH PRIVATE KEY-----\n<a60>\n-----END OPENSSH PRIVATE KEY-----}\nb",
            "{-----BEGIN PRIVATE KEY-----\n<a60>\ncut off}",
            "{-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n<a60>\n-----END PGP PRIVATE KEY BLOCK-----}\n",
            "\"key\": \"{-----BEGIN RSA PRIVATE KEY-----\\n<a60>\\n-----END RSA PRIVATE KEY-----}\\n\"",
            "{---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n<a60>\n---- END SSH2 ENCRYPTED PRIVATE KEY ----}\n",
        ],
        &[
            "-----BEGIN PUBLIC KEY-----\n<a60>\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\n<a60>",
        ],
    )
    .checked(to_end_mark),
    block(
        "secret.pgp_message",
        &["-----BEGIN PGP MESSAGE"],
        r"(?s)-----BEGIN PGP MESSAGE-----",
        &["{-----BEGIN PGP MESSAGE-----\n\n<a60>\n-----END PGP MESSAGE-----}\n"],
        &["-----BEGIN PGP PUBLIC KEY BLOCK-----"],
    )
    .checked(to_end_mark),
    block(
        "secret.putty_key",
        &["PuTTY-User-Key-File-"],
        r"(?s)PuTTY-User-Key-File-\d:",
        &["{PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n<a60>\nPrivate-MAC: <h64>}\n"],
        &["PuTTY-User-Key-File format"],
    )
    .checked(to_putty_end),
    block(
        "secret.age_encrypted",
        &["-----BEGIN AGE ENCRYPTED"],
        r"(?s)-----BEGIN AGE ENCRYPTED FILE-----",
        &["{-----BEGIN AGE ENCRYPTED FILE-----\n<a60>\n-----END AGE ENCRYPTED FILE-----}\n"],
        &["AGE ENCRYPTED FILE"],
    )
    .checked(to_end_mark),
];

/// To the mark that ends the key; to the end of the text where it was cut off.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the checks")]
fn to_end_mark(hit: &Hit<'_>) -> Option<Range<usize>> {
    let after = hit.after();
    let end = after.find("-- END ").or_else(|| after.find("--END ")).and_then(|at| {
        let name = at + "--END ".len();
        let rest = after.get(name..)?;
        let marks = rest.find("--")?;
        let dashes = rest.get(marks..)?.chars().take_while(|c| *c == '-').count();
        Some(name + marks + dashes)
    });
    Some(hit.span().start..hit.span().end + end.unwrap_or(after.len()))
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of the checks")]
fn to_putty_end(hit: &Hit<'_>) -> Option<Range<usize>> {
    let after = hit.after();
    let end = after.find("Private-MAC:").and_then(|at| after.get(at..)?.find('\n').map(|n| at + n));
    Some(hit.span().start..hit.span().end + end.unwrap_or(after.len()))
}
