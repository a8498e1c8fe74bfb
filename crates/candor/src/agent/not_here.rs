//! Applications that the person does not want recorded on this device, whatever they agreed to: it narrows the gate from the next judgement
//! on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use candor_consent::Charter;
use candor_model::AppId;

use super::enrolment::Enrolment;
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

const FILE: &str = "not-here.json";

/// The list of one program on this device.
#[derive(Debug, Clone)]
pub(crate) struct NotHere(PathBuf);

impl NotHere {
    /// Names the list; nothing is read yet.
    pub(crate) fn of(enrolment: &Enrolment) -> Self {
        Self(enrolment.folder().join(FILE))
    }

    /// The applications.
    pub(crate) fn apps(&self) -> Outcome<BTreeSet<AppId>> {
        read(&self.0).map_err(|failure| {
            failure.hint(
                "nothing is recorded until it can be read; delete it if you want no application left out",
            )
        })
    }

    /// Whether an application is not recorded here. A list that cannot be read says yes to all of them (P2).
    pub(crate) fn names(&self, app: &AppId) -> bool {
        read(&self.0).map_or(true, |apps| apps.contains(app))
    }

    /// Adds an application, or takes it off the list; the list then.
    pub(crate) fn set(&self, app: &AppId, not_here: bool) -> Outcome<BTreeSet<AppId>> {
        let mut apps = self.apps()?;
        if not_here {
            apps.insert(app.clone());
        } else {
            apps.remove(app);
        }
        let bytes = serde_json::to_vec(&apps).because(Kind::Unexpected, "write JSON")?;
        durable::write_private(&self.0, &bytes).because(Kind::Storage, "write what is not recorded here")?;
        Ok(apps)
    }
}

fn read(path: &Path) -> Outcome<BTreeSet<AppId>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|_| Failure::new(Kind::BadInput, format!("{} is damaged", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error).because(Kind::Storage, "read what is not recorded here"),
    }
}

/// The application that a person means: by its name in the charter, its title or its window's class.
pub(crate) fn meant(charter: &Charter, text: &str) -> Outcome<AppId> {
    let same = |other: &str| other.eq_ignore_ascii_case(text.trim());
    let apps = charter.scope().apps();
    let found = apps.iter().find(|app| {
        same(app.id.as_str()) || same(&app.title) || app.window_classes.iter().any(|class| same(class))
    });
    found.map(|app| app.id.clone()).ok_or_else(|| {
        let names: Vec<&str> = apps.iter().map(|app| app.id.as_str()).collect();
        Failure::new(
            Kind::Usage,
            format!("the charter names no application {text:?}, so it is not recorded anyway"),
        )
        .hint(format!("the charter's applications are {}", names.join(", ")))
    })
}
