//! Mails of instruction. None says anything of a review.

use std::fmt::Write;

use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::text::count;
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
    instructs: bool,
) -> Result<(), Fault> {
    let follows = if instructs {
        "L’affectation est terminée\u{A0}: le dossier attend un autre instructeur."
    } else {
        "L’avis de son département reste à donner par un autre correspondant."
    };
    let text = format!(
        "{name} déclare un lien d’intérêts avec le porteur du dossier {} et se déporte. {follows}",
        dossier.reference_or_draft()
    );
    tell_managers(op, call, dossier, "instruction.recused", "Déport déclaré", &text)
}

pub(super) fn tell_managers_refused(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    name: &str,
    reason: &str,
) -> Result<(), Fault> {
    let text = format!(
        "{name} ne peut pas instruire le dossier {}, qui attend un autre instructeur. Motif donné\u{A0}: {reason}",
        dossier.reference_or_draft()
    );
    tell_managers(op, call, dossier, "instruction.refused", "Affectation refusée", &text)
}

/// One mail for all the dossiers given at once.
pub(super) fn tell_instructor_of_many(
    op: &mut Operation<'_>,
    call: &Call,
    instructor: &Instructor,
    number: usize,
    due_at: Option<Instant>,
) -> Result<(), Fault> {
    let given = count(number, "dossier vous est confié", "dossiers vous sont confiés");
    let mut body = format!(
        "Bonjour {},\n\n{given} pour instruction, dans l’appel «\u{202F}{}\u{202F}».\n",
        instructor.name, call.title
    );
    if let Some(due) = due_at {
        let _ = writeln!(body, "Vos avis sont attendus le {} au plus tard.", due.long(call.zone()));
    }
    let _ = write!(
        body,
        "\nAvant de lire chaque dossier, vous déclarerez vos liens d’intérêts éventuels avec le porteur\u{A0}:\n{}\n",
        op.url("/instruction")
    );
    let subject = format!("{} à instruire", count(number, "dossier", "dossiers"));
    send_to(op, "instruction.assigned", instructor, subject, body, "/instruction")
}

/// Says how many reviews are late, and of which none: a mail outlives the right to know of a dossier.
pub(super) fn remind_instructor(
    op: &mut Operation<'_>,
    instructor: &Instructor,
    number: usize,
    oldest: &str,
) -> Result<(), Fault> {
    let late = count(number, "avis que vous devez rendre est en retard", "avis que vous devez rendre sont en retard");
    let body = format!(
        "Bonjour {},\n\n{late}. Le plus ancien était attendu le {oldest}.\n\nVous les retrouvez en tête de votre liste\u{A0}:\n{}\n\n\
         Si vous ne pouvez pas instruire un dossier, dites-le depuis sa page\u{A0}: il sera confié à une autre personne.\n",
        instructor.name,
        op.url("/instruction")
    );
    let subject = count(number, "avis en retard", "avis en retard");
    send_to(op, "instruction.late", instructor, subject, body, "/instruction?avis=retard")
}

pub(super) fn tell_correspondent(
    op: &mut Operation<'_>,
    call: &Call,
    correspondent: &Instructor,
    number: usize,
    due_at: Option<Instant>,
) -> Result<(), Fault> {
    let asked = count(number, "avis est demandé", "avis sont demandés");
    let mut body = format!(
        "Bonjour {},\n\n{asked} à votre département, dans l’appel «\u{202F}{}\u{202F}».\n",
        correspondent.name, call.title
    );
    if let Some(due) = due_at {
        let _ = writeln!(body, "Réponse attendue le {} au plus tard.", due.long(call.zone()));
    }
    let _ = write!(body, "\nVous trouverez les dossiers ici\u{A0}:\n{}\n", op.url("/territoire"));
    send_to(op, "territory.asked", correspondent, "Avis demandé à votre département".to_owned(), body, "/territoire")
}

pub(super) fn tell_reopened(
    op: &mut Operation<'_>,
    dossier: &Dossier,
    instructor: &Instructor,
    reason: &str,
) -> Result<(), Fault> {
    let body = format!(
        "Bonjour {},\n\nVotre avis sur le dossier {} est rouvert à la demande du gestionnaire de l’appel. Motif\u{A0}: {reason}\n\n\
         Vous pouvez le modifier, puis le rendre à nouveau\u{A0}:\n{}\n",
        instructor.name,
        dossier.reference_or_draft(),
        op.url(&format!("/dossiers/{}/avis", dossier.id))
    );
    let subject = format!("Votre avis sur le dossier {} est rouvert", dossier.reference_or_draft());
    send_to(op, "review.reopened", instructor, subject, body, &format!("/dossiers/{}/avis", dossier.id))
}

fn send_to(
    op: &mut Operation<'_>,
    kind: &'static str,
    person: &Instructor,
    subject: String,
    body: String,
    href: &str,
) -> Result<(), Fault> {
    notify::tell(op, person.account, kind, subject.clone(), href)?;
    op.send(&Message {
        kind,
        recipient: person.email.clone(),
        recipient_name: person.name.clone(),
        subject,
        body,
        document: None,
        dossier: None,
    })
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
