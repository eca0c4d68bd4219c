//! Where the database is, as a setting names it.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::base::network::{is_this_machine, without_port};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// `sqlite:PATH`, a bare path, or `postgres://…` as libpq reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Whether this program speaks TLS with PostgreSQL: it needs OpenSSL, which the default build does without.
pub const TLS: bool = cfg!(feature = "postgres-tls");

impl DatabaseUrl {
    /// Nothing goes in clear to a server on another machine unless the address says so, or a variable that libpq reads:
    /// `variable` gives those of the environment.
    ///
    /// # Errors
    /// What was expected: the schemes understood, a mode of encryption, or a program that has it.
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let server = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        if let Some(server) = server {
            let server = without_user(server);
            return match Encryption::of(server, &variable) {
                Encryption::Asked if !TLS => {
                    Err("expected a program built with TLS, for this sslmode: --features postgres-tls".to_owned())
                }
                Encryption::Unsaid if !is_on_this_machine(server, &variable) => Err(
                    "expected an sslmode, for a server on another machine (named in the address, or by PGHOST, PGHOSTADDR or \
                     PGSERVICE): sslmode=verify-full, or sslmode=disable on a network that nobody else reads"
                        .to_owned(),
                ),
                _ => Ok(Self::Postgres(text.to_owned())),
            };
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            return Err("expected sqlite:PATH or postgres://USER@HOST/DATABASE".to_owned());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }
}

/// What an address says of encryption.
enum Encryption {
    Asked,
    /// Left to the server, or refused, in so many words.
    Waived,
    Unsaid,
}

impl Encryption {
    fn of(server: &str, variable: &impl Fn(&str) -> Option<String>) -> Self {
        let said = parameters(server).filter(|(name, _)| matches!(name.as_str(), "sslmode" | "ssl")).last();
        match said.map(|(_, mode)| mode).or_else(|| variable("PGSSLMODE")) {
            Some(mode) if matches!(mode.as_str(), "disable" | "allow" | "prefer") => Self::Waived,
            Some(_) => Self::Asked,
            None => Self::Unsaid,
        }
    }
}

/// What follows the name and the password: libpq looks for their at sign before the first slash, past any question mark.
fn without_user(server: &str) -> &str {
    let before = server.split('/').next().unwrap_or_default();
    before.find('@').map_or(server, |at| &server[at + 1..])
}

/// Whether every host of an address without scheme and user is a socket or the loopback. libpq takes what the address
/// leaves out from its variables.
fn is_on_this_machine(server: &str, variable: &impl Fn(&str) -> Option<String>) -> bool {
    let places = server.split(['/', '?']).next().unwrap_or_default();
    let named = parameters(server).filter(|(name, _)| matches!(name.as_str(), "host" | "hostaddr" | "service"));
    let mut hosts: Vec<String> = places.split(',').map(|host| decoded(without_port(host))).collect();
    hosts.extend(named.flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>()));
    if hosts.iter().all(String::is_empty) {
        hosts.extend(variable("PGHOST"));
    }
    hosts.extend(["PGHOSTADDR", "PGSERVICE"].into_iter().filter_map(variable));
    hosts
        .iter()
        .flat_map(|host| host.split(','))
        .all(|host| host.is_empty() || host.starts_with(['/', '@']) || is_this_machine(host))
}

/// What follows the question mark of an address.
fn parameters(server: &str) -> impl Iterator<Item = (String, String)> {
    let query = server.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|part| part.split_once('=')).map(|(name, value)| (decoded(name), decoded(value)))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
