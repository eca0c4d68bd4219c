//! What an authority does to a running award: amend, commit a planned year, end it.

use jiff::civil::Date;

use super::award::{Award, award};
use super::case::{delegation, funds};
use super::letters::{Subject, Unsigned, draft_bytes, issue, unsigned_part};
use super::sign::move_money;
use crate::access::Actor;
use crate::base::clock::{Instant, french_date};
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::model::{Decision, Delegation, Granted, Kind, Movement, Procedure};
use crate::decisions::rules::{Change, changed, notice_respected, text, yearly};
use crate::decisions::store;
use crate::dossiers::{self, Event, Outcome};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::ledger::Share;
use crate::service::Operation;

/// What a signatory asks of a running award, before any check.
#[derive(Clone, Debug)]
pub enum Ask {
    /// New amounts, on the authority's lines.
    Amend { shares: Vec<Share>, reason: String },
    /// Amounts of a planned year whose envelope is voted.
    Yearly { year: i32, shares: Vec<Share> },
    /// The end of the award, after a formal notice.
    Terminate { formal_notice_on: Option<Date>, observations: String, reason: String },
}

/// What will be signed: complete, checked, and ready to be shown.
#[derive(Clone, Debug)]
pub struct Planned {
    pub kind: Kind,
    pub shares: Vec<Granted>,
    pub movements: Vec<Movement>,
    pub changes: Vec<Change>,
    pub year: Option<i32>,
    pub motive: String,
    pub procedure: Option<Procedure>,
    pub delegation: Delegation,
}

impl Planned {
    /// All that the authority grants afterwards.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.shares.iter().map(|g| g.share.amount).sum()
    }
}

/// Checks what is asked as the signature will, without signing.
///
/// # Errors
/// [`Fault::Invalid`] for the form, [`Fault::Refused`] for the state, a waiting letter or the delegation.
pub fn plan(conn: &mut Conn, actor: &Actor, award: &Award, ask: &Ask, now: Instant) -> Result<Planned, Fault> {
    award.require_change()?;
    let mut mistakes = Mistakes::default();
    let (kind, year, outcome) = match ask {
        Ask::Amend { shares, .. } => (Kind::Amendment, None, changed(&award.lines, shares)),
        Ask::Yearly { year, shares } => (Kind::Yearly, Some(*year), yearly(&award.lines, *year, shares)),
        Ask::Terminate { .. } => (Kind::Termination, None, Ok(ended(award))),
    };
    let mut take = |outcome: Result<_, Fault>| match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Invalid(errors)) => {
            for error in errors {
                mistakes.add(error.field, error.message);
            }
            Ok(None)
        }
        Err(fault) => Err(fault),
    };
    let outcome = take(outcome)?;
    let (motive, procedure) = match ask {
        Ask::Amend { reason, .. } => {
            (needed(&mut mistakes, reason, "Dites pourquoi l’attribution change\u{202F}: la lettre le cite."), None)
        }
        Ask::Yearly { .. } => (String::new(), None),
        Ask::Terminate { formal_notice_on, observations, reason } => {
            let motive = needed(&mut mistakes, reason, "Écrivez le motif de la résiliation\u{202F}: la loi l’exige.");
            (motive, procedure(&mut mistakes, award, *formal_notice_on, observations, now))
        }
    };
    mistakes.finish()?;
    let (shares, movements, changes) = outcome.ok_or(Fault::NotFound)?;
    let field = award.lines.first().map_or_else(|| "reason".to_owned(), crate::decisions::rules::AwardLine::field);
    let fields: Vec<_> = award.lines.iter().filter_map(|l| Some((l.envelope?, l.field()))).collect();
    funds(conn, actor, &award.call, &movements, |envelope| {
        fields.iter().find(|(id, _)| *id == envelope).map_or_else(|| field.clone(), |(_, field)| field.clone())
    })?;
    // A ceiling bounds what is newly granted, not what others granted before.
    let granted: Cents =
        movements.iter().map(|m| if let Movement::Commit { amount, .. } = m { *amount } else { Cents::ZERO }).sum();
    let delegation = delegation(
        conn,
        actor,
        award.authority,
        granted.is_positive().then_some(granted),
        now,
        award.call.zone(),
        &field,
    )?;
    Ok(Planned { kind, shares, movements, changes, year, motive, procedure, delegation })
}

fn needed(mistakes: &mut Mistakes, reason: &str, missing: &str) -> String {
    let reason = text(mistakes, "reason", reason);
    if reason.is_empty() {
        mistakes.add("reason", missing);
    }
    reason
}

fn procedure(
    mistakes: &mut Mistakes,
    award: &Award,
    formal_notice_on: Option<Date>,
    observations: &str,
    now: Instant,
) -> Option<Procedure> {
    let observations = text(mistakes, "observations", observations);
    if observations.is_empty() {
        mistakes.add("observations", "Résumez les observations du bénéficiaire, ou écrivez qu’il n’en a pas présenté.");
    }
    let today = now.in_zone(award.call.zone()).date();
    let days = award.call.definition.decision.observation_days;
    match formal_notice_on {
        None => mistakes.add("formal_notice_on", "Saisissez la date de la mise en demeure, par exemple 15/01/2022."),
        Some(day) if day > today => mistakes.add("formal_notice_on", "La mise en demeure ne peut pas être à venir."),
        Some(day) if !notice_respected(day, today, days) => mistakes.add(
            "formal_notice_on",
            format!(
                "Le bénéficiaire a {days}\u{A0}jours pour répondre à la mise en demeure du {}\u{A0}: attendez la fin de ce \
                 délai.",
                french_date(day)
            ),
        ),
        Some(formal_notice_on) => return Some(Procedure { formal_notice_on, observations }),
    }
    None
}

/// What is paid stays granted; the rest is given back.
fn ended(award: &Award) -> (Vec<Granted>, Vec<Movement>, Vec<Change>) {
    let (mut granted, mut movements, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for line in &award.lines {
        let Some(before) = line.before else { continue };
        let kept = if line.firm { line.paid.min(before) } else { Cents::ZERO };
        let after = kept.is_positive().then_some(kept);
        if let Some(amount) = after {
            granted.push(Granted { share: Share { line: line.line, year: line.year, amount }, firm: true });
        }
        if let (Some(envelope), true) = (line.envelope.filter(|_| line.firm), before > kept) {
            movements.push(Movement::Reduce { envelope, amount: before - kept });
        }
        changes.push(Change { label: line.label.clone(), before: Some(before), after });
    }
    (granted, movements, changes)
}

fn subject<'a>(award: &'a Award, planned: &'a Planned) -> Subject<'a> {
    Subject {
        call: &award.call,
        dossier: &award.dossier,
        version: &award.version,
        kind: planned.kind,
        outcome: Outcome::Selected,
        rank: None,
        session_held_at: None,
        changes: &planned.changes,
        year: planned.year,
        procedure: planned.procedure.as_ref(),
        replaces: None,
    }
}

/// The letter as it would be sealed, marked as a draft.
///
/// # Errors
/// When the database refuses or the document cannot be made.
pub fn preview_change(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    award: &Award,
    planned: &Planned,
    now: Instant,
) -> Result<Vec<u8>, Fault> {
    let unsigned = Unsigned {
        authority: award.authority,
        outcome: Outcome::Selected,
        shares: &planned.shares,
        motive: &planned.motive,
        delegation: &planned.delegation,
    };
    let part = unsigned_part(conn, actor, &award.call, &unsigned)?;
    draft_bytes(conn, settings, &subject(award, planned), &[part], now)
}

/// Signs a change of a running award: number, money and sealed letter in one go.
///
/// # Errors
/// As [`plan`]; [`Fault::Stale`] when the dossier moved since `version`.
pub fn change(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    version: i64,
    ask: &Ask,
) -> Result<Decision, Fault> {
    let known = award(op.conn, actor, dossier)?;
    let number = store::next_number(op.conn, &known.call)?;
    dossiers::hold(op.conn, dossier)?;
    let award = award(op.conn, actor, dossier)?;
    if award.dossier.version != version {
        return Err(Fault::Stale);
    }
    let planned = plan(op.conn, actor, &award, ask, op.now)?;
    // The state stays; the version moves, so that a page opened before is stale.
    dossiers::advance(op, dossier, Event::Amend)?;
    let id = store::insert(
        op.conn,
        &store::Signed {
            call: award.call.id,
            dossier,
            version: award.version.id,
            opinion: award.last().and_then(|d| d.opinion),
            kind: planned.kind,
            authority: award.authority,
            number: &number,
            outcome: Outcome::Selected,
            shares: &planned.shares,
            rank: None,
            motive: &planned.motive,
            departure_reason: "",
            replaces: award.last().map(|d| d.id),
            procedure: planned.procedure.as_ref(),
            delegation: planned.delegation.id,
            by: actor.id,
            at: op.now,
        },
    )?;
    move_money(op, &award.dossier, None, &planned.movements, id, &number)?;
    let decision = store::by_id(op.conn, id)?;
    issue(op, &subject(&award, &planned), std::slice::from_ref(&decision), &[id])?;
    op.record(
        Entry::new(planned.kind.action(), format!("{} {number} signée", planned.kind.label()))
            .call(award.call.id)
            .dossier(dossier)
            .reason(&planned.motive),
    );
    store::by_id(op.conn, id)
}

/// New amounts on the authority's lines.
///
/// # Errors
/// As [`change`].
pub fn amend(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    shares: Vec<Share>,
    reason: &str,
) -> Result<Decision, Fault> {
    let version = dossiers::get(op.conn, dossier)?.version;
    change(op, actor, dossier, version, &Ask::Amend { shares, reason: reason.to_owned() })
}

/// Commits what was planned for a year, once its envelope is voted.
///
/// # Errors
/// As [`change`].
pub fn commit_year(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    year: i32,
    shares: Vec<Share>,
) -> Result<Decision, Fault> {
    let version = dossiers::get(op.conn, dossier)?.version;
    change(op, actor, dossier, version, &Ask::Yearly { year, shares })
}

/// Ends an award after a formal notice and the beneficiary's observations.
///
/// # Errors
/// As [`change`].
pub fn terminate(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    procedure: &Procedure,
    reason: &str,
) -> Result<Decision, Fault> {
    let version = dossiers::get(op.conn, dossier)?.version;
    let ask = Ask::Terminate {
        formal_notice_on: Some(procedure.formal_notice_on),
        observations: procedure.observations.clone(),
        reason: reason.to_owned(),
    };
    change(op, actor, dossier, version, &ask)
}
