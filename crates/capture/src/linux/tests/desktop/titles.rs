//! Titles of windows, as applications write them.

use super::*;

impl Desktop {
    /// Writes a property in bytes of this type.
    pub(in super::super) fn write(&self, window: Window, name: &str, kind: &str, value: &[u8]) {
        let [name, kind] = [name, kind].map(|name| self.atom(name));
        let written = self.connection.change_property8(PropMode::REPLACE, window, name, kind, value);
        written.unwrap().check().unwrap();
    }

    /// Takes a property away.
    pub(in super::super) fn take_away(&self, window: Window, name: &str) {
        self.connection.delete_property(window, self.atom(name)).unwrap().check().unwrap();
    }

    /// The bytes of a property.
    pub(in super::super) fn text(&self, window: Window, name: &str) -> Vec<u8> {
        let asked = self.connection.get_property(false, window, self.atom(name), AtomEnum::ANY, 0, 256);
        asked.unwrap().reply().unwrap().value
    }

    /// Whether a window has a property.
    pub(in super::super) fn has(&self, window: Window, name: &str) -> bool {
        let asked = self.connection.get_property(false, window, self.atom(name), AtomEnum::ANY, 0, 0);
        asked.unwrap().reply().unwrap().type_ != x11rb::NONE
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Starts a terminal of this class and title at the upper left. What is written into the file that is returned, line by line, are
    /// titles that the program in it asks for. Without a locale it writes `WM_NAME` only.
    pub(in super::super) fn terminal_of(&self, class: &str, title: &str) -> std::fs::File {
        let titles = self.folder.path().join("titles");
        let made = Command::new("mkfifo").arg(&titles).status();
        assert!(made.unwrap_or_else(|error| missing("mkfifo", &error)).success());
        let script = r#"while read -r title; do printf '\033]2;%s\007' "$title"; done < "$0"; sleep 600"#;
        let words = ["-class", class, "-T", title, "-geometry", "60x20+0+0", "-e", "sh", "-c", script];
        self.run(Command::new("xterm").args(words).arg(&titles).env("LC_ALL", "C"));
        self.bounds_of(class);
        std::fs::OpenOptions::new().write(true).open(titles).unwrap()
    }
}
