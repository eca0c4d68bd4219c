//! Tables as Diesel sees them, the same on both backends. `tests/database.rs` holds them against the migrations.

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
        granted_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

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
        proposed_cents -> Nullable<BigInt>,
        version -> BigInt,
        started_at -> BigInt,
        submitted_at -> Nullable<BigInt>,
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
    committee_sessions (id) {
        id -> BigInt,
        call_id -> BigInt,
        number -> BigInt,
        held_at -> BigInt,
        place -> Text,
        state -> Text,
        quorum -> BigInt,
        opened_at -> Nullable<BigInt>,
        sealed_at -> Nullable<BigInt>,
        sealed_by -> Nullable<BigInt>,
        record -> Nullable<Text>,
        record_sha256 -> Nullable<Text>,
        minutes_id -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    attendances (id) {
        id -> BigInt,
        session_id -> BigInt,
        seat -> Text,
        account_id -> Nullable<BigInt>,
        presence -> Text,
    }
}

diesel::table! {
    agenda_items (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        added_at -> BigInt,
    }
}

diesel::table! {
    recusals (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        account_id -> BigInt,
        reason -> Text,
        left_at -> BigInt,
    }
}

diesel::table! {
    committee_opinions (id) {
        id -> BigInt,
        session_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        outcome -> Text,
        waitlist_rank -> Nullable<BigInt>,
        amount_cents -> Nullable<BigInt>,
        envelope_id -> Nullable<BigInt>,
        debate -> Text,
        motive -> Text,
        version -> BigInt,
        recorded_by -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    delegations (id) {
        id -> BigInt,
        institution_id -> BigInt,
        account_id -> BigInt,
        quality -> Text,
        service -> Text,
        reference -> Text,
        valid_from -> BigInt,
        valid_until -> Nullable<BigInt>,
        ceiling_cents -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        call_id -> BigInt,
        dossier_id -> BigInt,
        dossier_version_id -> BigInt,
        opinion_id -> BigInt,
        authority_id -> BigInt,
        number -> Text,
        outcome -> Text,
        amount_cents -> Nullable<BigInt>,
        envelope_id -> Nullable<BigInt>,
        waitlist_rank -> Nullable<BigInt>,
        motive -> Text,
        departure_reason -> Text,
        delegation_id -> BigInt,
        signed_by -> BigInt,
        signed_at -> BigInt,
        notified_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    letters (id) {
        id -> BigInt,
        decision_id -> BigInt,
        dossier_id -> BigInt,
        number -> Text,
        check_code -> Text,
        document_id -> BigInt,
        issued_at -> BigInt,
        notified_at -> Nullable<BigInt>,
        read_at -> Nullable<BigInt>,
        read_by -> Nullable<BigInt>,
    }
}

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

diesel::joinable!(account_tokens -> accounts (account_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(agents -> accounts (account_id));
diesel::joinable!(agents -> institutions (institution_id));
diesel::joinable!(organisation_members -> organisations (organisation_id));
diesel::joinable!(organisation_members -> accounts (account_id));
diesel::joinable!(calls -> institutions (authority_id));
diesel::joinable!(call_definitions -> calls (call_id));
diesel::joinable!(call_roles -> calls (call_id));
diesel::joinable!(call_roles -> accounts (account_id));
diesel::joinable!(call_roles -> institutions (institution_id));
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
diesel::joinable!(committee_sessions -> calls (call_id));
diesel::joinable!(committee_sessions -> accounts (sealed_by));
diesel::joinable!(attendances -> committee_sessions (session_id));
diesel::joinable!(attendances -> accounts (account_id));
diesel::joinable!(agenda_items -> committee_sessions (session_id));
diesel::joinable!(agenda_items -> dossiers (dossier_id));
diesel::joinable!(agenda_items -> dossier_versions (dossier_version_id));
diesel::joinable!(recusals -> committee_sessions (session_id));
diesel::joinable!(recusals -> dossiers (dossier_id));
diesel::joinable!(recusals -> accounts (account_id));
diesel::joinable!(committee_opinions -> committee_sessions (session_id));
diesel::joinable!(committee_opinions -> dossiers (dossier_id));
diesel::joinable!(committee_opinions -> dossier_versions (dossier_version_id));
diesel::joinable!(committee_opinions -> accounts (recorded_by));
diesel::joinable!(delegations -> institutions (institution_id));
diesel::joinable!(delegations -> accounts (account_id));
diesel::joinable!(decisions -> calls (call_id));
diesel::joinable!(decisions -> dossiers (dossier_id));
diesel::joinable!(decisions -> dossier_versions (dossier_version_id));
diesel::joinable!(decisions -> committee_opinions (opinion_id));
diesel::joinable!(decisions -> institutions (authority_id));
diesel::joinable!(decisions -> delegations (delegation_id));
diesel::joinable!(decisions -> accounts (signed_by));
diesel::joinable!(letters -> decisions (decision_id));
diesel::joinable!(letters -> dossiers (dossier_id));
diesel::joinable!(letters -> accounts (read_by));
diesel::joinable!(documents -> dossiers (dossier_id));
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
diesel::joinable!(indicators -> dossiers (dossier_id));
diesel::joinable!(indicators -> dossier_versions (dossier_version_id));
diesel::joinable!(indicator_values -> indicators (indicator_id));
diesel::joinable!(indicator_values -> accounts (reported_by));
diesel::joinable!(mails -> documents (document_id));
diesel::joinable!(mails -> dossiers (dossier_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    account_tokens,
    sessions,
    institutions,
    agents,
    organisations,
    organisation_members,
    calls,
    call_definitions,
    call_roles,
    dossiers,
    dossier_sections,
    attachments,
    dossier_versions,
    dossier_tags,
    eligibility_checks,
    assignments,
    interest_declarations,
    reviews,
    review_scores,
    committee_sessions,
    attendances,
    agenda_items,
    recusals,
    committee_opinions,
    delegations,
    decisions,
    letters,
    documents,
    funding_lines,
    envelopes,
    ledger_entries,
    acts,
    payments,
    indicators,
    indicator_values,
    journal_head,
    journal_entries,
    journal_texts,
    mails,
);
