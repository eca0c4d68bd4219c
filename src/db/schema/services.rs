//! Documents, journal, mails.

use super::applying::dossiers;
use super::people::accounts;

diesel::table! {
    documents (id) {
        id -> BigInt,
        kind -> Text,
        dossier_id -> Nullable<BigInt>,
        file_name -> Text,
        sha256 -> Text,
        byte_size -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    journal_head (id) {
        id -> BigInt,
        sequence -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    journal_entries (id) {
        id -> BigInt,
        sequence -> BigInt,
        occurred_at -> BigInt,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        audience -> Text,
        call_id -> Nullable<BigInt>,
        dossier_id -> Nullable<BigInt>,
        text_digest -> Text,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    journal_texts (id) {
        id -> BigInt,
        sequence -> BigInt,
        salt -> Text,
        actor_name -> Text,
        summary -> Text,
        reason -> Text,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        kind -> Text,
        recipient -> Text,
        recipient_name -> Text,
        subject -> Text,
        body -> Text,
        html -> Text,
        search_text -> Text,
        document_id -> Nullable<BigInt>,
        dossier_id -> Nullable<BigInt>,
        created_at -> BigInt,
        not_before -> BigInt,
        leased_until -> Nullable<BigInt>,
        attempts -> Integer,
        sent_at -> Nullable<BigInt>,
        failed_at -> Nullable<BigInt>,
        last_error -> Text,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        text -> Text,
        href -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(documents -> dossiers (dossier_id));
diesel::joinable!(notifications -> accounts (account_id));
diesel::joinable!(mails -> documents (document_id));
diesel::joinable!(mails -> dossiers (dossier_id));
