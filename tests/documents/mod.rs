//! Letters, receipts and minutes as PDF.

mod letters;
mod minutes;
mod reading;
mod receipts;
mod samples;
mod words;
