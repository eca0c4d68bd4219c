//! `essaim restore`: everything is verified before anything is written, and `check` has the last word.

use std::path::Path;

use super::manifest::{Manifest, Stored};
use super::{FILES, Outcome, told};
use crate::base::text::count;
use crate::commands::{check, open};
use crate::config::Settings;
use crate::db::{Db, copy_in, must_be_empty};
use crate::fault::Fault;
use crate::files::FileStore;

/// Makes the database and the files again from a backup, in an empty place.
///
/// # Errors
/// When the backup is incomplete, damaged or another version's, when the place is not empty, when the disk refuses.
pub fn run(settings: Settings, source: &Path) -> Result<Outcome, String> {
    let manifest = Manifest::read(source)?;
    let backend = settings.database.backend().label();
    if manifest.backend != backend {
        return Err(format!(
            "this is a backup of {}, and ESSAIM_DATABASE_URL names {backend}: they do not mix",
            manifest.backend
        ));
    }
    if manifest.schema > Db::latest_schema().map_err(told)? {
        return Err(format!("this backup was made by a later version, Essaim {}: use that one", manifest.essaim));
    }
    let copy = source.join(&manifest.database.name);
    let found = Stored::of(&copy).map_err(|e| format!("{}: {e}", copy.display()))?;
    if found != manifest.database {
        return Err(format!("{} is damaged: it is not what the manifest describes", copy.display()));
    }
    if !source.join(FILES).is_dir() && !manifest.files.is_empty() {
        return Err(format!("{} has lost its files", source.display()));
    }
    let from = FileStore::open(source.join(FILES)).map_err(told)?;
    for name in &manifest.files {
        from.get(name)
            .map_err(|fault| format!("a file of the backup is missing or damaged: {}", file(name, &fault)))?;
    }
    must_be_empty(&settings.database).map_err(told)?;
    let to = FileStore::open(&settings.files).map_err(told)?;
    if !to.is_empty().map_err(told)? {
        return Err(format!("{} is not empty: a restoration needs an empty place", settings.files.display()));
    }
    for name in &manifest.files {
        to.put(&from.get(name).map_err(told)?).map_err(told)?;
    }
    // Last: a restoration cut short leaves no database that could be served without its files.
    copy_in(&settings.database, &copy).map_err(told)?;
    drop(open(settings.clone())?);
    println!(
        "Restored {} of {} and the {backend} database.",
        count(manifest.files.len(), "file", "files"),
        manifest.made_at
    );
    check::run(settings)
}

fn file(name: &str, fault: &Fault) -> String {
    format!("{name} ({fault})")
}
