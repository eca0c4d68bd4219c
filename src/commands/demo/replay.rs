//! The paths of the demonstration's dossiers after their submission, stage by stage and in the order of the calendar.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::data::Dossier;
use super::people::People;
use crate::access::{Actor, Role, load_actor};
use crate::base::clock::{Instant, PARIS, parse_date};
use crate::base::ids::{AccountId, CallId, DossierId, SessionId};
use crate::base::money::Cents;
use crate::committee::actions::{
    NewOpinion, NewRecusal, NewSession, open_session, plan_session, put_on_agenda, record_attendance, record_opinion,
    recuse, seal,
};
use crate::committee::{self, Presence};
use crate::db::Conn;
use crate::db::schema::envelopes;
use crate::decisions::Choice;
use crate::decisions::actions::{Delivery, case, notify, record_reading, sign};
use crate::dossiers::Outcome;
use crate::fault::Fault;
use crate::followup::actions::{NewReport, NewValue, report};
use crate::funding::actions::{NewAct, NewPayment, record_act, record_payment};
use crate::funding::{ActKind, PaymentKind, Schedule};
use crate::instruction::actions::{
    assign, declare_eligible, declare_interests, save_review, set_aside, shortlist, submit_review,
};
use crate::instruction::{CriterionInput, Mark, ReviewInput, ReviewOpinion};
use crate::ledger::Share;
use crate::service::{Operation, Service};

/// A dossier of the data file with its row.
pub type Placed<'a> = (&'a Dossier, DossierId);

pub struct Replay<'a> {
    pub service: &'a Service,
    pub people: &'a People,
}

/// A civil time in Paris as an instant.
pub fn paris(civil: &str) -> Result<Instant, Fault> {
    Instant::from_civil(civil, PARIS).map_err(|e| Fault::internal(format!("{civil}: {e}")))
}

impl Replay<'_> {
    fn by<T>(
        &self,
        account: AccountId,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let actor = self.service.read(|conn| load_actor(conn, account))?;
        self.service.perform(actor.author(), self.service.clock.now(), |op| work(op, &actor))
    }

    fn with<T>(
        &self,
        role: Role,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.by(self.people.with(role).first().copied().ok_or(Fault::NotFound)?, work)
    }

    fn at(&self, civil: &str) -> Result<(), Fault> {
        self.service.clock.set(paris(civil)?);
        Ok(())
    }

    /// The 2021 call, dated as its scenario tells.
    pub fn call_of_2021(&self, call: CallId, dossiers: &[Placed<'_>]) -> Result<(), Fault> {
        self.at("2021-11-08T10:00:00")?;
        for (_, id) in dossiers {
            self.with(Role::CallManager, |op, actor| declare_eligible(op, actor, *id).map(drop))?;
        }
        self.at("2021-12-15T15:00:00")?;
        let (aside, kept): (Vec<Placed<'_>>, Vec<Placed<'_>>) =
            dossiers.iter().copied().partition(|(d, _)| d.set_aside.is_some());
        for (dossier, id) in &aside {
            let ground = dossier.set_aside.as_deref().unwrap_or_default();
            self.with(Role::CallManager, |op, actor| set_aside(op, actor, *id, ground).map(drop))?;
        }
        for (_, id) in &kept {
            self.with(Role::CallManager, |op, actor| shortlist(op, actor, *id).map(drop))?;
            self.assign(*id, paris("2022-01-12T18:00:00")?)?;
        }
        for (i, (dossier, id)) in kept.iter().enumerate() {
            self.at(&format!("2022-01-{:02}T11:20:00", 4 + 2 * i))?;
            self.review(dossier, *id)?;
        }
        self.committee(call, &kept)?;
        self.decide(&kept)?;
        self.follow(&kept)
    }

    /// Gives a dossier to every instructor.
    pub fn assign(&self, id: DossierId, due_at: Instant) -> Result<(), Fault> {
        for instructor in self.people.with(Role::Instructor) {
            self.with(Role::CallManager, |op, actor| assign(op, actor, id, instructor, Some(due_at)).map(drop))?;
        }
        Ok(())
    }

    pub fn eligible(&self, id: DossierId) -> Result<(), Fault> {
        self.with(Role::CallManager, |op, actor| declare_eligible(op, actor, id).map(drop))
    }

    /// The reviews that the data file gives; an instructor without levels has not answered yet.
    pub fn review(&self, dossier: &Dossier, id: DossierId) -> Result<(), Fault> {
        for (i, (instructor, levels)) in self.people.with(Role::Instructor).into_iter().zip(&dossier.levels).enumerate()
        {
            let input = review(dossier, i, levels);
            self.by(instructor, |op, actor| declare_interests(op, actor, id, None))?;
            let version = self.by(instructor, |op, actor| save_review(op, actor, id, &input, 0))?;
            self.by(instructor, |op, actor| submit_review(op, actor, id, version))?;
        }
        Ok(())
    }

    fn committee(&self, call: CallId, dossiers: &[Placed<'_>]) -> Result<(), Fault> {
        self.at("2022-01-13T09:30:00")?;
        let held_at = paris("2022-01-20T14:00:00")?;
        let new = NewSession { held_at, place: "Salle Tilleul, siège de l’ARS (lieu fictif)".to_owned() };
        let ids: Vec<DossierId> = dossiers.iter().map(|(_, id)| *id).collect();
        let session = self.with(Role::CallManager, |op, actor| {
            let session = plan_session(op, actor, call, &new)?;
            put_on_agenda(op, actor, session, &ids)?;
            Ok(session)
        })?;
        self.at("2022-01-20T14:05:00")?;
        let version = self.service.read(|conn| committee::session(conn, session))?.version;
        let presences: Vec<(String, Presence)> = self
            .people
            .seats()
            .into_iter()
            .map(|(seat, _)| {
                let presence = if seat == "EXPERT" { Presence::Remote } else { Presence::Present };
                (seat, presence)
            })
            .collect();
        self.with(Role::CallManager, |op, actor| record_attendance(op, actor, session, version, &presences))?;
        self.with(Role::CallManager, |op, actor| open_session(op, actor, session))?;
        self.recusal(session, dossiers)?;
        let envelope = self.service.read(|conn| envelope_of(conn, call))?;
        for (i, (dossier, id)) in dossiers.iter().enumerate() {
            self.at(&format!("2022-01-20T14:{:02}:00", 20 + 8 * i))?;
            let opinion = match outcome(dossier)? {
                Outcome::Selected => NewOpinion::selected(
                    vec![Share { amount: Cents::from_euros(dossier.amount), ..envelope }],
                    &dossier.debate,
                ),
                Outcome::Waitlisted => {
                    NewOpinion::waitlisted(dossier.rank.unwrap_or(1), &dossier.motive, &dossier.debate)
                }
                Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => {
                    NewOpinion::rejected(&dossier.motive, &dossier.debate)
                }
            };
            self.with(Role::CallManager, |op, actor| record_opinion(op, actor, session, *id, &opinion))?;
        }
        self.at("2022-01-20T17:40:00")?;
        self.with(Role::CallManager, |op, actor| seal(op, actor, session))
    }

    /// One member of the demonstration's committee knows one applicant well.
    fn recusal(&self, session: SessionId, dossiers: &[Placed<'_>]) -> Result<(), Fault> {
        let Some((_, member)) = self.people.seats().into_iter().find(|(seat, _)| seat == "FAS") else {
            return Ok(());
        };
        let Some((_, id)) = dossiers.iter().find(|(d, _)| d.organisation == "maison") else { return Ok(()) };
        let new = NewRecusal {
            account: member,
            reason: "Administrateur de l’association jusqu’en 2020".to_owned(),
            left_at: None,
        };
        self.by(member, |op, actor| recuse(op, actor, session, *id, &new))
    }

    fn decide(&self, dossiers: &[Placed<'_>]) -> Result<(), Fault> {
        self.at("2022-01-28T11:00:00")?;
        for (_, id) in dossiers {
            self.with(Role::Signatory, |op, actor| {
                let case = case(op.conn, actor, *id)?;
                sign(op, actor, *id, &Choice::following(&case.basis)).map(drop)
            })?;
        }
        self.at("2022-01-31T10:12:00")?;
        for (_, id) in dossiers {
            self.with(Role::CallManager, |op, actor| notify(op, actor, *id, Delivery::Electronic).map(drop))?;
        }
        Ok(())
    }

    fn follow(&self, dossiers: &[Placed<'_>]) -> Result<(), Fault> {
        self.at("2022-02-02T18:30:00")?;
        for (dossier, id) in dossiers.iter().take(3) {
            self.by(self.owner(dossier)?, |op, actor| record_reading(op, actor, *id))?;
        }
        for (dossier, id) in dossiers {
            if let Some(day) = &dossier.act {
                self.at(&format!("{day}T15:00:00"))?;
                self.record_act(*id, day)?;
            }
            if let Some(day) = &dossier.payment {
                self.at(&format!("{day}T15:00:00"))?;
                self.record_advance(*id, day, dossier.amount)?;
            }
        }
        for (dossier, id) in dossiers {
            let Some(value) = dossier.value else { continue };
            self.at(&format!("{}T17:00:00", dossier.value_on))?;
            let value = NewValue {
                indicator: dossier.indicator.clone(),
                value: Some(value),
                comment: dossier.value_comment.clone(),
                ..NewValue::default()
            };
            let new = NewReport { period: 1, values: vec![value], ..NewReport::default() };
            self.by(self.owner(dossier)?, |op, actor| report(op, actor, *id, &new).map(drop))?;
        }
        Ok(())
    }

    fn owner(&self, dossier: &Dossier) -> Result<AccountId, Fault> {
        self.people.organisations.get(&dossier.organisation).map(|owner| owner.account).ok_or(Fault::NotFound)
    }

    fn version(&self, id: DossierId) -> Result<i64, Fault> {
        Ok(self.service.read(|conn| crate::dossiers::get(conn, id))?.version)
    }

    fn record_act(&self, id: DossierId, day: &str) -> Result<(), Fault> {
        let act = NewAct {
            kind: ActKind::Agreement,
            reference: format!("CONV-DÉMO-2022-{:04}", id.0),
            dated_on: date(day)?,
            version: self.version(id)?,
        };
        self.with(Role::Funder, |op, actor| record_act(op, actor, id, &act).map(drop))
    }

    fn record_advance(&self, id: DossierId, day: &str, euros: i64) -> Result<(), Fault> {
        let payment = NewPayment {
            kind: PaymentKind::Advance,
            amount: Schedule::of(Cents::from_euros(euros)).advance,
            reference: format!("VIR-DÉMO-2022-{:04}", id.0),
            paid_on: date(day)?,
            version: self.version(id)?,
        };
        self.with(Role::Funder, |op, actor| record_payment(op, actor, id, &payment).map(drop))
    }
}

/// Nothing yet on the call's only envelope.
fn envelope_of(conn: &mut Conn, call: CallId) -> Result<Share, Fault> {
    let (line, year) = envelopes::table
        .filter(envelopes::call_id.eq(call))
        .select((envelopes::funding_line_id, envelopes::year))
        .first(conn)?;
    Ok(Share { line, year, amount: Cents::ZERO })
}

fn date(text: &str) -> Result<jiff::civil::Date, Fault> {
    parse_date(text).ok_or_else(|| Fault::internal(format!("{text} is no date")))
}

fn outcome(dossier: &Dossier) -> Result<Outcome, Fault> {
    dossier
        .outcome
        .as_deref()
        .and_then(Outcome::from_code)
        .ok_or_else(|| Fault::internal(format!("no outcome for {}", dossier.title)))
}

fn review(dossier: &Dossier, nth: usize, levels: &[i32]) -> ReviewInput {
    let scores: BTreeMap<String, CriterionInput> = levels
        .iter()
        .enumerate()
        .map(|(i, level)| {
            let mark = u32::try_from(*level).map_or(Mark::Abstained, Mark::Level);
            let comment = if *level > 0 { "" } else { "Le dossier ne permet pas de se prononcer." };
            (format!("C{}", i + 1), CriterionInput { mark: Some(mark), comment: comment.to_owned() })
        })
        .collect();
    ReviewInput {
        scores,
        opinion: dossier.opinions.get(nth).and_then(|code| ReviewOpinion::from_code(code)),
        proposed: dossier.proposed.get(nth).filter(|euros| **euros >= 0).map(|euros| Cents::from_euros(*euros)),
        comment: dossier.comments.get(nth).cloned().unwrap_or_default(),
    }
}
