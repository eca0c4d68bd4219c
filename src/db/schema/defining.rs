//! Calls, their definitions and roles.

use super::people::{accounts, institutions};

diesel::table! {
    calls (id) {
        id -> BigInt,
        code -> Text,
        title -> Text,
        authority_id -> BigInt,
        opens_at -> BigInt,
        closes_at -> BigInt,
        last_reference -> BigInt,
        last_decision -> BigInt,
        definition_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    call_definitions (id) {
        id -> BigInt,
        call_id -> BigInt,
        number -> BigInt,
        body -> Text,
        sha256 -> Text,
        imported_at -> BigInt,
    }
}

diesel::table! {
    call_roles (id) {
        id -> BigInt,
        call_id -> BigInt,
        account_id -> BigInt,
        institution_id -> BigInt,
        role -> Text,
        seat -> Nullable<Text>,
        department -> Nullable<Text>,
        granted_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    acting_choices (id) {
        id -> BigInt,
        account_id -> BigInt,
        call_id -> BigInt,
        institution_id -> BigInt,
    }
}

diesel::joinable!(calls -> institutions (authority_id));
diesel::joinable!(call_definitions -> calls (call_id));
diesel::joinable!(call_roles -> calls (call_id));
diesel::joinable!(call_roles -> accounts (account_id));
diesel::joinable!(call_roles -> institutions (institution_id));
diesel::joinable!(acting_choices -> calls (call_id));
diesel::joinable!(acting_choices -> institutions (institution_id));
