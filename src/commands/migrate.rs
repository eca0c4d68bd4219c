//! `essaim migrate`

use super::{Outcome, told};
use crate::config::Settings;
use crate::db::Db;

/// # Errors
/// When the database cannot be reached or a migration fails.
pub fn run(settings: Settings) -> Result<Outcome, String> {
    if let crate::db::DatabaseUrl::Sqlite(path) = &settings.database
        && let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let db = Db::connect(&settings.database, 1).map_err(told)?;
    let applied = db.migrate().map_err(told)?;
    if applied.is_empty() {
        println!("The {} schema is up to date.", db.backend().label());
    }
    for version in applied {
        println!("Applied migration {version}.");
    }
    Ok(Outcome::Good)
}
