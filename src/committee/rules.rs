//! The arithmetic of a session: ranking, envelope line, what an opinion must say. Pure.

use super::model::{Asked, SessionKind, Verdict, Vote};
use crate::base::ids::FundingLineId;
use crate::base::money::Cents;
use crate::base::text;
use crate::fault::Mistakes;
use crate::ledger::Share;

/// Longest debate or motive, in characters.
pub const MAX_TEXT: usize = 4000;

/// One line of the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<T> {
    /// Missing for a dossier without score: missing is missing, never last.
    pub rank: Option<usize>,
    pub item: T,
}

/// Highest score first; equal scores share their rank and follow in the order of references; dossiers without score
/// close the list, unranked. Scores compare exactly, so that no rounding makes or breaks a tie.
#[must_use]
pub fn ranking<T, S: Ord>(
    items: Vec<T>,
    score: impl Fn(&T) -> Option<S>,
    reference: impl Fn(&T) -> String,
) -> Vec<Ranked<T>> {
    let mut keyed: Vec<(Option<S>, (usize, String), T)> = items
        .into_iter()
        .map(|item| {
            let name = reference(&item);
            // A longer number is a greater one: 10000 comes after 9999.
            (score(&item), (name.len(), name), item)
        })
        .collect();
    keyed.sort_by(|(a, a_name, _), (b, b_name, _)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
    let mut shared: Option<usize> = None;
    let ranks: Vec<Option<usize>> = (0..keyed.len())
        .map(|i| {
            keyed[i].0.as_ref()?;
            if i == 0 || keyed[i].0 != keyed[i - 1].0 {
                shared = Some(i + 1);
            }
            shared
        })
        .collect();
    keyed.into_iter().zip(ranks).map(|((.., item), rank)| Ranked { rank, item }).collect()
}

/// Running total of the requests, in order, and whether each line is past what is available.
#[must_use]
pub fn envelope_line(requests: &[Cents], available: Option<Cents>) -> Vec<(Cents, bool)> {
    let mut total = Cents::ZERO;
    requests
        .iter()
        .map(|request| {
            total += *request;
            (total, available.is_some_and(|available| total > available))
        })
        .collect()
}

/// An amount as typed for a line and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedShare {
    pub line: FundingLineId,
    pub year: i32,
    pub amount: String,
}

/// Name of the field of a line and year.
#[must_use]
pub fn share_field(line: FundingLineId, year: i32) -> String {
    format!("share-{line}-{year}")
}

/// What the secretary types of the committee's opinion.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub outcome: Option<Verdict>,
    pub shares: Vec<TypedShare>,
    pub rank: String,
    pub debate: String,
    pub motive: String,
    pub vote: TypedVote,
}

/// A count as typed: all empty when the committee did not vote.
#[derive(Clone, Debug, Default)]
pub struct TypedVote {
    pub favour: String,
    pub against: String,
    pub abstained: String,
}

/// Who may vote on a dossier.
#[derive(Clone, Copy, Debug)]
pub struct Voices {
    /// Votes that may be cast, proxies included.
    pub total: usize,
    /// Whether the chair takes part: a tie is theirs to break.
    pub chair: bool,
}

/// The same once read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub outcome: Verdict,
    pub shares: Vec<Share>,
    pub rank: Option<i64>,
    pub debate: String,
    pub motive: String,
    pub vote: Option<Vote>,
}

/// Reads an opinion of a session of this kind against what the dossier asks. Fields that do not belong to the outcome
/// are left aside.
///
/// # Errors
/// [`crate::fault::Fault::Invalid`] with every mistake.
pub fn read_opinion(
    kind: SessionKind,
    draft: &Draft,
    asked: &[Asked],
    voices: Voices,
) -> Result<Reading, crate::fault::Fault> {
    let mut mistakes = Mistakes::default();
    let debate = text::clean(&draft.debate);
    let motive = text::clean(&draft.motive);
    for (field, value) in [("debate", &debate), ("motive", &motive)] {
        if value.chars().count() > MAX_TEXT {
            mistakes.add(field, format!("Raccourcissez ce texte à {MAX_TEXT} caractères au plus."));
        }
    }
    let Some(outcome) = draft.outcome.filter(|outcome| Verdict::of_kind(kind).contains(outcome)) else {
        let choices = match kind {
            SessionKind::Selection => "retenu, liste complémentaire ou non retenu",
            SessionKind::Shortlisting => "présélectionné ou non présélectionné",
        };
        mistakes.add("outcome", format!("Choisissez l’avis du comité\u{202F}: {choices}."));
        return Err(crate::fault::Fault::Invalid(mistakes.into_vec()));
    };
    let shares =
        if outcome == Verdict::Selected { read_shares(&mut mistakes, &draft.shares, asked) } else { Vec::new() };
    let mut rank = None;
    if outcome == Verdict::Waitlisted {
        rank = text::clean_line(&draft.rank).parse::<i64>().ok().filter(|rank| (1..=9999).contains(rank));
        if rank.is_none() {
            mistakes.add("rank", "Saisissez le rang sur la liste complémentaire, par exemple 1.");
        }
    }
    if outcome.needs_motive() && motive.is_empty() {
        mistakes.add("motive", "Saisissez le motif\u{202F}: il sera repris dans le courrier au porteur.");
    }
    let vote = read_vote(&mut mistakes, &draft.vote, voices);
    mistakes.finish()?;
    Ok(Reading { outcome, shares, rank, debate, motive, vote })
}

/// The vote on the opinion as recorded: it needs a majority, the chair's vote breaking a tie (CRPA R133-11).
fn read_vote(mistakes: &mut Mistakes, typed: &TypedVote, voices: Voices) -> Option<Vote> {
    let fields =
        [("votes_for", &typed.favour), ("votes_against", &typed.against), ("votes_abstained", &typed.abstained)];
    if fields.iter().all(|(_, typed)| typed.trim().is_empty()) {
        return None;
    }
    let mut counts = [0_i64; 3];
    let mut wrong = false;
    for (count, (field, typed)) in counts.iter_mut().zip(fields) {
        let typed = typed.trim();
        match if typed.is_empty() { Some(0) } else { typed.parse::<u16>().ok() } {
            Some(number) => *count = i64::from(number),
            None => {
                wrong = true;
                mistakes.add(field, "Saisissez un nombre de voix, par exemple 3.");
            }
        }
    }
    if wrong {
        return None;
    }
    let [favour, against, abstained] = counts;
    let vote = Vote { favour, against, abstained };
    let possible = i64::try_from(voices.total).unwrap_or(i64::MAX);
    if vote.total() > possible {
        let most = text::count(voices.total, "voix au plus peut", "voix au plus peuvent");
        mistakes.add(
            "votes_for",
            format!("{most} s’exprimer sur ce dossier, mandats compris\u{202F}: vérifiez le compte."),
        );
    } else if favour < against || favour == 0 {
        mistakes.add(
            "votes_for",
            "Cet avis n’a pas la majorité\u{202F}: enregistrez celui que le comité adopte, avec le vote qui l’adopte.",
        );
    } else if vote.is_tied() && !voices.chair {
        mistakes.add(
            "votes_for",
            "Les voix se partagent et la présidence ne prend pas part à ce dossier\u{202F}: personne ne départage.",
        );
    } else {
        return Some(vote);
    }
    None
}

/// The amounts typed, each within what the dossier asks of the same funder in the same year.
fn read_shares(mistakes: &mut Mistakes, typed: &[TypedShare], asked: &[Asked]) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    let before = mistakes.is_empty();
    for entry in typed.iter().filter(|entry| !entry.amount.trim().is_empty()) {
        let field = share_field(entry.line, entry.year);
        let Some(request) = asked.iter().find(|a| a.line == entry.line && a.year == entry.year) else {
            mistakes.add(&field, "Le dossier ne demande rien à ce financeur cette année-là\u{202F}: laissez vide.");
            continue;
        };
        let Some(amount) = mistakes.take(&field, Cents::parse(&entry.amount)) else { continue };
        if amount.is_zero() {
            continue;
        }
        if !amount.is_positive() {
            mistakes.add(&field, "Saisissez un montant supérieur à zéro, par exemple 12\u{202F}500.");
            continue;
        }
        let same_funder = |share: &&Share| {
            share.year == entry.year
                && asked.iter().any(|a| a.line == share.line && a.year == share.year && a.funder == request.funder)
        };
        let already: Cents = shares.iter().filter(same_funder).map(|share| share.amount).sum();
        if already + amount > request.requested {
            mistakes.add(&field, format!("Le montant ne peut pas dépasser la demande, {}.", request.requested));
            continue;
        }
        shares.push(Share { line: entry.line, year: entry.year, amount });
    }
    if shares.is_empty() && before && mistakes.is_empty() {
        let field = asked.first().map_or_else(|| "outcome".to_owned(), |a| share_field(a.line, a.year));
        mistakes.add(&field, "Saisissez au moins un montant, par exemple 12\u{202F}500.");
    }
    shares.sort_unstable_by_key(|share| (share.year, share.line));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rank_all(scores: &[(Option<(i64, i64)>, u32)]) -> Vec<(Option<usize>, u32)> {
        let exact = |s: Option<(i64, i64)>| s.map(|(n, d)| num_rational::Ratio::new(n, d));
        ranking(scores.to_vec(), |(s, _)| exact(*s), |(_, n)| format!("R-{n:04}"))
            .into_iter()
            .map(|r| (r.rank, r.item.1))
            .collect()
    }

    proptest! {
        #[test]
        fn order_does_not_depend_on_the_order_given(
            scores in proptest::collection::vec(proptest::option::of((0_i64..50, 1_i64..7)), 0..12),
            turn in 0_usize..12,
        ) {
            let numbered: Vec<_> = scores.iter().copied().zip(0_u32..).collect();
            let mut turned = numbered.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
                turned.swap(0, by);
            }
            prop_assert_eq!(rank_all(&numbered), rank_all(&turned));
        }

        #[test]
        fn a_rank_is_one_more_than_the_number_of_better_scores(
            scores in proptest::collection::vec(proptest::option::of((0_i64..20, 1_i64..5)), 0..12),
        ) {
            let numbered: Vec<_> = scores.iter().copied().zip(0_u32..).collect();
            for (rank, n) in rank_all(&numbered) {
                let own = scores[n as usize];
                let better = own.map(|(a, b)| scores.iter().flatten().filter(|(c, d)| c * b > a * d).count());
                prop_assert_eq!(rank, better.map(|count| count + 1));
            }
        }

        #[test]
        fn every_dossier_is_listed_once_and_the_unscored_last(
            scores in proptest::collection::vec(proptest::option::of((0_i64..20, 1_i64..5)), 0..12),
        ) {
            let numbered: Vec<_> = scores.iter().copied().zip(0_u32..).collect();
            let ranked = rank_all(&numbered);
            let mut seen: Vec<u32> = ranked.iter().map(|(_, n)| *n).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..u32::try_from(scores.len()).unwrap_or(0)).collect::<Vec<_>>());
            let first_unscored = ranked.iter().position(|(rank, _)| rank.is_none()).unwrap_or(ranked.len());
            prop_assert!(ranked[first_unscored..].iter().all(|(rank, _)| rank.is_none()));
        }

        #[test]
        fn the_line_falls_where_the_running_total_first_exceeds(
            requests in proptest::collection::vec(1_i64..1_000_000, 0..20),
            available in 0_i64..5_000_000,
        ) {
            let cents: Vec<Cents> = requests.iter().copied().map(Cents).collect();
            for (i, (total, beyond)) in envelope_line(&cents, Some(Cents(available))).into_iter().enumerate() {
                prop_assert_eq!(total.0, requests[..=i].iter().sum::<i64>());
                prop_assert_eq!(beyond, total.0 > available);
            }
        }
    }

    #[test]
    fn equal_scores_share_their_rank_and_follow_their_references() {
        let third = Some((1, 3));
        let ranked = rank_all(&[(third, 7), (None, 1), (Some((2, 6)), 2), (Some((1, 2)), 9), (Some((1, 4)), 3)]);
        assert_eq!(ranked, [(Some(1), 9), (Some(2), 2), (Some(2), 7), (Some(4), 3), (None, 1)]);
    }

    #[test]
    fn a_difference_smaller_than_a_cent_of_a_point_still_ranks() {
        let ranked = rank_all(&[(Some((733_333, 10_000)), 1), (Some((220, 3)), 2)]);
        assert_eq!(ranked, [(Some(1), 2), (Some(2), 1)]);
    }

    #[test]
    fn references_past_the_padding_keep_their_order() {
        let items = vec!["AMI-10000", "AMI-9999"];
        let ranked = ranking(items, |_| Some(1), |name| (*name).to_owned());
        assert_eq!(ranked.iter().map(|r| r.item).collect::<Vec<_>>(), ["AMI-9999", "AMI-10000"]);
    }

    #[test]
    fn an_unknown_envelope_draws_no_line() {
        assert_eq!(envelope_line(&[Cents(5)], None), [(Cents(5), false)]);
    }

    #[test]
    fn an_opinion_says_what_its_outcome_needs() {
        let requested = Cents::from_euros(1_000);
        let line = FundingLineId(7);
        let asked = |year: i32, funder: &str, line: i64| Asked {
            line: FundingLineId(line),
            year,
            funder: funder.to_owned(),
            label: String::new(),
            requested,
        };
        // Lines 7 and 8 are the same funder's: their amounts of a year share one request.
        let asked = [asked(2022, "ARS", 7), asked(2022, "ARS", 8), asked(2023, "ARS", 7), asked(2022, "DREETS", 9)];
        let voices = Voices { total: 4, chair: true };
        let read = |draft: &Draft| read_opinion(SessionKind::Selection, draft, &asked, voices);
        let fields = |draft: &Draft| match read(draft) {
            Err(crate::fault::Fault::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect(),
            _ => Vec::new(),
        };
        let typed = |line: i64, year: i32, amount: &str| TypedShare {
            line: FundingLineId(line),
            year,
            amount: amount.to_owned(),
        };
        let selected = |shares: Vec<TypedShare>| Draft { outcome: Some(Verdict::Selected), shares, ..Draft::default() };
        assert_eq!(fields(&Draft::default()), ["outcome"]);
        assert_eq!(fields(&selected(Vec::new())), ["share-7-2022"]);
        assert_eq!(fields(&selected(vec![typed(7, 2022, "1000,01")])), ["share-7-2022"]);
        assert_eq!(fields(&selected(vec![typed(7, 2022, "600"), typed(8, 2022, "400,01")])), ["share-8-2022"]);
        assert_eq!(fields(&selected(vec![typed(9, 2023, "1")])), ["share-9-2023"]);
        let exact = selected(vec![typed(7, 2023, "1 000"), typed(9, 2022, "250"), typed(7, 2022, "1 000")]);
        let shares = read(&exact).map(|reading| reading.shares).unwrap_or_default();
        let share = |line: i64, year: i32, euros: i64| Share {
            line: FundingLineId(line),
            year,
            amount: Cents::from_euros(euros),
        };
        assert_eq!(shares, [share(7, 2022, 1_000), share(9, 2022, 250), share(7, 2023, 1_000)]);
        assert_eq!(shares.iter().filter(|s| s.line == line).count(), 2);
        let waitlisted = Draft { outcome: Some(Verdict::Waitlisted), rank: "0".into(), ..Draft::default() };
        assert_eq!(fields(&waitlisted), ["rank", "motive"]);
        let rejected = Draft { outcome: Some(Verdict::Rejected), motive: " ".into(), ..Draft::default() };
        assert_eq!(fields(&rejected), ["motive"]);
        let shortlisted = Draft { outcome: Some(Verdict::Shortlisted), ..Draft::default() };
        assert_eq!(fields(&shortlisted), ["outcome"], "a selection session does not shortlist");
        assert!(read_opinion(SessionKind::Shortlisting, &shortlisted, &asked, voices).is_ok());
    }

    #[test]
    fn a_vote_has_a_majority_or_the_chairs_voice() {
        let voted = |favour: &str, against: &str, abstained: &str, chair: bool| {
            let vote = TypedVote { favour: favour.into(), against: against.into(), abstained: abstained.into() };
            let draft = Draft { outcome: Some(Verdict::Shortlisted), vote, ..Draft::default() };
            read_opinion(SessionKind::Shortlisting, &draft, &[], Voices { total: 4, chair }).map(|r| r.vote).ok()
        };
        let vote = |favour, against, abstained| Some(Some(Vote { favour, against, abstained }));
        assert_eq!(voted("", "", "", true), Some(None), "no vote was asked");
        assert_eq!(voted("3", "1", "", true), vote(3, 1, 0));
        assert_eq!(voted("2", "2", "0", true), vote(2, 2, 0), "the chair breaks the tie");
        assert_eq!(voted("2", "2", "0", false), None);
        assert_eq!(voted("1", "2", "1", true), None, "the opinion was not adopted");
        assert_eq!(voted("3", "2", "0", true), None, "five votes for four members");
        assert_eq!(voted("trois", "", "", true), None);
        assert_eq!(
            Vote { favour: 2, against: 2, abstained: 0 }.to_string(),
            "2 pour, 2 contre, 0 abstention\u{A0}: voix prépondérante de la présidence"
        );
    }
}
