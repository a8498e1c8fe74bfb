//! What the person chose in the tray's menu, carried out as if it had come from the command line.

use std::process::{Command, Stdio};

use super::recorder::Recorder;
use super::tray::{FORGET_MINUTES, Look, Wish};
use crate::agent::enrolment::Enrolment;
use crate::agent::forget;
use crate::agent::not_here::NotHere;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

impl Recorder<'_, '_, '_> {
    /// Carries out what was chosen since the last look.
    pub(super) fn heed_the_tray(&mut self) -> Outcome {
        while let Some(wish) = self.tray.wished() {
            match wish {
                Wish::Pause(paused) => self.enrolment.pause(paused)?,
                Wish::Forget => self.board.wish(&forget::wish(FORGET_MINUTES))?,
                Wish::NotHere(app, not_here) => {
                    told("leave it out", NotHere::of(self.enrolment).set(&app, not_here).map(drop));
                }
                Wish::OpenPage => told("open your page", self.open_page()),
                Wish::Stop => self.board.stop()?,
            }
            // What it came to is shown at once, and not at the next look around.
            (self.around_us, self.said_at) = (None, None);
        }
        Ok(())
    }

    /// The page is a program of its own, and outlives the recording: what was recorded is looked at afterwards. It closes by itself.
    fn open_page(&self) -> Outcome {
        let program = std::env::current_exe().because(Kind::Unexpected, "find this program")?;
        let mut command = Command::new(program);
        command.args(["page", "--open", "--program"]).arg(self.enrolment.charter().digest().to_string());
        command.arg("--home").arg(self.enrolment.home().path()).arg("--server").arg(&self.server);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut page = command.spawn().because(Kind::Unexpected, "start the page")?;
        std::thread::spawn(move || drop(page.wait()));
        Ok(())
    }
}

/// What did not work ends no recording: the terminal says so, and the menu stands as before.
fn told(what: &str, done: Outcome) {
    if let Err(failure) = done {
        output::talk(&format!("failed to {what}: {failure}"));
    }
}

/// What the tray says. A list of what is left out that cannot be read shows as empty: the status says that nothing is recorded then.
pub(super) fn look(enrolment: &Enrolment, shown: candor_capture::Shown, unheard: bool) -> Look {
    let not_here = NotHere::of(enrolment).apps().unwrap_or_default();
    Look { shown, unheard, paused: enrolment.paused(), not_here }
}
