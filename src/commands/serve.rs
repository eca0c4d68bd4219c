//! `essaim serve`

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::Data;

use super::{Outcome, open, told};
use crate::app;
use crate::config::Settings;
use crate::config::legal::LegalTexts;
use crate::dossiers::actions::remind_drafts;
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

async fn remind_for_ever(site: Data<Site>) {
    const PAUSE: Duration = Duration::from_secs(60);
    loop {
        let serving = site.clone();
        let round = actix_web::web::block(move || {
            let service = &serving.service;
            let now = service.clock.now();
            // One that fails keeps no other from being done.
            let drafts = remind_drafts(service, now).map(drop);
            let reviews = remind_late(service, now).map(drop);
            remind_due(service, now).map(drop).and(drafts).and(reviews)
        });
        if let Ok(Err(fault)) = round.await {
            tracing::error!(%fault, "reminders stopped for this round");
        }
        actix_web::rt::time::sleep(PAUSE).await;
    }
}
