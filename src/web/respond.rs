//! Building a response: headers, cookies, the page of an answer or of a fault.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderValue};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::Serialize;
use sha2::Digest as _;

use super::answer::{Answer, Body};
use super::guard;
use super::render::{self, HtmlPage};
use super::serve::Site;
use super::session::own_cookie;
use super::visit::Visit;
use crate::config::Settings;
use crate::fault::Fault;

pub(super) fn flash_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-essaim-message" } else { "essaim_message" }
}

/// When to come back to a database that did not answer.
const RETRY_AFTER_SECONDS: &str = "60";

/// A response in plain data, so that it can be built on a blocking thread.
pub(super) struct Parts {
    status: u16,
    headers: Vec<(header::HeaderName, String)>,
    body: Content,
}

/// Bytes at hand, or a file sent piece by piece.
enum Content {
    Whole(Vec<u8>),
    Pieces(std::fs::File, u64),
}

impl Parts {
    pub(super) fn into_response(self) -> HttpResponse {
        let status = actix_web::http::StatusCode::from_u16(self.status)
            .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.append_header((name, value));
            }
        }
        match self.body {
            Content::Whole(bytes) => response.body(bytes),
            Content::Pieces(file, length) => response.no_chunking(length).streaming(pieces(file)),
        }
    }
}

fn pieces(file: std::fs::File) -> impl futures_util::Stream<Item = Result<actix_web::web::Bytes, std::io::Error>> {
    const PIECE: usize = 256 * 1024;
    futures_util::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = actix_web::web::block(move || {
            let mut piece = vec![0; PIECE];
            let length = std::io::Read::read(&mut file, &mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((piece, file))
        });
        match read.await {
            Ok(Ok((piece, _))) if piece.is_empty() => None,
            Ok(Ok((piece, file))) => Some((Ok(piece.into()), Some(file))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(_) => Some((Err(std::io::Error::other("the blocking pool stopped")), None)),
        }
    })
}

#[derive(Serialize)]
struct ErrorView<'a> {
    heading: &'a str,
    explanation: &'a str,
    advice: &'a str,
    /// The form that came, to be sent again once the service is well.
    again: Option<SendAgain>,
}

#[derive(Serialize)]
struct SendAgain {
    action: String,
    kept: Vec<Kept>,
    file_lost: bool,
}

#[derive(Serialize)]
struct Kept {
    name: String,
    value: String,
}

impl SendAgain {
    /// Passwords are not kept: whoever was typing one starts again.
    fn of(visit: &Visit) -> Option<Self> {
        let fields = visit.form.fields();
        let secret = fields.iter().any(|(name, _)| name.contains("password"));
        (visit.posted && !secret).then(|| Self {
            action: visit.path_and_query(),
            kept: fields.iter().map(|(name, value)| Kept { name: name.clone(), value: value.clone() }).collect(),
            file_lost: visit.form.has_uploads(),
        })
    }
}

/// Renders an answer, or the page of a fault; a template that fails becomes a plain 500.
pub(super) fn finish(site: &Site, visit: &Visit, result: Result<Answer, Fault>) -> Parts {
    let answer = result.or_else(|fault| error_page(visit, &fault));
    let rendered = answer.and_then(|answer| render(site, visit, answer));
    rendered.unwrap_or_else(|fault| {
        tracing::error!(path = visit.path_to_log(), %fault, "page failed");
        Parts {
            status: 500,
            headers: vec![(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned())],
            body: Content::Whole("Le service a rencontré une erreur. Réessayez dans quelques minutes.".into()),
        }
    })
}

fn error_page(visit: &Visit, fault: &Fault) -> Result<Answer, Fault> {
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
        Fault::Unavailable(detail) => {
            tracing::error!(detail, "the database does not answer");
            (
                503,
                "Le service est momentanément indisponible",
                "Sa base de données ne répond pas, ou trop de personnes s’en servent à la fois. Ce qui vous a été \
                 confirmé est enregistré.",
                if visit.posted {
                    "Patientez une minute, puis recommencez. Si votre envoi avait déjà été enregistré, il ne le sera \
                     pas deux fois."
                } else {
                    "Patientez une minute, puis rechargez la page."
                },
            )
        }
        Fault::Full(detail) => {
            tracing::error!(detail, "no room left on disk");
            (
                507,
                "L’espace de stockage du service est plein",
                "Rien de nouveau ne peut être enregistré pour le moment\u{202F}; rien de ce qui l’était n’est perdu.",
                "Prévenez le contact du service, puis recommencez quand il aura libéré de la place.",
            )
        }
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
    let again = if matches!(status, 503 | 507) { SendAgain::of(visit) } else { None };
    Ok(Answer::page(heading, "errors/error.html", &ErrorView { heading, explanation, advice, again })?.status(status))
}

fn render(site: &Site, visit: &Visit, answer: Answer) -> Result<Parts, Fault> {
    let mut headers = Vec::new();
    if answer.status == 503 {
        headers.push((header::RETRY_AFTER, RETRY_AFTER_SECONDS.to_owned()));
    }
    for cookie in answer.cookies {
        headers.push((header::SET_COOKIE, cookie.to_string()));
    }
    let html = matches!(answer.body, Body::Html { .. });
    let body = match answer.body {
        Body::Download { file, length, media_type, file_name } => {
            headers.push((header::CONTENT_TYPE, media_type));
            headers.push((header::CONTENT_DISPOSITION, attachment(&file_name)));
            return Ok(Parts { status: answer.status, headers, body: Content::Pieces(file, length) });
        }
        Body::Html { title, template, view, desk, breadcrumbs } => {
            headers.push((header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()));
            let error = answer.status >= 400;
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
            headers.push((header::CONTENT_DISPOSITION, attachment(&file_name)));
            bytes
        }
        Body::Document(html) => {
            headers.push((header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()));
            headers.push((header::CONTENT_SECURITY_POLICY, document_policy(&html)));
            html.into_bytes()
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
    Ok(Parts { status: answer.status, headers, body: Content::Whole(body) })
}

fn attachment(file_name: &str) -> String {
    format!("attachment; filename*=UTF-8''{}", super::form::encode(file_name))
}

/// Lets a document have its own style sheet, by its hash, and nothing else.
fn document_policy(html: &str) -> String {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map(|(style, _)| style);
    let style = style.map_or_else(
        || "'none'".to_owned(),
        |style| format!("'sha256-{}'", BASE64.encode(&sha2::Sha256::digest(style.as_bytes()))),
    );
    format!("default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

fn flash_cookie(site: &Site, value: String) -> Cookie<'static> {
    let settings = &site.service.settings;
    own_cookie(settings, flash_name(settings), value)
}
