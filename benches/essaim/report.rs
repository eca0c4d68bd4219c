//! The table written to `benches/README.md`.

use std::fmt::Write as _;
use std::time::Duration;

use crate::load::Measure;

pub struct Section {
    pub title: String,
    pub told: String,
    pub rows: Vec<Row>,
    pub bulk: Vec<Bulk>,
    /// Most memory resident, in megabytes.
    pub memory: f64,
}

impl Section {
    pub fn new(title: impl Into<String>, told: &str) -> Self {
        Self { title: title.into(), told: told.to_owned(), rows: Vec::new(), bulk: Vec::new(), memory: 0.0 }
    }
}

pub struct Row {
    name: String,
    path: String,
    kilobytes: f64,
    /// Processor time of the server a request, in milliseconds, one connection.
    cpu: f64,
    /// Requests a second, latency median and 99th percentile in milliseconds: one connection, then eight.
    few: (f64, f64, f64),
    many: Option<(f64, f64, f64)>,
    /// Requests a second of the floor.
    pub floor: Option<(f64, f64)>,
}

impl Row {
    pub fn new(name: &str, path: &str, few: &Measure, many: &Measure) -> Self {
        Self { many: Some(figures(many)), ..Self::alone(name, path, few) }
    }

    /// What is not asked by several at once.
    pub fn alone(name: &str, path: &str, few: &Measure) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            kilobytes: few.bytes as f64 / 1024.0,
            cpu: few.cpu,
            few: figures(few),
            many: None,
            floor: None,
        }
    }
}

/// Requests a second, latency median and 99th percentile in milliseconds.
fn figures(measure: &Measure) -> (f64, f64, f64) {
    (measure.per_second(), measure.percentile(0.5), measure.percentile(0.99))
}

/// A work done once, on many things.
pub struct Bulk {
    name: String,
    seconds: f64,
    /// Processor time of the server a thing, in milliseconds.
    cpu: f64,
}

impl Bulk {
    pub fn new(name: &str, things: usize, elapsed: Duration, cpu: f64) -> Self {
        Self { name: name.to_owned(), seconds: elapsed.as_secs_f64(), cpu: cpu * 1000.0 / things as f64 }
    }
}

/// Two significant digits or more: a latency of 0.42 ms, a rate of 12,345 a second.
fn figure(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => {
            let digits = format!("{v:.0}");
            let mut grouped = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
    }
}

pub fn markdown(sections: &[Section], elapsed: Duration) -> String {
    let mut text = include_str!("preface.md").to_owned();
    for section in sections {
        let _ = write!(text, "\n## {}\n\n{}\n\n", section.title, section.told);
        if !section.bulk.is_empty() {
            text.push_str("| work | seconds | CPU each, ms |\n|---|---:|---:|\n");
            for bulk in &section.bulk {
                let _ = writeln!(text, "| {} | {} | {} |", bulk.name, figure(bulk.seconds), figure(bulk.cpu));
            }
            text.push('\n');
        }
        text.push_str(
            "| page | kB | CPU, ms | 1 connection: req/s | p50, ms | p99, ms | 8 connections: req/s | p50, ms | p99, ms | \
             floor: req/s at 1, 8 |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for row in &section.rows {
            let floor =
                row.floor.map_or_else(|| "–".to_owned(), |(few, many)| format!("{}, {}", figure(few), figure(many)));
            let many = row.many.map_or_else(
                || "– | – | –".to_owned(),
                |(rate, half, most)| format!("{} | {} | {}", figure(rate), figure(half), figure(most)),
            );
            let _ = writeln!(
                text,
                "| {} `{}` | {} | {} | {} | {} | {} | {many} | {floor} |",
                row.name,
                row.path,
                figure(row.kilobytes),
                figure(row.cpu),
                figure(row.few.0),
                figure(row.few.1),
                figure(row.few.2),
            );
        }
        let _ = writeln!(text, "\nMemory of the server, at most: {} MB.", figure(section.memory));
    }
    let _ = writeln!(text, "\nThe whole run took {:.0} s.", elapsed.as_secs_f64());
    text
}
