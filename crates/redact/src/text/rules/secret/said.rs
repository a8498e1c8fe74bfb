//! Passwords in sentences, in seven languages.

use std::ops::Range;

use candor_model::FindingKind;

use super::assigned::is_cased_run;
use super::look::{Said, is_closing_number, is_drawn, is_odd, is_very_odd};
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn said(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

/// What people call a password.
const NAMES: &[&str] = &[
    "password",
    "passphrase",
    "passcode",
    "passwd",
    "passwort",
    "kennwort",
    "mot de passe",
    "|mdp|",
    "contraseña",
    "contrasena",
    "|clave|",
    "wachtwoord",
    "|ww|",
    "|senha",
    "palavra-passe",
    "palavra passe",
    "|pw|",
    "|pwd|",
    "|pass|",
    "|psk|",
    "losungswort",
    "parola d'ordine",
    "mots de passe",
];

pub(super) const RULES: &[Rule] = &[
    said(
        "secret.said",
        NAMES,
        r#"(?i)(?:password|passphrase|passcode|passwd|passwort|kennwort|mots? de passe|mdp|contrase[ñn]a|clave|wachtwoord|ww|senha|palavra[ -]passe|pwd?|pass|psk|losungswort|parola d'ordine)s?(?:<sp>{1,2}[^\s:=,;.!?"<>(){}\[\]]{1,20}){0,6}?(?:<sp>{0,2}(?:=>|->|[:=])|<sp>(?:is now|ist jetzt|is|was|ist|lautet jetzt|lautet|war|est|c['’]est|es|era|è|é|to|auf|zu|naar|para|op|staat(?: nu)? op|hei(?:ß|ss)t|wordt|will be|wird|sera|será|sarà|in)<sp>?:?|,<sp>(?:it['’]?s|it is|now|jetzt|es ist|c['’]est|es))<sp>{0,3}["'“„«‘`]?[^\s"“”„«»`]{4,80}"#,
        &[
            "the password is {hunter2}",
            "das Passwort ist {geheim!1}",
            "le mot de passe est {Azerty12}",
            "The password for the wifi is {Sommer2024!}",
            "la contraseña es {Clave_99}",
            "das Passwort lautet {kaffee-tasse88}.",
            "pw for the test box is {xK9mPvL}",
            "le mdp c'est {Soleil!7}, ok ?",
            "New password for jdoe: {Tiger_1999}",
            "I changed the password to {Kaktus#44}",
            "senha do wifi: {praia22}",
            "ww is {fiets88}",
            "Passwort vom NAS ist '{blau77Wal}'",
            "the password is {84720193}",
            "the password is {2024}",
        ],
        &[
            "the password is wrong",
            "your password is required.",
            "the password was changed",
            "Passwort ist falsch",
            "the password is case-sensitive",
            "the password is 12 characters long",
            "the password is 2048 characters long",
            "pw is the same as before",
            "I set the password to expire in 90 days",
            "the password was sent to dana@mail.example.test",
            "Mot de passe : requis",
            "password is hashed with SHA-256",
            "pass 12: ok",
            "We pass our count to `poll_inner2`",
            "The bill did not pass in 2024.",
            "The password policy was written in 2019",
        ],
    )
    .checked(told),
    said(
        "secret.said_beside",
        &["password", "passwort", "kennwort", "mot de passe", "|mdp|", "contraseña", "wachtwoord", "|senha|", "palavra-passe", "|pw|", "passphrase", "|pass "],
        r#"(?i)(?:password|passwort|kennwort|mot de passe|mdp|contraseña|wachtwoord|senha|palavra-passe|pw|passphrase|pass)(?:<sp>(?:wifi|wlan|admin|root|gast|guest))?,?(?:<sp>|\t|<sp>[\-–—]<sp>|<sp>?\.{3,40}<sp>?){1,16}["'“„«‘`]?[^\s"“”„«»`]{6,80}"#,
        &[
            "username guest, password {Sommer2024!}",
            "Login admin, Passwort {geheim123}",
            "the zip is locked, password {xK9#mP2}.",
            "mdp wifi {Azerty!12}",
            "(pw {Tiger99x})",
            "Password ........ {Berlin495}",
            "the password - {Kaktus579}",
            "Password\t{xUOpMLx7}",
            "login root, pw {Giraffe_Praia89}",
        ],
        &[
            "password VARCHAR(255)",
            "password release-2024",
            "password sha256",
            "password is required",
            "the pw 123456",
            "password user_name2",
            "password dana@mail.example.test",
        ],
    )
    .checked(beside),
    said(
        "secret.in_company",
        &["password", "passwort", "kennwort", "mot de passe", "|mdp|", "contraseña", "wachtwoord", "|senha|", "palavra-passe", "|pw|", "passwd", "|pass|", "|creds", "credential", "zugangsdaten", "|login|", "|vpn|", "|rdp|", "|ssh|", "|sftp|", "|ftp|"],
        r"(?i)<letter>[^\n]{8,110}",
        &["the VPN password changed, it's {xK9#mP2vL} now", "FTP: user web42, pass {WPt$duv9o0}, port 21", "rdp 10.0.0.5 Administrator / {U6NoQj5KpGyY9V6}"],
        &["password hashing with PBKDF2WithHmacSHA256", "the ssh key of getUser2FaToken", "login page, see Figure2a of RFC6749", "password input #pw-field2 in form.tsx", "login <user@host2.example.test>"],
    )
    .checked(in_company),
    said(
        "secret.root_pair",
        &["|root:", "|root /", "|root/", "|admin:", "|admin/", "|administrator", "|guest:", "|guest/", "|gast:", "|gast/", "|postgres:", "|oracle:", "|sa:", "|sa/", "|ubuntu:", "|pi:"],
        r#"(?i)(?:root|admin|administrator|guest|gast|postgres|oracle|sa|ubuntu|pi)(?:<sp>[/|]<sp>|[:/])[^\s"'`<>,;|:/]{6,64}"#,
        &["connect with root:{Amore714}", "BASIC_AUTH=admin:{geheim1}", "Administrator / {blau77Wal}"],
        &["root:root", "admin/users2/x", "admin:admin", "root:x:0:0", "sa:1433", "admin/index2.html", "admin:v2.1.0"],
    )
    .checked(root_pair),
    said(
        "secret.network_key",
        &["wifi", "wi-fi", "wlan", "|wpa", "|ssid", "netzwerkschlüssel", "netzwerkkey", "network key", "gastnetz", "guest network", "clé réseau", "clave de red", "chiave di rete"],
        r"(?i)<letter>[^\n]{8,96}",
        &[
            "guest wifi key {TQnG!megf85}",
            "WLAN-Schlüssel: {test1234}",
            "Netzwerkschlüssel {5826203807211081}",
            "WiFi: Gast-WLAN / {soleil.fiets50}",
            "SSID: Office-Guest, key: {Summer#Autumn94}",
            "clé WPA : {Tq6G4HswvVIlMDd7}",
            "code wifi {Berlin387}",
        ],
        &["wifi network name Office2024", "WLAN 802.11ac-2020", "wifi is at 192.168.100.20", "wlan interface2 is up", "network address 10.0.0.0/24", "network interface eth0.1234", "ssid hidden", "network request took 12345678 ms", "network 2001:db8:1:2"],
    )
    .checked(network_key),
    said(
        "secret.phrase",
        &["passphrase", "pass phrase", "passsatz", "merksatz", "phrase secrète", "phrase de passe", "frase de paso", "frase segreta", "wachtzin", "frase secreta"],
        r#"(?i)(?:pass ?phrase|passsatz|merksatz|phrase (?:secrète|de passe)|frase (?:de paso|segreta|secreta)|wachtzin)[^\n:="]{0,40}[:=]<sp>{0,3}["'“„«]?[a-zà-ÿ]{2,14}(?:[ \-][a-zà-ÿ0-9]{2,14}){2,11}"#,
        &["passphrase for the backup: {correct horse battery staple}", "Passphrase: \"{purple monkey dishwasher 42}\""],
        &["passphrase: see vault", "passphrase: required"],
    )
    .checked(after_mark),
    said(
        "secret.said_token",
        &["token", "|jeton", "api key", "api-key", "apikey", "|api-schlüssel", "access key", "|clé", "|clave", "|chiave", "|sleutel", "|chave", "|key|", "|schlüssel", "|ficha|", "|secret|", "session id", "session-id"],
        r#"(?i)(?:(?:api|access|session)[ \-]?)?(?:token|jeton|key|schlüssel|clé|clave|chiave|sleutel|chave|secret|id)s?(?:<sp>{1,2}[^\s:=,;.!?"<>(){}\[\]]{1,20}){0,6}?(?:<sp>{0,2}[:=]|<sp>(?:is|ist|lautet|est|es|è|é))?<sp>{1,3}["'“„«‘`]?[A-Za-z0-9+/_\-]{20,200}={0,2}"#,
        &["le jeton est {<h40>}", "Mein API-Token lautet {<a40>}", "the key you asked for: {<a40>}", "session id {<h32>}"],
        &["key internationalization-guidelines", "the secret of-all-these-very-long-words", "token 2024-01-01T10-00-00-and-more", "the key is /usr/share/keyrings/debian", "public key fingerprint <h40>", "key commit <h40>"],
    )
    .checked(token)
    .random(3.0),
    said(
        "secret.set_to",
        &["reset it to ", "set it to ", "changed it to ", "change it to ", "is now ", "geändert auf ", "gesetzt auf ", "geändert in ", "changé en ", "remplacé par ", "cambiado a ", "cambiata in ", "gewijzigd in ", "alterada para "],
        r#"(?i)(?:(?:reset|set|changed?) it to|is now|(?:geändert|gesetzt) auf|geändert in|changé en|remplacé par|cambiado a|cambiata in|gewijzigd in|alterada para)<sp>["'“„«‘`]?[^\s"“”„«»`]{6,80}"#,
        &["I reset it to {Kaktus#44x}, please change it", "es ist geändert auf {Blumen_99!}", "it is now '{tiger.kaffee77Q}'"],
        &["I reset it to factory defaults", "set it to version2", "it is now v2.1.3", "changed it to UTF-8", "set it to 2048x1024", "is now 12.5MB", "set it to utf8mb4", "is now available-2024"],
    )
    .checked(set_to),
    said(
        "secret.as_password",
        &["as password", "as the password", "as pw", "as passphrase", "als passwort", "als kennwort", "comme mot de passe", "como contraseña", "come password", "als wachtwoord", "como senha", "como palavra-passe"],
        r"(?i)(?:as (?:the )?(?:password|passphrase|pw)|als (?:passwort|kennwort|wachtwoord)|comme mot de passe|como (?:contraseña|senha|palavra-passe)|come password)\b",
        &["use {Kaktus#44} as password", "nimm {blau77wal} als Passwort", "use '{tiger-12-x}' as the password"],
        &["use it as password", "use email as password hint", "stored as password"],
    )
    .checked(before),
    said(
        "secret.login_pair",
        &[
            "|login", "|log in", "|creds", "credentials", "zugang", "anmelde", "|user", "benutzer", "identifiant", "utilisateur", "usuario",
            "usuário", "|utente", "credenziali", "credenciales", "credenciais", "gebruiker", "|inlog", "utilizador", "|accès ", "|acceso ", "|acesso ", "|account:", "|admin ", "|admin:",
        ],
        r#"(?i)(?:log ?in|creds?|credentials|zugang(?:sdaten)?|anmelde(?:daten|name)|user(?:name|id)?|benutzer(?:name)?|identifiants?|utilisateur|usuario|usuário|utente|credenziali|credenciales|credenciais|gebruiker(?:snaam)?|inlog(?:gegevens)?|utilizador|accès|acceso|acesso|account|admin)(?:/<letter>{2,10})?(?:<sp>(?:are|is|sind|ist|lauten|with|as|mit|als|avec|con|met|com|son|sono|zijn|são|sont))?(?:<sp>{0,2}[:=]<sp>{0,3}|<sp>{1,3})["'`]?(?:[A-Za-z0-9._@\\+\-]{2,40}["'`]?(?:<sp>?[/|:]<sp>?|<sp>(?:and|und|et|y|e|en)<sp>)|[/|]<sp>?)["'`]?[^\s"'`<>,;|]{4,64}"#,
        &[
            "login: admin / {hunter2}",
            "log in with admin / {Sommer2024!}",
            "creds: svc:{tR4ub4dor}",
            "Zugangsdaten: gast / {blau77}",
            "credentials are svc_backup / {Kaktus44x}",
            "User/Pass: guest/{tiger99}",
            "admin / {hunter2}",
        ],
        &[
            "log in with admin / root privileges",
            "User/Pass: optional/required",
            "user root:x:0:0:root:/root",
            "login 10:30:00",
            "user 1000:1000",
            "login: success / failure",
            "account 12/2024",
            "user-agent: curl/8.5.0",
            "user: acme/frontend2",
            "admin/users/list2",
            "username : web/app-v2",
            "user agent Mozilla/5.0",
        ],
    )
    .checked(pair),
    said(
        "secret.user_and_pass",
        &["|u:", "|usr:", "|user:", "|id:"],
        r#"(?i)(?:u|usr|user|id):<sp>?[^\s:]{1,40}[,;]?<sp>{1,3}(?:p|pass|psw|pw):<sp>?[^\s"'<>]{3,64}"#,
        &["u: bob p: {hunter2}", "User:guest pass:{blau}"],
        &["u: 1 v: 2", "user: bob page: 3"],
    )
    .checked(last),
];

/// The value behind a verb or a mark: any odd word, and a number that ends what is said.
fn told(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let word = Said::last_word(text)?;
    let head = text.get(..word.start)?.trim_end_matches(super::look::OPENING);
    let glued = head.is_empty() || !head.ends_with([':', '=', '>']) && word.text.contains([':', '=']);
    let marked = |word: &Said<'_>| {
        let mark = word.text.find([':', '='])?;
        let named = word.text.get(..mark)?.chars().all(char::is_alphabetic);
        named.then(|| Said::at(text, word.start + mark + 1)).flatten()
    };
    let value = if glued { marked(&word).unwrap_or(word) } else { word };
    // What is passed to something is no password.
    let passed = text.get(..4).is_some_and(|t| t.eq_ignore_ascii_case("pass"))
        && text.get(4..).is_some_and(|t| t.starts_with(' '))
        && head.trim_end_matches('`').trim_end().ends_with("to");
    let fits = !passed
        && !is_dated(head, value.text)
        && value.text.len() >= 4
        && (is_odd(value.text) || is_closing_number(value.text, hit));
    fits.then(|| value.range(hit))
}

/// Whether a number is the year in which something happened: "the bill did not pass in 2024".
fn is_dated(head: &str, value: &str) -> bool {
    let year = value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    year && head.trim_end().to_ascii_lowercase().ends_with(" in")
}

fn beside(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = Said::last_word(hit.text())?;
    let cased = value.text.contains(char::is_uppercase) && value.text.contains(char::is_lowercase);
    let words = value.text.contains('_') && !value.text.contains(['!', '#', '$', '%']);
    let pass = hit.text().get(..4).is_some_and(|t| t.eq_ignore_ascii_case("pass"))
        && hit.text().get(4..)?.starts_with([' ', ',']);
    if pass && !(cased && value.text.len() >= 8) {
        return None;
    }
    let ends = value.text.chars().rev().take_while(char::is_ascii_digit).count();
    let joined = words && (cased && ends > 0 || ends >= 2) && is_odd(value.text);
    (!words && is_very_odd(value.text) || joined).then(|| value.range(hit))
}

/// What something was set to, where the line speaks of passwords or the value is like no other.
fn set_to(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = Said::last_word(hit.text())?;
    let line = hit.before().to_lowercase();
    let spoken = ["passw", "kennwort", "mot de passe", "contraseña", "wachtwoord", "senha", " pw"];
    let of_passwords = spoken.iter().any(|word| line.contains(word));
    let mixed = value.text.contains(char::is_uppercase)
        && value.text.contains(char::is_lowercase)
        && value.text.len() >= 8;
    (is_very_odd(value.text) && (of_passwords || mixed)).then(|| value.range(hit))
}

/// The first drawn word of what follows a word for logging in.
fn in_company(hit: &Hit<'_>) -> Option<Range<usize>> {
    words_after(hit.text()).find(|value| is_drawn(value.text)).map(|value| value.range(hit))
}

/// What stands behind the name of an account that every system has.
fn root_pair(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let mark = text.find([':', '/', '|'])?;
    let value = Said::at(text, mark + 1)?;
    let goes_on = hit.after().starts_with(['/', ':', '|']);
    let file = value.text.contains('.')
        && value
            .text
            .rsplit('.')
            .next()
            .is_some_and(|end| end.len() <= 4 && end.chars().all(char::is_alphabetic));
    (!goes_on && !file && is_very_odd(value.text)).then(|| value.range(hit))
}

/// The key of a network: eight characters and more, odd where a mark or a word for a key stands before it.
fn network_key(hit: &Hit<'_>) -> Option<Range<usize>> {
    const KEYS: [&str; 12] = [
        "key",
        "schlüssel",
        "clé",
        "clave",
        "chiave",
        "sleutel",
        "chave",
        "psk",
        "pass",
        "pw",
        "code",
        "wpa",
    ];
    words_after(hit.text()).find_map(|value| {
        let head = hit.text().get(..value.start)?.to_lowercase();
        let before = hit.before().to_lowercase();
        let keyed = KEYS.iter().any(|word| head.contains(word) || before.trim_end().ends_with(word));
        let marked = head.trim_end().ends_with([':', '/', '=']);
        let digits = value.text.chars().all(|c| c.is_ascii_digit());
        let place = value.text.chars().all(|c| c.is_ascii_hexdigit() || ".:/".contains(c))
            && value.text.contains(['.', ':']);
        let digit =
            value.text.contains(|c: char| c.is_ascii_digit()) || value.text.contains(['!', '#', '$', '%']);
        let fits = if keyed || marked {
            is_odd(value.text) && digit || keyed && digits
        } else {
            is_drawn(value.text)
        };
        let least = if marked { 6 } else { 8 };
        (value.text.len() >= least && fits && !place).then(|| value.range(hit))
    })
}

/// The words of `text` but for the first, what names a value before `:` or `=` left off.
fn words_after(text: &str) -> impl Iterator<Item = Said<'_>> {
    const BETWEEN: [char; 11] = [' ', '\t', '"', '\'', '`', '<', '>', ',', ';', '|', '\u{a0}'];
    let mut from = 0;
    text.split_inclusive(BETWEEN).filter_map(move |word| {
        let at = from;
        from += word.len();
        let bare = word.trim_end_matches(BETWEEN);
        let skip = bare.rfind([':', '=']).filter(|mark| mark + 1 < bare.len()).map_or(0, |mark| mark + 1);
        let skip = if at == 0 && skip == 0 { return None } else { skip };
        Said::at(text.get(..at + bare.len())?, at + skip)
    })
}

fn after_mark(hit: &Hit<'_>) -> Option<Range<usize>> {
    let mark = hit.text().find([':', '='])?;
    Some(Said::at(hit.text(), mark + 1)?.range(hit))
}

/// A long value of letters and digits that a machine drew.
fn token(hit: &Hit<'_>) -> Option<Range<usize>> {
    const OTHER: [&str; 9] =
        ["fingerprint", "commit", "public", "hash", "checksum", "sha", "md5", "primary", "digest"];
    let value = Said::last_word(hit.text())?;
    let head = hit.text().get(..value.start)?.to_lowercase();
    let other = OTHER
        .iter()
        .any(|word| head.contains(word) || hit.before().to_lowercase().ends_with(&format!("{word} ")));
    let runs = |text: &str| {
        text.split(['-', '_', '/']).any(|run| run.len() >= 12 && (changes_often(run) || is_cased_run(run)))
    };
    (!other && value.text.len() >= 20 && !value.text.starts_with(['/', '-']) && runs(value.text))
        .then(|| value.range(hit))
}

fn changes_often(run: &str) -> bool {
    let digits: Vec<bool> = run.chars().map(|c| c.is_ascii_digit()).collect();
    digits.windows(2).filter(|w| w.first() != w.last()).count() >= 4
}

/// The word before.
fn before(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.before().trim_end();
    let value = Said::last_word(text)?;
    (value.text.len() >= 4 && is_odd(value.text)).then(|| value.start..value.start + value.text.len())
}

/// What stands behind the name of a user and a stroke or a colon.
fn pair(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let mark = text.rfind([' ', '/', '|', ':', '"', '\'', '`', '\u{a0}'])?;
    let value = Said::at(text, mark + text.get(mark..)?.chars().next()?.len_utf8())?;
    let spaced = text.get(..mark).is_some_and(|t| t.ends_with(['/', '|', ':', 'd', 't', 'y', 'e', 'n']))
        && text.get(mark..)?.starts_with([' ', '\u{a0}']);
    let colon = text.get(mark..)?.starts_with(':');
    let named = text.get(..mark)?.to_lowercase();
    let of_two = ["/pass", "/pw", "/kennwort", "/mdp", "/contrase", "/senha", "/wachtwoord"];
    let of_two = of_two.iter().any(|word| named.contains(word));
    let agent = named.starts_with("user-") || named.starts_with("user agent");
    let goes_on = hit.after().starts_with(['/', ':', '|']);
    let odd = is_odd(value.text)
        && (spaced || colon || of_two)
        && value.text.contains(|c: char| c.is_ascii_digit() || "!#$%&".contains(c));
    (odd && !agent && !goes_on).then(|| value.range(hit))
}

fn last(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let value = Said::at(text, text.rfind(':')? + 1)?;
    let known = super::assigned::says_nothing(value.text) || text.starts_with("u:") && !is_odd(value.text);
    (!known).then(|| value.range(hit))
}
