//! The accessibility bus: it starts, ends and starts again.

use super::*;
use crate::linux::tree::parts::address;

impl Desktop {
    /// A desktop whose accessibility bus is not there yet.
    pub(in super::super) fn untold() -> Self {
        Self::untold_of_size(SIZE)
    }

    pub(super) fn untold_of_size(size: (u32, u32)) -> Self {
        let mut desktop = Self::of_size(size);
        desktop.told = true;
        desktop.bus();
        desktop.manage();
        desktop
    }

    /// Starts the accessibility bus, as the desktop's session does.
    pub(in super::super) fn launch_accessibility(&self) {
        self.run(Command::new("/usr/libexec/at-spi-bus-launcher").arg("--launch-immediately"));
        until("the accessibility bus is up", || self.accessibility());
    }

    /// The address of the accessibility bus.
    pub(in super::super) fn accessibility(&self) -> Option<String> {
        address(&self.display)
    }

    /// Ends what a program of this desktop started, as a crash does: the accessibility bus, its registry.
    pub(in super::super) fn crash(&self, name: &str) {
        let told = Command::new("ps").args(["-o", "pid=", "-C", name]).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let pid = told.split_whitespace().find(|pid| self.is_started_by_others(pid));
        let pid = pid.unwrap_or_else(|| panic!("no {name} among {told}"));
        assert!(Command::new("kill").args(["-s", "KILL", pid]).status().unwrap().success());
    }

    /// Whether a process is of this desktop, and was not started by the test itself.
    fn is_started_by_others(&self, pid: &str) -> bool {
        let own = self.children.borrow().iter().any(|child| child.id().to_string() == pid);
        let home = format!("HOME={}", self.folder.path().display());
        let told = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        !own && told.split(|byte| *byte == 0).any(|word| word == home.as_bytes())
    }

    /// Ends the editor, and waits until its window and its process are gone: one that is about to end takes what the next one is asked to open.
    pub(in super::super) fn end_mousepad(&self) {
        let is_editor = |child: &Child| {
            let name = std::fs::read_to_string(format!("/proc/{}/comm", child.id()));
            name.is_ok_and(|name| name == "mousepad\n")
        };
        let window = self.inside("Mousepad").to_string();
        self.xdotool(&["windowkill", &window]);
        until("the process of the editor is gone", || {
            let mut children = self.children.borrow_mut();
            let editor = children.iter_mut().find(|child| is_editor(child));
            editor.is_none_or(|editor| editor.try_wait().unwrap().is_some()).then_some(())
        });
        until("the editor is gone", || {
            let known = RefCell::default();
            let (seen, _) = self.windows(&known).seen().ok()?;
            seen.iter().all(|window| window.class != "Mousepad").then_some(())
        });
    }
}
