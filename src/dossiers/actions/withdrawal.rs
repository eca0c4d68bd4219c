//! The applicant takes the dossier back.

use diesel::prelude::*;

use super::advance;
use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::base::text::clean;
use crate::calls;
use crate::db::schema::assignments;
use crate::dossiers::mails::{self, Words, named};
use crate::dossiers::model::Event;
use crate::dossiers::sight::for_member;
use crate::dossiers::store::{self, Dossier};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::notify;
use crate::service::Operation;

/// Longest reason, in characters.
pub const MAX_REASON: u32 = 1_000;

/// Ends the dossier at the applicant's demand and frees those who were reading it. Nothing of it is erased.
///
/// # Errors
/// [`Fault::Invalid`] without a reason; [`Fault::Refused`] by the engine; [`Fault::NotFound`] for anyone but a member of
/// the organisation.
pub fn withdraw(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, reason: &str) -> Result<Dossier, Fault> {
    let row = for_member(op.conn, actor, dossier)?;
    let reason = clean(reason);
    let mut mistakes = Mistakes::default();
    if reason.is_empty() {
        mistakes
            .add("reason", "Dites pourquoi vous retirez le dossier, par exemple\u{A0}: le projet est reporté d’un an.");
    } else if reason.chars().count() > MAX_REASON as usize {
        mistakes.add("reason", format!("Raccourcissez le motif à {MAX_REASON} caractères au plus."));
    }
    mistakes.finish()?;
    let moved = advance(op, dossier, Event::Withdraw)?;
    diesel::update(
        assignments::table.filter(assignments::dossier_id.eq(dossier)).filter(assignments::ended_at.is_null()),
    )
    .set((assignments::ended_at.eq(Some(op.now)), assignments::end_reason.eq(Some("Dossier retiré par son porteur"))))
    .execute(op.conn)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let version = store::current_version(op.conn, &row)?;
    let at = op.now.long(call.zone());
    let words = |text: String| Words {
        kind: "dossier.withdrawn",
        subject: format!("Dossier {} retiré", moved.reference_or_draft()),
        text,
    };
    let told = words(format!(
        "Le dossier {} a été retiré le {at} par {}. Motif\u{A0}: {reason}\n\n\
         Il n’est plus examiné. Vous pouvez toujours le relire\u{A0}:\n{}",
        named(&moved),
        actor.name(),
        op.url(&format!("/mes-dossiers/{dossier}")),
    ));
    let recipients = mails::applicants(op.conn, &version)?;
    let own = format!("/mes-dossiers/{dossier}");
    mails::send(op, &call, &moved, &recipients, &told, &own)?;
    notify::tell_organisation(op, moved.organisation, told.kind, &told.subject, &own)?;
    let told = words(format!(
        "L’organisme {} a retiré le dossier {} le {at}. Motif\u{A0}: {reason}\n\n\
         Les instructeurs en sont déchargés et le comité n’a plus à le juger.\n{}",
        version.content.applicant.name,
        named(&moved),
        op.url(&format!("/dossiers/{dossier}")),
    ));
    let recipients = mails::managers(op.conn, call.id)?;
    mails::send(op, &call, &moved, &recipients, &told, &format!("/dossiers/{dossier}"))?;
    let entry = Entry::new("dossier.withdraw", "Dossier retiré par son porteur");
    op.record(entry.call(call.id).dossier(dossier).reason(reason).for_everyone());
    Ok(moved)
}
