//! Opinion and amount per funder: what several funders ask of a review, and what is said of it.

use std::collections::BTreeMap;

use essaim::base::Cents;
use essaim::calls::definition::{CallDefinition, parse};
use essaim::dossiers::{Content, YearBudget};
use essaim::instruction::proposals::{asked, mistakes, tidied, total, words};
use essaim::instruction::{FunderProposal, ReviewInput, ReviewOpinion};

const FILE: &str = include_str!("../../seeds/calls/aap-1000j-2021.toml");

/// The call of three funders, and a dossier that asks 20 000 € of the ARS and 10 000 € of the DREETS.
fn scene() -> (CallDefinition, Content) {
    let definition = parse(FILE, "aap-1000j-2021.toml").unwrap();
    let line = |funder: &str| {
        definition.request_lines().find(|l| l.request_to.as_deref() == Some(funder)).unwrap().code.clone()
    };
    let amounts =
        BTreeMap::from([(line("ARS"), Cents::from_euros(20_000)), (line("DREETS"), Cents::from_euros(10_000))]);
    let content =
        Content { budget: vec![YearBudget { year: definition.budget.years[0], amounts }], ..Content::default() };
    (definition, content)
}

fn part(funder: &str, opinion: Option<ReviewOpinion>, euros: Option<i64>) -> FunderProposal {
    FunderProposal { funder: funder.to_owned(), opinion, proposed: euros.map(Cents::from_euros) }
}

fn fields(definition: &CallDefinition, content: &Content, input: &ReviewInput) -> Vec<String> {
    mistakes(&asked(definition, content), input).into_iter().map(|m| m.field).collect()
}

#[test]
fn only_funders_asked_something_are_judged_each_for_its_part() {
    let (definition, content) = scene();
    let codes: Vec<_> = asked(&definition, &content).iter().map(|a| a.funder.code.clone()).collect();
    assert_eq!(codes, ["ARS", "DREETS"], "nothing is asked of the Commissaire");
    let mut input = ReviewInput { opinion: Some(ReviewOpinion::Favourable), ..ReviewInput::default() };
    assert_eq!(fields(&definition, &content, &input), ["opinion-ARS", "opinion-DREETS"]);
    input.proposed = vec![
        part("ARS", Some(ReviewOpinion::Favourable), Some(20_001)),
        part("DREETS", Some(ReviewOpinion::Reserved), None),
    ];
    assert_eq!(fields(&definition, &content, &input), ["proposed-ARS", "proposed-DREETS"]);
    input.proposed = vec![
        part("ARS", Some(ReviewOpinion::Favourable), Some(15_000)),
        part("DREETS", Some(ReviewOpinion::Unfavourable), None),
    ];
    assert!(fields(&definition, &content, &input).is_empty(), "an unfavourable part needs no amount");
    input.proposed[0] = part("ARS", Some(ReviewOpinion::Unfavourable), None);
    assert_eq!(fields(&definition, &content, &input), ["opinion"], "all refused is no favourable opinion");
}

#[test]
fn what_is_proposed_is_summed_and_said_part_by_part() {
    let (definition, content) = scene();
    let given = vec![
        part("COMMISSAIRE", None, Some(5_000)),
        part("DREETS", Some(ReviewOpinion::Reserved), Some(5_000)),
        part("ARS", Some(ReviewOpinion::Favourable), Some(15_000)),
    ];
    let kept = tidied(&asked(&definition, &content), &given);
    assert_eq!(kept.iter().map(|p| p.funder.as_str()).collect::<Vec<_>>(), ["ARS", "DREETS"]);
    assert_eq!(total(&kept), Some(Cents::from_euros(20_000)));
    let said = |beside| words(&definition, &kept, beside).replace(['\u{A0}', '\u{202F}'], " ");
    assert_eq!(said(None), "20 000 €, dont ARS Occitanie : 15 000 € (favorable), DREETS Occitanie : 5 000 € (réservé)");
    let beside = said(Some(ReviewOpinion::Favourable));
    assert_eq!(beside, "20 000 €, dont ARS Occitanie : 15 000 €, DREETS Occitanie : 5 000 € (réservé)");
    assert_eq!(total(&[part("ARS", Some(ReviewOpinion::Unfavourable), None)]), None, "missing is not zero");
}
