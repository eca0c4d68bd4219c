//! Files an applicant takes back: the pieces and the receipt.

use crate::base::ids::{AttachmentId, DossierId};
use crate::dossiers::drafts;
use crate::dossiers::sight::for_applicant;
use crate::fault::Fault;
use crate::sealed::{self, DocumentKind};
use crate::web::{Answer, Visit};

pub(super) fn download(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (dossier, attachment): (DossierId, AttachmentId) = (visit.param("dossier")?, visit.param("attachment")?);
    let found = visit.read(|conn| {
        for_applicant(conn, actor, dossier)?;
        let all = drafts::all_attachments(conn, dossier)?;
        all.into_iter().find(|a| a.id == attachment).ok_or(Fault::NotFound)
    })?;
    let bytes = visit.service().files.get(&found.sha256)?;
    Ok(Answer::file(found.media_type, found.file_name, bytes))
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
