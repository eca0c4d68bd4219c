//! Row identifiers as distinct types, so that one kind of id is never passed for another.

/// Declares an id newtype over the database's `BIGINT`.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    AccountId, InstitutionId, OrganisationId, CallId, DefinitionId, DossierId, DossierVersionId, AttachmentId, CompletionId, EditorId,
    AssignmentId, ReviewId, SessionId, OpinionId, EnvelopeId, FundingLineId, DecisionId, LetterId, DocumentId,
    DelegationId, LetterBatchId, LetterJobId, ActId, PaymentId, IndicatorId, JournalId, MailId,
    PracticeNoteId, PracticeReplyId,
    InstalmentId, ClawbackId,
}
