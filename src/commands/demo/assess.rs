//! Eligibility, shortlisting and instruction.

use std::collections::BTreeMap;

use super::data::{Dossier, Review};
use super::replay::{Replay, Told, departments};
use crate::base::money::Cents;
use crate::calls;
use crate::fault::Fault;
use crate::instruction::actions::{
    assign, declare_eligible, declare_ineligible, declare_interests, save_review, submit_review,
};
use crate::instruction::{CriterionInput, Mark, ReviewInput, ReviewOpinion};

impl<'a> Replay<'a> {
    /// Declares a dossier eligible, or not with the ground its file gives.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn check(&mut self, told: &Told, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        self.manager(told, |op, actor| match &dossier.ineligible {
            Some(ground) => declare_ineligible(op, actor, id, ground).map(drop),
            None => declare_eligible(op, actor, id).map(drop),
        })
    }

    /// Gives the dossier to a reader of each institution its file names, in one sitting.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn assign(&mut self, told: &'a Told, dossier: &'a Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let due = told.story.instruction.as_ref().map(|rules| self.calendar.at(&rules.due)).transpose()?;
        let mut readers = Vec::new();
        for review in &dossier.reviews {
            let read = self.readings.entry((told.call, &review.by)).or_default();
            let reader = self.people.reader(told.call, &review.by, departments(dossier), *read)?;
            *read += 1;
            self.reader_of.insert((&dossier.key, &review.by), reader);
            readers.push(reader);
        }
        self.manager(told, |op, actor| {
            readers.iter().try_for_each(|reader| assign(op, actor, id, *reader, due).map(drop))
        })
    }

    /// One reader's work: interests declared, then the review written and given.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn review(&mut self, told: &Told, dossier: &'a Dossier, review: &'a Review) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let reader = *self.reader_of.get(&(dossier.key.as_str(), review.by.as_str())).ok_or(Fault::NotFound)?;
        let call = self.service.read(|conn| calls::by_id(conn, told.call))?;
        let criteria: Vec<&str> =
            call.definition.grid.criteria.iter().map(|criterion| criterion.code.as_str()).collect();
        let input = input(&criteria, review);
        self.by(reader, |op, actor| {
            declare_interests(op, actor, id, None)?;
            let version = save_review(op, actor, id, &input, 0)?;
            submit_review(op, actor, id, version)
        })
    }
}

fn input(criteria: &[&str], review: &Review) -> ReviewInput {
    let scores: BTreeMap<String, CriterionInput> = criteria
        .iter()
        .zip(&review.levels)
        .map(|(code, level)| {
            let mark = u32::try_from(*level).map_or(Mark::Abstained, Mark::Level);
            let comment = if *level > 0 { "" } else { "Le dossier ne permet pas de se prononcer." };
            ((*code).to_owned(), CriterionInput { mark: Some(mark), comment: comment.to_owned() })
        })
        .collect();
    ReviewInput {
        scores,
        opinion: ReviewOpinion::from_code(&review.opinion),
        proposed: review.proposed.map(Cents::from_euros),
        comment: review.comment.clone(),
    }
}
