//! What a review proposes of each funder: an opinion of its own when several fund, and an amount. Pure.

use super::model::{FunderProposal, ReviewInput, ReviewOpinion};
use crate::base::money::Cents;
use crate::calls::definition::{CallDefinition, Funder};
use crate::dossiers::Content;
use crate::fault::{FieldError, Mistakes};

/// A funder of the call to whom a dossier asks something, with the sum asked over the years.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub funder: &'a Funder,
    pub requested: Cents,
}

/// The funders asked, in the order of the call.
#[must_use]
pub fn asked<'a>(definition: &'a CallDefinition, content: &Content) -> Vec<Asked<'a>> {
    definition
        .funders
        .iter()
        .map(|funder| {
            let lines = definition.request_lines().filter(|line| line.request_to.as_ref() == Some(&funder.code));
            let requested = lines
                .flat_map(|line| content.budget.iter().filter_map(|year| year.amounts.get(&line.code).copied()))
                .sum();
            Asked { funder, requested }
        })
        .filter(|asked| asked.requested.is_positive())
        .collect()
}

/// Name of a funder's amount in the review form.
#[must_use]
pub fn amount_field(funder: &str) -> String {
    format!("proposed-{funder}")
}

/// Name of a funder's opinion in the review form.
#[must_use]
pub fn opinion_field(funder: &str) -> String {
    format!("opinion-{funder}")
}

/// In the order of the funders asked, without what says nothing or is asked of nobody.
#[must_use]
pub fn tidied(asked: &[Asked<'_>], given: &[FunderProposal]) -> Vec<FunderProposal> {
    asked.iter().filter_map(|a| given.iter().find(|p| p.funder == a.funder.code && !p.is_empty()).cloned()).collect()
}

/// What is missing or wrong before submission. With one funder, the general opinion is the funder's; with several,
/// each has its own.
#[must_use]
pub fn mistakes(asked: &[Asked<'_>], input: &ReviewInput) -> Vec<FieldError> {
    let mut mistakes = Mistakes::default();
    let several = asked.len() > 1;
    for Asked { funder, requested } in asked {
        let given = input.proposed.iter().find(|p| p.funder == funder.code);
        let opinion = if several { given.and_then(|p| p.opinion) } else { input.opinion };
        let of = if several { format!("{}\u{A0}: ", funder.label) } else { String::new() };
        if several && opinion.is_none() {
            mistakes.add(opinion_field(&funder.code), format!("{of}choisissez votre avis sur cette part."));
        }
        let field = amount_field(&funder.code);
        match (given.and_then(|p| p.proposed), opinion) {
            (None, Some(ReviewOpinion::Unfavourable) | None) => {}
            (None, Some(_)) => {
                mistakes.add(field, sentence(&of, "saisissez le montant que vous proposez, par exemple 12 500."));
            }
            (Some(amount), Some(ReviewOpinion::Favourable | ReviewOpinion::Reserved)) if !amount.is_positive() => {
                mistakes
                    .add(field, sentence(&of, "proposez un montant supérieur à zéro, ou rendez un avis défavorable."));
            }
            (Some(amount), _) if amount > *requested => mistakes.add(
                field,
                sentence(&of, &format!("proposez un montant inférieur ou égal à la demande, {requested}.")),
            ),
            (Some(_), _) => {}
        }
    }
    let all_refused = several
        && asked.iter().all(|a| {
            input.proposed.iter().any(|p| p.funder == a.funder.code && p.opinion == Some(ReviewOpinion::Unfavourable))
        });
    if all_refused && matches!(input.opinion, Some(ReviewOpinion::Favourable | ReviewOpinion::Reserved)) {
        mistakes.add(
            "opinion",
            "Votre avis général contredit vos avis par financeur, tous défavorables\u{A0}: corrigez l’un ou les autres.",
        );
    }
    mistakes.into_vec()
}

/// The sentence after its beginning, with a capital when nothing comes before.
fn sentence(before: &str, rest: &str) -> String {
    if before.is_empty() {
        let mut letters = rest.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    } else {
        format!("{before}{rest}")
    }
}

/// The sum proposed of all funders; absent when no amount is.
#[must_use]
pub fn total(proposed: &[FunderProposal]) -> Option<Cents> {
    let amounts: Vec<Cents> = proposed.iter().filter_map(|p| p.proposed).collect();
    (!amounts.is_empty()).then(|| amounts.into_iter().sum())
}

/// « 38 000 € », or « 30 000 €, dont ARS : 20 000 € (favorable), DREETS : 10 000 € (réservé) ». The general
/// opinion, where it stands beside, is not said again of each part.
#[must_use]
pub fn words(definition: &CallDefinition, proposed: &[FunderProposal], beside: Option<ReviewOpinion>) -> String {
    let whole = total(proposed).map_or(String::new(), |sum| sum.to_string());
    if !definition.funders.iter().any(|f| proposed.iter().any(|p| p.funder == f.code && p.opinion.is_some())) {
        return whole;
    }
    let parts: Vec<String> = proposed
        .iter()
        .map(|part| {
            let label = definition.funder(&part.funder).map_or(part.funder.as_str(), |f| f.label.as_str());
            let amount = part.proposed.map_or("aucun montant".to_owned(), |amount| amount.to_string());
            let opinion = part
                .opinion
                .filter(|o| Some(*o) != beside)
                .map_or(String::new(), |o| format!(" ({})", o.label().to_lowercase()));
            format!("{label}\u{A0}: {amount}{opinion}")
        })
        .collect();
    if whole.is_empty() { parts.join(", ") } else { format!("{whole}, dont {}", parts.join(", ")) }
}
