//! Secrets in commands of systems and in the settings of devices, where a word says that one follows.

use std::ops::Range;

use candor_model::FindingKind;

use super::assigned::says_nothing;
use super::look::Said;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const fn follows(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes).checked(last_word)
}

pub(super) const RULES: &[Rule] = &[
    follows(
        "secret.directive",
        &["requirepass ", "masterauth ", "snmp-server community", "rocommunity ", "rwcommunity ", "enable secret", "enable password", "pre-shared-key", "preshared-key", "wpa-psk ", "key-string ", "password 0 ", "password 5 ", "password 7 ", "secret 0 ", "secret 5 ", "secret 8 ", "secret 9 ", "tacacs-server key", "radius-server key", "md5 key", "|key 7 ", "rootpw ", "auth-pass ", "user-password "],
        r#"(?i)(?:requirepass|masterauth|snmp-server community|r[ow]community|enable (?:secret|password)|pre-?shared-key|wpa-psk|key-string|password [057]|secret [0589]|key 7|(?:tacacs|radius)-server key|rootpw(?: --(?:iscrypted|plaintext))?|auth-pass|user-password)(?:<sp>[05789])?<sp>{1,3}["']?[^\s"']{4,200}"#,
        &["requirepass {geheim99}", "enable secret 5 {$1$<a4>$<a22>}", "snmp-server community {c0mmun1ty} RO", "username admin password 7 {0822455D0A16}", "pre-shared-key {Kaktus44}"],
        &["community edition", "requirepass \"\"", "enable password protection", "pre-shared-key authentication", "password 5 times", "secret 5 years", "community meeting2024"],
    ),
    follows(
        "secret.windows_command",
        &["net user ", "net use ", "cmdkey ", "runas ", "psexec", "/pass:", "/password:", "/pwd:", "schtasks "],
        r#"(?i)(?:net user<sp>{1,2}[^\s/"]{1,40}<sp>{1,2}["']?[^\s"'/*][^\s"']{2,80}|net use<sp>[^\n]{0,80}/user:\S{1,60}<sp>{1,2}["']?[^\s"'/*][^\s"']{2,80}|(?:psexec|schtasks)[^\n]{0,120}?<sp>[/-]r?p<sp>["']?[^\s"']{3,80}|/(?:pass|password|pwd):["']?[^\s"']{3,80})"#,
        &["net user backup {Kaktus#44} /add", "net use Z: \\\\nas\\share /user:corp\\dana {hunter2}", "cmdkey /add:server01 /user:admin /pass:{hunter2}", "psexec \\\\pc01 -u admin -p {geheim1} cmd"],
        &["net user backup /delete", "net user backup * /add", "net use Z: \\\\nas\\share", "net users in total2"],
    ),
    follows(
        "secret.environment",
        &["|env ", "|setx ", "|arg ", "config:set ", "configure set ", "secret set ", "config set ", "vault login ", "auth login ", "<<< "],
        r#"(?:(?i:env|setx|arg|(?:configure|config|secret)[: ]set)<sp>{1,2}["']?[A-Za-z0-9_./:\-]{0,60}(?i:password|passwd|_pass|_pwd|_pw|secret|token|api_?key|apikey|_key|_psk|_auth|_authtoken|credential)[A-Za-z0-9_]{0,12}["']?[ =:]{1,2}["']?[^\s"'$=<]{3,400}|(?i:vault|auth) login<sp>{1,2}["']?[^\s"'$=<\-][^\s"'$=<]{15,200})"#,
        &["ENV DB_PASSWORD {hunter2}", "setx AZURE_CLIENT_SECRET {<a40>}", "aws configure set aws_secret_access_key {<a40>}", "vault login {s.<a24>}", "npm config set //r.example/:_authToken {<a40>}"],
        &["ENV API_KEY $KEY", "ENV LANG en_US.UTF-8", "env DB_PASSWORD is missing", "arg token required", "vault login"],
    ),
    follows(
        "secret.oracle",
        &["sqlplus ", "jdbc:oracle:", "impdp ", "expdp ", "|rman "],
        r#"(?i)(?:sqlplus|impdp|expdp|rman|jdbc:oracle:thin)[: ](?:[^\n]{0,60}?<sp>)?[A-Za-z0-9_]{1,40}/["']?[^\s"'/@]{3,80}@"#,
        &["sqlplus system/{hunter2}@orcl", "jdbc:oracle:thin:scott/{tiger9}@ora1:1521:xe"],
        &["sqlplus / as sysdba", "jdbc:oracle:thin:@ora1:1521:xe", "sqlplus system@orcl"],
    )
    .checked(before_at),
    follows(
        "secret.option_short",
        &["|az login", "|mosquitto_pub", "|mosquitto_sub", "|lftp ", "|ncftp", "|svn ", "|ansible", "|helm ", "|podman login", "|crane auth", "|skopeo ", "|oc login", "|cf login", "|xfreerdp ", "|rdesktop ", "|vncviewer ", "|ipmitool ", "|snmpwalk ", "|snmpget ", "|mount ", "|rsync ", "|pg_dump", "|cqlsh ", "|neo4j", "|clickhouse-client", "|influx ", "|keytool ", "|jarsigner ", "|signtool "],
        r#"(?:az login|mosquitto_(?:pub|sub)|lftp|ncftp|svn|ansible|helm|podman login|crane auth|skopeo|oc login|cf login|xfreerdp|rdesktop|vncviewer|ipmitool|snmp(?:walk|get)|mount|rsync|pg_dump|cqlsh|neo4j|clickhouse-client|influx|keytool|jarsigner|signtool)[^\n|;]{0,200}?<sp>(?:-p|-P|-w|/p|-storepass|-keypass|-c|--storepass|-A|-X)[ :=]["']?[^\s"'\-$|;:/][^\s"'$|;]{3,120}"#,
        &["az login --service-principal -u app -p {k1k2k3k4}", "keytool -list -storepass {chang3it} -keystore k.jks", "mosquitto_pub -h b -u dev -P {hunter2} -t x", "snmpwalk -v2c -c {c0mmun1ty} 10.0.0.9"],
        &["helm install x ./chart -p", "mount -t nfs -p 2049", "rsync -c source target", "svn commit -p none"],
    )
    .checked(odd_word),
    follows(
        "secret.header_key",
        &["x-auth", "api-key", "x-functions-key", "x-token", "x-secret", "x-session", "x-hub-signature", "x-amz-signature", "x-webhook", "x-shared", "x-goog-api", "x-rapidapi-key", "x-mashape", "x-plex-token", "xsrf-token", "csrf"],
        r#"(?i)(?:x-(?:auth|functions-key|token|secret|session|hub-signature|amz-signature|webhook|shared|goog-api|rapidapi-key|mashape|plex-token)|api-key|x?[cs]srf)[A-Za-z0-9_\-]{0,20}["']?<sp>{0,2}[:=,]<sp>{0,2}["']?(?:sha256=)?[A-Za-z0-9+/=_.\-]{12,400}"#,
        &["X-Auth: {<a32>}", "\"api-key\": \"{<h32>}\"", "X-CSRF-Token: {<a43>=}", "csrfmiddlewaretoken={<a64>}"],
        &["x-auth: required", "api-key: your-api-key-here", "csrf_exempt", "api-key-name: my-service-name"],
    )
    .checked(drawn_word),
    follows(
        "secret.session_cookie",
        &["sessionid=", "sessid=", "jsessionid", "connect.sid", "|sid=", "session=", "auth_token=", "remember_token=", "xsrf-token=", "__host-", "__secure-", "asp.net_session", "aspxauth"],
        r#"(?i)(?:[jp]?h?p?sess(?:ion)?_?id|connect\.sid|sid|session|(?:auth|remember|xsrf)[_\-]token|__(?:host|secure)-[a-z0-9_.\-]{1,30}|(?:asp\.net_session(?:id)?|\.?aspxauth))["']?<sp>?[=:]<sp>?["']?[A-Za-z0-9%+/=_.\-]{16,600}"#,
        &["JSESSIONID={<u32>}", "connect.sid={s%3A<a32>.<a43>}", "sessionid={<a32>}", "session={<a40>}"],
        &["session=none", "sid=12", "session=2024-01-15T10:30:00.000", "session=my-internal-session-name"],
    )
    .checked(drawn_word),
    follows(
        "secret.hash_of_password",
        &["ntlm", "|lm hash", "nthash", "password hash", "passwort-hash", "$apr1$", "{sha}", "{md5}", "{ssha512}", "{ssha256}"],
        r"(?i)(?:(?:ntlm|lm|nt|password|passwort)[ \-]?hash(?:es)?<sp>{0,2}[:=]<sp>{0,3}(?:[0-9a-f]{32}(?::[0-9a-f]{32})?|[0-9a-f]{40,128})|\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|\x7b(?:sha|md5|ssha256|ssha512)\x7d[A-Za-z0-9+/]{16,120}={0,2})",
        &["NTLM hash: {<h32>}", "htpasswd admin:{$apr1$<a8>$<a22>}"],
        &["password hash: bcrypt", "{SHA} is weak"],
    )
    .checked(hash),
    Rule::new(
        "secret.windows_hashes",
        FindingKind::Secret,
        Gate::Number,
        r"\b\d{3,6}:[0-9a-fA-F]{32}:[0-9a-fA-F]{32}:::",
        &["Administrator:500:{<h32>:<h32>}:::"],
        &["500:<h32>:x:::", "12:30"],
    )
    .checked(hashes),
    follows(
        "secret.swarm_token",
        &["swmtkn-1-", "k10"],
        r"(?:SWMTKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30}|K10[0-9a-f]{40,70}::[a-z]{4,10}:[0-9a-f]{20,40})",
        &["{SWMTKN-1-<h50>-<h25>}", "{K10<h64>::server:<h32>}"],
        &["SWMTKN-1-x", "K10 chart"],
    )
    .checked(crate::text::rule::whole),
];

fn value_at(hit: &Hit<'_>, mark: &[char]) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind(mark)? + 1;
    let value = Said::at(text, start)?;
    (!says_nothing(value.text)).then(|| value.range(hit))
}

/// The last word, unless it is one of a sentence.
fn last_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let colon = text
        .rfind(':')
        .filter(|at| text.get(..*at).is_some_and(|t| t.ends_with(['s', 'd']) && t.contains('/')));
    let space = text.rfind([' ', '\t', '=', '\u{a0}']);
    let start = colon.max(space)? + 1;
    let value = Said::at(text, start)?;
    let plain = value.text.chars().all(|c| c.is_alphabetic() || c == '-');
    let last_is_row =
        value.text.chars().all(char::is_alphanumeric) && value.text.len() > 4 && is_word_and_year(value.text);
    let hashed = value.text.starts_with('$') && value.text.get(1..4).is_some_and(|rest| rest.contains('$'));
    (!plain && !last_is_row && (hashed || !says_nothing(value.text))).then(|| value.range(hit))
}

/// `meeting2024`
fn is_word_and_year(value: &str) -> bool {
    let word = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let year = value.get(word.len()..).unwrap_or_default();
    year.len() == 4 && year.starts_with("20") && word.chars().all(|c| c.is_ascii_lowercase())
}

fn before_at(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind('/')? + 1;
    let value = text.get(start..)?.strip_suffix('@')?;
    (!says_nothing(value)).then(|| hit.span().start + start..hit.span().end - 1)
}

fn odd_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let range = value_at(hit, &[' ', '=', ':'])?;
    let start = range.start - hit.span().start;
    hit.text().get(start..).filter(|value| super::look::is_odd(value)).map(|_| range)
}

/// A value that a machine drew: letters and digits that change often.
fn drawn_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let mark = text.find([':', '=', ','])?;
    let value = Said::at(text, mark + 1)?;
    let digits = value.text.chars().filter(char::is_ascii_digit).count();
    let letters = value.text.contains(|c: char| c.is_ascii_alphabetic());
    let date = value.text.starts_with("20") && value.text.contains('-');
    (digits >= 2 && letters && !date && !says_nothing(value.text)).then(|| value.range(hit))
}

fn hash(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    if text.starts_with(['$', '{']) {
        return Some(hit.span());
    }
    let mark = text.find([':', '='])?;
    Said::at(text, mark + 1).map(|value| value.range(hit))
}

fn hashes(hit: &Hit<'_>) -> Option<Range<usize>> {
    let first = hit.text().find(':')? + 1;
    let end = hit.text().len() - 3;
    Some(hit.span().start + first..hit.span().start + end)
}
