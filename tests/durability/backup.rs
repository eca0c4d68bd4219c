//! Backing up while people work, restoring elsewhere; a backup that is not whole is refused with its reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use essaim::db::DatabaseUrl;

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::{copy_folder, prepared};
use super::process::{Served, check, run, said};
use super::work::{Answer, Deed};
use crate::support::Client;

/// Backs up into a folder of the place's own.
fn back_up(place: &Place) -> PathBuf {
    let target = place.folder().join("backup");
    let output = run(place, &["backup", target.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    target
}

fn restore(place: &Place, source: &Path) -> std::process::Output {
    run(place, &["restore", source.to_str().unwrap()])
}

#[test]
fn a_backup_made_while_people_work_holds_all_they_were_told_before() {
    let place = Place::new();
    let served = Served::start(&place, None);
    let deeds = &prepared().deeds;
    let (told, over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let (before, target) = std::thread::scope(|scope| {
        for hand in 0..4 {
            let (told, over, served) = (&told, &over, &served);
            scope.spawn(move || {
                let client = Client::new(&served.base_url);
                for deed in deeds.iter().skip(hand).step_by(4) {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let answer = deed.do_and_read(&client);
                    assert!(answer.is_acknowledged(), "{answer:?}");
                    told.lock().unwrap().push((deed.clone(), answer));
                }
            });
        }
        while told.lock().unwrap().len() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let before: Vec<(Deed, Answer)> = told.lock().unwrap().drain(..).collect();
        let target = back_up(&place);
        over.store(true, Ordering::SeqCst);
        (before, target)
    });
    let meanwhile = told.into_inner().unwrap();
    assert!(!meanwhile.is_empty(), "people went on while the backup was made");
    let elsewhere = Place::empty();
    let output = restore(&elsewhere, &target);
    assert!(output.status.success(), "{}", said(&output));
    check(&elsewhere);
    let restored = Inventory::of(&elsewhere);
    restored.is_sound();
    let (kept, answers): (Vec<Deed>, Vec<Answer>) = before.into_iter().unzip();
    restored.keeps(&kept, &answers);
    // The restored service serves: whatever came after the backup can be done there.
    let mut again = Served::start(&elsewhere, None);
    let late = meanwhile.last().map(|(deed, _)| deed).unwrap();
    assert!(late.do_and_read(&again.client()).is_acknowledged());
    again.stop();
    let copied = fs::metadata(&target).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&copied) & 0o777, 0o700, "for nobody else's eyes");
}

/// A restoration of what `damage` leaves of a backup is refused, and leaves nothing behind.
#[track_caller]
fn refused(backup: &Path, damage: impl FnOnce(&Path), why: &str) {
    let work = tempfile::tempdir().unwrap();
    let damaged = work.path().join("backup");
    copy_whole(backup, &damaged);
    damage(&damaged);
    let elsewhere = Place::empty();
    let output = restore(&elsewhere, &damaged);
    assert!(!output.status.success(), "a damaged backup is restored: {}", said(&output));
    assert!(said(&output).contains(why), "{}", said(&output));
    if let DatabaseUrl::Sqlite(path) = &elsewhere.database {
        assert!(!path.exists(), "nothing is written before everything is verified");
    }
    assert!(!elsewhere.files.exists(), "nothing is written before everything is verified");
}

/// Copies, not links: what follows damages them.
fn copy_whole(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_whole(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn database_of(backup: &Path) -> PathBuf {
    let copies = ["essaim.sqlite3", "essaim.pgdump"].map(|name| backup.join(name));
    copies.into_iter().find(|path| path.exists()).unwrap()
}

fn some_file(backup: &Path) -> PathBuf {
    let folder = fs::read_dir(backup.join("files")).unwrap().next().unwrap().unwrap().path();
    fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

/// Turns one byte in the middle.
fn alter(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_no_whole_backup_is_refused_with_its_reason() {
    let place = Place::new();
    let backup = back_up(&place);
    let rewrite = |folder: &Path, from: &str, to: &str| {
        let path = folder.join("manifest.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    refused(&backup, |b| fs::remove_file(b.join("manifest.json")).unwrap(), "is no complete backup");
    refused(&backup, |b| fs::write(b.join("manifest.json"), "{\"format\": 1").unwrap(), "manifest.json is damaged");
    refused(&backup, |b| rewrite(b, "\"format\": 1", "\"format\": 2"), "restore it with that version");
    refused(&backup, |b| alter(&database_of(b)), "it is not what the manifest describes");
    refused(
        &backup,
        |b| {
            let file = fs::File::options().write(true).open(database_of(b)).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        },
        "it is not what the manifest describes",
    );
    refused(&backup, |b| alter(&some_file(b)), "missing or damaged");
    refused(&backup, |b| fs::remove_file(some_file(b)).unwrap(), "missing or damaged");
    refused(&backup, |b| fs::remove_dir_all(b.join("files")).unwrap(), "has lost its files");
    refused(&backup, |b| rewrite(b, "\"schema\": \"2", "\"schema\": \"3"), "made by a later version");
    let (own, other) =
        if crate::support::database::server().is_some() { ("postgresql", "sqlite") } else { ("sqlite", "postgresql") };
    refused(
        &backup,
        |b| rewrite(b, &format!("\"backend\": \"{own}\""), &format!("\"backend\": \"{other}\"")),
        "do not mix",
    );
}

#[test]
fn nothing_is_written_over() {
    let place = Place::new();
    let backup = back_up(&place);
    // A second backup into the same folder.
    let output = run(&place, &["backup", backup.to_str().unwrap()]);
    assert!(!output.status.success() && said(&output).contains("is not empty"), "{}", said(&output));
    // A restoration onto the living service.
    let output = restore(&place, &backup);
    assert!(!output.status.success() && said(&output).contains("needs an empty place"), "{}", said(&output));
    check(&place);
    // Files without their database.
    let elsewhere = Place::empty();
    copy_folder(&prepared().files, &elsewhere.files);
    let output = restore(&elsewhere, &backup);
    assert!(!output.status.success() && said(&output).contains("is not empty"), "{}", said(&output));
    // The log of a database that was removed.
    if let DatabaseUrl::Sqlite(path) = &Place::empty().database {
        let elsewhere = Place::empty();
        let DatabaseUrl::Sqlite(own) = &elsewhere.database else { panic!("{path:?}") };
        fs::write(format!("{}-wal", own.display()), "old").unwrap();
        let output = restore(&elsewhere, &backup);
        assert!(!output.status.success() && said(&output).contains("-wal exists"), "{}", said(&output));
    }
    // A database that is not there is not made by asking for its backup.
    if let DatabaseUrl::Sqlite(path) = &Place::empty().database {
        let nowhere = Place::empty();
        let target = nowhere.folder().join("backup");
        let output = run(&nowhere, &["backup", target.to_str().unwrap()]);
        assert!(!output.status.success() && said(&output).contains("there is no such database"), "{}", said(&output));
        assert!(!target.join("manifest.json").exists() && !path.exists());
    }
}

#[test]
fn a_damaged_file_is_told_and_does_not_keep_the_rest_from_being_saved() {
    let place = Place::new();
    let victim = some_file(place.files.parent().unwrap());
    let bytes = fs::read(&victim).unwrap();
    // The prepared file is linked: put another in its place.
    fs::remove_file(&victim).unwrap();
    fs::write(&victim, &bytes[1..]).unwrap();
    let target = place.folder().join("backup");
    let output = run(&place, &["backup", target.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("left out: file "), "{}", said(&output));
    let elsewhere = Place::empty();
    let output = restore(&elsewhere, &target);
    assert_eq!(output.status.code(), Some(1), "what is missing is said: {}", said(&output));
    assert!(said(&output).contains("absent") && said(&output).contains("Restored"), "{}", said(&output));
}
