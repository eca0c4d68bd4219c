//! Reading a request whole: its visit, its form, its files.

use std::cell::Cell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::{FromRequest, HttpRequest, web};
use data_encoding::BASE64URL_NOPAD;
use futures_util::{Stream, StreamExt};

use super::answer::Flash;
use super::form::{Form, Upload};
use super::respond::flash_name;
use super::serve::Site;
use super::visit::Visit;
use crate::fault::Fault;
use crate::files::MAX_UPLOAD;

/// Most fields and files of one form.
const MAX_PARTS: usize = 2000;
/// Largest body of a form without files, in bytes.
const MAX_FORM: usize = 2 * 1024 * 1024;

pub(super) fn visit_of(site: &web::Data<Site>, request: &HttpRequest) -> Visit {
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
        posted: request.method() == actix_web::http::Method::POST,
        now: site.service.clock.now(),
        actor: None,
        session: None,
        address: forwarded.unwrap_or(peer),
        user_agent: header(header::USER_AGENT).unwrap_or_default().to_owned(),
        flash: request
            .cookie(flash_name(&site.service.settings))
            .and_then(|c| read_flash(c.value()))
            .into_iter()
            .collect(),
        reading: Cell::default(),
    }
}

fn read_flash(value: &str) -> Option<Flash> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(value.as_bytes()).ok()?).ok()
}

/// Reads the body of a POST. Who stays silent too long, or sends drop by drop, is not waited for.
pub(super) async fn read_form(
    request: &HttpRequest,
    payload: actix_web::dev::Payload,
    patience: Duration,
) -> Result<Form, Fault> {
    /// A file of 10 MB takes six minutes over the slowest lines still in use.
    const LONGEST_IN_SILENCES: u32 = 20;
    timeout(patience * LONGEST_IN_SILENCES, read_body(request, payload, patience))
        .await
        .unwrap_or_else(|_| Err(too_slow()))
}

fn too_slow() -> Fault {
    Fault::refused("L’envoi a été interrompu\u{202F}: rien n’est arrivé depuis trop longtemps. Recommencez.")
}

/// The next piece of a body, if it comes in time.
async fn next<S: Stream + Unpin>(stream: &mut S, patience: Duration) -> Result<Option<S::Item>, Fault> {
    timeout(patience, stream.next()).await.map_err(|_| too_slow())
}

async fn read_body(request: &HttpRequest, payload: actix_web::dev::Payload, patience: Duration) -> Result<Form, Fault> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return read_multipart(request, payload, patience).await;
    }
    let mut payload = web::Payload::from_request(request, &mut { payload })
        .await
        .map_err(|_| Fault::refused("La demande n’a pas pu être lue."))?;
    let mut body = Vec::new();
    while let Some(chunk) = next(&mut payload, patience).await? {
        let chunk = chunk.map_err(|_| Fault::refused("L’envoi a été interrompu. Recommencez."))?;
        if body.len() + chunk.len() > MAX_FORM {
            return Err(Fault::refused("Ce formulaire est trop long\u{202F}: raccourcissez les textes."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Form::parse(&body))
}

async fn read_multipart(
    request: &HttpRequest,
    mut payload: actix_web::dev::Payload,
    patience: Duration,
) -> Result<Form, Fault> {
    let interrupted = || Fault::refused("L’envoi du fichier a été interrompu. Recommencez.");
    let too_large =
        || Fault::refused("Le fichier dépasse 10\u{A0}Mo. Réduisez-le, par exemple en l’enregistrant en PDF.");
    let mut multipart = Multipart::from_request(request, &mut payload).await.map_err(|_| interrupted())?;
    let (mut fields, mut uploads, mut total) = (Vec::new(), Vec::new(), 0);
    while let Some(part) = next(&mut multipart, patience).await? {
        let mut part = part.map_err(|_| interrupted())?;
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        // Names count too: a body of nothing but part headers is bounded like any other.
        total += 64 + name.len() + file_name.as_ref().map_or(0, String::len);
        if total > MAX_UPLOAD + MAX_FORM || fields.len() + uploads.len() >= MAX_PARTS {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = next(&mut part, patience).await? {
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
