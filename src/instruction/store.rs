//! Rows of eligibility checks, assignments, declarations and reviews.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::model::{CriterionInput, Mark, ReviewInput, ReviewOpinion};
use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, AssignmentId, CallId, DossierId, DossierVersionId, InstitutionId, OrganisationId, ReviewId,
};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{
    accounts, assignments, call_roles, dossier_tags, dossier_versions, dossiers, eligibility_checks, institutions,
    interest_declarations, organisation_members, organisations, recusals, review_scores, reviews,
};
use crate::fault::Fault;

/// A dossier given to an instructor, with how far the review is.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub id: AssignmentId,
    pub dossier: DossierId,
    pub account: AccountId,
    pub institution: InstitutionId,
    pub due_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub end_reason: String,
    /// The review's row exists: something was saved.
    pub started: bool,
    pub submitted_at: Option<Instant>,
}

impl Assignment {
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Given, not ended, its review not in.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.is_active() && self.submitted_at.is_none()
    }

    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.is_due() && self.due_at.is_some_and(|due| due < now)
    }
}

type AssignmentRow = (
    AssignmentId,
    DossierId,
    AccountId,
    InstitutionId,
    Option<Instant>,
    Option<Instant>,
    Option<String>,
    Option<ReviewId>,
    Option<Instant>,
);

fn assignment(row: AssignmentRow) -> Assignment {
    let (id, dossier, account, institution, due_at, ended_at, end_reason, review, submitted_at) = row;
    Assignment {
        id,
        dossier,
        account,
        institution,
        due_at,
        ended_at,
        end_reason: end_reason.unwrap_or_default(),
        started: review.is_some(),
        submitted_at,
    }
}

macro_rules! assignment_columns {
    () => {
        (
            assignments::id,
            assignments::dossier_id,
            assignments::account_id,
            assignments::institution_id,
            assignments::due_at,
            assignments::ended_at,
            assignments::end_reason,
            reviews::id.nullable(),
            reviews::submitted_at.nullable(),
        )
    };
}

/// Every assignment of a dossier, ended ones too, in the order given.
pub fn assignments_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .filter(assignments::dossier_id.eq(dossier))
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

/// Active assignments of a whole call.
pub fn active_in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(assignments::dossier_id)))
        .filter(dossiers::call_id.eq(call))
        .filter(assignments::ended_at.is_null())
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

/// Active assignments of one person, in every call.
pub fn active_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .filter(assignments::account_id.eq(account))
        .filter(assignments::ended_at.is_null())
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

pub fn active_assignment(conn: &mut Conn, dossier: DossierId, account: AccountId) -> Result<Assignment, Fault> {
    let found = assignments_of(conn, dossier)?.into_iter().find(|a| a.account == account && a.is_active());
    found.ok_or(Fault::NotFound)
}

pub fn insert_assignment(
    conn: &mut Conn,
    dossier: DossierId,
    instructor: &Instructor,
    due_at: Option<Instant>,
    by: AccountId,
    now: Instant,
) -> Result<AssignmentId, Fault> {
    Ok(diesel::insert_into(assignments::table)
        .values((
            assignments::dossier_id.eq(dossier),
            assignments::account_id.eq(instructor.account),
            assignments::institution_id.eq(instructor.institution),
            assignments::due_at.eq(due_at),
            assignments::assigned_by.eq(by),
            assignments::assigned_at.eq(now),
        ))
        .returning(assignments::id)
        .get_result(conn)?)
}

pub fn end_assignment(conn: &mut Conn, id: AssignmentId, reason: &str, now: Instant) -> Result<(), Fault> {
    let ended =
        diesel::update(assignments::table.filter(assignments::id.eq(id)).filter(assignments::ended_at.is_null()))
            .set((assignments::ended_at.eq(Some(now)), assignments::end_reason.eq(Some(reason))))
            .execute(conn)?;
    if ended == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Somebody who holds a role in a call, in the name of an institution.
#[derive(Clone, Debug)]
pub struct Instructor {
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub institution: InstitutionId,
    pub institution_code: String,
    pub institution_name: String,
}

/// Everybody who holds a role in a call today, by surname.
pub fn holders(conn: &mut Conn, call: CallId, role: Role) -> Result<Vec<Instructor>, Fault> {
    let rows = call_roles::table
        .inner_join(accounts::table)
        .inner_join(institutions::table)
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(role))
        .filter(call_roles::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .order((accounts::search_text, call_roles::id))
        .select((
            accounts::id,
            accounts::given_name,
            accounts::surname,
            accounts::email,
            institutions::id,
            institutions::code,
            institutions::short_name,
        ))
        .load::<(AccountId, String, String, String, InstitutionId, String, String)>(conn)?;
    let mut seen = HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|row| seen.insert(row.0))
        .map(|(account, given_name, surname, email, institution, institution_code, institution_name)| Instructor {
            account,
            name: format!("{given_name} {surname}"),
            email,
            institution,
            institution_code,
            institution_name,
        })
        .collect())
}

/// Names of the people of some assignments, by account.
pub fn names(conn: &mut Conn, people: &[AccountId]) -> Result<HashMap<AccountId, String>, Fault> {
    let rows = accounts::table
        .filter(accounts::id.eq_any(people))
        .select((accounts::id, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String)>(conn)?;
    Ok(rows.into_iter().map(|(id, given, surname)| (id, format!("{given} {surname}"))).collect())
}

/// Short names of institutions, by id.
pub fn institution_names(conn: &mut Conn) -> Result<HashMap<InstitutionId, String>, Fault> {
    let rows = institutions::table
        .select((institutions::id, institutions::short_name))
        .load::<(InstitutionId, String)>(conn)?;
    Ok(rows.into_iter().collect())
}

/// Names of the applicants of a call's dossiers.
pub fn applicants_in_call(conn: &mut Conn, call: CallId) -> Result<HashMap<DossierId, String>, Fault> {
    let rows = dossiers::table
        .inner_join(organisations::table)
        .filter(dossiers::call_id.eq(call))
        .select((dossiers::id, organisations::name))
        .load::<(DossierId, String)>(conn)?;
    Ok(rows.into_iter().collect())
}

/// Axes (`axis`) and departments (`department`) of a call's dossiers.
pub fn tags_in_call(conn: &mut Conn, call: CallId) -> Result<HashMap<DossierId, Vec<(String, String)>>, Fault> {
    let rows = dossier_tags::table
        .inner_join(dossiers::table)
        .filter(dossiers::call_id.eq(call))
        .order((dossier_tags::kind, dossier_tags::code))
        .select((dossier_tags::dossier_id, dossier_tags::kind, dossier_tags::code))
        .load::<(DossierId, String, String)>(conn)?;
    let mut tags: HashMap<_, Vec<_>> = HashMap::new();
    for (dossier, kind, code) in rows {
        tags.entry(dossier).or_default().push((kind, code));
    }
    Ok(tags)
}

pub fn is_member(conn: &mut Conn, organisation: OrganisationId, account: AccountId) -> Result<bool, Fault> {
    let found = organisation_members::table
        .filter(organisation_members::organisation_id.eq(organisation))
        .filter(organisation_members::account_id.eq(account))
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

/// A declaration of interests on one dossier.
#[derive(Clone, Debug)]
pub struct Declaration {
    pub account: AccountId,
    pub conflict: bool,
    pub detail: String,
    pub declared_at: Instant,
}

pub fn declarations_on(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Declaration>, Fault> {
    let rows = interest_declarations::table
        .filter(interest_declarations::dossier_id.eq(dossier))
        .order(interest_declarations::id)
        .select((
            interest_declarations::account_id,
            interest_declarations::conflict,
            interest_declarations::detail,
            interest_declarations::declared_at,
        ))
        .load::<(AccountId, bool, String, Instant)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(account, conflict, detail, declared_at)| Declaration { account, conflict, detail, declared_at })
        .collect())
}

pub fn declaration_of(conn: &mut Conn, dossier: DossierId, account: AccountId) -> Result<Option<Declaration>, Fault> {
    Ok(declarations_on(conn, dossier)?.into_iter().find(|d| d.account == account))
}

/// Dossiers on which a person has already declared.
pub fn declared_by(conn: &mut Conn, account: AccountId) -> Result<HashSet<DossierId>, Fault> {
    let rows = interest_declarations::table
        .filter(interest_declarations::account_id.eq(account))
        .select(interest_declarations::dossier_id)
        .load::<DossierId>(conn)?;
    Ok(rows.into_iter().collect())
}

pub fn insert_declaration(
    conn: &mut Conn,
    dossier: DossierId,
    account: AccountId,
    conflict: bool,
    detail: &str,
    now: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(interest_declarations::table)
        .values((
            interest_declarations::dossier_id.eq(dossier),
            interest_declarations::account_id.eq(account),
            interest_declarations::conflict.eq(conflict),
            interest_declarations::detail.eq(detail),
            interest_declarations::declared_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// People kept away from a dossier, by declaration or in committee.
pub fn recused_from(conn: &mut Conn, dossier: DossierId) -> Result<HashSet<AccountId>, Fault> {
    let declared = interest_declarations::table
        .filter(interest_declarations::dossier_id.eq(dossier))
        .filter(interest_declarations::conflict.eq(true))
        .select(interest_declarations::account_id)
        .load::<AccountId>(conn)?;
    let in_session = recusals::table
        .filter(recusals::dossier_id.eq(dossier))
        .select(recusals::account_id)
        .load::<AccountId>(conn)?;
    Ok(declared.into_iter().chain(in_session).collect())
}

/// Pairs of dossier and recused person, in a whole call.
pub fn recusals_in_call(conn: &mut Conn, call: CallId) -> Result<HashSet<(DossierId, AccountId)>, Fault> {
    let declared = interest_declarations::table
        .inner_join(dossiers::table)
        .filter(dossiers::call_id.eq(call))
        .filter(interest_declarations::conflict.eq(true))
        .select((interest_declarations::dossier_id, interest_declarations::account_id))
        .load::<(DossierId, AccountId)>(conn)?;
    let in_session = recusals::table
        .inner_join(dossiers::table)
        .filter(dossiers::call_id.eq(call))
        .select((recusals::dossier_id, recusals::account_id))
        .load::<(DossierId, AccountId)>(conn)?;
    Ok(declared.into_iter().chain(in_session).collect())
}

/// A completeness and eligibility check.
#[derive(Clone, Debug)]
pub struct EligibilityCheck {
    pub complete: bool,
    pub eligible: bool,
    pub ground: String,
    pub decided_by: AccountId,
    pub decided_at: Instant,
}

pub fn last_eligibility(conn: &mut Conn, dossier: DossierId) -> Result<Option<EligibilityCheck>, Fault> {
    let row = eligibility_checks::table
        .filter(eligibility_checks::dossier_id.eq(dossier))
        .order(eligibility_checks::id.desc())
        .select((
            eligibility_checks::complete,
            eligibility_checks::eligible,
            eligibility_checks::ground,
            eligibility_checks::decided_by,
            eligibility_checks::decided_at,
        ))
        .first::<(bool, bool, String, AccountId, Instant)>(conn)
        .optional()?;
    Ok(row.map(|(complete, eligible, ground, decided_by, decided_at)| EligibilityCheck {
        complete,
        eligible,
        ground,
        decided_by,
        decided_at,
    }))
}

pub fn insert_eligibility(
    conn: &mut Conn,
    dossier: DossierId,
    version: DossierVersionId,
    check: &EligibilityCheck,
) -> Result<(), Fault> {
    diesel::insert_into(eligibility_checks::table)
        .values((
            eligibility_checks::dossier_id.eq(dossier),
            eligibility_checks::dossier_version_id.eq(version),
            eligibility_checks::complete.eq(check.complete),
            eligibility_checks::eligible.eq(check.eligible),
            eligibility_checks::ground.eq(&check.ground),
            eligibility_checks::decided_by.eq(check.decided_by),
            eligibility_checks::decided_at.eq(check.decided_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// A review with its scores.
#[derive(Clone, Debug)]
pub struct Review {
    pub id: ReviewId,
    pub dossier: DossierId,
    pub dossier_version: DossierVersionId,
    pub author: AccountId,
    pub institution: InstitutionId,
    pub input: ReviewInput,
    pub version: i64,
    pub submitted_at: Option<Instant>,
}

type ReviewRow = (
    ReviewId,
    DossierId,
    DossierVersionId,
    Option<ReviewOpinion>,
    String,
    Option<Cents>,
    i64,
    Option<Instant>,
    AccountId,
    InstitutionId,
);

macro_rules! review_columns {
    () => {
        (
            reviews::id,
            reviews::dossier_id,
            reviews::dossier_version_id,
            reviews::opinion,
            reviews::comment,
            reviews::proposed_cents,
            reviews::version,
            reviews::submitted_at,
            assignments::account_id,
            assignments::institution_id,
        )
    };
}

fn review(row: ReviewRow, scores: BTreeMap<String, CriterionInput>) -> Review {
    let (id, dossier, dossier_version, opinion, comment, proposed, version, submitted_at, author, at) = row;
    Review {
        id,
        dossier,
        dossier_version,
        author,
        institution: at,
        input: ReviewInput { scores, opinion, proposed, comment },
        version,
        submitted_at,
    }
}

fn criterion_input(level: Option<i32>, comment: String, started: bool) -> CriterionInput {
    let mark = match level {
        Some(level) => u32::try_from(level).ok().map(Mark::Level),
        None => started.then_some(Mark::Abstained),
    };
    CriterionInput { mark, comment }
}

pub fn review_of_assignment(conn: &mut Conn, assignment: AssignmentId) -> Result<Option<Review>, Fault> {
    let row = reviews::table
        .inner_join(assignments::table)
        .filter(reviews::assignment_id.eq(assignment))
        .select(review_columns!())
        .first::<ReviewRow>(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let scores = review_scores::table
        .filter(review_scores::review_id.eq(row.0))
        .select((review_scores::criterion, review_scores::level, review_scores::comment, review_scores::answered))
        .load::<(String, Option<i32>, String, bool)>(conn)?
        .into_iter()
        .map(|(criterion, level, comment, answered)| (criterion, criterion_input(level, comment, answered)))
        .collect();
    Ok(Some(review(row, scores)))
}

/// Submitted reviews of a call whose assignment still stands, in the order submitted.
pub fn submitted_in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Review>, Fault> {
    let rows = reviews::table
        .inner_join(assignments::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(reviews::dossier_id)))
        .filter(dossiers::call_id.eq(call))
        .filter(reviews::submitted_at.is_not_null())
        .filter(assignments::ended_at.is_null())
        .order((reviews::submitted_at, reviews::id))
        .select(review_columns!())
        .load::<ReviewRow>(conn)?;
    let scores = review_scores::table
        .inner_join(reviews::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(reviews::dossier_id)))
        .filter(dossiers::call_id.eq(call))
        .filter(reviews::submitted_at.is_not_null())
        .select((
            review_scores::review_id,
            review_scores::criterion,
            review_scores::level,
            review_scores::comment,
            review_scores::answered,
        ))
        .load::<(ReviewId, String, Option<i32>, String, bool)>(conn)?;
    let mut by_review: HashMap<ReviewId, BTreeMap<String, CriterionInput>> = HashMap::new();
    for (id, criterion, level, comment, answered) in scores {
        by_review.entry(id).or_default().insert(criterion, criterion_input(level, comment, answered));
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let scores = by_review.remove(&row.0).unwrap_or_default();
            review(row, scores)
        })
        .collect())
}

/// Creates the review of an assignment, on a version of the dossier.
pub fn insert_review(
    conn: &mut Conn,
    assignment: &Assignment,
    version: DossierVersionId,
    input: &ReviewInput,
    now: Instant,
) -> Result<ReviewId, Fault> {
    let id = diesel::insert_into(reviews::table)
        .values((
            reviews::assignment_id.eq(assignment.id),
            reviews::dossier_id.eq(assignment.dossier),
            reviews::dossier_version_id.eq(version),
            reviews::opinion.eq(input.opinion),
            reviews::comment.eq(&input.comment),
            reviews::proposed_cents.eq(input.proposed),
            reviews::started_at.eq(now),
        ))
        .returning(reviews::id)
        .get_result(conn)?;
    write_scores(conn, id, input)?;
    Ok(id)
}

/// Saves over the version that was read; a submitted review is never touched.
pub fn update_review(
    conn: &mut Conn,
    id: ReviewId,
    read: i64,
    dossier_version: DossierVersionId,
    input: &ReviewInput,
) -> Result<(), Fault> {
    let changed = diesel::update(
        reviews::table
            .filter(reviews::id.eq(id))
            .filter(reviews::version.eq(read))
            .filter(reviews::submitted_at.is_null()),
    )
    .set((
        reviews::dossier_version_id.eq(dossier_version),
        reviews::opinion.eq(input.opinion),
        reviews::comment.eq(&input.comment),
        reviews::proposed_cents.eq(input.proposed),
        reviews::version.eq(read + 1),
    ))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    write_scores(conn, id, input)
}

fn write_scores(conn: &mut Conn, review: ReviewId, input: &ReviewInput) -> Result<(), Fault> {
    diesel::delete(review_scores::table.filter(review_scores::review_id.eq(review))).execute(conn)?;
    for (criterion, answer) in &input.scores {
        if *answer == CriterionInput::default() {
            continue;
        }
        let level = answer.mark.and_then(Mark::level).map(i32::try_from).transpose();
        diesel::insert_into(review_scores::table)
            .values((
                review_scores::review_id.eq(review),
                review_scores::criterion.eq(criterion),
                review_scores::answered.eq(answer.mark.is_some()),
                review_scores::level.eq(level.map_err(|e| Fault::internal(e.to_string()))?),
                review_scores::comment.eq(&answer.comment),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn mark_submitted(conn: &mut Conn, id: ReviewId, read: i64, now: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        reviews::table
            .filter(reviews::id.eq(id))
            .filter(reviews::version.eq(read))
            .filter(reviews::submitted_at.is_null()),
    )
    .set((reviews::submitted_at.eq(Some(now)), reviews::version.eq(read + 1)))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Number, date and hash of every version of a dossier, the newest first.
pub fn versions_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<(i64, Instant, String)>, Fault> {
    Ok(dossier_versions::table
        .filter(dossier_versions::dossier_id.eq(dossier))
        .order(dossier_versions::number.desc())
        .select((dossier_versions::number, dossier_versions::submitted_at, dossier_versions::sha256))
        .load(conn)?)
}
