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
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

use diesel::prelude::*;

use self::agenda::Agenda;
use self::people::PeopleFile;
use self::plan::plan;
use self::replay::{Replay, Told};
use self::story::{Calendar, Story};

use super::serve::{listen, serve};
use super::{Outcome, told};
use crate::access::Author;
use crate::base::clock::{Clock, Instant, PARIS};
use crate::calls::definition;
use crate::config::Settings;
use crate::db::{DatabaseUrl, Place};
use crate::fault::Fault;
use crate::mail::{Transport, deliver_due};
use crate::service::Service;

/// Password of every account of the demonstration.
pub const PASSWORD: &str = "une abeille, deux ruches";
/// Where the demonstration lives, and where it is made: a file of its folder, or a schema of the database named.
const HOME: (&str, &str) = ("essaim.sqlite3", "essaim_demo");
const WORKSHOP: (&str, &str) = ("en-preparation.sqlite3", "essaim_demo_en_preparation");
/// Before anything happens.
const BEGINNING: &str = "2021-06-01T09:00:00";

/// What `essaim demo` was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where its files are, and its database unless a server is named.
    pub folder: PathBuf,
    /// `postgres://…` of a database in which the demonstration keeps a schema of its own.
    pub server: Option<String>,
    pub bind: SocketAddr,
    /// Throws away what was done.
    pub reset: bool,
}

/// Serves the demonstration, seeding it at the first start.
///
/// # Errors
/// When the folder, the database, the address or the seeding fails.
pub fn run(options: &Options) -> Result<Outcome, String> {
    let listener = listen(options.bind)?;
    let settings = settings(options)?;
    let home = place(options, HOME)?;
    if options.reset {
        clear(&home, &settings.files)?;
    }
    if !home.exists().map_err(told)? {
        println!("Première mise en route : création des données de démonstration…");
        let started = Stopwatch::now();
        install(&home, &place(options, WORKSHOP)?, |database| {
            let aside = Settings { database, ..settings.clone() };
            seed(aside, Clock::System.now(), &mut |line| println!("{line}"))
        })
        .map_err(told)?;
        println!("Données créées en {} secondes.", started.elapsed().as_secs());
    }
    let service = Service::open(settings, Clock::System).map_err(told)?;
    service.db.migrate().map_err(told)?;
    serve(service, listener, Some(Transport::Kept), |address, _| tell(&address))
}

/// Seeds aside and puts in place whole: a start that is cut short begins again.
///
/// # Errors
/// When the database refuses, or what `seed` answers.
pub fn install(
    home: &Place,
    workshop: &Place,
    seed: impl FnOnce(DatabaseUrl) -> Result<(), Fault>,
) -> Result<(), Fault> {
    workshop.make()?;
    seed(workshop.url())?;
    workshop.become_place(home)
}

fn place(options: &Options, (file, schema): (&str, &'static str)) -> Result<Place, String> {
    let read = |url: &str| DatabaseUrl::parse(url, |name| std::env::var(name).ok());
    match options.server.as_deref().map(read).transpose() {
        Ok(None) => Ok(Place::File(options.folder.join(file))),
        Ok(Some(DatabaseUrl::Postgres(server))) => Ok(Place::Schema { server, name: schema }),
        Ok(Some(DatabaseUrl::Sqlite(_))) => {
            Err("--database: expected postgres://USER@HOST/DATABASE; without it, the database is in --folder"
                .to_owned())
        }
        Err(expected) => Err(format!("--database: {expected}")),
    }
}

/// Nothing else in the folder or in the database is touched.
fn clear(home: &Place, files: &Path) -> Result<(), String> {
    home.remove().map_err(told)?;
    match std::fs::remove_dir_all(files) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", files.display())),
        _ => Ok(()),
    }
}

fn settings(options: &Options) -> Result<Settings, String> {
    let mut settings = Settings::read(|_| None).map_err(|e| e.join("\n"))?;
    settings.database = place(options, HOME)?.url();
    settings.files = options.folder.join("files");
    settings.bind = options.bind;
    settings.base_url = format!("http://{}", options.bind);
    settings.legal = data::legal().map_err(told)?;
    settings.demo = true;
    Ok(settings)
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
    // Nobody has a year of old news waiting.
    agenda.plan(calendar.at("J-30T08:00:00")?, "notifications lues", "tous", Replay::read_news);
    let mut replay = Replay::new(&service, &people, calendar);
    agenda.play(&mut replay, tell)?;
    // The demonstration has no mail server: its mails are kept where visitors read them.
    deliver_due(&service.db, &service.files, &Transport::Kept, today)?;
    service.db.maintain(|conn| {
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

fn tell(address: &SocketAddr) -> Result<(), String> {
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
