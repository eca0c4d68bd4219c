//! What funded projects report and share: indicators, periods, reminders, practice notes.

use super::applying::{dossier_versions, dossiers};
use super::defining::calls;
use super::people::accounts;

diesel::table! {
    indicators (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        code -> Text,
        label -> Text,
        unit -> Text,
        target -> BigInt,
    }
}

diesel::table! {
    followup_periods (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        number -> Integer,
        starts_on -> Text,
        ends_on -> Text,
        due_at -> BigInt,
        reported_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    indicator_values (id) {
        id -> BigInt,
        indicator_id -> BigInt,
        period -> Integer,
        value -> Nullable<BigInt>,
        comment -> Text,
        reason -> Text,
        reported_by -> BigInt,
        reported_at -> BigInt,
        replaced_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    indicator_departments (id) {
        id -> BigInt,
        value_id -> BigInt,
        department -> Text,
        people -> BigInt,
    }
}

diesel::table! {
    followup_reminders (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        period -> Integer,
        step -> Integer,
        sent_at -> BigInt,
    }
}

diesel::table! {
    practice_notes (id) {
        id -> BigInt,
        call_id -> BigInt,
        dossier_id -> BigInt,
        axis -> Text,
        title -> Text,
        situation -> Text,
        practice -> Text,
        lesson -> Text,
        quotable -> Bool,
        version -> BigInt,
        written_by -> BigInt,
        written_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        retained_at -> Nullable<BigInt>,
        retained_by -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<BigInt>,
        withdrawal_reason -> Text,
    }
}

diesel::table! {
    practice_replies (id) {
        id -> BigInt,
        note_id -> BigInt,
        dossier_id -> Nullable<BigInt>,
        body -> Text,
        version -> BigInt,
        written_by -> BigInt,
        written_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        withdrawn_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<BigInt>,
        withdrawal_reason -> Text,
    }
}

diesel::joinable!(indicators -> dossiers (dossier_id));
diesel::joinable!(indicators -> dossier_versions (dossier_version_id));
diesel::joinable!(followup_periods -> dossiers (dossier_id));
diesel::joinable!(indicator_values -> indicators (indicator_id));
diesel::joinable!(indicator_values -> accounts (reported_by));
diesel::joinable!(indicator_departments -> indicator_values (value_id));
diesel::joinable!(followup_reminders -> dossiers (dossier_id));
diesel::joinable!(practice_notes -> calls (call_id));
diesel::joinable!(practice_notes -> dossiers (dossier_id));
diesel::joinable!(practice_replies -> practice_notes (note_id));
