//! Screens as the browser draws them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::picture::{Picture, SIZE_PX, cut};

/// The `count` screens of a page that has them one below the other, in one start of the browser.
pub(crate) fn drawn(folder: &Path, html: &str, count: usize) -> Vec<Picture> {
    let page = folder.join("screens.html");
    let picture = folder.join("screens.png");
    #[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
    std::fs::write(&page, html).unwrap();
    let (width, height) = SIZE_PX;
    let status = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
        ])
        .arg(format!("--window-size={width},{}", height * count))
        .arg(format!("--user-data-dir={}", folder.join("browser").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "Chromium: `cargo xtask test` installs it");
    cut(&std::fs::read(picture).unwrap(), count)
}
