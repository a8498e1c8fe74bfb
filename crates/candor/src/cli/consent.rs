//! `candor consent`: read the notice, choose, agree; see what you agreed to.

use std::collections::BTreeSet;

use candor_consent::{Charter, Choice, Field, Notice};
use candor_model::{AppId, PurposeId};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::program;
use crate::exit::{Failure, Kind, Outcome};
use crate::{ambient, output};

/// Fewest digits of the notice's digest that show that it was read.
const NOTICE_DIGITS_MIN: usize = 6;

/// What a contributor can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print the notice: what the program may collect, in plain words. Nothing is asked of you for reading it.
    Notice {
        /// First digits of the program's name; may be left out where there is one.
        #[arg(long)]
        program: Option<String>,
    },
    /// Agree to what you name, and to nothing else. Nothing is chosen for you.
    Give(Give),
    /// List what you agreed to.
    List,
    /// Print a receipt: what you agreed to, the text you saw, both signatures, the proof from the log.
    Receipt {
        /// First digits of the program's name; may be left out where there is one.
        #[arg(long)]
        program: Option<String>,
    },
}

/// A choice.
#[derive(Debug, clap::Args)]
pub(crate) struct Give {
    /// First digits of the program's name; may be left out where there is one.
    #[arg(long)]
    program: Option<String>,
    /// First digits of the digest under the notice that you read.
    #[arg(long, value_name = "DIGITS")]
    notice: String,
    /// A purpose that you agree to; once for each.
    #[arg(long, required = true)]
    purpose: Vec<PurposeId>,
    /// An app that may be recorded; once for each.
    #[arg(long, required = true)]
    app: Vec<AppId>,
    /// A kind of data that may be recorded: pointer, `typed_text`, hotkeys, `window_title`, frame, tree; once for each.
    #[arg(long, required = true, value_parser = parse_field)]
    field: Vec<Field>,
}

fn parse_field(text: &str) -> Result<Field, String> {
    serde_json::from_value(serde_json::Value::from(text.replace('-', "_")))
        .map_err(|_| "one of pointer, typed_text, hotkeys, window_title, frame, tree".to_owned())
}

/// Runs `candor consent`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Notice { program } => notice(session, program.as_deref()),
        Command::Give(choice) => give(session, &choice),
        Command::List => list(session),
        Command::Receipt { program } => receipt(session, program.as_deref()),
    }
}

#[derive(Serialize)]
struct ShownNotice {
    program: String,
    digest: String,
    text: String,
}

fn notice(session: &Session, prefix: Option<&str>) -> Outcome {
    let client = session.client()?;
    let charter = program::charter(&client, &program::find(&client, prefix)?.name)?;
    let notice = Notice::of(&charter);
    let shown = ShownNotice {
        program: charter.digest().to_string(),
        digest: notice.digest.to_string(),
        text: notice.text,
    };
    output::show(session.json, &shown, |shown| format!("{}\n\nnotice {}", shown.text, shown.digest));
    Ok(())
}

fn give(session: &Session, give: &Give) -> Outcome {
    let client = session.client()?;
    let charter = program::charter(&client, &program::find(&client, give.program.as_deref())?.name)?;
    require_notice_was_read(&charter, &give.notice)?;
    require_known(&charter, give)?;
    program::require_four_signatures(&client, &charter, ambient::now())?;
    let choice = Choice {
        purposes: give.purpose.iter().cloned().collect(),
        apps: give.app.iter().cloned().collect(),
        fields: give.field.iter().copied().collect::<BTreeSet<_>>(),
    };
    let enrolment = Enrolment::give(&session.home, &client, &charter, choice)?;
    let summary = enrolment.summary();
    output::show(session.json, &summary, |summary| {
        format!(
            "agreed to {}, until {}\nyour receipt: {}\nto end it: candor withdraw",
            summary.purposes.join(", "),
            summary.expires_at,
            summary.receipt
        )
    });
    Ok(())
}

fn require_notice_was_read(charter: &Charter, digits: &str) -> Outcome {
    let digest = Notice::of(charter).digest.to_string();
    if digits.len() >= NOTICE_DIGITS_MIN && digest.starts_with(digits) {
        return Ok(());
    }
    let message = "those are not the digits under this program's notice";
    Err(Failure::new(Kind::Usage, message)
        .hint("read it with `candor consent notice`; they stand at its end"))
}

fn require_known(charter: &Charter, give: &Give) -> Outcome {
    let purposes: Vec<_> = charter.purposes().iter().map(|p| p.id.to_string()).collect();
    let apps: Vec<_> = charter.scope().apps().iter().map(|a| a.id.to_string()).collect();
    let purpose = give.purpose.iter().map(ToString::to_string).find(|p| !purposes.contains(p));
    let app = give.app.iter().map(ToString::to_string).find(|a| !apps.contains(a));
    match (purpose, app) {
        (Some(unknown), _) => Err(Failure::new(Kind::Usage, format!("the charter has no purpose {unknown}"))
            .hint(format!("choose from {}", purposes.join(", ")))),
        (_, Some(unknown)) => Err(Failure::new(Kind::Usage, format!("the charter has no app {unknown}"))
            .hint(format!("choose from {}", apps.join(", ")))),
        (None, None) => Ok(()),
    }
}

fn list(session: &Session) -> Outcome {
    let mut all = Vec::new();
    for program in session.home.programs() {
        all.push(Enrolment::open(&session.home, &program)?.summary());
    }
    output::show(session.json, &all, |all| {
        let row = |s: &crate::agent::enrolment::Summary| {
            vec![
                s.program.chars().take(8).collect(),
                s.state.clone(),
                s.purposes.join(", "),
                s.expires_at.clone(),
            ]
        };
        output::table(&["program", "state", "purposes", "until"], all.iter().map(row))
    });
    Ok(())
}

fn receipt(session: &Session, prefix: Option<&str>) -> Outcome {
    let enrolment = Enrolment::only(&session.home, prefix)?;
    output::data(&enrolment.receipt_text()?);
    Ok(())
}
