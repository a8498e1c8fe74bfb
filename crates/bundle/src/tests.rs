//! Frames go into tiles and come out again; what does not fit is refused.

use candor_model::{Digest, FrameView, Pixels};
use proptest::prelude::*;

use crate::{Checker, Damaged, Packed, Packer, Repacker, Unpacker};

/// Frames, packed, with the number of the first tile of each.
struct Series {
    frames: Vec<(u32, Packed)>,
    digests: Vec<Digest>,
}

impl Series {
    fn of(frames: &[Pixels]) -> Self {
        let mut tiles = Packer::default();
        let mut series = Self { frames: Vec::new(), digests: Vec::new() };
        for frame in frames {
            let first = tiles.tiles();
            let (digest, packed) = tiles.pack(frame.view()).unwrap();
            series.frames.push((first, packed));
            series.digests.push(digest);
        }
        series
    }

    fn bringing(&self, tile: u32) -> Result<(u32, Packed), Damaged> {
        let brings = |(first, packed): &&(u32, Packed)| (*first..*first + packed.fresh()).contains(&tile);
        self.frames.iter().find(brings).cloned().ok_or(Damaged)
    }

    fn opened(&self, n: usize) -> Result<Pixels, Damaged> {
        let (first, packed) = &self.frames[n];
        Unpacker::default().frame(packed, *first, &mut |tile| self.bringing(tile))
    }
}

/// A screen with a pattern of its own, and a part of another colour.
fn frame(width: u32, height: u32, seed: u8, part: (u32, u32, u32, u32)) -> Pixels {
    let mut rgb = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let within = (part.0..part.0 + part.2).contains(&x) && (part.1..part.1 + part.3).contains(&y);
            let value = u8::try_from((x / 64 + y / 64 * 3) % 5).unwrap() * 20;
            rgb.extend(if within { [seed; 3] } else { [value, value, 200] });
        }
    }
    Pixels::new(width, height, rgb).unwrap()
}

fn some_frames() -> impl Strategy<Value = Vec<Pixels>> {
    let part = (0_u32..200, 0_u32..150, 1_u32..90, 1_u32..70);
    let one = (prop::sample::select(vec![(200, 150), (64, 64), (65, 130), (1, 1)]), any::<u8>(), part);
    prop::collection::vec(one, 1..6)
        .prop_map(|all| all.into_iter().map(|((w, h), seed, part)| frame(w, h, seed, part)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_packed_comes_out_again_and_has_its_digest(frames in some_frames()) {
        let series = Series::of(&frames);
        let mut checker = Checker::default();
        let mut unpacker = Unpacker::default();
        for (n, frame) in frames.iter().enumerate() {
            let (first, packed) = &series.frames[n];
            prop_assert_eq!(&series.opened(n).unwrap(), frame);
            let again = unpacker.frame(packed, *first, &mut |tile| series.bringing(tile));
            prop_assert_eq!(&again.unwrap(), frame);
            prop_assert_eq!(series.digests[n], frame.view().digest());
            prop_assert_eq!(checker.digest(packed).unwrap(), frame.view().digest());
            prop_assert_eq!(&Packed::parse(&packed.to_bytes()).unwrap(), packed);
            prop_assert_eq!(packed.bytes(), packed.to_bytes().len() as u64);
            prop_assert_eq!(packed.pixmap_bytes(), frame.view().to_pixmap().len() as u64);
        }
    }

    #[test]
    fn some_of_them_packed_anew_hold_no_tile_of_the_others(
        frames in some_frames(),
        kept in prop::collection::vec(any::<bool>(), 6),
        by_pixels in prop::collection::vec(any::<bool>(), 6),
    ) {
        let series = Series::of(&frames);
        let (mut repacker, mut checker, mut left) = (Repacker::default(), Checker::default(), Vec::new());
        let mut tiles = 0;
        for n in (0..frames.len()).filter(|n| kept[*n]) {
            let (first, packed) = &series.frames[n];
            let (digest, packed) = if by_pixels[n] {
                repacker.pixels(frames[n].view()).unwrap()
            } else {
                repacker.packed(packed, *first, &mut |tile| series.bringing(tile)).unwrap()
            };
            prop_assert_eq!(digest, frames[n].view().digest());
            prop_assert_eq!(checker.digest(&packed).unwrap(), digest);
            tiles += packed.fresh();
            left.push(frames[n].clone());
        }
        let alone: u32 = Series::of(&left).frames.iter().map(|(_, packed)| packed.fresh()).sum();
        prop_assert_eq!(tiles, alone);
    }

    #[test]
    fn bytes_that_are_changed_never_give_another_frame_under_the_same_digest(
        frames in some_frames(), n in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let series = Series::of(&frames);
        let n = n.index(frames.len());
        let mut bytes = series.frames[n].1.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let mut checker = Checker::default();
        for (_, packed) in &series.frames[..n] {
            checker.digest(packed).unwrap();
        }
        if let Ok(digest) = Packed::parse(&bytes).and_then(|packed| checker.digest(&packed)) {
            // A bit of the compressed form that carries nothing may change; the frame may not.
            let (first, changed) = (series.frames[n].0, Packed::parse(&bytes).unwrap());
            let read = Unpacker::default().frame(&changed, first, &mut |tile| series.bringing(tile)).unwrap();
            prop_assert_eq!(read.view().digest(), digest);
        }
    }
}

#[test]
fn a_frame_that_is_there_already_brings_nothing() {
    let (one, other) = (frame(200, 150, 1, (3, 3, 9, 9)), frame(200, 150, 2, (90, 90, 9, 9)));
    let series = Series::of(&[one.clone(), other.clone(), one, other]);
    let fresh: Vec<u32> = series.frames.iter().map(|(_, packed)| packed.fresh()).collect();
    assert!(fresh[0] > 1 && fresh[1] == 1 && fresh[2..] == [0, 0], "{fresh:?}");
    assert!(series.frames[3].1.bytes() < 60);
}

/// The same bytes in another shape are another tile.
#[test]
fn a_tile_is_known_by_its_shape_too() {
    let wide = Pixels::new(64, 32, vec![9; 64 * 32 * 3]).unwrap();
    let tall = Pixels::new(32, 64, vec![9; 64 * 32 * 3]).unwrap();
    let series = Series::of(&[wide, tall.clone()]);
    assert_eq!(series.opened(1).unwrap(), tall);
}

#[test]
fn a_frame_without_the_tiles_before_it_is_refused() {
    let series = Series::of(&[frame(200, 150, 1, (3, 3, 9, 9)), frame(200, 150, 2, (90, 90, 9, 9))]);
    let (first, packed) = &series.frames[1];
    assert_eq!(Checker::default().digest(packed), Err(Damaged));
    assert_eq!(Unpacker::default().frame(packed, *first, &mut |_| Err(Damaged)).unwrap_err(), Damaged);
    let wrong = &series.frames[1];
    assert!(Unpacker::default().frame(packed, *first, &mut |_| Ok::<_, Damaged>(wrong.clone())).is_err());
}

/// A frame whose first tile has another shape than the one that it names: neither checked nor put together.
#[test]
fn a_tile_in_a_place_of_another_shape_is_refused() {
    let tall = Pixels::new(32, 64, vec![9; 64 * 32 * 3]).unwrap();
    let (_, brings) = Packer::default().pack(tall.view()).unwrap();
    let names = Packed::new(64, 32, &[0], 0, &[]).unwrap();
    let mut checker = Checker::default();
    checker.digest(&brings).unwrap();
    assert_eq!(checker.digest(&names), Err(Damaged));
    let put = Unpacker::default().frame(&names, 1, &mut |_| Ok::<_, Damaged>((0, brings.clone())));
    assert_eq!(put.unwrap_err(), Damaged);
}

#[test]
fn a_frame_takes_as_many_digests_as_it_has_tiles() {
    let frame = frame(130, 70, 7, (10, 10, 20, 20));
    let digests = frame.view().tile_digests(None);
    let pack = |digests: &[Digest]| Packer::default().pack_tiled(frame.view(), digests).map(|_| ());
    assert_eq!(pack(&digests), Ok(()));
    assert_eq!(pack(&digests[..digests.len() - 1]), Err(Damaged));
    assert_eq!(pack(&[&digests[..], &digests[..1]].concat()), Err(Damaged));
}

#[test]
fn no_tile_is_kept_under_the_digest_of_another() {
    let (one, other) = (frame(130, 70, 7, (10, 10, 20, 20)), frame(130, 70, 8, (10, 10, 20, 20)));
    let digests = other.view().tile_digests(None);
    assert_eq!(Packer::default().pack_tiled(one.view(), &digests), Err(Damaged));
}

#[test]
fn a_tile_that_is_there_is_not_taken_again() {
    let frame = Pixels::new(64, 64, vec![9; 64 * 64 * 3]).unwrap();
    let (_, one) = Packer::default().pack(frame.view()).unwrap();
    // A packer that knows nothing brings it again.
    let (_, again) = Packer::after(1).pack(frame.view()).unwrap();
    let mut checker = Checker::default();
    checker.digest(&one).unwrap();
    assert_eq!(checker.digest(&again), Err(Damaged));
}

#[test]
fn each_strip_is_opened_once_for_a_frame() {
    // Two screens of noise, and one that has a row of tiles of the first, then one of the second, and so on.
    let noise = |seed: u32| -> Vec<u8> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(state >> 24).unwrap()
        };
        (0..4096 * 2176 * 3).map(next).collect()
    };
    let (one, other) = (noise(1), noise(2));
    let row = 4096 * 3;
    let mixed = (0..2176)
        .flat_map(|y| if y / 64 % 2 == 0 { &one } else { &other }[y * row..(y + 1) * row].iter().copied());
    let frames =
        [one.clone(), other.clone(), mixed.collect()].map(|rgb| Pixels::new(4096, 2176, rgb).unwrap());
    let series = Series::of(&frames);
    let mut fetched = 0;
    let (first, packed) = &series.frames[2];
    let mut fetch = |tile| {
        fetched += 1;
        series.bringing(tile)
    };
    let mut unpacker = Unpacker::default();
    assert!(unpacker.frame(packed, *first, &mut fetch).unwrap() == frames[2]);
    assert_eq!((packed.fresh(), fetched), (0, 2), "more than what is kept is needed at once");
    let mut fetched = 0;
    let mut fetch = |tile| {
        fetched += 1;
        series.bringing(tile)
    };
    Repacker::default().packed(packed, *first, &mut fetch).unwrap();
    assert_eq!(fetched, 2);
}

#[test]
fn sides_that_no_frame_has_and_bytes_that_are_too_few_are_refused() {
    let (_, packed) = Packer::default().pack(frame(64, 64, 1, (0, 0, 1, 1)).view()).unwrap();
    let bytes = packed.to_bytes();
    for (width, height, fresh) in [(0, 64, 1), (64, 0, 1), (20_000, 1, 1), (16_384, 16_384, 1), (64, 64, 2)] {
        let head = [width, height, fresh].map(u32::to_be_bytes).concat();
        assert!(Packed::parse(&[&head, &bytes[12..]].concat()).is_err(), "{width} {height} {fresh}");
    }
    for cut in 0..bytes.len() {
        let read = Packed::parse(&bytes[..cut]).and_then(|packed| Checker::default().digest(&packed));
        assert!(read.is_err(), "cut at {cut}");
    }
}

/// What is compressed may say that it is larger than a frame can be: no memory is taken for it.
#[test]
fn a_body_that_grows_beyond_its_frame_is_refused() {
    let bomb = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 19).unwrap();
    let head = [64_u32, 64, 1].map(u32::to_be_bytes).concat();
    let packed = Packed::parse(&[head, bomb].concat()).unwrap();
    assert_eq!(Checker::default().digest(&packed), Err(Damaged));
}

/// If this fails after an upgrade of the compression: a release that waits for its upload would be signed over another number of bytes.
#[test]
fn packing_these_pixels_gives_these_bytes() {
    let mut packer = Packer::default();
    let bytes: Vec<Vec<u8>> = [frame(130, 70, 7, (5, 5, 20, 9)), frame(130, 70, 8, (70, 9, 20, 9))]
        .iter()
        .map(|frame| packer.pack(frame.view()).unwrap().1.to_bytes())
        .collect();
    let digests = bytes.iter().map(|bytes| Digest::of(bytes).to_string()).collect::<Vec<_>>();
    assert_eq!(
        digests,
        [
            "69800e158b828bf9a3f73bd2721bf550f7134240e720a1ca215c8277937f44f0",
            "b13ade401c0dcaaf3e64f1d0d96ea0c20890c90864e2eb87808b8f5048367470"
        ]
    );
    let text = "a tree says button, button, button, button".repeat(9);
    assert_eq!(
        Digest::of(&crate::squeeze(text.as_bytes()).unwrap()).to_string(),
        "7a16d923c11d59ee6c0c5c19ac4cc67cfc3d2319065a5aa820b4da65f033b1f5"
    );
}

#[test]
fn what_is_squeezed_has_the_length_that_is_said() {
    let squeezed = crate::squeeze(b"some text, some text").unwrap();
    assert_eq!(crate::unsqueeze(&squeezed, 20).unwrap(), b"some text, some text");
    for length in [0, 19, 21, u64::MAX / 4] {
        assert!(crate::unsqueeze(&squeezed, length).is_err(), "{length}");
    }
    assert!(FrameView::of_pixmap(&squeezed).is_none());
}
