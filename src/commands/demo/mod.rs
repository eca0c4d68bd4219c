//! `essaim demo`: a service with fictitious data, made through the same operations as the pages.
//!
//! Reading order: `data` (what `seeds/demo` says), `story` (when things happened), `people`, `organisations`, `plan`
//! (from the story to an `agenda`), `replay` (who acts), then one file per stage: `entry`, `assess`, `committee`,
//! `decide`, `pay`, `follow`.

mod agenda;
mod assess;
mod committee;
mod data;
mod decide;
mod entry;
mod follow;
mod organisations;
mod pay;
mod people;
mod plan;
mod replay;
mod story;

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant as Stopwatch;

use diesel::prelude::*;

use self::agenda::Agenda;
use self::people::PeopleFile;
use self::plan::plan;
use self::replay::{Replay, Told};
use self::story::{Calendar, Story};

use super::{Outcome, told};
use crate::access::Author;
use crate::base::clock::{Clock, Instant, PARIS};
use crate::calls::definition;
use crate::config::Settings;
use crate::db::DatabaseUrl;
use crate::db::schema::calls;
use crate::fault::Fault;
use crate::mail::{Transport, deliver_due};
use crate::service::Service;

/// Password of every account of the demonstration.
pub const PASSWORD: &str = "une abeille, deux ruches";
/// Before anything happens.
const BEGINNING: &str = "2021-06-01T09:00:00";

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
        let started = Stopwatch::now();
        seed(aside, Clock::System.now(), &mut |line| println!("{line}")).map_err(told)?;
        println!("Données créées en {} secondes.", started.elapsed().as_secs());
        std::fs::rename(workshop.join("essaim.sqlite3"), folder.join("essaim.sqlite3"))
            .map_err(|e| format!("{}: {e}", folder.display()))?;
        let _ = std::fs::remove_dir_all(&workshop);
    }
    let service = Service::open(settings, Clock::System).map_err(told)?;
    service.db.migrate().map_err(told)?;
    super::serve::serve(service, listener, Some(Transport::Kept), |address, _| tell(&address))
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

/// Replays the dated scenario on a fresh database, then the live calls around `today`. `tell` hears a line as each
/// stage ends.
///
/// # Errors
/// When an operation refuses: a seed that breaks a rule is a mistake of the seed.
pub fn seed(settings: Settings, today: Instant, tell: &mut dyn FnMut(&str)) -> Result<(), Fault> {
    let service = Service::open(settings, Clock::fixed(Instant::from_civil(BEGINNING, PARIS).unwrap_or(today)))?;
    service.db.migrate()?;
    let file = data::people::<PeopleFile>()?;
    let mut people = people::seed_institutions(&service, &file)?;
    let calendar = Calendar { today: today.in_zone(PARIS).date() };
    let told = calls(&service, calendar)?;
    let by_code: HashMap<_, _> = told.iter().map(|told| (told.code.clone(), told.call)).collect();
    people::seed(&service, &file, &by_code, &mut people)?;
    let mut agenda = Agenda::default();
    for told in &told {
        plan(&mut agenda, calendar, told)?;
    }
    let mut replay = Replay::new(&service, &people, calendar);
    agenda.play(&mut replay, tell)?;
    // The demonstration has no mail server: its mails are kept where visitors read them.
    deliver_due(&service.db, &service.files, &Transport::Kept, today)?;
    service.read(|conn| {
        if let crate::db::Conn::Sqlite(sqlite) = conn {
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(sqlite)?;
        }
        Ok(())
    })
}

/// Imports every call that has a story.
fn calls(service: &Service, calendar: Calendar) -> Result<Vec<Told>, Fault> {
    let mut all = Vec::new();
    for folder in data::folders() {
        let story: Story = data::story(&folder)?;
        let text = data::call_file(&story.file)?;
        let definition = definition::parse_at(&text, &story.file, calendar.today).map_err(|mistakes| {
            Fault::internal(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        let now = service.clock.now();
        let call = service.perform(Author::console(), now, |op| crate::calls::actions::import(op, &definition))?;
        all.push(Told { code: definition.call.code.clone(), call, story, dossiers: data::dossiers(&folder)? });
    }
    Ok(all)
}

fn tell(address: &std::net::SocketAddr) -> Result<(), String> {
    let file = data::people::<PeopleFile>().map_err(told)?;
    println!();
    println!("Essaim, démonstration : http://{address}");
    println!();
    println!("Un compte par rôle, tous avec le mot de passe « {PASSWORD} » :");
    for person in file.people.iter().filter(|person| person.told) {
        println!("  {:<38} {}", person.email, person.title);
    }
    println!();
    println!("Courriels envoyés : http://{address}/demo/courriels");
    println!("Pour arrêter : Ctrl+C. Relancée, la démonstration garde ce qui a été fait ;");
    println!("pour repartir de zéro : --reset.");
    Ok(())
}
