//! `essaim demo`

use std::net::TcpListener;
use std::path::Path;

use super::{Outcome, told};
use crate::base::clock::Clock;
use crate::config::Settings;
use crate::db::DatabaseUrl;
use crate::mail::Transport;
use crate::service::Service;

/// Serves the demonstration kept in `folder`, seeding it at the first start.
///
/// # Errors
/// When the folder, the address or the seeding fails.
pub fn run(folder: &Path, bind: &str, reset: bool) -> Result<Outcome, String> {
    let address = bind.parse().map_err(|_| format!("--bind {bind}: expected ADDRESS:PORT"))?;
    let listener = TcpListener::bind(address).map_err(|e| format!("{bind}: {e}"))?;
    if reset && folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut settings = Settings::read(|_| None).map_err(|e| e.join("\n"))?;
    settings.database = DatabaseUrl::Sqlite(folder.join("essaim.sqlite3"));
    settings.files = folder.join("files");
    settings.bind = address;
    settings.base_url = format!("http://{address}");
    settings.demo = true;
    let service = Service::open(settings, Clock::System).map_err(told)?;
    service.db.migrate().map_err(told)?;
    super::serve::serve(service, listener, Some(Transport::Kept))
}
