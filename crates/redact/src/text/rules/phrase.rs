//! Secrets that only the words beside them give away: `password=`, `--token`, headers, and long random values.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::entropy_bits;
use crate::text::rule::{Hit, Rule, value, whole};

/// Rules that look at a whole text, because what they find runs over lines.
pub(crate) const BLOCKS: &[Rule] = &[Rule {
    name: "secret.private_key",
    kind: FindingKind::Secret,
    gate: "",
    pattern: r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)",
    check: whole,
    finds: &[
        "a\n{-----BEGIN OPENSSH PRIVATE KEY-----\n<a60>\n-----END OPENSSH PRIVATE KEY-----}\nb",
        "{-----BEGIN PRIVATE KEY-----\n<a60>\ncut off}",
    ],
    passes: &["-----BEGIN PUBLIC KEY-----\n<a60>\n-----END PUBLIC KEY-----"],
}];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "secret.assigned",
        kind: FindingKind::Secret,
        gate: r#"(?i)<secretword>["']?<sp>{0,3}[=:]"#,
        pattern: r#"(?i)<secretword>["']?<sp>{0,3}(?:=>|:=|=|:)<sp>{0,3}(?:"[^"\n]{3,}"?|'[^'\n]{3,}'?|[^\s"',;]{3,})"#,
        check: value,
        finds: &[
            "password={hunter2}",
            "Passwd: {Tr0ub4dor&3} ok",
            "DB_PASSWORD={s3cr3tvalue}",
            "\"password\": \"{correct horse battery\"}, ",
            "api_key := {abcdef}",
            "Passwort: {geheim123}",
            "mot de passe : {azerty12}",
            "Contraseña: {clave99}",
        ],
        passes: &["Password:", "password = ''", "enter your password, please", "tokens: 3"],
    },
    Rule {
        name: "secret.said",
        kind: FindingKind::Secret,
        gate: r"(?i)<secretword><sp>(?:is|ist|lautet|est|es|è|é)<sp>",
        pattern: r#"(?i)<secretword><sp>(?:is|ist|lautet|est|es|è|é)<sp>["']?[^\s"',;]{4,}"#,
        check: said,
        finds: &["the password is {hunter2}", "das Passwort ist {geheim!1}"],
        passes: &["the password is wrong", "your token is required."],
    },
    Rule {
        name: "secret.option",
        kind: FindingKind::Secret,
        gate: r"(?i)--(?:token|password|passwd|pass|secret|api-?key|auth|access-key|private-key|client-secret)[= ]",
        pattern: r#"(?i)--(?:token|password|passwd|pass|secret|api-?key|auth|access-key|private-key|client-secret)[= ]{1,3}["']?[^\s"'\-][^\s"']{2,}"#,
        check: after_option,
        finds: &["tool --token {abc123} --verbose", "tool --password={hunter2}", "--api-key '{k1k2k3}'"],
        passes: &["tool --token --verbose", "--tokens 3", "--password"],
    },
    Rule {
        name: "secret.authorization",
        kind: FindingKind::Secret,
        gate: r"(?i)\b(?:authorization|proxy-authorization|x-api-key|x-auth-token|cookie|set-cookie)\b",
        pattern: r#"(?i)\b(?:authorization|proxy-authorization|x-api-key|x-auth-token|cookie|set-cookie)["']?<sp>{0,2}[:=]<sp>{0,2}["']?[^"'\n]{6,}"#,
        check: value,
        finds: &["Authorization: {Basic <a20>}", "cookie: {sid=<a20>; theme=dark}"],
        passes: &["Authorization is needed", "cookie: none"],
    },
    Rule {
        name: "secret.bearer",
        kind: FindingKind::Secret,
        gate: "",
        pattern: r"(?i)\bbearer<sp>{1,3}[A-Za-z0-9._~+/=\-]{12,}",
        check: bearer,
        finds: &["curl -H Bearer {<a30>}"],
        passes: &["bearer of responsibilities", "bearer bonds"],
    },
    Rule {
        name: "secret.random_beside_word",
        kind: FindingKind::Secret,
        gate: r#"(?i)(?:key|token|secret|credential|passwd|auth|signature)[A-Za-z0-9_\-]{0,20}["']?[ \t:=>,]{1,6}["']?[A-Za-z0-9+/_\-.]{20}"#,
        pattern: r#"(?i)(?:key|token|secret|credential|passwd|auth|signature)[A-Za-z0-9_\-]{0,20}["']?[ \t:=>,]{1,6}["']?[A-Za-z0-9+/_\-.]{20,200}={0,2}"#,
        check: random,
        finds: &["aws secret access key {<a40>}", "signature {<h64>}"],
        passes: &[
            "key internationalization-guidelines-for-everyone",
            "the author of-all-these-very-long-words",
        ],
    },
];

fn said(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().rfind([' ', '\t', '\u{a0}', '"', '\''])?;
    let word = hit.text().get(start..)?.trim_start_matches([' ', '\t', '\u{a0}', '"', '\'']);
    let not_prose = word.trim_end_matches(['.', '!', '?']).contains(|c: char| !c.is_alphabetic());
    not_prose.then(|| hit.without_front(hit.text().len() - word.len())).flatten()
}

fn after_option(hit: &Hit<'_>) -> Option<Range<usize>> {
    let mark = hit.text().find(['=', ' '])?;
    let rest = hit.text().get(mark..)?.trim_start_matches(['=', ' ', '"', '\'']);
    hit.without_front(hit.text().len() - rest.len())
}

fn bearer(hit: &Hit<'_>) -> Option<Range<usize>> {
    let token = hit.text().split([' ', '\t', '\u{a0}', '\u{202f}']).next_back()?;
    let made_by_a_machine = token.contains(|c: char| c.is_ascii_digit());
    made_by_a_machine.then(|| hit.without_front(hit.text().len() - token.len())).flatten()
}

fn random(hit: &Hit<'_>) -> Option<Range<usize>> {
    const BITS_PER_CHARACTER_MIN: f64 = 3.0;
    let token = hit.text().split([' ', '\t', ':', '>', ',', '"', '\'']).next_back()?;
    let token = token.trim_start_matches('=');
    let mixed =
        token.contains(|c: char| c.is_ascii_digit()) && token.contains(|c: char| c.is_ascii_alphabetic());
    let random = token.len() >= 20 && mixed && entropy_bits(token) >= BITS_PER_CHARACTER_MIN;
    random.then(|| hit.without_front(hit.text().len() - token.len())).flatten()
}
