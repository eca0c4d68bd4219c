//! Operations on people, institutions, organisations and rights: one function each, in one transaction.

mod delegations;
mod funding;
mod institutions;
mod organisations;
mod people;
mod roles;
mod self_service;

pub use delegations::{NewDelegation, add_delegation, revoke_delegation};
pub use funding::{change_funding_line, record_vote};
pub use institutions::{NewInstitution, add_agent, add_institution, change_institution, end_agent};
pub use organisations::{NewOrganisation, add_organisation, attach_member, change_organisation, detach_member};
pub use people::{NewUser, Post, add_user, disable, enable, invite, open_account, set_administrator};
pub use roles::{grant_role, revoke_role};
pub use self_service::{
    Credentials, Registration, change_password, check_credentials, confirm, end_other_sessions, refuse_sign_in, rename,
    request_reset, reset_password, sign_in, sign_out, sign_up,
};
