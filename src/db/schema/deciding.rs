//! Delegations, decisions, letters and their batches.

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
        opinion_id -> Nullable<BigInt>,
        kind -> Text,
        authority_id -> BigInt,
        number -> Text,
        outcome -> Text,
        waitlist_rank -> Nullable<BigInt>,
        motive -> Text,
        departure_reason -> Text,
        replaces_id -> Nullable<BigInt>,
        formal_notice_on -> Nullable<Text>,
        observations -> Text,
        delegation_id -> BigInt,
        signed_by -> BigInt,
        signed_at -> BigInt,
        letter_id -> Nullable<BigInt>,
        notified_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    decision_shares (id) {
        id -> BigInt,
        decision_id -> BigInt,
        funding_line_id -> BigInt,
        year -> Integer,
        amount_cents -> BigInt,
        firm -> Bool,
    }
}

diesel::table! {
    letters (id) {
        id -> BigInt,
        call_id -> BigInt,
        dossier_id -> BigInt,
        kind -> Text,
        number -> Text,
        check_code -> Text,
        document_id -> BigInt,
        electronic -> Bool,
        issued_at -> BigInt,
        notified_at -> Nullable<BigInt>,
        posted_on -> Nullable<Text>,
        read_at -> Nullable<BigInt>,
        read_by -> Nullable<BigInt>,
        replaced_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    letter_batches (id) {
        id -> BigInt,
        call_id -> BigInt,
        kind -> Text,
        created_by -> BigInt,
        created_at -> BigInt,
        posted_on -> Nullable<Text>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    letter_jobs (id) {
        id -> BigInt,
        batch_id -> BigInt,
        letter_id -> BigInt,
        state -> Text,
        problem -> Text,
        done_at -> Nullable<BigInt>,
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
diesel::joinable!(decisions -> letters (letter_id));
diesel::joinable!(decision_shares -> decisions (decision_id));
diesel::joinable!(letters -> calls (call_id));
diesel::joinable!(letters -> dossiers (dossier_id));
diesel::joinable!(letters -> accounts (read_by));
diesel::joinable!(letter_batches -> calls (call_id));
diesel::joinable!(letter_batches -> accounts (created_by));
diesel::joinable!(letter_jobs -> letter_batches (batch_id));
diesel::joinable!(letter_jobs -> letters (letter_id));
