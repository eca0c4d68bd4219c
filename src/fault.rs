//! What an operation answers when it does not do what was asked.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// One mistake in a form: which field, and what to do, in French.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

#[derive(Debug)]
pub enum Fault {
    /// Absent, or not this person's to know of: the two are not told apart.
    NotFound,
    /// Known to the person but not theirs to do; the reason, in French.
    Denied(String),
    /// The engine refuses in the present state; the reason and what to do, in French.
    Refused(String),
    /// Mistakes to correct in the form; nothing was lost.
    Invalid(Vec<FieldError>),
    /// Somebody saved in between: nothing was overwritten.
    Stale,
    /// The database does not answer now; the same request may be sent again. The text goes to the log.
    Unavailable(String),
    /// No room is left to write, until an administrator makes some. The text goes to the log.
    Full(String),
    /// The administrator's business; the text goes to the log, never to the page.
    Internal(String),
}

impl Fault {
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::Internal(detail.into())
    }

    /// Whether the service as a whole is in trouble, not this one request: a series of operations stops there.
    #[must_use]
    pub fn is_of_service(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_) | Self::Internal(_))
    }

    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("introuvable"),
            Self::Denied(reason)
            | Self::Refused(reason)
            | Self::Unavailable(reason)
            | Self::Full(reason)
            | Self::Internal(reason) => f.write_str(reason),
            Self::Invalid(errors) => {
                let messages: Vec<_> = errors.iter().map(|e| format!("{} : {}", e.field, e.message)).collect();
                f.write_str(&messages.join(" ; "))
            }
            Self::Stale => f.write_str("modifié entre-temps"),
        }
    }
}

impl std::error::Error for Fault {}

/// How SQLite, then PostgreSQL, say that the disk is full: neither gives it a code that reaches us.
const OUT_OF_ROOM: [&str; 2] = ["database or disk is full", "No space left on device"];

impl From<DieselError> for Fault {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            // Two people did the same at once: the second reloads and sees the first one's work.
            DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure,
                _,
            ) => Self::Stale,
            DieselError::DatabaseError(_, ref detail) if detail.message().contains("deadlock detected") => Self::Stale,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, detail) => {
                Self::Unavailable(detail.message().to_owned())
            }
            DieselError::DatabaseError(_, ref detail) if OUT_OF_ROOM.iter().any(|w| detail.message().contains(w)) => {
                Self::Full(detail.message().to_owned())
            }
            // Another process held SQLite's only pen for longer than we wait.
            DieselError::DatabaseError(_, ref detail) if detail.message() == "database is locked" => {
                Self::Unavailable(detail.message().to_owned())
            }
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        let detail = format!("input or output: {error}");
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full(detail),
            _ => Self::Internal(detail),
        }
    }
}

/// Whether a database error is a broken unique constraint, the only one that a person's choice can cause.
#[must_use]
pub fn is_unique_violation(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// Collects the mistakes of a form, so that all are shown at once.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<FieldError>);

impl Mistakes {
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Keeps the value of a good answer, notes the mistake of a bad one.
    pub fn take<T, E: fmt::Display>(&mut self, field: &str, answer: Result<T, E>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error.to_string());
                None
            }
        }
    }

    /// A line that must not be empty nor longer than `max` characters.
    pub fn line(&mut self, field: &str, value: &str, max: usize, empty: &str) -> String {
        let value = crate::base::text::clean_line(value);
        if value.is_empty() {
            self.add(field, empty);
        } else if value.chars().count() > max {
            self.add(field, format!("Raccourcissez ce texte à {max} caractères au plus."));
        }
        value
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    /// [`Fault::Invalid`] when any mistake was noted.
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::Invalid(self.0)) }
    }

    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}
