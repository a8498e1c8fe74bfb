//! What elements are asked on a walk: each of hundreds the same few questions, which are written once.

use std::collections::BTreeMap;

use zbus::zvariant::{Structure, to_bytes};

use super::bus::{ACCESSIBLE, COMPONENT, PROPERTIES, TEXT, TEXT_CHARACTERS_MAX};
use super::envelope::Question;
use super::line;

/// A question to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    States,
    Role,
    Name,
    /// In the pixels of its application.
    Place,
    ChildCount,
    Children,
    Parent,
    /// The beginning of it.
    Text,
    /// All of it.
    WholeText,
}

impl Asked {
    const ALL: [Self; 9] = [
        Self::States,
        Self::Role,
        Self::Name,
        Self::Place,
        Self::ChildCount,
        Self::Children,
        Self::Parent,
        Self::Text,
        Self::WholeText,
    ];

    /// The interface and the method.
    pub(super) const fn call(self) -> (&'static str, &'static str) {
        match self {
            Self::States => (ACCESSIBLE, "GetState"),
            Self::Role => (ACCESSIBLE, "GetRole"),
            Self::Children => (ACCESSIBLE, "GetChildren"),
            Self::Name | Self::ChildCount | Self::Parent => (PROPERTIES, "Get"),
            Self::Place => (COMPONENT, "GetExtents"),
            Self::Text | Self::WholeText => (TEXT, "GetText"),
        }
    }

    /// What it is asked with, if with anything.
    pub(super) fn arguments(self) -> Option<Structure<'static>> {
        let property = |name| Some(Structure::from((ACCESSIBLE, name)));
        match self {
            Self::States | Self::Role | Self::Children => None,
            Self::Name => property("Name"),
            Self::ChildCount => property("ChildCount"),
            Self::Parent => property("Parent"),
            Self::Place => Some(Structure::from((0_u32,))),
            Self::Text => Some(Structure::from((0_i32, TEXT_CHARACTERS_MAX))),
            Self::WholeText => Some(Structure::from((0_i32, -1_i32))),
        }
    }
}

/// What they are asked with, as it is sent, and what that is.
pub(super) struct Written(BTreeMap<Asked, (String, Vec<u8>)>);

impl Written {
    pub(super) fn new() -> Self {
        let written = |asked: Asked| {
            let arguments = asked.arguments()?;
            let bytes = to_bytes(line::context(), &arguments).ok()?.to_vec();
            Some((asked, (arguments.signature().to_string_no_parens(), bytes)))
        };
        Self(Asked::ALL.into_iter().filter_map(written).collect())
    }

    /// The question to the element of this path.
    pub(super) fn question<'a>(&'a self, path: &'a str, asked: Asked) -> Question<'a> {
        let (interface, method) = asked.call();
        let (signature, body) =
            self.0.get(&asked).map_or(("", [].as_slice()), |(signature, bytes)| (signature, bytes));
        Question { path, interface, method, signature, body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_once_is_what_is_asked() {
        let written = Written::new();
        let as_sent = |asked| {
            let Question { interface, method, signature, body, .. } = written.question("/a", asked);
            (interface, method, signature.to_owned(), body.to_vec())
        };
        let bytes = |body: &(&str, &str)| to_bytes(line::context(), body).unwrap().to_vec();
        for (asked, name) in
            [(Asked::Name, "Name"), (Asked::ChildCount, "ChildCount"), (Asked::Parent, "Parent")]
        {
            let expected = (PROPERTIES, "Get", "ss".to_owned(), bytes(&(ACCESSIBLE, name)));
            assert_eq!(as_sent(asked), expected);
        }
        let none = || (String::new(), Vec::new());
        for (asked, method) in
            [(Asked::States, "GetState"), (Asked::Role, "GetRole"), (Asked::Children, "GetChildren")]
        {
            assert_eq!(as_sent(asked), (ACCESSIBLE, method, none().0, none().1));
        }
        let text = [0_i32.to_ne_bytes(), TEXT_CHARACTERS_MAX.to_ne_bytes()].concat();
        assert_eq!(as_sent(Asked::Text), (TEXT, "GetText", "ii".to_owned(), text));
        assert_eq!(as_sent(Asked::Place), (COMPONENT, "GetExtents", "u".to_owned(), vec![0; 4]));
    }
}
