//! Letters sent together: prepare, follow, record the posting day, download.

use std::collections::HashSet;

use serde::Serialize;

use super::desk::Reader;
use super::shared::call_crumbs;
use super::store;
use crate::access::Role;
use crate::base::clock::{french_date, parse_date};
use crate::base::ids::{LetterBatchId, LetterId};
use crate::base::text::count;
use crate::calls::{self, Call};
use crate::decisions::actions;
use crate::decisions::archive;
use crate::decisions::model::{Batch, BatchKind, Letter};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Kind {
    kind: &'static str,
    title: &'static str,
    explanation: &'static str,
    count: String,
    button: String,
}

#[derive(Serialize)]
struct PrepareView {
    call_title: String,
    kinds: Vec<Kind>,
    action: String,
    back: String,
}

fn call_of(visit: &Visit) -> Result<Call, Fault> {
    let code: String = visit.param("call")?;
    visit.read(|conn| calls::by_code(conn, &code))
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let call = call_of(visit)?;
    let back = format!("/appels/{}/decisions?etape=notifier", call.code);
    let (electronic, postal) = visit.read(|conn| actions::batchable(conn, actor, &call))?;
    let kind = |kind: BatchKind, letters: &[Letter]| {
        let letters = count(letters.len(), "lettre", "lettres");
        match kind {
            BatchKind::Electronic => Kind {
                kind: kind.code(),
                title: "Par voie électronique",
                explanation: "Chaque porteur reçoit un message et sa lettre. Le délai de recours court à partir de la \
                              notification. L’envoi se poursuit même si vous fermez cette page.",
                button: format!("Notifier {letters}"),
                count: letters,
            },
            BatchKind::Postal => Kind {
                kind: kind.code(),
                title: "Par la poste",
                explanation: "Ces porteurs n’ont pas accepté la notification électronique. Téléchargez les lettres, imprimez \
                              et postez-les, puis saisissez la date d’envoi.",
                button: format!("Préparer {letters} à poster"),
                count: letters,
            },
        }
    };
    let mut kinds = Vec::new();
    if !electronic.is_empty() {
        kinds.push(kind(BatchKind::Electronic, &electronic));
    }
    if !postal.is_empty() {
        kinds.push(kind(BatchKind::Postal, &postal));
    }
    if kinds.is_empty() {
        return Ok(Answer::redirect(format!("/appels/{}/decisions/envois", call.code))
            .flash_as("info", "Aucune lettre n’attend d’être envoyée."));
    }
    let view = PrepareView {
        call_title: call.title.clone(),
        kinds,
        action: format!("/appels/{}/decisions/notifier", call.code),
        back,
    };
    let answer = Answer::page("Envoyer les lettres", "decisions/batch_prepare.html", &view)?.desk();
    Ok(call_crumbs(answer, &call, "Envoyer les lettres"))
}

pub(super) fn prepare(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let call = call_of(visit)?;
    let kind = BatchKind::from_code(visit.form.text("kind")).ok_or(Fault::NotFound)?;
    match visit.perform(|op| actions::prepare_batch(op, actor, &call, kind)) {
        Ok(id) => Ok(Answer::redirect(format!("/appels/{}/decisions/envois/{id}", call.code))),
        // A second click, or somebody else's: the letters are already leaving.
        Err(Fault::Refused(_) | Fault::Stale) => {
            Ok(Answer::redirect(format!("/appels/{}/decisions/envois", call.code))
                .flash_as("info", "Ces lettres sont déjà dans un envoi."))
        }
        Err(fault) => Err(fault),
    }
}

#[derive(Serialize)]
struct BatchRow {
    href: String,
    kind: &'static str,
    when: String,
    who: String,
    progress: String,
    status: &'static str,
    tone: &'static str,
}

#[derive(Serialize)]
struct ListView {
    call_title: String,
    rows: Vec<BatchRow>,
    back: String,
}

fn status(batch: &Batch) -> (&'static str, &'static str) {
    match (batch.finished_at, batch.kind, &batch.posted_on) {
        (Some(_), ..) => ("Terminé", "success"),
        (None, BatchKind::Postal, None) => ("À imprimer et poster", "warning"),
        (None, ..) => ("En cours", "info"),
    }
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let call = call_of(visit)?;
    let rows = visit.read(|conn| {
        let mut rows = Vec::new();
        for batch in store::batches_of(conn, call.id)? {
            let [waiting, done, kept] = store::job_counts(conn, batch.id)?;
            let (status, tone) = status(&batch);
            rows.push(BatchRow {
                href: format!("/appels/{}/decisions/envois/{}", call.code, batch.id),
                kind: batch.kind.label(),
                when: batch.created_at.short(call.zone()),
                who: store::author_name(conn, batch.created_by)?,
                progress: format!("{done} sur {}", waiting + done + kept),
                status,
                tone,
            });
        }
        Ok(rows)
    })?;
    let back = format!("/appels/{}/decisions", call.code);
    let view = ListView { call_title: call.title.clone(), rows, back };
    let answer = Answer::page("Envois groupés", "decisions/batches.html", &view)?.desk();
    Ok(call_crumbs(answer, &call, "Envois groupés"))
}

#[derive(Serialize)]
struct Bar {
    label: &'static str,
    value: usize,
    text: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct KeptView {
    number: String,
    href: String,
    why: String,
}

#[derive(Serialize)]
struct BatchView {
    call_title: String,
    title: String,
    status: &'static str,
    tone: &'static str,
    who: String,
    when: String,
    posted_on: String,
    total: usize,
    done: usize,
    bars: Vec<Bar>,
    kept: Vec<KeptView>,
    running: bool,
    asks_posting: bool,
    archive_href: String,
    archive_label: &'static str,
    here: String,
    typed: String,
    errors: Vec<FieldError>,
    error: String,
    back: String,
}

fn batch_of(visit: &Visit, call: &Call) -> Result<Batch, Fault> {
    let id: LetterBatchId = visit.param("batch")?;
    let actor = visit.actor()?;
    let batch = visit.read(|conn| actions::batch_for(conn, actor, id))?;
    if batch.call == call.id { Ok(batch) } else { Err(Fault::NotFound) }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let call = call_of(visit)?;
    let batch = batch_of(visit, &call)?;
    let zone = call.zone();
    let view = visit.read(|conn| {
        let [waiting, done, kept] = store::job_counts(conn, batch.id)?;
        let (status, tone) = status(&batch);
        let total = waiting + done + kept;
        let bar = |label, value: usize, tone| Bar { label, value, text: count(value, "lettre", "lettres"), tone };
        let here = format!("/appels/{}/decisions/envois/{}", call.code, batch.id);
        let typed = visit.form.text("posted_on");
        Ok(BatchView {
            call_title: call.title.clone(),
            title: format!("Envoi {} du {}", batch.kind.label().to_lowercase(), batch.created_at.date(zone)),
            status,
            tone,
            who: store::author_name(conn, batch.created_by)?,
            when: batch.created_at.short(zone),
            posted_on: batch.posted_on.as_deref().and_then(parse_date).map(french_date).unwrap_or_default(),
            total,
            done,
            bars: vec![
                bar("Envoyées", done, "success"),
                bar("En attente", waiting, "neutral"),
                bar("Non envoyées", kept, "warning"),
            ],
            kept: store::kept_jobs(conn, batch.id)?
                .into_iter()
                .map(|(number, dossier, why)| KeptView { number, href: format!("/dossiers/{dossier}/decision"), why })
                .collect(),
            running: batch.finished_at.is_none() && (batch.kind == BatchKind::Electronic || batch.posted_on.is_some()),
            asks_posting: batch.kind == BatchKind::Postal && batch.posted_on.is_none(),
            archive_href: format!("{here}/lettres.zip"),
            archive_label: if batch.kind == BatchKind::Postal {
                "Télécharger les lettres à imprimer (ZIP)"
            } else {
                "Télécharger les lettres (ZIP)"
            },
            here,
            typed: if typed.is_empty() && errors.is_empty() {
                visit.now.in_zone(zone).strftime("%d/%m/%Y").to_string()
            } else {
                typed.to_owned()
            },
            error: errors.first().map(|e| e.message.clone()).unwrap_or_default(),
            errors,
            back: format!("/appels/{}/decisions/envois", call.code),
        })
    })?;
    let answer = Answer::page(view.title.clone(), "decisions/batch.html", &view)?.desk();
    Ok(answer
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code))
        .crumb("Décisions", format!("/appels/{}/decisions", call.code))
        .crumb("Envois groupés", view.back.clone())
        .crumb(&view.title, ""))
}

/// The day the printed letters were handed to the post.
pub(super) fn posted(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let call = call_of(visit)?;
    let batch = batch_of(visit, &call)?;
    let here = format!("/appels/{}/decisions/envois/{}", call.code, batch.id);
    if batch.posted_on.is_some() {
        return Ok(Answer::redirect(here).flash_as("info", "La date d’envoi est déjà enregistrée."));
    }
    let day = parse_date(visit.form.text("posted_on"))
        .ok_or_else(|| Fault::invalid("posted_on", "Saisissez la date d’envoi, par exemple 31/01/2022."));
    match day.and_then(|day| visit.perform(|op| actions::post_batch(op, actor, batch.id, day))) {
        Ok(()) => Ok(Answer::redirect(here).flash("La date d’envoi est enregistrée. Les porteurs sont prévenus.")),
        Err(Fault::Stale) => Ok(Answer::redirect(here).flash_as("info", "La date d’envoi est déjà enregistrée.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

/// Letters of one batch.
pub(super) fn archive_of_batch(visit: &Visit) -> Result<Answer, Fault> {
    let call = call_of(visit)?;
    let batch = batch_of(visit, &call)?;
    let ids = visit.read(|conn| store::letters_in_batch(conn, batch.id))?;
    archive(visit, &call, ids, format!("{}-envoi-{}.zip", call.code, batch.id))
}

/// Every letter of the call that this reader may see.
pub(super) fn archive_of_call(visit: &Visit) -> Result<Answer, Fault> {
    let call = call_of(visit)?;
    let ids = visit.read(|conn| store::letters_of_call(conn, call.id))?;
    archive(visit, &call, ids, format!("{}-lettres.zip", call.code))
}

fn archive(visit: &Visit, call: &Call, ids: Vec<LetterId>, name: String) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let files = &visit.service().files;
    let file = visit.read(|conn| {
        let reader = Reader::of(conn, actor, call)?;
        let mut letters = store::letters_by_ids(conn, &ids)?;
        letters.retain(|letter| !reader.closed.contains(&letter.dossier));
        if !actor.holds_in(call.id, &[Role::CallManager]) {
            // Each authority downloads what it signed.
            let found: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
            let own: HashSet<LetterId> = store::of_letters(conn, &found)?
                .into_iter()
                .filter(|decision| reader.authorities.contains(&decision.authority))
                .filter_map(|decision| decision.letter)
                .collect();
            letters.retain(|letter| own.contains(&letter.id));
        }
        let kept: Vec<LetterId> = letters.into_iter().map(|letter| letter.id).collect();
        archive::write(conn, files, call, &kept)
    })?;
    Answer::download("application/zip", name, file)
}
