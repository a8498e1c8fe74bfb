//! `cargo xtask pictures`: the pictures of the contributor's page in the guide, made anew from the demo's invented data.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::run::{cargo, root, run_with};
use crate::{packages, python, web};

const FOLDER: &str = "docs/guide/pictures";
const WALK: &str = "a_person_looks_masks_names_drops_releases_sees_it_released_and_withdraws";
/// Colours of a picture: pages have few.
const SMALLER: &str = "import sys\nfrom PIL import Image\nfor path in sys.argv[1:]:\n    Image.open(path).convert('RGB').quantize(128).save(path, optimize=True)\n";

/// Walks the page in a browser, takes a picture of each room, and makes the files small.
pub(crate) fn make() -> Result<()> {
    packages::install_for_tests()?;
    python::prepare()?;
    web::prepare()?;
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder)?;
    let out = folder.display().to_string();
    let test = ["test", "--release", "--workspace", "--test", "page_browser", WALK];
    run_with(&cargo(), &test, &[("CANDOR_PICTURES", &out)])?;
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "png"));
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let mut arguments = vec!["-c", SMALLER];
    arguments.extend(paths.iter().map(String::as_str));
    run_with("target/python/bin/python", &arguments, &[])
}
