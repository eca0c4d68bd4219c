//! Rows named by a list, however long.
//!
//! The list is one bound text, so that a query has one statement whatever the length, known by its type and prepared once
//! a connection. Few values inside a query that has an order of its own go through [`among`](super::among) instead: there,
//! how many they are is what the database plans with.

use diesel::expression::{AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Nullable, SqlType, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

use super::Dialect;

/// `column IN (values)`; false for an empty list. Values serialise to what the column holds.
pub fn listed<C, V>(column: C, values: impl IntoIterator<Item = V>) -> Listed<C>
where
    C: Expression<SqlType: SqlType>,
    V: AsExpression<C::SqlType> + Serialize,
{
    let values: Vec<V> = values.into_iter().collect();
    // What did not serialise would be an empty text: no list, which both databases refuse.
    Listed { column, values: serde_json::to_string(&values).unwrap_or_default() }
}

/// The condition that [`listed`] makes.
#[derive(Clone, Debug)]
pub struct Listed<C> {
    column: C,
    /// As a JSON array.
    values: String,
}

/// What PostgreSQL calls a list of values of a type.
pub trait ListType {
    const NAME: &'static str;
}

impl ListType for BigInt {
    const NAME: &'static str = "bigint[]";
}

impl ListType for Text {
    const NAME: &'static str = "text[]";
}

impl<T: ListType + SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>> ListType for Nullable<T> {
    const NAME: &'static str = T::NAME;
}

impl<C: Expression> Expression for Listed<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<From>, From> AppearsOnTable<From> for Listed<C> {}

impl<C: SelectableExpression<From>, From> SelectableExpression<From> for Listed<C> {}

impl<C: ValidGrouping<GroupBy>, GroupBy> ValidGrouping<GroupBy> for Listed<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryId> QueryId for Listed<C> {
    type QueryId = Listed<C::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Listed<C> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" IN (SELECT value FROM json_each(");
        pass.push_bind_param::<Text, String>(&self.values)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg> + Expression<SqlType: ListType>> QueryFragment<Pg> for Listed<C> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" = ANY (ARRAY(SELECT json_array_elements_text(");
        pass.push_bind_param::<Text, String>(&self.values)?;
        pass.push_sql("::json))::");
        pass.push_sql(C::SqlType::NAME);
        pass.push_sql(")");
        Ok(())
    }
}

impl<C> QueryFragment<Dialect> for Listed<C>
where
    Self: QueryFragment<Sqlite> + QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        Dialect::walk_variant_ast(self, pass)
    }
}
