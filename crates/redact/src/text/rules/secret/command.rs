//! Secrets in commands: options, variables before a command, headers.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule, value};
use crate::text::rules::gate::Gate;

const fn command(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes)
}

pub(super) const RULES: &[Rule] = &[
    command(
        "secret.option",
        &["--"],
        r#"(?i)--(?:[a-z0-9]{1,16}-){0,3}(?:token|password|passwd|passphrase|pass|passwort|secret|api-?key|auth|access-key|private-key|secret-key|credentials?|pw|pwd|pin)(?:=| {1,3})["']?[^\s"'\-<\[{$(|][^\s"']{2,}"#,
        &["tool --token {abc123} --verbose", "tool --password={hunter2}", "--api-key '{k1k2k3}'", "psql --db-password {s3cret}"],
        &["tool --token --verbose", "--tokens 3", "--password", "--password <text>", "--pass-through x1", "--token=$TOKEN", "--password is needed", "--password=SENHA   define a senha", "--auth=LÖSEN  ställ in"],
    )
    .checked(after_option),
    command(
        "secret.curl_user",
        &["|curl ", "|wget ", "|http "],
        r#"(?:curl|http|wget)[ \t][^\n|]{0,160}?(?:-u|--user|-a|--auth|--proxy-user|-U)[ =]{0,2}["']?[^\s"':/]{1,64}:[^\s"']{2,}"#,
        &["curl -s -u dana:{hunter2} https://h.example", "curl --user 'svc:{pa55}' x", "curl -u dana:{a=b-9+} x", "curl --user=dana:{h2==} x"],
        &["curl -u dana https://h.example:8080/", "curl -o a:b", "curl https://h.example"],
    )
    .checked(after_last_user),
    command(
        "secret.short_option",
        &["|mysql ", "|mysqldump ", "|mysqladmin ", "|mariadb ", "|redis-cli ", "|sshpass ", "|mongo ", "|mongosh ", "|sqlcmd ", "|docker login", "|htpasswd ", "|smbclient ", "|ldapsearch ", "|7z ", "|zip ", "|unzip ", "|openssl ", "|bcp "],
        r#"(?:mysql(?:dump|admin)?|mariadb|redis-cli|sshpass|mongo(?:sh)?|sqlcmd|docker login|htpasswd|smbclient|ldapsearch|7z|zip|unzip|openssl|bcp)[ \t](?:[^\n|;]{0,160}?[ \t])?(?:-p ?|-a |-P ?|-w |-b |-passin pass:|-passout pass:|-pass pass:|-k )["']?[^\s"'\-$|;:/][^\s"'|;]{2,80}"#,
        &["mysql -u root -p{hunter2} app", "sshpass -p {hunter2} ssh h.example", "redis-cli -a {hunter2} ping", "docker login -u dana -p {hunter2} r.example"],
        &["mysql -u root -p", "mysql -h db -P 3306", "zip -r out.zip dir", "unzip -p a.zip"],
    )
    .checked(after_short_option),
    command(
        "secret.variable",
        &["PGPASSWORD", "MYSQL_PWD", "SSHPASS", "REDISCLI_AUTH", "RESTIC_PASSWORD", "BORG_PASSPHRASE", "GPG_PASSPHRASE", "SUDO_PASSWORD", "AWS_SECRET"],
        r#"(?:PGPASSWORD|MYSQL_PWD|SSHPASS|REDISCLI_AUTH|RESTIC_PASSWORD|BORG_PASSPHRASE|GPG_PASSPHRASE|SUDO_PASSWORD|AWS_SECRET[A-Z_]{0,20})[ ]?[=:][ ]?["']?[^\s"'$;]{2,200}"#,
        &["PGPASSWORD={hunter2} psql", "export SSHPASS='{pa55word}'"],
        &["PGPASSWORD=", "PGPASSWORD=$PW psql", "set PGPASSWORD first"],
    )
    .checked(value),
    command(
        "secret.piped",
        &["|echo ", "|printf "],
        r#"(?:echo|printf)[ \t]{1,3}(?:-n )?["']?[^\s"'|$][^\s"'|]{3,80}["']?[ \t]{0,2}\|[ \t]{0,2}(?:sudo -S|passwd|chpasswd|docker login|gpg --batch|kinit|cryptsetup|openssl enc|smbpasswd)"#,
        &["echo {hunter2} | sudo -S apt update", "echo '{root:pa55}' | chpasswd"],
        &["echo done | tee log", "echo $PW | sudo -S ls"],
    )
    .checked(echoed),
    command(
        "secret.authorization",
        &["|authorization", "|proxy-authorization", "|x-api-key", "|x-auth-token", "|x-access-token", "|x-amz-security-token", "|private-token", "|job-token", "|x-vault-token", "|apikey", "|ocp-apim-subscription-key", "|x-csrf-token"],
        r#"(?i)(?:authorization|proxy-authorization|x-api-key|x-auth-token|x-access-token|x-amz-security-token|private-token|job-token|x-vault-token|apikey|ocp-apim-subscription-key|x-csrf-token)["']?<sp>{0,2}[:=]<sp>{0,2}["']?[^"'\n,<]{6,400}"#,
        &["Authorization: {Basic <a20>}", "-H 'PRIVATE-TOKEN: {<a20>}'", "X-Api-Key: {<a32>}"],
        &["Authorization is needed", "authorization: none", "Authorization: Bearer $TOKEN", "authorization: required for all calls"],
    )
    .checked(credential),
    command(
        "secret.cookie",
        &["|cookie:", "|set-cookie:", "|cookie=", "|cookie\":"],
        r#"(?i)(?:set-)?cookie["']?<sp>{0,2}[:=]<sp>{0,2}["']?[A-Za-z0-9_.\-]{1,60}=[^"'\n]{6,1000}"#,
        &["cookie: {sid=<a20>; theme=dark}", "Set-Cookie: {session=<a40>; Path=/; HttpOnly}"],
        &["cookie: none", "cookie: a=b"],
    )
    .checked(after_mark),
    command(
        "secret.bearer",
        &["|bearer", "|basic ", "|token "],
        r"(?i)(?:bearer|basic|token)<sp>{1,3}[A-Za-z0-9._~+/=\-]{12,}",
        &["curl -H Bearer {<a30>}", "Basic {ZGFuYTpodW50ZXIy<d4>=}"],
        &["bearer of responsibilities", "bearer bonds", "basic-authentication2", "token standardisation-2024"],
    )
    .checked(bearer)
    .random(2.8),
];

fn after_option(hit: &Hit<'_>) -> Option<Range<usize>> {
    let mark = hit.text().find(['=', ' '])?;
    let rest = hit.text().get(mark..)?.trim_start_matches(['=', ' ', '"', '\'']);
    let spaced = hit.text().get(mark..)?.starts_with(' ');
    let prose = spaced
        && matches!(
            rest,
            "is" | "and" | "for" | "the" | "option" | "needed" | "from" | "file" | "with" | "instead"
        );
    // Pages of help: a word in capitals that stands for a value, and a column further what it is.
    let stands_for = rest.chars().all(|c| c.is_uppercase() || c == '_') && hit.after().starts_with("  ");
    let prose = prose || stands_for || super::assigned::says_nothing(rest);
    (!prose).then(|| hit.without_front(hit.text().len() - rest.len())).flatten()
}

fn after_last_user(hit: &Hit<'_>) -> Option<Range<usize>> {
    // An equals sign may be one of the password: only one before the colon ends the option.
    let space = hit.text().rfind([' ', '"', '\''])? + 1;
    let colon = hit.text().get(space..)?.find(':')?;
    let option = hit.text().get(space..space + colon)?.rfind('=').map_or(0, |at| at + 1);
    let (word, colon) = (space + option, colon - option);
    let says_nothing = super::assigned::says_nothing(hit.text().get(word + colon + 1..)?);
    (!says_nothing).then(|| hit.without_front(word + colon + 1)).flatten()
}

fn after_short_option(hit: &Hit<'_>) -> Option<Range<usize>> {
    const OPTIONS: [&str; 9] = ["-p ", "-a ", "-P ", "-w ", "-b ", "pass:", "-k ", "-p", "-P"];
    let text = hit.text();
    let word = text.rfind([' ', '\t']).map_or(0, |at| at + 1);
    let last = text.get(word..)?;
    let glued = OPTIONS
        .iter()
        .filter_map(|option| last.strip_prefix(option.trim_end()))
        .min_by_key(|rest| rest.len());
    let from_pass = last.split_once("pass:").map(|(_, rest)| rest);
    let secret =
        from_pass.or(glued.filter(|rest| !rest.is_empty())).unwrap_or(last).trim_start_matches(['"', '\'']);
    let port = text.starts_with("mysql") && secret.chars().all(|c| c.is_ascii_digit());
    let file = secret.contains('.') && (text.contains("zip ") || text.starts_with("7z"));
    let shown = super::assigned::says_nothing(secret);
    (!port && !file && !shown && secret.len() > 2)
        .then(|| hit.without_front(text.len() - secret.len()))
        .flatten()
}

fn echoed(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let command = text.find([' ', '\t'])?;
    let rest = text.get(command..)?.trim_start();
    let rest = rest.strip_prefix("-n ").unwrap_or(rest).trim_start_matches(['"', '\'']);
    let start = text.len() - rest.len();
    let end = start + rest.find([' ', '|', '"', '\''])?;
    Some(hit.span().start + start..hit.span().start + end)
}

/// What grants: not the words that say that something is needed.
fn credential(hit: &Hit<'_>) -> Option<Range<usize>> {
    let range = value(hit)?;
    let said = hit.text().get(range.start - hit.span().start..)?;
    let last = said.split(' ').next_back()?;
    let grants =
        last.len() >= 6 && last.contains(|c: char| c.is_ascii_digit()) && !last.starts_with(['$', '{', '<']);
    let grants = grants || said.split(' ').count() == 1 && last.len() >= 16;
    grants.then_some(range)
}

fn after_mark(hit: &Hit<'_>) -> Option<Range<usize>> {
    let rest = hit.text().split_once([':', '='])?.1;
    let first = rest.split_once('=')?.1.split(';').next()?;
    if super::assigned::says_nothing(first) {
        return None;
    }
    hit.without_front(hit.text().len() - rest.trim_start_matches([' ', '\t', '"', '\'']).len())
}

fn bearer(hit: &Hit<'_>) -> Option<Range<usize>> {
    let token = hit.text().split([' ', '\t', '\u{a0}', '\u{202f}']).next_back()?;
    let drawn = |run: &str| run.len() >= 12 && run.contains(|c: char| c.is_ascii_digit());
    let made_by_a_machine = token.split(['-', '.', '_', '/']).any(drawn);
    made_by_a_machine.then(|| hit.without_front(hit.text().len() - token.len())).flatten()
}
