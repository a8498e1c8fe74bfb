//! Check 10: each file of the dataset is the one that was exported, and each step is one that its contributor agreed to.

use std::collections::BTreeMap;

use candor_consent::{Charter, Consent, Field};
use candor_model::evidence::{DatasetFile, Record};
use candor_model::{Action, ConsentId, Digest, SessionId, Step};

use crate::consents::Agreed;
use crate::export::Manifest;
use crate::files::{Files, ReadError};
use crate::image::{IMAGE_BYTES_MAX, frame_digest};
use crate::layout::{IMAGES, LINE_BYTES_MAX, MANIFEST, RECORDS, STEP_BYTES_MAX, STEPS, image_path};
use crate::lines::{Line, canonical};
use crate::records::numbered;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::sessions::Session;
use crate::source::is_plain;

const CHECK: CheckId = CheckId::Dataset;

/// What a dataset is held against.
pub(crate) struct Ground<'a> {
    /// The evidence.
    pub(crate) evidence: &'a Files<'a>,
    /// The dataset.
    pub(crate) dataset: &'a Files<'a>,
    /// The manifest of the evidence.
    pub(crate) manifest: &'a Manifest,
    /// The charter and the consents, where they hold.
    pub(crate) law: Option<Law<'a>>,
}

/// What people agreed to.
#[derive(Clone, Copy)]
pub(crate) struct Law<'a> {
    /// The charter.
    pub(crate) charter: &'a Charter,
    /// The consents.
    pub(crate) consents: &'a BTreeMap<ConsentId, Agreed>,
    /// The sessions.
    pub(crate) sessions: &'a BTreeMap<SessionId, Session>,
}

impl Law<'_> {
    /// The session, and the consent that it was recorded under.
    fn of(&self, session: &SessionId) -> Option<(&Session, &Consent)> {
        let session = self.sessions.get(session)?;
        self.consents.get(&session.consent).map(|agreed| (session, &agreed.consent))
    }
}

/// Runs the check.
pub(crate) fn check(ground: &Ground<'_>, ledger: &mut Ledger) {
    let dataset = &ground.manifest.dataset;
    let listed: BTreeMap<&str, &DatasetFile> =
        dataset.files.iter().map(|file| (file.path.as_str(), file)).collect();
    own_manifest(ground, ledger);
    list(&dataset.files, ledger);
    surplus(ground, &listed, ledger);
    for file in listed.values() {
        ledger.examine(CHECK, 1);
        if let Err(finding) = whole(ground.dataset, file) {
            ledger.find(finding);
        }
    }
    recipe(&listed, dataset.recipe, ledger);
    steps(ground, &listed, ledger);
}

/// The dataset carries the manifest that the evidence carries.
fn own_manifest(ground: &Ground<'_>, ledger: &mut Ledger) {
    let shown = ground.dataset.shown(MANIFEST);
    match ground.dataset.read(MANIFEST, ground.manifest.bytes.len() as u64) {
        Ok(bytes) if bytes == ground.manifest.bytes => {}
        Ok(_) => {
            let detail = "the manifest in the dataset is not the one in the evidence";
            ledger.find(Finding::new(CHECK, Code::DatasetFileDiffers, &shown, detail));
        }
        Err(error) => ledger.find(error.finding(CHECK, &shown)),
    }
}

/// The list is in order, each path once, none of them the manifest itself.
fn list(files: &[DatasetFile], ledger: &mut Ledger) {
    let sorted = files.is_sorted_by(|a, b| a.path < b.path);
    let plain = files.iter().all(|file| is_plain(&file.path) && file.path != MANIFEST);
    if !sorted || !plain {
        let detail = "the manifest's list of files is not in order, or holds a path that is not plain";
        ledger.find(Finding::new(CHECK, Code::Malformed, MANIFEST, detail));
    }
}

fn surplus(ground: &Ground<'_>, listed: &BTreeMap<&str, &DatasetFile>, ledger: &mut Ledger) {
    for path in ground.dataset.paths().filter(|path| *path != MANIFEST && !listed.contains_key(path)) {
        let detail = "the file is not in the dataset's manifest: it was not exported";
        ledger.find(Finding::new(CHECK, Code::SurplusFile, &ground.dataset.shown(path), detail));
    }
}

fn whole(dataset: &Files<'_>, file: &DatasetFile) -> Result<(), Finding> {
    let shown = dataset.shown(&file.path);
    let record = record_of_image(&file.path);
    let found = dataset.digest(&file.path).map_err(|error| error.finding(CHECK, &shown).record(record))?;
    if found == (file.sha256, file.bytes) {
        return Ok(());
    }
    let detail = "the file differs from the one that was exported: at least one byte was changed";
    Err(Finding::new(CHECK, Code::DatasetFileDiffers, &shown, detail).record(record))
}

fn record_of_image(path: &str) -> Option<u64> {
    let record = path.strip_prefix(IMAGES)?.strip_suffix(".png")?.parse().ok()?;
    (image_path(record) == path).then_some(record)
}

/// The recipe that the manifest names is the one that lies in the dataset.
fn recipe(listed: &BTreeMap<&str, &DatasetFile>, recipe: Digest, ledger: &mut Ledger) {
    const RECIPE: &str = "recipe.toml";
    if listed.get(RECIPE).is_some_and(|file| file.sha256 != recipe) {
        let detail = "the recipe in the dataset is not the one that its manifest names";
        ledger.find(Finding::new(CHECK, Code::DatasetFileDiffers, &format!("dataset/{RECIPE}"), detail));
    }
}

/// Holds each line of `steps.jsonl` and each frame against its record, and each step against what was agreed.
fn steps(ground: &Ground<'_>, listed: &BTreeMap<&str, &DatasetFile>, ledger: &mut Ledger) {
    let shown = ground.dataset.shown(STEPS);
    let mut lines = match ground.dataset.lines(STEPS, STEP_BYTES_MAX) {
        Ok(lines) => lines,
        Err(error) => return ledger.find(error.finding(CHECK, &shown)),
    };
    // That the records can be read is another check's.
    let Ok(records) = ground.evidence.lines(RECORDS, LINE_BYTES_MAX) else { return };
    let (mut number, mut images) = (0, 0_u64);
    for (record_number, record) in numbered(records) {
        number = record_number + 1;
        let line = lines.next();
        ledger.examine(CHECK, 1);
        let Some(record) = record else { continue };
        images += u64::from(record.frame.is_some());
        let findings = step(ground, listed, &record, line.as_ref(), &shown);
        for finding in findings {
            ledger.find(finding.record(record_number));
        }
    }
    if lines.next().is_some() {
        let detail = "there are more steps than records";
        ledger.find(Finding::new(CHECK, Code::CountDiffers, &shown, detail).record(number));
    }
    let files = listed.keys().filter(|path| path.starts_with(IMAGES)).count() as u64;
    if files != images {
        let detail = format!("{images} records have a frame, and the manifest lists {files} images");
        ledger.find(Finding::new(CHECK, Code::CountDiffers, MANIFEST, detail));
    }
}

fn step(
    ground: &Ground<'_>,
    listed: &BTreeMap<&str, &DatasetFile>,
    record: &Record,
    line: Option<&Line>,
    shown: &str,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = image(ground, listed, record).into_iter().collect();
    let mut find = |code, detail: &str| findings.push(Finding::new(CHECK, code, shown, detail));
    let Some(Line::Text(bytes)) = line else {
        find(Code::DatasetFileDiffers, "the step is missing, cut short or too long");
        return findings;
    };
    if Digest::of(bytes) != record.step {
        find(
            Code::DatasetFileDiffers,
            "the step differs from the one that was released: at least one byte was changed",
        );
        return findings;
    }
    let Some(step) = canonical::<Step>(bytes) else {
        find(Code::Malformed, "the line is not a step in its canonical form");
        return findings;
    };
    if step.ordinal != record.ordinal || step.frame.map(|frame| frame.digest) != record.frame {
        find(Code::RecordDiffers, "the step has another number or another frame than its record");
    }
    if let Some(law) = ground.law
        && let Some((session, consent)) = law.of(&record.session)
    {
        for detail in disagreements(law.charter, consent, &step) {
            find(Code::NotAgreed, &detail);
        }
        if step.at.wall < session.started || session.ended < step.at.wall {
            find(Code::RecordDiffers, "the step lies outside of the time of its session");
        }
    }
    findings
}

fn image(ground: &Ground<'_>, listed: &BTreeMap<&str, &DatasetFile>, record: &Record) -> Option<Finding> {
    let path = image_path(record.record);
    let shown = ground.dataset.shown(&path);
    match (record.frame, listed.get(path.as_str())) {
        (None, None) => None,
        (Some(frame), Some(file)) if file.sha256 == frame || shows(ground.dataset, file, frame) => None,
        (Some(_), Some(_)) => {
            let detail = "the image is not the frame that was released with this step";
            Some(Finding::new(CHECK, Code::DatasetFileDiffers, &shown, detail))
        }
        (Some(_), None) => {
            let detail = "the record has a frame, and the manifest lists no image for it";
            Some(Finding::new(CHECK, Code::MissingFile, &shown, detail))
        }
        (None, Some(_)) => {
            let detail = "the record has no frame, and the manifest lists an image for it";
            Some(Finding::new(CHECK, Code::SurplusFile, &shown, detail))
        }
    }
}

/// Whether an image has the pixels of a frame, and nothing else. A file that is not the listed one has a finding of its own.
fn shows(dataset: &Files<'_>, file: &DatasetFile, frame: Digest) -> bool {
    match dataset.read(&file.path, IMAGE_BYTES_MAX) {
        Ok(png) => Digest::of(&png) != file.sha256 || frame_digest(&png) == Some(frame),
        Err(ReadError::TooLarge(_)) => false,
        Err(ReadError::Missing | ReadError::Unreadable) => true,
    }
}

/// What in a step its contributor did not agree to, or the charter does not allow.
fn disagreements(charter: &Charter, consent: &Consent, step: &Step) -> Vec<String> {
    let mut found = Vec::new();
    let scope = charter.scope();
    if !consent.covers_app(&step.window.app) {
        found.push("the step is of an application that the contributor did not choose".to_owned());
    }
    let site = step.window.site.as_ref();
    let sites_hold = scope.app(&step.window.app).is_some_and(|rule| match site {
        Some(site) => rule.browser && rule.site_for(site).is_some() && !scope.is_never_site(site),
        None => !rule.browser,
    });
    if !sites_hold {
        found.push("the step is of a site or an application that the charter does not name".to_owned());
    }
    if !scope.hours().contain(step.at.wall) {
        found.push("the step was taken at an hour that the charter does not allow".to_owned());
    }
    let missing = fields(step).into_iter().filter(|field| !consent.covers_field(*field));
    found
        .extend(missing.map(|field| format!("the step holds {field}, which the contributor did not choose")));
    found
}

/// The fields that a step holds. That nothing happened, or that another window came to the front, is of none.
fn fields(step: &Step) -> Vec<Field> {
    let action = match &step.action {
        Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. } => Some(Field::Pointer),
        Action::Type { .. } | Action::Keys { .. } => Some(Field::TypedText),
        Action::Hotkey { .. } => Some(Field::Hotkeys),
        Action::Wait { .. } | Action::SwitchWindow {} => None,
    };
    let title = step.window.title.as_ref().map(|_| Field::WindowTitle);
    let frame = step.frame.map(|_| Field::Frame);
    let tree = (step.tree.is_some() || step.target.is_some()).then_some(Field::Tree);
    [action, title, frame, tree].into_iter().flatten().collect()
}
