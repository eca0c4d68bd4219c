//! The real binary as a child process, on loopback.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use super::place::Place;
use crate::support::Client;

/// A command of the binary with the settings of a place.
pub fn essaim(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_essaim"));
    command
        .args(arguments)
        .env("ESSAIM_DATABASE_URL", place.database_url())
        .env("ESSAIM_FILES", &place.files)
        .env("ESSAIM_BIND", "127.0.0.1:0")
        .env("ESSAIM_LOG", "warn");
    command
}

/// Runs a command to its end.
pub fn run(place: &Place, arguments: &[&str]) -> Output {
    essaim(place, arguments).output().unwrap()
}

/// Everything printed, for messages.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `essaim check` finds nothing.
#[track_caller]
pub fn check(place: &Place) {
    let output = run(place, &["check"]);
    assert!(output.status.success(), "{}", said(&output));
}

/// `essaim serve`, killed when dropped.
pub struct Served {
    child: Child,
    pub base_url: String,
    log: tempfile::NamedTempFile,
    /// Held open: a program whose output nobody takes dies of it.
    _output: BufReader<ChildStdout>,
}

impl Served {
    pub fn start(place: &Place, smtp: Option<&str>) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = essaim(place, &["serve"]);
        command.stdout(Stdio::piped()).stderr(Stdio::from(log.reopen().unwrap()));
        if let Some(smtp) = smtp {
            command.env("ESSAIM_SMTP_URL", smtp);
        }
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let mut served = Self { child, base_url: String::new(), log, _output: output };
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.unwrap_or_else(|| panic!("the server does not start: {}", served.log()));
        served.base_url = format!("http://{address}");
        served
    }

    pub fn client(&self) -> Client {
        Client::new(&self.base_url)
    }

    /// What the process wrote on its standard error.
    pub fn log(&self) -> String {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut File::open(self.log.path()).unwrap(), &mut text).unwrap();
        text
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGKILL: no last words.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `TERM` or `INT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended; a process that does not end within a minute fails the test.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let asked = Stopwatch::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(asked.elapsed() < Duration::from_secs(60), "the process does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it as an administrator would.
    #[track_caller]
    pub fn stop(&mut self) {
        self.signal("TERM");
        assert!(self.ended().success(), "{}", self.log());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
