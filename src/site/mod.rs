//! Pages that belong to no capability: the home page, the pages the law asks for, the health check,
//! and the demonstration's outbox.

mod home;
mod legal;
mod notifications;
pub mod outbox;
mod pages;
pub mod plan;
mod search;

use crate::web::Page;

#[must_use]
pub fn pages() -> Vec<Page> {
    let mut all = pages::pages();
    all.extend(notifications::pages());
    all.extend(search::pages());
    all
}
