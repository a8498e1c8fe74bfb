//! What an importer takes at most, so that a broken or hostile folder cannot exhaust the machine.

/// Most bytes of `recording.json`, `metadata.json` and `task_name.json`.
pub const ABOUT_BYTES_MAX: u64 = 64 * 1024;
/// Most bytes of `contexts.jsonl` and `top_window.jsonl`.
pub const CONTEXTS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most bytes of one action with its title.
pub const STEP_BYTES_MAX: u64 = 1024 * 1024;
/// Most bytes of one tree.
pub const TREE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Most bytes of one PNG file.
pub const FRAME_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most pixels of a screen or frame: two screens of 7680 by 4320.
pub const FRAME_PIXELS_MAX: u64 = 2 * 7680 * 4320;
/// Most bytes of `events.jsonl`.
pub const EVENTS_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most bytes of `a11y.jsonl` and `element.jsonl`.
pub const TREES_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Most bytes of one line of `events.jsonl`.
pub const EVENT_LINE_BYTES_MAX: u64 = 64 * 1024;
/// Most steps of a recording. A bundle takes twice as many; the import layout has four digits for them.
pub const STEPS_MAX: usize = 10_000;
/// Most windows of one step.
pub const WINDOWS_MAX: usize = 512;
/// Most bytes of a window's class.
pub const CLASS_BYTES_MAX: usize = 256;
/// Most bytes of a host name.
pub const SITE_BYTES_MAX: usize = 253;
/// Most bytes of the task's sentence.
pub const TASK_BYTES_MAX: usize = 2_000;
/// Most bytes of the screen's name.
pub const SCREEN_NAME_BYTES_MAX: usize = 64;
/// Most points of a drag.
pub const PATH_POINTS_MAX: usize = 10_000;
/// Most keys of a combination.
pub const HOTKEY_KEYS_MAX: usize = 16;
/// Most frames beside a raw folder.
pub const FRAMES_MAX: usize = 200_000;
/// Deepest element of a tree that is nested.
pub const TREE_DEPTH_MAX: usize = 100;
