//! The adapter between actix and our pages: reads the request whole, asks the guard, runs the page on a blocking
//! thread, renders what it answers.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, TcpListener};

use actix_multipart::Multipart;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{App, FromRequest, HttpRequest, HttpResponse, HttpServer, web};
use data_encoding::BASE64URL_NOPAD;
use futures_util::StreamExt;
use serde::Serialize;
use tera::Tera;

use super::answer::{Answer, Body, Flash};
use super::form::{Form, Upload};
use super::guard::{self, Verdict};
use super::page::{Method, Page};
use super::render::{self, Expected, HtmlPage, Link};
use super::session;
use super::statics::Statics;
use super::throttle::{Limits, Throttle};
use super::visit::Visit;
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::db::Conn;
use crate::fault::Fault;
use crate::files::MAX_UPLOAD;
use crate::service::Service;

/// Largest body of a form without files, in bytes.
const MAX_FORM: usize = 2 * 1024 * 1024;
const FLASH_COOKIE: &str = "essaim_message";
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The service with its pages: what every worker shares.
pub struct Site {
    pub service: Service,
    pub templates: Tera,
    pub statics: Statics,
    pub throttle: Throttle,
    pub pages: Vec<Page>,
    /// The main navigation of a visitor.
    pub navigation: fn(Option<&Actor>) -> Vec<Link>,
    /// The sign-in page offered when a form arrives after its session ended; it keeps what was sent.
    pub sign_in_again: fn(&Visit) -> Result<Answer, Fault>,
    /// What each capability expects of a person now, in the order of a dossier's life.
    pub expectations: &'static [Expectation],
}

/// What a capability expects of a person now.
pub type Expectation = fn(&mut Conn, &Actor, Instant) -> Result<Vec<Expected>, Fault>;

impl Site {
    /// # Errors
    /// When a template does not parse.
    pub fn new(
        service: Service,
        pages: Vec<Page>,
        navigation: fn(Option<&Actor>) -> Vec<Link>,
        sign_in_again: fn(&Visit) -> Result<Answer, Fault>,
        expectations: &'static [Expectation],
        limits: Limits,
    ) -> Result<Self, Fault> {
        let statics = Statics::load();
        let templates = render::load(&statics)?;
        Ok(Self {
            service,
            templates,
            statics,
            throttle: Throttle::new(limits),
            pages,
            navigation,
            sign_in_again,
            expectations,
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
            .app_data(site.clone())
            .route("/static/{path:.*}", web::get().to(static_file))
            .route("/static/{path:.*}", web::head().to(static_file))
            .default_service(web::to(not_found));
        let mut paths: Vec<&'static str> = site.pages.iter().map(|p| p.path).collect();
        // A literal part wins over a `{name}` part at the same place.
        paths.sort_by_key(|path| path.split('/').map(|part| (part.starts_with('{'), part)).collect::<Vec<_>>());
        paths.dedup();
        for path in paths {
            let mut resource = web::resource(path);
            for page in site.pages.iter().copied().filter(|p| p.path == path) {
                let handler = move |request: HttpRequest, payload: web::Payload| answer(page, request, payload);
                resource = match page.method {
                    Method::Get => resource.route(web::get().to(handler)).route(web::head().to(handler)),
                    Method::Post => resource.route(web::post().to(handler)),
                };
            }
            app = app.service(resource.default_service(web::to(method_not_allowed)));
        }
        app
    });
    Ok(server.workers(workers).shutdown_timeout(10).listen(listener)?.run())
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
        match read_form(&request, payload.into_inner()).await {
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
        let found = visit.service().db.read(|conn| session::find(conn, token, visit.now))?;
        if let Some((session, actor)) = found {
            visit.session = Some(session);
            visit.actor = Some(actor);
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

fn visit_of(site: &web::Data<Site>, request: &HttpRequest) -> Visit {
    let header = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.ip());
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|v| v.to_str().ok())
        .filter(|_| site.service.settings.trust_proxy)
        .and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    Visit {
        site: site.clone(),
        path: request.path().to_owned(),
        params: request.match_info().iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect::<HashMap<_, _>>(),
        query: Form::parse(request.query_string().as_bytes()),
        form: Form::default(),
        now: site.service.clock.now(),
        actor: None,
        session: None,
        address: forwarded.unwrap_or(peer),
        user_agent: header(header::USER_AGENT).unwrap_or_default().to_owned(),
        flash: request.cookie(FLASH_COOKIE).and_then(|c| read_flash(c.value())).into_iter().collect(),
    }
}

fn read_flash(value: &str) -> Option<Flash> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(value.as_bytes()).ok()?).ok()
}

async fn read_form(request: &HttpRequest, payload: actix_web::dev::Payload) -> Result<Form, Fault> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return read_multipart(request, payload).await;
    }
    let mut payload = web::Payload::from_request(request, &mut { payload })
        .await
        .map_err(|_| Fault::refused("La demande n’a pas pu être lue."))?;
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Fault::refused("L’envoi a été interrompu. Recommencez."))?;
        if body.len() + chunk.len() > MAX_FORM {
            return Err(Fault::refused("Ce formulaire est trop long\u{202F}: raccourcissez les textes."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Form::parse(&body))
}

async fn read_multipart(request: &HttpRequest, mut payload: actix_web::dev::Payload) -> Result<Form, Fault> {
    let interrupted = || Fault::refused("L’envoi du fichier a été interrompu. Recommencez.");
    let too_large =
        || Fault::refused("Le fichier dépasse 10\u{A0}Mo. Réduisez-le, par exemple en l’enregistrant en PDF.");
    let mut multipart = Multipart::from_request(request, &mut payload).await.map_err(|_| interrupted())?;
    let (mut fields, mut uploads, mut total) = (Vec::new(), Vec::new(), 0);
    while let Some(part) = multipart.next().await {
        let mut part = part.map_err(|_| interrupted())?;
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|_| interrupted())?;
            total += chunk.len();
            if total > MAX_UPLOAD + MAX_FORM {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        match file_name {
            Some(file_name) => uploads.push(Upload { field: name, file_name, bytes }),
            None => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok(Form::new(fields, uploads))
}

/// A response in plain data, so that it can be built on a blocking thread.
struct Parts {
    status: u16,
    headers: Vec<(header::HeaderName, String)>,
    body: Vec<u8>,
}

impl Parts {
    fn into_response(self) -> HttpResponse {
        let status = actix_web::http::StatusCode::from_u16(self.status)
            .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.append_header((name, value));
            }
        }
        response.body(self.body)
    }
}

#[derive(Serialize)]
struct ErrorView<'a> {
    heading: &'a str,
    explanation: &'a str,
    advice: &'a str,
}

/// Renders an answer, or the page of a fault; a template that fails becomes a plain 500.
fn finish(site: &Site, visit: &Visit, result: Result<Answer, Fault>) -> Parts {
    let answer = result.or_else(|fault| error_page(&fault));
    let rendered = answer.and_then(|answer| render(site, visit, answer));
    rendered.unwrap_or_else(|fault| {
        tracing::error!(path = visit.path, %fault, "page failed");
        Parts {
            status: 500,
            headers: vec![(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned())],
            body: "Le service a rencontré une erreur. Réessayez dans quelques minutes.".into(),
        }
    })
}

fn error_page(fault: &Fault) -> Result<Answer, Fault> {
    let (status, heading, explanation, advice) = match fault {
        Fault::NotFound => (
            404,
            "Page introuvable",
            "Cette page n’existe pas, ou elle n’est pas accessible avec votre compte.",
            "Vérifiez l’adresse, ou revenez à l’accueil.",
        ),
        Fault::Denied(reason) => (403, "Action refusée", reason.as_str(), "Revenez à la page précédente."),
        Fault::Refused(reason) => {
            (409, "Action impossible", reason.as_str(), "Rien n’a été modifié. Revenez à la page précédente.")
        }
        Fault::Invalid(_) => (
            422,
            "Des réponses sont à corriger",
            "Certaines réponses n’ont pas été acceptées.",
            "Revenez à la page précédente pour les corriger.",
        ),
        Fault::Stale => (
            409,
            "La page a changé entre-temps",
            "Quelqu’un a enregistré une modification depuis que vous avez ouvert cette page. Rien n’a été écrasé.",
            "Revenez à la page précédente et rechargez-la pour voir la version à jour.",
        ),
        Fault::Internal(detail) => {
            tracing::error!(detail, "internal fault");
            (
                500,
                "Le service a rencontré une erreur",
                "Votre demande n’a pas pu aboutir. Rien n’a été enregistré.",
                "Réessayez dans quelques minutes. Si l’erreur persiste, écrivez au contact du service.",
            )
        }
    };
    Ok(Answer::page(heading, "errors/error.html", &ErrorView { heading, explanation, advice })?.status(status))
}

fn render(site: &Site, visit: &Visit, answer: Answer) -> Result<Parts, Fault> {
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    if site.service.settings.is_https() {
        headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000".to_owned()));
    }
    for cookie in answer.cookies {
        headers.push((header::SET_COOKIE, cookie.to_string()));
    }
    let html = matches!(answer.body, Body::Html { .. });
    let body = match answer.body {
        Body::Html { title, template, view, desk, breadcrumbs } => {
            headers.push((header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()));
            let error = answer.status == 422;
            let reader = answer.reader.as_ref().or(visit.actor.as_ref());
            let page = HtmlPage { title: &title, template, view, desk, breadcrumbs, error, reader };
            render::html(site, visit, page)?.into_bytes()
        }
        Body::Redirect { to, flash } => {
            // Only our own paths: never a way to send people elsewhere.
            let to = if guard::is_own_path(&to) { to } else { "/".to_owned() };
            headers.push((header::LOCATION, to));
            if let Some(flash) = flash {
                let value = BASE64URL_NOPAD.encode(&serde_json::to_vec(&flash)?);
                headers.push((header::SET_COOKIE, flash_cookie(site, value).to_string()));
            }
            Vec::new()
        }
        Body::File { bytes, media_type, file_name } => {
            headers.push((header::CONTENT_TYPE, media_type));
            let encoded = super::form::encode(&file_name);
            headers.push((header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{encoded}")));
            bytes
        }
        Body::Json(value) => {
            headers.push((header::CONTENT_TYPE, "application/json".to_owned()));
            serde_json::to_vec(&value)?
        }
    };
    if html && !visit.flash.is_empty() {
        let mut gone = flash_cookie(site, String::new());
        gone.make_removal();
        headers.push((header::SET_COOKIE, gone.to_string()));
    }
    Ok(Parts { status: answer.status, headers, body })
}

fn flash_cookie(site: &Site, value: String) -> Cookie<'static> {
    Cookie::build(FLASH_COOKIE, value)
        .path("/")
        .http_only(true)
        .secure(site.service.settings.is_https())
        .same_site(SameSite::Lax)
        .finish()
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
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
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
            && let Ok(Some((_, actor))) = site.service.read(|conn| session::find(conn, &token, visit.now))
        {
            visit.actor = Some(actor);
        }
        finish(&site, &visit, Err(Fault::NotFound))
    });
    task.await.map_or_else(|_| HttpResponse::InternalServerError().finish(), Parts::into_response)
}

async fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().finish()
}
