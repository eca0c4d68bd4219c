//! Preparing, checking and signing one decision.

use serde::Serialize;

use super::summary::{SummaryRow, consequences, summary};
use super::{outcome_label, signed, store};
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, EnvelopeId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::decisions::actions::{self, Case, OUTCOMES};
use crate::decisions::model::Choice;
use crate::decisions::rules::{MAX_TEXT, delegation_for};
use crate::dossiers::{self, Outcome};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::ledger;
use crate::web::{Answer, Form, Visit};

/// The committee's opinion, beside the form.
#[derive(Serialize)]
struct OpinionView {
    session: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    envelope: String,
    motive: String,
    debate: String,
}

#[derive(Serialize)]
struct ChoiceOption {
    value: String,
    label: String,
    hint: String,
    checked: bool,
    selected: bool,
}

/// What the form holds, exactly as typed.
#[derive(Clone, Default, Serialize)]
struct Typed {
    outcome: String,
    amount: String,
    envelope: String,
    rank: String,
    motive: String,
    departure_reason: String,
}

#[derive(Serialize)]
struct DecideView {
    call_title: String,
    reference: String,
    title: String,
    organisation: String,
    requested: String,
    opinion: OpinionView,
    /// Whether this person may sign, and if not why.
    may_sign: bool,
    obstacle: String,
    signing_as: String,
    outcomes: Vec<ChoiceOption>,
    envelopes: Vec<ChoiceOption>,
    typed: Typed,
    max_text: usize,
    errors: Vec<FieldError>,
    error_of: std::collections::BTreeMap<String, String>,
    action: String,
}

#[derive(Serialize)]
struct CheckView {
    call_title: String,
    reference: String,
    rows: Vec<SummaryRow>,
    departs: bool,
    consequences: Vec<String>,
    typed: Typed,
    action: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let case = visit.read(|conn| actions::case(conn, actor, dossier))?;
    if let Some(decision) = visit.read(|conn| store::of_dossier(conn, dossier))? {
        return signed::page(visit, &case, &decision);
    }
    let typed = typed_from(&Choice::following(&case.opinion));
    form(visit, &case, typed, Vec::new())
}

/// One address, four buttons: check, go back to the form, read the draft letter, sign.
pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let case = visit.read(|conn| actions::case(conn, actor, dossier))?;
    if let Some(answer) = already_signed(visit, dossier)? {
        return Ok(answer);
    }
    let typed = read_typed(&visit.form);
    let answer = match visit.form.text("action") {
        "edit" => return form(visit, &case, typed, Vec::new()),
        "sign" => sign(visit, actor, &case, &typed),
        "preview" => preview(visit, actor, &case, &typed),
        _ => check(visit, actor, &case, typed.clone()),
    };
    match answer {
        Ok(answer) => Ok(answer),
        Err(fault @ Fault::Invalid(_)) => visit.with_mistakes(fault, |visit, errors| form(visit, &case, typed, errors)),
        // Two clicks at once: the first one signed.
        Err(fault @ (Fault::Stale | Fault::Refused(_))) => already_signed(visit, dossier)?.ok_or(fault),
        Err(fault) => Err(fault),
    }
}

fn already_signed(visit: &Visit, dossier: DossierId) -> Result<Option<Answer>, Fault> {
    let decision = visit.read(|conn| store::of_dossier(conn, dossier))?;
    Ok(decision.map(|decision| {
        Answer::redirect(format!("/dossiers/{dossier}/decision"))
            .flash_as("info", format!("La décision {} est déjà signée.", decision.number))
    }))
}

fn sign(visit: &Visit, actor: &Actor, case: &Case, typed: &Typed) -> Result<Answer, Fault> {
    let choice = read_choice(typed)?;
    let decision = visit.perform(|op| actions::sign(op, actor, case.dossier.id, &choice))?;
    Ok(Answer::redirect(format!("/appels/{}/decisions", case.call.code))
        .flash(format!("La décision {} est signée. Le porteur ne le saura qu’à la notification.", decision.number)))
}

fn preview(visit: &Visit, actor: &Actor, case: &Case, typed: &Typed) -> Result<Answer, Fault> {
    let choice = read_choice(typed)?;
    let settings = &visit.service().settings;
    let bytes = visit.read(|conn| {
        let draft = actions::draft(conn, actor, case, &choice, visit.now)?;
        actions::preview(conn, settings, actor, case, &draft, visit.now)
    })?;
    Ok(Answer::pdf(format!("projet-{}.pdf", case.dossier.reference_or_draft()), bytes))
}

fn check(visit: &Visit, actor: &Actor, case: &Case, typed: Typed) -> Result<Answer, Fault> {
    let choice = read_choice(&typed)?;
    let view = visit.read(|conn| {
        let draft = actions::draft(conn, actor, case, &choice, visit.now)?;
        actions::check_funds(conn, actor, case, &draft.terms)?;
        Ok(CheckView {
            call_title: case.call.title.clone(),
            reference: case.dossier.reference_or_draft(),
            rows: summary(conn, actor, case, &draft)?,
            departs: !draft.terms.departure_reason.is_empty(),
            consequences: consequences(conn, case, &draft)?,
            typed,
            action: format!("/dossiers/{}/decision", case.dossier.id),
        })
    })?;
    let title = format!("Vérifier avant de signer – {}", view.reference);
    Ok(crumbs(Answer::page(title, "decisions/check_before_signing.html", &view)?.desk(), case))
}

pub(super) fn crumbs(answer: Answer, case: &Case) -> Answer {
    answer
        .crumb("Appels", "/appels")
        .crumb(&case.call.title, format!("/appels/{}", case.call.code))
        .crumb("Décisions", format!("/appels/{}/decisions", case.call.code))
        .crumb(case.dossier.reference_or_draft(), "")
}

fn form(visit: &Visit, case: &Case, typed: Typed, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let view = visit.read(|conn| {
        let signs = crate::dossiers::for_staff(conn, actor, case.dossier.id)?.through(Role::Signatory);
        let delegations = store::delegations_of(conn, actor.id)?;
        let delegation = delegation_for(&delegations, case.call.authority, None, visit.now, case.call.zone());
        Ok(DecideView {
            call_title: case.call.title.clone(),
            reference: case.dossier.reference_or_draft(),
            title: case.dossier.title_or_untitled().to_owned(),
            organisation: case.version.content.applicant.name.clone(),
            requested: case.version.requested.to_string(),
            opinion: opinion(conn, case)?,
            may_sign: signs && delegation.is_ok(),
            obstacle: match &delegation {
                _ if !signs => "La décision attend la signature de l’autorité.".to_owned(),
                Err(reason) => reason.clone(),
                Ok(_) => String::new(),
            },
            signing_as: delegation.map(|d| format!("{}, {}", d.quality, d.reference)).unwrap_or_default(),
            outcomes: outcomes(&typed),
            envelopes: if !case.opinion.reserved.is_empty() {
                Vec::new()
            } else {
                envelopes(conn, actor, case, &typed)?
            },
            typed,
            max_text: MAX_TEXT,
            error_of: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
            errors,
            action: format!("/dossiers/{}/decision", case.dossier.id),
        })
    })?;
    let title = format!("Décision – {}", view.reference);
    Ok(crumbs(Answer::page(title, "decisions/decide.html", &view)?.desk(), case))
}

fn opinion(conn: &mut Conn, case: &Case) -> Result<OpinionView, Fault> {
    let opinion = &case.opinion;
    let zone = case.call.zone();
    Ok(OpinionView {
        session: format!("Séance n°\u{A0}{} du {}", opinion.session_number, opinion.held_at.date(zone)),
        outcome: outcome_label(opinion.outcome, opinion.rank),
        tone: opinion.outcome.tone(),
        amount: opinion.total().map(|a| a.to_string()).unwrap_or_default(),
        envelope: opinion
            .reserved
            .first()
            .map(|(id, _)| *id)
            .map(|id| envelope_label(conn, id))
            .transpose()?
            .unwrap_or_default(),
        motive: opinion.motive.clone(),
        debate: opinion.debate.clone(),
    })
}

pub(super) fn envelope_label(conn: &mut Conn, id: EnvelopeId) -> Result<String, Fault> {
    let envelope = store::envelope_name(conn, id)?;
    Ok(format!("{}, {}, {}", envelope.funder, envelope.line, envelope.year))
}

fn outcomes(typed: &Typed) -> Vec<ChoiceOption> {
    OUTCOMES
        .into_iter()
        .map(|outcome| ChoiceOption {
            value: outcome.code().to_owned(),
            label: outcome.label().to_owned(),
            hint: match outcome {
                Outcome::Selected => "Engage le montant saisi sur l’enveloppe.",
                Outcome::Waitlisted => "Sans montant\u{202F}: saisissez le rang et le motif.",
                Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => {
                    "Sans montant\u{202F}: saisissez le motif."
                }
            }
            .to_owned(),
            checked: typed.outcome == outcome.code(),
            selected: false,
        })
        .collect()
}

fn envelopes(conn: &mut Conn, actor: &Actor, case: &Case, typed: &Typed) -> Result<Vec<ChoiceOption>, Fault> {
    let none = ChoiceOption {
        value: String::new(),
        label: "Aucune".to_owned(),
        hint: String::new(),
        checked: false,
        selected: typed.envelope.is_empty(),
    };
    let mut options = vec![none];
    let partial = dossiers::sees_partially(conn, actor, case.call.id)?;
    for envelope in store::envelopes_of(conn, &case.call)? {
        let left = match ledger::counters(conn, envelope.id)?.left() {
            Some(_) if partial => "montants masqués".to_owned(),
            Some(left) => format!("reste {left}"),
            None => "vote inconnu".to_owned(),
        };
        options.push(ChoiceOption {
            value: envelope.id.to_string(),
            label: format!("{}, {}, {} ({left})", envelope.funder, envelope.line, envelope.year),
            hint: String::new(),
            checked: false,
            selected: typed.envelope == envelope.id.to_string(),
        });
    }
    Ok(options)
}

fn typed_from(choice: &Choice) -> Typed {
    Typed {
        outcome: choice.outcome.code().to_owned(),
        amount: choice.amount.map(Cents::plain).unwrap_or_default(),
        envelope: choice.envelope.map(|e| e.to_string()).unwrap_or_default(),
        rank: choice.rank.map(|r| r.to_string()).unwrap_or_default(),
        motive: choice.motive.clone(),
        departure_reason: choice.departure_reason.clone(),
    }
}

fn read_typed(form: &Form) -> Typed {
    let text = |name: &str| form.text(name).to_owned();
    Typed {
        outcome: text("outcome"),
        amount: text("amount"),
        envelope: text("envelope"),
        rank: text("rank"),
        motive: text("motive"),
        departure_reason: text("departure_reason"),
    }
}

fn read_choice(typed: &Typed) -> Result<Choice, Fault> {
    let mut mistakes = Mistakes::default();
    let outcome = Outcome::from_code(&typed.outcome);
    if outcome.is_none() {
        mistakes.add("outcome", "Choisissez le sens de la décision.");
    }
    let concerns = |wanted: Outcome, text: &str| outcome == Some(wanted) && !text.trim().is_empty();
    let amount = if concerns(Outcome::Selected, &typed.amount) {
        mistakes.take("amount", Cents::parse(&typed.amount))
    } else {
        None
    };
    let rank = if concerns(Outcome::Waitlisted, &typed.rank) {
        let parsed = typed.rank.trim().parse::<i64>().map_err(|_| "Saisissez un rang en chiffres, par exemple 1.");
        mistakes.take("rank", parsed)
    } else {
        None
    };
    mistakes.finish()?;
    Ok(Choice {
        outcome: outcome.ok_or(Fault::NotFound)?,
        amount,
        envelope: typed.envelope.parse().ok(),
        rank,
        motive: typed.motive.clone(),
        departure_reason: typed.departure_reason.clone(),
    })
}
