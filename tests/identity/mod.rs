//! Attacks on who one is and on what one may read or do: sessions, personal links, guessing, rights taken back, ids of
//! somebody else's, recusals, headers, and many hands on one envelope.

mod crawl;
mod elsewhere;
mod guessing;
mod headers;
mod links;
mod money;
mod operations;
pub mod others;
mod recused;
mod rights;
mod sessions;
