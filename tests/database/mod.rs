//! The migrations, on the backend of this run.

mod encryption;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use essaim::commands::demo::install;
use essaim::db::schema::institutions;
use essaim::db::{Among, Backend, Conn, DatabaseUrl, Db, Place, among, listed, outside};
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

/// Two processes, as two pools: one that reads before it writes is not overtaken in between, nor refused for it.
#[test]
fn whoever_reads_before_writing_keeps_the_turn() {
    use essaim::db::schema::institutions::table;
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let (one, two) = (Db::connect(&database.url, 1).unwrap(), Db::connect(&database.url, 1).unwrap());
    let (reading, read) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            one.write(|conn| {
                let before: i64 = table.count().get_result(conn)?;
                reading.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(300));
                Ok(diesel::sql_query(institution(&format!("LUE{before}"))).execute(conn)?)
            })
        });
        read.recv().unwrap();
        add_institution(&two, "AUTRE");
        assert_eq!(first.join().unwrap().unwrap(), 1);
    });
}

/// A total read after its rows is theirs, whatever is committed in between.
#[test]
fn a_reading_sees_the_database_at_one_instant() {
    use essaim::db::schema::institutions::table;
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 2).unwrap();
    let before_and_after = |code: &str| {
        let (db, code) = (&db, code.to_owned());
        move |conn: &mut Conn| -> Result<(i64, i64), Fault> {
            let before = table.count().get_result(conn)?;
            add_institution(db, &code);
            Ok((before, table.count().get_result(conn)?))
        }
    };
    assert_eq!(db.maintain(before_and_after("UNE")).unwrap(), (0, 1), "statements by themselves see what is new");
    assert_eq!(db.read(before_and_after("DEUX")).unwrap(), (1, 1));
    assert_eq!(db.read(|conn| Ok(table.count().get_result::<i64>(conn)?)).unwrap(), 2);
}

/// Neither a length nor a character of the values makes another list of them.
#[test]
fn rows_are_named_by_lists_of_any_length() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 1).unwrap();
    for code in ["UNE", "DEUX", r#"L'"AUTRE"\{é},"#] {
        add_institution(&db, code);
    }
    let codes = |wanted: Vec<String>| {
        let named = institutions::table.filter(listed(institutions::code, wanted)).select(institutions::code);
        let mut found = db.read(|conn| Ok(named.load::<String>(conn)?)).unwrap();
        found.sort();
        found
    };
    assert_eq!(codes(Vec::new()), Vec::<String>::new());
    assert_eq!(codes(vec!["UNE".into(), "AUCUNE".into(), "UNE".into()]), ["UNE"]);
    assert_eq!(codes(vec![r#"L'"AUTRE"\{é},"#.into()]), [r#"L'"AUTRE"\{é},"#]);
    let many = |count: i64| {
        let named = institutions::table.filter(listed(institutions::id, -count..count)).count();
        db.read(|conn| Ok(named.get_result::<i64>(conn)?)).unwrap()
    };
    assert_eq!((many(100), many(100_000)), (3, 3), "more ids than a statement takes values");
}

/// SQLite has one writer: those that wait for their turn leave the other connection to whoever reads.
#[test]
fn writers_that_wait_keep_no_reader_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("essaim.db"));
    let db = Db::connect(&url, 2).unwrap();
    db.migrate().unwrap();
    let (writing, written) = std::sync::mpsc::channel();
    let (leave, left) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let db = &db;
        scope.spawn(move || {
            db.write(|conn| {
                writing.send(()).unwrap();
                left.recv().unwrap();
                Ok(diesel::sql_query(institution("PREMIERE")).execute(conn)?)
            })
        });
        written.recv().unwrap();
        for code in ["DEUXIEME", "TROISIEME"] {
            scope.spawn(move || add_institution(db, code));
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        let read = db.read(|conn| Ok(institutions::table.count().get_result::<i64>(conn)?));
        leave.send(()).unwrap();
        assert_eq!(read.unwrap(), 0);
    });
    assert_eq!(count_institutions(&url), 3);
}

/// PostgreSQL gives a whole transaction up at its first error, and answers its commit with success all the same.
#[test]
fn a_transaction_given_up_is_not_said_to_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 1).unwrap();
    let before = count_institutions(&database.url);
    let written = db.write(|conn| {
        diesel::sql_query(institution("PERDUE")).execute(conn)?;
        let _ = diesel::sql_query("SELECT * FROM nowhere").execute(conn);
        Ok(())
    });
    assert_eq!(count_institutions(&database.url) - before, i64::from(written.is_ok()));
}

/// A file of the folder or a schema of the test's database.
fn place(database: &TestDatabase, folder: &std::path::Path, name: &'static str) -> Place {
    match &database.url {
        DatabaseUrl::Sqlite(_) => Place::File(folder.join(name)),
        DatabaseUrl::Postgres(server) => Place::Schema { server: server.clone(), name },
    }
}

fn institution(code: &str) -> String {
    let code = code.replace('\'', "''");
    format!(
        "INSERT INTO institutions (code, name, short_name, address, created_at) VALUES ('{code}', 'Nom', 'Nom', 'Rue', 0)"
    )
}

fn add_institution(db: &Db, code: &str) {
    db.write(|conn| Ok(diesel::sql_query(institution(code)).execute(conn)?)).unwrap();
}

fn count_institutions(url: &DatabaseUrl) -> i64 {
    Db::connect(url, 1).unwrap().read(|conn| Ok(institutions::table.count().get_result(conn)?)).unwrap()
}

#[test]
fn a_demonstration_is_put_in_place_whole_and_beside_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    add_institution(&Db::connect(&database.url, 1).unwrap(), "NEIGHBOUR");
    let home = place(&database, folder.path(), "demo");
    let workshop = place(&database, folder.path(), "demo_en_preparation");
    let fill = |url: &DatabaseUrl| {
        let db = Db::connect(url, 1).unwrap();
        db.migrate().unwrap();
        add_institution(&db, "DEMO");
    };
    let cut = install(&home, &workshop, |url| {
        fill(&url);
        Err(Fault::refused("stopped in the middle"))
    });
    assert!(cut.is_err());
    assert!(!home.exists().unwrap(), "a seeding that was cut short is not taken for a demonstration");
    install(&home, &workshop, |url| {
        fill(&url);
        Ok(())
    })
    .unwrap();
    assert!(home.exists().unwrap() && !workshop.exists().unwrap());
    assert_eq!(count_institutions(&home.url()), 1);
    home.remove().unwrap();
    assert!(!home.exists().unwrap());
    assert_eq!(count_institutions(&database.url), 1, "what stood beside it is still there");
}

fn names_of(db: &Db, condition: Among<institutions::code, &'static str>) -> Vec<String> {
    let codes = institutions::table.filter(condition).order(institutions::code).select(institutions::code);
    db.read(|conn| Ok(codes.load(conn)?)).unwrap()
}

#[test]
fn a_list_in_a_query_keeps_what_it_names_and_nothing_of_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = &Db::connect(&database.url, 1).unwrap();
    for code in ["A", "B", "C\"'\\"] {
        add_institution(db, code);
    }
    assert_eq!(names_of(db, among(institutions::code, ["A", "C\"'\\", "none of them"])), ["A", "C\"'\\"]);
    assert_eq!(names_of(db, outside(institutions::code, ["A", "C\"'\\"])), ["B"]);
    assert_eq!(names_of(db, among(institutions::code, [""; 0])), [""; 0]);
    assert_eq!(names_of(db, outside(institutions::code, [""; 0])).len(), 3);
    assert_eq!(names_of(db, among(institutions::code, [&["D"; 700][..], &["B"]].concat())), ["B"]);
    assert_eq!(names_of(db, outside(institutions::code, ["A", "B", "A"])), ["C\"'\\"]);
    // Rounded up, it would be more than SQLite takes.
    assert_eq!(names_of(db, among(institutions::code, [&["D"; 20_000][..], &["B"]].concat())), ["B"]);
}

/// `.cargo/config.toml` says how; nothing else would tell that it is not read.
#[test]
fn sqlite_is_compiled_for_this_use() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("essaim.sqlite3"));
    let db = Db::connect(&url, 1).unwrap();
    let options: Vec<Named> = db
        .read(|conn| Ok(diesel::sql_query("SELECT compile_options AS name FROM pragma_compile_options").load(conn)?))
        .unwrap();
    for expected in ["THREADSAFE=2", "DEFAULT_MEMSTATUS=0", "ENABLE_QPSG"] {
        assert!(options.iter().any(|option| option.name == expected), "{expected}: {options:?}");
    }
}

#[derive(Debug, QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A server that has gone is told from a mistake of ours, whatever words it leaves; the next request finds it again.
#[test]
fn a_connection_cut_by_the_server_is_no_mistake_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path());
    let db = Db::connect(&database.url, 1).unwrap();
    let run = |conn: &mut Conn, sql: &str| Ok(diesel::sql_query(sql).execute(conn)?);
    let mistaken = "SELECT * FROM nowhere";
    assert!(matches!(db.read(|conn| run(conn, mistaken)), Err(Fault::Internal(_))));
    assert!(matches!(db.write(|conn| run(conn, mistaken)), Err(Fault::Internal(_))));
    if db.backend() == Backend::Postgres {
        // Nothing is said of what comes after: the connection has no more words.
        let cut = |conn: &mut Conn| run(conn, "SELECT pg_terminate_backend(pg_backend_pid())");
        let cut_before = |conn: &mut Conn| {
            let _ = cut(conn);
            run(conn, "SELECT 1")
        };
        for gone in [db.read(cut), db.write(cut), db.read(cut_before), db.write(cut_before)] {
            assert!(matches!(gone, Err(Fault::Unavailable(_))), "{gone:?}");
        }
    }
    db.read(essaim::db::answer).expect("an answer");
}
