//! What the light looks like: a shape and words, light on dark, large enough to read from where one sits.

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Arc, ConnectionExt as _, CreateGCAux, Gcontext, ImageFormat, Pixmap, Point, Rectangle, Screen, Window,
};

use crate::linux::desktop;
use crate::linux::wire::XConnection;
use crate::{SensorError, Shown};

/// The font that every X server carries within itself, 6 by 13 pixels; it is drawn larger.
const FONT: &[u8] = b"fixed";
/// Size of the picture before it is enlarged, in pixels.
const WIDTH: u16 = 106;
const HEIGHT: u16 = 19;
/// Where the words begin, and their base line.
const WORDS_AT: (i16, i16) = (25, 14);
/// Screens from this height on, in pixels, get it three times as large instead of twice.
const TALL_PX: u16 = 1800;
const INK: u32 = 0x00ff_ffff;
const PAPER: u32 = 0x0010_1010;
/// Bytes of a pixel as the server sends it.
const PIXEL_BYTES: usize = 4;

const fn times(screen: &Screen) -> u16 {
    if screen.height_in_pixels < TALL_PX { 2 } else { 3 }
}

/// Width and height on the screen.
pub(super) fn size(screen: &Screen) -> (u32, u32) {
    (u32::from(WIDTH * times(screen)), u32::from(HEIGHT * times(screen)))
}

/// The picture, as a pixmap that the caller frees.
pub(super) fn of(
    connection: &XConnection,
    screen: &Screen,
    window: Window,
    shown: Shown,
) -> Result<Pixmap, SensorError> {
    let small = pixmap(connection, screen, window, (WIDTH, HEIGHT))?;
    let gc: Gcontext = connection.generate_id().map_err(desktop)?;
    let font = connection.generate_id().map_err(desktop)?;
    connection.open_font(font, FONT).map_err(desktop)?.check().map_err(desktop)?;
    let aux = CreateGCAux::new().foreground(PAPER).background(PAPER).font(font).graphics_exposures(0);
    connection.create_gc(gc, small, &aux).map_err(desktop)?.check().map_err(desktop)?;
    connection.close_font(font).map_err(desktop)?.ignore_error();
    Pen { connection, on: small, gc }.draw(shown)?;
    let large = enlarged(connection, screen, window, small, gc)?;
    connection.free_gc(gc).map_err(desktop)?.ignore_error();
    connection.free_pixmap(small).map_err(desktop)?.ignore_error();
    Ok(large)
}

fn pixmap(
    connection: &XConnection,
    screen: &Screen,
    window: Window,
    (width, height): (u16, u16),
) -> Result<Pixmap, SensorError> {
    let pixmap: Pixmap = connection.generate_id().map_err(desktop)?;
    let made = connection.create_pixmap(screen.root_depth, pixmap, window, width, height);
    made.map_err(desktop)?.check().map_err(desktop)?;
    Ok(pixmap)
}

struct Pen<'a> {
    connection: &'a XConnection,
    on: Pixmap,
    gc: Gcontext,
}

impl Pen<'_> {
    fn draw(&self, shown: Shown) -> Result<(), SensorError> {
        self.fill(PAPER, &[Rectangle { x: 0, y: 0, width: WIDTH, height: HEIGHT }])?;
        self.ink(INK)?;
        let frame = Rectangle { x: 0, y: 0, width: WIDTH - 1, height: HEIGHT - 1 };
        self.connection.poly_rectangle(self.on, self.gc, &[frame]).map_err(desktop)?.ignore_error();
        let words = shown.words().as_bytes();
        let (x, y) = WORDS_AT;
        self.connection
            .image_text8(self.on, self.gc, x, y, words)
            .map_err(desktop)?
            .check()
            .map_err(desktop)?;
        self.shape(shown)
    }

    /// The colours only help: each shape is another.
    fn shape(&self, shown: Shown) -> Result<(), SensorError> {
        let whole = Arc { x: 7, y: 4, width: 11, height: 11, angle1: 0, angle2: 360 * 64 };
        match shown {
            Shown::Recording => {
                self.ink(0x00ff_4d4d)?;
                self.connection.poly_fill_arc(self.on, self.gc, &[whole]).map_err(desktop)?.ignore_error();
                Ok(())
            }
            Shown::Paused => {
                let bar = |x| Rectangle { x, y: 4, width: 4, height: 11 };
                self.fill(0x00ff_c107, &[bar(8), bar(14)])
            }
            Shown::Refused => {
                self.ink(0x0090_caf9)?;
                self.connection.poly_arc(self.on, self.gc, &[whole]).map_err(desktop)?.ignore_error();
                let stroke = [Point { x: 9, y: 13 }, Point { x: 16, y: 6 }];
                let mode = x11rb::protocol::xproto::CoordMode::ORIGIN;
                self.connection.poly_line(mode, self.on, self.gc, &stroke).map_err(desktop)?.ignore_error();
                Ok(())
            }
            Shown::Halted => self.fill(INK, &[Rectangle { x: 8, y: 5, width: 10, height: 10 }]),
        }
    }

    fn ink(&self, colour: u32) -> Result<(), SensorError> {
        let aux = x11rb::protocol::xproto::ChangeGCAux::new().foreground(colour);
        self.connection.change_gc(self.gc, &aux).map_err(desktop)?.ignore_error();
        Ok(())
    }

    fn fill(&self, colour: u32, parts: &[Rectangle]) -> Result<(), SensorError> {
        self.ink(colour)?;
        self.connection.poly_fill_rectangle(self.on, self.gc, parts).map_err(desktop)?.ignore_error();
        Ok(())
    }
}

/// Each pixel as a square of pixels.
fn enlarged(
    connection: &XConnection,
    screen: &Screen,
    window: Window,
    small: Pixmap,
    gc: Gcontext,
) -> Result<Pixmap, SensorError> {
    let image = connection.get_image(ImageFormat::Z_PIXMAP, small, 0, 0, WIDTH, HEIGHT, u32::MAX);
    let data = image.map_err(desktop)?.reply().map_err(desktop)?.data;
    let times = usize::from(times(screen));
    let mut bytes = Vec::with_capacity(data.len() * times * times);
    for row in data.chunks_exact(usize::from(WIDTH) * PIXEL_BYTES) {
        let wide: Vec<u8> = row.chunks_exact(PIXEL_BYTES).flat_map(|pixel| pixel.repeat(times)).collect();
        bytes.extend(wide.repeat(times));
    }
    let (width, height) = size(screen);
    let (width, height) = (u16::try_from(width).unwrap_or(0), u16::try_from(height).unwrap_or(0));
    let large = pixmap(connection, screen, window, (width, height))?;
    let (format, depth) = (ImageFormat::Z_PIXMAP, screen.root_depth);
    let put = connection.put_image(format, large, gc, width, height, 0, 0, 0, depth, &bytes);
    put.map_err(desktop)?.check().map_err(desktop)?;
    Ok(large)
}
