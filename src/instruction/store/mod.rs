//! Rows of eligibility checks, assignments, declarations and reviews, one file per matter.

mod asked;
mod assignments;
mod dossiers;
mod eligibility;
mod interests;
mod people;
mod reviews;
mod shortlisting;
mod submissions;
mod territory;

pub use asked::{Asked, Order, Wanted, asked, count_asked};
pub use assignments::{
    Assignment, Held, LateReview, active_assignment, active_in_call, active_of_account, active_on, assignments_of,
    end_assignment, ever_on, insert_assignment, late, mark_reminded, refuse_assignment,
};
pub use dossiers::{applicants_of, in_states, versions_of};
pub use eligibility::{EligibilityCheck, insert_eligibility, last_eligibility};
pub use interests::{
    Declaration, declaration_of, declarations_on, declare_conflict, declared_by, insert_declaration, recusals_on,
    recused_from,
};
pub use people::{Instructor, holders, institution_names, is_member, memberships, names, person};
pub use reviews::{
    GivenReview, Review, given_in_call, given_on, insert_review, mark_submitted, reopen_review, review_of_assignment,
    submitted_on, update_review,
};
pub(super) use shortlisting::shortlisting_session;
pub use submissions::{insert_submission, mark_reopened, submissions_of};
pub use territory::{
    Territorial, correspondents, insert_territorial, save_territorial, territorial_in_call, territorial_of,
};
