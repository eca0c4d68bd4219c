//! Indicators and their values.

use super::applying::{dossier_versions, dossiers};
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
    indicator_values (id) {
        id -> BigInt,
        indicator_id -> BigInt,
        observed_on -> Text,
        value -> BigInt,
        comment -> Text,
        reported_by -> BigInt,
        reported_at -> BigInt,
    }
}

diesel::joinable!(indicators -> dossiers (dossier_id));
diesel::joinable!(indicators -> dossier_versions (dossier_version_id));
diesel::joinable!(indicator_values -> indicators (indicator_id));
diesel::joinable!(indicator_values -> accounts (reported_by));
