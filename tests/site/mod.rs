//! The pages the law asks for and the plan of the site.

mod legal;
mod plan;
