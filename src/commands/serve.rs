//! `essaim serve`

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::web::Data;
use tokio::sync::Notify;

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
use crate::mail::{Transport, deliver_next};
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
    let listener = listen(service.settings.bind)?;
    serve(service, listener, transport, |address, settings| {
        println!("Essaim listens on http://{address} (published as {}).", settings.base_url);
        println!("Stop with Ctrl+C.");
        Ok(())
    })
}

/// # Errors
/// When the address is another program's, or not this machine's, in words that say what to do.
pub fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|e| match e.kind() {
        ErrorKind::AddrInUse => {
            format!(
                "{address} est déjà occupée, par Essaim ou un autre programme. Arrêtez-le, ou choisissez un autre port."
            )
        }
        ErrorKind::AddrNotAvailable => format!("{address} n’est pas une adresse de cette machine."),
        ErrorKind::PermissionDenied => {
            format!("{address} est réservée à l’administrateur de la machine. Choisissez un port au-dessus de 1023.")
        }
        _ => format!("{address}\u{A0}: {e}"),
    })
}

/// Serves until a signal, reminding projects of their reports and delivering mail meanwhile. `ready` is called once
/// everything that pages need is loaded: whoever is told of the address waits for nothing. SIGTERM and SIGINT let the
/// requests in progress finish, and the work between them at its next pause; a second signal ends at once.
///
/// # Errors
/// When the server cannot start.
pub fn serve(
    service: Service,
    listener: TcpListener,
    transport: Option<Transport>,
    ready: impl FnOnce(SocketAddr, &Settings) -> Result<(), String>,
) -> Result<Outcome, String> {
    app::prepare(&service).map_err(told)?;
    let site = Data::new(app::site(service, Limits::default()).map_err(told)?);
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let stopping = Stopping::default();
    let result = actix_web::rt::System::new().block_on(async move {
        let server = start(site.clone(), listener, workers)?;
        stop_on_signal(server.handle(), stopping.clone())?;
        let mut jobs = vec![
            actix_web::rt::spawn(remind_for_ever(site.clone(), stopping.clone())),
            actix_web::rt::spawn(send_batches_for_ever(site.clone(), stopping.clone())),
        ];
        if let Some(transport) = transport {
            jobs.push(actix_web::rt::spawn(deliver_for_ever(site.clone(), transport, stopping.clone())));
        }
        ready(address, &site.service.settings).map_err(std::io::Error::other)?;
        server.await?;
        stopping.ask();
        let ended = async {
            for job in jobs {
                let _ = job.await;
            }
        };
        if actix_web::rt::time::timeout(LAST_WORK, ended).await.is_err() {
            tracing::warn!("the work in progress took too long to stop: it will be done again");
            std::process::exit(0);
        }
        Ok::<_, std::io::Error>(())
    });
    result.map_err(|e| e.to_string())?;
    Ok(Outcome::Good)
}

/// How long the work between requests may take to reach its next pause once requests have ended.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Tells the work between requests to stop at its next pause.
#[derive(Clone, Default)]
struct Stopping(Arc<(AtomicBool, Notify)>);

impl Stopping {
    fn ask(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    fn asked(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    /// Sleeps, and answers whether to go on; wakes at once to stop.
    async fn pause(&self, length: Duration) -> bool {
        let woken = self.0.1.notified();
        if !self.asked() {
            let _ = actix_web::rt::time::timeout(length, woken).await;
        }
        !self.asked()
    }
}

fn stop_on_signal(server: ServerHandle, stopping: Stopping) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    actix_web::rt::spawn(async move {
        let mut asked = false;
        loop {
            futures_util::future::select(std::pin::pin!(terminate.recv()), std::pin::pin!(interrupt.recv())).await;
            if asked {
                std::process::exit(1);
            }
            asked = true;
            tracing::info!("stopping: requests in progress finish first");
            stopping.ask();
            drop(server.stop(true));
        }
    });
    Ok(())
}

async fn deliver_for_ever(site: Data<Site>, transport: Transport, stopping: Stopping) {
    const PAUSE: Duration = Duration::from_secs(5);
    let transport = Arc::new(transport);
    loop {
        let (site, transport, asked) = (site.clone(), transport.clone(), stopping.clone());
        let round = actix_web::web::block(move || {
            let service = &site.service;
            while !asked.asked()
                && deliver_next(&service.db, &service.files, &transport, service.clock.now())?.is_some()
            {}
            Ok::<_, Fault>(())
        });
        if let Ok(Err(fault)) = round.await {
            tracing::error!(%fault, "mail delivery stopped for this round");
        }
        if !stopping.pause(PAUSE).await {
            return;
        }
    }
}

/// Each kind is sent on its own: one that fails does not keep the others back.
const REMINDERS: [fn(&Service, Instant) -> Result<usize, Fault>; 3] = [remind_drafts, remind_late, remind_due];

async fn remind_for_ever(site: Data<Site>, stopping: Stopping) {
    const PAUSE: Duration = Duration::from_secs(60);
    loop {
        let (serving, asked) = (site.clone(), stopping.clone());
        let round = actix_web::web::block(move || {
            let service = &serving.service;
            let now = service.clock.now();
            for remind in REMINDERS {
                if asked.asked() {
                    return;
                }
                if let Err(fault) = remind(service, now) {
                    tracing::error!(%fault, "reminders of one kind stopped for this round");
                }
            }
        });
        if let Err(error) = round.await {
            tracing::error!(%error, "reminders stopped for this round");
        }
        if !stopping.pause(PAUSE).await {
            return;
        }
    }
}

/// Works through the batches of letters a few at a time, so that requests keep their turn at the database.
async fn send_batches_for_ever(site: Data<Site>, stopping: Stopping) {
    const STEP: i64 = 20;
    const IDLE: Duration = Duration::from_secs(2);
    const BREATH: Duration = Duration::from_millis(5);
    loop {
        let site = site.clone();
        let round = actix_web::web::block(move || {
            let service = &site.service;
            decisions::actions::step(service, service.clock.now(), STEP)
        });
        let length = match round.await {
            Ok(Ok(sent)) if sent > 0 => BREATH,
            Ok(Err(fault)) => {
                tracing::error!(%fault, "a batch of letters stopped for this round");
                IDLE
            }
            _ => IDLE,
        };
        if !stopping.pause(length).await {
            return;
        }
    }
}
