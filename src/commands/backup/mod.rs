//! `essaim backup` and `essaim restore`: the database and the files, copied while the service runs.
//!
//! The database first, the files after it. Files are named by their content, written before the row that names them
//! is committed, never changed and never removed: whatever the copy of the database names is there to be copied
//! afterwards. In the other order a dossier submitted in between would have a receipt in the database and none in the
//! files.

mod manifest;
mod restore;

use std::fs;
use std::path::Path;

use manifest::{Manifest, Stored};
pub use restore::run as restore;

use super::{Outcome, told};
use crate::base::clock::Clock;
use crate::base::text::count;
use crate::config::Settings;
use crate::db::{Backend, Db, copy_out};
use crate::files::FileStore;

/// Folder of the copied files, in a backup.
const FILES: &str = "files";

/// Copies the database and the files into a folder of its own.
///
/// # Errors
/// When the folder is not empty, or when the database or the disk refuses: what is then left in it is no backup, and
/// says so by having no manifest.
pub fn run(settings: &Settings, target: &Path) -> Result<Outcome, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", target.display());
    fs::create_dir_all(target).map_err(failed)?;
    if fs::read_dir(target).map_err(failed)?.next().is_some() {
        return Err(format!("{} is not empty: a backup has a folder of its own", target.display()));
    }
    private(target).map_err(failed)?;
    let backend = settings.database.backend();
    let made_at = Clock::System.now().iso();
    let copy = target.join(match backend {
        Backend::Sqlite => "essaim.sqlite3",
        Backend::Postgres => "essaim.pgdump",
    });
    copy_out(&settings.database, &copy).map_err(told)?;
    let schema = Db::connect(&settings.database, 1).and_then(|db| db.schema()).map_err(told)?;
    let (from, to) =
        (FileStore::open(&settings.files).map_err(told)?, FileStore::open(target.join(FILES)).map_err(told)?);
    let (mut files, mut damaged) = (Vec::new(), Vec::new());
    for name in from.names().map_err(told)? {
        match from.get(&name) {
            Ok(bytes) => files.push(to.put(&bytes).map_err(told)?),
            Err(fault) => damaged.push(fault),
        }
    }
    let number = count(files.len(), "file", "files");
    let database = Stored::of(&copy).map_err(failed)?;
    Manifest::new(backend.label(), schema, made_at, database, files).write(target).map_err(failed)?;
    println!("Backed up into {}: the {} database and {number}.", target.display(), backend.label());
    for fault in &damaged {
        println!("    left out: {fault}");
    }
    Ok(if damaged.is_empty() { Outcome::Good } else { Outcome::Problems })
}

/// What people wrote is in there: for the account that made it, and no other.
fn private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}
