//! Files an applicant takes back: the pieces and the receipt.

use crate::base::ids::{AttachmentId, DossierId};
use crate::db::Conn;
use crate::dossiers::drafts::{self, Attachment};
use crate::dossiers::sight::for_applicant;
use crate::dossiers::versions::versions;
use crate::fault::Fault;
use crate::sealed::{self, DocumentKind};
use crate::web::{Answer, Visit};

pub(super) fn download(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (dossier, attachment): (DossierId, AttachmentId) = (visit.param("dossier")?, visit.param("attachment")?);
    let found = visit.read(|conn| {
        for_applicant(conn, actor, dossier)?;
        let all = drafts::all_attachments(conn, dossier)?;
        let found = all.into_iter().find(|a| a.id == attachment).ok_or(Fault::NotFound)?;
        // A file that was removed is gone, unless it was submitted once or waits beside another.
        let there = drafts::attachments(conn, dossier)?.iter().any(|a| a.id == attachment);
        if there || drafts::is_aside(conn, attachment)? || was_submitted(conn, dossier, &found)? {
            Ok(found)
        } else {
            Err(Fault::NotFound)
        }
    })?;
    let bytes = visit.service().files.get(&found.sha256)?;
    Ok(Answer::file(found.media_type, found.file_name, bytes))
}

fn was_submitted(conn: &mut Conn, dossier: DossierId, file: &Attachment) -> Result<bool, Fault> {
    let all = versions(conn, dossier)?;
    let mut pieces = all.iter().flat_map(|version| &version.content.pieces);
    Ok(pieces.any(|piece| piece.piece == file.piece && piece.sha256 == file.sha256))
}

pub(super) fn receipt(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let dossier: DossierId = visit.param("dossier")?;
    let (file_name, bytes) = visit.read(|conn| {
        for_applicant(conn, actor, dossier)?;
        let sealed = sealed::latest_of(conn, dossier, DocumentKind::Receipt)?;
        sealed::bytes(conn, &visit.service().files, sealed.id)
    })?;
    Ok(Answer::pdf(file_name, bytes))
}
