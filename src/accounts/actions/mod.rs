//! Operations on people, institutions, organisations and rights: one function each, in one transaction.

mod delegations;
mod email;
mod funding;
mod institutions;
mod invitations;
mod organisations;
mod passwords;
mod people;
mod roles;
mod sign_in;
mod sign_up;

pub use delegations::{NewDelegation, add_delegation, revoke_delegation};
pub use email::{ask_email_change, confirm_email_change};
pub use funding::{NewEnvelope, change_funding_line, open_envelope, record_vote};
pub(super) use institutions::CHOOSE_INSTITUTION;
pub use institutions::{NewInstitution, add_agent, add_institution, change_institution, end_agent};
pub use invitations::{accept_invitation, cancel_invitation, invite_colleague};
pub use organisations::{NewOrganisation, add_organisation, attach_member, change_organisation, detach_member};
pub use passwords::{change_password, request_reset, reset_password};
pub use people::{NewUser, Post, add_user, disable, enable, invite, open_account, rename, set_administrator};
pub use roles::{grant_correspondent, grant_role, revoke_role, wear_hat};
pub use sign_in::{Credentials, check_credentials, end_other_sessions, refuse_sign_in, sign_in, sign_out};
pub use sign_up::{Registration, check_sign_up_password, confirm, sign_up};
