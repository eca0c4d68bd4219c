//! What a dossier still misses before it may be submitted. Pure: the day of filing is given.

use jiff::civil::Date;
use serde::Serialize;

use super::budget::{self, IN_KIND_CHARGES, IN_KIND_PRODUITS};
use super::content::{budget_field, indicator_field};
use super::model::{Content, LARGEST_COUNT, YearBudget};
use crate::base::clock::parse_date;
use crate::base::money::Cents;
use crate::base::text::looks_like_email;
use crate::calls::definition::{AxesChoice, CallDefinition, Field, FieldKind, Section, SectionKind};

/// Longest answer to a one-line field that the call does not limit.
const LINE_MAX: u32 = 300;

/// Something to correct, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Code of the section.
    pub section: String,
    /// Name of the field in the section's form.
    pub field: String,
    /// What to do, in French.
    pub message: String,
    /// Follows from several answers together: not worth saying while one of them cannot be read.
    #[serde(skip)]
    pub of_several: bool,
}

impl Problem {
    #[must_use]
    pub fn new(section: &Section, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { section: section.code.clone(), field: field.into(), message: message.into(), of_several: false }
    }
}

/// Everything that is missing or wrong, in the order of the form; empty: the dossier may be submitted.
#[must_use]
pub fn missing_or_wrong(definition: &CallDefinition, content: &Content, filed_on: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    for section in &definition.sections {
        let mut found = Found { section, problems: &mut problems };
        match section.kind {
            SectionKind::Identity => identity(&mut found, content),
            SectionKind::Fields => fields(&mut found, definition, content),
            SectionKind::Budget => budget_plan(&mut found, definition, content),
            SectionKind::Indicators => indicators(&mut found, definition, content),
            SectionKind::Partners => partners(&mut found, content),
            SectionKind::Pieces => pieces(&mut found, definition, content, filed_on),
            SectionKind::Attestations => attestations(&mut found, definition, content),
        }
    }
    problems
}

struct Found<'a> {
    section: &'a Section,
    problems: &'a mut Vec<Problem>,
}

impl Found<'_> {
    fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::new(self.section, field, message));
    }

    fn add_of_several(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem { of_several: true, ..Problem::new(self.section, field, message) });
    }
}

fn identity(found: &mut Found<'_>, content: &Content) {
    let applicant = &content.applicant;
    if applicant.contact_name.is_empty() {
        found.add("contact_name", "Saisissez le nom de la personne à contacter, par exemple Rose Exemple.");
    } else if applicant.contact_name.chars().count() > 120 {
        found.add("contact_name", "Raccourcissez ce nom à 120 caractères au plus.");
    }
    if !looks_like_email(&applicant.contact_email) {
        found.add("contact_email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
    }
    if !looks_like_telephone(&applicant.contact_telephone) {
        found.add("contact_telephone", "Saisissez un numéro de téléphone, par exemple 01 99 00 12 34.");
    }
}

fn looks_like_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (10..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | '.' | '-' | '(' | ')'))
}

fn fields(found: &mut Found<'_>, definition: &CallDefinition, content: &Content) {
    let section = found.section;
    for field in &section.fields {
        if field.when.as_ref().is_some_and(|when| content.text(&when.field) != when.is) {
            continue;
        }
        let values = content.many(&field.code);
        if values.is_empty() {
            if field.required {
                found.add(&field.code, missing(definition, field));
            }
            continue;
        }
        if let Err(message) = fits(definition, field, &values) {
            found.add(&field.code, message);
        }
    }
    let date = |code: &str| parse_date(content.text(code));
    let asks = |code: &str| section.fields.iter().any(|f| f.code == code && f.kind == FieldKind::Date);
    if asks("start")
        && asks("end")
        && let (Some(start), Some(end)) = (date("start"), date("end"))
        && start >= end
    {
        found.add("end", "La fin du projet doit venir après son début. Corrigez l’une des deux dates.");
    }
}

fn missing(definition: &CallDefinition, field: &Field) -> String {
    let what = &field.label;
    match field.kind {
        FieldKind::Axes if definition.axes.choice == AxesChoice::One => "Choisissez un axe de l’appel.".to_owned(),
        FieldKind::Axes => "Cochez au moins un axe de l’appel.".to_owned(),
        FieldKind::Departments => "Cochez au moins un département.".to_owned(),
        FieldKind::Choices => format!("Cochez au moins une réponse\u{A0}: «\u{202F}{what}\u{202F}»."),
        FieldKind::Choice => format!("Choisissez une réponse\u{A0}: «\u{202F}{what}\u{202F}»."),
        FieldKind::Date => format!("Saisissez une date, par exemple 01/03/2027\u{A0}: «\u{202F}{what}\u{202F}»."),
        FieldKind::Integer => format!("Saisissez un nombre entier, par exemple 120\u{A0}: «\u{202F}{what}\u{202F}»."),
        FieldKind::Line | FieldKind::Text => format!("Répondez à la question «\u{202F}{what}\u{202F}»."),
    }
}

fn fits(definition: &CallDefinition, field: &Field, values: &[&str]) -> Result<(), String> {
    let what = &field.label;
    let one = values.first().copied().unwrap_or_default();
    let known = |allowed: &dyn Fn(&str) -> bool| {
        if values.iter().all(|value| allowed(value)) {
            Ok(())
        } else {
            Err(format!("Choisissez parmi les réponses proposées\u{A0}: «\u{202F}{what}\u{202F}»."))
        }
    };
    match field.kind {
        FieldKind::Line | FieldKind::Text => {
            let limit = match (field.max, field.kind) {
                (Some(max), _) => max,
                (None, FieldKind::Line) => LINE_MAX,
                (None, _) => return Ok(()),
            };
            let length = one.chars().count();
            if length <= limit as usize {
                return Ok(());
            }
            Err(format!(
                "Raccourcissez ce texte\u{A0}: {length} caractères, {limit} au plus («\u{202F}{what}\u{202F}»)."
            ))
        }
        FieldKind::Choice | FieldKind::Choices => known(&|value| field.options.iter().any(|o| o.value == value)),
        FieldKind::Axes if definition.axes.choice == AxesChoice::One && values.len() > 1 => {
            Err("Choisissez un seul axe de l’appel.".to_owned())
        }
        FieldKind::Axes => known(&|value| definition.axis(value).is_some()),
        FieldKind::Departments => known(&|value| definition.eligibility.departments.iter().any(|d| d == value)),
        FieldKind::Date if parse_date(one).is_none() => Err(format!(
            "«\u{202F}{one}\u{202F}» n’est pas une date. Saisissez le jour, le mois et l’année, par exemple 01/03/2027."
        )),
        FieldKind::Integer if one.parse::<i64>().is_err() => {
            Err(format!("«\u{202F}{one}\u{202F}» n’est pas un nombre entier. Saisissez par exemple 120."))
        }
        FieldKind::Date | FieldKind::Integer => Ok(()),
    }
}

fn budget_plan(found: &mut Found<'_>, definition: &CallDefinition, content: &Content) {
    let plan = &definition.budget;
    let years = content.years(definition);
    let several = years.len() > 1;
    let first_year = years.first().copied().unwrap_or_default();
    // Who says that the project lasts three years shows what each of them costs.
    let is_asked = |year: i16| year == first_year || plan.years_field.is_some();
    for year in years.iter().copied() {
        let empty = YearBudget { year, ..YearBudget::default() };
        let of_year = content.budget.iter().find(|b| b.year == year).unwrap_or(&empty);
        let say = |message: &str| {
            if several { format!("Année {year}\u{A0}: {message}") } else { capital(message) }
        };
        for (_, line) in definition.budget_lines() {
            if of_year.amounts.get(&line.code).is_some_and(|amount| !amount.is_whole_euros()) {
                let message = format!(
                    "{}\u{A0}: saisissez un montant en euros entiers, sans centimes, par exemple 12\u{202F}500.",
                    line.label
                );
                found.add(budget_field(year, &line.code), message);
            }
        }
        let totals = budget::totals(plan, of_year);
        let first_of = |charges: bool, class: Option<&str>| {
            let groups = if charges { &plan.charges } else { &plan.produits };
            let in_kind = |c: &str| c == IN_KIND_CHARGES || c == IN_KIND_PRODUITS;
            groups
                .iter()
                .find(|g| class.map_or(!in_kind(&g.class), |class| g.class == class))
                .and_then(|g| g.lines.first())
                .map_or(String::new(), |line| budget_field(year, &line.code))
        };
        if is_asked(year) && totals.charges.is_zero() {
            found.add_of_several(first_of(true, None), say("saisissez les charges du projet, au moins une ligne."));
        }
        if let Some(message) = unequal("charges", totals.charges, "produits", totals.produits) {
            found.add_of_several(first_of(totals.charges < totals.produits, None), say(&message));
        }
        let (left, right) = (totals.in_kind_charges, totals.in_kind_produits);
        let (emplois, contributions) = ("emplois en nature (86)", "contributions en nature (87)");
        if let Some(message) = unequal(emplois, left, contributions, right) {
            let (charges, class) = if left < right { (true, IN_KIND_CHARGES) } else { (false, IN_KIND_PRODUITS) };
            found.add_of_several(first_of(charges, Some(class)), say(&message));
        }
    }
    if !content.requested(definition).is_positive()
        && let Some(line) = definition.request_lines().next()
    {
        let message = format!(
            "Saisissez la subvention demandée, en produits, classe 74, ligne «\u{202F}{}\u{202F}».",
            line.label
        );
        found.add_of_several(budget_field(first_year, &line.code), message);
    }
}

/// With a capital first letter.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Says what is missing on the smaller side of a budget.
fn unequal(left_name: &str, left: Cents, right_name: &str, right: Cents) -> Option<String> {
    let (lacking, gap) = match left.cmp(&right) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => (left_name, right - left),
        std::cmp::Ordering::Greater => (right_name, left - right),
    };
    Some(format!(
        "les {left_name} ({left}) et les {right_name} ({right}) doivent être égaux\u{A0}: il manque {gap} du côté des {lacking}."
    ))
}

fn indicators(found: &mut Found<'_>, definition: &CallDefinition, content: &Content) {
    if content.indicators.is_empty() {
        found.add_of_several(indicator_field("indicator", 0), "Choisissez au moins un indicateur.");
    }
    for (slot, chosen) in content.indicators.iter().enumerate() {
        if definition.indicator(&chosen.code).is_none() {
            found.add_of_several(indicator_field("indicator", slot), "Choisissez un indicateur parmi ceux de l’appel.");
        } else if content.indicators[..slot].iter().any(|other| other.code == chosen.code) {
            found.add_of_several(
                indicator_field("indicator", slot),
                "Cet indicateur est déjà choisi\u{202F}: choisissez-en un autre.",
            );
        }
        if chosen.detail.is_empty() {
            let message =
                "Précisez ce que vous compterez, par exemple «\u{202F}jeunes venus à deux séances au moins\u{202F}».";
            found.add_of_several(indicator_field("detail", slot), message);
        } else if chosen.detail.chars().count() > 300 {
            found.add_of_several(
                indicator_field("detail", slot),
                "Raccourcissez cette précision à 300 caractères au plus.",
            );
        }
        if chosen.target < 1 {
            found.add_of_several(indicator_field("target", slot), "Saisissez une cible d’au moins 1, par exemple 120.");
        } else if chosen.target > LARGEST_COUNT {
            found.add_of_several(indicator_field("target", slot), "Cette cible est trop grande. Vérifiez-la.");
        }
    }
}

/// A partner is named whole, or not at all.
fn partners(found: &mut Found<'_>, content: &Content) {
    for (slot, partner) in content.partners.iter().enumerate() {
        if partner.name.is_empty() {
            found.add_of_several(
                indicator_field("partner-name", slot),
                "Saisissez le nom du partenaire, par exemple Centre social Les Lilas.",
            );
        } else if partner.name.chars().count() > 200 {
            found.add_of_several(
                indicator_field("partner-name", slot),
                "Raccourcissez ce nom à 200 caractères au plus.",
            );
        }
        if partner.role.is_empty() {
            let message = "Dites ce que le partenaire fait dans le projet, par exemple\u{A0}: accueille les ateliers.";
            found.add_of_several(indicator_field("partner-role", slot), message);
        } else if partner.role.chars().count() > LINE_MAX as usize {
            let message = format!("Raccourcissez ce rôle à {LINE_MAX} caractères au plus.");
            found.add_of_several(indicator_field("partner-role", slot), message);
        }
    }
}

fn pieces(found: &mut Found<'_>, definition: &CallDefinition, content: &Content, filed_on: Date) {
    let request = content.requested(definition);
    for piece in definition.pieces_for(&content.applicant.legal_form, filed_on, request) {
        if piece.required && !content.pieces.iter().any(|p| p.piece == piece.code) {
            found.add(piece_field(&piece.code), format!("Ajoutez la pièce «\u{202F}{}\u{202F}».", piece.label));
        }
    }
}

/// Name of the file field of a piece.
#[must_use]
pub fn piece_field(code: &str) -> String {
    format!("piece-{code}")
}

fn attestations(found: &mut Found<'_>, definition: &CallDefinition, content: &Content) {
    if definition.attestations.iter().any(|a| !content.attestations.contains(&a.code)) {
        let message = "Cochez chaque attestation\u{202F}: le dossier ne peut pas être déposé sans elles.";
        found.add("attestation", message);
    }
}
