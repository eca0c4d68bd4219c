//! Rows of eligibility checks, assignments, declarations and reviews, one file per matter.

mod assignments;
mod dossiers;
mod eligibility;
mod interests;
mod people;
mod reviews;

pub use assignments::{
    Assignment, active_assignment, active_of_account, active_on, assignments_of, end_assignment, insert_assignment,
};
pub use dossiers::{applicants_in_call, tags_in_call, versions_of};
pub use eligibility::{EligibilityCheck, insert_eligibility, last_eligibility};
pub use interests::{
    Declaration, declaration_of, declarations_on, declared_by, insert_declaration, recusals_in_call, recused_from,
};
pub use people::{Instructor, holders, institution_names, is_member, names};
pub use reviews::{Review, insert_review, mark_submitted, review_of_assignment, submitted_in_call, update_review};
