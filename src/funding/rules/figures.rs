//! What an envelope's figures are: sums of the lines that one reader may know of.

use crate::base::money::Cents;
use crate::ledger::EntryKind;

/// One ledger line, as far as sums go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: EntryKind,
    pub amount: Cents,
}

/// An envelope's figures as sums of the lines that one viewer may know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Unknown is not zero, and not unlimited.
    pub voted: Option<Cents>,
    pub reserved: Cents,
    pub committed: Cents,
    pub paid: Cents,
}

impl Figures {
    pub fn of(vote_is_known: bool, lines: impl IntoIterator<Item = Line>) -> Self {
        let (mut voted, mut reserved, mut committed, mut paid) = (Cents::ZERO, Cents::ZERO, Cents::ZERO, Cents::ZERO);
        for line in lines {
            match line.kind {
                EntryKind::Vote => voted += line.amount,
                EntryKind::Reservation => reserved += line.amount,
                EntryKind::Commitment => committed += line.amount,
                EntryKind::Payment => paid += line.amount,
            }
        }
        Self { voted: vote_is_known.then_some(voted), reserved, committed, paid }
    }

    /// What may still be reserved or committed; unknown when the vote is.
    #[must_use]
    pub fn left(&self) -> Option<Cents> {
        self.voted.map(|voted| voted - self.reserved - self.committed)
    }
}
