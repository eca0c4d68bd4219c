//! The sessions of the committee, from the agenda to the sealed minutes.

use super::data::{Dossier, Grant};
use super::replay::{Replay, Told, Turn};
use super::story::{Sitting, Vote};
use crate::access::Author;
use crate::accounts::actions::record_vote;
use crate::base::ids::{DossierId, SessionId};
use crate::base::money::Cents;
use crate::committee::actions::{
    NewOpinion, NewRecusal, NewSession, convene, open_session, plan_session, plan_shortlisting, put_on_agenda,
    record_attendance, record_opinion, recuse, seal,
};
use crate::committee::{self, Presence};
use crate::dossiers::Outcome;
use crate::fault::Fault;
use crate::ledger::{self, Share};

impl<'a> Replay<'a> {
    /// Records what the demonstration supposes a funder voted, on its line of the call.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub fn vote(&mut self, told: &Told, vote: &Vote) -> Result<(), Fault> {
        let funder = self.people.institution(&vote.funder).ok_or(Fault::NotFound)?;
        let envelope = self.service.read(|conn| {
            let line = ledger::lines_of_call(conn, told.call)?
                .into_iter()
                .find(|line| line.funder == funder)
                .ok_or(Fault::NotFound)?;
            ledger::envelope_at(conn, told.call, line.line, vote.year)?.ok_or(Fault::NotFound)
        })?;
        self.service.perform(Author::console(), self.service.clock.now(), |op| {
            record_vote(op, envelope, Cents::from_euros(vote.euros), &vote.reason)
        })
    }

    /// Plans the session and its agenda, and convenes the members.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn convene(&mut self, told: &Told, turn: Turn, sitting: &Sitting, dossiers: &[&Dossier]) -> Result<(), Fault> {
        let new = NewSession { held_at: self.calendar.at(&sitting.held)?, place: sitting.place.clone() };
        let ids = dossiers.iter().map(|dossier| self.id(dossier)).collect::<Result<Vec<DossierId>, _>>()?;
        let session = self.manager(told, |op, actor| {
            let session = match turn {
                Turn::Shortlisting => plan_shortlisting(op, actor, told.call, &new)?,
                Turn::Selection => plan_session(op, actor, told.call, &new)?,
            };
            put_on_agenda(op, actor, session, &ids)?;
            convene(op, actor, session, "")?;
            Ok(session)
        })?;
        self.sessions.insert((told.call, turn), session);
        Ok(())
    }

    fn session(&self, told: &Told, turn: Turn) -> Result<SessionId, Fault> {
        self.sessions.get(&(told.call, turn)).copied().ok_or(Fault::NotFound)
    }

    /// Notes who attends, opens the session, and lets the members who must leave a dossier leave it.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn sit(&mut self, told: &Told, turn: Turn, sitting: &Sitting, dossiers: &[&Dossier]) -> Result<(), Fault> {
        let session = self.session(told, turn)?;
        let version = self.service.read(|conn| committee::session(conn, session))?.version;
        let seats = self.people.seats(told.call);
        let presences: Vec<_> = seats.iter().map(|(seat, _)| (seat.clone(), presence(sitting, seat))).collect();
        self.manager(told, |op, actor| {
            record_attendance(op, actor, session, version, &presences)?;
            open_session(op, actor, session)
        })?;
        // A member who left a dossier when it was shortlisted does not see it come back.
        let first = turn == Turn::Shortlisting || told.story.shortlisting.is_none();
        for dossier in dossiers.iter().filter(|_| first) {
            for recusal in &dossier.recusals {
                let Some((_, member)) = seats.iter().find(|(seat, _)| *seat == recusal.seat) else { continue };
                let new = NewRecusal { account: *member, reason: recusal.reason.clone(), left_at: None };
                let id = self.id(dossier)?;
                self.by(*member, |op, actor| recuse(op, actor, session, id, &new))?;
            }
        }
        Ok(())
    }

    /// Records who is shortlisted and why the others are not.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn shortlist(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let session = self.session(told, Turn::Shortlisting)?;
        let id = self.id(dossier)?;
        let opinion = match &dossier.set_aside {
            Some(ground) => NewOpinion::set_aside(ground, ""),
            None => NewOpinion::shortlisted(""),
        };
        self.manager(told, |op, actor| record_opinion(op, actor, session, id, &opinion))
    }

    /// # Errors
    /// When an operation refuses.
    pub fn opine(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let session = self.session(told, Turn::Selection)?;
        let id = self.id(dossier)?;
        let opinion = self.opinion(told, dossier)?;
        self.manager(told, |op, actor| record_opinion(op, actor, session, id, &opinion))
    }

    fn opinion(&self, told: &Told, dossier: &Dossier) -> Result<NewOpinion, Fault> {
        match dossier.outcome.as_deref().and_then(Outcome::from_code) {
            Some(Outcome::Selected) => Ok(NewOpinion::selected(self.shares(told, dossier)?, &dossier.debate)),
            Some(Outcome::Waitlisted) => {
                Ok(NewOpinion::waitlisted(dossier.rank.unwrap_or(1), &dossier.motive, &dossier.debate))
            }
            Some(Outcome::Rejected) => Ok(NewOpinion::rejected(&dossier.motive, &dossier.debate)),
            _ => Err(Fault::internal(format!("{} has no outcome", dossier.key))),
        }
    }

    /// What each funder grants, year by year.
    pub fn shares(&self, told: &Told, dossier: &Dossier) -> Result<Vec<Share>, Fault> {
        let lines = self.service.read(|conn| ledger::lines_of_call(conn, told.call))?;
        let share = |grant: &Grant| {
            let funder = self.people.institution(&grant.funder);
            let line = lines.iter().find(|line| Some(line.funder) == funder).ok_or(Fault::NotFound)?;
            Ok(Share { line: line.line, year: grant.year, amount: Cents::from_euros(grant.euros) })
        };
        dossier.grants.iter().map(share).collect()
    }

    /// # Errors
    /// When an operation refuses.
    pub fn seal(&mut self, told: &Told, turn: Turn) -> Result<(), Fault> {
        let session = self.session(told, turn)?;
        self.manager(told, |op, actor| seal(op, actor, session))
    }
}

fn presence(sitting: &Sitting, seat: &String) -> Presence {
    if sitting.remote.contains(seat) {
        Presence::Remote
    } else if sitting.absent.contains(seat) {
        Presence::Absent
    } else {
        Presence::Present
    }
}
