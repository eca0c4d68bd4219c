//! What a person finds on arriving, the pages the law asks for and the plan of the site.

mod arriving;
mod legal;
mod plan;
