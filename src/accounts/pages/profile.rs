//! One's own account: name, password, open sessions, organisations.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_field;
use crate::accounts::password::{self, MIN_LENGTH};
use crate::accounts::{actions, store};
use crate::base::clock::PARIS;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Link, Visit, session};

#[derive(Serialize)]
struct Session {
    id: i64,
    browser: String,
    opened: String,
    seen: String,
    current: bool,
}

#[derive(Serialize)]
struct Profile {
    given_name: String,
    surname: String,
    email: String,
    new_email: String,
    min_length: usize,
    applicant: bool,
    institutions: Vec<String>,
    organisations: Vec<Link>,
    sessions: Vec<Session>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

pub(super) fn page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (person, institutions, organisations, sessions) = visit.read(|conn| {
        Ok((
            store::person(conn, actor.id)?,
            store::agents(conn, Some(actor.id))?,
            store::organisations_of(conn, actor.id)?,
            session::list(conn, actor.id, visit.now)?,
        ))
    })?;
    let typed = |name: &str, saved: String| visit.form.get(name).map_or(saved, str::to_owned);
    let view = Profile {
        given_name: typed("given_name", person.given_name),
        surname: typed("surname", person.surname),
        email: person.email,
        new_email: visit.form.text("new_email").to_owned(),
        institutions: institutions.into_iter().map(|a| format!("{}, {}", a.institution_name, a.quality)).collect(),
        min_length: MIN_LENGTH,
        applicant: !actor.is_agent(),
        organisations: organisations
            .into_iter()
            .map(|o| Link::new(o.name, format!("/organisations/{}", o.id)))
            .collect(),
        sessions: sessions
            .into_iter()
            .map(|s| Session {
                id: s.id,
                browser: browser(&s.user_agent),
                opened: s.created_at.short(PARIS),
                seen: s.seen_at.short(PARIS),
                current: visit.session == Some(s.id),
            })
            .collect(),
        errors: by_field(&summary),
        summary,
    };
    Answer::page("Votre profil", "accounts/profile.html", &view)
}

/// The family of a browser and its system, as far as it tells.
fn browser(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let family =
        first(&[("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (family, system) {
        (Some(family), Some(system)) => format!("{family} sur {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Navigateur non reconnu".to_owned(),
    }
}

pub(super) fn rename(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let field = |name| visit.form.text(name);
    match visit.perform(|op| actions::rename(op, actor.id, field("given_name"), field("surname"))) {
        Ok(()) => Ok(Answer::redirect("/profil").flash("Votre nom est enregistré.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub(super) fn change_password(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    visit.site.throttle.attempt("profil", &actor.email, visit.address)?;
    let person = visit.read(|conn| store::person(conn, actor.id))?;
    let mut mistakes = Mistakes::default();
    let present = visit.form.text("present_password");
    if !visit.site.passwords.verify(present, person.password_hash.as_deref()) {
        mistakes.add("present_password", "Ce n’est pas votre mot de passe actuel.");
    }
    let chosen = visit.form.text("password");
    mistakes.take("password", password::check_strength(chosen, &actor.email));
    if let Err(fault) = mistakes.finish() {
        return visit.with_mistakes(fault, page);
    }
    let hash = visit.site.passwords.hash(chosen)?;
    visit.perform(|op| actions::change_password(op, actor.id, &hash, visit.session))?;
    let text = "Votre mot de passe est changé. Les sessions ouvertes ailleurs sont fermées.";
    Ok(Answer::redirect("/profil").flash(text))
}

pub(super) fn end_session(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let session: i64 = visit.param("session")?;
    visit.perform(|op| actions::sign_out(op, actor.id, session))?;
    if visit.session == Some(session) {
        return Ok(Answer::redirect("/connexion").flash("Vous êtes déconnecté."));
    }
    Ok(Answer::redirect("/profil").flash("La session est fermée."))
}

pub(super) fn end_other_sessions(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    visit.perform(|op| actions::end_other_sessions(op, actor.id, visit.session))?;
    Ok(Answer::redirect("/profil").flash("Les autres sessions sont fermées."))
}
