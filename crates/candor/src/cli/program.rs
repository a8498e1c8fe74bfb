//! `candor program`: what a steward does.

mod draft;

use std::path::PathBuf;

use candor_consent::{Act, Charter, Decision, Notice, ProgramAct, Role, SignOff};
use candor_model::{FormatVersion, SigningKey, Statement, Subject, evidence};
use data_encoding::BASE64;
use serde::Serialize;

use super::Session;
use crate::agent::client::Client;
use crate::agent::program;
use crate::ambient;
use crate::api::{self, Done, Proposal, Proposed, ProposedDocument};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

/// How long a signature lasts unless the signer says otherwise, in days.
const SIGN_OFF_DAYS: u32 = 180;

/// What the state of a program that runs begins with.
const RUNNING: &str = "Running";

/// What a steward can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Draft a charter and its documents from the template.
    Draft(draft::Arguments),
    /// Put a document into a draft: its digest goes into the charter.
    Attach(draft::AttachArguments),
    /// Read a draft as the server will, and print the notice that contributors would be shown.
    Check {
        /// Folder of the draft.
        draft: PathBuf,
    },
    /// Hand a draft to the server, as one of its four signers. From here on every change makes another program.
    Propose {
        /// Folder of the draft.
        draft: PathBuf,
        /// Name of your signing key.
        #[arg(long, default_value = "me")]
        key: String,
    },
    /// Approve or reject a program, as one of its four signers.
    Sign {
        #[command(flatten)]
        by: By,
        /// Which of the four you are.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Do not approve.
        #[arg(long)]
        reject: bool,
    },
    /// Start the pilot. Needs all four signatures.
    Start(By),
    /// Resume a halted program. Needs all four signatures made after the halt.
    Resume(By),
    /// Close a program for good.
    Close(By),
    /// List the programs.
    List,
    /// Show one program as everybody may see it.
    Show {
        /// First digits of its name.
        #[arg(long)]
        program: Option<String>,
    },
    /// Write the trust policy that an auditor checks evidence against. Compare its keys by another way than this server.
    Policy {
        /// First digits of the program's name.
        #[arg(long)]
        program: Option<String>,
        /// Where to write it.
        #[arg(long, default_value = "policy.toml")]
        out: PathBuf,
    },
}

/// Which program, with which key, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct By {
    /// First digits of the program's name; may be left out where there is one.
    #[arg(long)]
    pub(crate) program: Option<String>,
    /// Name of your signing key.
    #[arg(long, default_value = "me")]
    pub(crate) key: String,
    /// Why, in a sentence. It goes into the log.
    #[arg(long)]
    pub(crate) reason: String,
}

fn parse_role(text: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.as_str() == text.replace('-', "_"));
    found.ok_or_else(|| "one of privacy, legal, worker-representative, security".to_owned())
}

/// Runs `candor program`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Draft(arguments) => draft::draft(session, &arguments),
        Command::Attach(arguments) => draft::attach(&arguments),
        Command::Check { draft } => check(session, &draft),
        Command::Propose { draft, key } => propose(session, &draft, &key),
        Command::Sign { by, role, reject } => sign(session, &by, role, reject),
        Command::Start(by) => act(session, &by, Act::Start),
        Command::Resume(by) => act(session, &by, Act::Resume),
        Command::Close(by) => act(session, &by, Act::Close),
        Command::List => list(session),
        Command::Show { program } => show(session, program.as_deref()),
        Command::Policy { program, out } => policy(session, program.as_deref(), &out),
    }
}

#[derive(Serialize)]
struct Checked {
    program: String,
    notice: String,
    notice_digest: String,
}

fn check(session: &Session, folder: &std::path::Path) -> Outcome {
    let charter = draft::read_charter(folder)?;
    draft::read_documents(folder, &charter)?;
    let notice = Notice::of(&charter);
    let checked = Checked {
        program: charter.digest().to_string(),
        notice: notice.text,
        notice_digest: notice.digest.to_string(),
    };
    output::show(session.json, &checked, |checked| {
        format!("{}\n\nprogram {}", checked.notice, checked.program)
    });
    Ok(())
}

fn propose(session: &Session, folder: &std::path::Path, key: &str) -> Outcome {
    let charter = draft::read_charter(folder)?;
    let documents = draft::read_documents(folder, &charter)?;
    let documents =
        documents.into_iter().map(|(kind, bytes)| ProposedDocument { kind, base64: BASE64.encode(&bytes) });
    let subject = Subject::new("charter.toml", charter.digest());
    let proposed = Statement::new(subject, Proposed { proposed_at: ambient::now() })
        .sign(&session.home.key(key)?)
        .because(Kind::Unexpected, "sign the proposal")?;
    let proposal = Proposal { charter: charter.text().to_owned(), documents: documents.collect(), proposed };
    let answer: api::Program = session.client()?.post("/api/v1/programs", &proposal)?;
    output::show(session.json, &answer, |program| format!("proposed: {} ({})", program.name, program.state));
    Ok(())
}

fn sign(session: &Session, by: &By, role: Role, reject: bool) -> Outcome {
    let client = session.client()?;
    let charter = program::charter(&client, &program::find(&client, by.program.as_deref())?.name)?;
    let now = ambient::now();
    let decision = if reject { Decision::Reject } else { Decision::Approve };
    let sign_off = SignOff {
        role,
        decision,
        reason: by.reason.clone(),
        at: now,
        expires_at: now.plus_days(SIGN_OFF_DAYS),
    };
    let key = session.home.key(&by.key)?;
    let envelope = sign_off.sign(&charter, &key).because(Kind::Unexpected, "sign")?;
    let done: Done = client.act("/api/v1/sign-offs", &envelope)?;
    output::show(session.json, &done, |done| {
        format!("signed as {}; leaf {} of the log", role.in_words(), done.leaf)
    });
    Ok(())
}

/// Signs and sends an act of power.
pub(crate) fn act(session: &Session, by: &By, act: Act) -> Outcome {
    let client = session.client()?;
    let key = session.home.key(&by.key)?;
    let charter = match act {
        Act::Halt => to_halt(&client, by.program.as_deref(), &key)?,
        Act::Start | Act::Resume | Act::Close => {
            program::charter(&client, &program::find(&client, by.program.as_deref())?.name)?
        }
    };
    let statement = ProgramAct { act, reason: by.reason.clone(), at: ambient::now() };
    let envelope = statement.sign(&charter, &key).because(Kind::Unexpected, "sign")?;
    let done: Done = client.act("/api/v1/acts", &envelope)?;
    output::show(session.json, &done, |done| {
        format!("the program is {}; leaf {} of the log", done.state, done.leaf)
    });
    Ok(())
}

/// The one running program that names this key: a list that somebody filled does not get in the way of a halt (P9).
fn to_halt(client: &Client, prefix: Option<&str>, key: &SigningKey) -> Outcome<Charter> {
    if prefix.is_some() {
        return program::charter(client, &program::find(client, prefix)?.name);
    }
    let mut programs: Vec<api::Program> = client.get("/api/v1/programs")?;
    programs.retain(|program| program.state.starts_with(RUNNING));
    let mut ours = Vec::new();
    for program in programs {
        let charter = program::charter(client, &program.name)?;
        if charter.signers().iter().any(|signer| signer.key == key.public()) {
            ours.push(charter);
        }
    }
    match ours.len() {
        0 => Err(Failure::new(Kind::Refused, "no running program names your key as a signer's")
            .hint("`candor program list` shows what runs; name another key with --key, or the program with --program")),
        1 => ours.pop().ok_or_else(|| Failure::new(Kind::Unexpected, "the program is gone")),
        many => Err(Failure::new(Kind::Usage, format!("{many} running programs name your key"))
            .hint("name one with --program; `candor program list` shows them")),
    }
}

fn list(session: &Session) -> Outcome {
    let programs: Vec<api::Program> = session.client()?.get("/api/v1/programs")?;
    output::show(session.json, &programs, |programs| {
        let row =
            |p: &api::Program| vec![p.name.short(), p.state.clone(), p.title.clone(), p.sessions.clone()];
        output::table(&["program", "state", "title", "sessions"], programs.iter().map(row))
    });
    Ok(())
}

fn show(session: &Session, prefix: Option<&str>) -> Outcome {
    let program = program::find(&session.client()?, prefix)?;
    output::show(session.json, &program, in_words);
    Ok(())
}

fn in_words(program: &api::Program) -> String {
    let signed = program.signed.iter().map(|signer| {
        format!("  {} {} ({})", if signer.approved { "signed " } else { "missing" }, signer.name, signer.role)
    });
    let purposes = program.purposes.iter().map(|p| format!("  {}: {}", p.id, p.statement));
    let list = |items: &[String]| items.iter().map(|item| format!("  {item}")).collect::<Vec<_>>().join("\n");
    [
        format!("{} by {}, {}\nprogram {}", program.title, program.controller, program.state, program.name),
        format!("for:\n{}", purposes.collect::<Vec<_>>().join("\n")),
        format!("may collect:\n{}", list(&program.may_collect)),
        format!("never collects:\n{}", list(&program.never_collected)),
        format!("never used to:\n{}", list(&program.forbidden_uses)),
        format!("signatures:\n{}", signed.collect::<Vec<_>>().join("\n")),
        format!("released: {} sessions, {} steps", program.sessions, program.steps),
        format!("dataset versions: {}, {} flagged", program.datasets, program.datasets_flagged),
    ]
    .join("\n")
}

fn policy(session: &Session, prefix: Option<&str>, out: &std::path::Path) -> Outcome {
    let client = session.client()?;
    let server: api::Server = client.get("/api/v1/server")?;
    let charter: Charter = program::charter(&client, &program::find(&client, prefix)?.name)?;
    let signer =
        |s: &candor_consent::Signer| evidence::TrustedSigner { role: s.role.to_string(), key: s.key };
    let policy = evidence::TrustPolicy {
        version: FormatVersion(1),
        log: server.log,
        organisation: server.organisation,
        signers: charter.signers().iter().map(signer).collect(),
    };
    let text = toml::to_string_pretty(&policy).because(Kind::Unexpected, "write the policy")?;
    let text = format!(
        "# Whom an auditor trusts. Compare each key with its owner before using this file.\n\n{text}"
    );
    durable::write_private(out, text.as_bytes())
        .because(Kind::Storage, &format!("write {}", out.display()))?;
    output::show(session.json, &policy, |_| format!("wrote {}", out.display()));
    Ok(())
}

/// A usage failure with a hint.
pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(Kind::Usage, message).hint(hint)
}
