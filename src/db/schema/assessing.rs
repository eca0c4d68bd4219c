//! Eligibility, assignments, interests, reviews.

use super::applying::{dossier_versions, dossiers};
use super::people::{accounts, institutions};

diesel::table! {
    eligibility_checks (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        complete -> Bool,
        eligible -> Bool,
        ground -> Text,
        decided_by -> BigInt,
        decided_at -> BigInt,
    }
}

diesel::table! {
    assignments (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        account_id -> BigInt,
        institution_id -> BigInt,
        due_at -> Nullable<BigInt>,
        assigned_by -> BigInt,
        assigned_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
        refused_at -> Nullable<BigInt>,
        reminded_at -> Nullable<BigInt>,
        call_id -> Nullable<BigInt>,
        review_submitted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    interest_declarations (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        account_id -> BigInt,
        conflict -> Bool,
        detail -> Text,
        declared_at -> BigInt,
    }
}

diesel::table! {
    reviews (id) {
        id -> BigInt,
        assignment_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        opinion -> Nullable<Text>,
        comment -> Text,
        version -> BigInt,
        started_at -> BigInt,
        submitted_at -> Nullable<BigInt>,
        marks -> Text,
        proposals -> Text,
    }
}

diesel::table! {
    review_scores (id) {
        id -> BigInt,
        review_id -> BigInt,
        criterion -> Text,
        answered -> Bool,
        level -> Nullable<Integer>,
        comment -> Text,
    }
}

diesel::table! {
    review_submissions (id) {
        id -> BigInt,
        review_id -> BigInt,
        dossier_version_id -> BigInt,
        number -> BigInt,
        body -> Text,
        submitted_at -> BigInt,
        reopened_at -> Nullable<BigInt>,
        reopened_by -> Nullable<BigInt>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    territorial_opinions (id) {
        id -> BigInt,
        call_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        department -> Text,
        asked_at -> BigInt,
        asked_by -> BigInt,
        due_at -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        opinion -> Nullable<Text>,
        comment -> Text,
        submitted_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::joinable!(eligibility_checks -> dossiers (dossier_id));
diesel::joinable!(eligibility_checks -> dossier_versions (dossier_version_id));
diesel::joinable!(eligibility_checks -> accounts (decided_by));
diesel::joinable!(assignments -> dossiers (dossier_id));
diesel::joinable!(assignments -> institutions (institution_id));
diesel::joinable!(interest_declarations -> dossiers (dossier_id));
diesel::joinable!(interest_declarations -> accounts (account_id));
diesel::joinable!(reviews -> assignments (assignment_id));
diesel::joinable!(reviews -> dossiers (dossier_id));
diesel::joinable!(reviews -> dossier_versions (dossier_version_id));
diesel::joinable!(review_scores -> reviews (review_id));
diesel::joinable!(review_submissions -> reviews (review_id));
diesel::joinable!(territorial_opinions -> dossiers (dossier_id));
