//! Measures the service as its users meet it: `cargo bench` prepares databases, serves each with the release binary in a
//! process of its own, loads it over loopback, and writes `benches/README.md`.
//!
//! No page measured can come from a cache of answers: each request has another viewer than the one before, and a score
//! of a submitted review changes in the database before it.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod copies;
mod data;
mod floor;
mod load;
mod report;
mod rows;
mod server;

#[allow(dead_code, unused_imports)]
#[path = "../../tests/support/mod.rs"]
mod support;

fn main() {
    if let Some(bodies) = std::env::var_os(floor::BODIES) {
        return floor::serve(std::path::Path::new(&bodies));
    }
    // `cargo bench -- ranking` measures the sections whose name has this word, and writes nothing.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let started = std::time::Instant::now();
    // Databases are made in memory where there is such a folder, and served from disk.
    let shared = std::path::Path::new("/dev/shm");
    if shared.is_dir() {
        tempfile::env::override_temp_dir(shared).unwrap();
    }
    let mut sections = Vec::new();
    for section in rows::sections(wanted.as_deref()) {
        sections.push(section());
        let text = report::markdown(&sections, started.elapsed());
        if wanted.is_none() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/README.md"), text).unwrap();
        } else {
            println!("{text}");
        }
    }
}
