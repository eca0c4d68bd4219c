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
    dossier_tags (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        kind -> Text,
        code -> Text,
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
diesel::joinable!(dossier_tags -> dossiers (dossier_id));
