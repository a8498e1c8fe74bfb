//! PNG files of every kind, written by hand (ISO/IEC 15948): the library that reads them writes only some.

/// A picture of grey pixels, to be written in one of the ways of PNG.
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// How: colour type, bits of a sample, in Adam7 order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) color: u8,
    pub(crate) depth: u8,
    pub(crate) interlaced: bool,
}

const GREY: u8 = 0;
const COLOUR: u8 = 2;
const PALETTE: u8 = 3;
const GREY_ALPHA: u8 = 4;
const COLOUR_ALPHA: u8 = 6;

/// Every kind.
pub(crate) fn kinds() -> Vec<Kind> {
    let of = |color, depths: &[u8]| -> Vec<(u8, u8)> { depths.iter().map(|depth| (color, *depth)).collect() };
    let kinds = [
        of(GREY, &[1, 2, 4, 8, 16]),
        of(COLOUR, &[8, 16]),
        of(PALETTE, &[1, 2, 4, 8]),
        of(GREY_ALPHA, &[8, 16]),
        of(COLOUR_ALPHA, &[8, 16]),
    ];
    let both = |(color, depth)| [false, true].map(|interlaced| Kind { color, depth, interlaced });
    kinds.concat().into_iter().flat_map(both).collect()
}

/// First row and column, and the steps between rows and columns, of each pass of Adam7.
const ADAM7: [(usize, usize, usize, usize); 7] =
    [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];

impl Grey {
    /// The file. What a pixel is beyond its bits is lost.
    pub(crate) fn file(&self, kind: Kind) -> Vec<u8> {
        let passes: &[(usize, usize, usize, usize)] = if kind.interlaced { &ADAM7 } else { &[(0, 0, 1, 1)] };
        let mut data = Vec::new();
        for (top, left, down, across) in passes {
            for y in (*top..self.height).step_by(*down) {
                let row: Vec<u8> =
                    (*left..self.width).step_by(*across).map(|x| self.pixels[y * self.width + x]).collect();
                if !row.is_empty() {
                    data.push(0);
                    data.extend(packed(&row, kind));
                }
            }
        }
        let mut chunks = vec![header(self.width, self.height, kind)];
        if kind.color == PALETTE {
            let levels = 1_u16 << kind.depth;
            let grey = |i: u16| [u8::try_from(u32::from(i) * 255 / u32::from(levels - 1)).unwrap(); 3];
            chunks.push(chunk(*b"PLTE", &(0..levels).flat_map(grey).collect::<Vec<_>>()));
        }
        chunks.push(chunk(*b"IDAT", &stored(&data)));
        file(&chunks)
    }
}

/// A file of these chunks.
pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), chunk(*b"IEND", &[])].concat()
}

/// The first chunk.
pub(crate) fn header(width: usize, height: usize, kind: Kind) -> Vec<u8> {
    let side = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let more = [kind.depth, kind.color, 0, 0, u8::from(kind.interlaced)];
    chunk(*b"IHDR", &[&side(width)[..], &side(height), &more].concat())
}

/// A row of grey pixels as its bytes.
fn packed(row: &[u8], kind: Kind) -> Vec<u8> {
    if kind.depth < 8 {
        return row.chunks(usize::from(8 / kind.depth)).map(|pixels| bits(pixels, kind.depth)).collect();
    }
    let sample = |value: u8| vec![value; usize::from(kind.depth / 8)];
    let opaque = sample(255);
    let pixel = |value: &u8| match kind.color {
        COLOUR => sample(*value).repeat(3),
        GREY_ALPHA => [sample(*value), opaque.clone()].concat(),
        COLOUR_ALPHA => [sample(*value).repeat(3), opaque.clone()].concat(),
        _ => sample(*value),
    };
    row.iter().flat_map(pixel).collect()
}

fn bits(pixels: &[u8], depth: u8) -> u8 {
    let places = (0..8 / depth).map(|i| 8 - depth * (i + 1));
    pixels.iter().zip(places).fold(0, |byte, (pixel, place)| byte | (pixel >> (8 - depth)) << place)
}

/// A chunk with its length and check sum.
pub(crate) fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&name[..], data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
}

/// zlib without compression (RFC 1950 and 1951).
pub(crate) fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = if data.is_empty() { vec![&[][..]] } else { data.chunks(0xffff).collect() };
    for (i, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        out.push(u8::from(i + 1 == blocks.len()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(*block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 },
        )
    })
}
