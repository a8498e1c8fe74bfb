//! How much is asked, which only tests count.

use std::collections::BTreeMap;
use std::iter::Sum;

use super::asked::Asked;

/// Questions.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    pub(crate) walks: u64,
    /// By what is asked for.
    pub(super) asked: BTreeMap<&'static str, u64>,
    pub(crate) traffic: Traffic,
}

/// What went over the lines to applications.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Traffic {
    pub(crate) sends: u64,
    pub(crate) reads: u64,
    pub(crate) sent_bytes: u64,
}

impl Tally {
    pub(super) fn asks(&mut self, what: &'static str) {
        *self.asked.entry(what).or_default() += 1;
    }

    pub(super) fn asks_all(&mut self, asked: &[Asked]) {
        for asked in asked {
            *self.asked.entry(name(*asked)).or_default() += 1;
        }
    }

    pub(crate) fn questions(&self) -> u64 {
        self.asked.values().sum()
    }

    /// What was asked since, by what is asked for.
    pub(crate) fn since(&self, before: &Self) -> BTreeMap<&'static str, u64> {
        let more =
            |(what, count): (&&'static str, &u64)| (*what, count - before.asked.get(what).unwrap_or(&0));
        self.asked.iter().map(more).collect()
    }
}

impl Traffic {
    pub(super) fn sent(self, bytes: usize) -> Self {
        Self { sends: self.sends + 1, sent_bytes: self.sent_bytes + u64::try_from(bytes).unwrap(), ..self }
    }

    pub(super) fn read(self) -> Self {
        Self { reads: self.reads + 1, ..self }
    }
}

impl Sum for Traffic {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, more| Self {
            sends: sum.sends + more.sends,
            reads: sum.reads + more.reads,
            sent_bytes: sum.sent_bytes + more.sent_bytes,
        })
    }
}

const fn name(asked: Asked) -> &'static str {
    match asked {
        Asked::States => "states",
        Asked::Role => "role",
        Asked::Name => "name",
        Asked::Place => "place",
        Asked::ChildCount => "count",
        Asked::Children => "children",
        Asked::Parent => "parent",
        Asked::Text | Asked::WholeText => "text",
    }
}
