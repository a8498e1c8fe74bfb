//! `candor redact image` under attack: whatever file it gets, it ends in bounded time and memory, without a panic, with a
//! picture in which everything planted is masked, or with an exit code, a message and no file.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support {
    pub(crate) mod png_file;
}

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::png_file::{Grey, Kind, chunk, file, header, kinds, stored};

const CANDOR: &str = env!("CARGO_BIN_EXE_candor");
/// Most memory that the program may ask for, in KiB; the largest picture alone takes 200 MB.
const ADDRESS_KIB_MAX: u32 = 4 << 20;
/// What `timeout` ends a program with that takes longer than this.
const SECONDS_MAX: u32 = 240;
const BAD_INPUT: i32 = 4;
const PAINT: [u8; 3] = [0x40; 3];
const RGB: Kind = Kind { color: 2, depth: 8, interlaced: false };

struct Redacted {
    output: Output,
    picture: Option<Vec<u8>>,
}

/// Runs it on these bytes, in a shell that bounds memory and time.
fn redact(bytes: &[u8], more: &[&str]) -> Redacted {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in.png"), dir.path().join("out.png"));
    #[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
    std::fs::write(&input, bytes).unwrap();
    let script = format!("ulimit -v {ADDRESS_KIB_MAX}; exec timeout {SECONDS_MAX} \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", CANDOR, "redact", "image"]).args([&input, &out]);
    command.args(["--profile", "fast"]).args(more).env("HOME", dir.path()).env("RTEN_NUM_THREADS", "1");
    let output = command.env_remove("CANDOR_MODELS").stdin(Stdio::null()).output().unwrap();
    Redacted { output, picture: std::fs::read(out).ok() }
}

impl Redacted {
    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
            + &String::from_utf8_lossy(&self.output.stderr)
    }

    /// It refused, said why, and left no file.
    fn is_refused(&self, why: &str, what: &str) {
        let said = self.said();
        assert_eq!(self.output.status.code(), Some(BAD_INPUT), "{what}: {said}");
        assert!(said.contains(why) && !said.contains("panicked"), "{what}: {said}");
        assert!(self.picture.is_none(), "{what}: a file was left");
    }

    /// Width, height and pixels of the picture that it left.
    fn pixels(&self, what: &str) -> (usize, usize, Vec<u8>) {
        assert_eq!(self.output.status.code(), Some(0), "{what}: {}", self.said());
        decoded(self.picture.as_ref().unwrap())
    }
}

fn decoded(png: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    (usize::try_from(info.width).unwrap(), usize::try_from(info.height).unwrap(), rgb)
}

fn screens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../redact/tests/screens")
}

/// A screen with planted items, in grey, and the middles of those items.
fn chat() -> (Grey, Vec<(usize, usize)>) {
    let png = std::fs::read(screens().join("chat.png")).unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    let pixels = samples.chunks(info.color_type.samples()).map(|pixel| pixel[0]).collect();
    let (width, height) = (usize::try_from(info.width).unwrap(), usize::try_from(info.height).unwrap());
    let planted = std::fs::read_to_string(screens().join("chat.tsv")).unwrap();
    let middle = |line: &str| {
        let at: Vec<usize> = line.split('\t').skip(1).map(|field| field.parse().unwrap()).collect();
        (usize::midpoint(at[0], at[2]), usize::midpoint(at[1], at[3]))
    };
    (Grey { width, height, pixels }, planted.lines().map(middle).collect())
}

#[test]
fn planted_items_are_masked_in_every_kind_of_png() {
    let (chat, planted) = chat();
    // With fewer shades the letters are others; what is left must still be masked.
    for kind in kinds().into_iter().filter(|kind| kind.depth >= 4) {
        let what = format!("{kind:?}");
        let (width, height, rgb) = redact(&chat.file(kind), &[]).pixels(&what);
        assert_eq!((width, height), (chat.width, chat.height), "{what}");
        let painted = |(x, y): &&(usize, usize)| rgb[(y * width + x) * 3..][..3] == PAINT;
        let masked = planted.iter().filter(painted).count();
        assert_eq!(masked, planted.len(), "{what}");
    }
}

#[test]
fn the_smallest_pictures_of_every_kind_pass() {
    for kind in kinds() {
        let sizes: &[(usize, usize)] = if kind.depth == 8 { &[(1, 1), (1, 3), (9, 1)] } else { &[(1, 1)] };
        for (width, height) in sizes.iter().copied() {
            let grey = Grey { width, height, pixels: vec![200; width * height] };
            let (w, h, _) = redact(&grey.file(kind), &[]).pixels(&format!("{width}x{height} {kind:?}"));
            assert_eq!((w, h), (width, height));
        }
    }
}

#[test]
fn what_is_too_large_is_refused_before_its_pixels_are_read() {
    for (width, height) in [(16_384, 16_384), (1 << 30, 1 << 30), (1 << 30, 1)] {
        let claims = file(&[header(width, height, RGB), chunk(*b"IDAT", &stored(&[0; 64]))]);
        redact(&claims, &[]).is_refused("pixels", &format!("{width}x{height}"));
    }
}

#[test]
fn the_largest_picture_is_redacted_in_bounded_time_and_memory() {
    // 65.5 million pixels, two shades: as large as is allowed, with something to look at at both ends.
    let (width, height) = (16_384, 4_000);
    let mut pixels = vec![255; width * height];
    let (chat, planted) = chat();
    for (n, row) in chat.pixels.chunks(chat.width).enumerate() {
        pixels[n * width..][..chat.width].copy_from_slice(row);
        pixels[(height - chat.height + n) * width + width - chat.width..][..chat.width].copy_from_slice(row);
    }
    let grey = Kind { color: 0, depth: 8, interlaced: false };
    let (w, h, rgb) = redact(&Grey { width, height, pixels }.file(grey), &[]).pixels("the largest picture");
    assert_eq!((w, h), (width, height));
    for (left, top) in [(0, 0), (width - chat.width, height - chat.height)] {
        for (x, y) in &planted {
            assert_eq!(rgb[((top + y) * width + left + x) * 3..][..3], PAINT, "{x} {y} at {left} {top}");
        }
    }
}

#[test]
fn noise_and_letters_without_end_are_redacted_or_refused_in_time() {
    let (width, height) = (1600, 1000);
    let mut state = 7_u32;
    let noise = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let pixels = (0..width * height).map(noise).collect();
    let grey = Kind { color: 0, depth: 8, interlaced: false };
    let redacted = redact(&Grey { width, height, pixels }.file(grey), &["--seconds-max", "60"]);
    let code = redacted.output.status.code();
    assert!(matches!(code, Some(0 | BAD_INPUT)), "{code:?}: {}", redacted.said());
    assert_eq!(redacted.picture.is_some(), code == Some(0));
}

#[test]
fn a_picture_that_cannot_be_read_in_time_leaves_nothing() {
    let (chat, _) = chat();
    redact(&chat.file(RGB), &["--seconds-max", "0"]).is_refused("in time", "no time");
}

#[test]
fn several_pictures_in_one_file_are_refused() {
    let frame = stored(&[0, 1, 2, 3, 0, 4, 5, 6]);
    let control = |sequence: u32| {
        let numbers = [sequence, 1, 2, 0, 0].map(u32::to_be_bytes).concat();
        chunk(*b"fcTL", &[&numbers[..], &[0, 1, 0, 10, 0, 0]].concat())
    };
    let animated = file(&[
        header(1, 2, RGB),
        chunk(*b"acTL", &[2_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat()),
        control(0),
        chunk(*b"IDAT", &frame),
        control(1),
        chunk(*b"fdAT", &[&2_u32.to_be_bytes()[..], &frame].concat()),
    ]);
    redact(&animated, &[]).is_refused("animated", "animated");
}

#[test]
fn what_is_damaged_or_no_picture_is_refused() {
    let (chat, _) = chat();
    let whole = chat.file(RGB);
    let cut = |length: usize| whole[..length].to_vec();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    let no_pixels = file(&[header(4, 4, RGB)]);
    let few_pixels = file(&[header(400, 400, RGB), chunk(*b"IDAT", &stored(&[0; 100]))]);
    let wrong_stream = file(&[header(4, 4, RGB), chunk(*b"IDAT", &[0xff; 200])]);
    let no_palette = file(&[header(4, 4, Kind { color: 3, ..RGB }), chunk(*b"IDAT", &stored(&[0; 20]))]);
    let no_such_kind = file(&[header(4, 4, Kind { color: 5, ..RGB }), chunk(*b"IDAT", &stored(&[0; 52]))]);
    let empty = file(&[header(0, 4, RGB), chunk(*b"IDAT", &stored(&[]))]);
    let cases = [
        ("nothing", Vec::new()),
        ("the signature alone", cut(8)),
        ("half of the header", cut(20)),
        ("the header alone", cut(33)),
        ("half of the pixels", cut(whole.len() / 2)),
        ("another width", flipped(19)),
        ("a flipped bit in the pixels", flipped(whole.len() / 2)),
        ("another format", b"GIF89a and more".to_vec()),
        ("text", b"Dana Lund lives here".to_vec()),
        ("no pixels", no_pixels),
        ("too few pixels", few_pixels),
        ("a stream that is none", wrong_stream),
        ("a palette that is not there", no_palette),
        ("a colour type that does not exist", no_such_kind),
        ("no width", empty),
    ];
    for (what, bytes) in cases {
        redact(&bytes, &[]).is_refused("failed to read", what);
    }
}
