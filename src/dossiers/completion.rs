//! Requests to complete a submitted dossier: what is asked, until when, and what may then be written again.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::content::Draft;
use super::drafts::{self, Typed};
use super::sight;
use super::validate::{Problem, piece_field};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AttachmentId, CompletionId, DossierId, DossierVersionId};
use crate::calls::definition::{CallDefinition, SectionKind};
use crate::db::schema::{completion_requests, dossiers};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// What is asked: whole sections, or pieces one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    pub sections: Vec<String>,
    pub pieces: Vec<String>,
}

impl Targets {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.pieces.is_empty()
    }

    /// Titles of the sections and labels of the pieces, in the order of the call.
    #[must_use]
    pub fn labels(&self, definition: &CallDefinition) -> Vec<String> {
        let sections = definition.sections.iter().filter(|s| self.sections.contains(&s.code)).map(|s| s.title.clone());
        let pieces = definition.pieces.iter().filter(|p| self.pieces.contains(&p.code)).map(|p| p.label.clone());
        sections.chain(pieces).collect()
    }
}

/// The draft as it stood when the request left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub sections: BTreeMap<String, Typed>,
    pub attachments: Vec<AttachmentId>,
}

impl Snapshot {
    /// # Errors
    /// When the database refuses.
    pub fn take(conn: &mut Conn, dossier: DossierId) -> Result<Self, Fault> {
        let sections = drafts::sections(conn, dossier)?.into_iter().map(|(code, saved)| (code, saved.typed)).collect();
        let attachments = drafts::attachments(conn, dossier)?.into_iter().map(|a| a.id).collect();
        Ok(Self { sections, attachments })
    }
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct Completion {
    pub id: CompletionId,
    pub dossier: DossierId,
    /// The version found wanting.
    pub version: DossierVersionId,
    pub targets: Targets,
    pub message: String,
    pub due_at: Instant,
    pub asked_by: AccountId,
    pub asked_at: Instant,
    pub snapshot: Snapshot,
    pub answered_at: Option<Instant>,
    pub cancelled_at: Option<Instant>,
}

impl Completion {
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.answered_at.is_none() && self.cancelled_at.is_none()
    }

    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.is_pending() && now > self.due_at
    }

    /// Whether a section may be written: asked, wrong since another one changed, or written since it was asked.
    #[must_use]
    pub fn opens(&self, definition: &CallDefinition, draft: &Draft, problems: &[Problem], section: &str) -> bool {
        if self.targets.sections.iter().any(|s| s == section) || problems.iter().any(|p| p.section == section) {
            return true;
        }
        let is_pieces = definition.section(section).is_some_and(|s| s.kind == SectionKind::Pieces);
        if is_pieces {
            return definition.pieces.iter().any(|piece| self.opens_piece(definition, draft, problems, &piece.code));
        }
        let before = self.snapshot.sections.get(section);
        draft.sections.get(section).is_some_and(|saved| before != Some(&saved.typed))
    }

    /// The same for one piece.
    #[must_use]
    pub fn opens_piece(&self, definition: &CallDefinition, draft: &Draft, problems: &[Problem], piece: &str) -> bool {
        let whole = definition.section_of_kind(SectionKind::Pieces);
        let field = piece_field(piece);
        whole.is_some_and(|section| self.targets.sections.contains(&section.code))
            || self.targets.pieces.iter().any(|p| p == piece)
            || problems.iter().any(|p| p.field == field)
            || draft.attachments.iter().any(|a| a.piece == piece && !self.snapshot.attachments.contains(&a.id))
    }
}

/// Days during which silence did not count, the applicant having been asked for something (CRPA L114-5).
#[must_use]
pub fn suspended_days(requests: &[Completion], zone: &str, now: Instant) -> i64 {
    let day = |at: Instant| at.in_zone(zone).date();
    let days = |request: &Completion| {
        let end = request.answered_at.or(request.cancelled_at).unwrap_or(now);
        day(request.asked_at).until(day(end)).map_or(0, |span| i64::from(span.get_days()))
    };
    requests.iter().map(days).sum()
}

type Row = (
    CompletionId,
    DossierId,
    DossierVersionId,
    String,
    String,
    Instant,
    AccountId,
    Instant,
    String,
    Option<Instant>,
    Option<Instant>,
);

macro_rules! columns {
    () => {
        (
            completion_requests::id,
            completion_requests::dossier_id,
            completion_requests::dossier_version_id,
            completion_requests::targets,
            completion_requests::message,
            completion_requests::due_at,
            completion_requests::asked_by,
            completion_requests::asked_at,
            completion_requests::snapshot,
            completion_requests::answered_at,
            completion_requests::cancelled_at,
        )
    };
}

fn completion(row: Row) -> Result<Completion, Fault> {
    let (id, dossier, version, targets, message, due_at, asked_by, asked_at, snapshot, answered_at, cancelled_at) = row;
    let (targets, snapshot) = (serde_json::from_str(&targets)?, serde_json::from_str(&snapshot)?);
    Ok(Completion {
        id,
        dossier,
        version,
        targets,
        message,
        due_at,
        asked_by,
        asked_at,
        snapshot,
        answered_at,
        cancelled_at,
    })
}

/// Every request made on a dossier, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Completion>, Fault> {
    completion_requests::table
        .filter(completion_requests::dossier_id.eq(dossier))
        .order(completion_requests::id)
        .select(columns!())
        .load::<Row>(conn)?
        .into_iter()
        .map(completion)
        .collect()
}

/// The request that waits for its answer.
///
/// # Errors
/// When the database refuses.
pub fn pending(conn: &mut Conn, dossier: DossierId) -> Result<Option<Completion>, Fault> {
    let row = completion_requests::table
        .filter(completion_requests::dossier_id.eq(dossier))
        .filter(completion_requests::answered_at.is_null())
        .filter(completion_requests::cancelled_at.is_null())
        .select(columns!())
        .first::<Row>(conn)
        .optional()?;
    row.map(completion).transpose()
}

/// The requests under way on some dossiers.
///
/// # Errors
/// When the database refuses.
pub fn pending_on(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Completion>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = HashMap::new();
    let rows = completion_requests::table
        .filter(listed(completion_requests::dossier_id, ids))
        .filter(completion_requests::answered_at.is_null())
        .filter(completion_requests::cancelled_at.is_null())
        .select((completion_requests::dossier_id, columns!()))
        .load::<(DossierId, Row)>(conn)?;
    for (dossier, row) in rows {
        found.insert(dossier, completion(row)?);
    }
    Ok(found)
}

/// Dossiers that a person manages whose request is past its day, with when that was and their reference, the longest
/// late first, `most` at most.
///
/// # Errors
/// When the database refuses.
pub fn late(
    conn: &mut Conn,
    actor: &Actor,
    now: Instant,
    most: i64,
) -> Result<Vec<(DossierId, Instant, Option<String>)>, Fault> {
    Ok(completion_requests::table
        .inner_join(dossiers::table)
        .filter(sight::visible(actor, &[Role::CallManager]))
        .filter(completion_requests::answered_at.is_null())
        .filter(completion_requests::cancelled_at.is_null())
        .filter(completion_requests::due_at.lt(now))
        .order((completion_requests::due_at, completion_requests::id))
        .limit(most)
        .select((completion_requests::dossier_id, completion_requests::due_at, dossiers::reference))
        .load(conn)?)
}

pub(super) fn insert(
    conn: &mut Conn,
    dossier: DossierId,
    version: DossierVersionId,
    asked: &Asked,
    by: AccountId,
    now: Instant,
) -> Result<CompletionId, Fault> {
    let snapshot = serde_json::to_string(&Snapshot::take(conn, dossier)?)?;
    Ok(diesel::insert_into(completion_requests::table)
        .values((
            completion_requests::dossier_id.eq(dossier),
            completion_requests::dossier_version_id.eq(version),
            completion_requests::targets.eq(serde_json::to_string(&asked.targets)?),
            completion_requests::message.eq(&asked.message),
            completion_requests::due_at.eq(asked.due_at),
            completion_requests::asked_by.eq(by),
            completion_requests::asked_at.eq(now),
            completion_requests::snapshot.eq(snapshot),
        ))
        .returning(completion_requests::id)
        .get_result(conn)?)
}

/// What a manager asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub targets: Targets,
    pub message: String,
    pub due_at: Instant,
}

pub(super) fn close_answered(
    conn: &mut Conn,
    id: CompletionId,
    version: DossierVersionId,
    now: Instant,
) -> Result<(), Fault> {
    let closed = diesel::update(
        completion_requests::table
            .filter(completion_requests::id.eq(id))
            .filter(completion_requests::answered_at.is_null())
            .filter(completion_requests::cancelled_at.is_null()),
    )
    .set((completion_requests::answered_at.eq(Some(now)), completion_requests::answered_version_id.eq(Some(version))))
    .execute(conn)?;
    if closed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Ends the pending request of a dossier that leaves « À compléter » without an answer.
pub(super) fn close_unanswered(conn: &mut Conn, dossier: DossierId, now: Instant) -> Result<(), Fault> {
    diesel::update(
        completion_requests::table
            .filter(completion_requests::dossier_id.eq(dossier))
            .filter(completion_requests::answered_at.is_null())
            .filter(completion_requests::cancelled_at.is_null()),
    )
    .set(completion_requests::cancelled_at.eq(Some(now)))
    .execute(conn)?;
    Ok(())
}
