//! `candor agent autostart`: a file that the desktop's session reads when it starts. Nobody but the person makes it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::agent::enrolment::Enrolment;
use crate::cli::Session;
use crate::durable;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

const FILE: &str = "candor-record.desktop";

/// What to do.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Act {
    /// Begin with the desktop from the next time on.
    On,
    /// Do not.
    Off,
    /// Say which.
    Status,
}

#[derive(Serialize)]
struct Said {
    autostart: bool,
    file: String,
}

/// Does it.
pub(super) fn run(session: &Session, enrolment: &Enrolment, act: Act) -> Outcome {
    let file = file();
    match act {
        Act::On => on(&file, session, enrolment)?,
        Act::Off => off(&file)?,
        Act::Status => {}
    }
    let said = Said { autostart: file.exists(), file: file.display().to_string() };
    output::show(session.json, &said, |said| {
        if said.autostart {
            format!("recording begins when your desktop starts: {}", said.file)
        } else {
            "recording begins only when you start it".to_owned()
        }
    });
    Ok(())
}

fn file() -> PathBuf {
    crate::config::autostart_folder().join(FILE)
}

fn on(file: &Path, session: &Session, enrolment: &Enrolment) -> Outcome {
    let program = std::env::current_exe().because(Kind::Unexpected, "find this program")?;
    let words = [
        program.display().to_string(),
        "record".to_owned(),
        "--program".to_owned(),
        enrolment.charter().digest().to_string(),
        "--home".to_owned(),
        session.home.path().display().to_string(),
        "--server".to_owned(),
        session.config.server.clone(),
    ];
    let command: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let text = format!(
        "[Desktop Entry]\nType=Application\nName=Candor recorder\nComment=You switched this on: candor agent autostart off\nExec={}\n\
         Terminal=false\n",
        command.join(" ")
    );
    durable::write_private(file, text.as_bytes()).because(Kind::Storage, "write the autostart file")
}

/// A word of `Exec` in quotation marks (Desktop Entry Specification, "The Exec key"): four characters are escaped, and the backslash of it
/// once more since the value is a string; a percent sign is doubled.
fn quoted(word: &str) -> String {
    let escape = |c: char| match c {
        '"' | '`' | '$' => format!("\\\\{c}"),
        '\\' => "\\\\\\\\".to_owned(),
        '%' => "%%".to_owned(),
        c => c.to_string(),
    };
    format!("\"{}\"", word.chars().map(escape).collect::<String>())
}

fn off(file: &Path) -> Outcome {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).because(Kind::Storage, "delete the autostart file")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_signs_of_its_own_stays_one_word() {
        assert_eq!(quoted("/home/a b/candor"), "\"/home/a b/candor\"");
        assert_eq!(quoted("50%"), "\"50%%\"");
        assert_eq!(quoted(r#"a"b\c$d"#), r#""a\\"b\\\\c\\$d""#);
    }
}
