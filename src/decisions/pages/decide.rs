//! Preparing, checking and signing one authority's decision.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shared::{AmountField, ShareView, crumbs, outcome_label, read_amounts, share_views, slot_fields};
use super::summary::{SummaryRow, consequences, summary};
use super::{file, store};
use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::decisions::actions::{self, Case};
use crate::decisions::model::{Choice, Granted};
use crate::decisions::rules::{MAX_TEXT, delegation_for};
use crate::dossiers::{self, Outcome};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::ledger::{self, Share};
use crate::web::{Answer, Form, Visit};

/// What is proposed, beside the form.
#[derive(Serialize)]
struct OpinionView {
    title: &'static str,
    session: String,
    outcome: String,
    tone: &'static str,
    shares: Vec<ShareView>,
    total: String,
    motive: String,
    debate: String,
}

#[derive(Serialize)]
struct ChoiceOption {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

/// Who signs, and whether it is done.
#[derive(Serialize)]
struct SignerView {
    name: String,
    status: String,
    tone: &'static str,
}

/// What the form holds, exactly as typed.
#[derive(Clone, Default, Serialize)]
struct Typed {
    outcome: String,
    amounts: Vec<(String, String)>,
    rank: String,
    motive: String,
    departure_reason: String,
}

#[derive(Serialize)]
struct DecideView {
    reference: String,
    title: String,
    organisation: String,
    requested: String,
    opinion: OpinionView,
    signers: Vec<SignerView>,
    /// Whether this person may sign, and if not why.
    may_sign: bool,
    obstacle: String,
    signing_as: String,
    outcomes: Vec<ChoiceOption>,
    amounts: Vec<AmountField>,
    asks_rank: bool,
    typed: Typed,
    max_text: usize,
    errors: Vec<FieldError>,
    error_of: BTreeMap<String, String>,
    action: String,
}

#[derive(Serialize)]
struct CheckView {
    reference: String,
    rows: Vec<SummaryRow>,
    shares: Vec<ShareView>,
    departs: bool,
    consequences: Vec<String>,
    typed: Typed,
    action: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let case = visit.read(|conn| actions::case(conn, actor, dossier))?;
    if case.is_signed() {
        return file::page(visit, &case);
    }
    let typed = typed_from(&case, &Choice::following(&case.basis));
    form(visit, &case, typed, Vec::new())
}

/// One address, four buttons: check, go back to the form, read the draft letter, sign.
pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let case = visit.read(|conn| actions::case(conn, actor, dossier))?;
    if let Some(answer) = already_signed(&case) {
        return Ok(answer);
    }
    let typed = read_typed(&case, &visit.form);
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
        Err(fault @ (Fault::Stale | Fault::Refused(_))) => {
            let case = visit.read(|conn| actions::case(conn, actor, dossier))?;
            already_signed(&case).ok_or(fault)
        }
        Err(fault) => Err(fault),
    }
}

/// Told to whoever signed already, alone or with the others.
fn already_signed(case: &Case) -> Option<Answer> {
    if case.may_sign {
        return None;
    }
    let decision = case.signers.iter().find_map(|signer| signer.decision.as_ref())?;
    Some(
        Answer::redirect(format!("/dossiers/{}/decision", case.dossier.id))
            .flash_as("info", format!("La décision {} est déjà signée.", decision.number)),
    )
}

fn sign(visit: &Visit, actor: &Actor, case: &Case, typed: &Typed) -> Result<Answer, Fault> {
    let choice = read_choice(case, &visit.form, typed)?;
    let decision = visit.perform(|op| actions::sign(op, actor, case.dossier.id, &choice))?;
    let others: Vec<&str> = case
        .signers
        .iter()
        .filter(|s| s.decision.is_none() && s.authority != case.authority)
        .map(|s| s.name.as_str())
        .collect();
    let next = if others.is_empty() {
        "Le porteur ne le saura qu’à la notification.".to_owned()
    } else {
        format!("Reste à signer\u{A0}: {}. La lettre part quand tous ont signé.", others.join(", "))
    };
    Ok(Answer::redirect(format!("/appels/{}/decisions", case.call.code))
        .flash(format!("La décision {} est signée. {next}", decision.number)))
}

fn preview(visit: &Visit, actor: &Actor, case: &Case, typed: &Typed) -> Result<Answer, Fault> {
    let choice = read_choice(case, &visit.form, typed)?;
    let settings = &visit.service().settings;
    let bytes = visit.read(|conn| {
        let draft = actions::draft(conn, actor, case, &choice, visit.now)?;
        actions::preview(conn, settings, actor, case, &draft, visit.now)
    })?;
    Ok(Answer::pdf(format!("projet-{}.pdf", case.dossier.reference_or_draft()), bytes))
}

fn check(visit: &Visit, actor: &Actor, case: &Case, typed: Typed) -> Result<Answer, Fault> {
    let choice = read_choice(case, &visit.form, &typed)?;
    let view = visit.read(|conn| {
        let draft = actions::draft(conn, actor, case, &choice, visit.now)?;
        actions::check_funds(conn, actor, case, &draft.terms)?;
        Ok(CheckView {
            reference: case.dossier.reference_or_draft(),
            rows: summary(conn, actor, case, &draft)?,
            shares: share_views(conn, &case.call, &draft.terms.shares)?,
            departs: !draft.terms.departure_reason.is_empty(),
            consequences: consequences(case, &draft),
            typed,
            action: format!("/dossiers/{}/decision", case.dossier.id),
        })
    })?;
    let title = format!("Vérifier avant de signer – {}", view.reference);
    let answer = Answer::page(title, "decisions/check_before_signing.html", &view)?.desk();
    Ok(crumbs(answer, &case.call, &view.reference, case.dossier.id, ""))
}

fn form(visit: &Visit, case: &Case, typed: Typed, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let view = visit.read(|conn| {
        let signs = dossiers::for_staff(conn, actor, case.dossier.id)?.through(Role::Signatory);
        let delegations = store::delegations_of(conn, actor.id)?;
        let delegation = delegation_for(&delegations, case.authority, None, visit.now, case.call.zone());
        let error_of: BTreeMap<String, String> = errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
        Ok(DecideView {
            reference: case.dossier.reference_or_draft(),
            title: case.dossier.title_or_untitled().to_owned(),
            organisation: case.version.content.applicant.name.clone(),
            requested: case.version.requested.to_string(),
            opinion: opinion(conn, case)?,
            signers: signers(case),
            may_sign: case.may_sign && delegation.is_ok(),
            obstacle: match &delegation {
                _ if !signs => "La décision attend la signature de l’autorité.".to_owned(),
                _ if !case.may_sign => "Votre autorité a signé. La décision attend la signature des autres.".to_owned(),
                Err(reason) => reason.clone(),
                Ok(_) => String::new(),
            },
            signing_as: delegation.map(|d| format!("{}, {}", d.quality, d.reference)).unwrap_or_default(),
            outcomes: outcomes(case, &typed),
            amounts: amount_fields(conn, actor, case, &typed, &error_of)?,
            asks_rank: case.outcomes().contains(&Outcome::Waitlisted),
            typed,
            max_text: MAX_TEXT,
            error_of,
            errors,
            action: format!("/dossiers/{}/decision", case.dossier.id),
        })
    })?;
    let title = format!("Décision – {}", view.reference);
    let answer = Answer::page(title, "decisions/decide.html", &view)?.desk();
    Ok(crumbs(answer, &case.call, &view.reference, case.dossier.id, ""))
}

fn signers(case: &Case) -> Vec<SignerView> {
    if case.signers.len() < 2 {
        return Vec::new();
    }
    case.signers
        .iter()
        .map(|signer| match &signer.decision {
            Some(decision) => SignerView {
                name: signer.name.clone(),
                status: format!(
                    "Signée le {}\u{A0}: {}",
                    decision.signed_at.date(case.call.zone()),
                    decision.outcome.label().to_lowercase()
                ),
                tone: decision.outcome.tone(),
            },
            None => SignerView { name: signer.name.clone(), status: "À signer".to_owned(), tone: "warning" },
        })
        .collect()
}

fn opinion(conn: &mut Conn, case: &Case) -> Result<OpinionView, Fault> {
    let basis = &case.basis;
    let firm_year = case.call.definition.budget.years.first().copied().map(i32::from);
    let granted: Vec<Granted> =
        basis.shares.iter().map(|share| Granted { share: *share, firm: Some(share.year) == firm_year }).collect();
    Ok(OpinionView {
        title: match basis.outcome {
            Outcome::Ineligible => "Contrôle de recevabilité",
            Outcome::NotShortlisted => "Présélection",
            Outcome::Selected | Outcome::Waitlisted | Outcome::Rejected => "Avis du comité",
        },
        session: basis.session.map_or_else(String::new, |(number, held_at)| {
            format!("Séance n°\u{A0}{number} du {}", held_at.date(case.call.zone()))
        }),
        outcome: outcome_label(basis.outcome, basis.rank),
        tone: basis.outcome.tone(),
        shares: share_views(conn, &case.call, &granted)?,
        total: Share::total(&basis.shares).map(|a| a.to_string()).unwrap_or_default(),
        motive: basis.motive.clone(),
        debate: basis.debate.clone(),
    })
}

fn outcomes(case: &Case, typed: &Typed) -> Vec<ChoiceOption> {
    let several = case.signers.len() > 1;
    case.outcomes()
        .into_iter()
        .map(|outcome| ChoiceOption {
            value: outcome.code().to_owned(),
            label: match outcome {
                Outcome::Selected if several => "Attribuer la part de notre autorité".to_owned(),
                Outcome::Rejected if several => "Ne pas l’attribuer".to_owned(),
                _ => outcome.label().to_owned(),
            },
            hint: match outcome {
                Outcome::Selected => "Engage la première année\u{202F}; les suivantes restent sous réserve de crédits.",
                Outcome::Waitlisted => "Sans montant\u{202F}: saisissez le rang et le motif.",
                Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => {
                    "Sans montant\u{202F}: saisissez le motif."
                }
            }
            .to_owned(),
            checked: typed.outcome == outcome.code(),
        })
        .collect()
}

fn amount_fields(
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    typed: &Typed,
    error_of: &BTreeMap<String, String>,
) -> Result<Vec<AmountField>, Fault> {
    if !case.outcomes().contains(&Outcome::Selected) {
        return Ok(Vec::new());
    }
    let partial = dossiers::sees_partially(conn, actor, case.call.id)?;
    let mut fields = Vec::new();
    for slot in &case.slots {
        let left = match slot.envelope.filter(|_| slot.firm) {
            Some(envelope) => match ledger::counters(conn, envelope)?.left() {
                _ if partial => String::new(),
                Some(left) => {
                    let reserved = slot.proposed.unwrap_or(Cents::ZERO);
                    let reserved = if case.basis.outcome == Outcome::Selected { reserved } else { Cents::ZERO };
                    format!(" Disponible pour ce dossier\u{A0}: {}.", left + reserved)
                }
                None => " Vote inconnu.".to_owned(),
            },
            None if slot.firm => " Aucune enveloppe ouverte.".to_owned(),
            None => " Sous réserve de crédits.".to_owned(),
        };
        let name = slot.field();
        fields.push(AmountField {
            label: format!("Montant – {}", slot.label),
            hint: format!("Demande\u{A0}: {}.{left}", slot.asked),
            value: typed.amounts.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default(),
            error: error_of.get(&name).cloned().unwrap_or_default(),
            name,
        });
    }
    Ok(fields)
}

fn typed_from(case: &Case, choice: &Choice) -> Typed {
    Typed {
        outcome: choice.outcome.code().to_owned(),
        amounts: case
            .slots
            .iter()
            .map(|slot| (slot.field(), slot.proposed.map(Cents::plain).unwrap_or_default()))
            .collect(),
        rank: choice.rank.map(|r| r.to_string()).unwrap_or_default(),
        motive: choice.motive.clone(),
        departure_reason: choice.departure_reason.clone(),
    }
}

fn read_typed(case: &Case, form: &Form) -> Typed {
    let text = |name: &str| form.text(name).to_owned();
    Typed {
        outcome: text("outcome"),
        amounts: case.slots.iter().map(|slot| (slot.field(), text(&slot.field()))).collect(),
        rank: text("rank"),
        motive: text("motive"),
        departure_reason: text("departure_reason"),
    }
}

fn read_choice(case: &Case, form: &Form, typed: &Typed) -> Result<Choice, Fault> {
    let mut mistakes = Mistakes::default();
    let outcome = Outcome::from_code(&typed.outcome);
    if outcome.is_none() {
        mistakes.add("outcome", "Choisissez le sens de la décision.");
    }
    let shares = if outcome == Some(Outcome::Selected) {
        read_amounts(&mut mistakes, form, slot_fields(&case.slots))
    } else {
        Vec::new()
    };
    let rank = if outcome == Some(Outcome::Waitlisted) && !typed.rank.trim().is_empty() {
        let parsed = typed.rank.trim().parse::<i64>().map_err(|_| "Saisissez un rang en chiffres, par exemple 1.");
        mistakes.take("rank", parsed)
    } else {
        None
    };
    mistakes.finish()?;
    Ok(Choice {
        outcome: outcome.ok_or(Fault::NotFound)?,
        shares,
        rank,
        motive: typed.motive.clone(),
        departure_reason: typed.departure_reason.clone(),
    })
}
