//! Settings of a deployment, from environment variables. A bad value is named and refused at start.

pub mod file;
pub mod legal;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use legal::LegalTexts;

use crate::db::DatabaseUrl;
use crate::mail;

/// Name, meaning and default of every variable: the single list behind the parser, `--help` and the README.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    (
        "ESSAIM_DATABASE_URL",
        "sqlite:PATH or postgres://USER@HOST/DATABASE, with ?sslmode=verify-full for a server on another machine",
        "sqlite:var/essaim.sqlite3",
    ),
    ("ESSAIM_FILES", "folder of attachments and sealed documents", "var/files"),
    ("ESSAIM_BIND", "address and port to listen on", "127.0.0.1:8080"),
    ("ESSAIM_BASE_URL", "public address of the service, without a final slash", "http://127.0.0.1:8080"),
    (
        "ESSAIM_SMTP_URL",
        "smtps://HOST, smtp+starttls://HOST, or smtp://HOST for a relay on this machine; absent: mails wait in the outbox",
        "",
    ),
    ("ESSAIM_MAIL_FROM", "sender of mails", "Essaim <ne-pas-repondre@essaim.example>"),
    ("ESSAIM_DEPLOYER", "name of the institution that runs the service", "Service de démonstration"),
    ("ESSAIM_CONTACT", "address for questions, accessibility and personal data", "contact@essaim.example"),
    ("ESSAIM_ACCESSIBILITY", "result of the accessibility audit, as the law words it", "non conforme"),
    (
        "ESSAIM_LEGAL",
        "TOML file of the texts that the law asks of the institution; absent: pages say what is missing",
        "",
    ),
    ("ESSAIM_TRUST_PROXY", "yes when a reverse proxy sets X-Forwarded-For", "no"),
    ("ESSAIM_CONNECTIONS", "database connections, 1 to 64", "8"),
];

#[derive(Clone, Debug)]
pub struct Settings {
    pub database: DatabaseUrl,
    pub files: PathBuf,
    pub bind: SocketAddr,
    pub base_url: String,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub deployer: String,
    pub contact: String,
    pub accessibility: String,
    pub legal: LegalTexts,
    pub trust_proxy: bool,
    pub connections: u32,
    /// How long a request may stay silent before it is given up. No variable changes it.
    pub patience: Duration,
    /// Set by the `demo` command only: shows the mails page, the banner and SPÉCIMEN on documents.
    pub demo: bool,
}

impl Settings {
    /// # Errors
    /// Every variable that has a bad value, with what was expected.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let text = |name: &str| {
            variable(name).filter(|v| !v.trim().is_empty()).unwrap_or_else(|| {
                VARIABLES.iter().find(|(n, ..)| *n == name).map_or(String::new(), |(.., default)| (*default).to_owned())
            })
        };
        let mut fail = |name: &str, expected: &str| {
            errors.push(format!("{name}={:?}: expected {expected}", without_password(&text(name))));
        };
        let database = DatabaseUrl::parse(&text("ESSAIM_DATABASE_URL"), &variable);
        if let Err(expected) = &database {
            fail("ESSAIM_DATABASE_URL", expected.trim_start_matches("expected "));
        }
        let bind = text("ESSAIM_BIND").parse();
        if bind.is_err() {
            fail("ESSAIM_BIND", "ADDRESS:PORT, such as 127.0.0.1:8080");
        }
        let base_url = text("ESSAIM_BASE_URL");
        let host = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
        if host.is_none_or(|h| h.is_empty() || h.ends_with('/')) {
            fail("ESSAIM_BASE_URL", "http(s)://HOST without a final slash");
        }
        let smtp_url = Some(text("ESSAIM_SMTP_URL")).filter(|u| !u.is_empty());
        let mail_from = text("ESSAIM_MAIL_FROM");
        if let Some(Err(expected)) = smtp_url.as_deref().map(mail::relay) {
            fail("ESSAIM_SMTP_URL", &expected);
        }
        if mail::sender(&mail_from).is_err() {
            fail("ESSAIM_MAIL_FROM", "Name <address>");
        }
        let legal = match text("ESSAIM_LEGAL").as_str() {
            "" => LegalTexts::default(),
            path => legal::read(std::path::Path::new(path)).unwrap_or_else(|error| {
                fail("ESSAIM_LEGAL", &format!("a readable file of legal texts ({error})"));
                LegalTexts::default()
            }),
        };
        if let Err(expected) = legal::allows(&text("ESSAIM_ACCESSIBILITY"), &legal) {
            fail("ESSAIM_ACCESSIBILITY", &expected);
        }
        let trust_proxy = match text("ESSAIM_TRUST_PROXY").as_str() {
            "yes" => true,
            "no" => false,
            _ => {
                fail("ESSAIM_TRUST_PROXY", "yes or no");
                false
            }
        };
        let connections = text("ESSAIM_CONNECTIONS").parse().ok().filter(|n| (1..=64).contains(n));
        if connections.is_none() {
            fail("ESSAIM_CONNECTIONS", "a whole number from 1 to 64");
        }
        match (database, bind, connections) {
            (Ok(database), Ok(bind), Some(connections)) if errors.is_empty() => Ok(Self {
                database,
                files: PathBuf::from(text("ESSAIM_FILES")),
                bind,
                base_url,
                smtp_url,
                mail_from,
                deployer: text("ESSAIM_DEPLOYER"),
                contact: text("ESSAIM_CONTACT"),
                accessibility: text("ESSAIM_ACCESSIBILITY"),
                legal,
                trust_proxy,
                connections,
                patience: Duration::from_secs(30),
                demo: false,
            }),
            _ => Err(errors),
        }
    }

    /// Cookies are marked `Secure` when the service is published over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// A setting as an error repeats it, on a screen or in a log.
fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let rest = match rest.rsplit_once('@').map(|(who, place)| (who.split_once(':'), place)) {
        Some((Some((user, _)), place)) => format!("{user}:…@{place}"),
        _ => rest.to_owned(),
    };
    let parts = rest.split_inclusive(['?', '&']).map(|part| match part.split_once("password=") {
        Some((before, secret)) => format!("{before}password=…{}", if secret.ends_with('&') { "&" } else { "" }),
        None => part.to_owned(),
    });
    format!("{scheme}://{}", parts.collect::<String>())
}
