//! The arithmetic of scores: exact numbers first, then properties.

use essaim::instruction::rules::{Weighted, is_divergent, is_instructed, mean, review_score, spread};
use essaim::instruction::{Mark, Score, assessments};
use proptest::prelude::*;

use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

const WEIGHTS: [u32; 8] = [25, 15, 15, 15, 10, 10, 5, 5];

fn score(levels: [i32; 8]) -> Option<Score> {
    let answers: Vec<_> = WEIGHTS.iter().zip(levels).map(|(weight, level)| weighted(*weight, level)).collect();
    review_score(&answers, 4)
}

/// A level of −1 is an abstention.
fn weighted(weight: u32, level: i32) -> Weighted {
    Weighted { weight, mark: u32::try_from(level).map_or(Mark::Abstained, Mark::Level) }
}

#[test]
fn an_abstention_is_left_out_and_a_zero_is_not() {
    // 3/4 everywhere is 75; abstaining on C1 keeps 75, a zero there takes its 18.75 points.
    assert_eq!(score([3; 8]).unwrap().to_string(), "75");
    assert_eq!(score([-1, 3, 3, 3, 3, 3, 3, 3]).unwrap().to_string(), "75");
    assert_eq!(score([0, 3, 3, 3, 3, 3, 3, 3]).unwrap().to_string(), "56,25");
    // Abstaining on C2 (15): (25×4 + 60×2) ÷ (85×4) = 220/340 = 11/17 of 100.
    let uneven = score([4, -1, 2, 2, 2, 2, 2, 2]).unwrap();
    assert_eq!((uneven.exact(), uneven.to_string()), ("1100/17".to_owned(), "64,71".to_owned()));
    assert_eq!(score([-1; 8]), None, "no answer is no score, not zero");
    assert_eq!(score([0; 8]).unwrap(), Score::points(0));
}

#[test]
fn means_and_spreads_are_exact_and_take_scores_only() {
    let (third, two_thirds) =
        (review_score(&[weighted(3, 1)], 3).unwrap(), review_score(&[weighted(3, 2)], 3).unwrap());
    assert_eq!((third.to_string(), two_thirds.to_string()), ("33,33".to_owned(), "66,67".to_owned()));
    assert_eq!(mean(&[third, two_thirds]).unwrap(), Score::points(50));
    assert_eq!(spread(&[third, two_thirds]).unwrap().exact(), "100/3");
    assert_eq!((mean(&[]), spread(&[]), spread(&[third])), (None, None, None));
}

#[test]
fn shown_alike_is_not_equal() {
    // 1/3 of 100 and 3333/10000 of 100 both read 33,33.
    let exact = review_score(&[weighted(1, 1), weighted(2, 0)], 1).unwrap();
    let near = review_score(&[weighted(3_333, 1), weighted(6_667, 0)], 1).unwrap();
    assert_eq!(exact.to_string(), near.to_string());
    assert!(exact > near);
}

#[test]
fn half_a_hundredth_rounds_up() {
    // 1/16 is 6.25, 1/160 is 0.625, 1/1600 is 0.0625.
    assert_eq!(review_score(&[weighted(1, 1), weighted(15, 0)], 1).unwrap().to_string(), "6,25");
    assert_eq!(review_score(&[weighted(1, 1), weighted(159, 0)], 1).unwrap().to_string(), "0,63");
    assert_eq!(review_score(&[weighted(1, 1), weighted(1_599, 0)], 1).unwrap().to_string(), "0,06");
}

#[test]
fn divergence_starts_at_the_threshold() {
    let at = |points: u32| spread(&[Score::points(60), Score::points(60 + points)]);
    assert!(!is_divergent(at(14), 15));
    assert!(is_divergent(at(15), 15));
    assert!(!is_divergent(None, 0), "one score cannot diverge");
}

#[test]
fn instruction_waits_for_everyone_asked() {
    assert!(!is_instructed(1, 1, 2), "one review of the two the call asks");
    assert!(!is_instructed(2, 3, 2), "a third reading is still due");
    assert!(is_instructed(2, 2, 2));
    assert!(!is_instructed(0, 0, 0), "nobody has read it");
}

#[test]
fn a_dossier_takes_the_mean_of_its_reviews() {
    let app = TestApp::start();
    let world = World::build(&app);
    let alike = instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [3; 8], [-1, 3, 3, 3, 3, 3, 3, 3]);
    let apart = instructed_dossier(&app, &world, "Jardins partagés", 30_000, [0, 4, 4, 4, 4, 4, 4, 4], [4; 8]);
    let found = app
        .service()
        .read(|conn| {
            let call = essaim::calls::by_id(conn, world.call)?;
            assessments(conn, &call, &[alike, apart])
        })
        .unwrap();
    assert_eq!(found[&alike].score.unwrap(), Score::points(75));
    assert_eq!(found[&alike].reviews.iter().map(|r| r.institution.as_str()).collect::<Vec<_>>(), ["ARS", "DREETS"]);
    assert!(!found[&alike].divergent && found[&alike].blocking.is_empty());
    assert_eq!(found[&apart].score.unwrap().exact(), "175/2");
    assert_eq!(found[&apart].spread.unwrap(), Score::points(25));
    assert!(found[&apart].divergent);
    assert_eq!(found[&apart].blocking.len(), 1);
    assert!(found[&apart].blocking[0].starts_with("C1 – ") && found[&apart].blocking[0].ends_with("(Inès Exemple)"));
}

fn answers() -> impl Strategy<Value = Vec<Weighted>> {
    prop::collection::vec((1_u32..=100, -1_i32..=4), 1..12)
        .prop_map(|list| list.into_iter().map(|(weight, level)| weighted(weight, level)).collect())
}

proptest! {
    #[test]
    fn a_score_lies_between_0_and_100(answers in answers()) {
        if let Some(score) = review_score(&answers, 4) {
            prop_assert!(score >= Score::points(0) && score <= Score::points(100));
        } else {
            prop_assert!(answers.iter().all(|a| a.mark == Mark::Abstained));
        }
    }

    #[test]
    fn the_order_of_criteria_is_indifferent((answers, shuffled) in answers().prop_flat_map(|a| (Just(a.clone()), Just(a).prop_shuffle()))) {
        prop_assert_eq!(review_score(&answers, 4), review_score(&shuffled, 4));
    }

    #[test]
    fn a_higher_level_never_lowers_the_score(answers in answers(), at in any::<prop::sample::Index>()) {
        let at = at.index(answers.len());
        if let Mark::Level(level) = answers[at].mark && level < 4 {
            let mut raised = answers.clone();
            raised[at].mark = Mark::Level(level + 1);
            prop_assert!(review_score(&raised, 4) > review_score(&answers, 4));
        }
    }

    #[test]
    fn abstaining_is_never_scoring_zero_unless_all_is_zero(answers in answers(), at in any::<prop::sample::Index>()) {
        let at = at.index(answers.len());
        let (mut abstained, mut zero) = (answers.clone(), answers);
        abstained[at].mark = Mark::Abstained;
        zero[at].mark = Mark::Level(0);
        match (review_score(&abstained, 4), review_score(&zero, 4)) {
            (None, zero) => prop_assert_eq!(zero, Some(Score::points(0))),
            (Some(abstained), Some(zero)) if abstained == Score::points(0) => prop_assert_eq!(zero, abstained),
            (Some(abstained), zero) => prop_assert!(Some(abstained) > zero && zero.is_some()),
        }
    }

    #[test]
    fn a_mean_lies_between_the_extremes(reviews in prop::collection::vec(answers(), 1..6)) {
        let scores: Vec<Score> = reviews.iter().filter_map(|a| review_score(a, 4)).collect();
        match mean(&scores) {
            None => prop_assert!(scores.is_empty()),
            Some(mean) => {
                prop_assert!(mean >= *scores.iter().min().unwrap() && mean <= *scores.iter().max().unwrap());
                let mut backwards = scores.clone();
                backwards.reverse();
                prop_assert_eq!(Some(mean), essaim::instruction::rules::mean(&backwards));
            }
        }
    }

    #[test]
    fn comparison_is_exact(a in 0_u32..=400, b in 0_u32..=400, weight in 1_u32..=1_000) {
        // Same weights: the order of scores is the order of earned points, however small the difference.
        let of = |earned: u32| review_score(&[weighted(weight, i32::try_from(earned).unwrap())], 400).unwrap();
        prop_assert_eq!(of(a).cmp(&of(b)), a.cmp(&b));
    }
}
