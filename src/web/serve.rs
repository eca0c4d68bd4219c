//! The adapter between actix and our pages: asks the guard, runs the page on a blocking thread, serves what it
//! answers. Requests are read in `intake`, responses built in `respond`.

use std::net::TcpListener;

use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tera::Tera;

use super::answer::Answer;
use super::guard::{self, Verdict};
use super::headers;
use super::intake::{read_form, visit_of};
use super::page::{Method, Page};
use super::render::{self, Expected, Link};
use super::respond::{Parts, finish};
use super::session::{self, Holder};
use super::statics::Statics;
use super::throttle::{Limits, Throttle};
use super::visit::Visit;
use crate::access::Actor;
use crate::access::passwords::Passwords;
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::db::Conn;
use crate::fault::Fault;
use crate::service::Service;

/// The service with its pages: what every worker shares.
pub struct Site {
    pub service: Service,
    pub templates: Tera,
    pub statics: Statics,
    pub throttle: Throttle,
    pub passwords: Passwords,
    pub pages: Vec<Page>,
    /// The main navigation of a visitor.
    pub navigation: fn(Option<&Actor>) -> Vec<Link>,
    /// The sign-in page offered when a form arrives after its session ended; it keeps what was sent.
    pub sign_in_again: fn(&Visit) -> Result<Answer, Fault>,
    /// What each capability expects of a person now, in the order of a dossier's life.
    pub expectations: &'static [Expectation],
    /// Pages about one dossier, in the order of its life.
    pub dossier_links: &'static [DossierLinks],
}

/// What a capability expects of a person now.
pub type Expectation = fn(&mut Conn, &Actor, Instant) -> Result<Vec<Expected>, Fault>;

/// The pages of a capability about a dossier that this agent may open, for the pages of capabilities before it.
pub type DossierLinks = fn(&mut Conn, &Actor, DossierId) -> Result<Vec<Link>, Fault>;

impl Site {
    /// # Errors
    /// When a template does not parse.
    pub fn new(
        service: Service,
        pages: Vec<Page>,
        navigation: fn(Option<&Actor>) -> Vec<Link>,
        sign_in_again: fn(&Visit) -> Result<Answer, Fault>,
        expectations: &'static [Expectation],
        dossier_links: &'static [DossierLinks],
        limits: Limits,
    ) -> Result<Self, Fault> {
        let statics = Statics::load();
        let templates = render::load(&statics)?;
        Ok(Self {
            service,
            templates,
            statics,
            throttle: Throttle::new(limits),
            passwords: Passwords::default(),
            pages,
            navigation,
            sign_in_again,
            expectations,
            dossier_links,
        })
    }
}

/// Serves on a listener already bound, until stopped. Returns once workers are ready to run.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(site: web::Data<Site>, listener: TcpListener, workers: usize) -> std::io::Result<actix_web::dev::Server> {
    let server = HttpServer::new(move || {
        let mut app = App::new()
            .wrap(headers::everywhere(&site.service.settings))
            .app_data(site.clone())
            .route("/static/{path:.*}", web::get().to(static_file))
            .route("/static/{path:.*}", web::head().to(static_file))
            .default_service(web::to(not_found));
        let mut paths: Vec<&'static str> = site.pages.iter().map(|p| p.path).collect();
        // A literal part wins over a `{name}` part at the same place.
        paths.sort_by_key(|path| path.split('/').map(|part| (part.starts_with('{'), part)).collect::<Vec<_>>());
        paths.dedup();
        // One scope for each first part: an address is compared with those that begin like it, not with all.
        for alike in paths.chunk_by(|a, b| first_part(a) == first_part(b)) {
            let first = first_part(alike[0]);
            if first.is_empty() {
                app = app.service(resource(&site.pages, "/", "/"));
                continue;
            }
            let mut scope = web::scope(first).default_service(web::to(not_found));
            for path in alike {
                scope = scope.service(resource(&site.pages, path, &path[first.len()..]));
            }
            app = app.service(scope);
        }
        app
    });
    // Whoever runs the process says when it ends: see `commands::serve`.
    Ok(server.workers(workers).shutdown_timeout(10).disable_signals().listen(listener)?.run())
}

/// `/comite` of `/comite/{session}`; nothing of `/`.
fn first_part(path: &'static str) -> &'static str {
    path.get(1..).and_then(|rest| rest.find('/')).map_or(path, |end| &path[..=end]).trim_end_matches('/')
}

/// What answers an address, under its name `inside` a scope.
fn resource(pages: &[Page], path: &'static str, inside: &str) -> actix_web::Resource {
    let mut resource = web::resource(inside);
    for page in pages.iter().copied().filter(|p| p.path == path) {
        let handler = move |request: HttpRequest, payload: web::Payload| answer(page, request, payload);
        resource = match page.method {
            Method::Get => resource.route(web::get().to(handler)).route(web::head().to(handler)),
            Method::Post => resource.route(web::post().to(handler)),
        };
    }
    if let Some(parts) = parts_above(pages, path) {
        resource = resource.route(web::get().to(move |request: HttpRequest| lead_above(request, parts)));
    }
    resource.default_service(web::to(method_not_allowed))
}

/// For an address that only takes a form: how many of its parts the nearest page above it has.
fn parts_above(pages: &[Page], path: &str) -> Option<usize> {
    let is_read = |path: &str| pages.iter().any(|page| page.method == Method::Get && page.path == path);
    if is_read(path) {
        return None;
    }
    let parts: Vec<&str> = path.split('/').collect();
    (2..parts.len()).rev().find(|kept| is_read(&parts[..*kept].join("/"))).or(Some(1))
}

/// A form that was refused leaves its address in the browser: whoever opens it again finds the page above.
async fn lead_above(request: HttpRequest, parts: usize) -> HttpResponse {
    let above = request.path().split('/').take(parts).collect::<Vec<_>>().join("/");
    let above = if guard::is_own_path(&above) { above } else { "/".to_owned() };
    HttpResponse::SeeOther().insert_header((header::LOCATION, above)).finish()
}

async fn answer(page: Page, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let Some(site) = request.app_data::<web::Data<Site>>().cloned() else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut visit = visit_of(&site, &request);
    if page.method == Method::Post && !guard::same_origin(request.headers(), &site.service.settings.base_url) {
        let fault = Fault::Denied("Ce formulaire vient d’un autre site\u{202F}: il n’a pas été pris en compte.".into());
        return finish(&site, &visit, Err(fault)).into_response();
    }
    if page.method == Method::Post {
        match read_form(&request, payload.into_inner(), site.service.settings.patience).await {
            Ok(form) => visit.form = form,
            Err(fault) => return finish(&site, &visit, Err(fault)).into_response(),
        }
    }
    let token = request.cookie(session::cookie_name(&site.service.settings)).map(|c| c.value().to_owned());
    let task = web::block(move || {
        let result = run(&mut visit, page, token.as_deref());
        finish(&site, &visit, result)
    });
    match task.await {
        Ok(parts) => parts.into_response(),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn run(visit: &mut Visit, page: Page, token: Option<&str>) -> Result<Answer, Fault> {
    if let Some(token) = token {
        let found = visit.read(|conn| session::find(conn, token, visit.now))?;
        if let Some(Holder { session, actor, is_due }) = found {
            visit.session = Some(session);
            visit.actor = Some(actor);
            // Whoever reads goes on reading when nothing more can be written.
            if is_due && let Err(fault) = visit.note(|conn| session::prolong(conn, session, visit.now)) {
                tracing::warn!(%fault, "session not prolonged");
            }
        }
    }
    match guard::judge(visit, &page)? {
        Verdict::Enter => (page.handler)(visit),
        Verdict::NotFound => Err(Fault::NotFound),
        Verdict::SignInFirst if page.method == Method::Post => (visit.site.sign_in_again)(visit),
        Verdict::SignInFirst => {
            let back = super::form::encode(&visit.path_and_query());
            Ok(Answer::redirect(format!("/connexion?retour={back}")))
        }
    }
}

async fn static_file(site: web::Data<Site>, request: HttpRequest) -> HttpResponse {
    let Some(file) = site.statics.get(request.path()) else {
        return HttpResponse::NotFound().finish();
    };
    let takes_gzip = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|encodings| encodings.contains("gzip"));
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, file.media_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    match &file.gzip {
        Some(gzip) if takes_gzip => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip.clone()),
        _ => response.body(file.plain.clone()),
    }
}

async fn not_found(site: web::Data<Site>, request: HttpRequest) -> HttpResponse {
    let token = request.cookie(session::cookie_name(&site.service.settings)).map(|c| c.value().to_owned());
    let mut visit = visit_of(&site, &request);
    let task = web::block(move || {
        if let Some(token) = token
            && let Ok(Some(holder)) = visit.read(|conn| session::find(conn, &token, visit.now))
        {
            visit.actor = Some(holder.actor);
        }
        finish(&site, &visit, Err(Fault::NotFound))
    });
    task.await.map_or_else(|_| HttpResponse::InternalServerError().finish(), Parts::into_response)
}

async fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().finish()
}
