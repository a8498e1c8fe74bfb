//! Configuration: built-in values, then a file, then the environment, then flags; later ones win.
//!
//! The file is TOML: `--config FILE`, or `candor/candor.toml` in the user's configuration folder. The environment
//! variables are `CANDOR_HOME`, `CANDOR_SERVER`, `CANDOR_LISTEN`, `CANDOR_DIR`, `CANDOR_LOG`,
//! `CANDOR_MODELS` and `CANDOR_PAUSE_KEY`.

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::exit::{Failure, Kind, Outcome};

/// The bus of the system, where nothing names another (D-Bus Specification, "System message bus").
#[cfg(feature = "agent")]
const SYSTEM_BUS: &str = "unix:path=/var/run/dbus/system_bus_socket";

/// Everything that can be configured.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The person's folder.
    pub(crate) home: PathBuf,
    /// Address of the server.
    pub(crate) server: String,
    /// Where the server listens; loopback only.
    pub(crate) listen: String,
    /// The server's folder.
    pub(crate) dir: PathBuf,
    /// What the server logs: `error`, `warn`, `info`, `debug`.
    pub(crate) log: String,
    /// The folder of models, if it is not in one of the usual places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models: Option<PathBuf>,
    /// The key that pauses a recording, `ctrl+alt+p` say; empty for none.
    pub(crate) pause_key: String,
}

/// Every key, as the file and the environment name it.
const KEYS: [&str; 7] = ["home", "server", "listen", "dir", "log", "models", "pause_key"];

impl Config {
    /// Reads the configuration. A file that cannot be read, or holds an unknown key, stops the program.
    pub(crate) fn read(file: Option<&Path>) -> Outcome<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::built_in()));
        let usual = user_folder("XDG_CONFIG_HOME", ".config").join("candor.toml");
        if let Some(path) = file.map(Path::to_path_buf).or_else(|| usual.exists().then_some(usual)) {
            if !path.exists() {
                return Err(Failure::new(Kind::Usage, format!("there is no file {}", path.display())));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        figment.merge(Env::prefixed("CANDOR_").only(&KEYS)).extract().map_err(|error| {
            let message = format!("failed to read the configuration: {error}");
            Failure::new(Kind::Usage, message)
                .hint("the keys are home, server, listen, dir, log, models and pause_key")
        })
    }

    fn built_in() -> Self {
        let data = user_folder("XDG_DATA_HOME", ".local/share");
        Self {
            home: data.join("home"),
            server: "http://127.0.0.1:7878".to_owned(),
            listen: "127.0.0.1:7878".to_owned(),
            dir: data.join("server"),
            log: "info".to_owned(),
            models: None,
            pause_key: "ctrl+alt+p".to_owned(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "configuration is read once, here")]
fn user_folder(variable: &str, below_home: &str) -> PathBuf {
    let named = std::env::var(variable).ok().filter(|path| path.starts_with('/')).map(PathBuf::from);
    let home = || std::env::var("HOME").map(PathBuf::from).unwrap_or_default().join(below_home);
    named.unwrap_or_else(home).join("candor")
}

/// Where a person's own programs are: the folder of `bin` and `share` in their home.
#[cfg(feature = "agent")]
#[expect(clippy::disallowed_methods, reason = "configuration is read once, here")]
pub(crate) fn user_prefix() -> crate::exit::Outcome<PathBuf> {
    let home = std::env::var("HOME").ok().filter(|path| path.starts_with('/'));
    home.map(|home| PathBuf::from(home).join(".local")).ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no home folder to install into")
            .hint("name a folder with --prefix")
    })
}

/// Where desktops look for what starts with them (the XDG autostart specification).
#[cfg(feature = "agent")]
#[expect(clippy::disallowed_methods, reason = "configuration is read once, here")]
pub(crate) fn autostart_folder() -> PathBuf {
    let named = std::env::var("XDG_CONFIG_HOME").ok().filter(|path| path.starts_with('/')).map(PathBuf::from);
    let home = || std::env::var("HOME").map(PathBuf::from).unwrap_or_default().join(".config");
    named.unwrap_or_else(home).join("autostart")
}

/// The X display of this session, if there is one.
#[cfg(feature = "agent")]
#[expect(clippy::disallowed_methods, reason = "configuration is read once, here")]
pub(crate) fn display() -> Option<String> {
    std::env::var("DISPLAY").ok().filter(|display| !display.is_empty())
}

/// Where the desktop's session and the system tell of locks and networks.
#[cfg(feature = "agent")]
#[expect(clippy::disallowed_methods, reason = "configuration is read once, here")]
pub(crate) fn buses() -> candor_capture::Buses {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let of_folder = || Some(format!("unix:path={}/bus", named("XDG_RUNTIME_DIR")?));
    candor_capture::Buses {
        session: named("DBUS_SESSION_BUS_ADDRESS").or_else(of_folder),
        system: Some(named("DBUS_SYSTEM_BUS_ADDRESS").unwrap_or_else(|| SYSTEM_BUS.to_owned())),
        login: named("XDG_SESSION_ID"),
    }
}
