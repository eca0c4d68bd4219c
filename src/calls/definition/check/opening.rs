//! Identity, calendar, contact, stages, axes, eligibility and milestones.

use super::{codes, refuse_duplicates};
use crate::base::text::looks_like_email;
use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    identity(call, found);
    calendar(&call.calendar, found);
    stages(&call.stages, found);
    axes(call, found);
    eligibility(&call.eligibility, found);
    for (i, milestone) in call.milestones.iter().enumerate() {
        if !is_date(&milestone.date) {
            let message =
                format!("« {} » n’est pas une date. Écrivez \"2021\", \"2021-11\" ou \"2021-12-15\".", milestone.date);
            found.report(&format!("milestones[{}].date", i + 1), message);
        }
        if milestone.euros.is_some_and(|euros| euros <= 0) {
            let message = "un montant est supérieur à zéro. Corrigez-le, ou retirez-le s’il est inconnu.";
            found.report(&format!("milestones[{}].euros", i + 1), message);
        }
    }
}

fn identity(call: &CallDefinition, found: &mut Reading) {
    let code = &call.call.code;
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let shape = (3..=41).contains(&code.len()) && code.starts_with(upper) && code.chars().all(|c| upper(c) || c == '-');
    if !shape {
        let message = format!(
            "« {code} » ne convient pas comme code d’appel. Employez de 3 à 41 capitales, chiffres ou tirets, \
             par exemple \"AMI-ISS-2021\"."
        );
        found.report("call.code", message);
    }
    if !looks_like_email(&call.contact.email) {
        let message =
            format!("« {} » n’est pas une adresse. Écrivez par exemple \"appel@ars.example\".", call.contact.email);
        found.report("contact.email", message);
    }
    let digits = call.contact.telephone.chars().filter(char::is_ascii_digit).count();
    if !(10..=15).contains(&digits) {
        let message = "ce numéro de téléphone n’a pas dix chiffres. Écrivez par exemple \"04 65 71 00 00\".";
        found.report("contact.telephone", message);
    }
}

fn calendar(calendar: &Calendar, found: &mut Reading) {
    let committee = calendar.committee.map(|at| ("committee", at));
    let notification = calendar.notification.map(|at| ("notification", at));
    let dates = [Some(("opening", calendar.opening)), Some(("closing", calendar.closing)), committee, notification];
    let names = [("opening", "l’ouverture"), ("closing", "la clôture"), ("committee", "le comité")];
    let mut earlier: Option<(&str, crate::base::Instant)> = None;
    for (key, at) in dates.into_iter().flatten() {
        let path = format!("calendar.{key}.at");
        if !found.is_whole(&path) {
            continue;
        }
        if let Some((before, limit)) = earlier
            && at <= limit
        {
            let before = names.iter().find(|(key, _)| *key == before).map_or(before, |(_, name)| name);
            found.report(&path, format!("cette date n’est pas après {before}. Corrigez l’une des deux."));
        }
        earlier = Some((key, at));
    }
}

/// Shortlisting is optional, on either side of instruction; the other stages come in one order.
fn stages(stages: &[Stage], found: &mut Reading) {
    if !found.is_whole("stages") {
        return;
    }
    let order = [Stage::Submission, Stage::Eligibility, Stage::Instruction, Stage::Committee, Stage::Decision];
    for stage in order {
        if !stages.contains(&stage) {
            found.report("stages", format!("l’étape « {} » manque. Ajoutez-la.", stage.label()));
        }
    }
    let mut reached = None;
    for (i, stage) in stages.iter().enumerate() {
        let path = format!("stages[{}]", i + 1);
        if stages[..i].contains(stage) {
            found.report(&path, format!("l’étape « {} » est écrite deux fois. Gardez-en une.", stage.label()));
        } else if let Some(rank) = order.iter().position(|ordered| ordered == stage) {
            if reached.is_some_and(|reached| rank < reached) {
                let message = format!(
                    "l’étape « {} » vient trop tard. L’ordre est : dépôt, recevabilité, instruction, comité, décision.",
                    stage.label()
                );
                found.report(&path, message);
            }
            reached = reached.max(Some(rank));
        } else if !matches!(reached, Some(1 | 2)) {
            found.report(&path, "la présélection se place après la recevabilité et avant le comité. Déplacez-la.");
        }
    }
}

fn axes(call: &CallDefinition, found: &mut Reading) {
    refuse_duplicates(found, codes("axes.list", "code", &call.axes.list, |axis| &axis.code), "un axe");
}

fn eligibility(eligibility: &Eligibility, found: &mut Reading) {
    for (i, code) in eligibility.departments.iter().enumerate() {
        if !is_department(code) {
            let message =
                format!("« {code} » n’est pas un code de département. Écrivez par exemple \"31\", \"2A\" ou \"974\".");
            found.report(&format!("eligibility.departments[{}]", i + 1), message);
        }
    }
    for (i, code) in eligibility.legal_forms.iter().enumerate() {
        if !is_legal_form(code) {
            found.report(&format!("eligibility.legal_forms[{}]", i + 1), legal_form_message(code));
        }
    }
    let lists = [("departments", &eligibility.departments), ("legal_forms", &eligibility.legal_forms)];
    for (key, list) in lists {
        let items = list.iter().enumerate();
        let items = items.map(|(i, code)| (format!("eligibility.{key}[{}]", i + 1), code.as_str()));
        refuse_duplicates(found, items, "un élément de cette liste");
    }
}

/// Two digits, `2A` or `2B`, or three digits overseas.
fn is_department(code: &str) -> bool {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    matches!(code, "2A" | "2B")
        || (code.len() == 2 && digits(code))
        || (code.len() == 3 && code.starts_with("97") && digits(code))
}

pub(super) fn is_legal_form(code: &str) -> bool {
    code.len() == 4 && code.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn legal_form_message(code: &str) -> String {
    format!("« {code} » n’est pas une catégorie juridique de l’INSEE. Écrivez quatre chiffres, par exemple \"9220\".")
}

/// `2021`, `2021-11` or `2021-12-15`.
fn is_date(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    whole.parse::<jiff::civil::Date>().is_ok()
}
