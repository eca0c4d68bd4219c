//! Lines, envelopes, the ledger, acts, payments.

use super::applying::dossiers;
use super::deciding::decisions;
use super::defining::calls;
use super::people::accounts;
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
        kind -> Text,
        reference -> Text,
        amount_cents -> BigInt,
        dated_on -> Text,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    payments (id) {
        id -> BigInt,
        act_id -> BigInt,
        dossier_id -> BigInt,
        envelope_id -> BigInt,
        kind -> Text,
        reference -> Text,
        amount_cents -> BigInt,
        paid_on -> Text,
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
