//! `essaim serve`

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::Data;

use super::{Outcome, open, told};
use crate::app;
use crate::base::clock::Instant;
use crate::config::Settings;
use crate::config::legal::LegalTexts;
use crate::decisions;
use crate::dossiers::actions::remind_drafts;
use crate::fault::Fault;
use crate::followup::actions::remind_due;
use crate::instruction::actions::remind_late;
use crate::mail::{Transport, deliver_due};
use crate::service::Service;
use crate::web::throttle::Limits;
use crate::web::{Site, start};

/// # Errors
/// When a setting cannot be honoured: database, address, mail relay.
pub fn run(settings: Settings) -> Result<Outcome, String> {
    let transport = match &settings.smtp_url {
        Some(url) => Some(Transport::smtp(url, &settings.mail_from)?),
        None => {
            tracing::warn!("ESSAIM_SMTP_URL is not set: mails wait in the outbox");
            None
        }
    };
    if settings.legal == LegalTexts::default() {
        tracing::warn!("ESSAIM_LEGAL is not set: the pages that the law asks for say what is missing");
    }
    let service = open(settings)?;
    let address = service.settings.bind;
    let listener = TcpListener::bind(address).map_err(|e| format!("{address}: {e}"))?;
    println!("Essaim listens on http://{address} (published as {}).", service.settings.base_url);
    println!("Stop with Ctrl+C.");
    serve(service, listener, transport)
}

/// Serves until a signal, reminding projects of their reports and delivering mail meanwhile.
///
/// # Errors
/// When the server cannot start.
pub fn serve(service: Service, listener: TcpListener, transport: Option<Transport>) -> Result<Outcome, String> {
    let site = Data::new(app::site(service, Limits::default()).map_err(told)?);
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let result = actix_web::rt::System::new().block_on(async move {
        let server = start(site.clone(), listener, workers)?;
        actix_web::rt::spawn(remind_for_ever(site.clone()));
        actix_web::rt::spawn(send_batches_for_ever(site.clone()));
        if let Some(transport) = transport {
            actix_web::rt::spawn(deliver_for_ever(site, transport));
        }
        server.await
    });
    result.map_err(|e| e.to_string())?;
    Ok(Outcome::Good)
}

async fn deliver_for_ever(site: Data<Site>, transport: Transport) {
    const PAUSE: Duration = Duration::from_secs(5);
    let transport = std::sync::Arc::new(transport);
    loop {
        let (site, transport) = (site.clone(), transport.clone());
        let round = actix_web::web::block(move || {
            let service = &site.service;
            deliver_due(&service.db, &service.files, &transport, service.clock.now())
        });
        if let Ok(Err(fault)) = round.await {
            tracing::error!(%fault, "mail delivery stopped for this round");
        }
        actix_web::rt::time::sleep(PAUSE).await;
    }
}

/// Each kind is sent on its own: one that fails does not keep the others back.
const REMINDERS: [fn(&Service, Instant) -> Result<usize, Fault>; 3] = [remind_drafts, remind_late, remind_due];

async fn remind_for_ever(site: Data<Site>) {
    const PAUSE: Duration = Duration::from_secs(60);
    loop {
        let serving = site.clone();
        let round = actix_web::web::block(move || {
            let service = &serving.service;
            let now = service.clock.now();
            for remind in REMINDERS {
                if let Err(fault) = remind(service, now) {
                    tracing::error!(%fault, "reminders of one kind stopped for this round");
                }
            }
        });
        if let Err(error) = round.await {
            tracing::error!(%error, "reminders stopped for this round");
        }
        actix_web::rt::time::sleep(PAUSE).await;
    }
}

/// Works through the batches of letters a few at a time, so that requests keep their turn at the database.
async fn send_batches_for_ever(site: Data<Site>) {
    const STEP: i64 = 20;
    const IDLE: Duration = Duration::from_secs(2);
    const BREATH: Duration = Duration::from_millis(5);
    loop {
        let site = site.clone();
        let round = actix_web::web::block(move || {
            let service = &site.service;
            decisions::actions::step(service, service.clock.now(), STEP)
        });
        let pause = match round.await {
            Ok(Ok(sent)) if sent > 0 => BREATH,
            Ok(Err(fault)) => {
                tracing::error!(%fault, "a batch of letters stopped for this round");
                IDLE
            }
            _ => IDLE,
        };
        actix_web::rt::time::sleep(pause).await;
    }
}
