//! Operations on people, institutions, organisations and rights: one function each, in one transaction.

mod delegations;
mod institutions;
mod organisations;
mod people;
mod roles;
mod self_service;

pub use delegations::{NewDelegation, add_delegation};
pub use institutions::{NewInstitution, add_agent, add_institution};
pub use organisations::{NewOrganisation, add_organisation};
pub use people::{NewUser, add_user};
pub use roles::grant_role;
pub use self_service::{
    Credentials, Registration, change_password, check_credentials, confirm, refuse_sign_in, rename, request_reset,
    reset_password, sign_in, sign_out, sign_up,
};
