//! In whose name an agent of several institutions acts, call by call.

use serde::Serialize;

use crate::access::{Actor, Hat};
use crate::accounts::{actions, store};
use crate::base::ids::{CallId, InstitutionId};
use crate::calls;
use crate::db::Conn;
use crate::fault::Fault;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct CallHats {
    title: String,
    code: String,
    field: String,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct Post {
    institution: String,
    quality: String,
    service: String,
}

#[derive(Serialize)]
struct View {
    posts: Vec<Post>,
    calls: Vec<CallHats>,
}

/// The institution whose hat a person wears in a call, in words; empty for whom there is nothing to choose.
///
/// # Errors
/// When the database refuses.
pub fn in_whose_name(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<String, Fault> {
    let Some(hat) = actor.hats.iter().find(|hat| hat.call == call) else { return Ok(String::new()) };
    let worn = hat.chosen.map_or_else(|| hat.institutions.clone(), |chosen| vec![chosen]);
    let names: Result<Vec<String>, Fault> =
        worn.into_iter().map(|id| Ok(store::institution(conn, id)?.short_name)).collect();
    Ok(names?.join(", "))
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let view = visit.read(|conn| {
        let posts = store::agents(conn, Some(actor.id))?
            .into_iter()
            .map(|a| Post { institution: a.institution_name, quality: a.quality, service: a.service })
            .collect();
        let roles = store::roles_of(conn, actor.id)?;
        let mut calls = Vec::new();
        for hat in &actor.hats {
            let call = calls::by_id(conn, hat.call)?;
            let options = options(conn, hat, |institution| {
                let held = roles.iter().filter(|r| r.call == hat.call && r.institution == institution);
                held.map(|r| r.role.label()).collect::<Vec<_>>().join(", ")
            })?;
            calls.push(CallHats {
                field: format!("appel-{}", call.code.to_lowercase()),
                title: call.title,
                code: call.code,
                options,
            });
        }
        Ok(View { posts, calls })
    })?;
    Ok(Answer::page("Vos institutions", "accounts/hats.html", &view)?.crumb("Votre profil", "/profil"))
}

fn options(conn: &mut Conn, hat: &Hat, roles: impl Fn(InstitutionId) -> String) -> Result<Vec<Choice>, Fault> {
    let mut options = vec![Choice {
        value: "toutes".to_owned(),
        label: "Chacune d’elles".to_owned(),
        hint: "Tous vos rôles sont ouverts\u{202F}; chaque acte est pris au nom de l’institution du rôle exercé."
            .to_owned(),
        checked: hat.chosen.is_none(),
    }];
    for id in &hat.institutions {
        options.push(Choice {
            value: id.to_string(),
            label: store::institution(conn, *id)?.name,
            hint: roles(*id),
            checked: hat.chosen == Some(*id),
        });
    }
    Ok(options)
}

pub(super) fn choose(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let chosen = match visit.form.text("institution") {
        "toutes" => None,
        id => Some(id.parse().map_err(|_| Fault::refused("Choisissez l’une de vos institutions."))?),
    };
    let done = visit.perform(|op| {
        let call = calls::by_code(op.conn, visit.form.text("appel"))?.id;
        actions::wear_hat(op, actor, call, chosen)
    });
    match done {
        // The form offers nothing else: whoever sends it has not read this page.
        Err(Fault::Invalid(_)) => Err(Fault::NotFound),
        Err(other) => Err(other),
        Ok(()) => Ok(Answer::redirect("/profil/institutions").flash("Votre choix est enregistré.")),
    }
}
