//! Hostile input: whatever is typed, posted or uploaded gets a clear answer, is shown as plain text, and loses nothing.
//!
//! [`corpus`] is what is sent; [`scan`] reads forms out of pages and finds what got out of its quotes; [`scene`] is a
//! service where every form shows; [`fields`] sends the one through the other. [`story`] lets hostile texts through and
//! reads them back from pages, spreadsheets and documents; [`uploads`], [`bodies`], [`wire`] and [`room`] attack files,
//! forms on their way, connections and the disk; [`parsers`] gives every parser of ours arbitrary bytes.

mod bodies;
mod corpus;
mod fields;
mod parsers;
mod room;
mod scan;
mod scene;
mod story;
mod uploads;
mod wire;
