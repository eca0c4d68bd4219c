//! PDF documents: decision letters, receipts of a deposit, minutes of a committee.
//!
//! A service: pure functions from plain structs to bytes, knowing no capability, no database and no web.
//! The same input gives the same bytes, so that a sealed hash can be recomputed.
//!
//! Reading order: [`letter`], [`receipt`] and [`minutes`] say what each document holds; `frame` draws what they
//! share (letterhead, footer, check block, specimen mark); `layout`, `paragraph` and `table` flow text over pages;
//! `canvas` is what a page is made of; `pdf` and `tags` write it out; `fonts`, `qr` and `words` are leaves.

mod canvas;
mod fonts;
mod frame;
mod layout;
pub mod letter;
pub mod minutes;
mod paragraph;
mod pdf;
mod qr;
pub mod receipt;
mod table;
mod tags;
pub mod words;

use std::fmt;

pub use frame::{Sender, Verification};
pub use letter::{Breakdown, ChangeRow, Contact, Grant, Letter, ShareRow, Signature, letter};
pub use minutes::{
    Attendance, Debate, FundingTotal, Member, Minutes, Quorum, RankedDossier, Recusal, ShareLine, minutes,
};
pub use receipt::{ImplicitDecision, Receipt, ReceivedPiece, receipt};
pub use words::amount_in_words;

/// Reads the typefaces now rather than at the first document.
///
/// # Errors
/// When the build is broken.
pub fn prepare() -> Result<(), DocumentError> {
    fonts::fonts().map(drop)
}

/// Why a document could not be made: a broken build, or a check address too long; never the text given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// An embedded typeface could not be read or reduced to the glyphs in use.
    Font(String),
    /// The check address does not fit a QR code.
    QrCode(String),
    /// The PDF could not be assembled or written.
    Pdf(String),
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font(cause) => write!(f, "police du document illisible : {cause}"),
            Self::QrCode(cause) => write!(f, "code QR impossible : {cause}"),
            Self::Pdf(cause) => write!(f, "document PDF impossible à écrire : {cause}"),
        }
    }
}

impl std::error::Error for DocumentError {}
