//! Rows of decisions, letters, batches and delegations, and the names that letters print.

mod batches;
mod decisions;
mod desk;
mod letters;
mod parties;

pub(super) use batches::{
    author_name, batch_by_id, batches_of, finish_batch, insert_batch, job_counts, kept_jobs, letters_in_batch,
    letters_in_waiting_jobs, letters_of_call, next_batch, set_posted_on, settle_job, waiting_jobs,
};
pub(super) use decisions::{
    Signed, attach_letter, by_id, clawed_back, insert, next_number, notify_decisions, of_letter, of_letters,
    taken_ranks, waitlisted,
};
pub use decisions::{all, current_shares, in_call, notified_shares, of_dossier, of_dossiers};
pub(super) use desk::{Named, ToSign, counts, named, proposals, to_sign};
pub(super) use letters::{
    NewLetter, Wanted, in_call_page, insert_letter, last_notified, letter_by_code, letter_by_id, letters_by_ids,
    notify_letter, replace_letter, set_read, unread, waiting_of, waiting_of_call,
};
pub use letters::{letter_of, letters_of};
pub(super) use parties::{
    authority, call_lines, delegation_by_id, delegations_of, institution_names, manager_name, members, person,
};
