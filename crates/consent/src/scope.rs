//! What may be captured: the one scope that the notice, the gate and the verifier read.

use std::collections::BTreeSet;
use std::fmt;

use candor_model::{AppId, Site, Timestamp};
use serde::{Deserialize, Serialize};

/// One kind of thing that may be captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Pointer movements, clicks, drags and scrolls.
    Pointer,
    /// Text that the person types.
    TypedText,
    /// Key combinations such as Ctrl+S.
    Hotkeys,
    /// Titles of windows.
    WindowTitle,
    /// Pictures of the permitted windows.
    Frame,
    /// The accessibility tree: names and positions of buttons, fields and text.
    Tree,
}

impl Field {
    /// All fields, in the order in which they are written down.
    pub const ALL: [Self; 6] =
        [Self::Pointer, Self::TypedText, Self::Hotkeys, Self::WindowTitle, Self::Frame, Self::Tree];

    /// The field as a charter and a consent write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pointer => "pointer",
            Self::TypedText => "typed_text",
            Self::Hotkeys => "hotkeys",
            Self::WindowTitle => "window_title",
            Self::Frame => "frame",
            Self::Tree => "tree",
        }
    }

    /// The field in words, for a notice.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Pointer => "where you point, click, drag and scroll",
            Self::TypedText => "the text you type, without passwords",
            Self::Hotkeys => "key combinations, such as Ctrl+S",
            Self::WindowTitle => "the titles of windows",
            Self::Frame => "pictures of the windows named above, and of nothing else on the screen",
            Self::Tree => "the names and places of buttons, fields and texts in those windows",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An application that a charter allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRule {
    /// The name that consents and steps use.
    pub id: AppId,
    /// The name that people know it by.
    pub title: String,
    /// Window classes that identify it, compared exactly.
    pub window_classes: Vec<String>,
    /// Whether it shows sites. A browser records only on the sites named here.
    #[serde(default)]
    pub browser: bool,
    /// The sites that may be recorded in it; each covers its subdomains.
    #[serde(default)]
    pub sites: Vec<Site>,
    /// Whether other people write in it: then what they wrote is masked on the device.
    #[serde(default)]
    pub communication: bool,
}

impl AppRule {
    /// The named site that covers `host`.
    #[must_use]
    pub fn site_for(&self, host: &Site) -> Option<&Site> {
        self.sites.iter().find(|site| covers(site, host))
    }
}

/// An application that is never recorded. It is refused in any case; naming it here says so to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeverApp {
    /// Its name.
    pub id: AppId,
    /// The name that people know it by.
    pub title: String,
    /// Window classes that identify it, compared exactly.
    #[serde(default)]
    pub window_classes: Vec<String>,
}

/// The hours of a day, in UTC, in which recording is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First hour, 0 to 23.
    pub from: u8,
    /// The hour at which it ends, 1 to 24; a smaller number than `from` means the next day.
    pub to: u8,
}

impl Hours {
    /// Whether `at` lies within.
    #[must_use]
    pub fn contain(self, at: Timestamp) -> bool {
        let hour = at.hour();
        if self.from < self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}

/// How much may be recorded, and what that may use up of a contributor's machine. Where a limit is left out the device's own holds; of two the
/// stricter one does, so that a charter cannot allow what a person's machine does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// Bytes that one device may keep per calendar day in UTC.
    pub bytes_per_day: u64,
    /// Processor time in percent of one core, over a minute; 1 to 100.
    pub cpu_percent_max: Option<u32>,
    /// Resident memory in MiB; 1 to 65,536, as all that follow in MiB.
    pub memory_mib_max: Option<u32>,
    /// Stored within an hour, in MiB.
    pub stored_mib_per_hour_max: Option<u32>,
    /// Sent within an hour, by releases, in MiB.
    pub uploaded_mib_per_hour_max: Option<u32>,
    /// Charge in percent of a battery that is not charging; 0 to 100.
    pub battery_percent_min: Option<u32>,
    /// `false`: a release over a metered network always needs a word of its own.
    pub upload_when_metered: Option<bool>,
}

/// What may be captured, and what never. Valid by construction: it comes out of a parsed charter only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    pub(crate) fields: BTreeSet<Field>,
    pub(crate) hours: Hours,
    pub(crate) budgets: Budgets,
    #[serde(rename = "app")]
    pub(crate) apps: Vec<AppRule>,
    #[serde(rename = "never_app", default)]
    pub(crate) never_apps: Vec<NeverApp>,
    #[serde(default)]
    pub(crate) never_sites: Vec<Site>,
}

impl Scope {
    /// The rule for the application whose windows have this class.
    #[must_use]
    pub fn identify(&self, window_class: &str) -> Option<&AppRule> {
        self.apps.iter().find(|app| app.window_classes.iter().any(|class| class == window_class))
    }

    /// Whether windows of this class are named as never recorded.
    #[must_use]
    pub fn is_never_app(&self, window_class: &str) -> bool {
        self.never_apps.iter().any(|app| app.window_classes.iter().any(|class| class == window_class))
    }

    /// Whether `host` is a site that is never recorded, or a subdomain of one.
    #[must_use]
    pub fn is_never_site(&self, host: &Site) -> bool {
        self.never_sites.iter().any(|site| covers(site, host))
    }

    /// The applications that may be recorded.
    #[must_use]
    pub fn apps(&self) -> &[AppRule] {
        &self.apps
    }

    /// The rule of an application by its name.
    #[must_use]
    pub fn app(&self, id: &AppId) -> Option<&AppRule> {
        self.apps.iter().find(|app| app.id == *id)
    }

    /// The applications that are never recorded.
    #[must_use]
    pub fn never_apps(&self) -> &[NeverApp] {
        &self.never_apps
    }

    /// The sites that are never recorded, in any application.
    #[must_use]
    pub fn never_sites(&self) -> &[Site] {
        &self.never_sites
    }

    /// The fields that may be captured.
    #[must_use]
    pub const fn fields(&self) -> &BTreeSet<Field> {
        &self.fields
    }

    /// The hours in which recording is possible.
    #[must_use]
    pub const fn hours(&self) -> Hours {
        self.hours
    }

    /// How much may be recorded.
    #[must_use]
    pub const fn budgets(&self) -> Budgets {
        self.budgets
    }
}

/// Whether `host` is `site` itself or one of its subdomains. A longer name that merely ends alike is not.
pub(crate) fn covers(site: &Site, host: &Site) -> bool {
    host == site
        || host.as_str().strip_suffix(site.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Site {
        text.parse().unwrap()
    }

    #[test]
    fn a_site_covers_itself_and_its_subdomains_and_no_lookalike() {
        let rule = site("example.test");
        for host in ["example.test", "mail.example.test", "a.b.example.test"] {
            assert!(covers(&rule, &site(host)), "{host}");
        }
        for host in [
            "badexample.test",
            "example.test.evil.test",
            "test",
            ".example.test",
            "example.test.",
            "xample.test",
        ] {
            assert!(!covers(&rule, &site(host)), "{host}");
        }
    }

    #[test]
    fn hours_may_pass_midnight() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = Hours { from: 7, to: 19 };
        assert!(day.contain(at("2026-01-15T07:00:00Z")) && day.contain(at("2026-01-15T18:59:59Z")));
        assert!(!day.contain(at("2026-01-15T06:59:59Z")) && !day.contain(at("2026-01-15T19:00:00Z")));
        let night = Hours { from: 14, to: 2 };
        assert!(night.contain(at("2026-01-15T23:00:00Z")) && night.contain(at("2026-01-15T01:59:00Z")));
        assert!(!night.contain(at("2026-01-15T02:00:00Z")) && !night.contain(at("2026-01-15T13:59:00Z")));
    }
}
