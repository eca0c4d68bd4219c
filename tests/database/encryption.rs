//! What travels to PostgreSQL: in clear only on this machine, or where the address says so.

use std::path::Path;
use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use essaim::config::Settings;
use essaim::db::{DatabaseUrl, Db, TLS};
use essaim::fault::Fault;

use crate::support::database::server;
use crate::support::{OwnPostgres, skipped};

fn refusal(server: &str) -> Option<String> {
    refusal_where(server, &[])
}

/// What is said of an address where these variables are set.
fn refusal_where(server: &str, variables: &[(&str, &str)]) -> Option<String> {
    let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    DatabaseUrl::parse(&format!("postgres://{server}"), variable).err()
}

#[test]
fn a_server_of_this_machine_needs_no_encryption() {
    for near in [
        "essaim@localhost/essaim",
        "essaim:p%40ss@127.0.0.1:5433/essaim",
        "essaim@[::1]:5432/essaim",
        "essaim@/essaim",
        "/essaim?host=/var/run/postgresql",
        "essaim@%2Fvar%2Frun%2Fpostgresql/essaim",
        "essaim@localhost,127.0.0.1/essaim?application_name=essaim",
    ] {
        assert_eq!(refusal(near), None, "{near}");
    }
}

#[test]
fn a_server_elsewhere_is_not_reached_in_clear_unless_told() {
    for far in [
        "essaim@db.example/essaim",
        "essaim:secret@10.0.0.1:5432/essaim",
        "essaim@localhost,db.example/essaim",
        "essaim@localhost@db.example/essaim",
        "essaim@[fd00::1]/essaim",
        "essaim@localhost/essaim?host=db.example",
        "essaim@localhost/essaim?hostaddr=10.0.0.1",
        "essaim@localhost/essaim?service=production",
        "essaim@db.example?application_name=sslmode",
        // What comes before an at sign is a name, whatever it looks like.
        "localhost?name@db.example/essaim",
        "localhost?sslmode=disable@db.example/essaim",
    ] {
        let refusal = refusal(far).unwrap_or_else(|| panic!("{far} is accepted"));
        assert!(refusal.contains("sslmode=verify-full") && refusal.contains("sslmode=disable"), "{far}: {refusal}");
    }
    assert_eq!(refusal("essaim@db.example/essaim?sslmode=disable"), None);
}

/// libpq takes from its variables what the address leaves out.
#[test]
fn a_server_that_a_variable_names_is_held_to_the_same() {
    let far = [
        ("essaim@/essaim", "PGHOST", "db.example"),
        ("/essaim", "PGHOST", "localhost,db.example"),
        ("essaim@localhost/essaim", "PGHOSTADDR", "10.0.0.1"),
        ("essaim@localhost/essaim", "PGSERVICE", "production"),
    ];
    for (server, name, value) in far {
        assert!(refusal_where(server, &[(name, value)]).is_some(), "{server} where {name}={value}");
        let said = [(name, value), ("PGSSLMODE", "disable")];
        assert_eq!(refusal_where(server, &said), None, "{server} where {name}={value}");
    }
    for (server, name, value) in [
        ("essaim@localhost/essaim", "PGHOST", "db.example"),
        ("essaim@/essaim", "PGHOST", "/var/run/postgresql"),
        ("essaim@/essaim", "PGHOSTADDR", "127.0.0.1"),
    ] {
        assert_eq!(refusal_where(server, &[(name, value)]), None, "{server} where {name}={value}");
    }
}

#[test]
fn a_program_without_tls_says_so_of_an_address_that_asks_for_it() {
    for asked in
        ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "sslmode=prefer&sslmode=require", "ssl=true"]
    {
        for host in ["db.example", "localhost"] {
            let refusal = refusal(&format!("essaim@{host}/essaim?{asked}"));
            let expected = (!TLS).then(|| "--features postgres-tls".to_owned());
            assert_eq!(refusal.is_some(), expected.is_some(), "{host} {asked}");
            assert!(refusal.unwrap_or_default().contains(&expected.unwrap_or_default()));
        }
    }
}

#[test]
fn a_refused_address_is_told_without_its_password() {
    for url in ["postgres://essaim:s3cret@db.example/essaim", "postgres://db.example/essaim?user=a&password=s3cret&x=y"]
    {
        let read = Settings::read(|name| (name == "ESSAIM_DATABASE_URL").then(|| url.to_owned()));
        let errors = read.unwrap_err().join("\n");
        assert!(errors.contains("db.example") && errors.contains('…') && !errors.contains("s3cret"), "{errors}");
    }
}

#[derive(QueryableByName)]
struct Encrypted {
    #[diesel(sql_type = Bool)]
    ssl: bool,
}

/// Whether the server says that this connection is encrypted.
fn is_encrypted(url: &str) -> Result<bool, Fault> {
    let db = Db::connect(&DatabaseUrl::parse(url, |_| None).unwrap(), 1)?;
    db.read(|conn| {
        let query = diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        Ok(query.get_result::<Encrypted>(conn)?.ssl)
    })
}

/// A certificate of the loopback address, with its key.
fn certificate(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
        .arg(folder.join(format!("{name}.key")))
        .arg("-out")
        .arg(folder.join(format!("{name}.crt")))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[test]
fn a_server_is_reached_over_tls_and_its_certificate_verified() {
    if server().is_none() {
        return;
    }
    if !TLS {
        skipped("built without --features postgres-tls: TLS with PostgreSQL is not tried");
        return;
    }
    let settings = |folder: &Path| {
        certificate(folder, "server");
        certificate(folder, "other");
        let file = |name: &str| folder.join(name).display().to_string();
        format!("-c ssl=on -c ssl_cert_file={} -c ssl_key_file={}", file("server.crt"), file("server.key"))
    };
    let Some(postgres) = OwnPostgres::start_with(settings) else {
        skipped("PostgreSQL's server programs are not installed: TLS with it is not tried");
        return;
    };
    let url = |mode: &str, root: &str| {
        format!("{}?sslmode={mode}&sslrootcert={}", postgres.url(), postgres.folder().join(root).display())
    };
    assert!(is_encrypted(&url("verify-full", "server.crt")).unwrap());
    assert!(is_encrypted(&url("require", "server.crt")).unwrap());
    assert!(!is_encrypted(&url("disable", "server.crt")).unwrap());
    let refused = is_encrypted(&url("verify-full", "other.crt")).unwrap_err();
    assert!(format!("{refused:?}").contains("database unreachable"), "{refused:?}");
}
