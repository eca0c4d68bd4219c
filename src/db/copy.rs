//! A whole database into one file and back. SQLite copies itself; PostgreSQL is left to its own `pg_dump` and
//! `pg_restore`, found on the PATH.

use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use percent_encoding::percent_decode_str;

use super::url::DatabaseUrl;
use crate::fault::Fault;

/// Writes the database as it stands at one instant, while others go on writing to it.
///
/// # Errors
/// When there is no database, when the file exists, when the disk or `pg_dump` refuses.
pub fn copy_out(url: &DatabaseUrl, file: &Path) -> Result<(), Fault> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            if !path.exists() {
                return Err(Fault::internal(format!("{}: there is no such database", path.display())));
            }
            let mut connection = open_sqlite(path)?;
            connection.batch_execute("PRAGMA busy_timeout = 10000")?;
            let target = file.to_str().ok_or_else(|| Fault::internal("the backup's path is not UTF-8"))?;
            connection.batch_execute(&format!("VACUUM INTO '{}'", target.replace('\'', "''")))?;
            whole_sqlite(file)?;
            std::fs::File::open(file)?.sync_all()?;
        }
        DatabaseUrl::Postgres(url) => {
            run_on("pg_dump", url, &["--format=custom", "--no-owner", "--no-privileges", "--file"], file)?;
            std::fs::File::open(file)?.sync_all()?;
        }
    }
    Ok(())
}

/// Makes the database again from a file of [`copy_out`]: all of it or nothing.
///
/// # Errors
/// When the database is not empty, when the disk or `pg_restore` refuses.
pub fn copy_in(url: &DatabaseUrl, file: &Path) -> Result<(), Fault> {
    must_be_empty(url)?;
    match url {
        DatabaseUrl::Sqlite(path) => {
            let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let coming = beside(path, ".coming");
            std::fs::copy(file, &coming)?;
            whole_sqlite(&coming)?;
            std::fs::File::open(&coming)?.sync_all()?;
            std::fs::rename(&coming, path)?;
            std::fs::File::open(folder)?.sync_all()?;
            Ok(())
        }
        DatabaseUrl::Postgres(url) => {
            let options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"];
            run_on("pg_restore", url, &options, file)
        }
    }
}

/// # Errors
/// When something is there already, told with its name.
pub fn must_be_empty(url: &DatabaseUrl) -> Result<(), Fault> {
    let taken = match url {
        // A log left beside a database that was removed would be played into the one that comes.
        DatabaseUrl::Sqlite(path) => ["", "-wal", "-shm", "-journal"]
            .iter()
            .map(|end| beside(path, end))
            .find(|path| path.exists())
            .map(|path| format!("{} exists", path.display())),
        DatabaseUrl::Postgres(url) => {
            let mut connection =
                PgConnection::establish(url).map_err(|e| Fault::Unavailable(format!("database unreachable: {e}")))?;
            let relations: i64 = diesel::select(diesel::dsl::sql::<BigInt>(
                "(SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))",
            ))
            .get_result(&mut connection)?;
            (relations > 0).then(|| "the database holds tables".to_owned())
        }
    };
    taken.map_or(Ok(()), |what| Err(Fault::internal(format!("{what}: a restoration needs an empty place"))))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn open_sqlite(path: &Path) -> Result<SqliteConnection, Fault> {
    SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|e| Fault::internal(format!("{}: {e}", path.display())))
}

/// Reads every page of a copy.
fn whole_sqlite(path: &Path) -> Result<(), Fault> {
    let verdict: String = diesel::dsl::sql::<diesel::sql_types::Text>("PRAGMA quick_check(1)")
        .get_result(&mut open_sqlite(path)?)
        .map_err(|e| Fault::internal(format!("{}: {e}", path.display())))?;
    if verdict == "ok" { Ok(()) } else { Err(Fault::internal(format!("{}: {verdict}", path.display()))) }
}

/// Runs one of PostgreSQL's programs; the password goes through the environment, where other accounts do not see it.
fn run_on(program: &str, url: &str, options: &[&str], file: &Path) -> Result<(), Fault> {
    let (url, password) = without_password(url);
    let mut command = Command::new(program);
    command.args(options).arg(file).arg("--dbname").arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let output = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Fault::internal(format!(
            "{program} is not on the PATH: install PostgreSQL's client programs, of the server's version or a later one"
        )),
        _ => Fault::internal(format!("{program}: {e}")),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Fault::internal(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}

/// The address without its password, and the password, percent-decoded.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find('/').unwrap_or(rest.len());
        let (user, _) = rest[..end].rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        Some((format!("{scheme}://{name}{}", &rest[user.len()..]), password))
    });
    match parts {
        Some((bare, password)) => (bare, Some(percent_decode_str(password).decode_utf8_lossy().into_owned())),
        None => (url.to_owned(), None),
    }
}
