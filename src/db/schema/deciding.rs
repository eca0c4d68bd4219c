//! Delegations, decisions, letters.

use super::applying::{dossier_versions, dossiers};
use super::defining::calls;
use super::people::{accounts, institutions};
use super::ranking::committee_opinions;

diesel::table! {
    delegations (id) {
        id -> BigInt,
        institution_id -> BigInt,
        account_id -> BigInt,
        quality -> Text,
        service -> Text,
        reference -> Text,
        valid_from -> BigInt,
        valid_until -> Nullable<BigInt>,
        ceiling_cents -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        call_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        opinion_id -> BigInt,
        authority_id -> BigInt,
        number -> Text,
        outcome -> Text,
        amount_cents -> Nullable<BigInt>,
        envelope_id -> Nullable<BigInt>,
        waitlist_rank -> Nullable<BigInt>,
        motive -> Text,
        departure_reason -> Text,
        delegation_id -> BigInt,
        signed_by -> BigInt,
        signed_at -> BigInt,
        notified_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    letters (id) {
        id -> BigInt,
        decision_id -> BigInt,
        dossier_id -> BigInt,
        number -> Text,
        check_code -> Text,
        document_id -> BigInt,
        issued_at -> BigInt,
        notified_at -> Nullable<BigInt>,
        read_at -> Nullable<BigInt>,
        read_by -> Nullable<BigInt>,
    }
}

diesel::joinable!(delegations -> institutions (institution_id));
diesel::joinable!(delegations -> accounts (account_id));
diesel::joinable!(decisions -> calls (call_id));
diesel::joinable!(decisions -> dossiers (dossier_id));
diesel::joinable!(decisions -> dossier_versions (dossier_version_id));
diesel::joinable!(decisions -> committee_opinions (opinion_id));
diesel::joinable!(decisions -> institutions (authority_id));
diesel::joinable!(decisions -> delegations (delegation_id));
diesel::joinable!(decisions -> accounts (signed_by));
diesel::joinable!(letters -> decisions (decision_id));
diesel::joinable!(letters -> dossiers (dossier_id));
diesel::joinable!(letters -> accounts (read_by));
