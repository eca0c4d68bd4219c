//! How many dossiers and reviews a call has by state of the dossier, as the triggers on `list_counts` keep them: the
//! length of a list is read in a few rows, whatever it is.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::model::State;
use super::tags;
use crate::base::ids::CallId;
use crate::db::Conn;
use crate::db::schema::list_counts;
use crate::fault::Fault;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted<'a> {
    Dossiers,
    /// Dossiers whose current version names this axis.
    Axis(&'a str),
    /// Dossiers whose current version names this department.
    Department(&'a str),
    /// Active assignments whose review is submitted.
    ReviewsGiven,
    /// Active assignments whose review is not.
    ReviewsAwaited,
}

impl<'a> Counted<'a> {
    fn key(self) -> (&'static str, &'a str) {
        match self {
            Self::Dossiers => ("dossier", ""),
            Self::Axis(code) => (tags::AXIS, code),
            Self::Department(code) => (tags::DEPARTMENT, code),
            Self::ReviewsGiven => ("review", "given"),
            Self::ReviewsAwaited => ("review", "awaited"),
        }
    }

    /// Kind and code of the tag that the dossiers counted have.
    pub(super) fn tag(self) -> Option<(&'static str, &'a str)> {
        matches!(self, Self::Axis(_) | Self::Department(_)).then(|| self.key())
    }
}

/// Numbers by state of the dossier, drafts included, states without any left out.
///
/// # Errors
/// When the database refuses.
pub fn by_state(conn: &mut Conn, call: CallId, counted: Counted<'_>) -> Result<Vec<(State, i64)>, Fault> {
    let (kind, code) = counted.key();
    Ok(list_counts::table
        .filter(list_counts::call_id.eq(call))
        .filter(list_counts::kind.eq(kind))
        .filter(list_counts::code.eq(code))
        .filter(list_counts::number.ne(0))
        .select((list_counts::state, list_counts::number))
        .load(conn)?)
}

#[derive(QueryableByName)]
struct Difference {
    /// Code of the call.
    #[diesel(sql_type = Text)]
    call: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    kept: i64,
    #[diesel(sql_type = BigInt)]
    found: i64,
}

impl Difference {
    fn words(&self) -> String {
        let Self { call, kind, code, state, kept, found } = self;
        let what = match (kind.as_str(), code.as_str()) {
            (tags::AXIS, axis) => format!("dossiers de l’axe {axis}"),
            (tags::DEPARTMENT, department) => format!("dossiers du département {department}"),
            ("review", "given") => "avis rendus sur des dossiers".to_owned(),
            ("review", _) => "avis attendus sur des dossiers".to_owned(),
            _ => "dossiers".to_owned(),
        };
        let state = State::from_code(state).map_or_else(|| state.clone(), |known| known.label().to_owned());
        format!("appel {call}, {what} à l’état «\u{202F}{state}\u{202F}»\u{A0}: {kept} au lieu de {found}")
    }
}

/// Counts each list again; answers how many counts are kept and a French sentence for each that is wrong.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let kept = list_counts::table.count().get_result::<i64>(conn)?;
    let differences = diesel::sql_query(
        "SELECT calls.code AS call, kind, both_counts.code AS code, state, \
         CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(found) AS BIGINT) AS found \
         FROM (SELECT call_id, kind, code, state, number AS kept, 0 AS found FROM list_counts \
         UNION ALL SELECT call_id, kind, code, state, 0, 1 FROM list_members) AS both_counts \
         INNER JOIN calls ON calls.id = call_id \
         GROUP BY calls.code, kind, both_counts.code, state HAVING SUM(kept) <> SUM(found) \
         ORDER BY calls.code, kind, both_counts.code, state",
    )
    .load::<Difference>(conn)?;
    Ok((usize::try_from(kept).unwrap_or_default(), differences.iter().map(Difference::words).collect()))
}
