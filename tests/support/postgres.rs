//! A PostgreSQL server for one test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A PostgreSQL server of the test's own, that it may set and stop.
pub struct OwnPostgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    settings: String,
}

impl OwnPostgres {
    /// Nothing where PostgreSQL's server programs are not installed.
    pub fn start() -> Option<Self> {
        Self::start_with(|_| String::new())
    }

    /// With options of the server, that may name files made in its folder, which it must own.
    pub fn start_with(settings: impl FnOnce(&Path) -> String) -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs = versions.map(|v| v.unwrap().path().join("bin")).filter(|p| p.join("pg_ctl").exists()).max()?;
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings(folder.path());
        let own = Self { programs, folder, port, settings };
        if own.as_root() {
            let owned = Command::new("chown").args(["-R", "postgres"]).arg(own.folder.path()).status();
            owned.ok().filter(std::process::ExitStatus::success)?;
        }
        let data = own.data();
        own.run("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8"]);
        own.resume();
        Some(own)
    }

    fn as_root(&self) -> bool {
        std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(self.folder.path()).unwrap()) == 0
            || Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0"))
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if self.as_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Not into our pipes: the server would keep them open.
        let quiet = || std::fs::File::create("/dev/null").unwrap();
        let status = command.args(arguments).stdout(quiet()).stderr(quiet()).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    pub fn resume(&self) {
        let (port, folder, settings) = (self.port, self.folder().display(), &self.settings);
        let options = format!("-p {port} -k {folder} -c listen_addresses=127.0.0.1 {settings}");
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["-D", &self.data(), "-l", log.to_str().unwrap(), "-w", "-o", &options, "start"]);
    }

    /// As if its machine had lost power.
    pub fn stop_at_once(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let mut command = if self.as_root() { Command::new("runuser") } else { Command::new("env") };
        if self.as_root() {
            command.args(["-u", "postgres", "--"]);
        }
        let _ =
            command.arg(self.programs.join("pg_ctl")).args(["-D", &self.data(), "-m", "immediate", "stop"]).output();
    }
}
