//! The vault behind its lock, and what everybody may see of it.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use candor_consent::{BystanderRule, Charter, Decision, Field};
use candor_vault::{ProgramView, Received, Vault};

use super::news::News;
use super::sends::Sends;
use crate::ambient;
use crate::api::{Problem, Program, Purpose, Signed};

/// What every route is given.
#[derive(Clone)]
pub(crate) struct App {
    vault: Arc<Mutex<Vault>>,
    /// Held while a bundle is read: one at a time, since each may take much memory.
    reading: Arc<Mutex<()>>,
    sends: Sends,
    news: News,
}

impl App {
    /// Puts the vault behind its lock.
    pub(super) fn new(vault: Vault, sends: Sends) -> Self {
        Self { vault: Arc::new(Mutex::new(vault)), reading: Arc::default(), sends, news: News::default() }
    }

    /// The datasets that are being sent.
    pub(super) const fn sends(&self) -> &Sends {
        &self.sends
    }

    /// What is done about programs.
    pub(super) const fn news(&self) -> &News {
        &self.news
    }

    /// Works on the vault, off the asynchronous threads, one request at a time.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vault) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        alone_with(&self.vault, work).await
    }

    /// Reads a bundle, off the asynchronous threads, and without the vault: nobody waits for it but who sends another bundle.
    pub(crate) async fn received(&self, bundle: Bytes) -> Result<Received, Refused> {
        let read = move |(): &mut ()| {
            Received::read(bundle.as_ref()).map_err(|error| Refused::by(error.code(), &error))
        };
        alone_with(&self.reading, read).await
    }
}

/// Works on something that is behind a lock, off the asynchronous threads.
async fn alone_with<S: Send + 'static, T: Send + 'static>(
    shared: &Arc<Mutex<S>>,
    work: impl FnOnce(&mut S) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let shared = Arc::clone(shared);
    let worked = tokio::task::spawn_blocking(move || {
        // A panic under the lock is our bug; the vault's own state is on the disk, behind its commit points.
        let mut held =
            shared.lock().map_err(|_| Refused::broken("an earlier request failed; restart the server"))?;
        work(&mut held)
    });
    worked.await.unwrap_or_else(|_| Err(Refused::broken("the request failed; see the server's log")))
}

/// A refusal on its way out: a status, a stable word, sentences.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    problem: Problem,
}

impl Refused {
    /// A refusal by its stable word and an error with its sources.
    pub(crate) fn by(code: &str, error: &dyn std::error::Error) -> Self {
        let problem = Problem { code: code.to_owned(), message: crate::exit::chain(error) };
        Self { status: status_of(code), problem }
    }

    /// The request cannot be understood.
    pub(crate) fn malformed(message: &str) -> Self {
        let problem = Problem { code: "malformed".to_owned(), message: message.to_owned() };
        Self { status: StatusCode::BAD_REQUEST, problem }
    }

    /// There is no such thing.
    pub(crate) fn nothing(message: &str) -> Self {
        let problem = Problem { code: "not_found".to_owned(), message: message.to_owned() };
        Self { status: StatusCode::NOT_FOUND, problem }
    }

    /// The request came too slowly, or is too large.
    pub(crate) fn unread(status: StatusCode, message: &str) -> Self {
        let problem = Problem { code: "not_read".to_owned(), message: message.to_owned() };
        Self { status, problem }
    }

    /// A rule refuses.
    pub(crate) fn forbidden(code: &str, message: &str) -> Self {
        let problem = Problem { code: code.to_owned(), message: message.to_owned() };
        Self { status: StatusCode::FORBIDDEN, problem }
    }

    fn broken(message: &str) -> Self {
        let problem = Problem { code: "broken".to_owned(), message: message.to_owned() };
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, problem }
    }
}

/// Damaged input is the sender's; a rule that refuses is a rule; the rest is ours.
fn status_of(code: &str) -> StatusCode {
    const DAMAGED: [&str; 20] = [
        "bundle_damaged",
        "bundle_disagrees",
        "bundle_empty",
        "charter_invalid",
        "dataset_too_large",
        "document_missing",
        "document_too_large",
        "document_unknown",
        "filter_invalid",
        "not_a_grant",
        "not_a_question",
        "not_a_request",
        "not_a_withdrawal",
        "not_evidence",
        "nothing_to_compile",
        "other_bundle",
        "other_purpose",
        "other_recipe",
        "output_exists",
        "recipe_invalid",
    ];
    const OURS: [&str; 5] =
        ["key_unavailable", "log_unavailable", "session_damaged", "unexpected", "vault_damaged"];
    match code {
        code if code.starts_with("unknown_") => StatusCode::NOT_FOUND,
        code if DAMAGED.contains(&code) => StatusCode::BAD_REQUEST,
        code if OURS.contains(&code) => StatusCode::INTERNAL_SERVER_ERROR,
        "storage" => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::FORBIDDEN,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.problem)).into_response()
    }
}

/// The programs as everybody may see them.
pub(crate) fn programs(vault: &Vault) -> Result<Vec<Program>, Refused> {
    let views = vault.programs(ambient::now()).map_err(|error| Refused::by(error.code(), &error))?;
    Ok(views.iter().map(program).collect())
}

/// The log's newest checkpoint.
pub(crate) fn checkpoint(vault: &Vault) -> Result<String, Refused> {
    let bytes = vault.read_log("checkpoint").map_err(|error| Refused::by(error.code(), &error))?;
    Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
}

/// One program in words.
pub(crate) fn program(view: &ProgramView) -> Program {
    let charter = &view.charter;
    let purpose = |p: &candor_consent::Purpose| Purpose {
        id: p.id.to_string(),
        title: p.title.clone(),
        statement: p.statement.clone(),
    };
    let signed = |s: &candor_vault::SignedBy| Signed {
        role: s.role.in_words().to_owned(),
        name: s.name.clone(),
        approved: s.last.is_some_and(|(decision, _)| decision == Decision::Approve),
    };
    Program {
        name: charter.digest(),
        title: charter.title().to_owned(),
        controller: charter.controller().name.clone(),
        state: in_words(view.state.name()).to_owned(),
        purposes: charter.purposes().iter().map(purpose).collect(),
        may_collect: may_collect(charter),
        never_collected: never_collected(charter),
        forbidden_uses: charter
            .prohibited()
            .iter()
            .map(|class| candor_consent::dpv::in_words(class).to_owned())
            .collect(),
        signed: view.signed.iter().map(signed).collect(),
        sessions: view.sessions.to_string(),
        steps: view.steps.to_string(),
        datasets: view.datasets,
        datasets_flagged: view.datasets_flagged,
    }
}

fn may_collect(charter: &Charter) -> Vec<String> {
    let app = |app: &candor_consent::AppRule| {
        let sites: Vec<&str> = app.sites.iter().map(candor_model::Site::as_str).collect();
        if app.browser { format!("{}, on {} only", app.title, sites.join(", ")) } else { app.title.clone() }
    };
    let fields: Vec<&str> = charter.scope().fields().iter().map(|field: &Field| field.in_words()).collect();
    let mut items: Vec<String> = charter.scope().apps().iter().map(app).collect();
    items.push(format!("of those: {}", fields.join("; ")));
    items
}

fn never_collected(charter: &Charter) -> Vec<String> {
    let apps = charter.scope().never_apps().iter().map(|app| app.title.clone());
    let sites = charter.scope().never_sites().iter().map(|site| format!("{site}, and everything below it"));
    let others = match charter.bystander_rule() {
        BystanderRule::Masked => "What other people wrote or show: it is masked",
        BystanderRule::Recognised => {
            "What other people wrote or show in mail, chat, comments and calls: it is masked"
        }
    };
    let always = ["Private windows, the lock screen, password fields", others];
    let rest = "Every application and site that is not named here";
    always.into_iter().map(str::to_owned).chain(apps).chain(sites).chain([rest.to_owned()]).collect()
}

fn in_words(state: &str) -> &str {
    match state {
        "draft" | "assessing" | "consulting" => "Being prepared: nothing is collected",
        "awaiting_sign_off" => "Waiting for signatures: nothing is collected",
        "pilot" => "Running as a pilot",
        "pilot_review" => "The pilot has ended: nothing is collected",
        "production" => "Running",
        "halted" => "Halted: nothing is collected",
        "closing" => "Closing: nothing is collected",
        "closed" => "Closed: nothing is collected",
        other => other,
    }
}
