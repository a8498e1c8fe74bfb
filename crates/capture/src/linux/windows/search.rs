//! Whose a window is: the search for the application's own window in those right below the root.

use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use super::known::{Known, Own};
use super::title::AskedTitle;
use super::{Asked, Windows, class_of, has_value};
use crate::SensorError;
use crate::linux::desktop;

/// How deep a window manager may put a client into its frame.
const DEPTH_MAX: usize = 3;

/// A search inside a window right below the root.
struct Search {
    top: Window,
    found: Option<Window>,
    /// Where to look next; empty when the search is over.
    level: Vec<Window>,
}

impl Windows<'_> {
    /// Asks whose the windows are of which it is not known.
    pub(super) fn ask_clients(&self, known: &mut Known) -> Result<(), SensorError> {
        let tops = known.unowned(self.size);
        let owned = self.search_watched(&tops, |window, top| known.looked_into(window, top))?;
        for ((top, _), own) in tops.into_iter().zip(owned) {
            known.owned(top, own);
        }
        Ok(())
    }

    /// Whose each of these windows is. All are asked at once: every wait for the server is a switch to another program and back.
    pub(super) fn search(&self, tops: &[(Window, bool)]) -> Result<Vec<Own>, SensorError> {
        self.search_watched(tops, |_, _| {})
    }

    /// The same; each window that is looked into is watched before it is asked anything, and named with the one that it lies in.
    fn search_watched(
        &self,
        tops: &[(Window, bool)],
        mut looked_into: impl FnMut(Window, Window),
    ) -> Result<Vec<Own>, SensorError> {
        let mut searches = self.begun(tops)?;
        for _ in 0..=DEPTH_MAX {
            self.first_with_state(&mut searches, &mut looked_into)?;
            if searches.iter().all(|search| search.level.is_empty()) {
                break;
            }
            self.below(&mut searches)?;
        }
        self.told_by(searches.into_iter().map(|search| search.found).collect())
    }

    /// A window that no manager has is its own, if it is of a class.
    fn begun(&self, tops: &[(Window, bool)]) -> Result<Vec<Search>, SensorError> {
        let ask = |(top, unmanaged): &(Window, bool)| {
            self.watch(*top)?;
            let asked = || Ok((self.state(*top)?, self.class_asked(*top)?));
            Ok((*top, unmanaged.then(asked).transpose()?))
        };
        let asked = tops.iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let search = |(top, asked): (Window, Option<(Asked<'_>, Asked<'_>)>)| {
            // Both answers are read: none is left on the connection.
            let own = asked.is_some_and(|(state, class)| {
                let (has_state, class) = (has_value(state), class_of(class));
                !has_state && !class.is_empty()
            });
            let level = if own { Vec::new() } else { vec![top] };
            Search { top, found: own.then_some(top), level }
        };
        Ok(asked.into_iter().map(search).collect())
    }

    fn first_with_state(
        &self,
        searches: &mut [Search],
        looked_into: &mut impl FnMut(Window, Window),
    ) -> Result<(), SensorError> {
        let mut ask = |window: Window, top: Window| {
            looked_into(window, top);
            self.watch(window)?;
            Ok((window, self.state(window)?))
        };
        let mut ask_all = |search: &Search| {
            search
                .level
                .iter()
                .map(|window| ask(*window, search.top))
                .collect::<Result<Vec<_>, SensorError>>()
        };
        let asked = searches.iter().map(&mut ask_all).collect::<Result<Vec<_>, _>>()?;
        for (search, asked) in searches.iter_mut().zip(asked) {
            // Every answer is read: none is left on the connection.
            let with_state = asked.into_iter().filter_map(|(id, state)| has_value(state).then_some(id));
            if let Some(first) = with_state.collect::<Vec<_>>().first() {
                *search = Search { found: Some(*first), level: Vec::new(), ..*search };
            }
        }
        Ok(())
    }

    fn below(&self, searches: &mut [Search]) -> Result<(), SensorError> {
        let ask = |window: &Window| self.connection.query_tree(*window).map_err(desktop);
        let ask_all = |search: &Search| search.level.iter().map(ask).collect::<Result<Vec<_>, SensorError>>();
        let asked = searches.iter().map(ask_all).collect::<Result<Vec<_>, _>>()?;
        for (search, asked) in searches.iter_mut().zip(asked) {
            let trees = asked.into_iter().filter_map(|tree| tree.reply().ok());
            search.level = trees.flat_map(|tree| tree.children).collect();
        }
        Ok(())
    }

    /// What the windows tell that were found.
    fn told_by(&self, clients: Vec<Option<Window>>) -> Result<Vec<Own>, SensorError> {
        let ask = |client: Option<Window>| {
            let asked = client.map(|client| Ok((self.class_asked(client)?, self.title_asked(client)?)));
            Ok((client, asked.transpose()?))
        };
        let asked = clients.into_iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let own = |(client, asked): (Option<Window>, Option<(Asked<'_>, AskedTitle<'_>)>)| {
            let (class, title) = asked.unzip();
            let class = class.map(class_of).unwrap_or_default();
            let sensitive = title.and_then(|title| title.told(self.atoms).sensitive(&class));
            Own { client, class, sensitive }
        };
        Ok(asked.into_iter().map(own).collect())
    }
}
