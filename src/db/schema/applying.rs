//! Dossiers, their sections, pieces and frozen versions.

use super::defining::{call_definitions, calls};
use super::people::{accounts, organisations};

diesel::table! {
    dossiers (id) {
        id -> BigInt,
        call_id -> BigInt,
        definition_id -> BigInt,
        organisation_id -> BigInt,
        state -> Text,
        reference -> Nullable<Text>,
        title -> Text,
        search_text -> Text,
        requested_cents -> Nullable<BigInt>,
        submitted_at -> Nullable<BigInt>,
        current_version_id -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        created_by -> BigInt,
        updated_at -> BigInt,
        reminded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    dossier_sections (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        section -> Text,
        answers -> Text,
        version -> BigInt,
        updated_at -> BigInt,
        updated_by -> BigInt,
    }
}

diesel::table! {
    attachments (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        piece -> Text,
        file_name -> Text,
        media_type -> Text,
        byte_size -> BigInt,
        sha256 -> Text,
        uploaded_at -> BigInt,
        uploaded_by -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    dossier_versions (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        number -> BigInt,
        content -> Text,
        sha256 -> Text,
        requested_cents -> BigInt,
        submitted_at -> BigInt,
        submitted_by -> BigInt,
    }
}

diesel::table! {
    version_excerpts (dossier_version_id) {
        dossier_version_id -> BigInt,
        requested_cents -> BigInt,
        excerpt -> Text,
    }
}

diesel::table! {
    dossier_tags (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        kind -> Text,
        code -> Text,
    }
}

diesel::table! {
    list_counts (call_id, kind, code, state) {
        call_id -> BigInt,
        kind -> Text,
        code -> Text,
        state -> Text,
        number -> BigInt,
    }
}

diesel::table! {
    completion_requests (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        targets -> Text,
        message -> Text,
        due_at -> BigInt,
        asked_by -> BigInt,
        asked_at -> BigInt,
        snapshot -> Text,
        answered_at -> Nullable<BigInt>,
        answered_version_id -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    dossier_editors (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        account_id -> Nullable<BigInt>,
        email -> Text,
        invited_by -> BigInt,
        invited_at -> BigInt,
        token_hash -> Text,
        accepted_at -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(dossiers -> calls (call_id));
diesel::joinable!(dossiers -> call_definitions (definition_id));
diesel::joinable!(dossiers -> organisations (organisation_id));
diesel::joinable!(dossiers -> accounts (created_by));
diesel::joinable!(dossier_sections -> dossiers (dossier_id));
diesel::joinable!(dossier_sections -> accounts (updated_by));
diesel::joinable!(attachments -> dossiers (dossier_id));
diesel::joinable!(attachments -> accounts (uploaded_by));
diesel::joinable!(dossier_versions -> dossiers (dossier_id));
diesel::joinable!(dossier_versions -> accounts (submitted_by));
diesel::joinable!(version_excerpts -> dossier_versions (dossier_version_id));
diesel::joinable!(dossier_tags -> dossiers (dossier_id));
diesel::joinable!(completion_requests -> dossiers (dossier_id));
diesel::joinable!(completion_requests -> accounts (asked_by));
diesel::joinable!(dossier_editors -> dossiers (dossier_id));
diesel::joinable!(dossier_editors -> accounts (account_id));
