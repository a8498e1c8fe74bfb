//! What a program that runs says on standard error, line by line.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for the next words.
const WAIT: Duration = Duration::from_mins(1);

/// What was heard so far, and what is yet to come.
pub(crate) struct Words {
    lines: Receiver<String>,
    pub(crate) heard: Vec<String>,
}

impl Words {
    /// Listens from now on.
    pub(crate) fn of(child: &mut Child) -> Self {
        let (sender, lines) = channel();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || said.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { lines, heard: Vec::new() }
    }

    /// Waits for a line.
    pub(crate) fn hears(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        loop {
            let line = self.lines.recv_timeout(WAIT);
            let line = line.unwrap_or_else(|_| panic!("not heard: {what}, but {:#?}", self.heard));
            self.heard.push(line);
            if self.heard.last().is_some_and(|line| fits(line)) {
                return;
            }
        }
    }

    /// Hears it out: everything that it said.
    pub(crate) fn all(&mut self) -> Vec<String> {
        self.heard.extend(self.lines.iter());
        std::mem::take(&mut self.heard)
    }
}
