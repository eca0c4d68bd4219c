//! Asking the departments concerned for their opinion, and giving it.

use std::collections::{BTreeMap, BTreeSet};

use super::messages;
use crate::access::{Actor, Role, load_actor};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId};
use crate::base::text::{clean, count};
use crate::calls;
use crate::calls::definition::reference::department_label;
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::instruction::model::TerritorialInput;
use crate::instruction::{rules, store};
use crate::journal::Entry;
use crate::service::Operation;

/// What asking did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub opinions: usize,
    /// Departments asked that nobody speaks for yet.
    pub silent: Vec<String>,
}

/// From eligibility until the dossier is put before the committee.
#[must_use]
pub fn takes_territorial_opinions(state: State) -> bool {
    matches!(state, State::Eligible | State::Shortlisted | State::UnderInstruction | State::Instructed)
}

/// Asks every department that the dossiers concern and that was not asked yet; dossiers past instruction are left
/// out. Each correspondent gets one mail, however many dossiers are theirs.
///
/// # Errors
/// [`Fault::Invalid`] for a due date that has passed; [`Fault::Refused`] when there is nothing left to ask.
pub fn ask_departments(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    wanted: &[DossierId],
    due_at: Option<Instant>,
) -> Result<Asked, Fault> {
    if due_at.is_some_and(|due| due <= op.now) {
        return Err(Fault::invalid("due", "Choisissez une date à venir, ou laissez la date vide."));
    }
    let views = dossiers::visible_among(op.conn, actor, call, wanted, &[Role::CallManager])?;
    let call = calls::by_id(op.conn, call)?;
    let mut by_department: BTreeMap<String, Vec<DossierId>> = BTreeMap::new();
    let mut asked = Asked::default();
    for view in views.into_iter().filter(|view| takes_territorial_opinions(view.dossier.state)) {
        let dossier = view.dossier;
        let version = dossiers::current_version(op.conn, &dossier)?;
        let known: BTreeSet<String> =
            store::territorial_of(op.conn, dossier.id)?.into_iter().map(|t| t.department).collect();
        let concerned: BTreeSet<&str> = version.content.many("departments").into_iter().collect();
        let missing: Vec<&str> = concerned.into_iter().filter(|code| !known.contains(*code)).collect();
        if missing.is_empty() {
            continue;
        }
        for department in &missing {
            store::insert_territorial(
                op.conn,
                call.id,
                (dossier.id, version.id),
                department,
                due_at,
                actor.id,
                op.now,
            )?;
            by_department.entry((*department).to_owned()).or_default().push(dossier.id);
            asked.opinions += 1;
        }
        let places: Vec<String> = missing.iter().map(|code| department_label(code)).collect();
        op.record(
            Entry::new("territory.ask", format!("Avis demandé\u{A0}: {}", places.join(", ")))
                .call(call.id)
                .dossier(dossier.id),
        );
    }
    if asked.opinions == 0 {
        return Err(Fault::refused("L’avis de tous les départements concernés est déjà demandé."));
    }
    let correspondents = store::correspondents(op.conn, call.id)?;
    let speaks = |code: &String| correspondents.iter().any(|(department, _)| department == code);
    asked.silent = by_department.keys().filter(|code| !speaks(code)).map(|code| department_label(code)).collect();
    let mut told: BTreeMap<_, (_, usize)> = BTreeMap::new();
    for (department, correspondent) in &correspondents {
        let Some(dossiers) = by_department.get(department) else { continue };
        let number = open_to(op, correspondent.account, call.id, dossiers)?;
        if number > 0 {
            told.entry(correspondent.account).or_insert((correspondent, 0)).1 += number;
        }
    }
    for (correspondent, number) in told.values() {
        messages::tell_correspondent(op, &call, correspondent, *number, due_at)?;
    }
    Ok(asked)
}

/// How many of these dossiers no tie closes to a person: who is recused is not told that one is waiting.
fn open_to(op: &mut Operation<'_>, account: AccountId, call: CallId, asked: &[DossierId]) -> Result<usize, Fault> {
    let person = match load_actor(op.conn, account) {
        Err(Fault::NotFound) => return Ok(0),
        other => other?,
    };
    let closed = dossiers::closed_by_interest(op.conn, &person, call)?;
    Ok(asked.iter().filter(|dossier| !closed.contains(*dossier)).count())
}

/// Saves the opinion of a department, and submits it for good when asked to. `read` is the version shown.
///
/// # Errors
/// [`Fault::NotFound`] for anybody who does not speak for the department; [`Fault::Invalid`] with what is missing to
/// submit; [`Fault::Stale`] when it was saved elsewhere in between; [`Fault::Refused`] once submitted or too late.
pub fn save_territorial(
    op: &mut Operation<'_>,
    actor: &Actor,
    (dossier, department): (DossierId, &str),
    input: &TerritorialInput,
    read: i64,
    submit: bool,
) -> Result<(), Fault> {
    dossiers::hold(op.conn, dossier)?;
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::Correspondent)?;
    if !actor.departments_in(view.dossier.call).iter().any(|code| code == department) {
        return Err(Fault::NotFound);
    }
    let current = store::territorial_of(op.conn, dossier)?
        .into_iter()
        .find(|t| t.department == department)
        .ok_or(Fault::NotFound)?;
    if store::declaration_of(op.conn, dossier, actor.id)?.is_none() {
        return Err(Fault::refused("Déclarez d’abord vos liens d’intérêts sur ce dossier."));
    }
    if !current.is_due() {
        return Err(Fault::refused("L’avis de ce département est rendu\u{A0}: il ne change plus."));
    }
    if !takes_territorial_opinions(view.dossier.state) {
        return Err(Fault::refused(format!(
            "Ce dossier n’attend plus d’avis\u{A0}: il est dans l’état «\u{202F}{}\u{202F}».",
            view.dossier.state.label().to_lowercase()
        )));
    }
    let input = TerritorialInput { opinion: input.opinion, comment: clean(&input.comment) };
    if submit {
        rules::check_territorial(&input)?;
    }
    let version = dossiers::current_version(op.conn, &view.dossier)?;
    let submitted_at = submit.then_some(op.now);
    store::save_territorial(op.conn, (dossier, department), read, version.id, actor.id, &input, submitted_at)?;
    let place = department_label(department);
    let (action, summary) = if submit {
        ("territory.submit", format!("Avis rendu par {place} sur la version {} du dossier", version.number))
    } else {
        ("territory.save", format!("Brouillon d’avis enregistré par {place}"))
    };
    op.record(Entry::new(action, summary).call(view.dossier.call).dossier(dossier));
    Ok(())
}

/// « 3 avis demandés. »
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.", count(self.opinions, "avis demandé", "avis demandés"))?;
        if self.silent.is_empty() {
            return Ok(());
        }
        write!(f, " Aucun correspondant n’est nommé pour\u{A0}: {}.", self.silent.join(", "))
    }
}
