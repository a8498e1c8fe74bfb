//! The truth of what the hands did, one line of JSON for each action, and what came out compared with it.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use candor_model::Action;
use serde::{Deserialize, Serialize};

/// One line of the truth file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// From 1 on.
    pub(super) number: usize,
    /// The words of the scenario.
    pub(super) did: String,
    pub(super) expected: Expected,
}

/// What an action must come out as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Expected {
    /// Nothing: what was done was done to a window that nobody may record.
    Refused,
    /// This action, on this element. The page had been clicked so often before it.
    Seen { action: Action, element: Element, page: Option<u16>, frame: Frame },
}

/// What an action was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Element {
    /// It is of one of these: of more than one where an application tells one or the other.
    pub(super) roles: Vec<String>,
    /// Where it is asked.
    pub(super) name: Option<String>,
}

/// Of when the frame of an action must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Frame {
    /// Of before it: the screen was at rest, and the window in front.
    Before,
    /// Of after it, and the observation says so: the window was not in front.
    After,
    /// Of whichever of the two the observation says: the hands did not rest before the action.
    AsItSays,
}

/// What came out of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Out {
    Seen {
        action: Action,
        role: String,
        name: Option<String>,
        /// How often the page had been clicked, by its colour; none where it does not show one of its colours alone.
        page: Option<u16>,
        late_ms: Option<u32>,
    },
    Refused,
    /// Nothing, for this reason: no action must come out so.
    NotCaptured(String),
}

impl Expected {
    pub(super) fn agrees(&self, out: &Out) -> bool {
        match (self, out) {
            (Self::Refused, Out::Refused) => true,
            (
                Self::Seen { action, element, page, frame },
                Out::Seen { action: done, role, name, page: shown, late_ms },
            ) => {
                let colour = page.is_none_or(|before| shows(*shown, before, late_ms.is_some()));
                let same = element.agrees(role, name.as_deref());
                action == done && same && colour && frame.agrees(*late_ms)
            }
            (Self::Refused | Self::Seen { .. }, Out::Seen { .. } | Out::Refused | Out::NotCaptured(_)) => {
                false
            }
        }
    }
}

/// A frame of before shows the page as it was; one of after as it was then or at any time later: the hands go on meanwhile.
fn shows(shown: Option<u16>, before: u16, late: bool) -> bool {
    shown == Some(before) || (late && shown.is_some_and(|clicks| clicks > before))
}

impl Element {
    /// One that is asked for by its role alone.
    pub(super) fn of(roles: &[&str]) -> Self {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        Self { roles, name: None }
    }

    fn agrees(&self, role: &str, name: Option<&str>) -> bool {
        let known = self.roles.iter().any(|known| known == role);
        known && (self.name.is_none() || self.name.as_deref() == name)
    }
}

impl Frame {
    const fn agrees(self, late_ms: Option<u32>) -> bool {
        match self {
            Self::Before => late_ms.is_none(),
            Self::After => late_ms.is_some(),
            Self::AsItSays => true,
        }
    }
}

/// A truth file that is being written.
pub(super) struct TruthFile {
    file: File,
    pub(super) lines: usize,
}

impl TruthFile {
    pub(super) fn create(path: &Path) -> Self {
        Self { file: File::create(path).unwrap(), lines: 0 }
    }

    pub(super) fn write(&mut self, did: &str, expected: Expected) {
        self.lines += 1;
        let line = Line { number: self.lines, did: did.to_owned(), expected };
        writeln!(self.file, "{}", serde_json::to_string(&line).unwrap()).unwrap();
    }
}

/// Reads a truth file back.
pub(super) fn read(path: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Line> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!((1..).zip(&lines).all(|(number, line)| line.number == number), "{text}");
    lines
}

/// What did not come out, and what came out that was not done: after each, the two are read on from where they agree again.
pub(super) fn differences(truth: &[Line], seen: &[Out]) -> Vec<String> {
    let (mut differ, mut done, mut out) = (Vec::new(), 0, 0);
    while done < truth.len() || out < seen.len() {
        if agree(truth.get(done), seen.get(out)) {
            (done, out) = (done + 1, out + 1);
            continue;
        }
        let (lost, more) = agree_again(&truth[done..], &seen[out..]);
        let (was, came) = (&truth[done..done + lost], &seen[out..out + more]);
        differ.push(format!("{was:#?}\ncame out as {came:#?}"));
        (done, out) = (done + lost, out + more);
    }
    differ
}

fn agree(line: Option<&Line>, out: Option<&Out>) -> bool {
    line.zip(out).is_some_and(|(line, out)| line.expected.agrees(out))
}

/// Whether each frame shows the page as the one before it or later: they were read one after the other.
pub(super) fn go_on(seen: &[Out]) -> bool {
    let page = |out: &Out| if let Out::Seen { page, .. } = out { *page } else { None };
    seen.iter().filter_map(page).is_sorted()
}

/// After how many of each the two agree in two actions one after the other; all of both where they never do.
fn agree_again(truth: &[Line], seen: &[Out]) -> (usize, usize) {
    let twice = |(lost, more): &(usize, usize)| {
        let agree = |next| agree(truth.get(lost + next), seen.get(more + next));
        agree(0) && agree(1)
    };
    let longest = truth.len().max(seen.len());
    let mut ways = (1..=2 * longest).flat_map(|both| (0..=both).map(move |lost| (lost, both - lost)));
    ways.find(twice).unwrap_or((truth.len(), seen.len()))
}
