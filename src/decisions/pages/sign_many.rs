//! Signing many decisions as they are proposed, after one page that lists each with its amount.

use serde::Serialize;

use super::shared::{call_crumbs, outcome_label, plain};
use super::store;
use crate::access::Actor;
use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::base::text::count;
use crate::calls::{self, Call};
use crate::decisions::actions::{self, Case};
use crate::decisions::model::Choice;
use crate::fault::Fault;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Row {
    dossier: i64,
    reference: String,
    title: String,
    organisation: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    motive: String,
}

#[derive(Serialize)]
struct Refused {
    reference: String,
    why: String,
}

#[derive(Serialize)]
struct CheckView {
    call_title: String,
    rows: Vec<Row>,
    total: String,
    refused: Vec<Refused>,
    action: String,
    back: String,
    button: String,
}

/// Decisions signed in one go.
const MOST: usize = 100;

/// What was ticked, or every line of the page; each is checked again against what this person has to sign.
fn chosen(visit: &Visit) -> Vec<DossierId> {
    // « Toute la page » sends the lines it shows.
    let field = if visit.form.text("action") == "check_page" { "listed" } else { "dossier" };
    let mut asked: Vec<DossierId> = visit.form.all(field).iter().filter_map(|id| id.parse().ok()).collect();
    asked.sort_unstable();
    asked.dedup();
    asked.truncate(MOST);
    asked
}

pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let back = format!("/appels/{code}/decisions?etape=signer");
    let call = visit.read(|conn| calls::by_code(conn, &code))?;
    let ids = chosen(visit);
    if ids.is_empty() {
        return Ok(Answer::redirect(back).flash_as("warning", "Cochez au moins un dossier à signer."));
    }
    if visit.form.text("action") == "sign" {
        sign(visit, actor, &ids, back)
    } else {
        check(visit, actor, &call, &ids, back)
    }
}

fn check(visit: &Visit, actor: &Actor, call: &Call, ids: &[DossierId], back: String) -> Result<Answer, Fault> {
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    let mut total = Cents::ZERO;
    for id in ids {
        let looked = visit.read(|conn| {
            let case = actions::case(conn, actor, *id)?;
            if case.call.id != call.id {
                return Err(Fault::NotFound);
            }
            let draft = actions::draft(conn, actor, &case, &Choice::following(&case.basis), visit.now)?;
            actions::check_funds(conn, actor, &case, &draft.terms)?;
            Ok((row(&case, &draft), draft.terms.total()))
        });
        match looked {
            Ok((row, amount)) => {
                total += amount.unwrap_or(Cents::ZERO);
                rows.push(row);
            }
            Err(fault) if fault.is_of_service() => return Err(fault),
            Err(Fault::NotFound) => {}
            Err(fault) => {
                let named = visit.read(|conn| store::named(conn, &[*id]))?;
                let reference = named.get(id).map(|n| n.reference.clone()).unwrap_or_default();
                refused.push(Refused { reference, why: actions::said(&fault) });
            }
        }
    }
    if rows.is_empty() && refused.is_empty() {
        return Ok(Answer::redirect(back).flash_as("info", "Ces décisions ne sont plus à signer."));
    }
    let view = CheckView {
        call_title: call.title.clone(),
        button: format!("Signer {}", count(rows.len(), "décision", "décisions")),
        rows,
        total: total.plain(),
        refused,
        action: format!("/appels/{}/decisions/signer", call.code),
        back,
    };
    let answer = Answer::page("Vérifier avant de signer", "decisions/check_many.html", &view)?.desk();
    Ok(call_crumbs(answer, call, "Vérifier avant de signer"))
}

fn row(case: &Case, draft: &actions::Draft) -> Row {
    Row {
        dossier: case.dossier.id.0,
        reference: case.dossier.reference_or_draft(),
        title: case.dossier.title_or_untitled().to_owned(),
        organisation: case.version.content.applicant.name.clone(),
        outcome: outcome_label(draft.terms.outcome, draft.terms.rank),
        tone: draft.terms.outcome.tone(),
        amount: plain(draft.terms.total()),
        motive: draft.terms.motive.clone(),
    }
}

fn sign(visit: &Visit, actor: &Actor, ids: &[DossierId], back: String) -> Result<Answer, Fault> {
    let many = actions::sign_many(visit.service(), actor, visit.now, ids)?;
    let done = count(many.done.len(), "décision signée", "décisions signées");
    let answer = Answer::redirect(back);
    if many.kept.is_empty() {
        return Ok(answer.flash(format!("{done}. Les porteurs ne le sauront qu’à la notification.")));
    }
    let kept: Vec<String> = many.kept.iter().map(|(reference, why)| format!("{reference}\u{A0}: {why}")).collect();
    Ok(answer.flash_as("warning", format!("{done}. Non signées\u{A0}: {}", kept.join(" "))))
}
