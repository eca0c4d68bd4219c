//! From a story to the agenda of everything that happened.

use super::agenda::Agenda;
use super::data::Dossier;
use super::replay::{Replay, Told, Turn};
use super::story::{Calendar, Decision, Sitting, Window};
use crate::fault::Fault;

type Deed<'a> = fn(&mut Replay<'a>, &'a Told, &'a Dossier) -> Result<(), Fault>;

/// Plans the stages of one call.
struct Planner<'p, 'a> {
    agenda: &'p mut Agenda<'a>,
    calendar: Calendar,
    told: &'a Told,
}

/// Plans the whole story of a call.
///
/// # Errors
/// When an instant of the story does not read.
pub fn plan<'a>(agenda: &mut Agenda<'a>, calendar: Calendar, told: &'a Told) -> Result<(), Fault> {
    let mut planner = Planner { agenda, calendar, told };
    planner.submissions()?;
    planner.eligibility()?;
    planner.instruction()?;
    planner.committee()?;
    planner.decision()?;
    planner.funding()?;
    planner.followup()
}

impl<'a> Planner<'_, 'a> {
    fn stage(&self, label: &str) -> String {
        format!("{} · {label}", self.told.code)
    }

    /// One deed per dossier, spread over a window.
    fn spread(&mut self, label: &str, window: &Window, dossiers: &[&'a Dossier], deed: Deed<'a>) -> Result<(), Fault> {
        for (n, dossier) in dossiers.iter().copied().enumerate() {
            let at = self.calendar.nth(window, n, dossiers.len())?;
            let told = self.told;
            self.agenda.plan(at, &self.stage(label), &dossier.key, move |replay| deed(replay, told, dossier));
        }
        Ok(())
    }

    /// One deed of the whole call.
    fn once(
        &mut self,
        label: &str,
        at: &str,
        deed: impl FnOnce(&mut Replay<'a>, &'a Told) -> Result<(), Fault> + 'a,
    ) -> Result<(), Fault> {
        let told = self.told;
        let at = self.calendar.at(at)?;
        self.agenda.plan(at, &self.stage(label), "séance", move |replay| deed(replay, told));
        Ok(())
    }

    fn all(&self, keep: impl Fn(&Dossier) -> bool) -> Vec<&'a Dossier> {
        self.told.dossiers.iter().filter(|dossier| keep(dossier)).collect()
    }

    fn submissions(&mut self) -> Result<(), Fault> {
        for vote in &self.told.story.votes {
            self.once("votes de la démonstration", &vote.at, move |replay, told| replay.vote(told, vote))?;
        }
        let undated = self.all(|dossier| dossier.submitted.is_none());
        if let Some(window) = &self.told.story.submissions {
            self.spread("dépôt", window, &undated, |replay, told, dossier| replay.enter(told, dossier))?;
        }
        for dossier in self.all(|dossier| dossier.withdrawn.is_some()) {
            let told = self.told;
            let at = self.calendar.at(&told.story.withdrawal)?;
            self.agenda.plan(at, &self.stage("retrait"), &dossier.key, move |replay| replay.withdraw(dossier));
        }
        for dossier in self.all(|dossier| dossier.submitted.is_some()) {
            let at = self.calendar.at(dossier.submitted.as_deref().unwrap_or_default())?;
            let told = self.told;
            self.agenda.plan(at, &self.stage("dépôt"), &dossier.key, move |replay| replay.enter(told, dossier));
        }
        Ok(())
    }

    fn eligibility(&mut self) -> Result<(), Fault> {
        let told = self.told;
        if let Some(window) = &told.story.eligibility {
            let checked = self.all(|d| d.ineligible.is_some() || d.set_aside.is_some() || !d.reviews.is_empty());
            self.spread("recevabilité", window, &checked, |replay, told, dossier| replay.check(told, dossier))?;
        }
        if let Some(sitting) = &told.story.shortlisting {
            let candidates = self.all(|dossier| dossier.ineligible.is_none() && dossier.withdrawn.is_none());
            self.sitting("présélection", Turn::Shortlisting, sitting, &candidates, |replay, told, dossier| {
                replay.shortlist(told, dossier)
            })?;
        }
        Ok(())
    }

    fn instruction(&mut self) -> Result<(), Fault> {
        let Some(instruction) = &self.told.story.instruction else { return Ok(()) };
        let read = self.all(|dossier| !dossier.reviews.is_empty());
        self.spread("attribution", &instruction.assigned, &read, |replay, told, dossier| replay.assign(told, dossier))?;
        let asked: Vec<_> = read.iter().copied().filter(|dossier| !dossier.territorial.is_empty()).collect();
        if !asked.is_empty() {
            let at = &instruction.assigned.until;
            self.once("avis des départements", at, move |replay, told| replay.ask_departments(told, &asked))?;
        }
        let spoken: Vec<_> =
            read.iter().flat_map(|dossier| dossier.territorial.iter().map(|said| (*dossier, said))).collect();
        for (n, (dossier, said)) in spoken.iter().copied().enumerate() {
            let at = self.calendar.nth(&instruction.reviews, n, spoken.len())?;
            let (told, what) = (self.told, format!("{} {}", dossier.key, said.department));
            self.agenda.plan(at, &self.stage("avis des départements"), &what, move |replay| {
                replay.speak(told, dossier, said)
            });
        }
        let given: Vec<_> = read
            .iter()
            .flat_map(|dossier| dossier.reviews.iter().map(|review| (*dossier, review)))
            .filter(|(_, review)| !review.levels.is_empty())
            .collect();
        for (n, (dossier, review)) in given.iter().copied().enumerate() {
            let at = self.calendar.nth(&instruction.reviews, n, given.len())?;
            let told = self.told;
            let what = format!("{} {}", dossier.key, review.by);
            self.agenda.plan(at, &self.stage("avis"), &what, move |replay| replay.review(told, dossier, review));
        }
        Ok(())
    }

    fn committee(&mut self) -> Result<(), Fault> {
        let Some(sitting) = &self.told.story.committee else { return Ok(()) };
        let opined = self.told.opined();
        self.sitting("comité", Turn::Selection, sitting, &opined, |replay, told, dossier| replay.opine(told, dossier))
    }

    /// A session, from its agenda to its minutes.
    fn sitting(
        &mut self,
        label: &str,
        turn: Turn,
        sitting: &'a Sitting,
        dossiers: &[&'a Dossier],
        deed: Deed<'a>,
    ) -> Result<(), Fault> {
        let (agenda, present) = (dossiers.to_vec(), dossiers.to_vec());
        self.once(label, &sitting.planned, move |replay, told| replay.convene(told, turn, sitting, &agenda))?;
        self.once(label, &sitting.held, move |replay, told| replay.sit(told, turn, sitting, &present))?;
        let window = Window { from: sitting.held.clone(), until: sitting.sealed.clone() };
        self.spread(label, &window, dossiers, deed)?;
        self.once(label, &sitting.sealed, move |replay, told| replay.seal(told, turn))
    }

    fn decision(&mut self) -> Result<(), Fault> {
        let told = self.told;
        let early = self.all(|dossier| dossier.ineligible.is_some() || dossier.set_aside.is_some());
        self.letters(told.story.early.as_ref(), &early)?;
        self.letters(told.story.decision.as_ref(), &told.opined())?;
        let Some(promotion) = &told.story.promotion else { return Ok(()) };
        let label = "avenant et liste complémentaire";
        for dossier in self.all(|dossier| dossier.amendment.is_some()) {
            self.once(label, &promotion.amended, move |replay, told| replay.amend(told, dossier))?;
            self.once(label, &promotion.notified, move |replay, told| replay.notify(told, dossier))?;
        }
        for dossier in self.all(|dossier| dossier.promoted) {
            let motive = &promotion.motive;
            self.once(label, &promotion.promoted, move |replay, told| replay.promote(told, dossier, motive))?;
            self.once(label, &promotion.notified, move |replay, told| replay.notify(told, dossier))?;
        }
        Ok(())
    }

    fn letters(&mut self, decision: Option<&Decision>, dossiers: &[&'a Dossier]) -> Result<(), Fault> {
        let Some(decision) = decision else { return Ok(()) };
        self.spread("signature", &decision.signed, dossiers, |replay, told, dossier| replay.sign(told, dossier))?;
        self.spread("notification", &decision.notified, dossiers, |replay, told, dossier| {
            replay.notify(told, dossier)
        })?;
        for (n, dossier) in dossiers.iter().copied().enumerate() {
            // Some open their letter the next morning, some never.
            let Some(days) = [1, 1, 3, 2, 5, 1].get(n % 7) else { continue };
            let at = self.calendar.nth(&decision.notified, n, dossiers.len())?.plus_days(*days);
            self.agenda.plan(at, &self.stage("lecture des lettres"), &dossier.key, move |replay| replay.open(dossier));
        }
        Ok(())
    }

    /// What is amended or promoted has its act and its advance later.
    fn funding(&mut self) -> Result<(), Fault> {
        let Some(funding) = &self.told.story.funding else { return Ok(()) };
        let awarded = self.all(|dossier| !dossier.grants.is_empty() && dossier.amendment.is_none());
        self.payments(&funding.acts, &funding.advances, &awarded)?;
        let Some(later) = &funding.later else { return Ok(()) };
        let changed = self.all(|dossier| dossier.amendment.is_some() || dossier.promoted);
        self.payments(&later.acts, &later.advances, &changed)
    }

    fn payments(&mut self, acts: &Window, advances: &Window, dossiers: &[&'a Dossier]) -> Result<(), Fault> {
        self.spread("actes", acts, dossiers, |replay, told, dossier| replay.act(told, dossier))?;
        self.spread("avances", advances, dossiers, |replay, told, dossier| replay.advance(told, dossier))
    }

    /// Values come some days after the day they stand for; notes and answers on their day.
    fn followup(&mut self) -> Result<(), Fault> {
        const DAYS_TO_REPORT: i64 = 12;
        let told = self.told;
        for dossier in &told.dossiers {
            for value in &dossier.values {
                let at = self.calendar.at(&format!("{}T17:00:00", value.on))?.plus_days(DAYS_TO_REPORT);
                let work = move |replay: &mut Replay<'a>| replay.report(dossier, value);
                self.agenda.plan(at, &self.stage("suivi"), &dossier.key, work);
            }
            for note in &dossier.notes {
                let at = self.calendar.at(&format!("{}T10:30:00", note.on))?;
                let work = move |replay: &mut Replay<'a>| replay.share(told, dossier, note);
                self.agenda.plan(at, &self.stage("fiches de pratique"), &dossier.key, work);
                if let Some(day) = &note.retained {
                    let at = self.calendar.at(&format!("{day}T11:00:00"))?;
                    let work = move |replay: &mut Replay<'a>| replay.retain(told, note);
                    self.agenda.plan(at, &self.stage("fiches de pratique"), &dossier.key, work);
                }
                for answer in &note.answers {
                    let at = self.calendar.at(&format!("{}T14:10:00", answer.on))?;
                    let work = move |replay: &mut Replay<'a>| replay.answer(told, note, answer);
                    self.agenda.plan(at, &self.stage("fiches de pratique"), &answer.by, work);
                }
            }
        }
        Ok(())
    }
}
