//! How long one frame takes: 1280 by 800 pixels, 200 elements, from raw to redacted PNG.
//!
//! `cargo run --release -p candor-redact --example frame_speed`

#![expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
#![expect(clippy::print_stdout, reason = "the figure is what it is for")]

use std::time::{Duration, Instant};

use candor_model::{
    Action, Moment, Node, Observation, Pixels, Rect, Screen, Timestamp, Tree, TreeState, VisibleWindow,
};
use candor_redact::{Lists, Models, Profile, Raw, Redactor};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;
const RUNS: u32 = 20;

fn observation() -> Option<Observation> {
    let front = Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    let node = |i: i32| Node {
        parent: Some(0),
        role: if i % 3 == 0 { "push button" } else { "static" }.to_owned(),
        name: Some(if i % 2 == 0 { "Save".to_owned() } else { format!("Alice Henderson, row {i}") }),
        text: None,
        bounds: Rect { x: i % 10 * 128, y: i / 10 * 40, width: 120, height: 30 },
        focused: false,
        unwalked: false,
    };
    let root = Node { parent: None, role: "frame".to_owned(), name: None, bounds: front, ..node(0) };
    // Noise in every pixel: what is shown compresses as badly as a photograph.
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    };
    let rgb = (0..WIDTH * HEIGHT * 3).map(|_| noise()).collect();
    Some(Observation {
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
        screen: Screen { name: ":0".to_owned(), width: WIDTH, height: HEIGHT },
        app: "mail".parse().ok()?,
        site: None,
        title: Some("Inbox - Alice Henderson".to_owned()),
        bounds: front,
        action: Action::Wait { ms: 1 },
        target: None,
        frame: Pixels::new(WIDTH, HEIGHT, rgb),
        windows: vec![VisibleWindow { bounds: front, permitted: true }],
        tree: Some(Tree {
            state: TreeState::Complete,
            nodes: std::iter::once(root).chain((0..200).map(node)).collect(),
        }),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models)?;
    let mut best = Duration::MAX;
    let mut bytes = 0;
    for _ in 0..RUNS {
        let raw = Raw::seal(observation().ok_or("the observation is well formed")?);
        let started = Instant::now();
        let step = redactor.redact(raw)?;
        best = best.min(started.elapsed());
        bytes = step.content().frame.as_ref().map_or(0, Vec::len);
    }
    println!("frame: {:.1} ms, {} KiB", best.as_secs_f64() * 1e3, bytes / 1024);
    Ok(())
}
