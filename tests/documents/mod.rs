//! Letters, receipts and minutes as PDF.

mod letters;
mod minutes;
pub mod reading;
mod receipts;
mod samples;
mod words;
