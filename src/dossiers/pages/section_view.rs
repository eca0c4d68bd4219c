//! A section's page as its template reads it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Opened;
use super::budget_view::{self, BudgetView};
use super::form_view::{self, Errors, FieldView, OptionView, PartnerView, SlotView};
use super::tasks::Progress;
use crate::base::clock::Instant;
use crate::calls::definition::reference::legal_form;
use crate::calls::definition::{Section, SectionKind};
use crate::dossiers::budget::{show_share, totals};
use crate::dossiers::content::{PARTNER_SLOTS, filing_day, notification_section};
use crate::dossiers::drafts::{SavedSection, Typed, typed_text};
use crate::dossiers::receipt::{identifier, show_size};
use crate::dossiers::validate::piece_field;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Step {
    label: String,
    state: &'static str,
}

#[derive(Serialize)]
struct Row {
    key: &'static str,
    value: String,
}

#[derive(Serialize)]
struct PieceView {
    name: String,
    label: String,
    hint: String,
    error: String,
    optional: bool,
    asked: bool,
    file_name: String,
    file_detail: String,
    file_href: String,
    attachment: String,
    /// Name of the field that says which file this page shows.
    seen: String,
}

#[derive(Serialize)]
struct SectionView {
    kind: &'static str,
    title: String,
    overline: String,
    intro: String,
    action: String,
    version: i64,
    saved: String,
    steps: Vec<Step>,
    summary: Vec<FieldError>,
    skip_href: String,
    organisation: Vec<Row>,
    organisation_href: String,
    form_warning: String,
    fields: Vec<FieldView>,
    /// None, or one.
    budgets: Vec<BudgetView>,
    share: Vec<Row>,
    slots: Vec<SlotView>,
    partners: Vec<PartnerView>,
    /// The empty row that the script copies: none, or one.
    partner_template: Vec<PartnerView>,
    most_partners: usize,
    pieces: Vec<PieceView>,
    attestations: Vec<OptionView>,
    attestation_error: String,
    asks_notification: bool,
    notification: Vec<OptionView>,
    notification_error: String,
    values: BTreeMap<&'static str, String>,
    errors: Errors,
}

/// What the page shows in the fields, and how it is qualified.
pub(super) struct Shown {
    pub saved: SavedSection,
    pub typed: Typed,
    pub errors: Vec<FieldError>,
    /// Saved, but not all good: the way on without correcting.
    pub may_skip: bool,
}

/// The section after this one, or the check when it is the last; the dossier, where what is asked again is listed.
pub(super) fn next_path(opened: &Opened, code: &str) -> String {
    if opened.request.is_some() {
        return opened.path();
    }
    let sections = &opened.call.definition.sections;
    let place = sections.iter().position(|s| s.code == code).unwrap_or(sections.len());
    match sections.get(place + 1) {
        Some(next) => opened.section_path(&next.code),
        None => format!("{}/verifier", opened.path()),
    }
}

fn steps(opened: &Opened, current: &str) -> Vec<Step> {
    let step = |section: &Section| Step {
        label: section.title.clone(),
        state: if section.code == current {
            "current"
        } else if opened.progress(section) == Progress::Done {
            "done"
        } else {
            "todo"
        },
    };
    let mut steps: Vec<Step> = opened.call.definition.sections.iter().map(step).collect();
    steps.push(Step { label: "Vérifier et déposer".to_owned(), state: "todo" });
    steps
}

/// The page of a section.
pub(super) fn page(visit: &Visit, opened: &Opened, section: &Section, shown: Shown) -> Result<Answer, Fault> {
    let definition = &opened.call.definition;
    let Shown { saved, typed, errors: summary, may_skip } = shown;
    let mut errors = Errors::new();
    for error in &summary {
        errors.entry(error.field.clone()).or_insert_with(|| error.message.clone());
    }
    let place = definition.sections.iter().position(|s| s.code == section.code).map_or(1, |i| i + 1);
    let answers = opened.request.is_some();
    let steps = if answers { Vec::new() } else { steps(opened, &section.code) };
    let kind = section.kind;
    let only = |wanted: SectionKind| kind == wanted;
    let asks_notification = notification_section(definition) == section.code;
    let zone = opened.call.zone();
    let said_saved = |at: Instant| format!("Enregistré le {} par {}.", at.short(zone), saved.saved_by);
    let value = |name: &'static str| (name, typed_text(&typed, name).to_owned());
    let view = SectionView {
        kind: match kind {
            SectionKind::Identity => "identity",
            SectionKind::Fields => "fields",
            SectionKind::Budget => "budget",
            SectionKind::Indicators => "indicators",
            SectionKind::Partners => "partners",
            SectionKind::Pieces => "pieces",
            SectionKind::Attestations => "attestations",
        },
        title: section.title.clone(),
        overline: if answers {
            "Compléments demandés".to_owned()
        } else {
            format!("Étape {place} sur {}", steps.len())
        },
        intro: section.intro.clone(),
        action: opened.section_path(&section.code),
        version: saved.version,
        saved: saved.saved_at.map_or(String::new(), said_saved),
        steps,
        summary,
        skip_href: if may_skip { next_path(opened, &section.code) } else { String::new() },
        organisation: if only(SectionKind::Identity) { organisation(opened) } else { Vec::new() },
        organisation_href: format!("/organisations/{}", opened.dossier.organisation),
        form_warning: if only(SectionKind::Identity) { form_warning(opened) } else { String::new() },
        fields: form_view::fields(definition, section, &typed, &errors),
        budgets: if only(SectionKind::Budget) {
            let years = opened.draft.content.years(definition);
            vec![budget_view::budget(definition, years, &typed, &errors)]
        } else {
            Vec::new()
        },
        share: if only(SectionKind::Budget) { share(opened, section) } else { Vec::new() },
        slots: if only(SectionKind::Indicators) {
            form_view::indicators(definition, &typed, &errors)
        } else {
            Vec::new()
        },
        partners: if only(SectionKind::Partners) {
            form_view::partners(&typed, &errors, usize::from(visit.query.checked("ajouter")))
        } else {
            Vec::new()
        },
        partner_template: if only(SectionKind::Partners) { vec![form_view::partner_template()] } else { Vec::new() },
        most_partners: PARTNER_SLOTS,
        pieces: if only(SectionKind::Pieces) { pieces(visit, opened, &errors) } else { Vec::new() },
        attestations: form_view::attestations(definition, &typed),
        attestation_error: errors.get("attestation").cloned().unwrap_or_default(),
        asks_notification,
        notification: form_view::notification(&typed),
        notification_error: errors.get("notification").cloned().unwrap_or_default(),
        values: ["contact_name", "contact_email", "contact_telephone"].into_iter().map(value).collect(),
        errors,
    };
    let title = format!("{} – {}", section.title, view.overline);
    let answer = Answer::page(title, "dossiers/section.html", &view)?;
    Ok(opened.crumbs(answer))
}

fn organisation(opened: &Opened) -> Vec<Row> {
    let applicant = &opened.draft.content.applicant;
    let form = legal_form(&applicant.legal_form).map_or(applicant.legal_form.clone(), |form| form.label.clone());
    vec![
        Row { key: "Organisme", value: applicant.name.clone() },
        Row { key: "Identifiant", value: identifier(applicant).unwrap_or_default() },
        Row { key: "Forme juridique", value: form },
        Row {
            key: "Siège",
            value: format!("{}\n{} {}", applicant.street, applicant.postal_code, applicant.city).trim().to_owned(),
        },
        Row {
            key: "Représentant légal",
            value: format!("{}, {}", applicant.representative_name, applicant.representative_quality),
        },
    ]
}

/// A form the call does not list is for a person to judge: the applicant is told, never stopped.
fn form_warning(opened: &Opened) -> String {
    let definition = &opened.call.definition;
    if definition.eligibility.legal_forms.contains(&opened.draft.content.applicant.legal_form) {
        return String::new();
    }
    format!(
        "La forme juridique de votre organisme ne figure pas parmi celles que l’appel accepte. Vous pouvez poursuivre, mais \
         renseignez-vous avant\u{A0}: {}, {}.",
        definition.contact.service, definition.contact.email
    )
}

/// The share of public money, once the budget holds together.
fn share(opened: &Opened, section: &Section) -> Vec<Row> {
    if opened.problems_in(&section.code).next().is_some() {
        return Vec::new();
    }
    let plan = &opened.call.definition.budget;
    let several = opened.draft.content.budget.len() > 1;
    let rows = opened.draft.content.budget.iter().filter_map(|year| {
        let share = totals(plan, year).public_share()?;
        let suffix = if several { format!(" en {}", year.year) } else { String::new() };
        Some(Row {
            key: "Part des financements publics",
            value: format!("{}{suffix}, calculée au dernier enregistrement", show_share(share)),
        })
    });
    rows.collect()
}

/// The pieces asked of this dossier, and those that were put in before they ceased to be.
fn pieces(visit: &Visit, opened: &Opened, errors: &Errors) -> Vec<PieceView> {
    let definition = &opened.call.definition;
    let content = &opened.draft.content;
    let filed_on = filing_day(&opened.dossier, &opened.call, visit.now);
    let request = content.requested(definition);
    let asked = definition.pieces_for(&content.applicant.legal_form, filed_on, request);
    definition
        .pieces
        .iter()
        .filter_map(|piece| {
            let found = opened.draft.attachments.iter().find(|a| a.piece == piece.code);
            let is_asked = asked.iter().any(|p| p.code == piece.code);
            if (!is_asked && found.is_none()) || !opened.opens_piece(&piece.code) {
                return None;
            }
            let name = piece_field(&piece.code);
            Some(PieceView {
                label: piece.label.clone(),
                hint: if is_asked {
                    piece.hint.clone()
                } else {
                    "Cette pièce n’est plus demandée\u{202F}: vous pouvez la retirer.".to_owned()
                },
                error: errors.get(&name).cloned().unwrap_or_default(),
                optional: !piece.required,
                asked: is_asked,
                file_name: found.map_or(String::new(), |a| a.file_name.clone()),
                file_detail: found.map_or(String::new(), |a| {
                    format!("{}, ajouté le {}", show_size(a.byte_size), a.uploaded_at.short(opened.call.zone()))
                }),
                file_href: found.map_or(String::new(), |a| format!("{}/pieces/{}", opened.path(), a.id)),
                attachment: found.map_or(String::new(), |a| a.id.to_string()),
                seen: format!("vu-{}", piece.code),
                name,
            })
        })
        .collect()
}
