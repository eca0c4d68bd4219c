//! Sessions, attendance, agenda, recusals, opinions.

use super::applying::{dossier_versions, dossiers};
use super::defining::calls;
use super::people::accounts;

diesel::table! {
    committee_sessions (id) {
        id -> BigInt,
        call_id -> BigInt,
        number -> BigInt,
        kind -> Text,
        second_of -> Nullable<BigInt>,
        held_at -> BigInt,
        place -> Text,
        state -> Text,
        quorum -> BigInt,
        convened_at -> Nullable<BigInt>,
        urgency -> Text,
        opened_at -> Nullable<BigInt>,
        sealed_at -> Nullable<BigInt>,
        sealed_by -> Nullable<BigInt>,
        record -> Nullable<Text>,
        record_sha256 -> Nullable<Text>,
        minutes_id -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    attendances (id) {
        id -> BigInt,
        session_id -> BigInt,
        seat -> Text,
        account_id -> Nullable<BigInt>,
        presence -> Text,
        proxy_seat -> Nullable<Text>,
    }
}

diesel::table! {
    agenda_items (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        added_at -> BigInt,
    }
}

diesel::table! {
    recusals (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        account_id -> BigInt,
        reason -> Text,
        left_at -> BigInt,
        returned_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    committee_opinions (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        outcome -> Text,
        waitlist_rank -> Nullable<BigInt>,
        debate -> Text,
        motive -> Text,
        votes_for -> Nullable<BigInt>,
        votes_against -> Nullable<BigInt>,
        votes_abstained -> Nullable<BigInt>,
        version -> BigInt,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    opinion_shares (id) {
        id -> BigInt,
        opinion_id -> BigInt,
        funding_line_id -> BigInt,
        year -> Integer,
        amount_cents -> BigInt,
    }
}

diesel::joinable!(opinion_shares -> committee_opinions (opinion_id));
diesel::joinable!(committee_sessions -> calls (call_id));
diesel::joinable!(committee_sessions -> accounts (sealed_by));
diesel::joinable!(attendances -> committee_sessions (session_id));
diesel::joinable!(attendances -> accounts (account_id));
diesel::joinable!(agenda_items -> committee_sessions (session_id));
diesel::joinable!(agenda_items -> dossiers (dossier_id));
diesel::joinable!(agenda_items -> dossier_versions (dossier_version_id));
diesel::joinable!(recusals -> committee_sessions (session_id));
diesel::joinable!(recusals -> dossiers (dossier_id));
diesel::joinable!(recusals -> accounts (account_id));
diesel::joinable!(committee_opinions -> committee_sessions (session_id));
diesel::joinable!(committee_opinions -> dossiers (dossier_id));
diesel::joinable!(committee_opinions -> dossier_versions (dossier_version_id));
diesel::joinable!(committee_opinions -> accounts (recorded_by));
