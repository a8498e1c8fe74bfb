//! Which version follows which: by the manifests that the vault keeps beside its copies of datasets.

use candor_consent::Charter;
use candor_model::Digest;
use candor_model::evidence::DatasetManifest;
use candor_vault::Vault;

use crate::error::CompileError;
use crate::folder::{Folder, Staging};
use crate::recipe::Recipe;

const MANIFEST: &str = "manifest.json";

/// The latest version of this recipe that a withdrawal flagged and nothing replaced yet.
pub(crate) fn superseded_by(
    vault: &Vault,
    charter: &Charter,
    recipe: &Recipe,
) -> Result<Option<Digest>, CompileError> {
    let versions = vault.datasets(&charter.digest())?.into_iter().rev();
    let mut flagged = versions.filter(|version| {
        version.flagged_at.is_some()
            && version.superseded_by.is_none()
            && version.purpose == *recipe.purpose()
    });
    let same_recipe = |dataset: &Digest| recipe_of(vault, dataset) == Some(recipe.digest());
    Ok(flagged.find(|version| same_recipe(&version.dataset)).map(|version| version.dataset))
}

/// The recipe of an earlier version. A version whose manifest is gone or damaged is not said to be replaced by anything.
fn recipe_of(vault: &Vault, dataset: &Digest) -> Option<Digest> {
    let bytes = std::fs::read(vault.dataset_folder(dataset).join(MANIFEST)).ok()?;
    let manifest: DatasetManifest = serde_json::from_slice(&bytes).ok()?;
    (Digest::of(&bytes) == *dataset).then_some(manifest.recipe)
}

/// Keeps the manifest: an erasure leaves it, so that a flagged version can still be told what it was. A crash after this
/// and before the export leaves a manifest that no version names.
pub(crate) fn keep_manifest(vault: &Vault, dataset: &Digest, manifest: &[u8]) -> Result<(), CompileError> {
    let folder = vault.dataset_folder(dataset);
    if folder.join(MANIFEST).exists() {
        return Ok(());
    }
    let staging = Staging::begin(&folder)?;
    Folder::new(staging.path().to_owned()).put(MANIFEST, manifest)?;
    Ok(staging.publish()?)
}
