//! What a funder's agent must do now.

use jiff::civil::Date;

use crate::access::{Actor, Role};
use crate::base::clock::{Instant, french_date};
use crate::base::ids::DossierId;
use crate::calls;
use crate::db::Conn;
use crate::dossiers::State;
use crate::fault::Fault;
use crate::funding::actions::hands;
use crate::funding::rules::{Due, InstalmentState, PAYMENT_SOURCE, due_by};
use crate::funding::store;
use crate::web::Expected;

/// Acts to take, then payments to make, call by call, with their time limit.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut all = Vec::new();
    for id in actor.calls_with(&[Role::Funder]) {
        let call = calls::by_id(conn, id)?;
        let (mut acts, mut payments) = (Task::default(), Task::default());
        let running: Vec<State> = State::ALL.iter().copied().filter(|state| state.is_running()).collect();
        let seen = store::in_states(conn, actor, id, &[Role::Funder], &running)?;
        for hand in hands(conn, actor, &seen, now)? {
            let file = &hand.file;
            for award in file.awards.iter().filter(|award| hand.acts_for(award.authority) && file.act_is_due(award)) {
                let notified_on = award.notified_at.in_zone(file.call.zone()).date();
                acts.add(file.dossier.id, due_by(Due::Notification, Some(notified_on), None));
            }
            if file.payee.siret.is_none() {
                continue;
            }
            for instalment in file.instalments.iter().filter(|i| hand.pays_from(i.line)) {
                if let InstalmentState::Payable(due) | InstalmentState::Late(due) =
                    file.state_of(instalment, hand.today)
                {
                    payments.add(file.dossier.id, Some(due));
                }
            }
        }
        let today = now.in_zone(call.zone()).date();
        let href = format!("/appels/{}/financement", call.code);
        let words = [
            (acts, "Prendre l’acte attributif d’un dossier", "Prendre l’acte attributif de"),
            (payments, "Verser ce qui est dû à un dossier", "Verser ce qui est dû à"),
        ];
        for (task, one, several) in words {
            let Some(first) = task.dossiers.first() else { continue };
            let (label, href) = match task.dossiers.len() {
                1 => (one.to_owned(), format!("/dossiers/{first}/financement")),
                n => (format!("{several} {n}\u{A0}dossiers"), href.clone()),
            };
            let due = task.due.and_then(|due| end_of(due, call.zone()));
            all.push(Expected { label, href, due, detail: task.detail(&call.title, today) });
        }
    }
    Ok(all)
}

/// The last second of a day.
fn end_of(day: Date, zone: &str) -> Option<Instant> {
    Instant::from_civil(&format!("{day}T23:59:59"), zone).ok()
}

#[derive(Default)]
struct Task {
    dossiers: Vec<DossierId>,
    due: Option<Date>,
}

impl Task {
    fn add(&mut self, dossier: DossierId, due: Option<Date>) {
        if !self.dossiers.contains(&dossier) {
            self.dossiers.push(dossier);
        }
        self.due = match (self.due, due) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    fn detail(&self, call: &str, today: Date) -> String {
        match self.due {
            None => call.to_owned(),
            Some(due) if today > due => {
                format!("{call}. En retard\u{A0}: versement dû le {} ({PAYMENT_SOURCE})", french_date(due))
            }
            Some(due) => format!("{call}. Versement dû avant le {} ({PAYMENT_SOURCE})", french_date(due)),
        }
    }
}
