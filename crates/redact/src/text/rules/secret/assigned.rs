//! Secrets that only the words beside them give away: forms, configuration, sentences.

use std::ops::Range;

use candor_model::FindingKind;

use super::look::is_odd;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;
use crate::text::rules::words::NO_VALUES;

const fn beside(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

/// Words for what opens something, in English, German, French, Spanish, Italian, Dutch and Portuguese.
const PASSWORD_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "passworte",
    "mot de passe",
    "mot_de_passe",
    "contraseña",
    "contrasena",
    "wachtwoord",
    "senha",
    "palavra-passe",
    "palavra passe",
    "parola d'ordine",
    "|pwd",
    "|pw:",
    "|pw=",
    "|pw ",
    "_pwd",
    "|passw|",
    "|mdp|",
    "clave de acceso",
    "codice segreto",
    "_pass|",
    "|pass|",
    "_psk|",
    "|psk|",
    "|ww|",
    "|clave|",
];

/// Words for what a machine draws.
const TOKEN_WORDS: &[&str] = &[
    "secret",
    "token",
    "api_key",
    "api-key",
    "api key",
    "apikey",
    "access_key",
    "access-key",
    "accesskey",
    "secret_key",
    "private_key",
    "client_secret",
    "auth_key",
    "encryption_key",
    "signing_key",
    "master_key",
    "webhook_secret",
    "license_key",
    "licence_key",
    "lizenzschlüssel",
    "clé api",
    "clave api",
    "chiave api",
    "api-sleutel",
    "chave api",
    "zugangscode",
    "zugriffstoken",
    "credential",
    "instrumentationkey",
    "subscriptionkey",
    "subscription_key",
    "consumer_key",
    "consumerkey",
    "authkey",
    "signingkey",
    "encryptionkey",
];

const PIN_WORDS: &[&str] = &[
    "|pin|",
    "|pin-code|",
    "|otp|",
    "|tan|",
    "|cvv|",
    "|cvc|",
    "|cvv2|",
    "|puk|",
    "kartenpin",
    "verification code",
    "security code",
    "bestätigungscode",
    "sicherheitscode",
    "code de vérification",
    "código de verificación",
    "codice di verifica",
    "verificatiecode",
    "código de verificação",
    "one-time code",
    "2fa code",
    "login code",
    "einmalcode",
    "|mfa code",
];

pub(super) const RULES: &[Rule] = &[
    beside(
        "secret.assigned",
        PASSWORD_WORDS,
        r#"(?i)_?(?:password|passwd|passphrase|passcode|passworte?|kennwort|mot[ _]de[ _]passe|contrase[ñn]a|wachtwoord|senha|palavra[ -]passe|parola d'ordine|pwd|pw|passw|mdp|clave de acceso|clave|codice segreto|pass|psk|ww)(?:[_\-]?(?:\d|hash|text|value|new|old|confirm(?:ation)?|repeat|again|plain|encrypted|enc|b64|base64|default|initial|admin|root|user|db))?["'\])]{0,2}<sp>{0,24}(?:=>|:=|==|=|:|<sp>\|<sp>)<sp>{0,24}(?:"(?:[^"\n\\]|\\.){3,200}|'[^'\n]{3,200}|`[^`\n]{3,200}|[^\s"'`]{3,200})"#,
        &[
            "password={hunter2}",
            "Passwd: {Tr0ub4dor&3} ok",
            "DB_PASSWORD={s3cr3tvalue}",
            "\"password\": \"{correct horse battery}\", ",
            "password = '{my password 7}'",
            "password = '{12.03.1985}'",
            "Passwort: {geheim123}",
            "mot de passe : {azerty12}",
            "Contraseña: {clave99}",
            "wachtwoord = {fiets!88}",
            "Senha: {abacaxi7}",
            "spring.datasource.password={s3cret}",
            "'PASSWORD': '{dj4ngo-pw}',",
            "smtp_pass: {m4ilpw}",
            "password = '{@dmin123}'",
            "password: {!Qaz2wsx}",
            "PASSWORD=\"{&Passw0rd}\"",
            "pwd = '{%Tgb6yhn}'",
            "password: '{$ecret!1}'",
            "Passwort: {<3Berlin99}",
        ],
        &[
            "Password:",
            "password = ''",
            "enter your password, please",
            "password: str",
            "password=$PASSWORD",
            "password: {{ vault_pw }}",
            "password = get_password()",
            "password: null",
            "Password: required",
            "password: ********",
            "password = os.environ['X']",
            "pass: 12 fail: 0",
            "let password = input.value;",
            "password: String,",
            "Password: Must be at least 8 characters",
            "\"settings.password\": \"Change password\",",
            "\"password\": \"Ihr altes Passwort\"",
            "password = \"0.5.0\"",
            "password = $password1",
            "password: !secret mqtt_2",
            "password = @p12",
            "password = &buf[12]",
            "password = %(db1_password)s",
            "password: '%1$s'",
            "@Value password = @param",
            "password = \"^10.5.0\"",
            "Password: ",
        ],
    )
    .checked(password),
    beside(
        "secret.assigned_token",
        TOKEN_WORDS,
        r#"(?i)(?:secret|token|api[_\- ]?key|access[_\-]?key|secret_key|private_key|client_secret|auth_key|encryption_key|signing_key|master_key|webhook_secret|licen[sc]e_key|lizenzschlüssel|clé api|clave api|chiave api|api-sleutel|chave api|zugangscode|zugriffstoken|credential|instrumentationkey|subscription_?key|consumer_?key|authkey|signingkey|encryptionkey)[A-Za-z0-9_\-]{0,20}["'\])]{0,2}<sp>{0,24}(?:=>|:=|==|=|:|\|)<sp>{0,6}(?:"[^"\n]{6,400}"|'[^'\n]{6,400}'|[^\s"'`,;<>(){}]{6,400})"#,
        &["api_key := {abcdef12}", "SECRET_KEY = '{django-x1-<a30>}'", "token: {<a24>}", "apiKey: \"{<h32>}\"", "client_secret={<a40>}"],
        &["tokens: 3", "token: String", "api_key = config.api_key", "secret: true", "token=None", "token: <your-token>", "max_tokens: 4096", "token_count: 120000", "tokenizer: bert-base-uncased2", "secretName: my-app-tls2", "token_type=bearer_token2", "token_url: https://h.example/o2/token", "--token-color-primary: #0b5fff;"],
    )
    .checked(token),
    beside(
        "secret.pin",
        PIN_WORDS,
        r"(?i)(?:(?:karten)?pin(?:-code)?|otp|tan|cvv2?|cvc|puk|verification code|security code|bestätigungscode|sicherheitscode|code de vérification|código de verificación|codice di verifica|verificatiecode|código de verificação|one-time code|2fa code|login code|einmalcode|mfa code)<sp>{0,2}(?:(?:is|ist|est|es|è|é|code)<sp>)?(?:[:=#]<sp>{0,3})?(?:\d[ \-]?){2,7}\d\b",
        &["PIN: {4711}", "Your verification code is {482 913}", "CVV {123}", "TAN: {881220}", "PIN {0815}", "Kartenpin: {4714}", "cvc {280}"],
        &["pin 3", "pin 12 of the connector", "pins 4711", "Pin to 2024", "tan(45)", "otp 2"],
    )
    .checked(pin),
    beside(
        "secret.xml",
        &["password>", "passwd>", "secret>", "apikey>", "token>", "passphrase>", "privatekey>"],
        r"(?i)(?:password|passwd|secret|apikey|token|passphrase|privatekey)>[^<\n\s]{3,200}</",
        &["<Password>{hunter2}</Password>", "<apiKey>{<a20>}</apiKey>"],
        &["<password></password>", "<token>$TOKEN</token>", "<label>Password</label>"],
    )
    .checked(element),
    beside(
        "secret.random_beside_word",
        &["key", "token", "secret", "credential", "passwd", "signature", "hmac", "geheim", "schlüssel"],
        r#"(?i)(?:key|token|secret|credential|passwd|signature|hmac|geheim|schlüssel)[A-Za-z0-9_\-]{0,20}["'\])]{0,2}(?: \[[^\]\n]{0,24}\])?(?: is)?[ \t:=>,|]{1,6}["'`]?[A-Za-z0-9+/_\-.]{20,200}={0,2}"#,
        &["secret access key {<a40>}", "AWS Secret Access Key [None]: {<a40>}", "the token is {<h40>}", "signature {<h64>}", "session_key=\"{<a32>}\""],
        &["key internationalization-guidelines-for-everyone", "the author of-all-these-very-long-words", "key /usr/share/keyrings/debian-archive-keyring.gpg", "key 2024-01-01T10:00:00.000Z-and-more"],
    )
    .checked(drawn)
    .random(3.5),
    Rule::new(
        "secret.variable_drawn",
        FindingKind::Secret,
        Gate::Before(&["="], is_variable),
        r#"[A-Z][A-Z0-9_]{3,60}=["']?(?:base64:)?[A-Za-z0-9+/_\-]{16,400}={0,2}"#,
        &["FRAME_TEST={GhVRlofEhKfNvYNd83}", "export X_LOAD='{<a40>}'", "INIT_COUNT={<h32>}"],
        &["GIT_COMMIT=<h40>", "IMAGE_SHA=<h64>", "APP_NAME=my-internal-service-2024", "BUILD_ID=<h32>", "PATH=/usr/local/bin/x1y2z3a4b5", "x=GhVRlofEhKfNvYNd83", "SESSION_COUNT=00000000000000000001"],
    )
    .checked(variable)
    .needing(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
    .random(2.8),
    beside(
        "secret.call",
        &["password(", "passwd(", "passphrase(", "passwort(", "secret(", "apikey(", "token(", "pwd(", "credentials("],
        r#"(?i)(?:password|passwd|passphrase|passwort|secret|apikey|token|pwd|credentials)\(<sp>?["'][^"'\n]{3,200}["']"#,
        &["$client->setPassword('{2LAHF9gNNWk}');", ".withToken(\"{abc-123-xyz}\")"],
        &["getPassword('db')", "hasToken(\"x1234\")", "setPassword(password)", "checkPassword('')", "label.setPassword('password')"],
    )
    .checked(argument),
    beside(
        "secret.quoted_drawn",
        &["\": \"", ": \"", "=\"", "= \"", ": '", "= '", "='"],
        r#""?[:=]{1,2} ?["'][A-Za-z0-9][A-Za-z0-9!@#$%^*~+/?&]{8,62}[A-Za-z0-9!=]["']"#,
        &["data_stream: \"{7+IlJhbe9RZ2VqpkZA5LP13ljN16k9/CPMs3X++R}\"", "x = '{mbkCo@eE@Xy}'", "\"n\": \"{kW#pQ~zR!mTb}\""],
        &["x = \"usr/share/Doc/Packages12/Examples/ReadMe1\"", "x: \"Foo@Bar.example\"", "q = \"Alice&Bob\"", "x = 'C++Builder'", "etag: \"<h40>\"", "x = \"[A-Z]+@[a-z]\"", "icon: \"iVBORw0KGgoAAAANSUhEUgAA\"", "m: \"Content/Type+Charset\""],
    )
    .checked(quoted_drawn)
    .random(3.0),
    beside(
        "secret.network",
        &["|wlan|", "|wifi|", "|wi-fi|", "new one:", "neues:", "nouveau :", "nuevo:", "nuova:", "nieuwe:", "nova:"],
        r"(?i)(?:wlan|wi-?fi|new one|neues|nouveau|nuevo|nuova|nieuwe|nova)<sp>?(?:[:=]<sp>{0,3}|<sp>)[^\s,;<>(){}\x22]{7,64}",
        &["wlan: {Ths$EFR@aJp}", "wlan {Welkom1969$}", "new one: {Sunshine768#}", "wifi: {sommer.welkom67}"],
        &["wlan: 192.168.1.20", "WLAN: 802.11ac-2020", "wifi connection", "wifi standard-2024", "new one: https://h.example/x1", "wlan interface2 is up"],
    )
    .checked(network_word),
];

/// What stands after the mark that assigns, without what opens it.
fn assigned<'a>(hit: &Hit<'a>) -> Option<(usize, &'a str)> {
    let text = hit.text();
    let mark = text.find(['=', ':', '|'])?;
    let rest = text.get(mark..)?.trim_start_matches(['=', ':', '>', '|', ' ', '\t', '\u{a0}', '\u{202f}']);
    let opened = rest.trim_start_matches(['"', '\'', '`']);
    Some((text.len() - opened.len(), opened))
}

/// Values that stand for a value, and words that say something about it.
pub(super) fn says_nothing(value: &str) -> bool {
    let bare = value.trim_end_matches(['.', ',', ';', ')', '!', '?', '"', '\'', ':', '}', ']']);
    let shown = value.chars().all(|c| "*•●.xX-_#".contains(c));
    let stands_for = stands_for(value);
    let lower = bare.to_lowercase();
    let first = lower.split([' ', '<', '(', '[', '|', '?', '&']).next().unwrap_or_default();
    bare.is_empty()
        || names_itself(&lower)
        || is_version(value)
        || shown
        || stands_for
        || NO_VALUES.contains(lower.as_str())
        || lower.contains('/') && lower.split('/').all(|part| NO_VALUES.contains(part))
        || NO_VALUES.contains(first) && !lower.contains(|c: char| c.is_ascii_digit())
}

/// Whether a value is written as what stands for a value: `$PASSWORD`, `{{ pw }}`, `%s`, `@param`, `!Ref x`, `<your token>`.
///
/// What begins with the same mark and goes on as no name of anything does is a password: `@dmin123`, `!Qaz2wsx`, `<3Berlin`.
fn stands_for(value: &str) -> bool {
    let mut chars = value.chars();
    let (Some(mark), rest) = (chars.next(), chars.as_str()) else { return false };
    match mark {
        '{' | '(' | '[' | '\\' => true,
        '<' => !rest.starts_with(|c: char| c.is_ascii_digit()),
        '%' | '@' | '!' | '&' => !is_chosen(rest),
        '$' => !is_chosen(rest) || is_identifier(rest),
        _ => false,
    }
}

/// Whether what follows a mark is one word that nobody calls a variable, a format or a tag: digits before letters, two digits
/// and more, or marks that no name has.
fn is_chosen(rest: &str) -> bool {
    const BYTES_MIN: usize = 5;
    const OF_CODE: [char; 17] =
        ['{', '}', '(', ')', '[', ']', '<', '>', '/', ':', ';', ',', '.', '|', ' ', '=', '%'];
    let word = rest.trim_end_matches(['"', '\'', '`', ',', ';', '.', ')', ']', '}', '!', '?']);
    let letters = word.contains(|c: char| c.is_ascii_alphabetic());
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let kinds: Vec<bool> = word.chars().map(|c| c.is_ascii_digit()).collect();
    let digit_first = kinds.windows(2).any(|two| matches!(two, [true, false]));
    let mark = word.contains(['!', '#', '$', '&', '*', '+', '@', '^', '~', '?']);
    word.len() >= BYTES_MIN
        && letters
        && !word.contains(OF_CODE)
        && !word.contains("->")
        && (digits >= 2 || digit_first || digits > 0 && mark)
}

fn is_identifier(word: &str) -> bool {
    word.trim_end_matches(['"', '\'', '`', ',', ';']).chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a value is the version of a package, as manifests write it: `^2.1.0`, `0.5.0`. A day of birth has more digits.
fn is_version(value: &str) -> bool {
    let bare = value.trim_end_matches(['"', '\'', ',', ';']);
    let number = bare.trim_start_matches(['^', '~']);
    let is_part = |part: &str| (1..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit());
    let shaped = number.split('.').count() == 3 && number.split('.').all(is_part);
    shaped && (number.len() < bare.len() || number.find('.') == Some(1))
}

/// Whether a text of several words speaks of passwords, as an interface does: "Change password". A passphrase has no need to.
fn names_itself(lower: &str) -> bool {
    const NAMES: [&str; 7] =
        ["password", "passwort", "kennwort", "mot de passe", "contraseña", "wachtwoord", "passphrase"];
    let words = lower.contains(' ') && lower.chars().all(|c| c.is_alphabetic() || " .,!?'’…-:".contains(c));
    words && NAMES.iter().any(|name| lower.contains(name))
}

/// Whether a value is an expression of a program.
pub(super) fn is_code(value: &str) -> bool {
    let call = (value.contains('(') || value.ends_with('['))
        && !value.starts_with('(')
        && value.contains(|c: char| c.is_ascii_alphabetic());
    let path = value.contains("::") || value.contains("->") || value.contains("[\"") || value.contains("['");
    let member = value.split('.').count() > 1
        && value.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == ';')
        });
    call || path || member
}

fn password(hit: &Hit<'_>) -> Option<Range<usize>> {
    // What passed is counted: `12 pass: 3 fail: 0`.
    let counts = hit.text().starts_with("pass")
        && hit.text().get(4..)?.starts_with(|c: char| !c.is_ascii_alphabetic())
        && hit.before().ends_with(' ');
    let (front, value) = assigned(hit)?;
    if counts && !is_odd(value) {
        return None;
    }
    let quoted = hit.text().get(..front)?.ends_with(['"', '\'', '`']);
    let end = if quoted { value.len() } else { value.trim_end_matches([',', ';', ')', ']', '}']).len() };
    let value = value.get(..end)?;
    if value.len() < 3 || says_nothing(value) || !quoted && (is_code(value) || is_type(value, hit)) {
        return None;
    }
    Some(hit.span().start + front..hit.span().start + front + end)
}

/// A capitalised or all-small word with a comma or a bracket behind it declares a member; a label of a form goes on.
fn is_type(value: &str, hit: &Hit<'_>) -> bool {
    let plain = value.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let sentence = plain
        && hit.after().starts_with(' ')
        && hit.after().trim_start().starts_with(|c: char| c.is_ascii_lowercase());
    let declared = plain && hit.text().ends_with([',', ';', ')', '}'])
        || plain && hit.after().starts_with([' ', ',', ')']) && hit.after().contains(['=', '{', ';']);
    sentence || declared
}

fn token(hit: &Hit<'_>) -> Option<Range<usize>> {
    const COUNTED: [&str; 14] = [
        "tokens",
        "token_type",
        "tokeniz",
        "token_url",
        "secretname",
        "secretref",
        "token_count",
        "token_id",
        "key_id",
        "keyid",
        "tokenis",
        "endpoint",
        "_path",
        "_file",
    ];
    let (front, value) = assigned(hit)?;
    let value = value.trim_end_matches(['.', ':', '|', ']', '"', '\'']);
    let named = hit.text().get(..front)?.to_ascii_lowercase();
    let counted = COUNTED.iter().any(|word| named.contains(word));
    let number = value.chars().all(|c| c.is_ascii_digit() || c == '.');
    let digit = value.contains(|c: char| c.is_ascii_digit());
    let colour = value
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() <= 8 && hex.chars().all(|c| c.is_ascii_hexdigit()));
    let path = colour || value.starts_with(['/', '.', '~']) || value.contains("://");
    // A place in a list: `tokens[0]`.
    let listed = value.split_once('[').is_some_and(|(list, _)| {
        !list.is_empty() && list.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
    });
    let words = value
        .split(['-', '_', '.'])
        .all(|part| part.chars().all(|c| c.is_ascii_alphabetic()) || part.len() < 4);
    if counted
        || number
        || !digit && !is_cased_run(value)
        || path
        || listed
        || words && value.len() > 12 && !is_cased_run(value)
        || says_nothing(value)
        || is_code(value)
    {
        return None;
    }
    Some(hit.span().start + front..hit.span().start + front + value.len())
}

fn pin(hit: &Hit<'_>) -> Option<Range<usize>> {
    // "2FA" and "CVV2" hold a digit themselves.
    let named = if hit.text().starts_with('2') {
        1
    } else {
        hit.text().to_ascii_lowercase().find("cvv2").map_or(0, |at| at + 4)
    };
    let digit = named + hit.text().get(named..)?.find(|c: char| c.is_ascii_digit())?;
    let is_upper = hit.text().starts_with(|c: char| c.is_ascii_uppercase()) || hit.text().contains(' ');
    let marked = hit.text().get(..digit)?.contains([':', '=', '#'])
        || hit.text().get(..digit)?.trim_end().ends_with(|c: char| c.is_ascii_uppercase())
        || hit.text().len() > 16;
    let goes_on = hit.after().starts_with(['.', ',', '-', ':', '/'])
        && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let digits = hit.text().get(digit..)?.chars().filter(char::is_ascii_digit).count();
    let of_card = ["cvc", "cvv"].iter().any(|word| hit.text().starts_with(word)) && digits <= 4;
    ((is_upper && marked || of_card) && !goes_on && (3..=8).contains(&digits))
        .then(|| hit.without_front(digit))
        .flatten()
}

/// What names of variables are written with.
const fn is_variable(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

/// A drawn value of a variable whose name does not say that it is the name of a thing.
fn variable(hit: &Hit<'_>) -> Option<Range<usize>> {
    const NAMES_A_THING: [&str; 16] = [
        "SHA", "HASH", "MD5", "COMMIT", "REV", "BUILD", "DIGEST", "SUM", "_ID", "VERSION", "PATH", "URL",
        "UUID", "ETAG", "NAME", "FILE",
    ];
    let (name, value) = hit.text().split_once('=')?;
    let value = value.trim_start_matches(['"', '\'']);
    let start = hit.text().len() - value.len();
    let bare = value.trim_end_matches('=');
    let opens = !hit.before().ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
    let drawn =
        bare.split(['-', '_', '/', '+']).any(|run| run.len() >= 12 && is_mixed_run(run) || is_cased_run(run));
    let named = NAMES_A_THING.iter().any(|word| name.contains(word));
    let path = bare.starts_with('/') && bare.split('/').skip(1).all(|part| part.len() < 12);
    (opens && drawn && !named && !path).then(|| hit.without_front(start)).flatten()
}

/// Whether small letters and capitals change often in a run of letters, as they do in no word.
pub(super) fn is_cased_run(run: &str) -> bool {
    let cases: Vec<bool> =
        run.chars().filter(char::is_ascii_alphabetic).map(|c| c.is_ascii_uppercase()).collect();
    run.len() >= 12 && cases.windows(2).filter(|w| w.first() != w.last()).count() >= 6
}

/// What a call sets: a call that asks sets nothing.
fn argument(hit: &Hit<'_>) -> Option<Range<usize>> {
    const ASKS: [&str; 10] =
        ["get", "has", "is", "check", "find", "validate", "hash", "verify", "label", "assert"];
    let open = hit.text().find(['"', '\''])?;
    let value = hit.text().get(open + 1..)?.trim_end_matches(['"', '\'']);
    let name =
        hit.before().rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?.to_ascii_lowercase();
    let asks = ASKS.iter().any(|word| name.starts_with(word));
    let start = hit.span().start + open + 1;
    (!asks && value.len() >= 3 && !says_nothing(value)).then_some(start..start + value.len())
}

/// A value in quotes that a machine drew, whatever it is called: forty characters of base64 as keys of clouds are, or letters
/// of both cases with marks inside that change all the time.
fn quoted_drawn(hit: &Hit<'_>) -> Option<Range<usize>> {
    const KEY_BYTES: usize = 40;
    const CHANGES_MIN: usize = 6;
    const MARKED_BYTES_MAX: usize = 24;
    let body = hit.text().get(..hit.text().len().checked_sub(1)?)?;
    let open = body.rfind(['"', '\''])?;
    let value = body.get(open + 1..)?;
    let has = |is: fn(char) -> bool| value.contains(is);
    let cased = has(|c| c.is_ascii_lowercase()) && has(|c| c.is_ascii_uppercase());
    let digit = has(|c| c.is_ascii_digit());
    let is_key = value.len() == KEY_BYTES
        && digit
        && value.contains(['+', '/'])
        && value.split('/').all(|part| part.is_empty() || !part.chars().all(|c| c.is_ascii_lowercase()))
        && super::look::changes(value) >= KEY_BYTES / 3
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "+/".contains(c));
    let inside = value.get(1..value.len().checked_sub(1)?)?;
    let is_marked = value.len() <= MARKED_BYTES_MAX
        && inside.contains(['!', '@', '#', '$', '^', '*', '~', '?', '&', '%'])
        && !value.contains('/')
        && super::look::changes(value) >= CHANGES_MIN
        && super::look::capitals_inside(value) >= 2;
    (cased && (is_key || is_marked)).then(|| {
        let start = hit.span().start + open + 1;
        start..start + value.len()
    })
}

/// A word that people take for the password of a network: letters with digits or marks among them.
fn network_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind([' ', '\t', '\u{a0}', '\u{202f}', ':', '='])?;
    let start = start + text.get(start..)?.chars().next().map_or(1, char::len_utf8);
    let value = text.get(start..)?.trim_end_matches(['.', '?', ':']);
    let said = text.get(..start)?.contains([':', '=']);
    let letters = value.contains(|c: char| c.is_alphabetic());
    let digits = value.contains(|c: char| c.is_ascii_digit());
    let marks = value.contains(['!', '#', '$', '%', '&', '*', '?', '@', '^', '~', '+']);
    let parts = value
        .split(['-', '_'])
        .all(|p| p.chars().all(|c| c.is_ascii_digit()) || p.chars().all(|c| c.is_ascii_lowercase()));
    let other = value.contains("://")
        || value.contains('/')
        || value.starts_with(|c: char| c.is_ascii_digit()) && value.contains('.');
    let drawn = letters && (marks && value.len() > 6 || digits && said && !parts && value.len() > 7);
    (drawn && !other && !says_nothing(value))
        .then(|| hit.span().start + start..hit.span().start + start + value.len())
}

fn element(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (name, value) = hit.text().split_once('>')?;
    let value = value.strip_suffix("</")?;
    let start = hit.span().start + name.len() + 1;
    (!says_nothing(value)).then_some(start..start + value.len())
}

/// A long value of mixed characters: no path, no date, no row of words.
fn drawn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let token = hit.text().split([' ', '\t', ':', '>', ',', '"', '\'', '`', '|']).next_back()?;
    let token = token.trim_start_matches('=');
    let mixed =
        token.contains(|c: char| c.is_ascii_digit()) && token.contains(|c: char| c.is_ascii_alphabetic());
    let longest = token.split(['-', '.', '_', '/']).map(str::len).max()?;
    let random =
        token.len() >= 20 && mixed && longest >= 16 && !token.starts_with(['/', '.']) && is_mixed_run(token);
    random.then(|| hit.without_front(hit.text().len() - token.len())).flatten()
}

/// Whether some run of letters and digits of a token changes between both often, as drawn values do.
fn is_mixed_run(token: &str) -> bool {
    token.split(['-', '.', '_', '/']).any(|run| {
        let kinds: Vec<bool> = run.chars().map(|c| c.is_ascii_digit()).collect();
        kinds.windows(2).filter(|w| w.first() != w.last()).count() >= 4
    })
}
