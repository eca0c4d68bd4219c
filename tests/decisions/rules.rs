//! What may be signed, without a database.

use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::base::ids::{
    DelegationId, DossierVersionId, EnvelopeId, FundingLineId, InstitutionId, OpinionId, SessionId,
};
use essaim::committee::SealedOpinion;
use essaim::decisions::model::Movement;
use essaim::decisions::rules::{Limits, delegation_for, settle};
use essaim::decisions::{Choice, Delegation, Terms, check_code};
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::ledger::Share;
use proptest::prelude::*;

const ENVELOPE: EnvelopeId = EnvelopeId(7);
const SHARE: Share = Share { line: FundingLineId(3), year: 2022, amount: Cents::from_euros(40_000) };
const REQUESTED: Cents = Cents::from_euros(50_000);

fn opinion(outcome: Outcome) -> SealedOpinion {
    let selected = outcome == Outcome::Selected;
    SealedOpinion {
        id: OpinionId(1),
        session: SessionId(1),
        session_number: 1,
        held_at: Instant(0),
        outcome,
        shares: selected.then_some(SHARE).into_iter().collect(),
        reserved: selected.then_some((ENVELOPE, SHARE.amount)).into_iter().collect(),
        rank: (outcome == Outcome::Waitlisted).then_some(1),
        motive: "Le motif du comité.".to_owned(),
        debate: String::new(),
        version: DossierVersionId(1),
    }
}

fn decide(opinion: &SealedOpinion, choice: &Choice) -> Result<Terms, Vec<String>> {
    let limits = Limits { requested: REQUESTED, envelopes: &[ENVELOPE], taken_ranks: &[3] };
    settle(opinion, choice, limits).map_err(|fault| match fault {
        Fault::Invalid(errors) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other}"),
    })
}

#[test]
fn the_committees_opinion_is_signed_as_it_stands() {
    for outcome in [Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected] {
        let opinion = opinion(outcome);
        let terms = decide(&opinion, &Choice::following(&opinion)).unwrap();
        assert_eq!((terms.outcome, terms.amount, terms.rank), (opinion.outcome, opinion.total(), opinion.rank));
        assert_eq!(terms.departure_reason, "");
    }
}

#[test]
fn every_departure_asks_for_its_reason() {
    let selected = opinion(Outcome::Selected);
    let waitlisted = opinion(Outcome::Waitlisted);
    let less = Choice { amount: Some(Cents::from_euros(30_000)), ..Choice::following(&selected) };
    let refused = Choice { outcome: Outcome::Rejected, ..Choice::following(&selected) };
    let lower = Choice { rank: Some(2), ..Choice::following(&waitlisted) };
    for (opinion, choice) in [(&selected, less), (&selected, refused), (&waitlisted, lower)] {
        assert_eq!(decide(opinion, &choice).unwrap_err(), ["departure_reason"]);
        let explained = Choice { departure_reason: " Crédits réduits. ".to_owned(), ..choice };
        assert_eq!(decide(opinion, &explained).unwrap().departure_reason, "Crédits réduits.");
    }
}

#[test]
fn a_reason_without_departure_is_not_kept() {
    let opinion = opinion(Outcome::Selected);
    let choice = Choice { departure_reason: "Rien à dire".to_owned(), ..Choice::following(&opinion) };
    assert_eq!(decide(&opinion, &choice).unwrap().departure_reason, "");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let opinion = opinion(Outcome::Rejected);
    let choice = Choice {
        outcome: Outcome::Selected,
        amount: Some(REQUESTED + Cents(1)),
        envelope: Some(EnvelopeId(8)),
        ..Choice::following(&opinion)
    };
    assert_eq!(decide(&opinion, &choice).unwrap_err(), ["amount", "envelope", "departure_reason"]);
    let silent = Choice { motive: "  ".to_owned(), ..Choice::following(&opinion) };
    assert_eq!(decide(&opinion, &silent).unwrap_err(), ["motive"]);
    let ranked = Choice {
        outcome: Outcome::Waitlisted,
        rank: Some(3),
        departure_reason: "Crédits".to_owned(),
        ..Choice::following(&opinion)
    };
    assert_eq!(decide(&opinion, &ranked).unwrap_err(), ["rank"], "rank 3 is taken");
}

#[test]
fn money_moves_by_what_was_reserved_and_what_is_granted() {
    let (selected, rejected) = (opinion(Outcome::Selected), opinion(Outcome::Rejected));
    let reserved = Cents::from_euros(40_000);
    let movement = |opinion: &SealedOpinion, outcome, amount| {
        let choice = Choice {
            outcome,
            amount,
            envelope: Some(ENVELOPE),
            rank: Some(1),
            motive: "Motif".to_owned(),
            departure_reason: "Raison".to_owned(),
        };
        decide(opinion, &choice).unwrap().movement
    };
    let amount = Cents::from_euros(30_000);
    assert_eq!(
        movement(&selected, Outcome::Selected, Some(amount)),
        Movement::Commit { envelope: ENVELOPE, reserved, amount }
    );
    assert_eq!(movement(&selected, Outcome::Rejected, None), Movement::Release { envelope: ENVELOPE, reserved });
    assert_eq!(movement(&selected, Outcome::Waitlisted, None), Movement::Release { envelope: ENVELOPE, reserved });
    assert_eq!(
        movement(&rejected, Outcome::Selected, Some(amount)),
        Movement::Commit { envelope: ENVELOPE, reserved: Cents::ZERO, amount }
    );
    assert_eq!(movement(&rejected, Outcome::Waitlisted, None), Movement::None);
}

fn delegation(ceiling: Option<i64>) -> Delegation {
    Delegation {
        id: DelegationId(1),
        institution: InstitutionId(1),
        quality: "Directrice".to_owned(),
        service: "Service".to_owned(),
        reference: "D-1".to_owned(),
        valid_from: Instant(1000),
        valid_until: Some(Instant(2000)),
        ceiling: ceiling.map(Cents::from_euros),
        revoked_at: None,
    }
}

#[test]
fn a_delegation_counts_from_its_first_instant_to_before_its_last() {
    let authority = InstitutionId(1);
    let at = |now| delegation_for(&[delegation(None)], authority, None, Instant(now), "Europe/Paris").is_ok();
    assert_eq!([at(999), at(1000), at(1999), at(2000)], [false, true, true, false]);
    let revoked = Delegation { revoked_at: Some(Instant(1500)), ..delegation(None) };
    let refusal = delegation_for(&[revoked], authority, None, Instant(1500), "Europe/Paris").unwrap_err();
    assert!(refusal.contains("a été retirée"), "{refusal}");
    let other = delegation_for(&[delegation(None)], InstitutionId(2), None, Instant(1500), "Europe/Paris").unwrap_err();
    assert!(other.contains("Aucune délégation"), "{other}");
}

#[test]
fn a_ceiling_is_reached_but_not_passed_and_another_delegation_may_do() {
    let authority = InstitutionId(1);
    let small = delegation(Some(10_000));
    let wide = Delegation { id: DelegationId(2), ceiling: None, ..small.clone() };
    let find = |held: &[Delegation], amount: Cents| {
        delegation_for(held, authority, Some(amount), Instant(1500), "Europe/Paris").map(|d| d.id)
    };
    let ceiling = Cents::from_euros(10_000);
    assert_eq!(find(std::slice::from_ref(&small), ceiling), Ok(DelegationId(1)));
    let refusal = find(std::slice::from_ref(&small), ceiling + Cents(1)).unwrap_err();
    assert!(refusal.contains("limitée à 10\u{202F}000\u{A0}€"), "{refusal}");
    assert_eq!(find(&[small, wide], ceiling + Cents(1)), Ok(DelegationId(2)));
}

#[test]
fn codes_are_read_however_they_are_typed() {
    let code = check_code::from_bits(0x0123_4567_89AB_CDEF);
    assert_eq!(code.len(), 12);
    let spaced = check_code::grouped(&code);
    assert_eq!(spaced.split('\u{A0}').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
    assert_eq!(check_code::read(&spaced.to_lowercase()), Some(code.clone()));
    assert_eq!(check_code::read(&format!(" {}-{}\u{2011}{} ", &code[..4], &code[4..8], &code[8..])), Some(code));
    assert_eq!(check_code::read("OoIl 0000 0000").as_deref(), Some("001100000000"));
    for bad in ["", "K7QD 4M9T RX2", "K7QD 4M9T RX2BB", "K7QD 4M9T RX2U", "K7QD/4M9T/RX2B", "éééééééééééé"]
    {
        assert_eq!(check_code::read(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn sixty_bits_make_one_code(a in 0u64..1 << 60, b in 0u64..1 << 60) {
        let (first, second) = (check_code::from_bits(a), check_code::from_bits(b));
        prop_assert_eq!(a == b, first == second);
        prop_assert_eq!(check_code::read(&first), Some(first));
    }

    #[test]
    fn what_is_signed_never_passes_the_request_nor_departs_in_silence(
        opined in prop::sample::select(vec![Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected]),
        outcome in prop::sample::select(vec![Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected]),
        cents in -100i64..6_000_000,
        rank in prop::option::of(-1i64..5),
        motive in "[ a-z]{0,3}",
        reason in "[ a-z]{0,3}",
    ) {
        let opinion = opinion(opined);
        let choice = Choice {
            outcome,
            amount: Some(Cents(cents)),
            envelope: Some(ENVELOPE),
            rank,
            motive,
            departure_reason: reason,
        };
        if let Ok(terms) = decide(&opinion, &choice) {
            prop_assert_eq!(terms.amount.is_some(), outcome == Outcome::Selected);
            prop_assert!(terms.amount.is_none_or(|a| a.is_positive() && a <= REQUESTED));
            prop_assert!(outcome == Outcome::Selected || !terms.motive.is_empty());
            let same = (terms.outcome, terms.amount, terms.rank) == (opinion.outcome, opinion.total(), opinion.rank);
            prop_assert_eq!(same, terms.departure_reason.is_empty());
        }
    }
}
