use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use candor_model::FrameView;

use crate::testing::{frames, recipe, session, terms};

const SPLIT: &str = "[split]\nseed = 1\ntrain = 50\nvalidation = 30\ntest = 20\n";

/// Every file of a folder with its bytes.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

fn compiled(sessions: &[SessionInput], recipe: &Recipe) -> (Contents, BTreeMap<String, Vec<u8>>) {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(dir.path().to_owned());
    let contents = write(sessions, recipe, &terms(), &mut frames, &mut folder).unwrap();
    (contents, tree(dir.path()))
}

fn refused(sessions: &[SessionInput], recipe: &Recipe) -> CompileError {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(dir.path().to_owned());
    write(sessions, recipe, &terms(), &mut frames, &mut folder).unwrap_err()
}

fn sessions() -> Vec<SessionInput> {
    vec![session(3, 1, 4), session(1, 2, 3), session(2, 3, 5), session(4, 4, 2), session(5, 5, 1)]
}

#[test]
fn the_same_input_gives_the_same_bytes_in_any_order() {
    let recipe = recipe(SPLIT);
    let (_, once) = compiled(&sessions(), &recipe);
    let (_, again) = compiled(&sessions(), &recipe);
    let mut turned = sessions();
    turned.reverse();
    turned.swap(0, 2);
    let (_, other_order) = compiled(&turned, &recipe);
    assert_eq!(once, again);
    assert_eq!(once, other_order);
}

#[test]
fn the_same_input_gives_the_same_bytes_beside_other_threads() {
    let (_, alone) = compiled(&sessions(), &recipe(SPLIT));
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..3).map(|_| scope.spawn(|| compiled(&sessions(), &recipe(SPLIT)).1)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn the_bytes_of_a_dataset_stay_the_same_from_version_to_version() {
    // Golden: recompiling yesterday's recipe over yesterday's sessions names the same version. When this fails, the output
    // has changed: raise the version in `shard::CREATED_BY` and say so in the changelog.
    let (contents, _) = compiled(&sessions(), &recipe(SPLIT));
    assert_eq!(Digest::of(&contents.manifest).to_string(), GOLDEN);
}

/// Of these sessions, whose frames are pixmaps, by version 2 of the writer.
const GOLDEN: &str = "30c43bee78b6c66db3f7157fa017b764b976ee209c110b4c1cc0856dd9f0dbda";

#[test]
fn the_manifest_lists_every_other_file_and_no_machine_is_named() {
    let (contents, mut files) = compiled(&sessions(), &recipe(SPLIT));
    assert_eq!(files.remove("manifest.json").unwrap(), contents.manifest);
    let manifest: DatasetManifest = serde_json::from_slice(&contents.manifest).unwrap();
    let listed: BTreeMap<_, _> = manifest.files.iter().map(|f| (f.path.clone(), f.sha256)).collect();
    let found: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (path.clone(), Digest::of(bytes))).collect();
    assert_eq!(listed, found);
    assert_eq!((manifest.sessions, manifest.steps), (5, 15));
    let key = sessions()[0].header.contributor.to_string();
    let holds = |bytes: &[u8], what: &str| bytes.windows(what.len()).any(|w| w == what.as_bytes());
    assert!(files.values().all(|bytes| !holds(bytes, &key)), "a contributor's key is in the dataset");
}

#[test]
fn line_n_is_record_n_in_the_bytes_that_were_released() {
    let (contents, files) = compiled(&sessions(), &recipe(SPLIT));
    let steps = String::from_utf8(files["steps.jsonl"].clone()).unwrap();
    assert_eq!(steps.lines().count(), contents.records.len());
    for (n, (line, record)) in steps.lines().zip(&contents.records).enumerate() {
        assert_eq!(record.record, n as u64);
        assert_eq!(Digest::of(line.as_bytes()), record.step);
        let image = files.get(&format!("images/{n:06}.png")).map(|bytes| shown(bytes));
        assert_eq!(image, record.frame);
    }
    assert!(contents.records.is_sorted_by_key(|r| (r.session, r.ordinal)));
}

/// The digest of the frame that an image shows.
fn shown(png: &[u8]) -> Digest {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    FrameView::new(reader.info().width, reader.info().height, &rgb).unwrap().digest()
}

#[test]
fn nobody_stands_in_two_splits() {
    let mut many: Vec<_> = (0..24).map(|n| session(n, n / 3, 1)).collect();
    many.rotate_left(5);
    let split = recipe(SPLIT);
    let planned = plan(&many, &split).unwrap();
    let mut of: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for record in &planned {
        of.entry(record.session.header.contributor).or_default().insert(record.split);
    }
    assert!(of.values().all(|splits| splits.len() == 1));
    assert!(
        of.values().flatten().collect::<BTreeSet<_>>().len() > 1,
        "the seed deals everybody to one split"
    );
}

#[test]
fn a_trajectory_ends_only_where_the_session_ended() {
    let terminated = |extra: &str| {
        let (_, files) = compiled(&[session(1, 1, 4)], &recipe(extra));
        String::from_utf8(files["agentnet/train.jsonl"].clone()).unwrap().contains("computer.terminate")
    };
    assert!(terminated(""));
    assert!(!terminated("max_steps = 3\n"));
    assert!(!terminated("filter = \"ordinal < 3\"\n"));
}

#[test]
fn a_trajectory_has_the_published_shape_and_no_thoughts() {
    let (_, files) = compiled(&[session(1, 1, 3)], &recipe(""));
    let line: serde_json::Value = serde_json::from_slice(&files["agentnet/train.jsonl"]).unwrap();
    let expected = serde_json::json!({
        "task_id": "01010101-0101-0101-0101-010101010101",
        "instruction": "Send the form",
        "task_completed": true,
        "traj": [
            {"index": 0, "image": "../images/000000.png", "value": {
                "action": "Single left click on the push button \"Send\"",
                "code": "pyautogui.click(x=0.0, y=0.026)"}},
            {"index": 1, "image": "../images/000001.png", "value": {
                "action": "Type \"it's line 1\\n\" on the push button \"Send\"",
                "code": "pyautogui.write(message='it\\'s line 1')\npyautogui.press(keys=['enter'])"}},
            {"index": 2, "value": {
                "action": "Type 2 keys (which ones was not kept) on the push button \"Send\"", "code": ""}},
            {"index": 3, "value": {
                "action": "The task is done", "code": "computer.terminate(status='success')"}},
        ],
    });
    assert_eq!(line, expected);
}

#[test]
fn an_empty_selection_says_why() {
    assert!(matches!(refused(&[], &recipe("")), CompileError::NoSession));
    let none = refused(&sessions(), &recipe("filter = \"app = 'nothing'\"\n"));
    assert!(matches!(none, CompileError::NothingMatches { sessions: 5, steps: 15 }), "{none}");
}

#[test]
fn a_step_or_frame_that_was_not_released_is_not_written() {
    let mut changed = session(1, 1, 2);
    changed.steps[1].window.title = None;
    assert!(matches!(refused(&[changed], &recipe("")), CompileError::Step { ordinal: 1, .. }));
    let dir = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(dir.path().to_owned());
    let mut other = |_, _: &candor_model::BlobRef| Ok(b"other".to_vec());
    let refused = write(&[session(1, 1, 2)], &recipe(""), &terms(), &mut other, &mut folder).unwrap_err();
    assert!(matches!(refused, CompileError::OtherFrame { ordinal: 0, .. }));
    assert!(matches!(
        super::write(&[session(1, 1, 1), session(1, 1, 1)], &recipe(""), &terms(), &mut frames, &mut folder),
        Err(CompileError::TwiceTheSession { .. })
    ));
}

#[test]
fn lineage_leads_from_each_record_to_its_row() {
    let (contents, files) = compiled(&sessions(), &recipe(SPLIT));
    let read = |path: &str| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&files[path]).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
        arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap()
    };
    let text = |batch: &arrow::array::RecordBatch, column: &str, row: usize| {
        let array = batch.column_by_name(column).unwrap().clone();
        arrow::util::display::array_value_to_string(&array, row).unwrap()
    };
    let lineage = read("lineage.parquet");
    assert_eq!(lineage.num_rows(), contents.records.len());
    for n in 0..lineage.num_rows() {
        let data = read(&text(&lineage, "file", n));
        let row = text(&lineage, "row", n).parse().unwrap();
        for column in ["record", "session", "ordinal"] {
            assert_eq!(text(&lineage, column, n), text(&data, column, row));
        }
        assert_eq!(text(&data, "record", row), n.to_string());
    }
}

#[test]
fn without_formats_there_are_steps_images_and_lineage() {
    let least = b"version = 1\nname = \"a\"\npurpose = \"form-filling\"\nformats = []\n";
    let (_, files) = compiled(&[session(1, 1, 1)], &Recipe::parse(least).unwrap());
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["README.md", "images/000000.png", "lineage.parquet", "manifest.json", "recipe.toml", "steps.jsonl"]
    );
}
