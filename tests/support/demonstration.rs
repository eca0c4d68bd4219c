//! The demonstration, seeded on a known day.

use std::num::NonZeroU32;

use essaim::base::clock::Instant;
use essaim::commands::demo::seed;
use essaim::web::throttle::Limits;

use super::app::TestApp;

/// The day of the first start.
pub const TODAY: &str = "2026-11-23T10:00:00";

impl TestApp {
    /// The demonstration on its first day, with throttles wide open.
    pub fn demonstration() -> Self {
        let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
        let app = Self::start_with(|settings| settings.demo = true, limits);
        let today = Instant::from_civil(TODAY, "Europe/Paris").unwrap();
        seed(app.service().settings.clone(), today, &mut |line| eprintln!("{line}"))
            .unwrap_or_else(|fault| panic!("{fault}"));
        app.set_clock(TODAY);
        app
    }
}
