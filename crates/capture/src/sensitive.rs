//! What is never captured, whatever a charter names: a shipped list of applications, sites and words.
//!
//! The list is `sensitive.txt` beside this file, and `docs/platforms.md` explains it. It errs on the side of silence: a
//! word in a title is enough. Nothing of what was recognised is told but its kind.

/// What something is about that is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitive {
    /// Health and illness.
    Health,
    /// Taxes.
    Tax,
    /// Banks, cards and money.
    Bank,
    /// The own job: pay, contracts, applications.
    Employment,
    /// Unions and works councils.
    Union,
    /// Love and friendship.
    Dating,
    /// Belief and politics.
    Belief,
    /// Letters and messages of one's own.
    Personal,
    /// Passwords and keys.
    Passwords,
    /// This program's own pages, which show what was recorded.
    OwnPages,
    /// A browser or a program for calls says that the screen, or a window of it, is shared with others: nothing is captured meanwhile.
    ScreenShare,
    /// Nobody can say: the window has a title, and it cannot be read. The list names nothing of this kind.
    Unknown,
}

impl Sensitive {
    /// Every kind that the list names.
    pub const ALL: [Self; 11] = [
        Self::Health,
        Self::Tax,
        Self::Bank,
        Self::Employment,
        Self::Union,
        Self::Dating,
        Self::Belief,
        Self::Personal,
        Self::Passwords,
        Self::OwnPages,
        Self::ScreenShare,
    ];

    /// The kind as the list writes it; in words where the list names none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Tax => "tax",
            Self::Bank => "bank",
            Self::Employment => "employment",
            Self::Union => "union",
            Self::Dating => "dating",
            Self::Belief => "belief",
            Self::Personal => "personal",
            Self::Passwords => "passwords",
            Self::OwnPages => "own-pages",
            Self::ScreenShare => "screen-share",
            Self::Unknown => "something that cannot be told (its title cannot be read)",
        }
    }
}

impl std::fmt::Display for Sensitive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The shipped list.
pub const SENSITIVE_LIST: &str = include_str!("sensitive.txt");

/// The entries of one sort (`app`, `site`, `word` or `title`) with their kinds.
fn entries(sort: &str) -> impl Iterator<Item = (Sensitive, &'static str)> {
    SENSITIVE_LIST.lines().filter_map(move |line| {
        let mut parts = line.splitn(3, ' ');
        let kind = parts.next()?;
        let kind = Sensitive::ALL.into_iter().find(|known| known.as_str() == kind)?;
        (parts.next()? == sort).then_some((kind, parts.next()?))
    })
}

/// Why a window is never captured, by its class and its title. That it says that something is shared comes before what it is about besides: the host
/// of a call may be any.
pub(crate) fn of_window(class: &str, title: &str) -> Option<Sensitive> {
    let app = || entries("app").find(|(_, app)| app.eq_ignore_ascii_case(class));
    let whole = || entries("title").find(|(_, whole)| whole.eq_ignore_ascii_case(title));
    let is_share = |(kind, _): &(Sensitive, &str)| *kind == Sensitive::ScreenShare;
    let words: Vec<_> = words_in(title).collect();
    let shared = words.iter().copied().find(is_share).or_else(whole);
    shared.or_else(app).or_else(|| words.first().copied()).map(|(kind, _)| kind)
}

/// Why a site is never captured: it, or a site that it lies below, is named, or one of its labels is a word of the list.
pub(crate) fn of_site(host: &str) -> Option<Sensitive> {
    let below = |site: &str| host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'));
    let named = entries("site").find(|(_, site)| below(site));
    named.or_else(|| words_in(host).next()).map(|(kind, _)| kind)
}

/// The words of the list that stand in a text as words of their own, upper or lower case.
fn words_in(text: &str) -> impl Iterator<Item = (Sensitive, &'static str)> + use<> {
    let text = text.to_lowercase();
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    entries("word").filter(move |(_, entry)| {
        let wanted: Vec<&str> = entry.split(' ').collect();
        words.windows(wanted.len()).any(|window| window == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_understood_and_every_kind_has_words() {
        let lines = SENSITIVE_LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        let understood: usize =
            ["app", "site", "word", "title"].map(|sort| entries(sort).count()).iter().sum();
        assert_eq!(understood, lines);
        for kind in Sensitive::ALL {
            let sort = if kind == Sensitive::OwnPages { "site" } else { "word" };
            assert!(entries(sort).any(|(known, _)| known == kind), "{kind}");
        }
        assert!(entries("word").all(|(_, word)| word == word.to_lowercase()));
    }

    #[test]
    fn applications_sites_and_words_are_recognised_as_whole_words() {
        assert_eq!(of_window("KeePassXC", ""), Some(Sensitive::Passwords));
        assert_eq!(of_window("Mousepad", "Tax return 2026.txt - Mousepad"), Some(Sensitive::Tax));
        assert_eq!(of_window("Chromium", "Betriebsrat: Sprechstunde"), Some(Sensitive::Union));
        assert_eq!(of_window("Mousepad", "syntax.txt - Mousepad"), None);
        for shared in [
            "https://call.example.test is sharing your screen.",
            "call hat deinen Bildschirm freigegeben.",
            "https://meet.bank.example.test is sharing your screen.",
            "meet.hospital.example.test hat deinen Bildschirm freigegeben.",
            "as_toolbar",
        ] {
            assert_eq!(of_window("", shared), Some(Sensitive::ScreenShare), "{shared}");
            assert_eq!(of_window("thunderbird", shared), Some(Sensitive::ScreenShare), "{shared}");
        }
        assert_eq!(of_window("Mousepad", "Use it as toolbar - Mousepad"), None);
        assert_eq!(of_window("Mousepad", "Sharing your screen, a guide.odt"), None);
        assert_eq!(of_site("mail.google.com"), Some(Sensitive::Personal));
        assert_eq!(of_site("online.bank.example.test"), Some(Sensitive::Bank));
        for own in ["127.0.0.1", "localhost", "[::1]"] {
            assert_eq!(of_site(own), Some(Sensitive::OwnPages), "{own}");
        }
        assert_eq!(of_site("forms.example.test"), None);
        assert_eq!(of_site("riverbanks.example.test"), None);
    }
}
