//! Dossiers, from the first draft to the receipt.

mod submission;
