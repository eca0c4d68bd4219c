//! What may be signed, without a database.

use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::base::ids::{DelegationId, DossierVersionId, EnvelopeId, FundingLineId, InstitutionId, OpinionId};
use essaim::decisions::model::Movement;
use essaim::decisions::rules::{
    AwardLine, Limits, Slot, changed, delegation_for, notice_respected, promoted, settle, yearly,
};
use essaim::decisions::{Basis, Choice, Delegation, Terms, check_code};
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::ledger::Share;
use proptest::prelude::*;

const ENVELOPE: EnvelopeId = EnvelopeId(7);
const LINE: FundingLineId = FundingLineId(3);
const REQUESTED: Cents = Cents::from_euros(50_000);

fn share(year: i32, amount: Cents) -> Share {
    Share { line: LINE, year, amount }
}

fn slot(year: i32, proposed: Option<Cents>) -> Slot {
    Slot {
        line: LINE,
        year,
        funder: "ARS".to_owned(),
        label: format!("ARS, ligne, {year}"),
        asked: REQUESTED,
        proposed,
        envelope: (year == 2022).then_some(ENVELOPE),
        firm: year == 2022,
    }
}

fn basis(outcome: Outcome) -> Basis {
    let selected = outcome == Outcome::Selected;
    Basis {
        outcome,
        shares: if selected { vec![share(2022, Cents::from_euros(40_000))] } else { Vec::new() },
        rank: (outcome == Outcome::Waitlisted).then_some(1),
        motive: "Le motif du comité.".to_owned(),
        debate: String::new(),
        opinion: Some(OpinionId(1)),
        session: Some((1, Instant(0))),
        version: DossierVersionId(1),
    }
}

fn fields(fault: Fault) -> Vec<String> {
    match fault {
        Fault::Invalid(errors) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other}"),
    }
}

fn decide(basis: &Basis, choice: &Choice) -> Result<Terms, Vec<String>> {
    let slots = [slot(2022, basis.shares.first().map(|s| s.amount))];
    let outcomes = [Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected];
    let limits = Limits { outcomes: &outcomes, slots: &slots, taken_ranks: &[3] };
    settle(basis, choice, limits).map_err(fields)
}

#[test]
fn the_proposal_is_signed_as_it_stands() {
    for outcome in [Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected] {
        let basis = basis(outcome);
        let terms = decide(&basis, &Choice::following(&basis)).unwrap();
        let proposed = Share::total(&basis.shares);
        assert_eq!((terms.outcome, terms.total(), terms.rank), (basis.outcome, proposed, basis.rank));
        assert_eq!(terms.departure_reason, "");
    }
}

#[test]
fn every_departure_asks_for_its_reason() {
    let selected = basis(Outcome::Selected);
    let waitlisted = basis(Outcome::Waitlisted);
    let less = Choice { shares: vec![share(2022, Cents::from_euros(30_000))], ..Choice::following(&selected) };
    let refused = Choice { outcome: Outcome::Rejected, ..Choice::following(&selected) };
    let lower = Choice { rank: Some(2), ..Choice::following(&waitlisted) };
    for (basis, choice) in [(&selected, less), (&selected, refused), (&waitlisted, lower)] {
        assert_eq!(decide(basis, &choice).unwrap_err(), ["departure_reason"]);
        let explained = Choice { departure_reason: " Crédits réduits. ".to_owned(), ..choice };
        assert_eq!(decide(basis, &explained).unwrap().departure_reason, "Crédits réduits.");
    }
}

#[test]
fn a_reason_without_departure_is_not_kept() {
    let basis = basis(Outcome::Selected);
    let choice = Choice { departure_reason: "Rien à dire".to_owned(), ..Choice::following(&basis) };
    assert_eq!(decide(&basis, &choice).unwrap().departure_reason, "");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let basis = basis(Outcome::Rejected);
    let choice = Choice {
        outcome: Outcome::Selected,
        shares: vec![share(2022, REQUESTED + Cents(1))],
        ..Choice::following(&basis)
    };
    assert_eq!(decide(&basis, &choice).unwrap_err(), ["amount-3-2022", "departure_reason"]);
    let silent = Choice { motive: "  ".to_owned(), ..Choice::following(&basis) };
    assert_eq!(decide(&basis, &silent).unwrap_err(), ["motive"]);
    let ranked = Choice {
        outcome: Outcome::Waitlisted,
        rank: Some(3),
        departure_reason: "Crédits".to_owned(),
        ..Choice::following(&basis)
    };
    assert_eq!(decide(&basis, &ranked).unwrap_err(), ["rank"], "rank 3 is taken");
}

#[test]
fn money_moves_by_what_was_reserved_and_what_is_granted() {
    let (selected, rejected) = (basis(Outcome::Selected), basis(Outcome::Rejected));
    let reserved = Cents::from_euros(40_000);
    let movements = |basis: &Basis, outcome, amount: Option<Cents>| {
        let choice = Choice {
            outcome,
            shares: amount.map(|a| share(2022, a)).into_iter().collect(),
            rank: Some(1),
            motive: "Motif".to_owned(),
            departure_reason: "Raison".to_owned(),
        };
        decide(basis, &choice).unwrap().movements
    };
    let amount = Cents::from_euros(30_000);
    let commit = |reserved| vec![Movement::Commit { envelope: ENVELOPE, reserved, amount }];
    let release = vec![Movement::Release { envelope: ENVELOPE, reserved }];
    assert_eq!(movements(&selected, Outcome::Selected, Some(amount)), commit(reserved));
    assert_eq!(movements(&selected, Outcome::Rejected, None), release);
    assert_eq!(movements(&selected, Outcome::Waitlisted, None), release);
    assert_eq!(movements(&rejected, Outcome::Selected, Some(amount)), commit(Cents::ZERO));
    assert_eq!(movements(&rejected, Outcome::Waitlisted, None), []);
}

#[test]
fn later_years_are_planned_and_move_no_money() {
    let proposal = vec![share(2022, Cents::from_euros(10_000)), share(2023, Cents::from_euros(5_000))];
    let basis = Basis { shares: proposal, ..basis(Outcome::Selected) };
    let slots = [slot(2022, Some(Cents::from_euros(10_000))), slot(2023, Some(Cents::from_euros(5_000)))];
    let limits = Limits { outcomes: &[Outcome::Selected], slots: &slots, taken_ranks: &[] };
    let terms = settle(&basis, &Choice::following(&basis), limits).unwrap();
    assert_eq!(terms.shares.iter().map(|g| (g.share.year, g.firm)).collect::<Vec<_>>(), [(2022, true), (2023, false)]);
    assert_eq!(terms.movements.len(), 1, "only the firm year: {:?}", terms.movements);
}

fn award(year: i32, before: Option<i64>, firm: bool, paid: i64) -> AwardLine {
    AwardLine {
        line: LINE,
        year,
        label: format!("ARS, ligne, {year}"),
        before: before.map(Cents::from_euros),
        firm,
        envelope: (year < 2024).then_some(ENVELOPE),
        asked: REQUESTED,
        paid: Cents::from_euros(paid),
    }
}

#[test]
fn an_amendment_says_what_changes_and_never_goes_below_what_is_paid() {
    let lines = [award(2022, Some(40_000), true, 32_000)];
    let to = |euros: i64| changed(&lines, &[share(2022, Cents::from_euros(euros))]);
    let (granted, movements, changes) = to(35_000).unwrap();
    assert_eq!(granted[0].share.amount, Cents::from_euros(35_000));
    assert_eq!(movements, [Movement::Reduce { envelope: ENVELOPE, amount: Cents::from_euros(5_000) }]);
    assert_eq!(changes[0].before, Some(Cents::from_euros(40_000)));
    for refused in [31_999, 50_001, 40_000] {
        assert_eq!(fields(to(refused).unwrap_err()), ["amount-3-2022"], "{refused}");
    }
    let more = Movement::Commit { envelope: ENVELOPE, reserved: Cents::ZERO, amount: Cents::from_euros(2_000) };
    assert_eq!(to(42_000).unwrap().1, [more]);
}

#[test]
fn a_planned_year_becomes_firm_at_its_plan_or_below() {
    let lines = [award(2022, Some(40_000), true, 0), award(2023, Some(20_000), false, 0)];
    let at = |euros: i64| yearly(&lines, 2023, &[share(2023, Cents::from_euros(euros))]);
    let (granted, movements, _) = at(20_000).unwrap();
    assert!(granted.iter().all(|g| g.firm) && granted.len() == 2);
    let amount = Cents::from_euros(20_000);
    assert_eq!(movements, [Movement::Commit { envelope: ENVELOPE, reserved: Cents::ZERO, amount }]);
    assert_eq!(fields(at(20_001).unwrap_err()), ["amount-3-2023"]);
    assert!(matches!(yearly(&lines, 2022, &[]), Err(Fault::Refused(_))), "2022 is firm already");
    let unopened = [award(2024, Some(10_000), false, 0)];
    let refusal = yearly(&unopened, 2024, &[share(2024, Cents::from_euros(10_000))]).unwrap_err();
    assert!(refusal.to_string().contains("pas encore ouverte"), "{refusal}");
}

#[test]
fn passing_before_a_better_rank_asks_why() {
    let slots = [slot(2022, None)];
    let shares = [share(2022, Cents::from_euros(10_000))];
    assert!(promoted(&slots, &shares, &[], "", "").is_ok());
    let refusal = promoted(&slots, &shares, &[1, 2], "", " ").unwrap_err();
    assert!(refusal.to_string().contains("les rangs 1, 2"), "{refusal}");
    let terms = promoted(&slots, &shares, &[1], "", "Le rang 1 n’a plus besoin de cette somme.").unwrap();
    assert_eq!(terms.departure_reason, "Le rang 1 n’a plus besoin de cette somme.");
    assert_eq!(terms.movements.len(), 1);
}

#[test]
fn a_notice_counts_whole_days() {
    let day = |text: &str| text.parse().unwrap();
    assert!(!notice_respected(day("2022-03-01"), day("2022-03-30"), 30));
    assert!(notice_respected(day("2022-03-01"), day("2022-03-31"), 30));
    assert!(notice_respected(day("2022-01-31"), day("2022-03-02"), 30), "across months");
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
        let basis = basis(opined);
        let choice = Choice {
            outcome,
            shares: vec![share(2022, Cents(cents))],
            rank,
            motive,
            departure_reason: reason,
        };
        if let Ok(terms) = decide(&basis, &choice) {
            prop_assert_eq!(terms.total().is_some(), outcome == Outcome::Selected);
            prop_assert!(terms.total().is_none_or(|a| a.is_positive() && a <= REQUESTED));
            prop_assert!(outcome == Outcome::Selected || !terms.motive.is_empty());
            let same = (terms.outcome, terms.total(), terms.rank) == (basis.outcome, Share::total(&basis.shares), basis.rank);
            prop_assert_eq!(same, terms.departure_reason.is_empty());
        }
    }
}
