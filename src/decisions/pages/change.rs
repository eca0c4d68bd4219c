//! Changing a running award: amendment, yearly decision, termination. Prepare, check, sign.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shared::{AmountField, Fact, crumbs, fact, plain, read_amounts};
use super::store;
use super::summary::moved;
use crate::access::Actor;
use crate::base::clock::parse_date;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::decisions::actions::{self, Ask, Award, Planned};
use crate::decisions::model::Kind;
use crate::decisions::rules::{AwardLine, MAX_TEXT};
use crate::documents::amount_in_words;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Form, Visit};

/// What a form holds, exactly as typed.
#[derive(Clone, Default, Serialize)]
struct Typed {
    amounts: Vec<(String, String)>,
    year: String,
    formal_notice_on: String,
    observations: String,
    reason: String,
    version: String,
}

#[derive(Serialize)]
struct FormView {
    kind: &'static str,
    reference: String,
    title: String,
    organisation: String,
    authority: String,
    heading: &'static str,
    lead: String,
    obstacle: String,
    amounts: Vec<AmountField>,
    in_force: Vec<LineView>,
    total: String,
    typed: Typed,
    max_text: usize,
    notice_days: i64,
    errors: Vec<FieldError>,
    error_of: BTreeMap<String, String>,
    action: String,
    back: String,
}

/// A line of the award in force.
#[derive(Serialize)]
struct LineView {
    label: String,
    standing: &'static str,
    amount: String,
    paid: String,
}

#[derive(Serialize)]
struct ChangeRow {
    label: String,
    before: String,
    after: String,
    difference: String,
}

#[derive(Serialize)]
struct CheckView {
    reference: String,
    heading: &'static str,
    rows: Vec<Fact>,
    changes: Vec<ChangeRow>,
    consequences: Vec<String>,
    typed: Typed,
    action: String,
    button: &'static str,
}

pub(super) fn amendment(visit: &Visit) -> Result<Answer, Fault> {
    show(visit, Kind::Amendment)
}

pub(super) fn amend(visit: &Visit) -> Result<Answer, Fault> {
    post(visit, Kind::Amendment)
}

pub(super) fn year(visit: &Visit) -> Result<Answer, Fault> {
    show(visit, Kind::Yearly)
}

pub(super) fn commit_year(visit: &Visit) -> Result<Answer, Fault> {
    post(visit, Kind::Yearly)
}

pub(super) fn termination(visit: &Visit) -> Result<Answer, Fault> {
    show(visit, Kind::Termination)
}

pub(super) fn terminate(visit: &Visit) -> Result<Answer, Fault> {
    post(visit, Kind::Termination)
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Yearly => "Prendre la décision de l’année",
        Kind::Termination => "Mettre fin à l’attribution",
        _ => "Modifier l’attribution",
    }
}

fn page_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Yearly => "decision-annuelle",
        Kind::Termination => "resiliation",
        _ => "modification",
    }
}

fn award_of(visit: &Visit) -> Result<Award, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let award = visit.read(|conn| actions::award(conn, actor, dossier))?;
    if award.may_sign { Ok(award) } else { Err(Fault::NotFound) }
}

/// The lines whose amounts the form asks.
fn asked(award: &Award, kind: Kind) -> Vec<&AwardLine> {
    let year = award.planned_years().first().copied();
    award
        .lines
        .iter()
        .filter(|line| match kind {
            Kind::Amendment => true,
            Kind::Yearly => Some(line.year) == year && !line.firm && line.before.is_some(),
            _ => false,
        })
        .collect()
}

fn show(visit: &Visit, kind: Kind) -> Result<Answer, Fault> {
    let award = award_of(visit)?;
    let typed = Typed {
        amounts: asked(&award, kind)
            .iter()
            .map(|line| (line.field(), line.before.map(Cents::plain).unwrap_or_default()))
            .collect(),
        year: award.planned_years().first().map(i32::to_string).unwrap_or_default(),
        version: award.dossier.version.to_string(),
        ..Typed::default()
    };
    form(&award, kind, typed, Vec::new())
}

fn post(visit: &Visit, kind: Kind) -> Result<Answer, Fault> {
    let award = award_of(visit)?;
    let actor = visit.actor()?;
    let typed = read_typed(&award, kind, &visit.form);
    let answer = match visit.form.text("action") {
        "edit" => return form(&award, kind, typed, Vec::new()),
        "sign" => sign(visit, actor, &award, kind, &typed),
        "preview" => preview(visit, actor, &award, kind, &typed),
        _ => check(visit, actor, &award, kind, typed.clone()),
    };
    match answer {
        Err(fault @ Fault::Invalid(_)) => visit.with_mistakes(fault, |_, errors| form(&award, kind, typed, errors)),
        // A second click: the first one signed, its letter waits.
        Err(Fault::Stale | Fault::Refused(_)) if award.waiting.is_some() => {
            let number = award.waiting.unwrap_or_default();
            Ok(Answer::redirect(format!("/dossiers/{}/decision", award.dossier.id))
                .flash_as("info", format!("La lettre {number} est déjà signée et attend sa notification.")))
        }
        other => other,
    }
}

fn form(award: &Award, kind: Kind, typed: Typed, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let error_of: BTreeMap<String, String> = errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let obstacle = match (&award.waiting, award.dossier.state.is_running()) {
        (Some(number), _) => {
            format!(
                "La lettre {number} attend sa notification\u{202F}: notifiez-la avant de prendre une nouvelle décision."
            )
        }
        (None, false) => "Cette attribution ne court plus.".to_owned(),
        (None, true) if kind == Kind::Yearly && award.planned_years().is_empty() => {
            "Aucune somme n’est prévue sous réserve de crédits.".to_owned()
        }
        (None, true) => String::new(),
    };
    let view = FormView {
        kind: kind.code(),
        reference: award.dossier.reference_or_draft(),
        title: award.dossier.title_or_untitled().to_owned(),
        organisation: award.version.content.applicant.name.clone(),
        authority: award.authority_name.clone(),
        heading: heading(kind),
        lead: lead(kind, &typed),
        obstacle,
        amounts: asked(award, kind).into_iter().map(|line| amount_field(line, kind, &typed, &error_of)).collect(),
        in_force: award.lines.iter().filter(|line| line.before.is_some()).map(line_view).collect(),
        total: award.total().to_string(),
        typed,
        max_text: MAX_TEXT,
        notice_days: award.call.definition.decision.observation_days,
        error_of,
        errors,
        action: format!("/dossiers/{}/{}", award.dossier.id, page_of(kind)),
        back: format!("/dossiers/{}/decision", award.dossier.id),
    };
    let title = format!("{} – {}", view.heading, view.reference);
    let answer = Answer::page(title, "decisions/change.html", &view)?.desk();
    Ok(crumbs(answer, &award.call, &view.reference, award.dossier.id, view.heading))
}

fn lead(kind: Kind, typed: &Typed) -> String {
    match kind {
        Kind::Yearly => format!(
            "Les sommes prévues pour {} deviennent fermes, dans la limite de l’enveloppe votée pour cette année.",
            typed.year
        ),
        Kind::Termination => {
            "Ce qui est versé reste acquis ou à reverser\u{202F}; le reste redevient disponible. La loi \
                              demande une mise en demeure motivée et le temps d’y répondre."
                .to_owned()
        }
        _ => "Une nouvelle décision remplace les montants en vigueur de votre autorité. Une lettre dit ce qui change."
            .to_owned(),
    }
}

fn line_view(line: &AwardLine) -> LineView {
    LineView {
        label: line.label.clone(),
        standing: super::shared::standing(line.firm),
        amount: plain(line.before),
        paid: if line.paid.is_positive() { line.paid.plain() } else { "–".to_owned() },
    }
}

fn amount_field(line: &AwardLine, kind: Kind, typed: &Typed, error_of: &BTreeMap<String, String>) -> AmountField {
    let name = line.field();
    let hint = match (kind, line.before) {
        (Kind::Yearly, Some(before)) => {
            format!("Prévus\u{A0}: {before}. Vide\u{A0}: rien n’est engagé sur cette ligne.")
        }
        (_, Some(before)) => {
            format!("En vigueur\u{A0}: {before}, versés\u{A0}: {}, demandés\u{A0}: {}.", line.paid, line.asked)
        }
        (_, None) => format!("Rien n’est attribué ici\u{202F}; demandés\u{A0}: {}.", line.asked),
    };
    AmountField {
        label: format!("Nouveau montant – {}", line.label),
        hint,
        value: typed.amounts.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default(),
        error: error_of.get(&name).cloned().unwrap_or_default(),
        name,
    }
}

fn read_typed(award: &Award, kind: Kind, form: &Form) -> Typed {
    let text = |name: &str| form.text(name).to_owned();
    Typed {
        amounts: asked(award, kind).iter().map(|line| (line.field(), text(&line.field()))).collect(),
        year: text("year"),
        formal_notice_on: text("formal_notice_on"),
        observations: text("observations"),
        reason: text("reason"),
        version: text("version"),
    }
}

fn ask(visit: &Visit, award: &Award, kind: Kind, typed: &Typed) -> Result<Ask, Fault> {
    let mut mistakes = Mistakes::default();
    let fields = asked(award, kind).into_iter().map(|line| (line.field(), line.line, line.year));
    let fields: Vec<_> = fields.collect();
    let shares = read_amounts(&mut mistakes, &visit.form, fields.into_iter());
    let notice = if typed.formal_notice_on.trim().is_empty() { None } else { parse_date(&typed.formal_notice_on) };
    if notice.is_none() && !typed.formal_notice_on.trim().is_empty() {
        mistakes.add("formal_notice_on", "Saisissez la date de la mise en demeure, par exemple 15/01/2022.");
    }
    mistakes.finish()?;
    Ok(match kind {
        Kind::Yearly => Ask::Yearly { year: typed.year.parse().map_err(|_| Fault::NotFound)?, shares },
        Kind::Termination => Ask::Terminate {
            formal_notice_on: notice,
            observations: typed.observations.clone(),
            reason: typed.reason.clone(),
        },
        _ => Ask::Amend { shares, reason: typed.reason.clone() },
    })
}

fn preview(visit: &Visit, actor: &Actor, award: &Award, kind: Kind, typed: &Typed) -> Result<Answer, Fault> {
    let ask = ask(visit, award, kind, typed)?;
    let settings = &visit.service().settings;
    let bytes = visit.read(|conn| {
        let planned = actions::plan(conn, actor, award, &ask, visit.now)?;
        actions::preview_change(conn, settings, actor, award, &planned, visit.now)
    })?;
    Ok(Answer::pdf(format!("projet-{}.pdf", award.dossier.reference_or_draft()), bytes))
}

fn sign(visit: &Visit, actor: &Actor, award: &Award, kind: Kind, typed: &Typed) -> Result<Answer, Fault> {
    let ask = ask(visit, award, kind, typed)?;
    let version = typed.version.parse().map_err(|_| Fault::Stale)?;
    let dossier = award.dossier.id;
    let decision = visit.perform(|op| actions::change(op, actor, dossier, version, &ask))?;
    Ok(Answer::redirect(format!("/dossiers/{dossier}/decision"))
        .flash(format!("La décision {} est signée. Le porteur ne le saura qu’à la notification.", decision.number)))
}

fn check(visit: &Visit, actor: &Actor, award: &Award, kind: Kind, typed: Typed) -> Result<Answer, Fault> {
    let ask = ask(visit, award, kind, &typed)?;
    let view = visit.read(|conn| {
        let planned = actions::plan(conn, actor, award, &ask, visit.now)?;
        let (authority, _) = store::authority(conn, award.authority)?;
        Ok(CheckView {
            reference: award.dossier.reference_or_draft(),
            heading: heading(kind),
            rows: rows(actor, award, &planned, authority),
            changes: planned
                .changes
                .iter()
                .map(|change| ChangeRow {
                    label: change.label.clone(),
                    before: plain(change.before),
                    after: plain(change.after),
                    difference: (change.after.unwrap_or_default() - change.before.unwrap_or_default()).plain(),
                })
                .collect(),
            consequences: consequences(award, &planned),
            typed,
            action: format!("/dossiers/{}/{}", award.dossier.id, page_of(kind)),
            button: "Signer la décision",
        })
    })?;
    let title = format!("Vérifier avant de signer – {}", view.reference);
    let answer = Answer::page(title, "decisions/change_check.html", &view)?.desk();
    Ok(crumbs(answer, &award.call, &view.reference, award.dossier.id, "Vérifier avant de signer"))
}

fn rows(actor: &Actor, award: &Award, planned: &Planned, authority: String) -> Vec<Fact> {
    let content = &award.version.content;
    let project = format!("{} – {}", award.dossier.reference_or_draft(), award.dossier.title_or_untitled());
    let mut rows =
        vec![fact("Projet", project), fact("Porteur", &content.applicant.name), fact("Décision", planned.kind.label())];
    if planned.total().is_positive() {
        let total = planned.total();
        rows.push(fact("Montant après décision", format!("{total} ({})", amount_in_words(total))));
    }
    if let Some(procedure) = &planned.procedure {
        rows.push(fact("Mise en demeure", crate::base::clock::french_date(procedure.formal_notice_on)));
        rows.push(fact("Observations", &procedure.observations));
    }
    if !planned.motive.is_empty() {
        rows.push(fact("Motif", &planned.motive));
    }
    let delegation = &planned.delegation;
    rows.extend([
        fact("Autorité", authority),
        fact("Signataire", format!("{}, {}, {}", actor.name(), delegation.quality, delegation.service)),
        fact("Délégation", &delegation.reference),
    ]);
    rows
}

fn consequences(award: &Award, planned: &Planned) -> Vec<String> {
    let label = |envelope| {
        award.lines.iter().find(|l| l.envelope == Some(envelope)).map(|l| l.label.clone()).unwrap_or_default()
    };
    let mut said: Vec<String> = planned.movements.iter().flat_map(|movement| moved(movement, &label)).collect();
    if said.is_empty() {
        said.push("Aucun engagement ne bouge.".to_owned());
    }
    if planned.kind == Kind::Termination {
        said.push(
            "Le dossier est résilié à la notification. Ce qui a été versé peut donner lieu à reversement.".to_owned(),
        );
    }
    said.push("Une lettre est scellée\u{202F}; le porteur ne la reçoit qu’à la notification.".to_owned());
    said
}
