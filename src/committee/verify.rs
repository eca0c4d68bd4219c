//! Sealed sessions against their record, for `check`.

use diesel::prelude::*;

use super::model::SessionState;
use super::record::{Record, RecordedOpinion};
use super::store;
use crate::base::ids::{DocumentId, SessionId};
use crate::db::schema::committee_sessions;
use crate::db::{Conn, among};
use crate::dossiers;
use crate::fault::Fault;
use crate::files::sha256_hex;

/// Recomputes the hash of every sealed record, then compares the opinions and frozen versions with what it says.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let sealed = committee_sessions::table
        .filter(among(committee_sessions::state, [SessionState::Sealed, SessionState::Adjourned]))
        .order(committee_sessions::id)
        .select((
            committee_sessions::id,
            committee_sessions::record,
            committee_sessions::record_sha256,
            committee_sessions::minutes_id,
        ))
        .load::<(SessionId, Option<String>, Option<String>, Option<DocumentId>)>(conn)?;
    let mut problems = Vec::new();
    for (id, record, sha256, minutes) in &sealed {
        if minutes.is_none() {
            problems.push(format!("séance {id}\u{A0}: scellée sans procès-verbal"));
        }
        let (Some(record), Some(sha256)) = (record, sha256) else {
            problems.push(format!("séance {id}\u{A0}: scellée sans son relevé ou sans son empreinte"));
            continue;
        };
        if sha256_hex(record.as_bytes()) != *sha256 {
            problems.push(format!("séance {id}\u{A0}: le relevé scellé a été modifié"));
        }
        match serde_json::from_str::<Record>(record) {
            Err(_) => problems.push(format!("séance {id}\u{A0}: le relevé scellé ne se lit plus")),
            Ok(record) => problems.extend(compare(conn, *id, &record)?),
        }
    }
    Ok((sealed.len(), problems))
}

fn compare(conn: &mut Conn, session: SessionId, record: &Record) -> Result<Vec<String>, Fault> {
    let mut problems = Vec::new();
    let opinions = store::opinions(conn, session)?;
    for item in &record.agenda {
        let reference = &item.reference;
        let stored = opinions.iter().find(|o| o.dossier == item.dossier);
        if !item.withdrawn && !record.adjourned && stored.map(RecordedOpinion::from) != item.opinion {
            problems.push(format!("séance {session}\u{A0}: l’avis sur {reference} diffère du relevé scellé"));
        }
        match dossiers::version_by_id(conn, item.version) {
            Ok(version) if version.sha256 == item.version_sha256 => {}
            Ok(_) | Err(Fault::NotFound) => {
                problems.push(format!("séance {session}\u{A0}: la version jugée de {reference} n’est plus la même"));
            }
            Err(other) => return Err(other),
        }
    }
    for opinion in &opinions {
        if !record.agenda.iter().any(|item| item.dossier == opinion.dossier) {
            problems.push(format!("séance {session}\u{A0}: un avis a été ajouté après le scellement"));
        }
    }
    Ok(problems)
}
