//! A window as the gate may see it.

use std::fmt;

use candor_consent::Context;
use candor_model::Rect;
use serde::Deserialize;

use crate::{Fault, limit};

/// A window on the screen when a step began: what the gate judges it by, and no title, text or pixel.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenWindow {
    class: String,
    #[serde(deserialize_with = "Option::deserialize")]
    site: Option<String>,
    private: bool,
    /// Where it is, in absolute pixels, decorations included.
    pub bounds: Rect,
}

impl SeenWindow {
    /// A window of a class, of which nothing else is known.
    pub(crate) const fn of_class(class: String, bounds: Rect) -> Self {
        Self { class, site: None, private: false, bounds }
    }

    /// What the gate judges. A recording holds no locked screen: nothing is recorded there.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context {
            window_class: &self.class,
            site: self.site.as_deref(),
            private: self.private,
            locked: false,
        }
    }

    /// Whether a permit for `site` can be meant for this window.
    pub(crate) fn is_on(&self, site: &str) -> bool {
        let host = self.site.as_deref().unwrap_or_default();
        host == site || host.strip_suffix(site).is_some_and(|sub| sub.ends_with('.'))
    }

    pub(crate) fn check(&self) -> Result<(), Fault> {
        let site = self.site.as_ref().map_or(0, String::len);
        let fits = self.class.len() <= limit::CLASS_BYTES_MAX && site <= limit::SITE_BYTES_MAX;
        if fits { Ok(()) } else { Err(Fault::TooLong) }
    }
}

/// The class and site of a window that is refused are nobody's business.
impl fmt::Debug for SeenWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeenWindow(..)")
    }
}
