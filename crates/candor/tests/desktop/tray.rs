//! A panel that shows tray icons, a screen saver, and what it is told over the bus of the desktop's session.

use std::process::Command;

use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use super::{Desktop, until};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
/// Xfce's panel at the upper right with nothing but its tray.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
<property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/>
<property name="panel-1" type="empty">
<property name="position" type="string" value="p=2;x=0;y=0"/>
<property name="size" type="uint" value="32"/>
<property name="length" type="uint" value="1"/>
<property name="length-adjust" type="bool" value="true"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/></property>
</property></property>
<property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray">
<property name="known-items" type="array"><value type="string" value="candor-recorder"/></property>
</property></property>
</channel>
"#;

impl Desktop {
    /// Where the programs of this desktop's session talk to each other.
    pub(crate) fn session_bus(&self) -> String {
        self.bus_address()
    }

    /// Starts a panel that shows tray icons, and waits until it says so.
    pub(crate) fn panel(&self) {
        let file = self.folder.path().join(".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml");
        crate::support::put(&file, PANEL.as_bytes());
        let mut panel = Command::new("xfce4-panel");
        self.run(panel.arg("--disable-wm-check").env("DBUS_SESSION_BUS_ADDRESS", self.bus_address()));
        until("a panel shows tray icons", || self.icons());
    }

    /// Starts a screen saver that can lock.
    pub(crate) fn screen_saver(&self) {
        let mut saver = Command::new("mate-screensaver");
        self.run(saver.arg("--no-daemon").env("DBUS_SESSION_BUS_ADDRESS", self.bus_address()));
    }

    /// The icons that are offered, as the panel knows them.
    fn icons(&self) -> Option<Vec<String>> {
        let told =
            self.property_of(WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems")?;
        let texts = told.split('\'').skip(1).step_by(2);
        Some(texts.map(str::to_owned).collect())
    }

    /// The recorder's icon: its name on the bus, once the panel has it.
    pub(crate) fn tray(&self) -> Tray<'_> {
        let name = until("the panel has the recorder's icon", || {
            let icons = self.icons()?;
            let names = icons.iter().map(|icon| icon.split('/').next().unwrap().to_owned());
            names.into_iter().find(|name| self.is_the_recorder(name))
        });
        Tray { desktop: self, name }
    }

    fn is_the_recorder(&self, name: &str) -> bool {
        let id = self.property_of(name, "/StatusNotifierItem", ITEM, "Id");
        id.is_some_and(|id| id.contains("'candor-recorder'"))
    }

    /// Waits until the panel has no icon.
    pub(crate) fn waits_for_no_icon(&self) {
        until("the icon is gone", || self.icons()?.is_empty().then_some(()));
    }

    fn property_of(&self, name: &str, path: &str, interface: &str, property: &str) -> Option<String> {
        self.calls(name, path, "org.freedesktop.DBus.Properties.Get", &[interface, property])
    }

    /// Calls a method as another program of the session does; none if it fails.
    pub(crate) fn calls(&self, name: &str, path: &str, method: &str, words: &[&str]) -> Option<String> {
        let mut command = Command::new("gdbus");
        command.args(["call", "--address", &self.bus_address(), "--timeout", "10", "--dest", name]);
        let told = command.args(["--object-path", path, "--method", method]).args(words).output().unwrap();
        told.status.success().then(|| String::from_utf8(told.stdout).unwrap())
    }

    /// The middle of the panel's window, which is as large as its icons.
    pub(crate) fn panel_at(&self) -> (u32, u32) {
        until("the panel is on the screen", || {
            let panel: Window = self.managed("Xfce4-panel")?;
            let place = self.connection.translate_coordinates(panel, self.root, 0, 0).ok()?.reply().ok()?;
            let size = self.connection.get_geometry(panel).ok()?.reply().ok()?;
            let middle = |at: i16, length: u16| u32::try_from(at).ok().map(|at| at + u32::from(length) / 2);
            Some((middle(place.dst_x, size.width)?, middle(place.dst_y, size.height)?))
        })
    }
}

/// The recorder's icon.
pub(crate) struct Tray<'a> {
    desktop: &'a Desktop,
    name: String,
}

impl Tray<'_> {
    fn says(&self, property: &str) -> Option<String> {
        self.desktop.property_of(&self.name, "/StatusNotifierItem", ITEM, property)
    }

    /// Waits until its title says something; its picture then.
    pub(crate) fn waits_for(&self, words: &str) -> String {
        let title = format!("'Candor: {words}'");
        until(&format!("the icon says {words}"), || self.says("Title")?.contains(&title).then_some(()));
        self.says("IconPixmap").unwrap()
    }

    fn layout(&self) -> String {
        let words = ["0", "--", "-1", "[]"];
        self.desktop.calls(&self.name, "/MenuBar", &format!("{MENU}.GetLayout"), &words).unwrap()
    }

    /// The number of the entry with this label, if the menu has one.
    fn entry(&self, label: &str) -> Option<String> {
        let (layout, label) = (self.layout(), format!("'label': <'{label}'>"));
        let entry = layout.split("<(").find(|entry| entry.contains(&label))?;
        Some(entry.split(',').next().unwrap().to_owned())
    }

    /// Whether the entry with this label has a mark before it.
    pub(crate) fn is_marked(&self, label: &str) -> bool {
        let (layout, label) = (self.layout(), format!("'label': <'{label}'>"));
        let entry = layout.split("<(").find(|entry| entry.contains(&label)).unwrap().to_owned();
        entry.contains("'toggle-state': <1>")
    }

    /// Chooses an entry of the menu as a panel does, once the menu has it.
    pub(crate) fn chooses(&self, label: &str) {
        let entry = until(&format!("the menu offers {label}"), || self.entry(label));
        let words = [entry.as_str(), "clicked", "<0>", "0"];
        let told = self.desktop.calls(&self.name, "/MenuBar", &format!("{MENU}.Event"), &words);
        assert!(told.is_some(), "{label}: {}", self.layout());
    }
}
