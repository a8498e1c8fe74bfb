//! E-mail addresses: as they are, encoded, spelled out, and the names that people have on machines and networks.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;
use crate::text::rules::words::{NO_HANDLES, ROLES};

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "email.address",
        FindingKind::Email,
        Gate::Before(&["@", "%40", "&#64;", "&#x40;", "\\u0040"], is_mail),
        r"(?i)<mail>+(?:@{1,2}|%40|&#64;|&#x40;|\\u0040)(?:<host>|%[0-9a-f]{2})+(?:(?:\.|%2e)(?:<host>|%[0-9a-f]{2})+)+",
        &[
            "write to {dana.lund@mail.example.test}.",
            "<{a+b@x.example}>",
            "mailto:{jürgen@bücher.example}?subject=x",
            "to={a%40b.example}&x",
            "{dana&#64;mail.example.test}",
            "q={%64%61%6e%61%40mail%2Eexample%2Etest}",
            "git clone {git@host.example.test}:a/b",
            "reply to {dana.lund@@mail.com}",
        ],
        &["see you @ the office", "@handle", "root@localhost", "a@b", "pkg@1.2.3", "react@18.2.0", "user@v1.2", "name@sha256", "logo@2x.png", "@import url(x.css)", "foo@^1.0.2"],
    )
    .checked(address),
    Rule::new(
        "email.spelled",
        FindingKind::Email,
        Gate::Near(&["(at)", "[at]", "{at}", "<at>", " at ", " arroba ", " chiocciola ", " apenstaartje ", " arobase ", " klammeraffe ", "_at_", "(a)", "[@]", "(@)", "(ät)", "[ät]", " @ "]),
        r"(?i)[0-9a-z\x{aa}-\x{24f}][0-9a-z\x{aa}-\x{24f}._+\-]{0,60}(?:<sp>(?:dot|punkt|point|punto|punt|ponto)<sp>[0-9a-z]{1,30}){0,2}<sp>?(?:[(\[{<](?:at|a|@|ät)[)\]}>]|_at_|<sp>(?:at|arroba|chiocciola|apenstaartje|arobase|klammeraffe|@)<sp>)<sp>?[0-9a-z][0-9a-z\-]{0,60}(?:(?:<sp>?[(\[{<]?(?:dot|punkt|point|punto|punt|ponto)[)\]}>]?<sp>?|<sp>?[(\[]\.[)\]]<sp>?|<sp>?\.<sp>?|_dot_)[a-z][0-9a-z\-]{1,60}){1,4}\b",
        &[
            "write to {dana.lund at mail dot com} please",
            "{dana (at) mail.example.org}",
            "{dana[at]mail[dot]net}",
            "{dana punto lund chiocciola mail punto it}",
            "{dana arroba correo punto es}",
            "{dana.lund @ mail.com}",
            "{dana.lund @ mail . com}",
            "{dana.lund [ät] mail.de}",
        ],
        &["look at the dot product", "meet me at example.com", "look at this dot", "we stood at home. then", "arrived at 10.30 am", "look at main.rs"],
    )
    .checked(spelled)
    .needing(may_name_a_host),
    Rule::new(
        "person.at_host",
        FindingKind::Person,
        Gate::Before(&["@"], is_login),
        r"[A-Za-z_][A-Za-z0-9_.\-]+@[A-Za-z][A-Za-z0-9\-]+(?::|~|[ \t][~/$#%]|[ \t]?\$|\]|$)",
        &["{dlund}@laptop-7:~/src$ ls", "[{dana}@web01 ~]$ id", "ssh {dana}@buildhost:"],
        &["root@web01:~# ls", "pkg@latest", "admin@server:", "https://h.example/@dana", "docker@sha256:abcd", "a@b"],
    )
    .checked(login),
    Rule::new(
        "person.ssh_login",
        FindingKind::Person,
        Gate::At(&["|ssh ", "|scp ", "|rsync ", "|sftp ", "|su - ", "|sudo -u ", "|chown ", "|adduser ", "|useradd ", "|userdel ", "|usermod ", "|passwd ", "|finger "]),
        r"(?:(?:ssh|scp|rsync|sftp)[ ][^\n|;]{0,120}?[ :]?[a-z_][a-z0-9_.\-]{1,31}@[A-Za-z0-9]|(?:su -|sudo -u|chown(?: -R)?|adduser|useradd(?: -m)?|userdel|usermod|finger) [a-z_][a-z0-9_.\-]{2,31}\b)",
        &["ssh {dlund}@web01", "sudo -u {dlund} ls", "chown -R {dlund}:staff x", "scp a.txt {dana}@h1"],
        &["ssh web01", "sudo -u root ls", "chown root:root x", "ssh-keygen", "sudo -u postgres psql"],
    )
    .checked(login_in_command),
    Rule::new(
        "person.handle",
        FindingKind::Person,
        Gate::At(&["@"]),
        r"@[A-Za-z\x{c0}-\x{24f}][A-Za-z0-9_\x{c0}-\x{24f}]+(?:[.\-][A-Za-z0-9_\x{c0}-\x{24f}]+){0,3}",
        &["thanks {@dlund}!", "cc {@dana.lund}, please", "{@jörg} schau mal"],
        &["@media screen", "@Override public", "a@b", "@param x", "@types/node", "@dataclass", "push @outfiles, $_;", "for my $x (@sources) {", "@here look", "@2x", "@import", "@channel", "@angular/core", "@property(x)", "x @test"],
    )
    .checked(handle),
    Rule::new(
        "person.login",
        FindingKind::Person,
        Gate::At(&[
            "|username", "|user name", "|user_name", "|user=", "|user:", "|user id", "|userid", "|login", "|logged in as", "|log in as", "|benutzername", "|benutzer:", "|benutzerkennung", "|anmeldename", "|nutzername", "|nom d'utilisateur", "|nom d’utilisateur", "|identifiant",
            "|usuario", "|nombre de usuario", "|nome utente", "|utente:", "|gebruikersnaam", "|gebruiker:", "|nome de usuário", "|usuário", "|utilizador", "|nickname", "|screen name", "|handle:", "|author:", "|committer", "|session opened for user", "|for user", "|by user", "|user '", "|uid=", "|skype:", "|telegram:", "|discord:", "|samaccountname", "|owner:", "|assignee:", "|reporter:", "|discord:", "|twitter:", "|instagram:", "|account:", "|for invalid user",
        ]),
        r#"(?i)(?:user ?_?name|user ?id|user|logged in as|log in as|login(?: name)?|benutzername|benutzerkennung|benutzer|anmeldename|nutzername|nom d['’]utilisateur|identifiant|nombre de usuario|usuario|nome utente|utente|gebruikersnaam|gebruiker|nome de usuário|usuário|utilizador|nickname|screen name|handle|author|committer|session opened for user|for invalid user|(?:for|by) user|uid|skype|telegram|discord|samaccountname|owner|assignee|reporter|twitter|instagram|account)["'\])]{0,2}(?:<sp>?[=:]<sp>{0,3}|<sp>(?:is<sp>|ist<sp>)?)["'@]{0,2}[A-Za-z\x{c0}-\x{24f}][A-Za-z0-9_.\-\x{c0}-\x{24f}]{1,40}"#,
        &["user={dlund42} ip", "Username: {dana.lund}", "Benutzername: {jmueller}", "session opened for user {dlund} by", "nom d'utilisateur : {jdupont}", "login: {dlund}", "\"username\": \"{dana_l}\""],
        &["username is required", "user name", "login failed", "user: root", "user=admin", "login page", "user: String", "for user interface", "Username:", "by user request", "login: true", "user=www-data", "owner: root", "account: none", "user: User", "username=$USER"],
    )
    .checked(named_login),
    Rule::new(
        "person.home_path",
        FindingKind::Person,
        Gate::At(&["/home/", "/users/", "\\users\\", "\\\\users\\\\", "/documents and settings/", "\\documents and settings\\", "%2fhome%2f", "%2fusers%2f", "\\profiles\\", "/profiles/"]),
        r"(?i)(?:/home/|/users/|\\{1,2}users\\{1,2}|[/\\]documents and settings[/\\]|%2f(?:home|users)%2f|[/\\]profiles[/\\])[^/\\<>:|?*\s\x22',;%&=\)\]\x7d]{2,64}(?: [A-Z][^/\\<>:|?*\s\x22',;%]{1,32}[/\\])?",
        &["open /home/{dlund}/notes.txt", r"C:\Users\{dana.lund}\Desktop", "/Users/{dana}", r"C:\\Users\\{dlund}\\x", r"C:\Users\{Dana Lund}\x", "path=%2Fhome%2F{dlund}%2Fx"],
        &["/homes/", "/home/", "users/list", "/home/linuxbrew/.linuxbrew", "C:\\Users\\Public\\x", "/home/user/x", "GET /api/users/list", "/home/$USER/x", "/users/search?q=1", "/home/runner/work"],
    )
    .checked(home),
];

/// Whether a dot, written or said, may stand before a part of the name of a host: as the pattern of what is spelled asks.
fn may_name_a_host(part: &str) -> bool {
    let bytes = part.as_bytes();
    let said = |at: usize| {
        let said = bytes.get(at..at + 3).unwrap_or_default();
        ["dot", "pun", "poi", "pon"].iter().any(|dot| said.eq_ignore_ascii_case(dot.as_bytes()))
    };
    let written = |at: usize| {
        let rest = part.get(at + 1..).unwrap_or_default();
        let rest = rest.strip_prefix([')', ']']).unwrap_or(rest);
        let rest = rest.strip_prefix([' ', '\t', '\u{a0}', '\u{202f}']).unwrap_or(rest);
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii())
    };
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'.' => written(at),
        b'd' | b'D' | b'p' | b'P' => said(at),
        _ => false,
    })
}

const fn is_ascii_mail(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '\'' | '-')
}

fn is_mail(c: char) -> bool {
    is_ascii_mail(c) || !c.is_ascii() && c.is_alphanumeric()
}

pub(super) const fn is_login(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// Endings of files and versions that stand where an address has its domain.
pub(super) const NO_DOMAINS: &[&str] = &[
    "png", "jpg", "jpeg", "svg", "gif", "webp", "js", "css", "ts", "tgz", "zip", "service", "socket",
    "target", "timer", "mount", "so", "py", "rs", "json", "html", "h", "yml", "yaml",
];

fn address(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let trimmed = text.trim_end_matches(['-', '\'', '.']);
    let start = text.len() - text.trim_start_matches(['.', '\'', '-', '%']).len();
    let start = if text.starts_with('%')
        && text.get(1..3).is_some_and(|h| h.chars().all(|c| c.is_ascii_hexdigit()))
    {
        0
    } else {
        start
    };
    let host = trimmed.rsplit_once(['@', ';']).map_or(trimmed, |(_, host)| host);
    let last = host.rsplit(['.', '%']).next()?.to_ascii_lowercase();
    let letters = last.contains(char::is_alphabetic)
        && (!last.starts_with(|c: char| c.is_ascii_digit()) || trimmed.contains('%'));
    let asset = NO_DOMAINS.contains(&last.as_str()) && host.starts_with(|c: char| c.is_ascii_digit());
    let unit = matches!(last.as_str(), "service" | "socket" | "timer" | "mount" | "target" | "slice");
    let template = trimmed.starts_with('{') || last.len() < 2;
    let version = host.starts_with(|c: char| c.is_ascii_digit())
        && host.split('.').next().is_some_and(|p| p.chars().all(|c| c.is_ascii_digit()))
        && host.split('.').count() == 3
        && !letters;
    (letters && !asset && !unit && !template && !version)
        .then(|| hit.span().start + start..hit.span().start + trimmed.len())
}

/// Ends of domains that people say aloud.
pub(super) const SAID_DOMAINS: &[&str] = &[
    "com", "net", "org", "edu", "gov", "de", "at", "ch", "fr", "be", "es", "it", "nl", "pt", "br", "eu",
    "uk", "us", "io", "info", "mx", "ar", "co", "ca", "au", "ie", "in", "lu", "test", "example", "biz", "pl",
    "se", "dk", "fi", "no", "cat", "me", "dev", "ai", "app", "tech", "online",
];

fn spelled(hit: &Hit<'_>) -> Option<Range<usize>> {
    const PROSE: &[&str] =
        &["that", "this", "the", "which", "what", "some", "each", "every", "any", "a", "one"];
    let text = hit.text().to_lowercase();
    let last = text.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next()?;
    let bracketed = text.contains(['(', '[', '{', '<']) || text.contains("_at_");
    let spoken = ["dot", "punkt", "point", "punto", "punt", "ponto"].iter().any(|dot| {
        text.contains(&format!(" {dot} "))
            || text.contains(&format!("{dot})"))
            || text.contains(&format!("{dot}]"))
    });
    let sign = text.contains(" @ ") && !text.contains(" at ");
    let host = text.split(" at ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let known = SAID_DOMAINS.contains(&last) && !PROSE.contains(&host);
    (known && (bracketed || spoken || sign)).then(|| hit.span())
}

/// Names of machines' accounts: they name nobody.
pub(super) fn is_role(name: &str) -> bool {
    let lower = name.to_lowercase();
    ROLES.contains(lower.as_str())
}

fn login(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (name, host) = hit.text().split_once('@')?;
    let begins_inside = hit.before().ends_with(|c: char| c.is_alphanumeric() || "/@:=.\"'<".contains(c))
        && !hit.before().ends_with("//");
    let tag = host.starts_with("sha256")
        || host.starts_with("latest")
        || host.starts_with("next")
        || host.contains("v1");
    let path = hit.text().ends_with(':') && hit.after().starts_with(':');
    let at_end_only = path
        || hit.text().ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
            && !hit.before().trim_end().ends_with("ssh");
    (!begins_inside && !tag && !at_end_only && !is_role(name) && name.len() > 1)
        .then(|| hit.first(name.len()))
}

fn login_in_command(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let end = text.rfind('@').unwrap_or(text.len());
    let start = text.get(..end)?.rfind([' ', ':', '/']).map_or(0, |at| at + 1);
    let name = text.get(start..end)?;
    let shell = text.starts_with("su")
        || text.starts_with("chown")
        || text.contains('@')
        || text.contains("user")
        || text.starts_with("finger");
    let before = hit.before().trim_end();
    let opens =
        before.is_empty() || before.ends_with("sudo") || before.ends_with(['$', '#', ';', '&', '|', '>']);
    let owner = !text.starts_with("chown") || hit.after().starts_with([':', '.']);
    let prose = matches!(name, "version" | "command" | "invocation" | "options" | "program" | "utility");
    (shell && (opens || text.contains('@')) && owner && !prose && !is_role(name) && name.len() > 2)
        .then(|| hit.span().start + start..hit.span().start + end)
}

fn handle(hit: &Hit<'_>) -> Option<Range<usize>> {
    let name = hit.text().strip_prefix('@')?;
    let before = hit.before();
    let begins_inside = before.ends_with(|c: char| c.is_alphanumeric() || "/@._-$=\\&\"'`<#*[%+".contains(c));
    let spaced = before.is_empty() || before.ends_with([' ', '\t', '(', ',', ':', '\u{a0}']);
    let first = name.split(['.', '-', '_']).next()?.to_lowercase();
    let code = hit.after().starts_with(['/', '(', '{', '=', '\\', '@', ':'])
        || hit.after().starts_with(" = ")
        || hit.after().starts_with(" {")
        || hit.after().starts_with(" (")
        || hit.after().starts_with("] ");
    let at_line_start = before.trim().is_empty();
    // An annotation of a program stands at the begin of a line and begins with a capital, or alone on it.
    let annotation = at_line_start && (name.starts_with(char::is_uppercase) || hit.after().trim().is_empty());
    // Lists of a script: `push(@close, $_);`
    let statement = hit.after().trim_end().ends_with([';', '{'])
        || before.trim_end().ends_with(['=', '(']) && before.contains('$');
    let comment = before.trim_end().ends_with(['*', '#', '%']) || before.trim_end().ends_with("//");
    if begins_inside
        || !spaced
        || code
        || annotation
        || statement
        || comment
        || NO_HANDLES.contains(first.as_str())
        || is_role(&first) && name.len() == first.len()
        || name.chars().count() < 3
    {
        return None;
    }
    Some(hit.span())
}

fn named_login(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind([' ', '=', ':', '"', '\'', '\u{a0}', '\u{202f}', '\t', '@'])? + 1;
    let start = (start..text.len()).find(|at| text.is_char_boundary(*at))?;
    let name = text.get(start..)?;
    let kept = name.trim_end_matches(['.', '-', '_']);
    let marked = text.get(..start)?.contains(['=', ':', '"']);
    let like_a_login = kept.contains(|c: char| c.is_ascii_digit() || "._-".contains(c));
    let code = hit.after().starts_with(['(', '[', '<', ':', '\\', '/', '*', '&'])
        || hit.after().starts_with("::")
        || kept.contains("..");
    let known_word = kept.chars().all(|c| c.is_ascii_lowercase()) && kept.len() < 3;
    let type_name = kept.starts_with(char::is_uppercase) && !like_a_login;
    let prose = !(marked || like_a_login || says_who_came(text));
    if code
        || known_word
        || is_role(kept)
        || prose
        || type_name
        || kept.split(['.', '_', '-']).any(|p| p == "name" || p == "id" || p == "user" || p == "login")
    {
        return None;
    }
    Some(hit.span().start + start..hit.span().start + start + kept.len())
}

/// Whether words say that the name of a user follows, without a mark.
fn says_who_came(text: &str) -> bool {
    let said = text.to_ascii_lowercase();
    let after_login = ["session opened for user ", "invalid user ", "logged in as ", "log in as "];
    ["session opened", "for ", "by ", "log"].iter().any(|begin| said.starts_with(begin))
        && after_login.iter().any(|words| said.contains(words))
}

fn home(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text().trim_end_matches(['/', '\\', '.']);
    let lower = text.to_ascii_lowercase();
    let start = [
        "home/",
        "users/",
        "users\\\\",
        "users\\",
        "settings\\",
        "settings/",
        "profiles\\",
        "profiles/",
        "home%2f",
        "users%2f",
    ]
    .iter()
    .filter_map(|folder| lower.find(folder).map(|at| at + folder.len()))
    .max()?;
    let name = text.get(start..)?;
    let web = lower.starts_with("/users/")
        && (hit.before().ends_with(|c: char| c.is_ascii_alphanumeric()) || hit.before().ends_with("/v1"));
    let number =
        name.chars().all(|c| c.is_ascii_digit()) || name.starts_with(['$', '{', '<', '*', '.', ':', '~']);
    let profile = lower.contains("profiles") && !hit.before().contains(":\\");
    (!is_role(name) && !number && !web && !profile)
        .then(|| hit.span().start + start..hit.span().start + text.len())
}
