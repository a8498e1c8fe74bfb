//! `metadata.json` and `task_name.json`.

use candor_model::{Platform, Screen, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::moment::{self, Clock};
use crate::folder::Folder;
use crate::recording::About;
use crate::{Fault, IntakeError, frame, json, limit};

const METADATA: &str = "metadata.json";
const TASK: &str = "task_name.json";
/// The format does not name the screen: it is the first one.
const SCREEN_NAME: &str = "primary";

/// Other names (processor, model, release) say something about the machine, and are not taken.
#[derive(Deserialize)]
struct Metadata {
    system: System,
    screen_width: u32,
    screen_height: u32,
    start_time: String,
    stop_time: String,
    video_start_timestamp: f64,
}

#[derive(Deserialize)]
enum System {
    Windows,
    Darwin,
    Linux,
}

#[derive(Deserialize)]
struct Task {
    task_name: String,
}

pub(crate) fn read(folder: &Folder) -> Result<(About, Clock), IntakeError> {
    let bytes = folder.read(METADATA, limit::ABOUT_BYTES_MAX)?;
    let metadata: Metadata = json::document(METADATA, &bytes)?;
    let fault = |fault| IntakeError::file(METADATA, fault);
    let screen = screen(&metadata).ok_or_else(|| fault(Fault::Screen))?;
    let date = |text: &str| moment::date(text).ok_or_else(|| fault(Fault::Shape));
    let (started, ended) = (date(&metadata.start_time)?, date(&metadata.stop_time)?);
    if started > ended {
        return Err(fault(Fault::TimeBack));
    }
    let origin_us = moment::micros(metadata.video_start_timestamp).ok_or_else(|| fault(Fault::Shape))?;
    let clock = Clock { start: started, origin_us };
    Ok((about(folder, &metadata, screen, started, ended)?, clock))
}

fn about(
    folder: &Folder,
    metadata: &Metadata,
    screen: Screen,
    started: Timestamp,
    ended: Timestamp,
) -> Result<About, IntakeError> {
    let platform = match metadata.system {
        System::Windows => Platform::Windows,
        System::Darwin => Platform::MacOs,
        System::Linux => Platform::Linux,
    };
    Ok(About { platform, screen, started, ended, task: task(folder)?, outcome: None })
}

fn screen(metadata: &Metadata) -> Option<Screen> {
    let name = SCREEN_NAME.to_owned();
    let screen = Screen { name, width: metadata.screen_width, height: metadata.screen_height };
    frame::is_screen(&screen).then_some(screen)
}

/// `DuckTrack` has no such file.
fn task(folder: &Folder) -> Result<Option<Zeroizing<String>>, IntakeError> {
    if !folder.has(TASK) {
        return Ok(None);
    }
    let bytes = folder.read(TASK, limit::ABOUT_BYTES_MAX)?;
    let Task { task_name } = json::document(TASK, &bytes)?;
    if task_name.len() > limit::TASK_BYTES_MAX {
        return Err(IntakeError::file(TASK, Fault::TooLong));
    }
    Ok(Some(Zeroizing::new(task_name)).filter(|task| !task.is_empty()))
}
