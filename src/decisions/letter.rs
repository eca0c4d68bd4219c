//! What the letter of a decision says. Pure: facts in, document model out.

use super::model::{Delegation, Terms};
use crate::base::clock::Instant;
use crate::base::money::NO_BREAK_SPACE;
use crate::base::text::clean_line;
use crate::calls::Call;
use crate::calls::definition::LetterText;
use crate::documents::{self, Grant, Sender, Signature, Verification, amount_in_words};
use crate::dossiers::{Applicant, Content, Outcome};

/// Everything a letter prints.
pub(super) struct Facts<'a> {
    pub call: &'a Call,
    pub content: &'a Content,
    pub dossier_reference: &'a str,
    pub terms: &'a Terms,
    /// When the committee met.
    pub session_held_at: Instant,
    pub authority_name: &'a str,
    pub authority_address: &'a str,
    /// Funding line and year, for a grant.
    pub envelope: Option<(&'a str, i32)>,
    pub delegation: &'a Delegation,
    /// Whom the addressee may ask for; the service when absent.
    pub handled_by: Option<&'a str>,
    pub given_name: &'a str,
    pub surname: &'a str,
    pub now: Instant,
    pub specimen: bool,
    /// Number and check of a signed letter; a draft has neither.
    pub issued: Option<Issued<'a>>,
}

pub(super) struct Issued<'a> {
    pub number: &'a str,
    pub check_code: &'a str,
    pub check_url: String,
}

pub(super) fn compose(facts: &Facts<'_>) -> documents::Letter {
    let definition = &facts.call.definition;
    let zone = facts.call.zone();
    let contact = &definition.contact;
    let letters = &definition.decision.letters;
    let text = match facts.terms.outcome {
        Outcome::Selected => &letters.selected,
        Outcome::Waitlisted => &letters.waitlisted,
        Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => &letters.rejected,
    };
    let fill = |template: &str| expand(template, |word| value(facts, word));
    let body = arrange(text, facts.terms, fill);
    let object = fill(&text.object);
    let date = facts.now.date(zone);
    let number =
        facts.issued.as_ref().map_or_else(|| format!("PROJET {}", facts.dossier_reference), |i| i.number.into());
    documents::Letter {
        created: facts.now,
        specimen: facts.specimen,
        sender: Sender {
            institution: facts.authority_name.to_owned(),
            service: vec![contact.service.clone()],
            address: contact.address.clone(),
            phone: contact.telephone.clone(),
            email: contact.email.clone(),
            accent: None,
        },
        place_and_date: match contact.address.last().and_then(|line| town(line)) {
            Some(town) => format!("{town}, le {date}"),
            None => format!("Le {date}"),
        },
        addressee: addressee(&facts.content.applicant),
        delivery: Some(
            if facts.content.electronic_notification { "Notification électronique" } else { "Par voie postale" }.into(),
        ),
        reference: number,
        your_reference: Some(facts.dossier_reference.to_owned()),
        handled_by: documents::Contact {
            name: facts.handled_by.unwrap_or(&contact.service).to_owned(),
            ..documents::Contact::default()
        },
        subject: if facts.issued.is_some() { object } else { format!("PROJET – {object}") },
        attachments: Vec::new(),
        salutation: "Madame, Monsieur,".to_owned(),
        opening: body.opening,
        grant: grant(facts),
        motives: body.motives,
        conditions: body.conditions,
        legal_bases: definition.decision.legal_bases.clone(),
        closing: body.closing,
        signature: Signature {
            quality: facts.delegation.quality.clone(),
            delegation: Some(facts.delegation.reference.clone()),
            first_name: facts.given_name.to_owned(),
            surname: facts.surname.to_owned(),
            service: facts.delegation.service.clone(),
            signed_at: facts.issued.as_ref().map(|_| facts.now.short(zone)),
        },
        appeal: appeal_routes(facts.call, facts.authority_name, facts.authority_address),
        copies: Vec::new(),
        verification: facts
            .issued
            .as_ref()
            .map(|i| Verification { url: i.check_url.clone(), code: i.check_code.to_owned() }),
    }
}

/// How to contest the decision, as the letter and the applicant's page say it.
pub(super) fn appeal_routes(call: &Call, authority_name: &str, authority_address: &str) -> Vec<String> {
    let court = &call.definition.decision.court;
    let address = authority_address.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ");
    let authority = if address.is_empty() { authority_name.to_owned() } else { format!("{authority_name}, {address}") };
    vec![
        "Si vous contestez cette décision, vous disposez de deux mois à compter de sa notification pour former\u{A0}:"
            .to_owned(),
        format!("– un recours gracieux, par courrier motivé adressé à l’autorité qui l’a prise\u{A0}: {authority}\u{202F};"),
        format!(
            "– un recours contentieux devant le {}, {}, par courrier ou par l’application Télérecours citoyens \
             (www.telerecours.fr).",
            lower_first(&court.name),
            court.address.join(", ")
        ),
        "Un recours gracieux formé dans ce délai l’interrompt\u{A0}: vous disposez alors, pour saisir le tribunal, d’un \
         nouveau délai de deux mois à compter de la réponse. Sans réponse dans les deux mois, le recours gracieux est \
         réputé rejeté et ce nouveau délai court à compter de ce rejet (articles L.\u{A0}231-4 et L.\u{A0}411-2 du code \
         des relations entre le public et l’administration, R.\u{A0}421-1 et R.\u{A0}421-2 du code de justice \
         administrative)."
            .to_owned(),
    ]
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn addressee(applicant: &Applicant) -> Vec<String> {
    let mut attention = applicant.representative_name.clone();
    if !applicant.representative_quality.is_empty() {
        attention = format!("{attention}, {}", lower_first(&applicant.representative_quality));
    }
    vec![
        applicant.name.clone(),
        attention,
        applicant.street.clone(),
        format!("{} {}", applicant.postal_code, applicant.city),
    ]
}

fn grant(facts: &Facts<'_>) -> Option<Grant> {
    let amount = facts.terms.amount?;
    let label = match facts.envelope {
        Some((line, year)) => format!("Subvention attribuée au titre de l’exercice {year} – {line}"),
        None => "Subvention attribuée".to_owned(),
    };
    Some(Grant { label, amount, shares: Vec::new() })
}

/// `Montpellier` from `34067 Montpellier cedex 2`.
fn town(line: &str) -> Option<String> {
    let words: Vec<&str> = line
        .split_whitespace()
        .skip_while(|word| word.bytes().all(|b| b.is_ascii_digit()))
        .take_while(|word| !word.eq_ignore_ascii_case("cedex"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

struct Body {
    opening: Vec<String>,
    motives: Vec<String>,
    conditions: Vec<String>,
    closing: Vec<String>,
}

/// The call's paragraphs around the one that states the amount or the motive.
fn arrange(text: &LetterText, terms: &Terms, fill: impl Fn(&str) -> String) -> Body {
    let granted = terms.outcome == Outcome::Selected;
    let word = if granted { "{montant}" } else { "{motif}" };
    let (last, before) = match text.paragraphs.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, text.paragraphs.as_slice()),
    };
    let pivot = before.iter().position(|paragraph| paragraph.contains(word));
    let filled = |paragraphs: &[String]| paragraphs.iter().map(|p| fill(p)).collect::<Vec<_>>();
    let motive = || terms.motive.lines().map(str::to_owned).filter(|l| !l.trim().is_empty()).collect::<Vec<_>>();
    let mut body = match pivot {
        Some(at) if granted => Body {
            opening: filled(&before[..=at]),
            motives: motive(),
            conditions: filled(&before[at + 1..]),
            closing: Vec::new(),
        },
        Some(at) => Body {
            opening: filled(&before[..at]),
            motives: filled(&before[at..=at]),
            conditions: Vec::new(),
            closing: filled(&before[at + 1..]),
        },
        // A call whose text forgets the motive still gets it printed: an unreasoned refusal is void.
        None => Body { opening: filled(before), motives: motive(), conditions: Vec::new(), closing: Vec::new() },
    };
    body.closing.extend(last.map(|p| fill(p)));
    body
}

fn value(facts: &Facts<'_>, word: &str) -> Option<String> {
    let terms = facts.terms;
    Some(match word {
        "projet" => clean_line(facts.content.title()),
        "reference" => facts.dossier_reference.to_owned(),
        "appel" => facts.call.title.clone(),
        "montant" => terms.amount?.to_string(),
        "montant_en_lettres" => amount_in_words(terms.amount?),
        "motif" => terms.motive.clone(),
        "rang" => terms.rank?.to_string(),
        "organisme" => facts.content.applicant.name.clone(),
        "seance" => facts.session_held_at.date(facts.call.zone()).replace(' ', &NO_BREAK_SPACE.to_string()),
        _ => return None,
    })
}

/// Replaces `{word}` once: what a person wrote is never read as a placeholder.
fn expand(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        text.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        match after.find('}').and_then(|end| Some((end, value(&after[..end])?))) {
            Some((end, value)) => {
                text.push_str(&value);
                rest = &after[end + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}
