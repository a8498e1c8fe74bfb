//! What hands do: the steps of a scenario.

use std::ops::RangeInclusive;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum App {
    Editor,
    Browser,
    Terminal,
    Calc,
    Featherpad,
}

impl App {
    const NAMES: [(&str, Self); 5] = [
        ("editor", Self::Editor),
        ("browser", Self::Browser),
        ("terminal", Self::Terminal),
        ("calc", Self::Calc),
        ("featherpad", Self::Featherpad),
    ];

    /// The class of its windows.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Editor => super::super::EDITOR,
            Self::Browser => "Chromium",
            Self::Terminal => "XTerm",
            Self::Calc => "libreoffice-calc",
            Self::Featherpad => "FeatherPad",
        }
    }

    /// What a charter calls it, where one may.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Editor | Self::Featherpad => "text-editor",
            Self::Browser => "browser",
            Self::Terminal => "terminal",
            Self::Calc => "libreoffice-calc",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, app)| *app).ok_or_else(|| format!("there is no application {name:?}"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Letters,
    Digits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Click(App),
    /// The button of this name, or any.
    Button(Option<String>),
    /// Any cell of the sheet.
    Cell,
    Type(RangeInclusive<u32>, Kind, App),
    /// Keys that are pressed together, modifiers first.
    Key(Vec<Key>, App),
    Scroll(RangeInclusive<u32>, App),
    Canary,
    Rest,
}

/// A key that writes nothing: its X keysym, and its name in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    word: &'static str,
    pub(super) symbol: u32,
    pub(super) name: &'static str,
}

const KEYS: [Key; 4] = [
    Key { word: "ctrl", symbol: 0xffe3, name: "ctrl" },
    Key { word: "shift", symbol: 0xffe1, name: "shift" },
    Key { word: "Home", symbol: 0xff50, name: "home" },
    Key { word: "Return", symbol: 0xff0d, name: "enter" },
];

/// Steps one after the other, each with its words.
pub(super) type Act = Vec<(String, Step)>;

pub(super) fn step(said: &str) -> Result<Step, String> {
    let words: Vec<&str> = said.split_whitespace().collect();
    match words.as_slice() {
        ["click", "in", "browser"] => Err("of a browser a button is clicked".to_owned()),
        ["click", "in", "calc"] => Err("of a sheet a cell is clicked".to_owned()),
        ["click", "any", "cell", "in", "calc"] => Ok(Step::Cell),
        ["click", "in", app] => Ok(Step::Click(App::named(app)?)),
        ["click", "any", "button", "in", "browser"] => Ok(Step::Button(None)),
        ["click", "button", name, "in", "browser"] => {
            let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            let name = name.filter(|name| super::stage::BUTTONS.contains(name));
            Ok(Step::Button(Some(name.ok_or("there is no such button")?.to_owned())))
        }
        ["type", count, "letters", "in", app] => {
            Ok(Step::Type(count_of(count)?, Kind::Letters, App::named(app)?))
        }
        ["type", count, "digits", "in", app] => {
            Ok(Step::Type(count_of(count)?, Kind::Digits, App::named(app)?))
        }
        ["key", keys, "in", app] => {
            Ok(Step::Key(keys.split('+').map(key).collect::<Result<_, _>>()?, App::named(app)?))
        }
        ["scroll", count, "in", app] => Ok(Step::Scroll(count_of(count)?, App::named(app)?)),
        ["canary", "comes", "or", "goes"] => Ok(Step::Canary),
        ["rest"] => Ok(Step::Rest),
        _ => Err(format!("{said:?} is not understood")),
    }
}

fn key(word: &str) -> Result<Key, String> {
    let found = KEYS.iter().find(|key| key.word == word);
    found.copied().ok_or_else(|| format!("there is no key {word:?}"))
}

pub(super) fn parsed<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_| format!("{word:?} is no number"))
}

pub(super) fn more_than_none(count: u32) -> Result<u32, String> {
    Some(count).filter(|count| *count > 0).ok_or_else(|| "0 is too few".to_owned())
}

fn count_of(word: &str) -> Result<RangeInclusive<u32>, String> {
    let (from, to) = word.split_once("..").unwrap_or((word, word));
    let (from, to) = (more_than_none(parsed(from)?)?, parsed(to)?);
    if from <= to { Ok(from..=to) } else { Err(format!("{word:?} ends before it begins")) }
}
