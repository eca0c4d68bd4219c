//! Accounts, sessions, institutions, organisations.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        email -> Text,
        given_name -> Text,
        surname -> Text,
        password_hash -> Nullable<Text>,
        administrator -> Bool,
        confirmed_at -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    account_tokens (id) {
        id -> BigInt,
        account_id -> BigInt,
        purpose -> Text,
        detail -> Text,
        token_hash -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        token_hash -> Text,
        account_id -> BigInt,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        user_agent -> Text,
    }
}

diesel::table! {
    institutions (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        short_name -> Text,
        address -> Text,
        siret -> Nullable<Text>,
        demonstration -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    agents (id) {
        id -> BigInt,
        account_id -> BigInt,
        institution_id -> BigInt,
        quality -> Text,
        service -> Text,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    organisations (id) {
        id -> BigInt,
        name -> Text,
        siret -> Nullable<Text>,
        rna -> Nullable<Text>,
        legal_form -> Text,
        street -> Text,
        postal_code -> Text,
        city -> Text,
        representative_name -> Text,
        representative_quality -> Text,
        search_text -> Text,
        demonstration -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    organisation_members (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        account_id -> BigInt,
        joined_at -> BigInt,
    }
}

diesel::table! {
    organisation_invitations (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        email -> Text,
        token_hash -> Text,
        invited_by -> BigInt,
        invited_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(account_tokens -> accounts (account_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(agents -> accounts (account_id));
diesel::joinable!(agents -> institutions (institution_id));
diesel::joinable!(organisation_members -> organisations (organisation_id));
diesel::joinable!(organisation_members -> accounts (account_id));
diesel::joinable!(organisation_invitations -> organisations (organisation_id));
diesel::joinable!(organisation_invitations -> accounts (invited_by));
