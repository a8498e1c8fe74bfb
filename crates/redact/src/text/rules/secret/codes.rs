//! Codes that open something for a while or for good: messages with codes, doors, backups, licences, seeds of codes.

use std::ops::Range;

use candor_model::FindingKind;

use super::look::{OPENING, Said};
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn code(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

/// Words before a code that say what it opens, or whose it is.
const QUALIFIERS: &[&str] = &[
    "your",
    "my",
    "door",
    "gate",
    "alarm",
    "entry",
    "access",
    "verification",
    "security",
    "login",
    "sign-in",
    "confirmation",
    "one-time",
    "authentication",
    "auth",
    "voicemail",
    "keypad",
    "safe",
    "lock",
    "ihr",
    "dein",
    "mein",
    "tür",
    "tor",
    "zugangs",
    "bestätigungs",
    "sicherheits",
    "einmal",
    "anmelde",
    "votre",
    "ton",
    "mon",
    "tu",
    "su",
    "mi",
    "tuo",
    "suo",
    "mio",
    "je",
    "uw",
    "mijn",
    "jouw",
    "seu",
    "meu",
    "teu",
    "use",
    "enter",
    "this",
    "the",
    "card",
    "sim",
];

/// Qualifiers after which any word may stand before the code: nobody writes programs about them.
const DOORS: &[&str] =
    &["door", "alarm", "voicemail", "keypad", "verification", "confirmation", "one-time", "tür", "tor"];

/// Words of place and purpose that may stand between a code and its digits.
const TOWARDS: &[&str] = &[
    "for", "to", "at", "on", "below", "here", "now", "again", "für", "fuer", "zum", "zur", "vom", "von",
    "am", "im", "der", "des", "pour", "du", "de", "del", "para", "do", "da", "di", "per", "della", "voor",
    "van",
];

/// What happens to the PINs of many people, and is counted.
const HAPPENINGS: &[&str] = &[" changes", " resets", " attempts", " requests", " errors", " failures"];

/// What numbers count.
const COUNTED: &[&str] = &[
    "line",
    "years",
    "bytes",
    "characters",
    "zeilen",
    "lignes",
    "requests",
    "rows",
    "records",
    "items",
    "users",
    "times",
    "files",
    "entries",
    "tests",
    "people",
    "messages",
    "events",
    "calls",
    "points",
];

pub(super) const RULES: &[Rule] = &[
    code(
        "secret.code",
        &[
            "|code", "code:", "türcode", "torcode", "einmalcode", "bestätigungscode", "zugangscode", "sicherheitscode", "anmeldecode", "freischaltcode", "|código", "|codigo", "|codice",
            "verificatiecode", "inlogcode", "deurcode", "toegangscode", "pincode", "digicode", "beveiligingscode", "schließfach-code", "tresorcode", "safecode", "haustürcode", "|sms-code", "sms code", "|pin|", "|otp|", "|tan|", "|puk|", "|pin-code", "passcode", "one-time password", "einmalpasswort", "one time password",
        ],
        r"(?i)(?:[a-zäöüß]{0,16}[ -]?code|código|codigo|codice|pin(?:-code)?|otp|tan|puk|one[ -]time password|einmalpasswort)s?(?:<sp>{1,2}[a-zà-ü.'’]{1,12}){0,4}?(?:<sp>{0,2}[:=#]|<sp>(?:is|was|ist|lautet|est le|est|es|è|é))?<sp>{0,3}\d(?:[ \-]?\d){3,9}[A-D]?\b",
        &[
            "Your code is {482913}. Do not share it",
            "door code {4711}",
            "Türcode ist {4711}",
            "Ihre PIN lautet {0815}",
            "my pin is {4711}",
            "PIN for the card is {4711}",
            "Tu código es {482913}",
            "Il codice di verifica è {482913}",
            "Use code {482913} to sign in",
            "Enter this code to log in: {482-913}",
            "código de la alarma {4711}",
            "Votre code est le {482 913}",
            "digicode {4711}",
            "OTP {482913} valid for 5 minutes",
            "Your one-time password is {482913}",
            "code de la porte : {4711}",
            "my code for the gate {4711}",
            "door code office {4711}",
            "Use code below to sign in {482913}",
        ],
        &[
            "error code 40412",
            "exit code: 1370",
            "the code is 2000 lines long",
            "postal code 12345",
            "zip code: 12345",
            "country code 4911",
            "HTTP code 30100",
            "pin 4711 of the connector",
            "code 404 and 12345",
            "status code is 50312",
            "source code 1234",
            "código postal 28013",
            "code postal : 75011",
            "Your code is ready",
            "Fehlercode 80070005",
            "barcode 4006381333931",
            "QR code 123456",
            "discount code 12345",
            "the code 20240115-103000",
            "security code review 2024",
            "my code handles 10000 requests",
            "my code handles 100000 requests",
            "your code base has 12345 files",
            "enter code mode 2000",
            "my code in 2024 was bad",
            "Number of PIN changes: 1204",
        ],
    )
    .checked(opens),
    code(
        "secret.code_first",
        &["is your", "ist dein", "ist ihr", "ist deine", "est votre", "est ton", "es tu ", "es su ", "è il tuo", "è il suo", "is je ", "is uw ", "é o seu", "é o teu", "is the code", "is the otp"],
        r"(?i)(?:is your|ist (?:dein|ihr)e?|est (?:votre|ton)|es (?:tu|su)|è il (?:tuo|suo)|is (?:je|uw)|é o (?:seu|teu)|is the)<sp>[^\n]{0,48}?(?:code|código|codice|pin|otp|password|passwort|tan)\b",
        &[
            "{482913} is your verification code.",
            "G-{482913} is your Google verification code",
            "{4829} ist dein Bestätigungscode",
            "{482913} es tu código de acceso",
            "{482-913} is your Acme code",
        ],
        &["it is your code", "12 is your code", "version 2.4829 is your code", "in 2024 the law is your code"],
    )
    .checked(number_before),
    code(
        "secret.backup_codes",
        &["backup code", "recovery code", "recovery key", "rescue code", "scratch code", "backup-code", "ersatzcode", "wiederherstellungs", "code de secours", "codes de secours", "code de récup", "codes de récup", "clé de récup", "clés de récup", "código de recuperación", "códigos de recuperación", "códigos de respaldo", "codici di recupero", "codice di recupero", "codici di backup", "herstelcode", "código de recuperação", "códigos de recuperação", "bitlocker"],
        r"(?i)(?:(?:backup|recovery|rescue|scratch)[ \-](?:codes?|keys?)|ersatzcodes?|wiederherstellungs(?:codes?|schlüssel)|codes? de secours|(?:codes?|clés?) de récupération|códigos? de (?:recuperación|respaldo|recuperação)|codic[ei] di (?:recupero|backup)|herstelcodes?|bitlocker(?:[ \-][a-zéü]{3,20}){0,2})(?:<sp>{1,2}[a-zà-ü.]{2,16}){0,3}?<sp>{0,2}(?:[:=]|is|ist|est|es)?<sp>{0,3}[0-9A-Za-z]{4,12}(?:[ ,;\-]{1,2}[0-9A-Za-z]{4,12}){0,31}\b",
        &["backup code {48291377}", "2FA backup codes: {4f1a-9c2e, 77b0-1d3c, a0f4-22be}", "Recovery codes: {48211 99210 33120}", "BitLocker recovery key {<d6>-<d6>-<d6>-<d6>-<d6>-<d6>-<d6>-<d6>}"],
        &["backup codes are shown once", "recovery key is stored in the directory", "backup code", "recovery codes: see below please"],
    )
    .checked(from_first_digit_word),
    code(
        "secret.licence_key",
        &["licen", "lizenz", "product key", "produktschlüssel", "activation", "aktivierung", "|serial", "seriennummer", "clé de produit", "clé d'activation", "clave de producto", "clave de activación", "codice di attivazione", "activeringscode", "chave de ativação", "chave do produto", "redeem", "gift card", "voucher", "gutschein", "setup key", "device code", "pairing code"],
        r"(?i)(?:licen[sc]e|lizenz|licencia|licenza|licentie|licença|product|produkt|activation|aktivierungs|serial|serien|producto|activación|attivazione|activerings|ativação|produto|redeem|gift card|voucher|gutschein|setup|device|pairing|clé|clave|codice|chave)[^\n:=]{0,24}?(?::|=|<sp>)<sp>{0,3}[0-9A-Z]{4,8}(?:-[0-9A-Z]{4,8}){1,8}\b",
        &["License key: {AB3DE-9KLM2-QW7RT-XY4ZA-B6C8D}", "Aktivierungscode: {K4F9-22QX-L0PM}", "Lizenzschlüssel {AB3DE-9KLM2-QW7RT}"],
        &["license: BSD-3-CLAUSE", "serial ATA-6000", "product ABCD-EFGH-IJKL", "license GPL-2.0-ONLY", "serial number on the box"],
    )
    .checked(groups),
    Rule::new(
        "secret.five_by_five",
        FindingKind::Secret,
        Gate::Number,
        r"\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){2,4}\b",
        &["{AB3DE-9KLM2-QW7RT-XY4ZA-B6C8D}", "{CNCWS-KRB8C-Z4J9K-56XNQ-JUYXF}", "x {ABCDE-FGHJK-Z4J9K-56XNQ-JUYXF}"],
        &["12345-12345-12345-12345-12345", "AB3DE-9KLM2-QW7RT-XY4ZA", "AB3DE-9KLM2-QW7RT-XY4ZA-B6C8D-12345"],
    )
    .checked(five_by_five),
    code(
        "secret.code_word",
        &["invite code", "invitation code", "access code", "device code", "pairing code", "unlock code", "einladungscode", "zugangscode", "code d'invitation", "código de invitación", "codice di invito", "uitnodigingscode", "código de convite", "referral code", "join code"],
        r#"(?i)(?:(?:invit(?:e|ation)|access|device|pairing|unlock|referral|join) code|(?:einladungs|zugangs|uitnodigings)code|code d'invitation|código de (?:invitación|convite)|codice di invito)(?:<sp>(?:is|ist|est|es|è|é))?<sp>?[:=]?<sp>{1,3}["']?[A-Za-z0-9\-]{6,32}\b"#,
        &["invite code {D3kgQ4oVmxR7}", "Einladungscode: {K4F922QX}"],
        &["access code required", "invite code expired", "device code flow"],
    )
    .checked(odd_code),
    code(
        "secret.code_seed",
        &["totp", "|otp seed", "|otp secret", "otp-secret", "otp_secret", "|mfa", "|2fa", "authenticator", "setup key", "secret key", "einrichtungsschlüssel", "clé de configuration", "clave de configuración"],
        r"(?i)(?:totp|otp|mfa|2fa|authenticator|setup|secret|einrichtungsschlüssel|clé de configuration|clave de configuración)[^\n:=2-7]{0,32}?(?:[:=]|<sp>)<sp>{0,3}[A-Za-z2-7]{4}(?: ?[A-Za-z2-7]{4}){3,15}\b",
        &["TOTP secret: {JBSWY3DPEHPK3PXP}", "MFA setup key: {jbsw y3dp ehpk 3pxp}", "2FA seed {JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}"],
        &["TOTP secret: see the vault of your team", "authenticator application from your phone", "MFA AUTHENTICATION"],
    )
    .checked(seed),
];

/// A code of four to ten digits that a word before it qualifies, or a mark or a verb introduces behind such a word.
fn opens(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let lower = text.get(..digit)?.to_lowercase();
    let name = lower.split(|c: char| !c.is_alphabetic()).next()?;
    let before = hit.before().to_lowercase();
    let mut last = before.rsplit(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty());
    let (last, second) = (last.next().unwrap_or_default(), last.next().unwrap_or_default());
    let number = text.get(digit..)?;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let lettered = number.ends_with(|c: char| c.is_ascii_uppercase()) && name != "digicode";
    let sure = !matches!(name, "code" | "codes" | "código" | "codigo" | "codice" | "pin") && is_named(name);
    let of_door = [
        "porte",
        "alarm",
        "portão",
        "cancello",
        "puerta",
        "verific",
        "vérif",
        "seguridad",
        "segurança",
        "sicurezza",
        "sécurité",
        "acceso",
        "acesso",
        "portail",
        "immeuble",
        "garage",
        "confirm",
        "conferm",
        "puerta",
        "portal",
        "tresor",
        "schließfach",
    ];
    let of_door = of_door.iter().any(|word| lower.contains(word)) || name != "pin" && lower.contains("pin");
    let said = lower.trim_end().ends_with([':', '='])
        || ["is", "ist", "lautet", "est", "le", "es", "è", "é", "was"]
            .contains(&lower.trim_end().rsplit(' ').next()?);
    let qualified = QUALIFIERS.contains(&last) || QUALIFIERS.contains(&second) && last.len() > 3;
    let pin = name == "pin" && said && !HAPPENINGS.iter().any(|word| lower.contains(word));
    let of_other = [
        "error", "exit", "status", "postal", "zip", "country", "area", "source", "http", "bar", "qr",
        "color", "colour", "discount", "promo", "voucher", "return", "response", "coupon", "fehler",
        "product", "item",
    ];
    let of_other = of_other.iter().any(|word| last == *word || lower.contains(word));
    let shaped = matches!(digits, 4..=8) && !number.contains("  ");
    let goes_on = hit.after().starts_with(['-', '.', ',', ':', '/', '_'])
        && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric()))
        || COUNTED
            .iter()
            .any(|word| hit.after().strip_prefix(' ').is_some_and(|rest| rest.starts_with(word)));
    let article = matches!(last, "the" | "this") && !of_door && !sure && digits != 6;
    let beside = said || is_beside(&lower, name) || DOORS.contains(&last) || digits == 6;
    let named = sure || of_door || qualified && !article && beside || pin;
    (named && !of_other && shaped && !goes_on && !lettered).then(|| hit.without_front(digit)).flatten()
}

/// Whether nothing but a word of place or purpose stands between the name of a code and its digits.
fn is_beside(before_digits: &str, name: &str) -> bool {
    let between = before_digits.split_once(name).map_or("", |(_, between)| between);
    let first = between
        .split(|c: char| !c.is_alphabetic())
        .find(|word| !matches!(*word, "" | "s" | "code" | "codes"));
    first.is_none_or(|word| TOWARDS.contains(&word))
}

/// Words for codes that need nothing beside them.
fn is_named(name: &str) -> bool {
    const NAMED: [&str; 23] = [
        "türcode",
        "torcode",
        "einmalcode",
        "bestätigungscode",
        "zugangscode",
        "sicherheitscode",
        "anmeldecode",
        "freischaltcode",
        "verificatiecode",
        "inlogcode",
        "deurcode",
        "toegangscode",
        "pincode",
        "digicode",
        "passcode",
        "einmalpasswort",
        "otp",
        "beveiligingscode",
        "schließfach",
        "tresorcode",
        "safecode",
        "haustürcode",
        "sms",
    ];
    NAMED.contains(&name) || matches!(name, "tan" | "puk" | "one")
}

/// The number that ends before the words.
fn number_before(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before();
    let kept = before.trim_end();
    let start = kept
        .rfind(|c: char| !c.is_ascii_digit() && c != '-' && c != ' ')
        .map_or(0, |at| at + kept.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
    let number = kept.get(start..)?;
    let start = start + number.len() - number.trim_start_matches(['-', ' ']).len();
    let number = kept.get(start..)?;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let decimal = kept.get(..start).is_some_and(|t| t.ends_with(['.', ',']));
    ((4..=8).contains(&digits) && !decimal).then_some(start..kept.len())
}

/// From the first group with a digit on, over groups that could be codes.
fn from_first_digit_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.get(4..)?.find(|c: char| c.is_ascii_digit())? + 4;
    let start = text.get(..digit)?.rfind([' ', ':', '=', '\u{a0}'])? + 1;
    let codes = text.get(start..)?;
    let is_code = |word: &&str| {
        let bare = word.trim_end_matches([' ', ',', ';']);
        bare.is_empty() || bare.contains(|c: char| c.is_ascii_digit())
    };
    let length: usize = codes.split_inclusive([' ', ',', ';']).take_while(is_code).map(str::len).sum();
    let end = codes.get(..length)?.trim_end_matches([' ', ',', ';']).len();
    let digits = codes.get(..end)?.chars().filter(char::is_ascii_digit).count();
    (digits >= 4).then(|| hit.span().start + start..hit.span().start + start + end)
}

fn odd_code(hit: &Hit<'_>) -> Option<Range<usize>> {
    let value = Said::last_word(hit.text())?;
    (value.text.contains(|c: char| c.is_ascii_digit()) && value.text.len() >= 6).then(|| value.range(hit))
}

/// Groups of capitals and digits, mixed in one of them.
fn groups(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let dash = text.find('-')?;
    let start = text.get(..dash)?.rfind(|c: char| !c.is_ascii_alphanumeric())? + 1;
    let key = text.get(start..)?;
    let count = key.split('-').count();
    let capitals = key.chars().all(|c| c == '-' || c.is_ascii_uppercase() || c.is_ascii_digit());
    let mixed = key.split('-').filter(|g| is_mixed(g)).count();
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let plausible =
        capitals && count >= 2 && (mixed > 0 && (count > 2 || mixed > 1) || digits >= 12 && count > 2);
    plausible.then(|| hit.without_front(start)).flatten()
}

fn is_mixed(group: &str) -> bool {
    group.contains(|c: char| c.is_ascii_digit()) && group.contains(|c: char| c.is_ascii_uppercase())
}

/// Five groups of five, mixed in two of them. A gate opens at a digit: groups of letters alone may stand before it.
fn five_by_five(hit: &Hit<'_>) -> Option<Range<usize>> {
    const GROUPS: usize = 5;
    let mut start = hit.span().start;
    let mut groups = hit.text().split('-').count();
    while groups < GROUPS {
        let before = hit.before().get(..start)?.strip_suffix('-')?;
        let from = before.len().checked_sub(5)?;
        let letters = before.get(from..)?.chars().all(|c| c.is_ascii_uppercase());
        if !letters {
            return None;
        }
        start = from;
        groups += 1;
    }
    let apart = |text: &str| !text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let goes_on = hit.after().starts_with('-') || !apart(hit.before().get(..start)?);
    let mixed = hit.text().split('-').filter(|group| is_mixed(group)).count();
    (mixed >= 2 && !goes_on).then(|| start..hit.span().end)
}

/// Letters and digits of base32 in one case, at least one digit among them.
fn seed(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let mark = text.find([':', '=']).map(|at| at + 1);
    let start = match mark {
        Some(start) => start,
        None => text.rfind(' ')?,
    };
    let rest = text.get(start..)?;
    let start = start + rest.len() - rest.trim_start_matches(OPENING).len();
    let value = text.get(start..)?;
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let one_case = !(value.contains(char::is_uppercase) && value.contains(char::is_lowercase));
    let whole = value.len() == 16 || value.len() == 32;
    let named = ["totp", "otp"].iter().any(|name| text.to_ascii_lowercase().starts_with(name));
    ((digits >= 1 || whole && named) && one_case && value.len() >= 16)
        .then(|| hit.without_front(start))
        .flatten()
}
