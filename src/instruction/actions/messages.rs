//! Mails of instruction. None says anything of a review.

use std::fmt::Write;

use crate::access::Role;
use crate::base::clock::Instant;
use crate::calls::Call;
use crate::dossiers::Dossier;
use crate::fault::Fault;
use crate::instruction::store::{self, Instructor};
use crate::mail::Message;
use crate::notify;
use crate::service::Operation;

pub(super) fn tell_instructor(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    instructor: &Instructor,
    due_at: Option<Instant>,
) -> Result<(), Fault> {
    let mut body = format!(
        "Bonjour {},\n\nLe dossier {} vous est confié pour instruction, dans l’appel «\u{202F}{}\u{202F}».\n",
        instructor.name,
        dossier.reference_or_draft(),
        call.title
    );
    if let Some(due) = due_at {
        let _ = writeln!(body, "Votre avis est attendu le {} au plus tard.", due.long(call.zone()));
    }
    let _ = write!(
        body,
        "\nAvant de le lire, vous déclarerez vos liens d’intérêts éventuels avec le porteur\u{A0}:\n{}\n",
        op.url(&format!("/dossiers/{}/avis", dossier.id))
    );
    let told = format!("Le dossier {} vous est confié pour instruction.", dossier.reference_or_draft());
    notify::tell(op, instructor.account, "instruction.assigned", told, format!("/dossiers/{}/avis", dossier.id))?;
    op.send(&Message {
        kind: "instruction.assigned",
        recipient: instructor.email.clone(),
        recipient_name: instructor.name.clone(),
        subject: format!("Dossier {} à instruire", dossier.reference_or_draft()),
        body,
        document: None,
        dossier: Some(dossier.id),
    })
}

pub(super) fn tell_managers_recused(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    name: &str,
) -> Result<(), Fault> {
    let text = format!(
        "{name} déclare un lien d’intérêts avec le porteur du dossier {} et se déporte. L’affectation est terminée\u{A0}: \
         le dossier attend un autre instructeur.",
        dossier.reference_or_draft()
    );
    tell_managers(op, call, dossier, "instruction.recused", "Déport déclaré", &text)
}

pub(super) fn tell_managers_complete(op: &mut Operation<'_>, call: &Call, dossier: &Dossier) -> Result<(), Fault> {
    let text = format!(
        "Tous les avis attendus sur le dossier {} sont rendus. Le dossier peut être inscrit à l’ordre du jour du comité.",
        dossier.reference_or_draft()
    );
    tell_managers(op, call, dossier, "instruction.complete", "Instruction close", &text)
}

/// To every manager of the call who may know of this dossier.
fn tell_managers(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    kind: &'static str,
    subject: &str,
    text: &str,
) -> Result<(), Fault> {
    let recused = store::recused_from(op.conn, dossier.id)?;
    for manager in store::holders(op.conn, call.id, Role::CallManager)? {
        if recused.contains(&manager.account) || store::is_member(op.conn, dossier.organisation, manager.account)? {
            continue;
        }
        let address = op.url(&format!("/dossiers/{}/gestion", dossier.id));
        let told = format!("{subject}\u{A0}: dossier {}", dossier.reference_or_draft());
        notify::tell(op, manager.account, kind, told, format!("/dossiers/{}/gestion", dossier.id))?;
        op.send(&Message {
            kind,
            recipient: manager.email,
            recipient_name: manager.name.clone(),
            subject: format!("{subject}\u{A0}: dossier {}", dossier.reference_or_draft()),
            body: format!("Bonjour {},\n\n{text}\n\n{address}\n", manager.name),
            document: None,
            dossier: Some(dossier.id),
        })?;
    }
    Ok(())
}
