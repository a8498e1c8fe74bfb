//! The redactor of one session: the only maker of [`Redacted`].

use std::fmt;
use std::sync::Arc;

use candor_model::bundle::BLOB_BYTES_MAX;
use candor_model::{
    BlobRef, CanonicalError, Digest, Finding, FindingKind, FrameBytes, Media, Node, Observation, Place,
    RedactedStep, RedactionReport, RedactorInfo, Screen, Step, Target, Tree, Window, canonical_bytes,
};

use crate::act::{Acted, redact as redact_action, typed_into};
use crate::front::Front;
use crate::image::Eyes;
use crate::naming::FrameNames;
use crate::seal::{Raw, Redacted};
use crate::text::pseudonym::{Pseudonyms, UNTOLD};
use crate::text::rules::{CHECKS_VERSION, blocks, expanded, lines};
use crate::text::{Engine, EngineError};
use crate::tree::{Readings, read};
use crate::typing::{Held, Typing};
use crate::words::Words;
use crate::{ListError, Lists, ModelError, Models, Profile, RuleError, TimeLeft, data, models, screen};

/// Why a redactor cannot be made. Without one nothing is recorded.
#[derive(Debug, thiserror::Error)]
pub enum RedactorError {
    /// The lists that the organisation adds are refused.
    #[error("take up the organisation's lists")]
    Lists(#[source] ListError),
    /// A model of the profile cannot be used.
    #[error("load the models")]
    Models(#[source] ModelError),
    /// The shipped rules do not work: a bug of ours.
    #[error(transparent)]
    Rules(RuleError),
}

impl From<EngineError> for RedactorError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Rules(e) => Self::Rules(e),
            EngineError::Lists(e) => Self::Lists(e),
            EngineError::Models(e) => Self::Models(e),
        }
    }
}

/// Why an observation cannot be redacted. It is then dropped, never kept raw.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The tree cannot be written.
    #[error("write the tree")]
    Tree(#[from] CanonicalError),
    /// The step that was to be handed out is not there: a bug of ours.
    #[error("the step was lost on the way")]
    Lost,
    /// A frame or tree is larger than a bundle takes.
    #[error("a blob of {bytes} bytes is larger than a bundle takes")]
    BlobTooLarge {
        /// Its length in bytes.
        bytes: u64,
    },
}

/// Redacts the observations of one session. The placeholders that it gives are stable within it, and cannot be linked
/// to those of another session, whose key is another.
pub struct Redactor {
    engine: Engine,
    eyes: Eyes,
    frame_names: FrameNames,
    names: Pseudonyms,
    typing: Typing,
    info: RedactorInfo,
}

impl Redactor {
    /// Makes the redactor of a session. `session_key` is random for each session and never stored.
    ///
    /// # Errors
    /// When a model of the profile cannot be used, or the lists are refused.
    pub fn new(
        profile: Profile,
        session_key: [u8; 32],
        lists: Lists,
        models: &Models,
    ) -> Result<Self, RedactorError> {
        let engine = Engine::new(profile, lists.clone(), models)?;
        Ok(Self {
            eyes: Eyes::new(profile, models, lists)?,
            frame_names: FrameNames::default(),
            engine,
            names: Pseudonyms::new(session_key),
            typing: Typing::default(),
            info: shipped_info(profile),
        })
    }

    /// Which redactor this is: profile, version, and the digest of its rules, shipped lists and models. What an organisation
    /// adds is not in the digest: it would let others test for a name.
    #[must_use]
    pub fn info(&self) -> RedactorInfo {
        self.info.clone()
    }

    /// Redacts an observation that stands alone. The raw content is wiped when this returns, whatever it returns.
    ///
    /// # Errors
    /// When the tree cannot be written. Nothing of the observation is left then. A frame that cannot be masked for sure, and
    /// a frame or tree that is too large, is left out, and a finding says so.
    pub fn redact(&mut self, observation: Raw<Observation>) -> Result<Redacted<RedactedStep>, RedactError> {
        let held = self.looked_at(observation, &|| TimeLeft::Enough)?;
        let mut alone = Typing::default();
        alone.hold(held);
        let mut steps = alone.settle(&self.engine, &mut self.names).into_iter();
        steps.next().map(Redacted::new).ok_or(RedactError::Lost)
    }

    /// Redacts the next observation of a session, and hands out the steps that are done: none while text is being typed,
    /// since what comes next may finish a name or a number. `time_left` is asked between any two steps of the
    /// reading; when there is nothing left, the step comes without its frame. The raw content is wiped when this returns, but for
    /// such text.
    ///
    /// # Errors
    /// As for [`Redactor::redact`].
    pub fn follow(
        &mut self,
        observation: Raw<Observation>,
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<Vec<Redacted<RedactedStep>>, RedactError> {
        let held = self.looked_at(observation, time_left)?;
        let mut done = Vec::new();
        if !self.typing.takes(&held) {
            done = self.rest();
        }
        let waits = self.typing.takes(&held);
        self.typing.hold(held);
        if !waits {
            done.append(&mut self.rest());
        }
        Ok(done)
    }

    /// The steps that are still held back: for the end of a session, and before anything else is told of it.
    pub fn rest(&mut self) -> Vec<Redacted<RedactedStep>> {
        self.typing.settle(&self.engine, &mut self.names).into_iter().map(Redacted::new).collect()
    }

    /// Takes out everything but the text that was typed.
    fn looked_at(
        &mut self,
        observation: Raw<Observation>,
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<Held, RedactError> {
        let mut observation = observation;
        let seen = observation.open_mut();
        let front = Front::of(seen);
        let mut words = Words::new(&self.engine, &mut self.names);
        let mut findings = Vec::new();
        words.replace_title(&mut seen.title, &mut findings);
        let readings =
            seen.tree.as_ref().and_then(|t| read(t, seen.target, &front, &mut words, &mut findings));
        if seen.tree.is_some() && readings.is_none() {
            findings.push(of_tree("tree.malformed"));
        }
        let into = typed_into(readings.as_ref());
        let Acted { action, typed } = redact_action(&seen.action, into, &mut words, &mut findings);
        let target = readings.as_ref().and_then(Readings::target).map(target);
        let frame = screen::redact(seen, &front, readings.as_ref(), &mut self.eyes, time_left, &mut findings);
        let frame = frame.map(|frame| self.named_frame(&frame)).transpose()?;
        let tree = readings.map(|readings| canonical_bytes(&told(readings.tree))).transpose()?;
        let tree = tree.and_then(|bytes| fitting(bytes, &mut findings));
        let step = Step {
            ordinal: 0,
            at: seen.at,
            screen: named(&seen.screen),
            window: Window {
                app: seen.app.clone(),
                site: seen.site.clone(),
                title: seen.title.take(),
                bounds: seen.bounds,
            },
            action,
            target,
            frame: frame.as_ref().map(|(reference, _)| *reference),
            tree: tree.as_deref().map(|bytes| blob(bytes, Media::Tree)).transpose()?,
            late_ms: seen.late_ms.filter(|_| frame.is_some() || tree.is_some()),
        };
        let frame = frame.map(|(_, bytes)| bytes);
        let step = RedactedStep { step, frame, tree, report: RedactionReport { findings } };
        Ok(Held { step, typed })
    }

    fn named_frame(&mut self, frame: &Arc<Vec<u8>>) -> Result<(BlobRef, FrameBytes), RedactError> {
        self.frame_names.name(frame).ok_or_else(|| too_large(frame))
    }

    /// Redacts what a person wrote about their work, such as the name of a task: personal data becomes placeholders,
    /// the rest stays. A text longer than 64 KiB becomes `[TEXT]`. Findings are placed in the task.
    #[expect(clippy::needless_pass_by_value, reason = "the raw text is wiped when this returns")]
    pub fn redact_text(&mut self, text: Raw<String>) -> Redacted<(String, Vec<Finding>)> {
        let mut findings = Vec::new();
        let mut words = Words::new(&self.engine, &mut self.names);
        let redacted = words.redact(text.open(), &Place::Task, &mut findings);
        Redacted::new((redacted.unwrap_or_else(|| UNTOLD.to_owned()), findings))
    }
}

/// What it has found so far, and by which lists, is nobody's business.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({})", self.info.profile)
    }
}

fn shipped_info(profile: Profile) -> RedactorInfo {
    RedactorInfo {
        profile: profile.name().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: digest_of_rules(data::FILES),
    }
}

/// The digest covers every rule's name and pattern, the version of the checks, the shipped lists and the models.
fn digest_of_rules(files: &[(&str, &str)]) -> Digest {
    let mut described = vec![format!("checks {CHECKS_VERSION}")];
    for rule in lines().chain(blocks()) {
        described.push(format!("{}\t{}\t{}", rule.name, rule.kind.label(), expanded(rule.pattern)));
    }
    let files = files.iter().map(|(name, text)| format!("{name}\t{}", Digest::of(text.as_bytes())));
    described.extend(files);
    described.extend(models::pinned().map(|(name, digest)| format!("{name}\t{digest}")));
    Digest::of(described.join("\n").as_bytes())
}

/// A tree as it is stored: whether a field can be written in decides what a frame shows, and is told to nobody.
fn told(mut tree: Tree) -> Tree {
    tree.nodes.iter_mut().for_each(|node| node.editable = false);
    tree
}

/// A tree that a bundle takes; of a larger one the step keeps only that it was there.
fn fitting(tree: Vec<u8>, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let fits = fits(&tree);
    if !fits {
        findings.push(of_tree("tree.too_large"));
    }
    fits.then_some(tree)
}

/// Whether a bundle takes a frame or tree of so many bytes.
pub(crate) fn fits(bytes: &[u8]) -> bool {
    length(bytes) <= BLOB_BYTES_MAX
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn of_tree(rule: &str) -> Finding {
    Finding { kind: FindingKind::Unknown, rule: rule.to_owned(), place: Place::Tree { node: 0 } }
}

/// The element acted on, as its redacted tree names it.
fn target(node: &Node) -> Target {
    Target { role: node.role.clone(), name: node.name.clone(), bounds: node.bounds }
}

/// A screen's name is the platform's: an X display such as `:0.0`, or a connector such as `HDMI-1`. Anything else could
/// be somebody's words, or the address of their machine, and is not kept.
fn named(screen: &Screen) -> Screen {
    const CONNECTORS: [&str; 13] = [
        ":",
        "HDMI-",
        "eDP-",
        "DP-",
        "DVI-",
        "VGA-",
        "LVDS-",
        "DSI-",
        "Virtual-",
        "XWAYLAND",
        "HEADLESS-",
        "DISPLAY",
        "screen",
    ];
    const NUMBER_CHARACTERS_MAX: usize = 5;
    let is_number = |rest: &str| {
        let rest = rest.trim_start_matches(['A', 'D', 'I']);
        rest.len() <= NUMBER_CHARACTERS_MAX && rest.chars().all(|c| c.is_ascii_digit() || ".-".contains(c))
    };
    let plain = CONNECTORS.iter().filter_map(|c| screen.name.strip_prefix(c)).any(is_number);
    let name = if plain { screen.name.clone() } else { "screen".to_owned() };
    Screen { name, width: screen.width, height: screen.height }
}

/// The reference to the bytes of a frame or tree.
pub(crate) fn blob(bytes: &[u8], media: Media) -> Result<BlobRef, RedactError> {
    // A pixmap is kept as tiles, and has a limit of its own.
    (media == Media::Pixmap || fits(bytes)).then_some(()).ok_or_else(|| too_large(bytes))?;
    BlobRef::of(bytes, media).ok_or_else(|| too_large(bytes))
}

fn too_large(bytes: &[u8]) -> RedactError {
    RedactError::BlobTooLarge { bytes: length(bytes) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_edit_of_any_list_changes_the_digest_of_the_rules() {
        let edited = |at: usize| {
            let mut files = data::FILES.to_vec();
            let (name, text) = files[at];
            let text = format!("{text}one more\n");
            files[at] = (name, &text);
            digest_of_rules(&files).to_string()
        };
        let mut digests: BTreeSet<String> = (0..data::FILES.len()).map(edited).collect();
        digests.insert(shipped_info(Profile::Fast).rules.to_string());
        assert_eq!(digests.len(), data::FILES.len() + 1);
    }

    #[test]
    fn a_tree_that_no_bundle_takes_is_left_out_and_a_finding_says_so() {
        let bytes = usize::try_from(BLOB_BYTES_MAX).unwrap();
        let mut findings = Vec::new();
        assert!(fitting(vec![0; bytes], &mut findings).is_some() && findings.is_empty());
        assert!(fitting(vec![0; bytes + 1], &mut findings).is_none());
        assert_eq!(findings, [of_tree("tree.too_large")]);
    }

    #[test]
    fn only_a_platforms_name_of_a_screen_is_kept() {
        let kept = |name: &str| named(&Screen { name: name.into(), width: 1, height: 1 }).name == name;
        for name in
            [":0", ":99.0", "HDMI-1", "HDMI-A-1", "eDP-1", "DVI-I-1", "XWAYLAND0", "DISPLAY1", "screen"]
        {
            assert!(kept(name), "{name}");
        }
        for name in ["192.0.2.17", "dana:0", "HDMI-Dana", ":555-01234", "Dana's screen", ""] {
            assert!(!kept(name), "{name}");
        }
    }
}
