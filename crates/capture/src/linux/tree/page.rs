//! What the window of a browser shows: its site, and whether the window is private. Without an answer it is of the unknown,
//! and the gate refuses it.

use super::Client;
use super::bus::Bus;
use super::find;
use super::role::DOCUMENT_WEB;
use super::walk::{is_chromium, showing};

/// Window classes of the browsers that tell their page (Chromium and what is built on it).
const CLASSES: [&str; 8] = [
    "Chromium",
    "Chromium-browser",
    "chromium",
    "Google-chrome",
    "Brave-browser",
    "Microsoft-edge",
    "Vivaldi-stable",
    "Opera",
];

/// What a browser's window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// The host of the page, lower case.
    pub(crate) site: Option<String>,
    pub(crate) private: bool,
}

impl Page {
    /// Nothing is known of it.
    pub(crate) const UNKNOWN: Self = Self { site: None, private: false };
}

/// Whether windows of this class are asked for their page.
pub(crate) fn is_asked(class: &str) -> bool {
    CLASSES.contains(&class)
}

/// Asks the browser; none if it did not answer, which is not an answer.
pub(crate) async fn of(bus: &Bus, client: &Client) -> Option<Page> {
    let frame = find::frame(bus, client).await?;
    // A private window adds a word to its accessible name, in the person's language, and not to its title.
    if frame.name != client.title {
        return Some(Page { site: None, private: true });
    }
    if !is_chromium(bus, &frame).await {
        return None;
    }
    let role = i32::try_from(DOCUMENT_WEB).unwrap_or(0);
    let documents = showing(bus, &frame.element, &[role]).await?;
    let mut hosts = Vec::new();
    for document in &documents {
        let uri: Option<String> =
            bus.ask(document, "org.a11y.atspi.Document", "GetAttributeValue", &("URI",)).await;
        hosts.push(Some(uri?));
    }
    Some(Page { site: site(&hosts), private: false })
}

/// The site of the outermost document, which comes first. A document that is no web page, such as the developer's tools beside
/// it, makes the window one of the unknown.
fn site(uris: &[Option<String>]) -> Option<String> {
    let (first, inner) = uris.split_first()?;
    let known = inner.iter().all(|uri| {
        let uri = uri.as_deref().unwrap_or("unknown");
        uri.is_empty() || uri == "about:blank" || uri == "about:srcdoc" || host(uri).is_some()
    });
    known.then(|| first.as_deref().and_then(host)).flatten()
}

/// The host of a web address (RFC 3986, section 3.2), without its port.
fn host(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.chars().all(|c| c.is_ascii_digit()) { name } else { host });
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_from_web_addresses_only() {
        assert_eq!(host("https://Mail.Example.test:8443/a?b#c").as_deref(), Some("mail.example.test"));
        assert_eq!(host("http://allowed.test@evil.test/").as_deref(), Some("evil.test"));
        assert_eq!(host("http://evil.test\\@allowed.test/").as_deref(), Some("evil.test"));
        for other in ["chrome://settings", "file:///etc/passwd", "about:blank", "https://", ""] {
            assert_eq!(host(other), None, "{other}");
        }
    }

    #[test]
    fn a_page_beside_something_that_is_no_page_is_of_the_unknown() {
        let page = Some("https://a.test/".to_owned());
        assert_eq!(site(std::slice::from_ref(&page)).as_deref(), Some("a.test"));
        assert_eq!(site(&[page.clone(), Some("https://ads.test/".to_owned())]).as_deref(), Some("a.test"));
        assert_eq!(site(&[page.clone(), Some("devtools://devtools/".to_owned())]), None);
        assert_eq!(site(&[page, None]), None);
        assert_eq!(site(&[]), None);
    }
}
