//! The declaration of interests that comes before reading a dossier, for instructors and correspondents alike.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Opened;
use super::review::by_field;
use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::fault::{Fault, FieldError};
use crate::instruction::actions;
use crate::web::{Answer, Visit};

/// Where the declaration is asked.
pub(super) struct Asking<'a> {
    pub opened: &'a Opened,
    pub due: String,
    pub action: String,
    /// The list to go back to.
    pub back: &'static str,
    /// Whether the dossier may also be refused for another reason: an instructor's may.
    pub refusable: bool,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    applicant: String,
    due: String,
    action: String,
    back: &'static str,
    options: Vec<Choice>,
    detail: String,
    detail_hint: &'static str,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

/// Title and applicant only: what it takes to know one's interests.
pub(super) fn page(visit: &Visit, asking: &Asking<'_>, mistakes: Vec<FieldError>) -> Result<Answer, Fault> {
    let answer = visit.form.text("conflict");
    let option = |value, label, hint| Choice { value, label, hint, checked: answer == value };
    let mut options = vec![
        option("non", "Je n’ai aucun lien d’intérêts avec ce porteur", "Le dossier s’ouvre et vous pouvez le lire."),
        option(
            "oui",
            "J’ai un lien d’intérêts et je me déporte",
            "Le dossier se ferme pour vous. Le gestionnaire de l’appel est prévenu et le confie à une autre personne.",
        ),
    ];
    if asking.refusable {
        options.push(option(
            "refus",
            "Je ne peux pas instruire ce dossier, pour une autre raison",
            "Le dossier revient au gestionnaire, qui le confie à une autre personne.",
        ));
    }
    let view = View {
        title: asking.opened.view.dossier.title.clone(),
        reference: asking.opened.reference(),
        applicant: asking.opened.version.content.applicant.name.clone(),
        due: asking.due.clone(),
        action: asking.action.clone(),
        back: asking.back,
        options,
        detail: visit.form.text("detail").to_owned(),
        detail_hint: if asking.refusable {
            "Seulement si vous vous déportez ou refusez le dossier. Lu par le gestionnaire de l’appel."
        } else {
            "Seulement si vous vous déportez. Lu par le gestionnaire de l’appel."
        },
        errors: by_field(&mistakes),
        error_list: mistakes,
    };
    let title = format!("Liens d’intérêts – {}", view.reference);
    Ok(Answer::page(title, "instruction/interests.html", &view)?.desk())
}

/// Records what was answered and goes on to `next`, or back to the list when the dossier closes.
pub(super) fn declare(visit: &Visit, actor: &Actor, asking: &Asking<'_>, next: &str) -> Result<Answer, Fault> {
    let id: DossierId = asking.opened.view.dossier.id;
    let detail = visit.form.text("detail");
    let (done, leaves, flash) = match visit.form.text("conflict") {
        "non" => (
            visit.perform(|op| actions::declare_interests(op, actor, id, None)),
            false,
            "Votre déclaration est enregistrée.",
        ),
        "oui" => (
            visit.perform(|op| actions::declare_interests(op, actor, id, Some(detail))),
            true,
            "Votre déport est enregistré. Le gestionnaire de l’appel est prévenu.",
        ),
        "refus" if asking.refusable => (
            visit.perform(|op| actions::refuse_assignment(op, actor, id, detail)).map_err(under_detail),
            true,
            "Votre refus est enregistré. Le gestionnaire de l’appel est prévenu.",
        ),
        _ => (
            Err(Fault::invalid("conflict", "Dites si vous avez, ou non, un lien d’intérêts avec ce porteur.")),
            false,
            "",
        ),
    };
    match done {
        Ok(()) => Ok(Answer::redirect(if leaves { asking.back } else { next }).flash(flash)),
        Err(fault) => visit.with_mistakes(fault, |visit, mistakes| page(visit, asking, mistakes)),
    }
}

/// The reason of a refusal is typed in the same box as that of a recusal.
fn under_detail(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(mistakes) => {
            Fault::Invalid(mistakes.into_iter().map(|m| FieldError { field: "detail".to_owned(), ..m }).collect())
        }
        other => other,
    }
}
