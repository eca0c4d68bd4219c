//! Accounts: every door, and who stays outside.

mod addresses;
mod administration;
mod organisations;
mod passwords;
mod profile;
mod sign_in;
mod sign_up;

use crate::support::TestApp;

/// The path of the link in the latest mail of a kind.
fn link(app: &TestApp, kind: &str, start: &str) -> String {
    let mails = app.mails();
    let (_, _, body) = mails.iter().rev().find(|(k, ..)| k == kind).unwrap_or_else(|| panic!("no mail {kind}"));
    let from = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}"));
    body[from..].split_whitespace().next().unwrap().to_owned()
}
