//! From what was typed to what would be frozen.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::completion;
use super::drafts::{self, Attachment, SavedSection, Typed, typed_text};
use super::form;
use super::model::{Applicant, Content, IndicatorTarget, Partner, PieceRef, State, SupportKind, YearBudget};
use super::store::{self, Dossier};
use super::validate::{self, Problem};
use crate::base::clock::{Instant, parse_date};
use crate::base::money::Cents;
use crate::base::text::{clean, clean_line};
use crate::calls::Call;
use crate::calls::definition::{CallDefinition, Field, FieldKind, Section, SectionKind};
use crate::db::Conn;
use crate::fault::Fault;

/// Indicators a form offers room for; the first is asked, the others are up to the applicant.
pub const INDICATOR_SLOTS: usize = 3;
/// Partners a dossier may name.
pub const PARTNER_SLOTS: usize = 12;
/// What is asked of each partner: names of its fields, and how they are called.
pub const PARTNER_FIELDS: [(&str, &str); 4] =
    [("partner-name", "nom"), ("partner-role", "rôle"), ("partner-kind", "soutien"), ("partner-amount", "montant")];
/// Value of the choice to be notified electronically.
pub const ELECTRONIC: &str = "electronique";
/// Value of the choice to be notified by post.
pub const POSTAL: &str = "postal";

/// A draft put together: what can be read of it, and what cannot.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub content: Content,
    pub sections: BTreeMap<String, SavedSection>,
    pub attachments: Vec<Attachment>,
    /// What was typed and cannot be read, or a choice not made: kept as typed, absent from the content.
    unread: Vec<Problem>,
}

impl Draft {
    /// Everything that stands between the draft and its submission on this day, in the order of the form.
    #[must_use]
    pub fn problems(&self, definition: &CallDefinition, filed_on: jiff::civil::Date) -> Vec<Problem> {
        let mut problems = self.unread.clone();
        let hides = |found: &Problem| {
            self.unread
                .iter()
                .any(|unread| unread.section == found.section && (found.of_several || unread.field == found.field))
        };
        problems
            .extend(validate::missing_or_wrong(definition, &self.content, filed_on).into_iter().filter(|p| !hides(p)));
        let place = |problem: &Problem| {
            let section = definition.sections.iter().position(|s| s.code == problem.section)?;
            let asked = form::questions(definition, &definition.sections[section]);
            Some((section, asked.iter().position(|question| question.name == problem.field)))
        };
        problems.sort_by_cached_key(place);
        problems
    }

    #[must_use]
    pub fn section(&self, code: &str) -> SavedSection {
        self.sections.get(code).cloned().unwrap_or_default()
    }
}

/// Reads a draft whole.
///
/// # Errors
/// When the database refuses.
pub fn assemble(conn: &mut Conn, definition: &CallDefinition, dossier: &Dossier) -> Result<Draft, Fault> {
    let applicant = applicant(conn, definition, dossier)?;
    let sections = drafts::sections(conn, dossier.id)?;
    let attachments = drafts::attachments(conn, dossier.id)?;
    Ok(from_parts(definition, applicant, sections, attachments))
}

/// The organisation as it is now; while a submitted dossier is completed, as it was then, unless its section is asked
/// again.
fn applicant(conn: &mut Conn, definition: &CallDefinition, dossier: &Dossier) -> Result<Applicant, Fault> {
    let identity = definition.section_of_kind(SectionKind::Identity).map_or("", |section| section.code.as_str());
    if dossier.state == State::Incomplete
        && let Some(request) = completion::pending(conn, dossier.id)?
        && !request.targets.sections.iter().any(|section| section == identity)
    {
        return Ok(store::current_version(conn, dossier)?.content.applicant);
    }
    drafts::applicant(conn, dossier.organisation)
}

/// The day whose rules apply: that of the first submission, today before it.
#[must_use]
pub fn filing_day(dossier: &Dossier, call: &Call, now: Instant) -> jiff::civil::Date {
    dossier.submitted_at.unwrap_or(now).in_zone(call.zone()).date()
}

/// [`assemble`] without the database.
#[must_use]
pub fn from_parts(
    definition: &CallDefinition,
    applicant: Applicant,
    sections: BTreeMap<String, SavedSection>,
    attachments: Vec<Attachment>,
) -> Draft {
    let mut draft = Draft { sections, attachments, ..Draft::default() };
    draft.content.applicant = applicant;
    for section in &definition.sections {
        let typed = draft.section(&section.code).typed;
        match section.kind {
            SectionKind::Identity => identity(&mut draft, &typed),
            SectionKind::Fields => fields(&mut draft, section, &typed),
            SectionKind::Budget => budget(&mut draft, definition, section, &typed),
            SectionKind::Indicators => indicators(&mut draft, section, &typed),
            SectionKind::Partners => partners(&mut draft, section, &typed),
            SectionKind::Pieces => pieces(&mut draft, definition),
            SectionKind::Attestations => attestations(&mut draft, definition, &typed),
        }
    }
    notification(&mut draft, definition);
    draft
}

/// Where the way of being notified is asked: with the attestations, or with the identity when there are none.
#[must_use]
pub fn notification_section(definition: &CallDefinition) -> &str {
    definition
        .section_of_kind(SectionKind::Attestations)
        .or_else(|| definition.section_of_kind(SectionKind::Identity))
        .map_or("", |section| section.code.as_str())
}

/// Name of a budget field: `2022-60-matieres`.
#[must_use]
pub fn budget_field(year: i16, line: &str) -> String {
    format!("{year}-{line}")
}

/// Name of a field of the nth indicator, or of the nth partner.
#[must_use]
pub fn indicator_field(what: &str, slot: usize) -> String {
    format!("{what}-{}", slot + 1)
}

fn identity(draft: &mut Draft, typed: &Typed) {
    let applicant = &mut draft.content.applicant;
    applicant.contact_name = clean_line(typed_text(typed, "contact_name"));
    applicant.contact_email = clean_line(typed_text(typed, "contact_email"));
    applicant.contact_telephone = clean_line(typed_text(typed, "contact_telephone"));
}

fn fields(draft: &mut Draft, section: &Section, typed: &Typed) {
    for field in &section.fields {
        let Some(answer) = answer(field, typed) else { continue };
        // A question that is not asked has no answer; what was typed stays in the draft.
        let asked = field.when.as_ref().is_none_or(|when| draft.content.text(&when.field) == when.is);
        if asked {
            draft.content.answers.insert(field.code.clone(), answer);
        }
    }
}

fn answer(field: &Field, typed: &Typed) -> Option<Answer> {
    match field.kind {
        FieldKind::Axes | FieldKind::Departments | FieldKind::Choices => {
            let mut values: Vec<String> = typed.get(&field.code).cloned().unwrap_or_default();
            values.retain(|value| !value.is_empty());
            (!values.is_empty()).then_some(Answer::Many(values))
        }
        kind => {
            let raw = typed_text(typed, &field.code);
            let text = match kind {
                FieldKind::Text => clean(raw),
                FieldKind::Date => parse_date(raw).map_or_else(|| clean_line(raw), |date| date.to_string()),
                _ => clean_line(raw),
            };
            (!text.is_empty()).then_some(Answer::One(text))
        }
    }
}

fn budget(draft: &mut Draft, definition: &CallDefinition, section: &Section, typed: &Typed) {
    for year in draft.content.years(definition).iter().copied() {
        let mut budget = YearBudget { year, amounts: BTreeMap::new() };
        for (_, line) in definition.budget_lines() {
            let field = budget_field(year, &line.code);
            let raw = typed_text(typed, &field).trim();
            if raw.is_empty() {
                continue;
            }
            match Cents::parse(raw) {
                Ok(amount) => {
                    budget.amounts.insert(line.code.clone(), amount);
                }
                Err(error) => draft.unread.push(Problem::new(
                    section,
                    field,
                    format!("{}\u{A0}: «\u{202F}{raw}\u{202F}» n’est pas un montant. {error}", line.label),
                )),
            }
        }
        if !budget.amounts.is_empty() {
            draft.content.budget.push(budget);
        }
    }
}

fn indicators(draft: &mut Draft, section: &Section, typed: &Typed) {
    for slot in 0..INDICATOR_SLOTS {
        let code = clean_line(typed_text(typed, &indicator_field("indicator", slot)));
        let detail = clean_line(typed_text(typed, &indicator_field("detail", slot)));
        let raw = clean_line(typed_text(typed, &indicator_field("target", slot)));
        if code.is_empty() {
            if !detail.is_empty() || !raw.is_empty() {
                let message = "Choisissez l’indicateur auquel cette cible se rapporte.";
                draft.unread.push(Problem::new(section, indicator_field("indicator", slot), message));
            }
            continue;
        }
        let digits: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
        match digits.parse::<i64>() {
            Ok(target) => draft.content.indicators.push(IndicatorTarget { code, detail, target }),
            Err(_) => {
                let field = indicator_field("target", slot);
                let message = if raw.is_empty() {
                    "Saisissez la cible de l’indicateur, par exemple 120.".to_owned()
                } else {
                    format!("«\u{202F}{raw}\u{202F}» n’est pas un nombre entier. Saisissez la cible, par exemple 120.")
                };
                draft.unread.push(Problem::new(section, field, message));
            }
        }
    }
}

fn partners(draft: &mut Draft, section: &Section, typed: &Typed) {
    for slot in 0..PARTNER_SLOTS {
        let [name, role, kind, raw] =
            PARTNER_FIELDS.map(|(field, _)| clean_line(typed_text(typed, &indicator_field(field, slot))));
        if [&name, &role, &kind, &raw].iter().all(|text| text.is_empty()) {
            continue;
        }
        let amount = match raw.as_str() {
            "" => None,
            raw => match Cents::parse(raw) {
                Ok(amount) => Some(amount),
                Err(error) => {
                    let message = format!("«\u{202F}{raw}\u{202F}» n’est pas un montant. {error}");
                    draft.unread.push(Problem::new(section, indicator_field("partner-amount", slot), message));
                    None
                }
            },
        };
        let Some(kind) = SupportKind::from_code(&kind) else {
            let message = "Choisissez ce que ce partenaire apporte au projet.";
            draft.unread.push(Problem::new(section, indicator_field("partner-kind", slot), message));
            continue;
        };
        draft.content.partners.push(Partner { name, role, kind, amount });
    }
}

fn pieces(draft: &mut Draft, definition: &CallDefinition) {
    for piece in &definition.pieces {
        let files = draft.attachments.iter().filter(|a| a.piece == piece.code).map(|a| PieceRef {
            piece: a.piece.clone(),
            file_name: a.file_name.clone(),
            sha256: a.sha256.clone(),
            byte_size: a.byte_size,
        });
        draft.content.pieces.extend(files);
    }
}

fn attestations(draft: &mut Draft, definition: &CallDefinition, typed: &Typed) {
    let ticked = typed.get("attestation").map(Vec::as_slice).unwrap_or_default();
    draft.content.attestations =
        definition.attestations.iter().map(|a| a.code.clone()).filter(|code| ticked.contains(code)).collect();
}

fn notification(draft: &mut Draft, definition: &CallDefinition) {
    let code = notification_section(definition);
    let typed = draft.section(code).typed;
    match typed_text(&typed, "notification") {
        ELECTRONIC => draft.content.electronic_notification = true,
        POSTAL => draft.content.electronic_notification = false,
        _ => draft.unread.push(Problem {
            section: code.to_owned(),
            field: "notification".to_owned(),
            message: "Choisissez comment recevoir la décision.".to_owned(),
            of_several: false,
        }),
    }
}
