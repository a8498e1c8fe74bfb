//! What an element of the tree lets be seen.

use candor_model::{FindingKind, Node};

use crate::role::Role;
use crate::screen::showing::{Showing, is_own};
use crate::tree::Readings;
use crate::words::Said;

/// What becomes of the pixels of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It explains what its pixels show: interface words and nothing else.
    Shows,
    /// It explains nothing, and does not speak against what lies around it.
    Silent,
    /// What it draws is not known, so that nothing around it explains it either.
    Veiled,
    /// Its pixels are masked.
    Masked(FindingKind, &'static str),
}

const PASSWORD: Verdict = Verdict::Masked(FindingKind::Password, "screen.password");
const UNWALKED: Verdict = Verdict::Masked(FindingKind::Unknown, "screen.unwalked");
const PICTURE: Verdict = Verdict::Masked(FindingKind::Unknown, "screen.picture");
const UNKNOWN_ROLE: Verdict = Verdict::Masked(FindingKind::Unknown, "screen.role");

/// Judges an element by its role, by what its strings said, and by whether it has children.
pub(crate) fn verdict(node: &Node, said: Said, kind: FindingKind, has_children: bool) -> Verdict {
    let text = Verdict::Masked(kind, "screen.text");
    let by_text = |nothing: Verdict| match said {
        Said::Other => text,
        Said::Label => Verdict::Shows,
        Said::Nothing => nothing,
    };
    let role = Role::of(&node.role);
    match role {
        Role::Password => PASSWORD,
        _ if node.unwalked => UNWALKED,
        Role::Picture => PICTURE,
        Role::Unknown if !has_children => UNKNOWN_ROLE,
        Role::Unknown | Role::Container | Role::Block if has_children => Verdict::Silent,
        Role::Unknown | Role::Container if said == Said::Other => text,
        Role::Unknown | Role::Container => Verdict::Veiled,
        Role::Block | Role::Text => by_text(if has_children { Verdict::Silent } else { Verdict::Veiled }),
        Role::Field | Role::Drawn => by_text(Verdict::Shows),
        Role::Choice => choice(node, said, text),
    }
}

/// A field that always shows a value hides it as long as the tree does not name that value.
fn choice(node: &Node, said: Said, text: Verdict) -> Verdict {
    match said {
        Said::Other => text,
        Said::Label if node.text.is_some() => Verdict::Shows,
        Said::Label | Said::Nothing => Verdict::Veiled,
    }
}

/// A verdict for every element. One that shows explains itself only if nothing below it is masked or veiled.
pub(crate) fn verdicts(readings: &Readings, showing: Showing) -> Vec<Verdict> {
    let nodes = &readings.tree.nodes;
    let mut has_children = vec![false; nodes.len()];
    for node in nodes {
        mark(&mut has_children, node.parent);
    }
    let own = own(nodes);
    let inputs = nodes.iter().zip(&readings.said).zip(&readings.kinds).zip(&readings.others);
    let mut verdicts: Vec<Verdict> = inputs
        .zip(has_children.iter().zip(&own))
        .map(|((((node, said), kind), others), (children, own))| {
            let strict = verdict(node, *said, *kind, *children);
            showing.verdict(node, strict, *others, *own)
        })
        .collect();
    let mut clouded = vec![false; nodes.len()];
    for (i, node) in nodes.iter().enumerate().rev() {
        let Some(own) = verdicts.get_mut(i) else { continue };
        let below = clouded.get(i).copied().unwrap_or(true);
        if below && *own == Verdict::Shows {
            *own = Verdict::Silent;
        }
        if below || matches!(own, Verdict::Veiled | Verdict::Masked(..)) {
            mark(&mut clouded, node.parent);
        }
    }
    verdicts
}

/// Per element, whether the person writes in it or in what it lies in.
pub(crate) fn own(nodes: &[Node]) -> Vec<bool> {
    let mut own: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let above = node.parent.and_then(|p| own.get(usize::try_from(p).ok()?).copied());
        own.push(above.unwrap_or(false) || is_own(node));
    }
    own
}

fn mark(flags: &mut [bool], at: Option<u32>) {
    let flag = at.and_then(|at| flags.get_mut(usize::try_from(at).ok()?));
    if let Some(flag) = flag {
        *flag = true;
    }
}
