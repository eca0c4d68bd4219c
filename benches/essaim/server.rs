//! A process under measure: the service, or the floor. What it used is read from `/proc`.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ended when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

/// A loopback address that was free a moment ago.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Server {
    /// Waits until the process listens.
    pub fn start(mut command: Command, address: SocketAddr) -> Self {
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let server = Self { child, address };
        let patience = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < patience, "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// Processor time used so far, in seconds; the kernel counts in hundredths.
    pub fn cpu(&self) -> f64 {
        const TICKS_PER_SECOND: f64 = 100.0;
        let stat = self.proc("stat");
        // Fields are counted after the name, which is in parentheses and may have spaces.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / TICKS_PER_SECOND
    }

    /// Most memory resident so far, in megabytes.
    pub fn peak_memory(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
