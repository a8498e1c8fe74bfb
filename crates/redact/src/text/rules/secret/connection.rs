//! Secrets in connection strings and in the files of clients.

use std::ops::Range;

use candor_model::FindingKind;

use super::key;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

pub(super) const RULES: &[Rule] = &[
    key(
        "secret.connection_string",
        &["|pwd=", "|password="],
        r#"(?i)(?:pwd|password)=(?:\{[^}\n]{2,80}\}|"[^"\n]{2,80}"|'[^'\n]{2,80}'|[^;'"\s&]{2,80})"#,
        &["Server=db;Uid=app;Pwd={hunter2};", "Password={Tr0ub4dor3}"],
        &["Password=", "pwd=;", "password=\"${SECRET}\""],
    )
    .checked(after_equals)
    .random(0.0),
    Rule::new(
        "secret.url_password",
        FindingKind::Secret,
        Gate::Before(&["://"], is_scheme),
        r"[A-Za-z][A-Za-z0-9+.\-]+://[^\s/:@]{0,64}:[^\s@/]{2,100}@",
        &["mongodb://svc:{Bonjour#80}@db.example.test/app", "redis://:{geheim1}@cache:6379"],
        &["http://h.example:8080/", "https://h.example/x:y@z"],
    )
    .checked(between_colon_and_at),
    Rule::new(
        "secret.login_at_host",
        FindingKind::Secret,
        Gate::Before(&["@"], is_login),
        r"[A-Za-z0-9._\-]{2,32}:[^\s@/:\x22']{6,64}@[A-Za-z0-9.\-]{2,64}",
        &["bob:{DeJq1rkSzk547}@host1"],
        &["mail:dana@h.example", "to:dana.lund@mail.example.test", "git:v1.2.3@host", "cc:dana2@mail.example.test"],
    )
    .checked(drawn_before_at),
    key(
        "secret.samba_user",
        &["-u ", "user=", "--user="],
        r"(?:-U |user=|--user=)[A-Za-z0-9._\\]{2,40}%[^\s\x22'%]{4,64}",
        &["smb: user=bob%{Autumn866#}", "smbclient -U corp\\dana%{geheim1} //h/x"],
        &["user=bob%40mail.example.test", "user=bob%20smith"],
    )
    .checked(after_percent)
    .random(0.0),
    key(
        "secret.digest_response",
        &["response=\"", "cnonce=\"", "nonce=\""],
        r#"(?:response|c?nonce)="[0-9A-Za-z+/=]{16,128}"#,
        &["Authorization: Digest username=\"x\", response=\"{<h32>}\""],
        &["response=\"none\""],
    )
    .checked(after_last_quote),
    key(
        "secret.netrc",
        &["|machine ", "|login "],
        r"(?:machine[ \t]+\S{1,100}[ \t]+)?login[ \t]+\S{1,80}[ \t]+password[ \t]+\S{2,120}",
        &["machine h.example login dana password {hunter2}", "login dana password {hunter2}"],
        &["machine learning", "login screen password"],
    )
    .checked(last_token)
    .random(0.0),
    key(
        "secret.pgpass",
        &[":5432:", ":3306:"],
        r":(?:5432|3306):[A-Za-z0-9_*\-]{1,64}:[A-Za-z0-9_*\-]{1,64}:\S{3,120}",
        &["db.example.test:5432:app:dana:{hunter2}"],
        &["0.0.0.0:5432->5432", "port :5432: open"],
    )
    .checked(after_last_colon)
    .random(0.0),
    key(
        "secret.docker_auth",
        &["\"auth\":", "\"identitytoken\":"],
        r#""(?:auth|identitytoken)"[ ]{0,2}:[ ]{0,2}"[A-Za-z0-9+/=_\-.]{12,}"#,
        &["\"auth\": \"{<a24>==}\""],
        &["\"auth\": \"none\"", "\"auth\": true"],
    )
    .checked(after_last_quote),
    key(
        "secret.kube_data",
        &["client-key-data", "token-data"],
        r"(?:client-key|token)-data:[ ]{0,3}[A-Za-z0-9+/=]{40,}",
        &["client-key-data: {<a80>=}"],
        &["client-key-data:", "client-certificate-data: x"],
    )
    .checked(after_last_space),
    key(
        "secret.azure_sas",
        &["|sig="],
        r"sig=[A-Za-z0-9%/+]{40,}(?:={0,2}|%3D)?",
        &["sv=2024-01-01&sr=b&{sig=<a43>%3D}"],
        &["sig=none"],
    ),
    key(
        "secret.seed_phrase",
        &["seed phrase", "recovery phrase", "mnemonic", "wiederherstellungsphrase", "phrase de récupération", "frase semilla", "frase di recupero", "herstelzin", "frase de recuperação"],
        r"(?i)(?:seed phrase|recovery phrase|mnemonic|wiederherstellungsphrase|phrase de récupération|frase semilla|frase di recupero|herstelzin|frase de recuperação)[^a-z\n]{1,4}(?:is[: ]{1,2})?(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8}\b",
        &["seed phrase: {apple bread cable dance eagle fable garden habit icon jungle kite lemon}"],
        &["the seed phrase is never shown again", "mnemonic: none"],
    )
    .checked(after_first_mark)
    .random(0.0),
];

const fn is_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// What may stand before an at sign in a login with its password.
fn is_login(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '@' | '"' | '\'' | '<' | '>' | '(' | ')' | ',' | '/')
}

fn between_colon_and_at(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let authority = text.find("://")? + 3;
    let colon = authority + text.get(authority..)?.find(':')? + 1;
    let value = text.get(colon..text.len() - 1)?;
    (!super::assigned::says_nothing(value)).then(|| hit.span().start + colon..hit.span().end - 1)
}

fn drawn_before_at(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (login, rest) = hit.text().split_once(':')?;
    let (value, host) = rest.split_once('@')?;
    let start = hit.span().start + login.len() + 1;
    let mail = host.contains('.') && !super::look::is_drawn(value);
    (!mail && super::look::is_very_odd(value)).then_some(start..start + value.len())
}

fn after_percent(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = hit.text().split_once('%')?.1;
    let encoded = value
        .get(..2)
        .is_some_and(|two| two.chars().all(|c| c.is_ascii_hexdigit()) && !two.contains(char::is_lowercase));
    (!encoded).then(|| hit.without_front(hit.text().len() - value.len())).flatten()
}

fn after_equals(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = hit.text().split_once('=')?.1;
    if super::assigned::says_nothing(value.trim_matches(['"', '\''])) {
        return None;
    }
    hit.without_front(hit.text().len() - value.trim_start_matches(['"', '\'']).len())
}

fn last_token(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().rfind([' ', '\t'])? + 1)
}

fn after_last_colon(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().rfind(':')? + 1)
}

fn after_last_quote(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().rfind('"')? + 1)
}

fn after_last_space(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = hit.text().split_once(':')?.1;
    hit.without_front(hit.text().len() - value.trim_start().len())
}

fn after_first_mark(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = hit.text().split_once([':', '=', '"'])?.1;
    hit.without_front(hit.text().len() - value.trim_start_matches([' ', '"']).len())
}
