//! Tables as Diesel sees them, the same on both backends, a file a capability. `tests/database` holds them against
//! the migrations.

mod applying;
mod assessing;
mod deciding;
mod defining;
mod learning;
mod paying;
mod people;
mod ranking;
mod services;

pub use applying::*;
pub use assessing::*;
pub use deciding::*;
pub use defining::*;
pub use learning::*;
pub use paying::*;
pub use people::*;
pub use ranking::*;
pub use services::*;

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    account_tokens,
    sessions,
    institutions,
    agents,
    organisations,
    organisation_members,
    organisation_invitations,
    calls,
    call_definitions,
    call_roles,
    acting_choices,
    dossiers,
    dossier_sections,
    attachments,
    dossier_versions,
    version_excerpts,
    dossier_tags,
    list_counts,
    completion_requests,
    dossier_editors,
    eligibility_checks,
    assignments,
    interest_declarations,
    reviews,
    review_scores,
    review_submissions,
    territorial_opinions,
    committee_sessions,
    attendances,
    agenda_items,
    recusals,
    committee_opinions,
    opinion_shares,
    delegations,
    decisions,
    decision_shares,
    letters,
    letter_batches,
    letter_jobs,
    funding_lines,
    envelopes,
    ledger_entries,
    acts,
    instalments,
    payments,
    clawbacks,
    financial_reports,
    financial_report_lines,
    closures,
    indicators,
    followup_periods,
    indicator_values,
    indicator_departments,
    followup_reminders,
    practice_notes,
    practice_replies,
    documents,
    journal_head,
    journal_entries,
    journal_texts,
    mails,
    notifications,
);
