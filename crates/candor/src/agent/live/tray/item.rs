//! The icon on the bus of the desktop's session: a `StatusNotifierItem` with its menu (`com.canonical.dbusmenu`).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use candor_model::AppId;
use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Category, Icon, MenuItem, OfflineReason, ToolTip, TrayMethods as _};
use tokio::sync::watch;

use super::super::not::UNHEARD_NOW;
use super::{FORGET_MINUTES, Look, Standing, Wish, icon};

struct Item {
    apps: Vec<(AppId, String)>,
    look: Look,
    wishes: SyncSender<Wish>,
    standing: Arc<Standing>,
}

/// Offers the icon until nobody says any more what it shows.
pub(super) async fn serve(
    apps: Vec<(AppId, String)>,
    mut looks: watch::Receiver<Look>,
    wishes: SyncSender<Wish>,
    standing: Arc<Standing>,
) {
    let look = looks.borrow_and_update().clone();
    let item = Item { apps, look, wishes, standing: Arc::clone(&standing) };
    // A panel may start later than the recorder, and start anew.
    let Ok(handle) = item.assume_sni_available(true).spawn().await else { return };
    standing.is_there.store(true, Ordering::SeqCst);
    while looks.changed().await.is_ok() {
        let look = looks.borrow_and_update().clone();
        if handle.update(|item: &mut Item| item.look = look).await.is_none() {
            break;
        }
    }
    standing.is_there.store(false, Ordering::SeqCst);
    handle.shutdown().await;
}

impl Item {
    fn words(&self) -> String {
        format!("Candor: {}", self.look.shown.words())
    }

    fn entry(label: &str, wish: Wish) -> MenuItem<Self> {
        // A queue that is full is that of a recorder that hangs: the status says so.
        let activate = Box::new(move |item: &mut Self| drop(item.wishes.try_send(wish.clone())));
        StandardItem { label: plain(label), activate, ..StandardItem::default() }.into()
    }

    fn app(&self, (app, title): &(AppId, String)) -> MenuItem<Self> {
        let left_out = self.look.not_here.contains(app);
        let wish = Wish::NotHere(app.clone(), !left_out);
        let activate = Box::new(move |item: &mut Self| drop(item.wishes.try_send(wish.clone())));
        CheckmarkItem { label: plain(title), checked: left_out, activate, ..CheckmarkItem::default() }.into()
    }
}

/// A label in which `_` marks no key (it is written twice, as the menu's protocol has it).
fn plain(label: &str) -> String {
    label.replace('_', "__")
}

impl ksni::Tray for Item {
    // A click shows the menu: nothing is done by accident.
    const MENU_ON_ACTIVATE: bool = true;

    fn id(&self) -> String {
        "candor-recorder".to_owned()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn title(&self) -> String {
        self.words()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        icon::of(self.look.shown)
    }

    fn tool_tip(&self) -> ToolTip {
        let description = if self.look.unheard { UNHEARD_NOW.to_owned() } else { String::new() };
        ToolTip { title: self.words(), description, ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let said = StandardItem { label: self.words(), enabled: false, ..StandardItem::default() };
        let pause = if self.look.paused { "Go on" } else { "Pause, without end" };
        let submenu = self.apps.iter().map(|app| self.app(app)).collect();
        let not_here = SubMenu { label: "Not here".to_owned(), submenu, ..SubMenu::default() };
        vec![
            said.into(),
            MenuItem::Separator,
            Self::entry(pause, Wish::Pause(!self.look.paused)),
            Self::entry(&format!("Forget the last {FORGET_MINUTES} minutes"), Wish::Forget),
            not_here.into(),
            Self::entry("Open my page", Wish::OpenPage),
            MenuItem::Separator,
            Self::entry("End the recording", Wish::Stop),
        ]
    }

    fn watcher_online(&self) {
        self.standing.has_no_host.store(false, Ordering::SeqCst);
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        self.standing.has_no_host.store(true, Ordering::SeqCst);
        true
    }
}
