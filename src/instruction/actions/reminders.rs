//! Reminding instructors of late reviews: by hand, and as scheduled work.

use std::collections::BTreeMap;

use super::messages;
use crate::access::{Actor, Author, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId};
use crate::base::text::count;
use crate::calls;
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::instruction::store::{self, Assignment, LateReview};
use crate::journal::Entry;
use crate::service::{Operation, Service};

/// What a reminder by hand did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminded {
    pub people: usize,
    pub reviews: usize,
    /// Left alone: reminded earlier the same day.
    pub today: usize,
}

impl std::fmt::Display for Reminded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let people = count(self.people, "personne relancée", "personnes relancées");
        let reviews = count(self.reviews, "avis en retard", "avis en retard");
        let today = count(self.today, "avis déjà relancé", "avis déjà relancés");
        match (self.people, self.today) {
            (0, _) => write!(f, "Aucun nouvel envoi\u{A0}: {today} aujourd’hui."),
            (_, 0) => write!(f, "{people} pour {reviews}."),
            _ => write!(f, "{people} pour {reviews}. {today} aujourd’hui, sans nouvel envoi."),
        }
    }
}

/// Reminds the holders of these late reviews, one mail each, at most once a day for each review.
///
/// # Errors
/// [`Fault::Refused`] when none of them is late any more.
pub fn remind(op: &mut Operation<'_>, actor: &Actor, call: CallId, chosen: &[AssignmentId]) -> Result<Reminded, Fault> {
    let call = calls::by_id(op.conn, call)?;
    let late: Vec<Assignment> = store::active_in_call(op.conn, call.id)?
        .into_iter()
        .filter(|a| chosen.contains(&a.id) && a.is_late(op.now))
        .collect();
    let wanted: Vec<DossierId> = late.iter().map(|a| a.dossier).collect();
    let visible: Vec<DossierId> = dossiers::visible_among(op.conn, actor, call.id, &wanted, &[Role::CallManager])?
        .into_iter()
        .filter(|view| view.dossier.state == State::UnderInstruction)
        .map(|view| view.dossier.id)
        .collect();
    let today = op.now.date(call.zone());
    let mut done = Reminded::default();
    let mut by_person: BTreeMap<AccountId, Vec<Assignment>> = BTreeMap::new();
    for assignment in late.into_iter().filter(|a| visible.contains(&a.dossier)) {
        if assignment.reminded_at.is_some_and(|at| at.date(call.zone()) == today) {
            done.today += 1;
        } else {
            by_person.entry(assignment.account).or_default().push(assignment);
        }
    }
    if by_person.is_empty() && done.today == 0 {
        return Err(Fault::refused("Aucun avis en retard parmi ceux que vous avez choisis."));
    }
    for assignments in by_person.values() {
        let (Some(first), Some(oldest)) = (assignments.first(), assignments.iter().filter_map(|a| a.due_at).min())
        else {
            continue;
        };
        for assignment in assignments {
            store::mark_reminded(op.conn, assignment.id, assignment.reminded_at, op.now)?;
        }
        let person = store::person(op.conn, first.account, first.institution)?;
        messages::remind_instructor(op, &person, assignments.len(), &oldest.date(call.zone()))?;
        done.people += 1;
        done.reviews += assignments.len();
    }
    op.record(Entry::new("instruction.remind", done.to_string()).call(call.id));
    Ok(done)
}

/// Reviews reminded in one round; the next round goes on.
const MOST: i64 = 200;
/// Days between two reminders of the same review.
const PAUSE_DAYS: i64 = 7;
/// Past this many days late, a person takes over from the machine.
const HELPS_FOR_DAYS: i64 = 60;

/// Reminds whoever is late since a day at least, once a week; answers how many people were. Doing it twice, or in two
/// processes at once, reminds nobody twice.
///
/// # Errors
/// When the database refuses.
pub fn remind_late(service: &Service, now: Instant) -> Result<usize, Fault> {
    let window = (now.plus_days(-HELPS_FOR_DAYS), now.plus_days(-1));
    let late = service.read(|conn| store::late(conn, window, now.plus_days(-PAUSE_DAYS), MOST))?;
    let mut by_person: BTreeMap<(AccountId, CallId), Vec<LateReview>> = BTreeMap::new();
    for review in late {
        by_person.entry((review.account, review.call)).or_default().push(review);
    }
    let mut reminded = 0;
    for ((account, call), reviews) in by_person {
        match service.perform(Author::scheduled(), now, |op| remind_person(op, account, call, &reviews)) {
            Ok(()) => reminded += 1,
            // Submitted, ended or reminded by another process in between.
            Err(Fault::Stale) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(reminded)
}

fn remind_person(
    op: &mut Operation<'_>,
    account: AccountId,
    call: CallId,
    reviews: &[LateReview],
) -> Result<(), Fault> {
    let call = calls::by_id(op.conn, call)?;
    for review in reviews {
        store::mark_reminded(op.conn, review.assignment, review.reminded_at, op.now)?;
    }
    let Some(oldest) = reviews.iter().map(|r| r.due_at).min() else { return Err(Fault::Stale) };
    let holder = store::holders(op.conn, call.id, Role::Instructor)?.into_iter().find(|i| i.account == account);
    let Some(person) = holder else {
        // The role was taken back: the manager's list still shows the review late.
        op.record(Entry::new("instruction.remind", "Avis en retard d’une personne qui n’instruit plus").call(call.id));
        return Ok(());
    };
    messages::remind_instructor(op, &person, reviews.len(), &oldest.date(call.zone()))?;
    let said = format!("Rappel de {} à {}", count(reviews.len(), "avis en retard", "avis en retard"), person.name);
    op.record(Entry::new("instruction.remind", said).call(call.id));
    Ok(())
}
