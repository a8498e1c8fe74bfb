//! What a frame costs, in processor time of all threads: a full one, one with a changed line, an unchanged one, one that was
//! scrolled by 60 pixels, the first one once more after another screen, and the mask of every line without reading; and the most
//! memory that the engine held.
//!
//! `RTEN_NUM_THREADS=1 cargo run --release -p candor-redact --example frame_speed -- MAIL.png [PROFILE]`

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use candor_model::{Pixels, Tree, TreeState};
use candor_redact::{ImageRedactor, Lists, Models, Profile, Raw, TimeLeft, Whose, read_png};

/// Where a line of the rendered mail client ends.
const LINE_END: [usize; 4] = [1000, 174, 540, 22];
/// Least of so many runs, since others load the machine.
const RUNS: usize = 5;
/// An unchanged frame takes less than the clock can tell.
const SAME_RUNS: u32 = 50;

/// Processor time of this process since it began, in milliseconds.
fn cpu_ms() -> f64 {
    let spent = |path: std::path::PathBuf| -> Option<f64> {
        std::fs::read_to_string(path.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.filter_map(|task| spent(task.path())).sum::<f64>() / 1e6
}

fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// By how many rows a picture is scrolled.
const SCROLLED_PX: usize = 60;

/// The picture with what `change` does to its samples, given the bytes of a row and of a pixel.
fn changed(png: &[u8], change: impl FnOnce(&mut [u8], usize, usize) -> Option<()>) -> Option<Vec<u8>> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().ok()?;
    let mut rgb = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut rgb).ok()?;
    let samples = info.color_type.samples();
    let line = usize::try_from(info.width).ok()? * samples;
    change(&mut rgb, line, samples)?;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, info.width, info.height);
    encoder.set_color(info.color_type);
    encoder.write_header().ok()?.write_image_data(&rgb).ok()?;
    Some(out)
}

/// The end of one line goes: what `part` holds (left, top, width, height) takes the colour of its corner.
fn without(rgb: &mut [u8], line: usize, samples: usize, part: [usize; 4]) -> Option<()> {
    let [left, top, width, height] = part;
    let (from, to) = (left * samples, (left + width) * samples);
    let ground = rgb.get(top * line + from..top * line + from + samples)?.to_vec();
    for row in rgb.chunks_exact_mut(line).skip(top).take(height) {
        row.get_mut(from..to)?.chunks_exact_mut(samples).for_each(|pixel| pixel.copy_from_slice(&ground));
    }
    Some(())
}

/// The pictures that come after the first one.
struct Next {
    edited: Vec<u8>,
    scrolled: Vec<u8>,
    other: Vec<u8>,
}

impl Next {
    fn of(png: &[u8]) -> Option<Self> {
        let scroll = |rgb: &mut [u8], line: usize, _: usize| {
            rgb.rotate_left(SCROLLED_PX * line);
            Some(())
        };
        let upside_down = |rgb: &mut [u8], _: usize, _: usize| {
            rgb.reverse();
            Some(())
        };
        Some(Self {
            edited: changed(png, |rgb, line, samples| without(rgb, line, samples, LINE_END))?,
            scrolled: changed(png, scroll)?,
            other: changed(png, upside_down)?,
        })
    }
}

struct Costs {
    whole: f64,
    same: f64,
    line: f64,
    scrolled: f64,
    back: f64,
}

impl Costs {
    fn least(&self, other: &Self) -> Self {
        Self {
            whole: self.whole.min(other.whole),
            same: self.same.min(other.same),
            line: self.line.min(other.line),
            scrolled: self.scrolled.min(other.scrolled),
            back: self.back.min(other.back),
        }
    }
}

fn costs(
    png: &[u8],
    next: &Next,
    profile: Profile,
    models: &Models,
) -> Result<Costs, Box<dyn std::error::Error>> {
    let mut redactor = ImageRedactor::new(profile, models, Lists::default())?;
    let mut once = |png: &[u8]| -> Result<f64, Box<dyn std::error::Error>> {
        let raw: Raw<Pixels> = read_png(png.to_vec())?;
        let before = cpu_ms();
        redactor.redact(raw, None, Whose::Own, &|| TimeLeft::Enough)?;
        Ok(cpu_ms() - before)
    };
    let whole = once(png)?;
    let same = (0..SAME_RUNS).map(|_| once(png)).sum::<Result<f64, _>>()? / f64::from(SAME_RUNS);
    let line = once(&next.edited)?;
    once(png)?;
    let scrolled = once(&next.scrolled)?;
    once(&next.other)?;
    Ok(Costs { whole, same, line, scrolled, back: once(png)? })
}

/// Of every line in the strict profile, without reading: the tree tells of no words of the interface.
fn mask(png: &[u8], models: &Models) -> Result<f64, Box<dyn std::error::Error>> {
    let mut redactor = ImageRedactor::new(Profile::Strict, models, Lists::default())?;
    let tree = Tree { state: TreeState::Complete, nodes: Vec::new() };
    let raw = read_png(png.to_vec())?;
    let before = cpu_ms();
    redactor.redact(raw, Some(&tree), Whose::Own, &|| TimeLeft::Enough)?;
    Ok(cpu_ms() - before)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let png = std::fs::read(arguments.next().ok_or("name a picture")?)?;
    let profile: Profile = arguments.next().as_deref().unwrap_or("standard").parse()?;
    let models = Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let next = Next::of(&png).ok_or("the picture is no plain PNG of 1920 by 1080")?;
    let mut best = costs(&png, &next, profile, &models)?;
    for _ in 1..RUNS {
        best = best.least(&costs(&png, &next, profile, &models)?);
    }
    if profile == Profile::Strict {
        let masks = (0..RUNS).map(|_| mask(&png, &models)).collect::<Result<Vec<f64>, _>>()?;
        println!("{profile}: mask alone {:.0} ms", masks.into_iter().fold(f64::MAX, f64::min));
    }
    let Costs { whole, same, line, scrolled, back } = best;
    println!("{profile}: whole {whole:.0} ms, changed line {line:.1} ms, unchanged {same:.1} ms");
    println!("{profile}: scrolled {scrolled:.0} ms, back from another screen {back:.0} ms");
    println!("peak memory {} MiB", peak_mib().unwrap_or(0));
    Ok(())
}
