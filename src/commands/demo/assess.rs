//! Eligibility, shortlisting and instruction.

use std::collections::BTreeMap;

use super::data::{Dossier, Review, Territorial};
use super::replay::{Replay, Told, departments};
use crate::base::money::Cents;
use crate::calls;
use crate::calls::definition::CallDefinition;
use crate::fault::Fault;
use crate::instruction::actions::{
    ask_departments, assign, declare_eligible, declare_ineligible, declare_interests, save_review, save_territorial,
    submit_review,
};
use crate::instruction::{CriterionInput, FunderProposal, Mark, ReviewInput, ReviewOpinion, TerritorialInput};

/// Version of a territorial opinion that was asked and not begun.
const AS_ASKED: i64 = 1;

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
        let input = input(&call.definition, dossier, review);
        self.by(reader, |op, actor| {
            declare_interests(op, actor, id, None)?;
            let version = save_review(op, actor, id, &input, 0)?;
            submit_review(op, actor, id, version)
        })
    }

    /// Asks the departments concerned by every dossier under instruction.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn ask_departments(&mut self, told: &Told, dossiers: &[&Dossier]) -> Result<(), Fault> {
        let due = told.story.instruction.as_ref().map(|rules| self.calendar.at(&rules.due)).transpose()?;
        let ids = dossiers.iter().map(|dossier| self.id(dossier)).collect::<Result<Vec<_>, _>>()?;
        self.manager(told, |op, actor| ask_departments(op, actor, told.call, &ids, due).map(drop))
    }

    /// A department's opinion, by its correspondent.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn speak(&mut self, told: &Told, dossier: &Dossier, territorial: &Territorial) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let correspondent = self.people.correspondent(told.call, &territorial.department)?;
        let input = TerritorialInput {
            opinion: ReviewOpinion::from_code(&territorial.opinion),
            comment: territorial.comment.clone(),
        };
        self.by(correspondent, |op, actor| {
            // Whoever also reads the dossier has said so before: said twice, it is recorded once.
            declare_interests(op, actor, id, None)?;
            save_territorial(op, actor, (id, &territorial.department), &input, AS_ASKED, true)
        })
    }
}

fn input(definition: &CallDefinition, dossier: &Dossier, review: &Review) -> ReviewInput {
    let scores: BTreeMap<String, CriterionInput> = definition
        .grid
        .criteria
        .iter()
        .zip(&review.levels)
        .map(|(criterion, level)| {
            let mark = u32::try_from(*level).map_or(Mark::Abstained, Mark::Level);
            let comment = match level {
                i32::MIN..=-1 => "Le dossier ne permet pas de se prononcer.",
                0 => "Rien dans le dossier ne répond à ce critère.",
                _ => "",
            };
            (criterion.code.clone(), CriterionInput { mark: Some(mark), comment: comment.to_owned() })
        })
        .collect();
    let opinion = ReviewOpinion::from_code(&review.opinion);
    ReviewInput { scores, opinion, proposed: proposed(definition, dossier, review), comment: review.comment.clone() }
}

/// The amount a review proposes, shared among the funders asked as the request is. A reader who names no amount and
/// does not refuse proposes what was asked.
fn proposed(definition: &CallDefinition, dossier: &Dossier, review: &Review) -> Vec<FunderProposal> {
    let asked: Vec<(&str, i64)> = definition
        .funders
        .iter()
        .map(|funder| {
            let lines: Vec<&str> = definition.request_lines_to(&funder.code).map(|line| line.code.as_str()).collect();
            let products = dossier.budget.iter().flat_map(|year| &year.products);
            let euros = products.filter(|(line, _)| lines.contains(&line.as_str())).map(|(_, euros)| euros).sum();
            (funder.code.as_str(), euros)
        })
        .filter(|(_, euros)| *euros > 0)
        .collect();
    let opinion = ReviewOpinion::from_code(&review.opinion);
    let requested: i64 = asked.iter().map(|(_, euros)| euros).sum();
    let refused = opinion == Some(ReviewOpinion::Unfavourable);
    let total = review.proposed.or((!refused).then_some(requested));
    let mut left = total;
    let last = asked.len().saturating_sub(1);
    asked
        .iter()
        .enumerate()
        .map(|(n, (funder, euros))| {
            let part = total.map(|total| total * euros / requested.max(1));
            let part = if n == last { left } else { part };
            left = left.zip(part).map(|(left, part)| left - part);
            FunderProposal {
                funder: (*funder).to_owned(),
                opinion: (last > 0).then_some(opinion).flatten(),
                proposed: part.map(Cents::from_euros),
            }
        })
        .collect()
}
