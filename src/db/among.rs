//! Lists of values in queries, sent as one JSON text: whatever its length, the statement is the same, so that it is
//! prepared once a connection. Diesel's own `eq_any` over values is prepared at every call.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, HasSqlType, SingleValue, SqlType, Text};
use serde::Serialize;

use super::Dialect;

/// What lists are made of, under the name that PostgreSQL casts to.
pub trait Element: SqlType + SingleValue + TypedExpressionType {
    const NAME: &'static str;
}

impl Element for BigInt {
    const NAME: &'static str = "BIGINT";
}

impl Element for Text {
    const NAME: &'static str = "TEXT";
}

/// `column IN (values)`; false for an empty list.
///
/// A value is sent as it is serialised, which for ids and codes is as it is stored.
pub fn among<C, V>(column: C, values: impl IntoIterator<Item = V>) -> Among<C>
where
    C: Expression<SqlType: Element>,
    V: Serialize + AsExpression<C::SqlType>,
{
    Among { column, list: listed(values), outside: false }
}

/// `column NOT IN (values)`; true for an empty list.
pub fn outside<C, V>(column: C, values: impl IntoIterator<Item = V>) -> Among<C>
where
    C: Expression<SqlType: Element>,
    V: Serialize + AsExpression<C::SqlType>,
{
    Among { column, list: listed(values), outside: true }
}

/// Ids and codes always serialise; what did not would be refused by both databases as no JSON.
fn listed<V: Serialize>(values: impl IntoIterator<Item = V>) -> String {
    serde_json::to_string(&values.into_iter().collect::<Vec<V>>()).unwrap_or_default()
}

/// The condition that [`among`] and [`outside`] make.
#[derive(Clone, Debug)]
pub struct Among<C> {
    column: C,
    list: String,
    outside: bool,
}

impl<C: Expression> Expression for Among<C> {
    type SqlType = Bool;
}

impl<C, From> AppearsOnTable<From> for Among<C>
where
    C: AppearsOnTable<From>,
    Self: Expression,
{
}

impl<C, From> SelectableExpression<From> for Among<C>
where
    C: SelectableExpression<From>,
    Self: AppearsOnTable<From>,
{
}

impl<C: ValidGrouping<GroupBy>, GroupBy> ValidGrouping<GroupBy> for Among<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryId> QueryId for Among<C> {
    // The two conditions differ by a word, which the type does not hold.
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> QueryFragment<Dialect> for Among<C>
where
    C: QueryFragment<Dialect> + Expression<SqlType: Element>,
    Dialect: Backend + HasSqlType<Text>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        match pass.backend() {
            Dialect::Sqlite(_) => {
                pass.push_sql(if self.outside { " NOT IN" } else { " IN" });
                pass.push_sql(" (SELECT value FROM json_each(");
                pass.push_bind_param::<Text, String>(&self.list)?;
                pass.push_sql("))");
            }
            Dialect::Postgres(_) => {
                // An array, and not a query, so that an index serves wherever the condition stands.
                pass.push_sql(if self.outside { " <> ALL" } else { " = ANY" });
                pass.push_sql(" (ARRAY(SELECT CAST(value AS ");
                pass.push_sql(<C::SqlType as Element>::NAME);
                pass.push_sql(") FROM json_array_elements_text(CAST(");
                pass.push_bind_param::<Text, String>(&self.list)?;
                pass.push_sql(" AS JSON)) AS listed (value)))");
            }
        }
        Ok(())
    }
}
