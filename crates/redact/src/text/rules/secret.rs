//! Keys and tokens whose makers gave them a shape. Shapes as their makers document them; the idea of one rule per
//! maker with a literal prefix and an entropy is gitleaks' (MIT), the rules are written here.

mod assigned;
mod blocks;
mod called;
mod cloud;
mod code;
mod codes;
mod command;
mod connection;
mod device;
pub(crate) mod inserted;
mod look;
mod message;
mod money;
mod named;
mod pairs;
mod said;
mod service;
mod thought;

use candor_model::FindingKind;

use crate::text::rule::Rule;
use crate::text::rules::gate::Gate;

/// Rules that look at a whole text.
pub(crate) const BLOCKS: [&[Rule]; 2] = [blocks::BLOCKS, &pairs::BLOCKS];

/// Tables of rules, in the order that decides between finds of the same place.
pub(crate) const TABLES: [&[Rule]; 14] = [
    cloud::RULES,
    code::RULES,
    message::RULES,
    money::RULES,
    thought::RULES,
    service::RULES,
    connection::RULES,
    command::RULES,
    assigned::RULES,
    pairs::RULES,
    called::RULES,
    device::RULES,
    codes::RULES,
    said::RULES,
];

/// Least entropy in bits per character of a key that its prefix gives away already: it refuses `xxxxxxxx` only.
const SHAPED_BITS_MIN: f64 = 2.5;

/// A key that begins with one of `words`.
const fn key(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::At(words), pattern, finds, passes).random(SHAPED_BITS_MIN)
}

/// A key that begins with a digit, or with a run of letters and digits.
const fn run(
    name: &'static str,
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Secret, Gate::Number, pattern, finds, passes).random(SHAPED_BITS_MIN)
}
