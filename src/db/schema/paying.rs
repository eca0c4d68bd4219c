//! Lines, envelopes, the ledger, acts, payments.

use super::applying::{dossier_tags, dossiers};
use super::deciding::decisions;
use super::defining::calls;
use super::people::{accounts, institutions};
use super::ranking::committee_opinions;

diesel::table! {
    funding_lines (id) {
        id -> BigInt,
        funder_id -> BigInt,
        authority_id -> BigInt,
        payer_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    envelopes (id) {
        id -> BigInt,
        call_id -> BigInt,
        funding_line_id -> BigInt,
        year -> Integer,
        voted -> Nullable<BigInt>,
        reserved -> BigInt,
        committed -> BigInt,
        paid -> BigInt,
        source -> Text,
    }
}

diesel::table! {
    ledger_entries (id) {
        id -> BigInt,
        envelope_id -> BigInt,
        kind -> Text,
        amount_cents -> BigInt,
        dossier_id -> Nullable<BigInt>,
        opinion_id -> Nullable<BigInt>,
        decision_id -> Nullable<BigInt>,
        payment_id -> Nullable<BigInt>,
        clawback_id -> Nullable<BigInt>,
        reason -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    acts (id) {
        id -> BigInt,
        decision_id -> BigInt,
        dossier_id -> BigInt,
        authority_id -> BigInt,
        amends_id -> Nullable<BigInt>,
        kind -> Text,
        reference -> Text,
        amount_cents -> BigInt,
        dated_on -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    instalments (id) {
        id -> BigInt,
        act_id -> BigInt,
        dossier_id -> BigInt,
        funding_line_id -> BigInt,
        year -> Integer,
        position -> Integer,
        amount_cents -> BigInt,
        due_rule -> Text,
        due_on -> Nullable<Text>,
        service_done_on -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    payments (id) {
        id -> BigInt,
        act_id -> BigInt,
        instalment_id -> BigInt,
        dossier_id -> BigInt,
        envelope_id -> BigInt,
        reference -> Text,
        amount_cents -> BigInt,
        paid_on -> Text,
        due_by -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    clawbacks (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        authority_id -> BigInt,
        envelope_id -> BigInt,
        state -> Text,
        asked_cents -> BigInt,
        reason -> Text,
        noticed_on -> Text,
        observations_until -> Text,
        observations -> Text,
        ordered_cents -> Nullable<BigInt>,
        ordered_on -> Nullable<Text>,
        reference -> Nullable<Text>,
        received_on -> Nullable<Text>,
        abandoned_on -> Nullable<Text>,
        abandoned_reason -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    financial_reports (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        received_on -> Text,
        comment -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    financial_report_lines (id) {
        id -> BigInt,
        report_id -> BigInt,
        side -> Text,
        class -> Text,
        realised_cents -> BigInt,
    }
}

diesel::table! {
    closures (id) {
        id -> BigInt,
        dossier_id -> BigInt,
        authority_id -> BigInt,
        given_up_cents -> BigInt,
        kept_cents -> BigInt,
        reason -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::joinable!(envelopes -> calls (call_id));
diesel::joinable!(envelopes -> funding_lines (funding_line_id));
diesel::joinable!(ledger_entries -> envelopes (envelope_id));
diesel::joinable!(ledger_entries -> dossiers (dossier_id));
diesel::joinable!(ledger_entries -> committee_opinions (opinion_id));
diesel::joinable!(ledger_entries -> decisions (decision_id));
diesel::joinable!(ledger_entries -> accounts (recorded_by));
diesel::joinable!(acts -> decisions (decision_id));
diesel::joinable!(acts -> dossiers (dossier_id));
diesel::joinable!(acts -> accounts (recorded_by));
diesel::joinable!(payments -> acts (act_id));
diesel::joinable!(payments -> dossiers (dossier_id));
diesel::joinable!(payments -> envelopes (envelope_id));
diesel::joinable!(payments -> accounts (recorded_by));
diesel::joinable!(acts -> institutions (authority_id));
diesel::joinable!(payments -> instalments (instalment_id));
diesel::joinable!(instalments -> acts (act_id));
diesel::joinable!(instalments -> dossiers (dossier_id));
diesel::joinable!(instalments -> funding_lines (funding_line_id));
diesel::joinable!(clawbacks -> dossiers (dossier_id));
diesel::joinable!(clawbacks -> institutions (authority_id));
diesel::joinable!(clawbacks -> envelopes (envelope_id));
diesel::joinable!(financial_reports -> dossiers (dossier_id));
diesel::joinable!(financial_report_lines -> financial_reports (report_id));
diesel::joinable!(closures -> dossiers (dossier_id));
diesel::joinable!(closures -> institutions (authority_id));

diesel::allow_columns_to_appear_in_same_group_by_clause!(ledger_entries::envelope_id, dossier_tags::code);
diesel::allow_columns_to_appear_in_same_group_by_clause!(ledger_entries::kind, dossier_tags::code);
