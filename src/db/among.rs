//! Few values in queries, whose statements are prepared once a connection.
//!
//! Diesel's own `eq_any` over values is another statement for each length of the list, and is prepared at every call.
//! Here lengths are rounded up to a power of two, the last value standing for those that the list lacks; a long list is
//! sent as it is, and its statement is not kept. Rows named by a list go through [`listed`](super::listed).

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, SingleValue, SqlType};

/// The longest list whose statement is kept: each length kept costs memory on every connection.
const LONGEST_KEPT: usize = 64;

/// `column IN (values)`; false for an empty list. Both databases bound a list, to some 32,000 values.
pub fn among<C, V>(column: C, values: impl IntoIterator<Item = V>) -> Among<C, V>
where
    C: Expression<SqlType: SqlType>,
    V: AsExpression<C::SqlType>,
{
    Among { column, values: values.into_iter().collect(), outside: false }
}

/// `column NOT IN (values)`; true for an empty list.
pub fn outside<C, V>(column: C, values: impl IntoIterator<Item = V>) -> Among<C, V>
where
    C: Expression<SqlType: SqlType>,
    V: AsExpression<C::SqlType>,
{
    Among { column, values: values.into_iter().collect(), outside: true }
}

/// The condition that [`among`] and [`outside`] make.
#[derive(Clone, Debug)]
pub struct Among<C, V> {
    column: C,
    values: Vec<V>,
    outside: bool,
}

impl<C: Expression, V> Expression for Among<C, V> {
    type SqlType = Bool;
}

impl<C, V, From> AppearsOnTable<From> for Among<C, V>
where
    C: AppearsOnTable<From>,
    Self: Expression,
{
}

impl<C, V, From> SelectableExpression<From> for Among<C, V>
where
    C: SelectableExpression<From>,
    Self: AppearsOnTable<From>,
{
}

impl<C: ValidGrouping<GroupBy>, V, GroupBy> ValidGrouping<GroupBy> for Among<C, V> {
    type IsAggregate = C::IsAggregate;
}

/// Known by its text, which depends on the length.
impl<C, V> QueryId for Among<C, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V, DB> QueryFragment<DB> for Among<C, V>
where
    DB: Backend + HasSqlType<C::SqlType>,
    C: Expression<SqlType: SingleValue> + QueryFragment<DB>,
    V: ToSql<C::SqlType, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some(last) = self.values.last() else {
            pass.push_sql(if self.outside { "1 = 1" } else { "0 = 1" });
            return Ok(());
        };
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(if self.outside { " NOT IN (" } else { " IN (" });
        let length = self.values.len();
        let lacking = if length > LONGEST_KEPT {
            pass.unsafe_to_cache_prepared();
            0
        } else {
            length.next_power_of_two() - length
        };
        for (index, value) in self.values.iter().chain(std::iter::repeat_n(last, lacking)).enumerate() {
            if index > 0 {
                pass.push_sql(", ");
            }
            pass.push_bind_param::<C::SqlType, V>(value)?;
        }
        pass.push_sql(")");
        Ok(())
    }
}
