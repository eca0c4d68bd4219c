//! A load generator: blocking connections kept alive, one thread each, every answer read whole and checked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::server::Server;

/// What is asked, as the bytes sent; and the status every answer must have.
pub struct Request {
    pub bytes: Vec<u8>,
    pub status: u16,
}

/// A page, as a signed-in browser asks for it.
pub fn get(path: &str, cookie: &str) -> Request {
    let bytes = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n").into_bytes();
    Request { bytes, status: 200 }
}

/// A form, as a signed-in browser posts it; every form that succeeds redirects.
pub fn post(path: &str, cookie: &str, body: &str) -> Request {
    let bytes = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    Request { bytes: bytes.into_bytes(), status: 303 }
}

/// A form that somebody unknown posts, each from an address of their own: the throttle counts by address.
pub fn visitor(path: &str, body: &str, number: usize, status: u16) -> Request {
    let bytes = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 10.{}.{}.{}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        number >> 16 & 255,
        number >> 8 & 255,
        number & 255,
        body.len()
    );
    Request { bytes: bytes.into_bytes(), status }
}

/// What a run gave.
pub struct Measure {
    pub requests: usize,
    /// Wall time of the whole run, preparation of each request included.
    pub seconds: f64,
    /// Of each request, sorted, in milliseconds.
    latencies: Vec<f64>,
    /// Processor time of the server a request, in milliseconds.
    pub cpu: f64,
    /// Size of the last body.
    pub bytes: usize,
    /// The last body.
    pub body: Vec<u8>,
}

impl Measure {
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// The latency that this part of the requests stays under, in milliseconds.
    pub fn percentile(&self, part: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[((last as f64) * part).round() as usize]
    }
}

/// When a run ends: at the first of the two, but never before every connection has asked once.
#[derive(Clone, Copy)]
pub struct Bound {
    pub time: Duration,
    pub requests: usize,
}

/// Sends request after request on each connection. `request` makes the one of a number, and may change the database first;
/// its time is not in the latency.
pub fn run(server: &Server, connections: usize, bound: Bound, request: &(dyn Fn(usize) -> Request + Sync)) -> Measure {
    let next = AtomicUsize::new(0);
    let (cpu, started) = (server.cpu(), Instant::now());
    let outcomes: Vec<(Vec<f64>, Vec<u8>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(server.address);
                    let (mut latencies, mut body) = (Vec::new(), Vec::new());
                    while latencies.is_empty() || started.elapsed() < bound.time {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= bound.requests {
                            break;
                        }
                        let request = request(number);
                        let asked = Instant::now();
                        let status = connection.exchange(&request.bytes, &mut body);
                        latencies.push(asked.elapsed().as_secs_f64() * 1000.0);
                        assert_eq!(
                            status,
                            request.status,
                            "{}: {}",
                            String::from_utf8_lossy(&request.bytes),
                            String::from_utf8_lossy(&body)
                        );
                    }
                    (latencies, body)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    let mut latencies: Vec<f64> = outcomes.iter().flat_map(|(latencies, _)| latencies.iter().copied()).collect();
    latencies.sort_by(f64::total_cmp);
    let body = outcomes.into_iter().map(|(_, body)| body).next().unwrap_or_default();
    Measure {
        requests: latencies.len(),
        seconds,
        cpu: (server.cpu() - cpu) * 1000.0 / latencies.len() as f64,
        latencies,
        bytes: body.len(),
        body,
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream: BufReader::with_capacity(64 * 1024, stream) }
    }

    /// Sends a request, reads the answer into `body`, answers its status.
    fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> u16 {
        self.stream.get_mut().write_all(request).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            assert!(!header.starts_with("transfer-encoding"), "answers have a length");
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        body.resize(length, 0);
        self.stream.read_exact(body).unwrap();
        status
    }
}
