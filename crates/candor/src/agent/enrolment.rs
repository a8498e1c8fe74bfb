//! What a person agreed to, on their own machine: keys made for one program, the receipt, the withdrawal.

use std::fs;
use std::path::{Path, PathBuf};

use candor_consent::{Charter, Choice, Consent, Grant, Notice, Receipt, Withdrawal};
use candor_log::LeafKind;
use candor_model::{Digest, Envelope, Erasure, PublicKey, SigningKey, Statement};
use serde::Serialize;
use zeroize::Zeroizing;

use super::client::Client;
use super::{proof, road};
use crate::ambient::{self, SystemEntropy};
use crate::api::{self, Erased};
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::home::{self, Home};
use crate::secret;

const CONTRIBUTOR_KEY: &str = "contributor.key";
const JOURNAL_KEY: &str = "journal.key";
const CHARTER: &str = "charter.toml";
const NOTICE: &str = "notice.txt";
const RECEIPT: &str = "receipt.json";
const SERVER: &str = "server.json";
const WITHDRAWAL: &str = "withdrawal.dsse.json";
const ERASURE: &str = "erasure.dsse.json";
/// File whose presence pauses this program on this device, for as long as the person likes.
const PAUSED: &str = "paused";
const ERASURE_PROOF: &str = "erasure-proof.json";

/// A consent of this person, verified again each time it is opened.
#[derive(Debug)]
pub(crate) struct Enrolment {
    folder: PathBuf,
    charter: Charter,
    consent: Consent,
    server: api::Server,
}

/// An enrolment in words.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// The program's name.
    pub(crate) program: String,
    /// Its title.
    pub(crate) title: String,
    /// `in force`, `in force from …`, `withdrawn …` or `ended`.
    pub(crate) state: String,
    /// What was agreed to.
    pub(crate) purposes: Vec<String>,
    /// When it ends by itself.
    pub(crate) expires_at: String,
    /// Where the receipt is.
    pub(crate) receipt: String,
}

impl Enrolment {
    /// Agrees: makes keys for this program, signs, and keeps the receipt once it verifies.
    ///
    /// The receipt is written last. A crash before it leaves keys that nothing refers to, and agreeing again goes on.
    pub(crate) fn give(home: &Home, client: &Client, charter: &Charter, choice: Choice) -> Outcome<Self> {
        let folder = home.program(&charter.digest());
        if folder.join(RECEIPT).exists() {
            Self::open(home, &charter.digest())?.put_aside()?;
        }
        let key = key_of(&folder.join(CONTRIBUTOR_KEY))?;
        if !folder.join(JOURNAL_KEY).exists() {
            secret::write(&folder.join(JOURNAL_KEY), &candor_model::Entropy::bytes_32(&mut SystemEntropy))?;
        }
        let server: api::Server = client.get("/api/v1/server")?;
        let grant = Grant::new(charter, key.public(), choice, ambient::now(), &mut SystemEntropy)
            .because(Kind::Usage, "write down your choice")?;
        let envelope = grant.sign(charter, &key).because(Kind::Unexpected, "sign your choice")?;
        let receipt: Receipt = client.act("/api/v1/consents", &envelope)?;
        check_receipt(&receipt, charter, &server)?;
        write(&folder.join(CHARTER), charter.bytes())?;
        write(&folder.join(NOTICE), Notice::of(charter).text.as_bytes())?;
        write_json(&folder.join(SERVER), &server)?;
        write_json(&folder.join(RECEIPT), &receipt)?;
        Self::open(home, &charter.digest())
    }

    /// Puts a consent that has ended, with its receipt and proofs, beside the one that may be given next.
    fn put_aside(self) -> Outcome {
        let over = self.erased() || ambient::now() >= self.consent.grant().expires_at;
        let hint = if self.withdrawn() {
            "your withdrawal is not confirmed yet: run `candor withdraw` first"
        } else {
            "`candor consent receipt` shows it; `candor withdraw` ends it"
        };
        if !over {
            return Err(Failure::new(Kind::Usage, "you have agreed to this program already").hint(hint));
        }
        // Nothing looks into the folder from here on, so nothing may be left in it that waits to delete itself (P5).
        road::discard_unreleased(&road::journal(&self)?)?;
        let mut name = self.folder.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".ended-{}", self.consent.id()));
        fs::rename(&self.folder, self.folder.with_file_name(name))
            .because(Kind::Storage, "put the consent that ended aside")
    }

    /// Opens the enrolment in one program. Whatever cannot be read or verified stops here (P2).
    pub(crate) fn open(home: &Home, program: &Digest) -> Outcome<Self> {
        let folder = home.program(program);
        let charter =
            Charter::parse(&read(&folder.join(CHARTER))?).because(Kind::BadInput, "read the charter")?;
        if charter.digest() != *program {
            return Err(damaged(&folder.join(CHARTER)));
        }
        let server: api::Server = read_json(&folder.join(SERVER))?;
        let receipt: Receipt = read_json(&folder.join(RECEIPT))?;
        let consent = check_receipt(&receipt, &charter, &server)?;
        Ok(Self { folder, charter, consent, server })
    }

    /// The enrolment whose program's name begins with `prefix`, or the only one.
    pub(crate) fn only(home: &Home, prefix: Option<&str>) -> Outcome<Self> {
        let mut programs = home.programs();
        programs.retain(|p| prefix.is_none_or(|prefix| p.to_string().starts_with(prefix)));
        programs.retain(|p| home.program(p).join(RECEIPT).exists());
        match programs.as_slice() {
            [program] => Self::open(home, program),
            [] => Err(Failure::new(Kind::Refused, "you have not agreed to any such program")
                .hint("read the notice: candor consent notice")),
            several => Err(Failure::new(Kind::Usage, format!("you take part in {} programs", several.len()))
                .hint("name one with --program; `candor consent list` shows them")),
        }
    }

    /// The charter.
    pub(crate) const fn charter(&self) -> &Charter {
        &self.charter
    }

    /// The consent.
    pub(crate) const fn consent(&self) -> &Consent {
        &self.consent
    }

    /// The organisation's key, as it was when the person agreed.
    pub(crate) const fn organisation(&self) -> &PublicKey {
        &self.server.organisation
    }

    /// Key of the log, as it was when the person agreed.
    pub(crate) fn log(&self) -> &str {
        &self.server.log
    }

    /// The folder of this program.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the lists of this device are: one folder for all programs.
    pub(crate) fn lists_folder(&self) -> PathBuf {
        self.home().path().join("lists")
    }

    /// The person's folder, which is of all programs.
    pub(crate) fn home(&self) -> Home {
        Home::at(self.folder.ancestors().nth(2).unwrap_or(&self.folder).to_owned())
    }

    /// Whether the person has withdrawn, on this device. What cannot be looked at counts as a yes (P2).
    pub(crate) fn withdrawn(&self) -> bool {
        self.folder.join(WITHDRAWAL).try_exists().unwrap_or(true)
    }

    /// Whether the person paused, on this device. What cannot be looked at counts as a yes (P2).
    pub(crate) fn paused(&self) -> bool {
        self.folder.join(PAUSED).try_exists().unwrap_or(true)
    }

    /// Pauses, or goes on. It is durable when this returns: a pause holds over a restart.
    pub(crate) fn pause(&self, paused: bool) -> Outcome {
        let path = self.folder.join(PAUSED);
        if paused {
            return write(&path, b"");
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).because(Kind::Storage, "end the pause")
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether the proof that the keys are gone is here.
    pub(crate) fn erased(&self) -> bool {
        self.folder.join(ERASURE).exists()
    }

    /// The contributor's signing key.
    pub(crate) fn key(&self) -> Outcome<SigningKey> {
        home::read_key_file(&self.folder.join(CONTRIBUTOR_KEY))
    }

    /// The journal's key.
    pub(crate) fn journal_key(&self) -> Outcome<Zeroizing<[u8; 32]>> {
        secret::read(&self.folder.join(JOURNAL_KEY))
    }

    /// The receipt as it was given.
    pub(crate) fn receipt_text(&self) -> Outcome<String> {
        String::from_utf8(read(&self.folder.join(RECEIPT))?).because(Kind::BadInput, "read the receipt")
    }

    /// Signs the withdrawal and keeps it: from this line on the device collects nothing, whatever the network does (P10).
    pub(crate) fn withdraw_here(&self) -> Outcome<Envelope> {
        let path = self.folder.join(WITHDRAWAL);
        if path.exists() {
            return Envelope::parse(&read(&path)?).because(Kind::BadInput, "read your withdrawal");
        }
        let envelope = Withdrawal::sign(&self.consent, ambient::now(), &self.key()?)
            .because(Kind::Unexpected, "sign your withdrawal")?;
        write(&path, &envelope.to_bytes())?;
        Ok(envelope)
    }

    /// Keeps the proof that the keys are gone, once all of it holds: the organisation signed it, about this consent and the
    /// withdrawal that lies here, and the log has it.
    ///
    /// The statement is written last: a crash before it leaves a withdrawal without proof, which is sent again.
    pub(crate) fn keep_erasure(&self, erased: &Erased) -> Outcome {
        let statement = Statement::<Erasure>::verify(&erased.erasure, self.organisation())
            .because(Kind::BadInput, "check the proof of the erasure")?;
        if statement.predicate.consent != self.consent.id() {
            return Err(not_proven("is for another consent"));
        }
        if statement.subject_digest() != Some(self.withdraw_here()?.digest()) {
            return Err(not_proven("is about another withdrawal than yours"));
        }
        if !proof::holds_as(LeafKind::Erased, &erased.erasure, &erased.proof, &self.server.log) {
            return Err(not_proven("is not shown to stand in the log"));
        }
        write_json(&self.folder.join(ERASURE_PROOF), &erased.proof)?;
        write(&self.folder.join(ERASURE), &erased.erasure.to_bytes())
    }

    /// The enrolment in words.
    pub(crate) fn summary(&self) -> Summary {
        let grant = self.consent.grant();
        let now = ambient::now();
        let state = match (self.withdrawn(), self.consent.in_force(now)) {
            (true, _) if self.erased() => "withdrawn, keys destroyed",
            (true, _) => "withdrawn here, not yet proven by the server: run `candor withdraw` again",
            (false, true) => "in force",
            (false, false) if now < grant.effective_from => {
                &format!("in force from {}", grant.effective_from)
            }
            (false, false) => "ended",
        };
        Summary {
            program: self.charter.digest().to_string(),
            title: self.charter.title().to_owned(),
            state: state.to_owned(),
            purposes: grant.choice.purposes.iter().map(ToString::to_string).collect(),
            expires_at: grant.expires_at.to_string(),
            receipt: self.folder.join(RECEIPT).display().to_string(),
        }
    }
}

/// Checks everything in a receipt: both signatures, the notice, the record, and the place in the log.
fn check_receipt(receipt: &Receipt, charter: &Charter, server: &api::Server) -> Outcome<Consent> {
    let in_log = |grant: &Envelope, proof: &str| proof::holds(grant, proof, &server.log);
    let (written, consent) =
        receipt.verify(&server.organisation, in_log).because(Kind::BadInput, "check the receipt")?;
    if written.digest() == charter.digest() {
        return Ok(consent);
    }
    Err(Failure::new(Kind::BadInput, "the receipt is for another charter"))
}

fn key_of(path: &Path) -> Outcome<SigningKey> {
    if path.exists() { home::read_key_file(path) } else { home::make_key_file(path) }
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    durable::write_private(path, bytes).because(Kind::Storage, &format!("write {}", path.display()))
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Outcome {
    write(path, &serde_json::to_vec_pretty(value).because(Kind::Unexpected, "write JSON")?)
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).because(Kind::BadInput, &format!("read {}", path.display()))
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Outcome<T> {
    serde_json::from_slice(&read(path)?).map_err(|_| damaged(path))
}

fn not_proven(what: &str) -> Failure {
    Failure::new(Kind::BadInput, format!("the server's word that your keys are destroyed {what}"))
        .hint("you have withdrawn here and nothing is collected; run `candor withdraw` again, and keep this message")
}

fn damaged(path: &Path) -> Failure {
    Failure::new(Kind::BadInput, format!("{} is damaged or of another version", path.display()))
        .hint("nothing is collected until it can be read; restore it from a backup")
}
