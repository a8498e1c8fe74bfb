//! Pictures in and out, and twice as large.

use std::io::Cursor;

/// Width and height of a screen.
pub(crate) const SIZE_PX: (usize, usize) = (1280, 720);

/// 8-bit red, green, blue.
pub(crate) struct Picture {
    width: usize,
    rgb: Vec<u8>,
}

/// The screens of a picture that holds `count` of them, one below the other.
pub(crate) fn cut(png: &[u8], count: usize) -> Vec<Picture> {
    let all = Picture::of(png);
    assert_eq!((all.width, all.rgb.len()), (SIZE_PX.0, SIZE_PX.0 * SIZE_PX.1 * 3 * count));
    let screens = all.rgb.chunks(SIZE_PX.0 * SIZE_PX.1 * 3);
    screens.map(|rgb| Picture { width: SIZE_PX.0, rgb: rgb.to_vec() }).collect()
}

impl Picture {
    /// The picture that bytes hold.
    pub(crate) fn of(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut samples).unwrap();
        let rgb = samples.chunks(info.color_type.samples()).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Self { width: usize::try_from(info.width).unwrap(), rgb: rgb.collect() }
    }

    fn height(&self) -> usize {
        self.rgb.len() / 3 / self.width
    }

    /// Its bytes as a file.
    pub(crate) fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let side = |length: usize| u32::try_from(length).unwrap();
        let mut encoder = png::Encoder::new(&mut bytes, side(self.width), side(self.height()));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header().unwrap().write_image_data(&self.rgb).unwrap();
        bytes
    }

    /// The colour at a place.
    pub(crate) fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let start = (usize::try_from(y).unwrap() * self.width + usize::try_from(x).unwrap()) * 3;
        [self.rgb[start], self.rgb[start + 1], self.rgb[start + 2]]
    }

    /// Gives a part one colour: left, top, right and bottom.
    pub(crate) fn fill(&mut self, (left, top, right, bottom): (usize, usize, usize, usize), colour: [u8; 3]) {
        for y in top..bottom {
            let row = (y * self.width + left) * 3..(y * self.width + right) * 3;
            self.rgb[row].chunks_mut(3).for_each(|pixel| pixel.copy_from_slice(&colour));
        }
    }

    /// Twice as large: each pixel between two is their mean.
    pub(crate) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height() * 2);
        let at = |x: usize, y: usize, channel: usize| {
            let (x, y) = (x.min(self.width - 1), y.min(self.height() - 1));
            u16::from(self.rgb[(y * self.width + x) * 3 + channel])
        };
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let (left, right) = (x / 2, x.div_ceil(2));
                let (top, bottom) = (y / 2, y.div_ceil(2));
                for channel in 0..3 {
                    let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
                    let sum: u16 = corners.iter().map(|(x, y)| at(*x, *y, channel)).sum();
                    rgb.push(u8::try_from(sum / 4).unwrap());
                }
            }
        }
        Self { width, rgb }
    }
}
