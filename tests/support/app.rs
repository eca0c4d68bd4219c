//! A running service for one test.

use std::net::TcpListener;
use std::num::NonZeroU32;
use std::path::Path;

use actix_web::web::Data;
use essaim::access::{Actor, Author, load_actor};
use essaim::base::clock::{Clock, Instant};
use essaim::base::ids::AccountId;
use essaim::config::Settings;
use essaim::fault::Fault;
use essaim::service::{Operation, Service};
use essaim::web::throttle::Limits;
use essaim::web::{Form, Site, Visit, start};

use super::client::Client;
use super::database::TestDatabase;

pub struct TestApp {
    pub site: Data<Site>,
    pub base_url: String,
    handle: actix_web::dev::ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
    _database: TestDatabase,
    pub folder: tempfile::TempDir,
}

impl TestApp {
    /// Starts at noon of a day inside the 2021 call, with throttles wide open.
    pub fn start() -> Self {
        Self::start_with(|_| (), Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX })
    }

    pub fn start_with(adjust: impl FnOnce(&mut Settings), limits: Limits) -> Self {
        Self::start_on(TestDatabase::create, adjust, limits)
    }

    pub(super) fn start_on(
        database: impl FnOnce(&Path) -> TestDatabase,
        adjust: impl FnOnce(&mut Settings),
        limits: Limits,
    ) -> Self {
        // Why a page failed is said in the output of its test.
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer();
        let _ = log.try_init();
        let folder = tempfile::tempdir().unwrap();
        let database = database(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings::read(|_| None).unwrap();
        settings.database = database.url.clone();
        settings.files = folder.path().join("files");
        settings.bind = address;
        settings.base_url = format!("http://{address}");
        settings.connections = 4;
        adjust(&mut settings);
        let base_url = format!("http://{address}");
        let clock = Clock::fixed(Instant::parse("2021-10-04T10:00:00Z").unwrap());
        let service = Service::open(settings, clock).unwrap();
        let site = Data::new(essaim::app::site(service, limits).unwrap());
        let (sender, receiver) = std::sync::mpsc::channel();
        let served = site.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = start(served, listener, 1).unwrap();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = receiver.recv().unwrap();
        Self { site, base_url, handle, thread: Some(thread), _database: database, folder }
    }

    pub fn service(&self) -> &Service {
        &self.site.service
    }

    pub fn now(&self) -> Instant {
        self.service().clock.now()
    }

    /// Moves the clock: `2021-10-29T23:59:59` in Paris time.
    pub fn set_clock(&self, civil: &str) {
        self.service().clock.set(Instant::from_civil(civil, "Europe/Paris").unwrap());
    }

    /// A request of a visitor, as the pages get it.
    pub fn visit(&self, path: &str, params: &[(&str, &str)]) -> Visit {
        Visit {
            site: self.site.clone(),
            path: path.to_owned(),
            params: params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            query: Form::default(),
            form: Form::default(),
            posted: false,
            now: self.now(),
            actor: None,
            session: None,
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
            flash: Vec::new(),
            reading: std::cell::Cell::default(),
        }
    }

    /// A browser without session.
    pub fn client(&self) -> Client {
        Client::new(&self.base_url)
    }

    /// A browser whose visitor has signed in; everyone in the world shares one password.
    #[track_caller]
    pub fn signed_in(&self, email: &str) -> Client {
        let client = self.client();
        let reply = client.sign_in(email, super::world::PASSWORD);
        assert_eq!((reply.status, reply.location.as_str()), (303, "/"), "{email} is let in: {}", reply.words());
        client
    }

    /// Mails in the outbox, oldest first, as (kind, recipient, body).
    pub fn mails(&self) -> Vec<(String, String, String)> {
        let mails = self.service().read(|conn| essaim::mail::latest(conn, 1000)).unwrap();
        mails.into_iter().rev().map(|m| (m.kind, m.recipient, m.body)).collect()
    }

    /// An operation in the console's name.
    pub fn console<T>(&self, work: impl FnOnce(&mut Operation<'_>) -> Result<T, Fault>) -> T {
        self.service().perform(Author::console(), self.now(), work).unwrap()
    }

    pub fn actor(&self, account: AccountId) -> Actor {
        self.service().read(|conn| load_actor(conn, account)).unwrap()
    }

    /// An operation in an account's name.
    pub fn as_account<T>(
        &self,
        account: AccountId,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let actor = self.actor(account);
        self.service().perform(actor.author(), self.now(), |op| work(op, &actor))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
