//! A draft of a charter: a folder with `charter.toml` and the documents that it names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use candor_consent::{Charter, DocumentKind, Role, fill_charter_template};
use candor_model::{Digest, PublicKey};

use super::{Session, usage};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

const CHARTER: &str = "charter.toml";
const DOCUMENTS: &str = "documents";

/// What a draft needs to know. Everything else stands in the template, to be edited.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder to make.
    draft: PathBuf,
    /// Title of the program.
    #[arg(long)]
    title: String,
    /// Who runs it.
    #[arg(long, value_name = "NAME")]
    controller: String,
    /// Their postal address.
    #[arg(long, default_value = "(address)")]
    address: String,
    /// How to reach them.
    #[arg(long, default_value = "(contact)")]
    contact: String,
    /// The supervisory authority that complaints go to.
    #[arg(long, default_value = "(supervisory authority)")]
    authority: String,
    /// Who speaks for the people who are asked.
    #[arg(long, default_value = "The elected works council.")]
    worker_representation: String,
    /// A signer as ROLE=NAME=PUBLIC-KEY; four of them, one for each role.
    #[arg(long, value_name = "ROLE=NAME=KEY", required = true)]
    signer: Vec<String>,
    /// Public key of the team that may be given datasets.
    #[arg(long, value_name = "KEY")]
    recipient: PublicKey,
}

/// Which document goes where.
#[derive(Debug, clap::Args)]
pub(crate) struct AttachArguments {
    /// Folder of the draft.
    draft: PathBuf,
    /// Kind of the document, as the charter names it: `dpia`, `consultation`, ...
    kind: String,
    /// The document.
    file: PathBuf,
}

/// Makes a draft.
pub(crate) fn draft(session: &Session, arguments: &Arguments) -> Outcome {
    if arguments.draft.join(CHARTER).exists() {
        return Err(usage("there already is a charter in that folder", "name another folder"));
    }
    let empty = Digest::of(b"").to_string();
    let mut values = BTreeMap::from([
        ("title", arguments.title.clone()),
        ("controller_name", arguments.controller.clone()),
        ("controller_address", arguments.address.clone()),
        ("controller_contact", arguments.contact.clone()),
        ("controller_authority", arguments.authority.clone()),
        ("worker_representation", arguments.worker_representation.clone()),
        ("recipient_key", arguments.recipient.to_string()),
        ("dpia_digest", empty.clone()),
        ("consultation_digest", empty.clone()),
        ("security_review_digest", empty.clone()),
        ("freely_given_assessment_digest", empty),
    ]);
    for (role, name_place, key_place) in SIGNER_PLACES {
        let (name, key) = signer(&arguments.signer, role)?;
        values.insert(name_place, name);
        values.insert(key_place, key.to_string());
    }
    let text = fill_charter_template(&values).because(Kind::Unexpected, "fill the template")?;
    write(&arguments.draft.join(CHARTER), text.as_bytes())?;
    output::show(session.json, &serde_json::json!({ "draft": arguments.draft }), |_| {
        let next = "edit it, then attach the documents: candor program attach";
        format!("drafted {}\n{next}", arguments.draft.join(CHARTER).display())
    });
    Ok(())
}

const SIGNER_PLACES: [(Role, &str, &str); 4] = [
    (Role::Privacy, "privacy_name", "privacy_key"),
    (Role::Legal, "legal_name", "legal_key"),
    (Role::WorkerRepresentative, "worker_representative_name", "worker_representative_key"),
    (Role::Security, "security_name", "security_key"),
];

fn signer(given: &[String], role: Role) -> Outcome<(String, PublicKey)> {
    let wrong =
        || usage(format!("no signer for the role {role}"), "write --signer ROLE=NAME=PUBLIC-KEY, four times");
    let mut parts = given.iter().map(|text| text.splitn(3, '='));
    let found = parts.find_map(|mut part| {
        let named = part.next()?.replace('-', "_") == role.as_str();
        Some((part.next()?.to_owned(), part.next()?.to_owned())).filter(|_| named)
    });
    let (name, key) = found.ok_or_else(wrong)?;
    Ok((name, key.parse().map_err(|_| wrong())?))
}

/// Copies a document into a draft and writes its digest into the charter.
pub(crate) fn attach(arguments: &AttachArguments) -> Outcome {
    let bytes = fs::read(&arguments.file)
        .because(Kind::BadInput, &format!("read the document {}", arguments.file.display()))?;
    let path = arguments.draft.join(CHARTER);
    let text = fs::read_to_string(&path).because(Kind::BadInput, &format!("read {}", path.display()))?;
    let changed = with_digest(&text, &arguments.kind, &Digest::of(&bytes)).ok_or_else(|| {
        let message = format!("the charter names no document of the kind {}", arguments.kind);
        usage(message, "add a [[document]] of that kind to the charter")
    })?;
    // The document first: a charter that names it is only written once it is there.
    write(&document_path(&arguments.draft, &arguments.kind), &bytes)?;
    write(&path, changed.as_bytes())
}

/// The charter's text with another digest for the document of one kind; comments and order stay as they are.
fn with_digest(text: &str, kind: &str, digest: &Digest) -> Option<String> {
    let (mut in_document, mut found) = (false, false);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let compact: String = line.split_whitespace().collect();
        if compact.starts_with('[') {
            in_document = false;
        }
        in_document |= compact == format!("kind=\"{kind}\"");
        if in_document && compact.starts_with("digest=") {
            lines.push(format!("digest = \"{digest}\""));
            found = true;
        } else {
            lines.push(line.to_owned());
        }
    }
    found.then(|| lines.join("\n") + "\n")
}

/// Reads the charter of a draft.
pub(crate) fn read_charter(folder: &Path) -> Outcome<Charter> {
    let path = folder.join(CHARTER);
    let bytes = fs::read(&path).because(Kind::BadInput, &format!("read {}", path.display()))?;
    Charter::parse(&bytes).because(Kind::BadInput, &format!("read {}", path.display()))
}

/// Reads the documents that the charter names; each must have the digest that stands there.
pub(crate) fn read_documents(folder: &Path, charter: &Charter) -> Outcome<Vec<(String, Vec<u8>)>> {
    charter.documents().iter().map(|document| read_document(folder, document.kind, document.digest)).collect()
}

fn read_document(folder: &Path, kind: DocumentKind, digest: Digest) -> Outcome<(String, Vec<u8>)> {
    let kind = kind.as_str().to_owned();
    let path = document_path(folder, &kind);
    let hint = format!("candor program attach {} {kind} FILE", folder.display());
    let bytes = fs::read(&path).map_err(|_| {
        Failure::new(Kind::BadInput, format!("the document {kind} is missing")).hint(hint.clone())
    })?;
    if Digest::of(&bytes) != digest {
        let message = format!("the document {kind} is not the one that the charter names");
        return Err(Failure::new(Kind::BadInput, message).hint(hint));
    }
    Ok((kind, bytes))
}

fn document_path(folder: &Path, kind: &str) -> PathBuf {
    folder.join(DOCUMENTS).join(format!("{kind}.md"))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    durable::write_private(path, bytes).because(Kind::Storage, &format!("write {}", path.display()))
}
