//! Screens with portraits of one height, as lists of people show them, and screens with pictures of anything else.

use std::fmt::Write;
use std::path::Path;

use candor_model::Rect;

use crate::picture::SIZE_PX;

/// A picture, its side in pixels, and the box of its face: left, top, side.
struct Portrait(&'static str, f64, (f64, f64, f64));

const PORTRAITS: [Portrait; 2] = [
    Portrait("collins.jpg", 340.0, (110.0, 59.0, 119.0)),
    Portrait("hopper.jpg", 430.0, (112.0, 103.0, 189.0)),
];
/// How pages show them.
const STYLES: [&str; 5] = [
    "",
    "border-radius:50%",
    "filter:grayscale(1)",
    "filter:brightness(0.6)",
    "border-radius:12px;filter:contrast(0.7)",
];
const GROUNDS: [&str; 2] = ["#ffffff", "#1f2430"];
/// Pictures of other things, and their widths on the page.
const OTHERS: [&str; 3] = ["coffee.jpg", "chelsea.jpg", "rocket.jpg"];
const WIDTHS: [u32; 3] = [96, 200, 360];
/// Between two pictures.
const GAP_PX: u32 = 14;

/// A page, and where pictures are on it: faces, or what has none.
pub(crate) struct Screen {
    html: String,
    pub(crate) places: Vec<Rect>,
}

/// Places pictures in rows, as long as the screen has room.
struct Rows {
    screen: Screen,
    at: (u32, u32),
    row_px: u32,
}

impl Rows {
    fn on(ground: &str) -> Self {
        let html = format!("<body style='margin:0;background:{ground};font:13px DejaVu Sans;color:#888'>");
        Self { screen: Screen { html, places: Vec::new() }, at: (GAP_PX, GAP_PX), row_px: 0 }
    }

    /// Where a picture of this size goes; none if there is no room left.
    fn place(&mut self, width: u32, height: u32) -> Option<(u32, u32)> {
        let (right, bottom) = (u32::try_from(SIZE_PX.0).unwrap(), u32::try_from(SIZE_PX.1).unwrap());
        if self.at.0 + width > right {
            self.at = (GAP_PX, self.at.1 + self.row_px + GAP_PX);
            self.row_px = 0;
        }
        let (left, top) = self.at;
        self.at.0 += width + GAP_PX;
        self.row_px = self.row_px.max(height);
        (left + width <= right && top + height <= bottom).then_some((left, top))
    }

    fn draw(&mut self, (left, top): (u32, u32), html: &str) {
        write!(self.screen.html, "<div style='position:absolute;left:{left}px;top:{top}px'>{html}</div>")
            .unwrap();
    }
}

/// Portraits whose faces have this height.
pub(crate) fn portraits(face_px: u32) -> Vec<Screen> {
    GROUNDS.into_iter().map(|ground| portraits_on(ground, face_px)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places on a screen")]
fn portraits_on(ground: &str, face_px: u32) -> Screen {
    let mut rows = Rows::on(ground);
    for (style, mirrored) in STYLES.iter().flat_map(|style| [(style, false), (style, true)]) {
        for Portrait(file, side, (left, top, face)) in PORTRAITS {
            let scale = f64::from(face_px) / face;
            let shown = (side * scale) as u32;
            let Some(at) = rows.place(shown, shown) else { return rows.screen };
            let turn = if mirrored { "transform:scaleX(-1);" } else { "" };
            rows.draw(at, &format!("<img src='{}' width={shown} style='{turn}{style}'>", address(file)));
            let left = if mirrored { side - left - face } else { left };
            rows.screen.places.push(rect(
                (at.0 + (left * scale) as u32, at.1 + (top * scale) as u32),
                face_px,
                face_px,
            ));
        }
    }
    rows.screen
}

/// Pictures without a face: photographs, charts and icons.
pub(crate) fn drawings() -> Vec<Screen> {
    let photographs = |ground| {
        let mut rows = Rows::on(ground);
        for (file, width) in WIDTHS.iter().flat_map(|width| OTHERS.map(|file| (file, *width))) {
            let Some(at) = rows.place(width, width) else { continue };
            rows.draw(at, &format!("<img src='{}' width={width}>", address(file)));
            rows.screen.places.push(rect(at, width, width * 2 / 3));
        }
        rows.screen
    };
    let charts = |ground| {
        let mut rows = Rows::on(ground);
        for (n, width) in (0..30).map(|n| (n, [32, 64, 160, 240][n % 4])) {
            let Some(at) = rows.place(width, width) else { continue };
            rows.draw(at, &drawing(n / 4, width));
            rows.screen.places.push(rect(at, width, width));
        }
        rows.screen
    };
    GROUNDS.into_iter().map(photographs).chain(GROUNDS.into_iter().map(charts)).collect()
}

/// A chart, a map or an icon of one side.
fn drawing(n: usize, side: u32) -> String {
    let style = [
        "background:conic-gradient(#4285f4 0 40%,#ea4335 0 65%,#fbbc05 0 85%,#34a853 0);border-radius:50%",
        "background:repeating-linear-gradient(90deg,#3366cc 0 7%,#fff 7% 10%)",
        "background:linear-gradient(135deg,#ff9a56,#d62828,#432818)",
        "background:radial-gradient(circle at 30% 40%,#222 8%,transparent 9%),\
         radial-gradient(circle at 70% 40%,#222 8%,transparent 9%),radial-gradient(circle,#ffd54f 68%,transparent 70%)",
        "background:repeating-conic-gradient(#8d6e63 0 25%,#d7ccc8 0 50%) 0 0/20% 20%",
        "background:linear-gradient(#87ceeb,#e0f0ff 60%,#4a7c3a 60%,#2d5a27)",
        "background:radial-gradient(#f4c7ab,#c68642 50%,#5d3a1a)",
    ][n % 7];
    format!("<div style=\"width:{side}px;height:{side}px;{style}\"></div>")
}

/// All screens as one page, one below the other.
pub(crate) fn sheet(screens: &[Screen]) -> String {
    let mut page = "<!doctype html><meta charset=utf-8><style>body { margin: 0 }</style>".to_owned();
    for screen in screens {
        let (width, height) = SIZE_PX;
        let html = screen.html.replace('&', "&amp;").replace('"', "&quot;");
        write!(
            page,
            "<iframe style='border:0;display:block' width={width} height={height} srcdoc=\"{html}\"></iframe>"
        )
        .unwrap();
    }
    page
}

fn address(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faces").join(file);
    format!("file://{}", path.display())
}

fn rect((left, top): (u32, u32), width: u32, height: u32) -> Rect {
    Rect { x: i32::try_from(left).unwrap(), y: i32::try_from(top).unwrap(), width, height }
}
