//! Keys and tokens whose makers gave them a shape. Shapes as their makers document them; the idea of one rule per
//! maker with a literal prefix is gitleaks' (MIT), the rules are written here.

use candor_model::FindingKind;

use crate::text::rule::{Rule, whole};

const fn shape(
    name: &'static str,
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule { name, kind: FindingKind::Secret, gate: "", pattern, check: whole, finds, passes }
}

pub(crate) const RULES: &[Rule] = &[
    shape(
        "secret.aws_access_key",
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
        &["id {AKIA<u16>} x"],
        &["AKIA<u15>", "XAKIA<u16>"],
    ),
    shape(
        "secret.github_token",
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",
        &["{ghp_<a36>}", "x {ghs_<a40>}"],
        &["ghp_<a20>", "ghx_<a36>"],
    ),
    shape(
        "secret.github_fine_grained",
        r"\bgithub_pat_[A-Za-z0-9_]{50,}\b",
        &["{github_pat_<a60>}"],
        &["github_pat_<a20>"],
    ),
    shape(
        "secret.gitlab_token",
        r"\bgl(?:pat|dt|rt|ptt|ft|imt|agent|soat|cbt)-[A-Za-z0-9_\-]{20,}",
        &["{glpat-<a20>}"],
        &["glpat-<a8>"],
    ),
    shape(
        "secret.slack_token",
        r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}",
        &["{xoxb-<d12>-<a24>}"],
        &["xoxo-kisses", "xoxb-1"],
    ),
    shape("secret.slack_app", r"\bxapp-\d-[A-Za-z0-9\-]{20,}", &["{xapp-1-<a40>}"], &["xapp-one"]),
    shape(
        "secret.slack_webhook",
        r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,}",
        &["{hooks.slack.com/services/<a44>}"],
        &["hooks.slack.com/services/"],
    ),
    shape(
        "secret.discord_webhook",
        r"discord(?:app)?\.com/api/webhooks/\d{15,21}/[A-Za-z0-9_\-]{40,}",
        &["{discord.com/api/webhooks/<d18>/<a60>}"],
        &["discord.com/api/webhooks/1"],
    ),
    shape(
        "secret.telegram_bot",
        r"\b\d{8,10}:AA[A-Za-z0-9_\-]{32,35}",
        &["{<d9>:AA<a33>}"],
        &["12345678:AB", "12:30"],
    ),
    shape(
        "secret.stripe_key",
        r"\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}\b",
        &["{sk_live_<a24>}", "{whsec_<a32>}"],
        &["sk_live_<a8>", "sk_<a8>"],
    ),
    shape("secret.google_api_key", r"\bAIza[A-Za-z0-9_\-]{35}", &["{AIza<a35>}"], &["AIza<a20>"]),
    shape("secret.google_oauth", r"\bya29\.[A-Za-z0-9_\-]{20,}", &["{ya29.<a60>}"], &["ya29.x"]),
    shape("secret.google_client", r"\bGOCSPX-[A-Za-z0-9_\-]{28}", &["{GOCSPX-<a28>}"], &["GOCSPX-<a10>"]),
    shape(
        "secret.openai_key",
        r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{32,}",
        &["{sk-<a48>}", "{sk-proj-<a60>}"],
        &["sk-<a10>", "task-force"],
    ),
    shape(
        "secret.anthropic_key",
        r"\bsk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_\-]{20,}",
        &["{sk-ant-api03-<a40>}"],
        &["sk-ant-api03"],
    ),
    shape("secret.huggingface_token", r"\bhf_[A-Za-z0-9]{30,}\b", &["{hf_<a34>}"], &["hf_hub"]),
    shape("secret.npm_token", r"\bnpm_[A-Za-z0-9]{36}\b", &["{npm_<a36>}"], &["npm_config_cache"]),
    shape("secret.pypi_token", r"\bpypi-[A-Za-z0-9_\-]{50,}", &["{pypi-<a80>}"], &["pypi-server"]),
    shape("secret.crates_token", r"\bcio[A-Za-z0-9]{32}\b", &["{cio<a32>}"], &["cio<a8>"]),
    shape(
        "secret.docker_token",
        r"\bdckr_(?:pat|oat)_[A-Za-z0-9_\-]{20,}",
        &["{dckr_pat_<a27>}"],
        &["dckr_pat_"],
    ),
    shape(
        "secret.sendgrid_key",
        r"\bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}",
        &["{SG.<a22>.<a43>}"],
        &["SG.1.2"],
    ),
    shape("secret.mailgun_key", r"\bkey-[0-9a-f]{32}\b", &["{key-<h32>}"], &["key-value", "key-<h8>"]),
    shape("secret.mailchimp_key", r"\b[0-9a-f]{32}-us\d{1,2}\b", &["{<h32>-us14}"], &["<h16>-us14"]),
    shape("secret.twilio_key", r"\b(?:AC|SK)[0-9a-f]{32}\b", &["{SK<h32>}"], &["SK<h16>"]),
    shape("secret.digitalocean_token", r"\bdo[opr]_v1_[0-9a-f]{64}\b", &["{dop_v1_<h64>}"], &["dop_v1_"]),
    shape("secret.heroku_key", r"\bHRKU-[A-Za-z0-9_\-]{30,}", &["{HRKU-<a40>}"], &["HRKU-x"]),
    shape(
        "secret.shopify_token",
        r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
        &["{shpat_<h32>}"],
        &["shpat_<h8>"],
    ),
    shape(
        "secret.square_token",
        r"\bsq0(?:atp|csp)-[A-Za-z0-9_\-]{22,}",
        &["{sq0atp-<a22>}"],
        &["sq0atp-<a4>"],
    ),
    shape("secret.databricks_token", r"\bdapi[0-9a-f]{32}\b", &["{dapi<h32>}"], &["dapi<h8>"]),
    shape(
        "secret.doppler_token",
        r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9.]{40,}",
        &["{dp.pt.<a43>}"],
        &["dp.pt.x"],
    ),
    shape("secret.vault_token", r"\bhv[sbr]\.[A-Za-z0-9_\-]{24,}", &["{hvs.<a90>}"], &["hvs.x"]),
    shape("secret.linear_key", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}", &["{lin_api_<a40>}"], &["lin_api_"]),
    shape(
        "secret.notion_token",
        r"\b(?:ntn_|secret_)[A-Za-z0-9]{40,}\b",
        &["{ntn_<a46>}", "{secret_<a43>}"],
        &["secret_santa"],
    ),
    shape(
        "secret.postman_key",
        r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",
        &["{PMAK-<h24>-<h34>}"],
        &["PMAK-<h24>"],
    ),
    shape("secret.atlassian_token", r"\bATATT3[A-Za-z0-9_\-=]{60,}", &["{ATATT3<a80>}"], &["ATATT3<a8>"]),
    shape("secret.newrelic_key", r"\bNRAK-[A-Z0-9]{27}\b", &["{NRAK-<u27>}"], &["NRAK-<u5>"]),
    shape("secret.grafana_token", r"\bgl(?:c_|sa_)[A-Za-z0-9+/=_]{32,}", &["{glsa_<a40>}"], &["glsa_<a4>"]),
    shape(
        "secret.age_key",
        r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b",
        &["{AGE-SECRET-KEY-1<u58>}"],
        &["AGE-SECRET-KEY-1"],
    ),
    shape(
        "secret.azure_storage",
        r"\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}",
        &["{AccountKey=<a86>==};x"],
        &["AccountKey=x"],
    ),
    shape(
        "secret.jwt",
        r"\beyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]*",
        &["{eyJ<a20>.<a40>.<a43>}"],
        &["eyJ<a20>", "eyJ.x.y"],
    ),
];
