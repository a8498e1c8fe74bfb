//! What the name of a variable, a setting or a column says about its value.

use super::assigned::says_nothing;
use super::look::{is_drawn, is_odd};

/// What a name says about its value: the later, the surer that it opens something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// Nothing that opens anything.
    Other,
    /// A key of any kind: one that sorts, or one that opens.
    Key,
    /// A machine drew it: a plain word is none.
    Drawn,
    /// A person may have chosen it: any word can be it.
    Chosen,
}

/// Bytes from which a value with digits and marks is drawn, whatever else it looks like.
const LONG_BYTES: usize = 32;

/// Parts of names of what a person chooses.
const CHOSEN: [&str; 22] = [
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "contrasena",
    "contraseña",
    "wachtwoord",
    "senha",
    "mdp",
    "pwd",
    "pw",
    "pass",
    "psk",
    "secret",
    "dbpass",
    "userpass",
    "rootpass",
    "dbpw",
    "rootpw",
];

/// Parts of names of what a machine draws.
const DRAWN: [&str; 9] = [
    "token",
    "apikey",
    "authkey",
    "accesskey",
    "secretkey",
    "privatekey",
    "salt",
    "credential",
    "credentials",
];

/// Parts before `key` that say that it opens something.
const OF_KEYS: [&str; 24] = [
    "api",
    "auth",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "master",
    "client",
    "license",
    "licence",
    "consumer",
    "subscription",
    "session",
    "service",
    "webhook",
    "hmac",
    "deploy",
    "storage",
    "nonce",
    "in",
    "admin",
    "jwt",
    "cookie",
];

/// Endings of parts that are written without a line or a capital between: `userpassword`, `authtoken`.
const ENDS: [(&str, Named); 6] = [
    ("password", Named::Chosen),
    ("passwd", Named::Chosen),
    ("passwort", Named::Chosen),
    ("secret", Named::Chosen),
    ("apikey", Named::Drawn),
    ("token", Named::Drawn),
];

/// Parts behind such a part that make the name one of something about a secret: `token_type`, `passwordHint`.
const ABOUT: [&str; 56] = [
    "ttl",
    "url",
    "uri",
    "endpoint",
    "expiry",
    "expires",
    "expiration",
    "length",
    "len",
    "policy",
    "hint",
    "label",
    "labels",
    "title",
    "type",
    "types",
    "kind",
    "timeout",
    "enabled",
    "count",
    "placeholder",
    "message",
    "messages",
    "msg",
    "error",
    "errors",
    "field",
    "fields",
    "name",
    "names",
    "column",
    "header",
    "param",
    "id",
    "path",
    "file",
    "regex",
    "pattern",
    "strength",
    "class",
    "prefix",
    "style",
    "question",
    "layout",
    "status",
    "state",
    "santa",
    "rules",
    "short",
    "long",
    "too",
    "weak",
    "required",
    "invalid",
    "mismatch",
    "wrong",
];

/// Parts before it that say the same: `errors.password`.
const TEXTS_OF: [&str; 7] = ["errors", "messages", "labels", "hints", "fields", "placeholders", "strings"];

impl Named {
    /// What an identifier says: `DB_PASSWORD`, `db.password`, `dbPassword`, `api-key`.
    pub(super) fn by(identifier: &str) -> Self {
        let parts = parts(identifier);
        let of_key = |before: Option<&String>| {
            let opens = before.is_some_and(|part| OF_KEYS.contains(&part.as_str()));
            if opens { Self::Drawn } else { Self::Key }
        };
        let mut says = Self::Other;
        let mut before = None;
        for part in &parts {
            let of_part = if part == "key" { of_key(before) } else { Self::of_part(part) };
            let about = says != Self::Other && ABOUT.contains(&part.as_str());
            if about || TEXTS_OF.contains(&part.as_str()) {
                return Self::Other;
            }
            says = says.max(of_part);
            before = Some(part);
        }
        says
    }

    /// Whether a value could be what the name says.
    pub(super) fn allows(self, value: &str) -> bool {
        let marks = || value.chars().filter(char::is_ascii_punctuation).count();
        // As installers draw salts: brackets and spaces among all other marks.
        let long = value.len() >= LONG_BYTES && value.contains(|c: char| c.is_ascii_digit()) && marks() >= 4;
        match self {
            Self::Other => false,
            Self::Key => !says_nothing(value) && (is_drawn(value) || is_mixed(value)),
            Self::Drawn => is_odd(value) || is_drawn(value) || long && !value.contains("://"),
            Self::Chosen => !says_nothing(value),
        }
    }

    fn of_part(part: &str) -> Self {
        let part = part.trim_end_matches(|c: char| c.is_ascii_digit());
        if CHOSEN.contains(&part) {
            return Self::Chosen;
        }
        if DRAWN.contains(&part) {
            return Self::Drawn;
        }
        ENDS.iter().find(|(end, _)| part.ends_with(end)).map_or(Self::Other, |(_, named)| *named)
    }
}

/// Whether letters and digits change often in one run, as they do in no name of a column.
fn is_mixed(value: &str) -> bool {
    let digits: Vec<bool> = value.chars().map(|c| c.is_ascii_digit()).collect();
    let changes = digits.windows(2).filter(|two| two.first() != two.last()).count();
    value.len() >= 12 && changes >= 4 && !value.contains(['-', '_', '.', ':', '/', ' '])
}

/// The words of an identifier in lower case: lines, points and capitals part them.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut small_before = false;
    for c in identifier.chars() {
        let begins = !c.is_alphanumeric() || c.is_uppercase() && small_before;
        if begins {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut().filter(|_| c.is_alphanumeric()) {
            part.extend(c.to_lowercase());
        }
        small_before = c.is_lowercase() || c.is_ascii_digit();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_by_its_whole_words() {
        for (name, says) in [
            ("DB_PASSWORD", Named::Chosen),
            ("dbPassword", Named::Chosen),
            ("userpassword", Named::Chosen),
            ("process.env.PW", Named::Chosen),
            ("client-secret", Named::Chosen),
            ("`password2`", Named::Chosen),
            ("API_TOKEN", Named::Drawn),
            ("apiKey", Named::Drawn),
            ("authtoken", Named::Drawn),
            ("NONCE_KEY", Named::Drawn),
            ("sort_key", Named::Key),
            ("stepwise", Named::Other),
            ("upward", Named::Other),
            ("tokenizer", Named::Other),
            ("keyboard", Named::Other),
            ("compass", Named::Other),
            ("HELP_DESK_TOKEN", Named::Drawn),
            ("FILE_SERVER_PASSWORD", Named::Chosen),
            ("passenger", Named::Other),
            ("token.kind", Named::Other),
            ("errors.password", Named::Other),
            ("passwordHint", Named::Other),
            ("secretName", Named::Other),
            ("password.too_short", Named::Other),
        ] {
            assert_eq!(Named::by(name), says, "{name}");
        }
    }
}
