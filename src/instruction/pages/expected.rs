//! What instruction expects of a person now, for their home page.

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::text::count;
use crate::calls;
use crate::db::Conn;
use crate::dossiers::{State, listing};
use crate::fault::Fault;
use crate::web::Expected;

/// Dossiers to check and to give out, for managers; reviews to submit, for instructors.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut all = Vec::new();
    for id in actor.calls_with(super::MANAGERS) {
        let call = calls::by_id(conn, id)?;
        let states = listing::count_by_state(conn, actor, super::MANAGERS, id)?;
        for (state, what) in [
            (State::Submitted, "Vérifier la recevabilité de"),
            (State::Eligible, "Donner une suite à"),
            (State::Shortlisted, "Affecter à des instructeurs"),
        ] {
            let number = states.iter().find(|(s, _)| *s == state).map_or(0, |(_, number)| *number);
            if number > 0 {
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                all.push(Expected {
                    label: format!("{what} {}", count(number, "dossier", "dossiers")),
                    href: format!("/appels/{}/gestion?etat={}", call.code, state.code()),
                    detail: call.title.clone(),
                    due: None,
                });
            }
        }
        let late = super::reviews::late(conn, actor, &call, now)?;
        if late > 0 {
            let late = usize::try_from(late).unwrap_or(usize::MAX);
            all.push(Expected {
                label: format!("Relancer {}", count(late, "avis en retard", "avis en retard")),
                href: format!("/appels/{}/gestion/avis?etat=retard", call.code),
                detail: call.title.clone(),
                due: None,
            });
        }
    }
    let due: Vec<_> = super::desk::tasks(conn, actor)?.into_iter().filter(|task| task.assignment.is_due()).collect();
    if !due.is_empty() {
        let late = due.iter().filter(|task| task.assignment.is_late(now)).count();
        let next = due.iter().filter_map(|task| Some((task.assignment.due_at?, task.call.zone()))).min();
        let mut detail = next.map_or(String::new(), |(at, zone)| format!("Première échéance\u{A0}: {}", at.date(zone)));
        if late > 0 {
            detail = format!("{detail}, {late} en retard");
        }
        all.push(Expected {
            label: format!("Rendre votre avis sur {}", count(due.len(), "dossier", "dossiers")),
            href: "/instruction".to_owned(),
            detail,
            due: next.map(|(at, _)| at),
        });
    }
    let asked = super::territory::tasks(conn, actor)?;
    if asked.iter().any(|task| task.asked.is_due()) {
        let late = asked.iter().filter(|task| task.asked.is_late(now)).count();
        all.push(Expected {
            label: format!("Donner l’avis de votre département sur {}", super::territory::awaited(&asked)),
            href: "/territoire".to_owned(),
            detail: if late > 0 { format!("{late} en retard") } else { String::new() },
            due: asked.iter().filter(|task| task.asked.is_due()).filter_map(|task| task.asked.due_at).min(),
        });
    }
    Ok(all)
}
