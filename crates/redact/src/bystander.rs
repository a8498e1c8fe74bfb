//! Other people's content: what somebody who never agreed wrote or shows is masked, by application, role and layout.
//!
//! In an application in which other people write, nothing of their content is told from what the program says by itself,
//! so only words of the interface stay, and the fields in which the person writes. The charter says which those are; the
//! list here is for charters that forgot one. Elsewhere, elements go that hold what others wrote or show: by their role,
//! or by the name of what they lie in.

use candor_model::{AppId, Node};

/// Parts of the names of applications in which other people write.
const APPS: &[&str] = &[
    "mail",
    "thunderbird",
    "evolution",
    "outlook",
    "geary",
    "kmail",
    "mutt",
    "slack",
    "teams",
    "discord",
    "telegram",
    "signal",
    "whatsapp",
    "element",
    "mattermost",
    "rocketchat",
    "zulip",
    "pidgin",
    "hexchat",
    "irc",
    "gajim",
    "dino",
    "skype",
    "zoom",
    "jitsi",
    "webex",
    "chat",
    "messenger",
    "mastodon",
];

/// Roles of what other people wrote or show.
const ROLES: &[&str] = &["comment", "log", "document email", "video", "notification", "suggestion"];

/// Names of panes that hold what other people wrote, and of lists of those people.
const PANES: &[&str] = &[
    "activity feed",
    "chat",
    "chat messages",
    "comments",
    "contacts",
    "conversation",
    "conversations",
    "discussion",
    "members",
    "message",
    "message body",
    "message list",
    "messages",
    "participants",
    "people",
    "reading pane",
    "replies",
    "reviews",
    "thread",
    "threads",
    "video call",
    "kommentare",
    "nachricht",
    "nachrichten",
    "nachrichtentext",
    "teilnehmer",
    "unterhaltung",
    "unterhaltungen",
    "commentaires",
    "messages reçus",
    "corps du message",
    "fil de discussion",
    "comentarios",
    "mensaje",
    "mensajes",
    "conversación",
    "conversaciones",
    "participantes",
    "commenti",
    "messaggio",
    "messaggi",
    "conversazione",
    "conversazioni",
    "partecipanti",
    "opmerkingen",
    "bericht",
    "berichten",
    "gesprek",
    "gesprekken",
    "deelnemers",
    "comentários",
    "mensagem",
    "mensagens",
    "conversa",
    "conversas",
];

/// Whether other people write in an application of this name, whatever the charter says.
pub(crate) fn is_communication(app: &AppId) -> bool {
    let app = app.as_str().to_lowercase();
    let parts = |name: &&str| app.split(|c: char| !c.is_alphanumeric()).any(|part| part == *name);
    APPS.iter().any(parts)
}

/// Whether an element holds what other people wrote or show. A control only names such a place.
pub(crate) fn holds_others(node: &Node) -> bool {
    let is_pane =
        || PANE_ROLES.contains(&node.role.as_str()) && node.name.as_deref().is_some_and(is_pane_name);
    ROLES.contains(&node.role.as_str()) || is_pane()
}

/// Roles of what can be such a pane.
const PANE_ROLES: &[&str] = &[
    "panel",
    "section",
    "landmark",
    "grouping",
    "group",
    "article",
    "list",
    "list box",
    "table",
    "tree",
    "tree table",
    "scroll pane",
    "viewport",
    "internal frame",
    "document web",
    "document frame",
    "document text",
    "html container",
    "page",
    "text",
    "block quote",
    "form",
];

fn is_pane_name(name: &str) -> bool {
    let name = name.trim().trim_end_matches(':').to_lowercase();
    PANES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use candor_model::Rect;

    use super::*;
    use crate::role::Role;

    fn node(role: &str, name: &str) -> Node {
        let bounds = Rect { x: 0, y: 0, width: 1, height: 1 };
        let (role, name) = (role.to_owned(), Some(name.to_owned()));
        Node {
            parent: None,
            role,
            name,
            text: None,
            bounds,
            focused: false,
            editable: false,
            unwalked: false,
        }
    }

    #[test]
    fn applications_in_which_others_write_are_known_by_whole_words() {
        for app in ["mail", "org.mozilla.thunderbird", "ms-teams", "zoom"] {
            assert!(is_communication(&app.parse().unwrap()), "{app}");
        }
        for app in ["text-editor", "libreoffice-calc", "mailbox-designer", "elementary-files"] {
            assert!(!is_communication(&app.parse().unwrap()), "{app}");
        }
    }

    #[test]
    fn a_pane_of_messages_is_others_and_a_button_that_opens_it_is_not() {
        assert!(holds_others(&node("section", "Kommentare")));
        assert!(holds_others(&node("list", "Messages:")));
        assert!(holds_others(&node("comment", "")));
        assert!(!holds_others(&node("push button", "Comments")));
        assert!(!holds_others(&node("panel", "Toolbar")));
    }

    /// A role that is not known would never come this far.
    #[test]
    fn every_role_is_a_known_one() {
        for role in ROLES.iter().chain(PANE_ROLES) {
            assert_ne!(Role::of(role), Role::Unknown, "{role}");
        }
    }
}
