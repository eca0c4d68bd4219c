//! How our own types are stored: ids, cents and instants as `BIGINT`.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

use crate::base::clock::Instant;
use crate::base::ids::*;
use crate::base::money::Cents;

macro_rules! bigint_columns {
    ($($name:ty),+ $(,)?) => {$(
        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
    )+};
}

bigint_columns!(
    Cents,
    Instant,
    AccountId,
    InstitutionId,
    OrganisationId,
    CallId,
    DefinitionId,
    DossierId,
    DossierVersionId,
    AttachmentId,
    CompletionId,
    EditorId,
    AssignmentId,
    ReviewId,
    SessionId,
    OpinionId,
    EnvelopeId,
    FundingLineId,
    DecisionId,
    LetterId,
    DocumentId,
    DelegationId,
    LetterBatchId,
    LetterJobId,
    ActId,
    PaymentId,
    IndicatorId,
    JournalId,
    MailId,
    PracticeNoteId,
    PracticeReplyId,
    InstalmentId,
    ClawbackId,
);
