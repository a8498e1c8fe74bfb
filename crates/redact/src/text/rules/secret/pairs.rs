//! Names and values that stand apart: JSON of pairs, attributes of XML, variables of deployments.

use std::ops::Range;

use candor_model::FindingKind;

use super::assigned::says_nothing;
use super::look::Said;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn pair(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

pub(super) const RULES: &[Rule] = &[
    pair(
        "secret.pair",
        &["value\":", "value=\"", "value='", "value: \"", "\"value\" :", "-value ", "|value: "],
        r#"(?i)["']?value["']?<sp>{0,2}[:=]?<sp>{0,3}(?:["'][^"'\n]{3,300}["']|[^\s"'{}]{3,300})"#,
        &[
            "\"key\":\"SMTP_PASSWORD\",\"value\":\"{geheim1}\"",
            "<add key=\"ApiKey\" value=\"{k1k2k3k4}\" />",
            "<property name='password' value='{hunter2}'/>",
            "- name: ADMIN_PASSWORD, value: {geheim1} ",
        ],
        &[
            "{\"key\":\"HOST\",\"value\":\"db.example.test\"}",
            "<property name=\"password\" value=\"\"/>",
            "<input type=\"password\" value=\"${PW}\">",
            "{\"key\":\"token_ttl\",\"value\":\"3600\"}",
        ],
    )
    .checked(named_before),
    pair(
        "secret.pair_element",
        &[
            "<entry key=",
            "<string name=",
            "<setting name=",
            "<property name=",
            "<prop key=",
            "<item name=",
            "<param name=",
            "<variable name=",
            "<key>",
        ],
        r#"<[A-Za-z]{2,12} (?:key|name)=["'][^"'\n]{2,60}["'][^>\n]{0,60}>(?:<value>)?[^<\n]{3,300}</"#,
        &[
            "<setting name=\"SmtpPassword\"><value>{geheim1}</value></setting>",
            "<entry key=\"db.password\">{hunter2}</entry>",
            "<string name=\"api_key\">{k1k2k3k4}</string>",
        ],
        &[
            "<string name=\"password_hint\">Enter your password</string>",
            "<entry key=\"db.host\">db1.example.test</entry>",
            "<string name=\"password\">Password</string>",
            "<string name=\"pref_key_theme\">theme</string>",
        ],
    )
    .checked(element),
];

/// Pairs that run over lines: rules that look at a whole text.
pub(super) const BLOCKS: [Rule; 5] = [
    pair(
        "secret.pair_lines",
        &["name:", "key:", "\"name\":", "\"key\":"],
        r#"(?s)(?:name|key|"name"|"key"):[ ]{0,3}["']?[A-Za-z0-9_.\-]{0,40}(?i:password|passwd|_pass|_pwd|_pw|secret|token|api_?key|apikey|_key|_psk|credential)[A-Za-z0-9_.\-]{0,20}["']?,?[ ]{0,3}\r?\n[ \t\-]{0,20}["']?value["']?:[ ]{0,3}["']?[^\s"'#][^\s"']{2,400}"#,
        &["- name: DB_PASSWORD\n  value: {hunter2}\n", "  - name: API_TOKEN\n    value: \"{k1k2k3}\"\n"],
        &["- name: DB_HOST\n  value: db1\n", "- name: DB_PASSWORD\n  valueFrom:\n", "- name: DB_PASSWORD\n  value: $(PW)\n"],
    )
    .checked(last_value),
    pair(
        "secret.variable_default",
        &["variable \""],
        r#"(?s)variable "[A-Za-z0-9_\-]{0,40}(?i:password|passwd|secret|token|api_?key|_key|_pw)[A-Za-z0-9_\-]{0,20}"[ ]{0,2}\{?[^}]{0,300}?default[ ]{0,8}=[ ]{0,3}"[^"\n]{3,300}"#,
        &["variable \"db_password\"\n  type = string\n  default = \"{hunter2}\"\n"],
        &["variable \"db_password\" {\n  type = string\n}", "variable \"region\" {\n  default = \"eu\"\n}", "variable \"db_password\" {\n  default = \"${x}\"\n}"],
    )
    .checked(last_value),
    pair(
        "secret.expect_send",
        &["expect "],
        r#"(?s)expect (?:-re )?["'{][^"'}\n]{0,20}(?i:password|passwort|passphrase)[^"'}\n]{0,20}["'}][^\n]{0,10}\r?\n[ \t]{0,8}send (?:-- )?["'][^"'\n\\]{3,120}"#,
        &["expect \"Password:\"\nsend \"{hunter2}\\r\"\n"],
        &["expect \"Login:\"\nsend \"dana\\r\"\n", "expect \"Password:\"\nsend \"$pw\\r\"\n"],
    )
    .checked(last_value),
    pair(
        "secret.next_line",
        &["password", "passwort", "kennwort", "mot de passe", "contraseña", "wachtwoord", "|senha", "palavra-passe", "api key", "api-key", "access token", "|token:", "|pw:", "passphrase"],
        r#"(?s)(?i)(?:password|passwort|kennwort|mot de passe|contraseña|wachtwoord|senha|palavra-passe|api[ -]key|access token|token|pw|passphrase)[^\n]{0,100}\r?\n(?:[ \t]*\r?\n)?[ \t>*`"\-]{0,8}[^\s"'`<>]{6,200}[`"']?[ \t]*(?:\r?\n|\z)"#,
        &["Please use the following password:\n\n{<h32>}\n", "Ihr neues Passwort lautet:\n{Kaktus#44}\nGruss", "Password\n{blau77Wal!}"],
        &["Forgot password?\nRegister2024\n", "password policy\nsection-2.1\n", "Your password expires.\nhttps://h.example/x2\n", "password:\nuser2@mail.example.test\n"],
    )
    .checked(on_next_line),
    pair(
        "secret.code_lines",
        &["recovery code", "recovery-code", "backup code", "backup-code", "rescue code", "scratch code", "wiederherstellungscode", "ersatzcode", "emergency code", "code de secours", "codes de secours", "code de récupération", "codes de récupération", "código de re", "códigos de re", "codice di ", "codici di ", "herstelcode"],
        r"(?s)(?i)(?:(?:recovery|backup|rescue|scratch)[ -]codes?|wiederherstellungscodes?|ersatzcodes?|emergency codes?|codes? de (?:secours|récupération)|códigos? de (?:recuperación|respaldo|recuperação)|codic[ei] di (?:recupero|backup)|herstelcodes?)[^\n]{0,60}(?:\r?\n[ \t]{0,4}){1,3}[ \t0-9.)*\-]{0,6}[0-9a-z]{4,8}(?:[ \-][0-9a-z]{4,8}){0,2}(?:(?:\r?\n){1,2}[ \t0-9.)*\-]{0,6}[0-9a-z]{4,8}(?:[ \-][0-9a-z]{4,8}){0,2}){1,15}",
        &["Recovery codes:\n{4f1a-9c2e\n77b0-1d3c\na0f4-22be}\nDone", "Ersatzcodes\n\n{48211992\n33120011}"],
        &["Recovery codes\nare shown once", "source code\n1234\n5678"],
    )
    .checked(lines_of_codes),
];

/// Whether a name says that its value opens something.
fn is_secret_name(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "password",
        "passwd",
        "_pass",
        ".pass",
        "pwd",
        "_pw",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "passphrase",
        "psk",
        "passwort",
        "credential",
    ];
    const NOT: [&str; 14] = [
        "ttl", "_url", "uri", "endpoint", "expir", "length", "policy", "hint", "label", "title", "type",
        "timeout", "enabled", "count",
    ];
    let name = name.to_ascii_lowercase();
    // In `pref_key_theme` the key is the name of a setting.
    let named = name.ends_with("_key") || NAMES.iter().any(|word| name.contains(word));
    named && !NOT.iter().any(|word| name.contains(word))
}

fn named_before(hit: &Hit<'_>) -> Option<Range<usize>> {
    const NAME_BYTES_MAX: usize = 100;
    let before = hit.before();
    let mut from = before.len().saturating_sub(NAME_BYTES_MAX);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let near = before.get(from..)?;
    // The name is the last text in quotes that a key or a name introduces.
    let name = near
        .rsplit(['"', '\'', ' ', ','])
        .map(str::trim)
        .find(|part| part.len() > 1 && !is_word_of_pairs(part))?;
    let value = if hit.text().ends_with(['"', '\'']) { value_in_quotes(hit) } else { last_value(hit) };
    value.filter(|_| is_secret_name(name))
}

fn is_word_of_pairs(part: &str) -> bool {
    const WORDS: [&str; 8] = ["key", "name", "value", "type", "string", "text", "add", "id"];
    let bare = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    bare.is_empty() || WORDS.contains(&bare.to_ascii_lowercase().as_str())
}

/// What stands between the last two quotes.
fn value_in_quotes(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let quote = text.chars().next_back()?;
    let body = text.strip_suffix(quote)?;
    let start = body.rfind(quote)? + 1;
    let value = body.get(start..)?;
    (!says_nothing(value)).then(|| hit.span().start + start..hit.span().start + body.len())
}

fn element(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (head, value) = hit.text().split_once('>')?;
    let inner = if value.starts_with("<value>") { "<value>".len() } else { 0 };
    let name = head.split(['"', '\'']).nth(1)?;
    let value = value.get(inner..)?.strip_suffix("</")?;
    let start = hit.span().start + head.len() + 1 + inner;
    let said = value.contains(' ') && value.split(' ').count() > 2;
    (is_secret_name(name) && !says_nothing(value) && !said).then_some(start..start + value.len())
}

/// A password that has a line for itself below the line that announces it.
fn on_next_line(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text().trim_end();
    let first = hit.text().find('\n')?;
    let value =
        Said::last_word(text.get(first..)?.trim_start_matches(['\r', '\n', ' ', '\t', '>', '*', '-']))?;
    let start = text.rfind(value.text)?;
    let announced =
        hit.text().get(..first)?.trim_end().ends_with([':', '=', 's', 't', 'g', 'e', 'd', 'h', 'a', '.']);
    let marked = hit.text().get(..first)?.trim_end().ends_with(':');
    let bare = hit.text().get(..first)?.split_whitespace().count() <= 2;
    let fits =
        if marked || bare { super::look::is_very_odd(value.text) } else { super::look::is_drawn(value.text) };
    (announced && fits).then(|| hit.span().start + start..hit.span().start + start + value.text.len())
}

fn last_value(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind(['"', '\'', ' ', ':'])? + 1;
    let value = Said::at(text, start)?;
    (!says_nothing(value.text)).then(|| value.range(hit))
}

/// The lines below the line that names them.
fn lines_of_codes(hit: &Hit<'_>) -> Option<Range<usize>> {
    let head = hit.text().find('\n')?;
    let below = hit.text().get(head..)?;
    let start = head + below.len() - below.trim_start().len();
    let is_code = |line: &&str| line.trim().is_empty() || line.contains(|c: char| c.is_ascii_digit());
    let lines = hit.text().get(start..)?;
    let length: usize = lines.split_inclusive('\n').take_while(is_code).map(str::len).sum();
    let codes = lines.get(..length)?.trim_end();
    let count = codes.lines().filter(|line| !line.trim().is_empty()).count();
    let from = hit.span().start + start;
    (count >= 2).then_some(from..from + codes.len())
}
