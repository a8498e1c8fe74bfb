//! Keys of services that answer with models of language, images and sound.

use super::key;
use crate::text::rule::Rule;

pub(super) const RULES: &[Rule] = &[
    key(
        "secret.anthropic_key",
        &["|sk-ant-"],
        r"sk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_\-]{20,}",
        &["{sk-ant-api03-<a40>}"],
        &["sk-ant-api03"],
    ),
    key(
        "secret.openai_key",
        &["|sk-"],
        r"sk-(?:proj-|svcacct-|admin-|None-|or-v1-)?[A-Za-z0-9_\-]{32,}",
        &["{sk-<a48>}", "{sk-proj-<a60>}", "{sk-or-v1-<h64>}"],
        &["sk-<a10>", "task-force", "sk-learn-contrib-and-other-long-names-of-packages"],
    )
    .checked(dense),
    key(
        "secret.huggingface_token",
        &["|hf_", "|api_org_"],
        r"(?:hf|api_org)_[A-Za-z0-9]{30,}\b",
        &["{hf_<a34>}"],
        &["hf_hub"],
    ),
    key("secret.replicate_token", &["|r8_"], r"r8_[A-Za-z0-9]{37}\b", &["{r8_<a37>}"], &["r8_x"]),
    key("secret.groq_key", &["|gsk_"], r"gsk_[A-Za-z0-9]{48,}\b", &["{gsk_<a52>}"], &["gsk_x"]),
    key("secret.perplexity_key", &["|pplx-"], r"pplx-[A-Za-z0-9]{40,}\b", &["{pplx-<a48>}"], &["pplx-x"]),
    key("secret.xai_key", &["|xai-"], r"xai-[A-Za-z0-9]{70,}\b", &["{xai-<a80>}"], &["xai-explainable"]),
    key(
        "secret.langsmith_key",
        &["|lsv2_", "|ls__"],
        r"(?:lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}|ls__[0-9a-f]{32})\b",
        &["{lsv2_pt_<h32>_<h10>}"],
        &["lsv2_pt_x"],
    ),
    key(
        "secret.pinecone_key",
        &["|pcsk_"],
        r"pcsk_[A-Za-z0-9]{5,7}_[A-Za-z0-9]{50,}\b",
        &["{pcsk_<a6>_<a63>}"],
        &["pcsk_x"],
    ),
    key("secret.elevenlabs_key", &["|sk_"], r"sk_[0-9a-f]{48}\b", &["{sk_<h48>}"], &["sk_<h8>"]),
    key(
        "secret.fireworks_key",
        &["|fw_"],
        r"fw_[A-Za-z0-9]{22,24}\b",
        &["{fw_<a22>}"],
        &["fw_update_of_the_device"],
    ),
    key("secret.nvidia_key", &["|nvapi-"], r"nvapi-[A-Za-z0-9_\-]{60,}", &["{nvapi-<a64>}"], &["nvapi-x"]),
    key("secret.tavily_key", &["|tvly-"], r"tvly-(?:dev-)?[A-Za-z0-9]{32}\b", &["{tvly-<a32>}"], &["tvly-x"]),
    key("secret.jina_key", &["|jina_"], r"jina_[A-Za-z0-9_\-]{60}", &["{jina_<a60>}"], &["jina_x"]),
];

/// A row of words that hyphens join is a name, and no key.
fn dense(hit: &crate::text::rule::Hit<'_>) -> Option<std::ops::Range<usize>> {
    let longest = hit.text().split(['-', '_']).map(str::len).max().unwrap_or(0);
    (longest >= 16 && hit.text().contains(|c: char| c.is_ascii_digit())).then(|| hit.span())
}
