//! Finding a program on the server, and reading its charter without trusting the server for its bytes.

use candor_consent::Charter;
use candor_model::{Digest, Envelope, Timestamp};

use super::client::Client;
use crate::api;
use crate::exit::{Because, Failure, Kind, Outcome};

/// Fewest digits of a program's name that a command takes for it.
const PREFIX_DIGITS_MIN: usize = 6;

/// The program whose name begins with `prefix`, or the only one.
pub(crate) fn find(client: &Client, prefix: Option<&str>) -> Outcome<api::Program> {
    let mut programs: Vec<api::Program> = client.get("/api/v1/programs")?;
    if let Some(prefix) = prefix {
        if prefix.len() < PREFIX_DIGITS_MIN {
            let message = format!("{prefix} is too short to name a program");
            return Err(Failure::new(Kind::Usage, message).hint("give at least six digits of its name"));
        }
        programs.retain(|program| program.name.to_string().starts_with(prefix));
    }
    let choice = programs.len();
    match programs.pop() {
        Some(program) if choice == 1 => Ok(program),
        Some(_) => Err(Failure::new(Kind::Usage, format!("{choice} programs fit"))
            .hint("name one with --program; `candor program list` shows them")),
        None => Err(Failure::new(Kind::BadInput, "the server has no such program")
            .hint("`candor program list` shows those that exist")),
    }
}

/// The charter of a program: its bytes must have the digest that names it.
pub(crate) fn charter(client: &Client, program: &Digest) -> Outcome<Charter> {
    let text = client.get_text(&format!("/api/v1/programs/{program}/charter"))?;
    if Digest::of(text.as_bytes()) != *program {
        let message = format!("the server sent another charter than {}", program.short());
        return Err(
            Failure::new(Kind::BadInput, message).hint("do not agree to anything: ask who runs the server")
        );
    }
    Charter::parse(text.as_bytes()).because(Kind::BadInput, "read the charter")
}

/// Checks on this device that all four have signed the charter: the server's word is not enough.
pub(crate) fn require_four_signatures(client: &Client, charter: &Charter, now: Timestamp) -> Outcome {
    let envelopes: Vec<Envelope> = client.get(&format!("/api/v1/programs/{}/sign-offs", charter.digest()))?;
    for signer in charter.signers() {
        let approved = envelopes.iter().any(|envelope| approves(envelope, charter, signer.role, now));
        if !approved {
            let message = format!("the {} has not approved this program", signer.role.in_words());
            return Err(
                Failure::new(Kind::Refused, message).hint("nothing can be collected until all four have")
            );
        }
    }
    Ok(())
}

fn approves(envelope: &Envelope, charter: &Charter, role: candor_consent::Role, now: Timestamp) -> bool {
    candor_consent::SignOff::verify(envelope, charter).is_ok_and(|sign_off| {
        let in_force = sign_off.at <= now && now < sign_off.expires_at;
        sign_off.role == role && sign_off.decision == candor_consent::Decision::Approve && in_force
    })
}
