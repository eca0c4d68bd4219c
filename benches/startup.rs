//! Size and start of the program: `cargo bench --bench startup`. Prints a table; nothing here is a test.
//!
//! Seeds a demonstration in a temporary folder, starts it again, times the first answers, then reads pages over eight
//! connections and reports the memory of the process. Linux only: memory is read from `/proc`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_essaim");
const PASSWORD: &str = "une abeille, deux ruches";
const CONNECTIONS: usize = 8;
const REQUESTS_EACH: usize = 500;
const PUBLIC: [&str; 4] = ["/", "/appels", "/connexion", "/mentions-legales"];
const DESK: [&str; 4] = ["/", "/gestion", "/appels/AAP-1000J-2021/gestion", "/appels/AAP-1000J-2021/decisions"];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    row("binary", &megabytes(std::fs::metadata(PROGRAM).unwrap().len()));
    let (mut process, _, took) = started(folder.path());
    row("first start, seeding included", &seconds(took));
    terminate(&process);
    process.wait().unwrap();
    let (mut process, base, took) = started(folder.path());
    row("second start, until the first answer", &seconds(took));
    row("memory at rest", &megabytes(memory(&process, "VmRSS")));
    let agent = agent();
    for path in PUBLIC {
        let (cold, warm) = (timed(&agent, &base, path), timed(&agent, &base, path));
        row(&format!("{path}, first time and again"), &format!("{} / {}", milliseconds(cold), milliseconds(warm)));
    }
    let signing_in = Instant::now();
    let form = [("email", "gestion@essaim.example"), ("password", PASSWORD)];
    assert_eq!(agent.post(format!("{base}/connexion")).send_form(form).unwrap().status().as_u16(), 303);
    row("first sign-in", &milliseconds(signing_in.elapsed()));
    for path in DESK {
        let (cold, warm) = (timed(&agent, &base, path), timed(&agent, &base, path));
        row(&format!("{path}, first time and again"), &format!("{} / {}", milliseconds(cold), milliseconds(warm)));
    }
    let began = Instant::now();
    std::thread::scope(|scope| {
        for hand in 0..CONNECTIONS {
            let (agent, base) = (&agent, &base);
            scope.spawn(move || {
                for i in 0..REQUESTS_EACH {
                    timed(agent, base, DESK[(hand + i) % DESK.len()]);
                }
            });
        }
    });
    let rate = (CONNECTIONS * REQUESTS_EACH) as f64 / began.elapsed().as_secs_f64();
    row("desk pages over 8 connections", &format!("{rate:.0} per second"));
    row("memory after it", &megabytes(memory(&process, "VmRSS")));
    row("memory at its highest", &megabytes(memory(&process, "VmHWM")));
    let stopping = Instant::now();
    terminate(&process);
    process.wait().unwrap();
    row("stop", &seconds(stopping.elapsed()));
}

fn row(what: &str, figure: &str) {
    println!("| {what:<62} | {figure:>20} |");
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into()
}

/// The demonstration, its address, and how long it took to answer.
fn started(folder: &Path) -> (Child, String, Duration) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let base = format!("http://{address}");
    let began = Instant::now();
    let mut process = Command::new(PROGRAM)
        .args(["demo", "--bind", &address, "--folder"])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let agent = agent();
    loop {
        assert!(process.try_wait().unwrap().is_none(), "the demonstration has ended");
        // While it seeds, the port is taken and silent: a request would wait for it.
        match agent.get(format!("{base}/appels")).call() {
            Ok(mut page) if page.status() == 200 => {
                page.body_mut().read_to_vec().unwrap();
                return (process, base, began.elapsed());
            }
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn terminate(process: &Child) {
    assert!(Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap().success());
}

/// One page, read whole.
fn timed(agent: &ureq::Agent, base: &str, path: &str) -> Duration {
    let began = Instant::now();
    let mut page = agent.get(format!("{base}{path}")).call().unwrap();
    assert_eq!(page.status().as_u16(), 200, "{path}");
    page.body_mut().read_to_vec().unwrap();
    began.elapsed()
}

/// Bytes of a line of `/proc/PID/status`.
fn memory(process: &Child, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let kilobytes = status.lines().find_map(|l| l.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap() * 1024
}
