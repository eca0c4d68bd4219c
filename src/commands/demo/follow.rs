//! What holders do after their submission: withdraw, report, share what they learn.

use super::data::{Dossier, Note, NoteAnswer, Value};
use super::replay::{Replay, Told};
use crate::base::clock::parse_date;
use crate::dossiers::actions::withdraw;
use crate::fault::Fault;
use crate::followup::NoteText;
use crate::followup::actions::{NewReport, NewValue, notes, own, report};

impl<'a> Replay<'a> {
    /// # Errors
    /// When an operation refuses.
    pub fn withdraw(&mut self, dossier: &Dossier) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let reason = dossier.withdrawn.as_deref().unwrap_or_default();
        self.holder(dossier, |op, actor| withdraw(op, actor, id, reason).map(drop))
    }

    /// Reports a value in the period of its day.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn report(&mut self, dossier: &Dossier, value: &Value) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let on = parse_date(&value.on).ok_or_else(|| Fault::internal(format!("{} is no date", value.on)))?;
        self.holder(dossier, |op, actor| {
            let periods = own(op.conn, actor, id)?.periods;
            let begun = periods.iter().filter(|stored| stored.period.starts_on <= on);
            let period = begun.map(|stored| stored.period.number).max().ok_or(Fault::NotFound)?;
            let new = NewValue {
                indicator: value.indicator.clone(),
                value: value.value,
                comment: value.comment.clone(),
                departments: value.departments.iter().map(|(code, people)| (code.clone(), *people)).collect(),
            };
            report(op, actor, id, &NewReport { period, values: vec![new], ..NewReport::default() }).map(drop)
        })
    }

    /// # Errors
    /// When an operation refuses.
    pub fn share(&mut self, told: &Told, dossier: &Dossier, note: &'a Note) -> Result<(), Fault> {
        let id = self.id(dossier)?;
        let text = NoteText {
            title: note.title.clone(),
            situation: note.situation.clone(),
            practice: note.practice.clone(),
            lesson: note.lesson.clone(),
            quotable: true,
            ..NoteText::default()
        };
        let note_id = self.holder(dossier, |op, actor| notes::write(op, actor, &told.code, id, &text))?;
        self.notes.insert(&note.title, note_id);
        Ok(())
    }

    /// Keeps a note for what the call has learnt.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn retain(&mut self, told: &Told, note: &Note) -> Result<(), Fault> {
        let id = *self.notes.get(note.title.as_str()).ok_or(Fault::NotFound)?;
        self.manager(told, |op, actor| notes::retain(op, actor, &told.code, id, true))
    }

    /// # Errors
    /// When an operation refuses.
    pub fn answer(&mut self, told: &Told, note: &Note, answer: &NoteAnswer) -> Result<(), Fault> {
        let note = *self.notes.get(note.title.as_str()).ok_or(Fault::NotFound)?;
        let by = told.dossiers.iter().find(|dossier| dossier.key == answer.by).ok_or(Fault::NotFound)?;
        self.holder(by, |op, actor| notes::reply(op, actor, &told.code, note, &answer.text))
    }
}
