//! `candor doctor`: what is here, what is wrong with it, and what to do.

use candor_log::{Checkpoint, UnknownLines, VerifierKey};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::live::not::UNHEARD_NOW;
use crate::agent::road;
use crate::api;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Look at the server's log only: its size and its checkpoint, with the signature checked.
    #[arg(long)]
    log: bool,
}

#[derive(Serialize)]
struct Check {
    what: &'static str,
    ok: bool,
    found: String,
}

/// Runs `candor doctor`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    if arguments.log {
        return log(session);
    }
    let mut checks = vec![check("your folder", home(session)), check("the server", server(session))];
    checks.push(check("withdrawals", erasures(session)));
    checks.push(check(
        "the log",
        checkpoint(session).map(|(size, _)| format!("{size} entries, signature valid")),
    ));
    let programs = session.home.programs();
    if let Some(display) = crate::config::display().filter(|_| !programs.is_empty()) {
        checks.push(check("applications", applications(&display)));
    }
    for program in programs {
        checks.push(check("a consent", consent(session, &program)));
    }
    let sound = checks.iter().all(|check| check.ok);
    output::show(session.json, &checks, |checks| {
        let row = |c: &Check| {
            vec![if c.ok { "ok" } else { "WRONG" }.to_owned(), c.what.to_owned(), c.found.clone()]
        };
        output::table(&["", "what", "found"], checks.iter().map(row))
    });
    if sound { Ok(()) } else { Err(Failure::new(Kind::BadInput, "not everything is as it should be").told()) }
}

fn check(what: &'static str, found: Outcome<String>) -> Check {
    match found {
        Ok(found) => Check { what, ok: true, found },
        Err(failure) => Check { what, ok: false, found: failure.to_string() },
    }
}

fn home(session: &Session) -> Outcome<String> {
    let path = session.home.path();
    if !path.exists() {
        return Ok(format!("{} is not there yet; it is made when you first need it", path.display()));
    }
    let keys = session.home.key_names();
    keys.iter().try_for_each(|name| session.home.key(name).map(|_| ()))?;
    Ok(format!("{}, {} signing key(s)", path.display(), keys.len()))
}

fn server(session: &Session) -> Outcome<String> {
    let server: api::Server = session.client()?.get("/api/v1/server")?;
    Ok(format!("version {} at {}", server.version, session.config.server))
}

fn erasures(session: &Session) -> Outcome<String> {
    let server: api::Server = session.client()?.get("/api/v1/server")?;
    if server.erasure_pending {
        let message = "a withdrawal is not finished: keys or copies of it could not be destroyed yet";
        return Err(Failure::new(Kind::Storage, message)
            .hint("the server tries again by itself; look at its folder's disk and at its log"));
    }
    Ok("every erasure that was asked for is finished".to_owned())
}

/// Whether a recording of this desktop would hear what applications say of themselves.
fn applications(display: &str) -> Outcome<String> {
    if candor_capture::hears_applications(display) {
        Ok("what they say of themselves can be heard".to_owned())
    } else {
        Err(Failure::new(Kind::BadInput, UNHEARD_NOW))
    }
}

fn consent(session: &Session, program: &candor_model::Digest) -> Outcome<String> {
    let enrolment = Enrolment::open(&session.home, program)?;
    let journal = road::journal(&enrolment)?;
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    let damaged = journal.damaged().because(Kind::Storage, "read the journal")?;
    if let Some((session, error)) = damaged.first() {
        let message = format!("session {session} is damaged: {}", crate::exit::chain(error.as_ref()));
        return Err(Failure::new(Kind::BadInput, message)
            .hint(format!("discard it: candor review discard {session}")));
    }
    Ok(format!("{}: {}, {} recording(s)", program.short(), enrolment.summary().state, sessions.len()))
}

#[derive(Serialize)]
struct Log {
    log_size: u64,
    checkpoint: String,
}

fn log(session: &Session) -> Outcome {
    let (log_size, checkpoint) = checkpoint(session)?;
    output::show(session.json, &Log { log_size, checkpoint }, |log| log.checkpoint.clone());
    Ok(())
}

/// The server's checkpoint, once the signature by the log's key verifies.
fn checkpoint(session: &Session) -> Outcome<(u64, String)> {
    let client = session.client()?;
    let server: api::Server = client.get("/api/v1/server")?;
    let text = client.get_text("/checkpoint")?;
    let verifier: VerifierKey = server.log.parse().because(Kind::BadInput, "read the log's key")?;
    let checkpoint = Checkpoint::open(text.as_bytes(), &verifier, UnknownLines::Refuse)
        .because(Kind::BadInput, "check the checkpoint")?;
    Ok((checkpoint.size(), text))
}
