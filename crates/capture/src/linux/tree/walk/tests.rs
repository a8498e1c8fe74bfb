//! Walks through an application that is played: what it is asked, in how many rounds, and what of its answers counts.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use candor_model::{Moment, Timestamp};
use zbus::message::Message;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Connection, MessageStream};

use super::super::line::Line;
use super::*;
use crate::linux::changed::Changed;

const APPLICATION: &str = ":1.7";
const WINDOW: Rect = Rect { x: 0, y: 0, width: 1_000, height: 1_000 };
const PANEL: u32 = 39;
const ENTRY: u32 = 79;
const PASSWORD: u32 = 40;
const MANAGES: u64 = 1 << 31;
const SHOWING: u64 = 1 << 25;
const FOCUSED: u64 = 1 << 12;

fn element(n: usize) -> Element {
    (APPLICATION.to_owned(), OwnedObjectPath::try_from(format!("/{n}")).unwrap())
}

fn number(path: &str) -> usize {
    path.strip_prefix('/').unwrap().parse().unwrap()
}

/// An element of the application.
#[derive(Clone)]
struct Played {
    states: u64,
    role: u32,
    children: Vec<usize>,
}

impl Played {
    fn panel(children: impl IntoIterator<Item = usize>) -> Self {
        Self { states: SHOWING, role: PANEL, children: children.into_iter().collect() }
    }

    fn entry() -> Self {
        Self { states: SHOWING, role: ENTRY, children: Vec::new() }
    }

    fn hidden() -> Self {
        Self { states: 0, role: PANEL, children: Vec::new() }
    }
}

/// The application, its line, and what is remembered of its window.
struct Stage {
    bus: Bus,
    elements: RefCell<BTreeMap<usize, Played>>,
    /// What it was asked.
    asked: RefCell<Vec<String>>,
    ear: Ear,
    /// An element that does not answer.
    silent: Cell<Option<usize>>,
    /// The longest time that a walk may take.
    longest: Cell<Duration>,
    /// With what it says that it is made.
    toolkit: Cell<Option<&'static str>>,
}

/// Something in each of these rows.
fn places(rows: &[i32]) -> Vec<Rect> {
    rows.iter().map(|y| Rect { x: 5, y: *y, width: 1, height: 1 }).collect()
}

/// What a walk came to.
struct Seen {
    /// The numbers of the elements, and what of them is in the tree.
    nodes: BTreeMap<usize, Node>,
    missing: bool,
    doubted: BTreeSet<ObjectPath<'static>>,
    /// How often something was sent.
    rounds: u64,
    asked: Vec<String>,
}

impl Seen {
    fn numbers(&self) -> Vec<usize> {
        self.nodes.keys().copied().collect()
    }

    fn was_asked(&self, what: &str) -> bool {
        self.asked.iter().any(|asked| asked == what)
    }
}

impl Stage {
    /// The answer to one question.
    async fn answers(&self, far: &Connection, question: &Message) {
        let header = question.header();
        let path = header.path().unwrap().as_str();
        let n = number(path);
        let body = question.body();
        let property = body.deserialize::<(&str, &str)>().map(|(_, name)| name).unwrap_or_default();
        let member = header.member().unwrap().as_str().replace("Get", "");
        self.asked.borrow_mut().push(format!("{member}{property} {n}"));
        if self.silent.get() == Some(n) {
            return;
        }
        let Some(played) = self.elements.borrow().get(&n).cloned() else {
            far.reply_error(&header, "org.example.Gone", &"gone").await.unwrap();
            return;
        };
        let y = i32::try_from(n).unwrap();
        match (member.as_str(), property) {
            ("State", _) => {
                let states = [played.states & 0xffff_ffff, played.states >> 32];
                far.reply(&header, &states.map(|bits| u32::try_from(bits).unwrap()).to_vec()).await
            }
            ("Role", _) => far.reply(&header, &played.role).await,
            ("", "Name") => far.reply(&header, &Value::from(String::new())).await,
            ("", "ChildCount") => {
                far.reply(&header, &Value::from(i32::try_from(played.children.len()).unwrap())).await
            }
            // Each lies in a row of its own; what has others in it lies over all rows.
            ("Extents", _) if played.children.is_empty() => far.reply(&header, &((0, y, 1_000, 1),)).await,
            ("Extents", _) => far.reply(&header, &((0, 0, 1_000, 1_000),)).await,
            ("Children", _) => {
                let children: Vec<_> = played.children.iter().map(|n| element(*n)).collect();
                far.reply(&header, &children).await
            }
            ("Text", _) => far.reply(&header, &"a secret").await,
            other => panic!("{other:?}"),
        }
        .unwrap();
    }

    /// A walk after something changed at these rows.
    async fn walk(&self, rows: &[i32]) -> Seen {
        self.walk_after(Some(Changed { differ: places(rows), late: Vec::new() })).await
    }

    /// A walk after this changed; none if it is one more for the same tree.
    async fn walk_after(&self, changed: Option<Changed>) -> Seen {
        self.asked.borrow_mut().clear();
        let rounds = self.bus.tally().traffic.sends;
        let client = Client { window: 7, pid: 1, bounds: WINDOW, outer: WINDOW, title: String::new() };
        let frame = Frame { application: element(0), element: element(1), name: String::new(), scale: 1 };
        if let Some(changed) = &changed {
            self.ear.changed(Some(changed));
        }
        let end = tokio::time::Instant::now() + self.longest.get();
        let root = frame.element.clone();
        let (walked, _) = walked_until(&self.ear, &client, &frame, end, async |recall, walked| {
            recall.is_of(self.toolkit.get());
            levels(&self.bus, root, recall, walked).await;
        })
        .await;
        Seen {
            nodes: walked.elements.iter().map(|element| number(&element.1)).zip(walked.nodes).collect(),
            missing: walked.missing,
            doubted: walked.doubted,
            rounds: self.bus.tally().traffic.sends - rounds,
            asked: self.asked.borrow().clone(),
        }
    }

    fn set(&self, n: usize, played: Played) {
        self.elements.borrow_mut().insert(n, played);
    }
}

fn now() -> crate::Now {
    Arc::new(|| Moment { wall: Timestamp::from_millis(0), monotonic_us: 5 })
}

/// Plays this application, which was walked until it is remembered.
fn remembered(elements: &[(usize, Played)], test: impl AsyncFnOnce(&Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let played = async {
        let (near, far) = tokio::net::UnixStream::pair().unwrap();
        let far = zbus::connection::Builder::unix_stream(far).server(zbus::Guid::generate()).unwrap().p2p();
        let (line, far) = tokio::join!(Line::begin(near), far.build());
        let far = far.unwrap();
        let stage = Stage {
            bus: Bus::of_line(far.clone(), APPLICATION, line.unwrap()),
            elements: RefCell::new(elements.iter().cloned().collect()),
            asked: RefCell::default(),
            ear: Ear::deaf(&now()),
            silent: Cell::default(),
            longest: Cell::new(Duration::from_mins(1)),
            toolkit: Cell::default(),
        };
        let mut questions = MessageStream::from(&far);
        let answering = async {
            while let Some(question) = questions.next().await {
                stage.answers(&far, &question.unwrap()).await;
            }
        };
        let testing = async {
            // What changed is asked once more at the next walk.
            while !stage.walk(&[]).await.asked.is_empty() {
                let again = stage.walk(&[]).await;
                assert!(!again.missing);
                if again.asked.iter().all(|asked| asked.ends_with(" 1")) {
                    break;
                }
            }
            test(&stage).await;
        };
        tokio::select! { () = answering => panic!("nobody asks any more"), () = testing => {} }
    };
    tokio::task::LocalSet::new().block_on(&runtime, played);
}

/// A window (1) with a panel (2) in it, that panel with another (3), and so on, down to an entry.
fn deep(depth: usize) -> Vec<(usize, Played)> {
    let panels = (1..depth).map(|n| (n, Played::panel([n + 1])));
    panels.chain([(depth, Played::entry())]).collect()
}

#[test]
fn what_changed_in_a_window_that_is_known_is_asked_in_one_round_however_deep_it_lies() {
    remembered(&deep(9), async |stage| {
        let seen = stage.walk(&[9]).await;
        assert_eq!((seen.numbers(), seen.missing), ((1..=9).collect(), false));
        assert_eq!(seen.rounds, 1, "{:?}", seen.asked);
        // Four questions each, and the role and the text of the entry.
        assert_eq!(seen.asked.len(), 9 * 4 + 2, "{:?}", seen.asked);
        assert_eq!(seen.nodes[&9].text.as_deref(), Some("a secret"));
        assert_eq!(seen.nodes[&9].parent, Some(7));
    });
}

#[test]
fn what_told_something_else_while_it_was_drawn_is_asked_again_and_what_was_known_is_not() {
    let elements =
        [(1, Played::panel([2, 3, 4])), (2, Played::entry()), (3, Played::entry()), (4, Played::entry())];
    remembered(&elements, async |stage| {
        let late = || Some(Changed { differ: Vec::new(), late: places(&[2, 3, 4]) });
        let asked = |seen: &Seen| [2, 3, 4].map(|n| seen.was_asked(&format!("State {n}")));
        // What changed is asked twice. The third tells something else at the second time.
        stage.walk(&[3, 4]).await;
        stage.set(3, Played { states: SHOWING | FOCUSED, ..Played::entry() });
        assert_eq!(asked(&stage.walk(&[]).await), [false, true, true]);
        assert_eq!(asked(&stage.walk_after(late()).await), [false, true, false]);
        assert_eq!(asked(&stage.walk_after(late()).await), [false; 3], "it told the same");
        // News of the first walk for a tree are news after the second one too.
        stage.set(3, Played::entry());
        assert_eq!(asked(&stage.walk(&[3]).await), [false, true, false]);
        assert_eq!(asked(&stage.walk_after(None).await), [false, true, false]);
        assert_eq!(asked(&stage.walk_after(late()).await), [false, true, false]);
    });
}

#[test]
fn what_is_gone_is_in_no_tree_although_it_answers_still() {
    let elements = [(1, Played::panel([2, 3])), (2, Played::entry()), (3, Played::entry())];
    remembered(&elements, async |stage| {
        stage.set(1, Played::panel([3]));
        let seen = stage.walk(&[2, 3]).await;
        assert!(seen.was_asked("Role 2"), "{:?}", seen.asked);
        assert_eq!((seen.numbers(), seen.missing), (vec![1, 3], false));
        stage.elements.borrow_mut().remove(&3);
        stage.set(1, Played::panel([]));
        let seen = stage.walk(&[2, 3]).await;
        assert_eq!((seen.numbers(), seen.missing), (vec![1], false));
    });
}

#[test]
fn what_lies_around_a_change_is_asked_where_something_in_it_is_not_where_it_was() {
    let elements =
        [(1, Played::panel([2])), (2, Played::panel([3, 4])), (3, Played::entry()), (4, Played::hidden())];
    remembered(&elements, async |stage| {
        stage.toolkit.set(Some("gtk"));
        let asked = |seen: &Seen| [2, 3, 4].map(|n| seen.was_asked(&format!("State {n}")));
        let seen = stage.walk(&[3]).await;
        assert_eq!((asked(&seen), seen.doubted.is_empty()), ([false, true, false], true), "{:?}", seen.asked);
        // One takes the place of another, and the application tells of neither.
        stage.set(3, Played::hidden());
        stage.set(4, Played::entry());
        let seen = stage.walk(&[3]).await;
        assert_eq!((asked(&seen), seen.numbers()), ([false, true, false], vec![1, 2]));
        assert!(stage.ear.doubts(APPLICATION, &seen.doubted));
        let seen = stage.walk_after(None).await;
        assert_eq!((seen.numbers(), seen.doubted.is_empty()), (vec![1, 2, 4], true), "{:?}", seen.asked);
        // So it is where what lies around them was asked, for what is around that, and told the same.
        stage.set(3, Played::entry());
        stage.set(4, Played::hidden());
        let window = BTreeSet::from([ObjectPath::from(element(1).1)]);
        assert!(stage.ear.doubts(APPLICATION, &window));
        let seen = stage.walk(&[4]).await;
        assert_eq!((asked(&seen), seen.numbers()), ([true, false, true], vec![1, 2]), "{:?}", seen.asked);
        assert!(stage.ear.doubts(APPLICATION, &seen.doubted));
        assert_eq!(stage.walk_after(None).await.numbers(), [1, 2, 3]);
        stage.set(3, Played::hidden());
        stage.set(4, Played::entry());
        assert!(stage.ear.doubts(APPLICATION, &seen.doubted));
        assert_eq!(stage.walk_after(None).await.numbers(), [1, 2, 4]);
        // Nor may it be gone without a word.
        assert!(!stage.walk(&[]).await.was_asked("State 2"));
        stage.elements.borrow_mut().remove(&4);
        let seen = stage.walk(&[4]).await;
        assert!(seen.missing && stage.ear.doubts(APPLICATION, &seen.doubted));
        stage.set(2, Played::panel([3]));
        let seen = stage.walk_after(None).await;
        assert_eq!((seen.numbers(), seen.missing), (vec![1, 2], false));
        assert!(!stage.ear.doubts(APPLICATION, &seen.doubted));
    });
}

#[test]
fn a_role_that_stays_is_asked_once_and_a_fields_each_time() {
    let elements = [(1, Played::panel([2, 3])), (2, Played::entry()), (3, Played::panel([]))];
    remembered(&elements, async |stage| {
        let seen = stage.walk(&[2, 3]).await;
        assert_eq!([1, 2, 3].map(|n| seen.was_asked(&format!("Role {n}"))), [false, true, false]);
        assert_eq!(
            seen.nodes.values().map(|node| node.role.as_str()).collect::<Vec<_>>(),
            ["panel", "entry", "panel"]
        );
    });
}

#[test]
fn what_is_new_or_shown_anew_is_asked_as_the_walk_comes_to_it() {
    let elements =
        [(1, Played::panel([2, 3])), (2, Played::panel([4])), (3, Played::hidden()), (4, Played::entry())];
    remembered(&elements, async |stage| {
        stage.set(2, Played::panel([4, 5]));
        stage.set(3, Played::panel([6]));
        stage.set(5, Played::entry());
        stage.set(6, Played::entry());
        let seen = stage.walk(&[3]).await;
        assert_eq!((seen.numbers(), seen.missing), (vec![1, 2, 3, 4, 5, 6], false));
        assert_eq!(seen.nodes[&6].parent, Some(2));
    });
}

#[test]
fn the_text_of_a_field_that_became_a_password_is_in_no_tree() {
    remembered(&deep(3), async |stage| {
        assert_eq!(stage.walk(&[3]).await.nodes[&3].text.as_deref(), Some("a secret"));
        stage.set(3, Played { role: PASSWORD, ..Played::entry() });
        let seen = stage.walk(&[3]).await;
        assert_eq!((seen.nodes[&3].role.as_str(), seen.nodes[&3].text.as_deref()), ("password text", None));
        assert!(!stage.walk(&[3]).await.was_asked("Text 3"));
    });
}

#[test]
fn of_too_many_children_by_now_or_such_as_are_managed_none_is_walked() {
    let many = usize::try_from(super::super::CHILDREN_MAX).unwrap() + 1;
    for (now, states) in [(Played::panel(3..3 + many), SHOWING), (Played::panel([3, 4]), SHOWING | MANAGES)] {
        let elements =
            [(1, Played::panel([2])), (2, Played::panel([3])), (3, Played::entry()), (4, Played::entry())];
        remembered(&elements, async |stage| {
            stage.set(2, Played { states, ..now });
            let seen = stage.walk(&[3]).await;
            assert_eq!((seen.numbers(), seen.missing), (vec![1, 2], false));
            assert!(seen.nodes[&2].unwalked);
            stage.walk(&[3]).await;
            assert!(!stage.walk(&[3]).await.was_asked("Children 2"));
        });
    }
}

#[test]
fn a_long_list_is_asked_how_long_it_is_before_it_is_asked_for_what_is_in_it() {
    let children = 3..3 + 65;
    let entries = children.clone().map(|n| (n, Played::entry()));
    let elements: Vec<_> =
        [(1, Played::panel([2])), (2, Played::panel(children))].into_iter().chain(entries).collect();
    remembered(&elements, async |stage| {
        let seen = stage.walk(&[3]).await;
        let place = |what: &str| seen.asked.iter().position(|asked| asked == what).unwrap();
        assert!(place("ChildCount 2") < place("Children 2"));
        assert!(!seen.was_asked("ChildCount 1"), "the children of the window are counted");
        assert_eq!(seen.numbers().len(), 67);
    });
}

#[test]
fn what_a_walk_did_not_come_to_is_asked_by_the_next_and_nothing_else() {
    let elements =
        [(1, Played::panel([2, 3, 4])), (2, Played::entry()), (3, Played::panel([5])), (4, Played::entry())];
    remembered(&[&elements[..], &[(5, Played::entry())]].concat(), async |stage| {
        stage.ear.changed(None);
        stage.silent.set(Some(3));
        stage.longest.set(Duration::from_millis(50));
        assert_eq!(stage.walk(&[]).await.numbers(), [1, 2]);
        stage.silent.set(None);
        stage.longest.set(Duration::from_mins(1));
        let seen = stage.walk(&[]).await;
        assert_eq!((seen.numbers(), seen.missing), ((1..=5).collect(), false));
        assert_eq!([2, 3, 4, 5].map(|n| seen.was_asked(&format!("Role {n}"))), [false, true, true, true]);
    });
}

#[test]
fn an_answer_that_does_not_come_is_missing() {
    remembered(&deep(3), async |stage| {
        stage.elements.borrow_mut().remove(&3);
        let seen = stage.walk(&[3]).await;
        assert_eq!((seen.numbers(), seen.missing), (vec![1, 2], true));
    });
}
