//! Opening a folder.

use super::world::*;
use crate::store;
use crate::testing::{at, counter};
use crate::{OpenError, Vault};

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let world = World::empty(charter_with(&[]));
    let error = open(&world.dir, silent(), PROPOSED).unwrap_err();
    assert!(matches!(error, OpenError::InUse), "{error:?}");
}

#[test]
fn another_root_key_is_refused_and_changes_nothing() {
    let World { dir, vault, folder, .. } = World::running();
    drop(vault);
    let before = files(&dir);
    let error = Vault::open(&dir, &[1; 32], ORIGIN, silent(), at(GIVEN), &mut counter()).unwrap_err();
    assert!(matches!(error, OpenError::WrongRootKey(_)), "{error:?}");
    assert_eq!(files(&dir), before);
    drop(folder);
}

#[test]
fn a_folder_without_its_keys_is_refused_instead_of_getting_new_ones() {
    let World { dir, vault, folder, .. } = World::running();
    drop(vault);
    std::fs::remove_file(dir.join("keys/organisation.key")).unwrap();
    assert!(matches!(open(&dir, silent(), GIVEN), Err(OpenError::KeysMissing)));
    drop(folder);
}

#[test]
fn another_origin_and_a_newer_database_are_refused() {
    let World { dir, vault, folder, .. } = World::running();
    drop(vault);
    let error =
        Vault::open(&dir, &ROOT, "example.test/other", silent(), at(GIVEN), &mut counter()).unwrap_err();
    assert!(matches!(error, OpenError::Store(store::StoreError::OtherOrigin { .. })), "{error:?}");
    let connection = rusqlite::Connection::open(dir.join("meta.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let error = open(&dir, silent(), GIVEN).unwrap_err();
    assert!(matches!(error, OpenError::Store(store::StoreError::Newer { found: 2 })), "{error:?}");
    drop(folder);
}

#[test]
fn a_database_put_back_behind_the_log_is_refused() {
    let World { dir, vault, folder, charter } = World::running();
    drop(vault);
    let aside = folder.as_ref().unwrap().path().join("meta.sqlite");
    std::fs::copy(dir.join("meta.sqlite"), &aside).unwrap();
    let mut world = World { vault: open(&dir, silent(), GIVEN).unwrap(), dir, folder, charter };
    world.grant(0).unwrap();
    drop(world.vault);
    for file in ["meta.sqlite-wal", "meta.sqlite-shm"] {
        let _ = std::fs::remove_file(world.dir.join(file));
    }
    std::fs::copy(&aside, world.dir.join("meta.sqlite")).unwrap();
    assert!(matches!(open(&world.dir, silent(), GIVEN), Err(OpenError::Log(_))));
}

#[test]
fn orphans_of_a_crash_are_removed_and_the_rest_stays() {
    let mut world = World::filled();
    let stray = world.dir.join("sessions").join(session(9).to_string());
    std::fs::create_dir_all(stray.join("blobs")).unwrap();
    let half = world.dir.join("sessions/.unfinished-half");
    std::fs::create_dir_all(&half).unwrap();
    let key =
        world.dir.join(format!("keys/contributor-{}.key", candor_model::ConsentId::from_bytes([9; 16])));
    std::fs::copy(world.key_file(0), &key).unwrap();
    world.reopen(USED);
    assert!(!stray.exists() && !half.exists() && !key.exists());
    assert_eq!(world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap().len(), 2);
}

#[test]
fn everything_is_there_after_a_restart() {
    let mut world = World::filled();
    let before = world.vault.programs(at(USED)).unwrap();
    world.reopen(USED);
    let after = world.vault.programs(at(USED)).unwrap();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    let usable = world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    let opened = world.vault.open_session(&usable[0].permit, usable[0].session).unwrap();
    assert_eq!(opened.steps, world.bundle(0).steps);
}

#[test]
fn files_of_keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::consented();
    for path in [world.key_file(0), world.dir.join("keys/organisation.key"), world.dir.join("keys/log.key")] {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
