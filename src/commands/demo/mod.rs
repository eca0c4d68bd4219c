//! `essaim demo`: a service with fictitious data, made through the same operations as the pages.
//!
//! Reading order: [`data`] (what `seeds/demo` says), [`people`], [`dossiers`], [`replay`].

pub mod data;
mod dossiers;
mod people;
mod replay;

use std::net::TcpListener;
use std::path::Path;

use diesel::prelude::*;

use super::{Outcome, told};
use crate::base::clock::{Clock, Instant, PARIS};
use crate::config::Settings;
use crate::db::DatabaseUrl;
use crate::db::schema::calls;
use crate::fault::Fault;
use crate::mail::{Transport, deliver_due};
use crate::service::Service;

/// Password of every account of the demonstration.
pub const PASSWORD: &str = "une abeille, deux ruches";

/// Serves the demonstration kept in `folder`, seeding it at the first start.
///
/// # Errors
/// When the folder, the address or the seeding fails.
pub fn run(folder: &Path, bind: &str, reset: bool) -> Result<Outcome, String> {
    let address: std::net::SocketAddr = bind.parse().map_err(|_| format!("--bind {bind}: expected ADDRESS:PORT"))?;
    let listener = TcpListener::bind(address).map_err(|e| format!("{bind}: {e}"))?;
    if reset && folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let settings = settings(folder, &address)?;
    if !is_seeded(&settings).map_err(told)? {
        println!("Première mise en route : création des données de démonstration…");
        // Seeded aside and put in place whole: a start that is cut short begins again.
        let workshop = folder.join("en-preparation");
        let _ = std::fs::remove_dir_all(&workshop);
        let mut aside = settings.clone();
        aside.database = DatabaseUrl::Sqlite(workshop.join("essaim.sqlite3"));
        seed(aside, Clock::System.now()).map_err(told)?;
        std::fs::rename(workshop.join("essaim.sqlite3"), folder.join("essaim.sqlite3"))
            .map_err(|e| format!("{}: {e}", folder.display()))?;
        let _ = std::fs::remove_dir_all(&workshop);
    }
    let service = Service::open(settings, Clock::System).map_err(told)?;
    service.db.migrate().map_err(told)?;
    tell(&address)?;
    super::serve::serve(service, listener, Some(Transport::Kept))
}

fn settings(folder: &Path, address: &std::net::SocketAddr) -> Result<Settings, String> {
    let mut settings = Settings::read(|_| None).map_err(|e| e.join("\n"))?;
    settings.database = DatabaseUrl::Sqlite(folder.join("essaim.sqlite3"));
    settings.files = folder.join("files");
    settings.bind = *address;
    settings.base_url = format!("http://{address}");
    settings.demo = true;
    Ok(settings)
}

fn is_seeded(settings: &Settings) -> Result<bool, Fault> {
    match &settings.database {
        DatabaseUrl::Sqlite(path) if !path.exists() => Ok(false),
        _ => {
            let service = Service::open(settings.clone(), Clock::System)?;
            service.db.migrate()?;
            service.read(|conn| Ok(calls::table.count().get_result::<i64>(conn)? > 0))
        }
    }
}

/// Replays the dated scenario on a fresh database, then the live call around `today`.
///
/// # Errors
/// When an operation refuses: a seed that breaks a rule is a mistake of the seed.
pub fn seed(settings: Settings, today: Instant) -> Result<(), Fault> {
    let clock = Clock::fixed(Instant::from_civil("2021-08-16T09:00:00", PARIS).unwrap_or(today));
    let service = Service::open(settings, clock)?;
    service.db.migrate()?;
    let people = people::seed(&service, today)?;
    dossiers::seed(&service, &people, today)?;
    // The demonstration has no mail server: its mails are kept where visitors read them.
    deliver_due(&service.db, &service.files, &Transport::Kept, today)?;
    service.read(|conn| {
        if let crate::db::Conn::Sqlite(sqlite) = conn {
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(sqlite)?;
        }
        Ok(())
    })
}

fn tell(address: &std::net::SocketAddr) -> Result<(), String> {
    let people = data::people().map_err(told)?;
    println!();
    println!("Essaim, démonstration : http://{address}");
    println!();
    println!("Un compte par rôle, tous avec le mot de passe « {PASSWORD} » :");
    for person in &people.people {
        println!("  {:<38} {}", person.email, person.title);
    }
    println!();
    println!("Courriels envoyés : http://{address}/demo/courriels");
    println!("Pour arrêter : Ctrl+C. Relancée, la démonstration garde ce qui a été fait ;");
    println!("pour repartir de zéro : --reset.");
    Ok(())
}
