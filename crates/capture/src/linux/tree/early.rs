//! Elements that a walk will come to, asked before it does: of a window that it knows it asks at once what otherwise takes a round of questions for
//! each level.
//!
//! An answer counts only where the walk comes to its element, which its parent lists by now. Whatever else was asked is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::{Stream, StreamExt as _};
use zbus::zvariant::ObjectPath;

use super::bus::Element;
use super::memory::Known;

/// An element that was asked, and what is known of it then; none if it did not answer.
pub(super) type Asked = (Element, Option<Rc<Known>>);

/// The elements and their answers.
pub(super) struct Early<S> {
    expected: BTreeSet<ObjectPath<'static>>,
    coming: S,
    came: BTreeMap<ObjectPath<'static>, Option<Rc<Known>>>,
}

impl<S: Stream<Item = Asked> + Unpin> Early<S> {
    /// `coming` are the answers of these elements, in the order in which a walk comes to them if nothing changed.
    pub(super) fn new(elements: &[Element], coming: S) -> Self {
        let expected = elements.iter().map(|element| element.1.clone().into()).collect();
        Self { expected, coming, came: BTreeMap::new() }
    }

    /// Whether an element is asked here.
    pub(super) fn expects(&self, element: &Element) -> bool {
        self.expected.contains(&*element.1)
    }

    /// Waits for what it answers.
    pub(super) async fn answer(&mut self, element: &Element) -> Option<Rc<Known>> {
        loop {
            if let Some(known) = self.came.remove(&*element.1) {
                return known;
            }
            let (other, known) = self.coming.next().await?;
            self.came.insert(other.1.into(), known);
        }
    }
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::OwnedObjectPath;

    use super::*;

    fn element(n: u32) -> Element {
        (":1.7".to_owned(), OwnedObjectPath::try_from(format!("/{n}")).unwrap())
    }

    #[tokio::test]
    async fn an_answer_is_waited_for_whatever_came_before_it_and_given_once() {
        let elements: Vec<_> = (1..=3).map(element).collect();
        let hidden = |element: Element| {
            let known = (element != self::element(2)).then(|| Rc::new(Known::Hidden));
            (element, known)
        };
        let coming = futures_util::stream::iter(elements.clone().into_iter().map(hidden));
        let mut early = Early::new(&elements, coming);
        assert!(early.expects(&element(3)) && !early.expects(&element(4)));
        assert!(early.answer(&element(3)).await.is_some());
        assert!(early.answer(&element(1)).await.is_some());
        assert!(early.answer(&element(2)).await.is_none(), "it did not answer");
        assert!(early.answer(&element(1)).await.is_none());
    }
}
