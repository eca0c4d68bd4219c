//! Rows of accounts, institutions, organisations, rights and funding lines.

mod funding;
mod institutions;
mod organisations;
mod people;
mod rights;

pub use funding::{Envelope, envelope, envelopes, funding_line, funding_lines};
pub use institutions::{Agent, agents, institution, institutions};
pub use organisations::{
    Organisation, has_submitted, invitation, invitations, member_addresses, members, organisation,
    organisation_by_number, organisations_of,
};
pub use people::{AccountState, Login, Person, count_people, login_by_email, people, person};
pub use rights::{Delegation, delegations, roles_of};
