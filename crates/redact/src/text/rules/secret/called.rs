//! Secrets in programs: what a call is given, what a statement sets.

use std::ops::Range;

use candor_model::FindingKind;

use super::assigned::says_nothing;
use super::named::Named;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn call(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

pub(super) const RULES: &[Rule] = &[
    call(
        "secret.statement",
        &["identified by", "with password", "password for ", "= password(", "encrypted password", "password to '", "using 'password"],
        r#"(?i)(?:identified (?:with \w{3,40} )?by(?: password)?|(?:with|encrypted) password(?:<sp>?=)?|password for [^=\n]{2,60}=(?:<sp>?password\()?|= password\(|password to)<sp>{0,2}['"][^'"\n]{3,200}['"]"#,
        &["CREATE USER app IDENTIFIED BY '{hunter2}';", "ALTER USER app WITH PASSWORD '{pa55}'", "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('{geheim1}');"],
        &["IDENTIFIED BY ''", "with password 'password'", "with password \"${PW}\""],
    )
    .checked(last_quoted),
    call(
        "secret.defined",
        &["define(", "setproperty(", "putstring(", "setenv(", "environ[", ".set(", ".put(", "config[", "setitem(", "getenv(", ".add(\"", ".append("],
        r#"(?i)(?:define|setproperty|putstring|setenv|\.set|\.put|\.add|\.append|setitem|getenv|environ|config)[(\[]<sp>?["'][A-Za-z0-9_.\- ]{0,40}(?:password|passwd|_pass|pwd|secret|token|api_?key|api-key|apikey|auth_?key|auth_salt|secure_auth_key|logged_in_key|nonce_key|_salt|_key|passphrase|credential)[A-Za-z0-9_.\-]{0,20}["'](?:\]?<sp>?[,=:]|,)<sp>{0,3}["'][^"'\n]{3,200}["']"#,
        &["define('DB_PASSWORD', '{hunter2}');", "System.setProperty(\"db.password\", \"{pa55}\");", "os.environ[\"API_SECRET\"] = \"{k1k2k3}\"", "config.set('secret', '{geheim1}')"],
        &[
            "define('DB_HOST', 'db1')",
            "map.put(\"password\", \"\")",
            "os.getenv('PASSWORD', 'none')",
            "headers.set('token', '${t}')",
            "map.put(\"sort_key\", \"created_at\")",
            "attributes.put(\"foreign_key\", \"customer_2\")",
            "node.set(\"token\", \"identifier\")",
            "strings.put(\"password_label\", \"Kennwort eingeben\")",
        ],
    )
    .checked(defined),
    call(
        "secret.typed",
        &["\"password\")", "'password')", "#password", "#pass", "\"pass\")", "'pass')", "name=password", "name='password'", "name=\"password\"", "passwordfield", "passwordinput", "password_field", "password_input", "txtpassword"],
        r#"(?i)["'#]?(?:name=["']?)?(?:txt)?pass(?:word|wd)?[A-Za-z_\-]{0,16}["'\])]{0,4}(?:<sp>?,<sp>?|\.(?:send_keys|sendkeys|type|fill|settext|setvalue|set_value|sendtext|clear_and_type|entertext|typetext|input)\()<sp>?["'][^"'\n]{3,120}["']"#,
        &["find_element(By.ID, \"password\").send_keys(\"{hunter2}\")", "cy.get('#password').type('{geheim1}')", "page.fill('#pass', '{pa55x}');"],
        &["hash_password(\"my_password\", \"abcd\")", "find_element(By.ID, \"password\").send_keys(pw)", "cy.get('#password').type('')", "t('password', 'Password')", "page.fill('#password', 'password')"],
    )
    .checked(typed),
    call(
        "secret.argument_pair",
        &["auth=(", "auth=[", "auth = (", "auth = [", "auth: [", "auth: (", ".login(", "networkcredential(", "basicauth(", "basic_auth(", "httpbasicauth(", "usernamepassword", "plainauth(", "setbasicauth(", "authenticate(", "signin(", "sign_in(", ".connect(", "getconnection(", "asplaintext", "converttosecurestring", "convertto-securestring"],
        r#"(?i)(?:auth<sp>?[=:]<sp>?|\.login|networkcredential|(?:http)?basic_?auth|usernamepassword[a-z]{0,20}|plainauth|setbasicauth|authenticate|sign_?in|\.connect|getconnection)[(\[]<sp>?(?:[^"'()\n]{0,40},<sp>?)?(?:["'][^"'\n]{0,120}["'],<sp>?){0,2}["'][^"'\n]{3,120}["']<sp>?[,)\]]"#,
        &["auth = (\"carla\", \"{Citron32!}\")", "requests.get(url, auth=('bob', '{hunter2}'))", "smtp.login(user, \"{pa55}\")", "new NetworkCredential(\"svc\", \"{geheim1}\")"],
        &["client.connect('broker.example.test')", "smtp.login(user, password)", "auth=('bob', 'password')", "db.connect(\"localhost\", \"3306\")"],
    )
    .checked(second_argument),
    call(
        "secret.secure_string",
        &["convertto-securestring "],
        r#"(?i)convertto-securestring<sp>{1,2}(?:-string<sp>)?["'][^"'\n]{3,120}["']"#,
        &["ConvertTo-SecureString \"{hunter2}\" -AsPlainText -Force"],
        &["ConvertTo-SecureString $pw -AsPlainText", "ConvertTo-SecureString ''"],
    )
    .checked(last_quoted),
    call(
        "secret.fallback",
        &[" || '", " || \"", " ?? '", " ?? \""],
        r#" (?:\|\||\?\?) ["'][^"'\n]{4,200}["']"#,
        &["password: process.env.PW || '{hunter2}',", "const token = env.API_TOKEN ?? \"{k1k2k3}\""],
        &[
            "name = env.NAME || 'dana'",
            "password = x || ''",
            "stepwise = o.mode || 'linear'",
            "const upward = direction ?? \"north\"",
            "token.kind ?? \"word\"",
            "const token = next() ?? \"identifier\"",
            "errors.password || 'Ungueltig'",
            "tokenizer: options.tokenizer || 'bert-base-2'",
            "label: props.password ?? \"Kennwort eingeben\"",
        ],
    )
    .checked(fallback),
    call(
        "secret.compared",
        &["token ==", "password ==", "secret ==", "apikey ==", "api_key ==", "pwd ==", "pin ==", "key ==", "token !=", "password !=", "passphrase =="],
        r#"(?i)(?:token|password|secret|api_?key|pwd|pin|passphrase|key)<sp>?[!=]==?<sp>?["'][^"'\n]{4,200}["']"#,
        &["if (token === \"{k1k2k3k4}\") return", "if password == '{hunter2}':"],
        &["if (password == \"\")", "token == 'null'", "key == 'Enter'", "token == \"identifier\"", "key === 'ArrowUp'"],
    )
    .checked(odd_quoted),
];

/// Where the text between the last two quotes is.
fn quoted<'a>(hit: &Hit<'a>) -> Option<(usize, &'a str)> {
    let text = hit.text();
    let close = text.rfind(['"', '\''])?;
    let start = text.get(..close)?.rfind(['"', '\''])? + 1;
    Some((start, text.get(start..close)?))
}

fn last_quoted(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (start, value) = quoted(hit)?;
    let start = hit.span().start + start;
    (!says_nothing(value)).then_some(start..start + value.len())
}

/// What is typed into a field, or is the argument after its name.
fn typed(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, value) = quoted(hit)?;
    let digit = value.contains(|c: char| c.is_ascii_digit() || "!#$%&*".contains(c));
    (hit.text().contains('(') || digit).then(|| last_quoted(hit)).flatten()
}

/// The last argument, if it could be what opens something and not where.
fn second_argument(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, value) = quoted(hit)?;
    let arguments = hit.text().matches(',').count() > usize::from(hit.text().ends_with(','));
    let place = value.chars().all(|c| c.is_ascii_digit())
        || value.contains("://")
        || value.starts_with('/')
        || value.contains(' ');
    (arguments && !place).then(|| last_quoted(hit)).flatten()
}

/// What a call sets under the name in its first quotes.
fn defined(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, value) = quoted(hit)?;
    let name = hit.text().split(['"', '\'']).nth(1)?;
    Named::by(name).allows(value).then(|| last_quoted(hit)).flatten()
}

/// What stands in for a secret that is not set: the name that is set says so, or the one that is asked.
fn fallback(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, value) = quoted(hit)?;
    let is_name = |c: char| c.is_alphanumeric() || "_.-$?[]'\"".contains(c);
    let mut names = hit.before().rsplit(|c: char| !is_name(c)).filter(|name| !name.is_empty()).map(Named::by);
    let (asked, set) = (names.next()?, names.next().unwrap_or(Named::Other));
    // A person's password is one word; a text with spaces is shown to one.
    let says = asked.max(set);
    let shown = says == Named::Chosen && value.contains(' ');
    (says.allows(value) && !shown).then(|| last_quoted(hit)).flatten()
}

fn odd_quoted(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (_, value) = quoted(hit)?;
    let marked = value.contains(|c: char| c.is_ascii_digit() || "!#$%&*".contains(c));
    (super::look::is_odd(value) && marked).then(|| last_quoted(hit)).flatten()
}
