//! The migrations, on the backend of this run.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use essaim::db::{Backend, Db};
use essaim::fault::Fault;

use crate::support::database::TestDatabase;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    nullable: i64,
}

/// Tables of `src/db/schema`, as table → column → whether it may be null.
fn declared() -> BTreeMap<String, BTreeMap<String, bool>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema");
    let mut tables = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for block in source.split("diesel::table! {").skip(1) {
            let (name, rest) = block.split_once('(').unwrap();
            let body = rest.split_once('{').unwrap().1.split_once('}').unwrap().0;
            let columns = body
                .lines()
                .filter_map(|line| line.split_once("->"))
                .map(|(column, kind)| (column.trim().to_owned(), kind.contains("Nullable")))
                .collect();
            tables.insert(name.trim().to_owned(), columns);
        }
    }
    tables
}

fn columns_of(db: &Db, table: &str) -> BTreeMap<String, bool> {
    let query = match db.backend() {
        Backend::Sqlite => {
            format!(
                "SELECT name, CASE WHEN \"notnull\" = 1 OR pk > 0 THEN 0 ELSE 1 END AS nullable FROM pragma_table_info('{table}')"
            )
        }
        Backend::Postgres => format!(
            "SELECT column_name::text AS name, CASE is_nullable WHEN 'YES' THEN 1::bigint ELSE 0::bigint END AS nullable \
             FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
        ),
    };
    db.read(|conn| Ok(diesel::sql_query(query).load::<Column>(conn)?))
        .unwrap()
        .into_iter()
        .map(|column| (column.name, column.nullable == 1))
        .collect()
}

#[test]
fn the_schema_says_what_the_migrations_make() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 1).unwrap();
    let declared = declared();
    assert!(declared.len() > 40, "{} tables read", declared.len());
    for (table, columns) in declared {
        assert_eq!(columns_of(&db, &table), columns, "{table}");
    }
}

#[test]
fn migrating_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    assert_eq!(Db::connect(&database.url, 1).unwrap().migrate().unwrap(), Vec::<String>::new());
}

#[test]
fn a_database_of_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 1).unwrap();
    db.write(|conn| {
        let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
        Ok(diesel::sql_query(sql).execute(conn)?)
    })
    .unwrap();
    match db.migrate() {
        Err(Fault::Internal(detail)) => assert!(detail.contains("20991231000000 is unknown here"), "{detail}"),
        other => panic!("{other:?}"),
    }
}
