//! A mail server of the tests' own on loopback: speaks SMTP, keeps what it takes.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone)]
pub struct MailServer {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Refuses recipients named `refuse`.
    pub fn start() -> Self {
        Self::slow(Duration::ZERO)
    }

    /// Thinks for a while about each mail.
    pub fn slow(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = server.taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let taken = taken.clone();
                std::thread::spawn(move || talk(stream.unwrap(), pause, &taken));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What was taken so far, headers and all, in order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

/// One client, until it leaves or is killed.
fn talk(mut stream: TcpStream, pause: Duration, taken: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    stream.write_all(b"220 peer\r\n").ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
        let command = line.trim_end().to_owned();
        line.clear();
        let answer: &[u8] = match command.split_whitespace().next().unwrap_or_default() {
            "RCPT" if command.contains("refuse@") => b"550 no such person\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let mut body = String::new();
                while line != ".\r\n" {
                    body.push_str(&line);
                    line.clear();
                    // A client killed in the middle leaves half a mail: not taken.
                    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
                }
                line.clear();
                std::thread::sleep(pause);
                taken.lock().unwrap().push(body);
                b"250 taken\r\n"
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n");
                break;
            }
            _ => b"250 good\r\n",
        };
        stream.write_all(answer).ok()?;
    }
    Some(())
}
