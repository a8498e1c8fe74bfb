//! An input method: of several keys it composes what no key writes.

use super::*;

/// Lets a program ask ibus what keys write.
pub(super) fn asks_ibus(command: &mut Command) -> &mut Command {
    command.env("GTK_IM_MODULE", "ibus").env("QT_IM_MODULE", "ibus").env("XMODIFIERS", "@im=ibus")
}

impl Desktop {
    /// Starts an input method, which applications that start from now on ask what keys write.
    pub(in super::super) fn composing(mut self) -> Self {
        self.composes = true;
        let without = ["--panel", "disable", "--emoji-extension", "disable"];
        self.run(Command::new("ibus-daemon").arg("--xim").args(without));
        self.compose_in("hangul");
        self
    }

    /// Goes over to another of its engines.
    pub(in super::super) fn compose_in(&self, engine: &str) {
        until("the input method is there", || {
            let mut command = Command::new("ibus");
            let command = self.at_home(command.args(["engine", engine]));
            let status = command.stdout(Stdio::null()).status();
            status.unwrap_or_else(|error| missing("ibus", &error)).success().then_some(())
        });
    }
}
