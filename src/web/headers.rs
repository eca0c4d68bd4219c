//! Headers that every response carries, whatever answers: a page, an error, a download, a static file.

use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::DefaultHeaders;

use crate::config::Settings;

pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What no page of ours asks a browser for.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Seconds in a year.
const HSTS: &str = "max-age=31536000";

/// Put on a response where it does not say otherwise itself. The referrer policy keeps the address of a personal link
/// from other sites; a stricter one would make browsers hide the origin of our own forms.
#[must_use]
pub fn everywhere(settings: &Settings) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY))
        .add((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .add((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    if settings.is_https() { headers.add((header::STRICT_TRANSPORT_SECURITY, HSTS)) } else { headers }
}
