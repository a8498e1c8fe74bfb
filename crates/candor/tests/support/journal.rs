//! A person's journal, opened with their key.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

use candor_journal::{Hook, Journal};

use super::Road;

impl Road {
    /// The journal of the only program that a person takes part in.
    pub(crate) fn journal(&self, person: &str) -> Journal {
        let programs = self.dir.join("people").join(person).join("programs");
        let program = std::fs::read_dir(programs).unwrap().next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(program.join("journal.key")).unwrap();
        let key = data_encoding::HEXLOWER.decode(text.lines().nth(1).unwrap().as_bytes()).unwrap();
        let mut entropy = |bytes: &mut [u8]| bytes.fill(1);
        let hook: Hook = std::sync::Arc::new(|_| {});
        Journal::open(&program.join("journal"), &key.try_into().unwrap(), &mut entropy, hook).unwrap()
    }
}
