//! Keys of chats, mails and social networks.

use super::{key, run};
use crate::text::rule::Rule;

pub(super) const RULES: &[Rule] = &[
    key(
        "secret.slack_token",
        &["|xoxa-", "|xoxb-", "|xoxe", "|xoxo-", "|xoxp-", "|xoxr-", "|xoxs-", "|xoxc-", "|xoxd-"],
        r"xox(?:[abeoprscd]|e\.xox[bp])-[A-Za-z0-9%\-]{10,}",
        &["{xoxb-<d12>-<a24>}"],
        &["xoxo-kisses", "xoxb-1"],
    )
    .checked(with_digit),
    key("secret.slack_app", &["|xapp-"], r"xapp-\d-[A-Za-z0-9\-]{20,}", &["{xapp-1-<a40>}"], &["xapp-one"]),
    key(
        "secret.slack_webhook",
        &["hooks.slack.com/"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
        &["{hooks.slack.com/services/<a44>}"],
        &["hooks.slack.com/services/"],
    ),
    key(
        "secret.teams_webhook",
        &["webhook.office.com/webhookb2/"],
        r"webhook\.office\.com/webhookb2/[A-Za-z0-9@/\-]{40,}",
        &["{webhook.office.com/webhookb2/<h36>@<h36>/IncomingWebhook/<h32>}"],
        &["webhook.office.com/webhookb2/"],
    ),
    key(
        "secret.discord_webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/\d{15,21}/[A-Za-z0-9_\-]{40,}",
        &["{discord.com/api/webhooks/<d18>/<a60>}"],
        &["discord.com/api/webhooks/1"],
    ),
    key(
        "secret.discord_bot",
        &["|MT", "|MD", "|Mj", "|Mz", "|ND", "|NT", "|Nj", "|Nz", "|OD", "|OT"],
        r"[MNO][A-Za-z0-9_\-]{23,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40}",
        &["{MT<a22>.<a6>.<a38>}"],
        &["Namespace.of.something", "NT<a22>.<a6>.x"],
    ),
    run(
        "secret.telegram_bot",
        r"\b\d{8,10}:AA[A-Za-z0-9_\-]{32,35}",
        &["{<d9>:AA<a33>}"],
        &["12345678:AB", "12:30"],
    ),
    key(
        "secret.zapier_hook",
        &["hooks.zapier.com/hooks/catch/"],
        r"hooks\.zapier\.com/hooks/catch/[0-9a-z/]{10,}",
        &["{hooks.zapier.com/hooks/catch/<d7>/<h7>}"],
        &["hooks.zapier.com/hooks/catch/"],
    ),
    key(
        "secret.google_chat_hook",
        &["chat.googleapis.com/v1/spaces/"],
        r"chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_\-]+/messages\?key=[^\s\x22']{20,200}",
        &["{chat.googleapis.com/v1/spaces/<a11>/messages?key=<a39>&token=<a43>}"],
        &["chat.googleapis.com/v1/spaces/"],
    ),
    key(
        "secret.twitter_bearer",
        &["AAAAAAAAAAAAAAAAAAAA"],
        r"A{20,22}[A-Za-z0-9%]{60,}",
        &["{AAAAAAAAAAAAAAAAAAAAA<a90>}"],
        &["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ),
    key(
        "secret.facebook_token",
        &["|EAA", "|EAAC"],
        r"EAA[MC]?[A-Za-z0-9]{80,}\b",
        &["{EAA<a120>}"],
        &["EAA countries"],
    ),
    key(
        "secret.sendgrid_key",
        &["|SG."],
        r"SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}",
        &["{SG.<a22>.<a43>}"],
        &["SG.1.2", "Sg. Bob"],
    ),
    run("secret.mailchimp_key", r"\b[0-9a-f]{32}-us\d{1,2}\b", &["{<h32>-us14}"], &["<h16>-us14"]),
    key("secret.mandrill_key", &["|md-"], r"md-[A-Za-z0-9_\-]{22}\b", &["{md-<a22>}"], &["md-raid"])
        .checked(with_digit),
    key(
        "secret.mailgun_key",
        &["|key-", "|pubkey-"],
        r"(?:pub)?key-[0-9a-f]{32}\b",
        &["{key-<h32>}"],
        &["key-value", "key-<h8>"],
    ),
    key(
        "secret.brevo_key",
        &["|xkeysib-", "|xsmtpsib-"],
        r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}\b",
        &["{xkeysib-<h64>-<a16>}"],
        &["xkeysib-x"],
    ),
    key(
        "secret.resend_key",
        &["|re_"],
        r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}\b",
        &["{re_<a8>_<a24>}"],
        &["re_match", "re_compile_pattern"],
    ),
    run("secret.twilio_key", r"\b(?:AC|SK)[0-9a-f]{32}\b", &["{SK<h32>}"], &["SK<h16>"]),
    key(
        "secret.courier_key",
        &["|pk_prod_"],
        r"pk_prod_[A-Z0-9]{28}\b",
        &["{pk_prod_<u28>}"],
        &["pk_prod_x"],
    ),
    key(
        "secret.microsoft_refresh",
        &["0.AAAA", "0.AX", "|M.C5"],
        r"(?:0\.A[A-Za-z0-9_\-]{3}[A-Za-z0-9_\-.]{80,}|M\.C5[0-9a-zA-Z_.!*$\-]{80,})",
        &["{0.AAAA<a120>}"],
        &["0.AX"],
    ),
];

fn with_digit(hit: &crate::text::rule::Hit<'_>) -> Option<std::ops::Range<usize>> {
    hit.text().contains(|c: char| c.is_ascii_digit()).then(|| hit.span())
}
