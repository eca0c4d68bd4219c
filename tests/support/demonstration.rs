//! The demonstration, seeded once a run: each test gets a copy of its own.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use essaim::base::clock::Instant;
use essaim::commands::demo::seed;
use essaim::config::Settings;
use essaim::db::DatabaseUrl;
use essaim::web::throttle::Limits;

use super::app::TestApp;
use super::database::{TestDatabase, forget_connections};

/// The day of the first start.
pub const TODAY: &str = "2026-11-23T10:00:00";
/// Public address of the demonstration: links of its mails start with it, wherever a copy is served.
pub const ADDRESS: &str = "http://demonstration.essaim.example";

struct Seeded {
    database: DatabaseUrl,
    files: PathBuf,
}

impl TestApp {
    /// A copy of the demonstration on its first day, with throttles wide open.
    pub fn demonstration() -> Self {
        let seeded = seeded();
        let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
        let adjust = |settings: &mut Settings| {
            adjust(settings);
            link_folder(&seeded.files, &settings.files);
        };
        let app = Self::start_on(|folder| TestDatabase::copy(&seeded.database, folder), adjust, limits);
        app.set_clock(TODAY);
        app
    }
}

fn adjust(settings: &mut Settings) {
    settings.demo = true;
    settings.base_url = ADDRESS.to_owned();
}

fn seeded() -> &'static Seeded {
    static SEEDED: OnceLock<Seeded> = OnceLock::new();
    SEEDED.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("essaim-demonstration-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let database = TestDatabase::create(&folder).keep();
        let mut settings = Settings::read(|_| None).unwrap();
        adjust(&mut settings);
        settings.database = database.clone();
        settings.files = folder.join("files");
        let today = Instant::from_civil(TODAY, "Europe/Paris").unwrap();
        seed(settings.clone(), today, &mut |line| eprintln!("{line}")).unwrap_or_else(|fault| panic!("{fault}"));
        forget_connections(&database);
        Seeded { database, files: settings.files }
    })
}

/// Files are kept by the hash of their bytes and never written again: a copy may share them.
fn link_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            link_folder(&entry.path(), &target);
        } else {
            std::fs::hard_link(entry.path(), target).unwrap();
        }
    }
}
