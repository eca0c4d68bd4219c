//! What a funder's agent must do now.

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls;
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::actions::{file_for_funder, payment_facts};
use crate::funding::rules::{PAYMENT_SOURCE, PaymentKind, payment_due};
use crate::web::Expected;

/// Acts to take, then advances to pay, call by call, with their time limit.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut all = Vec::new();
    for id in actor.calls_with(&[Role::Funder]) {
        let call = calls::by_id(conn, id)?;
        let (mut acts, mut advances) = (Task::default(), Task::default());
        for view in dossiers::visible_in_call(conn, actor, id, &[Role::Funder])? {
            if !view.dossier.state.is_awarded() {
                continue;
            }
            let file = match file_for_funder(conn, actor, view.dossier.id) {
                Err(Fault::Denied(_)) => continue,
                other => other?,
            };
            let due = file.decision.as_ref().and_then(|decision| decision.notified_at).map(payment_due);
            match payment_facts(&file, now) {
                Err(Fault::Refused(_)) => acts.add(file.dossier.id, due),
                Ok(facts) if facts.next_kind() == Some(PaymentKind::Advance) && facts.has_siret => {
                    advances.add(file.dossier.id, due);
                }
                Ok(_) => {}
                Err(fault) => return Err(fault),
            }
        }
        let href = format!("/appels/{}/financement", call.code);
        let words = [
            (acts, "Prendre l’acte attributif d’un dossier", "Prendre l’acte attributif de"),
            (advances, "Verser l’avance d’un dossier", "Verser l’avance de"),
        ];
        for (task, one, several) in words {
            let Some(first) = task.dossiers.first() else { continue };
            let (label, href) = match task.dossiers.len() {
                1 => (one.to_owned(), format!("/dossiers/{first}/financement")),
                n => (format!("{several} {n}\u{A0}dossiers"), href.clone()),
            };
            all.push(Expected { label, href, due: task.due, detail: task.detail(&call.title, call.zone(), now) });
        }
    }
    Ok(all)
}

#[derive(Default)]
struct Task {
    dossiers: Vec<DossierId>,
    due: Option<Instant>,
}

impl Task {
    fn add(&mut self, dossier: DossierId, due: Option<Instant>) {
        self.dossiers.push(dossier);
        self.due = match (self.due, due) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    fn detail(&self, call: &str, zone: &str, now: Instant) -> String {
        match self.due {
            None => call.to_owned(),
            Some(due) if now > due => {
                format!("{call}. En retard\u{A0}: versement dû le {} ({PAYMENT_SOURCE})", due.date(zone))
            }
            Some(due) => format!("{call}. Versement dû avant le {} ({PAYMENT_SOURCE})", due.date(zone)),
        }
    }
}
