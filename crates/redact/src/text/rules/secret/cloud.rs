//! Keys of clouds and hosts.

use std::ops::Range;

use super::key;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

pub(super) const RULES: &[Rule] = &[
    key(
        "secret.aws_access_key",
        &["|AKIA", "|ASIA", "|ABIA", "|ACCA"],
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
        &["id {AKIA<u16>} x", "{ASIA<u16>}"],
        &["AKIA<u15>", "XAKIA<u16>", "asian cooking classes"],
    ),
    key(
        "secret.aws_secret_key",
        &["secret_access_key", "secretaccesskey", "aws_secret", "secret access key"],
        r#"(?i)(?:secret[_ ]?access[_ ]?key|aws_secret(?:_key)?)["']?[ \t]{0,3}(?:=>|=|:|,)?[ \t]{0,3}["']?[A-Za-z0-9/+]{40}\b"#,
        &["aws_secret_access_key = {<a40>}", "\"SecretAccessKey\": \"{<a40>}\""],
        &["the secret access key of the account", "aws_secret_access_key = $AWS_SECRET"],
    )
    .checked(last_40),
    key(
        "secret.aws_session_token",
        &["FwoGZXIvYXdz", "IQoJb3JpZ2lu"],
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=]{60,}",
        &["{FwoGZXIvYXdz<a120>}", "{IQoJb3JpZ2lu<a300>}"],
        &["FwoGZXIvYXdz", "IQoJb3JpZ2lu<a20>"],
    ),
    key("secret.aws_bedrock_key", &["ABSK"], r"ABSK[A-Za-z0-9+/]{100,}={0,2}", &["{ABSK<a120>}"], &["ABSK<a20>"]),
    key(
        "secret.aws_mws",
        &["amzn.mws."],
        r"amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        &["{amzn.mws.<h8>-<h4>-<h4>-<h4>-<h12>}"],
        &["amzn.mws.<h8>"],
    ),
    key("secret.google_api_key", &["AIza"], r"AIza[A-Za-z0-9_\-]{35}", &["{AIza<a35>}"], &["AIza<a20>"]),
    key("secret.google_oauth", &["|ya29."], r"ya29\.[A-Za-z0-9_\-]{20,}", &["{ya29.<a60>}"], &["ya29.x"]),
    key("secret.google_client", &["GOCSPX-"], r"GOCSPX-[A-Za-z0-9_\-]{28}", &["{GOCSPX-<a28>}"], &["GOCSPX-<a10>"]),
    key("secret.google_refresh", &["|1//0"], r"1//0[A-Za-z0-9_\-]{40,}", &["{1//0<a60>}"], &["1//0 of 3", "11//0<a20>"]),
    key(
        "secret.azure_storage",
        &["AccountKey=", "SharedAccessKey="],
        r"(?i)(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}",
        &["{AccountKey=<a86>==};x"],
        &["AccountKey=x"],
    ),
    key(
        "secret.azure_client",
        &["7Q~", "8Q~"],
        r"[78]Q~[A-Za-z0-9_.~\-]{31,34}",
        &["{8Q~<a34>}"],
        &["8Q~<a5>"],
    ),
    key(
        "secret.azure_devops",
        &["AZDO"],
        r"AZDO[A-Za-z0-9]{4}[A-Za-z0-9+/]{20,}",
        &["{AZDO<a80>}"],
        &["AZDO pipelines"],
    ),
    key("secret.alibaba_key", &["|LTAI"], r"LTAI[A-Za-z0-9]{16,24}\b", &["{LTAI<a20>}"], &["LTAI<a5>"]),
    key("secret.tencent_key", &["|AKID"], r"AKID[A-Za-z0-9]{32}\b", &["{AKID<a32>}"], &["AKID<a5>"]),
    key(
        "secret.cloudflare_origin",
        &["|v1.0-"],
        r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b",
        &["{v1.0-<h24>-<h146>}"],
        &["v1.0-<h24>", "v1.0-beta"],
    ),
    key(
        "secret.digitalocean_token",
        &["|dop_v1_", "|doo_v1_", "|dor_v1_"],
        r"do[opr]_v1_[0-9a-f]{64}\b",
        &["{dop_v1_<h64>}"],
        &["dop_v1_"],
    ),
    key("secret.heroku_key", &["HRKU-"], r"HRKU-[A-Za-z0-9_\-]{30,}", &["{HRKU-<a40>}"], &["HRKU-x"]),
    key("secret.fly_token", &["|fo1_", "|fm1", "|fm2_"], r"(?:fo1_[A-Za-z0-9_\-]{40,}|fm1[ar]_[A-Za-z0-9+/]{80,}|fm2_[A-Za-z0-9+/]{80,})={0,2}", &["{fo1_<a43>}", "{fm2_<a120>}"], &["fm2_x"]),
    key("secret.render_key", &["|rnd_"], r"rnd_[A-Za-z0-9]{28,}\b", &["{rnd_<a32>}"], &["rnd_seed"]),
    key("secret.netlify_token", &["|nfp_"], r"nfp_[A-Za-z0-9]{36}\b", &["{nfp_<a36>}"], &["nfp_x"]),
    key("secret.supabase_key", &["|sbp_", "|sb_secret_"], r"(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_\-]{30,})", &["{sbp_<h40>}", "{sb_secret_<a36>}"], &["sbp_x"]),
    key(
        "secret.planetscale_token",
        &["|pscale_"],
        r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.\-]{32,64}",
        &["{pscale_tkn_<a43>}"],
        &["pscale_tkn_x"],
    ),
    key("secret.scaleway_key", &["|SCW"], r"SCW[A-Z0-9]{17}\b", &["{SCW<u17>}"], &["SCW<u5>"]),
    key("secret.yandex_key", &["AQVN", "t1.9"], r"(?:AQVN[A-Za-z0-9_\-]{35,38}|t1\.9[A-Za-z0-9_\-]{20,}[.][A-Za-z0-9_\-]{80,})", &["{AQVN<a36>}"], &["AQVN<a5>", "t1.95"]),
    key("secret.databricks_token", &["|dapi"], r"dapi[0-9a-f]{32}(?:-\d)?\b", &["{dapi<h32>}"], &["dapi<h8>"]),
    key(
        "secret.doppler_token",
        &["|dp.pt.", "|dp.st.", "|dp.ct.", "|dp.sa.", "|dp.scim.", "|dp.audit."],
        r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._\-]{40,}",
        &["{dp.pt.<a43>}"],
        &["dp.pt.x"],
    ),
    key("secret.vault_token", &["|hvs.", "|hvb.", "|hvr."], r"hv[sbr]\.[A-Za-z0-9_\-]{24,}", &["{hvs.<a90>}"], &["hvs.x"]),
    Rule::new(
        "secret.terraform_token",
        candor_model::FindingKind::Secret,
        Gate::Before(&[".atlasv1."], |c| c.is_ascii_alphanumeric()),
        r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-]{60,70}",
        &["{<a14>.atlasv1.<a64>}"],
        &["<a14>.atlasv2.<a64>"],
    ),
    key("secret.pulumi_token", &["|pul-"], r"pul-[0-9a-f]{40}\b", &["{pul-<h40>}"], &["pul-<h8>"]),
    key("secret.tailscale_key", &["|tskey-"], r"tskey-[a-z]{2,10}-[A-Za-z0-9]{6,}(?:-[A-Za-z0-9]{10,})?", &["{tskey-auth-<a12>-<a30>}"], &["tskey-auth"]),
    key("secret.age_key", &["AGE-SECRET-KEY-1"], r"AGE-SECRET-KEY-1[A-Z0-9]{58}\b", &["{AGE-SECRET-KEY-1<u58>}"], &["AGE-SECRET-KEY-1"]),
    key("secret.openshift_token", &["sha256~"], r"sha256~[A-Za-z0-9_\-]{43}\b", &["{sha256~<a43>}"], &["sha256:<h64>"]),
    key("secret.onepassword_token", &["|ops_eyJ"], r"ops_eyJ[A-Za-z0-9+/=_\-]{100,}", &["{ops_eyJ<a120>}"], &["ops_eyJ<a9>"]),
    key("secret.dynatrace_token", &["|dt0c01.", "|dt0s01."], r"dt0[cs]01\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b", &["{dt0c01.<u24>.<u64>}"], &["dt0c01.<u5>"]),
];

/// The key itself: its maker gave it 40 characters.
fn last_40(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().len().checked_sub(40)?)
}
