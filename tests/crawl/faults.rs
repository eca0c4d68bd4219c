//! What is wrong, said once for all the addresses that share it.

use std::collections::BTreeMap;

use super::document::Document;
use crate::support::Reply;

#[derive(Default)]
pub struct Faults {
    /// By shape and by what is wrong whatever the figures: who met it first and where, and how often it was met.
    found: BTreeMap<(String, String), (String, usize)>,
}

impl Faults {
    pub fn add(&mut self, who: &str, shape: &str, what: String) {
        let kind: String = what.chars().filter(|c| !c.is_ascii_digit()).collect();
        let first = || {
            eprintln!("[{shape}] {who}: {what}");
            (format!("{who}: {what}"), 0)
        };
        self.found.entry((shape.to_owned(), kind)).or_insert_with(first).1 += 1;
    }

    /// What no page should show, whoever reads it.
    pub fn of_markup(&self, document: &Document, reply: &Reply) -> Vec<String> {
        let mut mistakes = document.mistakes.clone();
        if document.headings != 1 {
            mistakes.push(format!("{} first headings", document.headings));
        }
        if document.title.split(" – ").filter(|part| !part.is_empty()).count() < 2 {
            mistakes.push(format!("the title is « {} »", document.title));
        }
        if reply.status >= 400 && !document.title.starts_with("Erreur – ") {
            mistakes.push(format!("an error whose title is « {} »", document.title));
        }
        if !reply.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")) {
            mistakes.push("no security policy".to_owned());
        }
        mistakes
    }

    /// # Panics
    /// When anything was wrong.
    pub fn settle(self) {
        let lines: Vec<String> =
            self.found.into_iter().map(|((shape, _), (what, times))| format!("[{shape}] ({times}) {what}")).collect();
        assert!(lines.is_empty(), "{} faults:\n{}", lines.len(), lines.join("\n"));
    }
}
