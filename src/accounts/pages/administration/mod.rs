//! The administrators' desk: who works where, who may do what, who decides and who pays.

mod delegations;
mod funding;
mod institutions;
mod journal;
mod mails;
mod people;
mod person;
mod roles;

use serde::Serialize;

use super::{Choice, by_field};
use crate::access::Permission::Administrator;
use crate::accounts::{actions, store};
use crate::base::ids::InstitutionId;
use crate::base::text::count;
use crate::db::Conn;
use crate::fault::Fault;
use crate::mail::{self, Standing};
use crate::web::{Answer, Page, Visit};

pub(super) fn pages() -> Vec<Page> {
    let (get, post) = (
        |path, handler| Page::get(path, Administrator, handler),
        |path, handler| Page::post(path, Administrator, handler),
    );
    vec![
        get("/administration", overview),
        get("/administration/institutions", institutions::list),
        get("/administration/institutions/nouvelle", institutions::show_new),
        post("/administration/institutions/nouvelle", institutions::add),
        get("/administration/institutions/{institution}", institutions::show),
        post("/administration/institutions/{institution}", institutions::change),
        get("/administration/personnes", people::list),
        get("/administration/personnes/nouvelle", people::show_new),
        post("/administration/personnes/nouvelle", people::add),
        get("/administration/personnes/{account}", person::show),
        post("/administration/personnes/{account}/etat", person::change_state),
        post("/administration/personnes/{account}/administrateur", person::set_administrator),
        post("/administration/personnes/{account}/invitation", person::invite),
        post("/administration/personnes/{account}/institutions", person::attach_institution),
        post("/administration/personnes/{account}/institutions/{institution}/fin", person::end_institution),
        post("/administration/personnes/{account}/organismes", person::attach_organisation),
        post("/administration/personnes/{account}/organismes/{organisation}/fin", person::detach_organisation),
        get("/administration/personnes/{account}/roles", roles::show),
        post("/administration/personnes/{account}/roles", roles::grant),
        post("/administration/personnes/{account}/roles/{role}/fin", roles::revoke),
        get("/administration/delegations", delegations::list),
        get("/administration/delegations/nouvelle", delegations::show_new),
        post("/administration/delegations/nouvelle", delegations::add),
        post("/administration/delegations/{delegation}/fin", delegations::revoke),
        get("/administration/courriels", mails::list),
        post("/administration/courriels/{mail}/relancer", mails::retry),
        get("/administration/journal", journal::list),
        get("/administration/financements", funding::list),
        get("/administration/financements/lignes/{line}", funding::show_line),
        post("/administration/financements/lignes/{line}", funding::change_line),
        get("/administration/financements/enveloppes/nouvelle/{call}/{line}", funding::show_new_envelope),
        post("/administration/financements/enveloppes/nouvelle/{call}/{line}", funding::open_envelope),
        get("/administration/financements/enveloppes/{envelope}", funding::show_envelope),
        post("/administration/financements/enveloppes/{envelope}", funding::vote),
    ]
}

#[derive(Serialize)]
struct Entry {
    title: &'static str,
    href: &'static str,
    about: &'static str,
    count: String,
}

#[derive(Serialize)]
struct Overview {
    entries: Vec<Entry>,
}

fn overview(visit: &Visit) -> Result<Answer, Fault> {
    let (people, institutions, delegations, lines, waiting, acts) = visit.read(|conn| {
        let late = [Standing::Waiting, Standing::Retrying, Standing::GivenUp];
        let waiting: Result<i64, Fault> = late.into_iter().map(|s| mail::outbox_count(conn, Some(s), &[])).sum();
        Ok((
            store::count_people(conn, None, &[])?,
            store::institutions(conn)?.len(),
            store::delegations(conn)?.iter().filter(|d| d.revoked_at.is_none()).count(),
            store::funding_lines(conn)?.len(),
            waiting?,
            crate::journal::count_administration(conn, None)?,
        ))
    })?;
    let size = |n: i64| usize::try_from(n).unwrap_or_default();
    let entries = vec![
        Entry {
            title: "Personnes",
            href: "/administration/personnes",
            about: "Ouvrir ou désactiver un compte, rattacher un agent, donner ou retirer un rôle dans un appel.",
            count: count(size(people), "compte", "comptes"),
        },
        Entry {
            title: "Institutions",
            href: "/administration/institutions",
            about: "Nom, adresse et agents des institutions qui instruisent, décident ou financent.",
            count: count(institutions, "institution", "institutions"),
        },
        Entry {
            title: "Délégations de signature",
            href: "/administration/delegations",
            about: "Qui signe, au nom de quelle institution, de quand à quand et jusqu’à quel montant.",
            count: count(delegations, "délégation non retirée", "délégations non retirées"),
        },
        Entry {
            title: "Financements",
            href: "/administration/financements",
            about: "Pour chaque ligne, l’autorité qui décide et l’organisme qui paie\u{202F}; le vote des enveloppes.",
            count: count(lines, "ligne", "lignes"),
        },
        Entry {
            title: "Courriels",
            href: "/administration/courriels",
            about: "Ce que le service a écrit, ce qui attend, ce qui n’a pas pu partir et pourquoi.",
            count: count(size(waiting), "courriel à envoyer", "courriels à envoyer"),
        },
        Entry {
            title: "Journal",
            href: "/administration/journal",
            about: "Les actes d’administration\u{A0}: qui a fait quoi, quand et pourquoi.",
            count: count(size(acts), "acte", "actes"),
        },
    ];
    Ok(Answer::page("Administration", "administration/overview.html", &Overview { entries })?.desk())
}

/// A page of this desk, with the way back to it.
fn page(title: &str, template: &'static str, view: &impl Serialize) -> Result<Answer, Fault> {
    Ok(Answer::page(title, template, view)?.desk().crumb("Administration", "/administration"))
}

fn institution_choices(conn: &mut Conn, first: &str, chosen: &str) -> Result<Vec<Choice>, Fault> {
    let institutions = store::institutions(conn)?;
    Ok(Choice::list(first, chosen, institutions.into_iter().map(|i| (i.id.to_string(), i.name))))
}

/// The institution chosen in a list, or the mistake to show.
fn chosen_institution(visit: &Visit, field: &str) -> Result<InstitutionId, Fault> {
    visit.form.text(field).parse().map_err(|_| Fault::invalid(field, actions::CHOOSE_INSTITUTION))
}
