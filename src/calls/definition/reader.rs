//! Reads a TOML document value by value, keeping the line of each and noting every mistake instead of
//! stopping at the first.
//!
//! A value that cannot be read is replaced by a placeholder and its path is marked broken, so that the rules of
//! [`super::check`] say nothing more about it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, closest};

/// Longest one-line label, longest paragraph, longest code, in characters.
pub const LABEL_MAX: usize = 300;
pub const PARAGRAPH_MAX: usize = 3000;
pub const CODE_MAX: usize = 40;

/// What was learnt from the document so far.
pub(super) struct Reading {
    file: String,
    /// Byte offset at which each line starts.
    starts: Vec<usize>,
    /// The day relative dates count from.
    pub today: Option<Date>,
    lines: BTreeMap<String, usize>,
    broken: BTreeSet<String>,
    /// Paths of the model that come from another place of the file.
    aliases: Vec<(String, String)>,
    mistakes: Vec<Mistake>,
}

impl Reading {
    pub fn new(text: &str, file: &str, today: Option<Date>) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self {
            file: file.to_owned(),
            starts,
            today,
            lines: BTreeMap::new(),
            broken: BTreeSet::new(),
            aliases: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    pub fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// Notes a mistake of writing; the path is broken from now on.
    pub fn refuse(&mut self, line: usize, path: &str, message: impl Into<String>) {
        self.broken.insert(path.to_owned());
        self.note(line, path, message.into());
    }

    /// Notes a broken rule, unless the value could not even be read.
    pub fn report(&mut self, path: &str, message: impl Into<String>) {
        let path = self.in_file(path);
        if self.is_readable(&path) {
            let line = self.line_of(&path);
            self.note(line, &path, message.into());
        }
    }

    /// Keeps the rules quiet about a path whose mistake was noted elsewhere.
    pub fn silence(&mut self, path: String) {
        self.broken.insert(path);
    }

    fn note(&mut self, line: usize, path: &str, message: String) {
        let mistake = Mistake { line, path: path.to_owned(), message, file: self.file.clone() };
        if !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// Says that `path` of the model was written at `origin` in the file.
    pub fn alias(&mut self, path: String, origin: String) {
        self.aliases.push((path, origin));
    }

    /// Neither the value nor a table above it is broken.
    pub fn is_readable(&self, path: &str) -> bool {
        let mut prefix = path;
        loop {
            if self.broken.contains(prefix) {
                return false;
            }
            match prefix.rfind(['.', '[']) {
                Some(cut) => prefix = &prefix[..cut],
                None => return true,
            }
        }
    }

    /// Nothing at, above or below the path is broken: sums and cross-checks make sense.
    pub fn is_whole(&self, path: &str) -> bool {
        let path = self.in_file(path);
        self.is_readable(&path)
            && !self.broken.iter().any(|b| b.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['.', '['])))
    }

    /// Nothing is reported at or below the path: a later rule that reads it would only repeat what is said already.
    pub fn is_sound(&self, path: &str) -> bool {
        !self.mistakes.iter().any(|mistake| mistake.path.starts_with(path))
    }

    /// The same key of every item of a list is readable: a name found nowhere is truly unknown.
    pub fn knows_all(&self, list: &str, key: &str, count: usize) -> bool {
        self.is_readable(list) && (1..=count).all(|i| self.is_whole(&format!("{list}[{i}].{key}")))
    }

    pub fn into_mistakes(mut self) -> Vec<Mistake> {
        self.mistakes.sort();
        self.mistakes
    }

    fn in_file(&self, path: &str) -> String {
        self.aliases
            .iter()
            .find_map(|(from, to)| path.strip_prefix(from.as_str()).map(|rest| format!("{to}{rest}")))
            .unwrap_or_else(|| path.to_owned())
    }

    /// Line of the value, or of the nearest table that would hold it.
    pub fn line_of(&self, path: &str) -> usize {
        let mut prefix = path;
        loop {
            if let Some(line) = self.lines.get(prefix) {
                return *line;
            }
            match prefix.rfind(['.', '[']) {
                Some(cut) => prefix = &prefix[..cut],
                None => return 1,
            }
        }
    }
}

/// One table of the document; `entries` is absent when the table itself is missing or unreadable.
pub(super) struct Table<'a> {
    pub reading: &'a RefCell<Reading>,
    pub path: String,
    line: usize,
    entries: Option<&'a DeTable<'a>>,
    asked: Vec<&'static str>,
}

pub(super) type Value<'a> = &'a Spanned<DeValue<'a>>;

impl<'a> Table<'a> {
    pub fn root(reading: &'a RefCell<Reading>, entries: &'a DeTable<'a>) -> Self {
        Self { reading, path: String::new(), line: 1, entries: Some(entries), asked: Vec::new() }
    }

    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key and its line; the key is known from now on.
    pub fn find(&mut self, key: &'static str) -> Option<(Value<'a>, usize)> {
        self.asked.push(key);
        let value = self.entries?.get(key)?;
        let mut reading = self.reading.borrow_mut();
        let line = reading.line_at(value.span().start);
        let path = self.path_of(key);
        reading.lines.insert(path, line);
        Some((value, line))
    }

    /// Like [`Self::find`]; a missing key is a mistake at the table's line.
    pub fn demand(&mut self, key: &'static str, example: &str) -> Option<(Value<'a>, usize)> {
        let found = self.find(key);
        if found.is_none() && self.entries.is_some() {
            let message = format!("la clé « {key} » manque. Ajoutez {key} = {example}.");
            self.reading.borrow_mut().refuse(self.line, &self.path_of(key), message);
        }
        found
    }

    pub fn refuse(&self, line: usize, key: &str, message: impl Into<String>) {
        self.reading.borrow_mut().refuse(line, &self.path_of(key), message);
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    /// A required sub-table.
    pub fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Table<'a>) -> T) -> T {
        let found = self.demand(key, "{ … }");
        self.sub_table(found, self.path_of(key), read)
    }

    pub fn optional_table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Table<'a>) -> T) -> Option<T> {
        let found = self.find(key)?;
        Some(self.sub_table(Some(found), self.path_of(key), read))
    }

    /// A list of tables, `[[key]]` in the file; a missing list is a mistake.
    pub fn tables<T>(&mut self, key: &'static str, read: impl FnMut(&mut Table<'a>) -> T) -> Vec<T> {
        let found = self.demand(key, "[ { … } ]");
        self.list_of_tables(found, key, read)
    }

    pub fn optional_tables<T>(&mut self, key: &'static str, read: impl FnMut(&mut Table<'a>) -> T) -> Vec<T> {
        let found = self.find(key);
        self.list_of_tables(found, key, read)
    }

    fn list_of_tables<T>(
        &mut self,
        found: Option<(Value<'a>, usize)>,
        key: &'static str,
        mut read: impl FnMut(&mut Table<'a>) -> T,
    ) -> Vec<T> {
        let mut items = Vec::new();
        for (path, item, line) in self.list(found, key, "une liste de tables") {
            items.push(self.sub_table(Some((item, line)), path, &mut read));
        }
        items
    }

    /// The items of a list with their paths and lines.
    pub fn list(
        &mut self,
        found: Option<(Value<'a>, usize)>,
        key: &'static str,
        expected: &str,
    ) -> Vec<(String, Value<'a>, usize)> {
        let Some((value, line)) = found else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.refuse(line, key, wrong_type(expected, value.get_ref()));
            return Vec::new();
        };
        let mut reading = self.reading.borrow_mut();
        let items = array.iter().enumerate().map(|(i, item)| {
            let path = format!("{}[{}]", self.path_of(key), i + 1);
            let line = reading.line_at(item.span().start);
            reading.lines.insert(path.clone(), line);
            (path, item, line)
        });
        items.collect()
    }

    fn sub_table<T>(
        &self,
        found: Option<(Value<'a>, usize)>,
        path: String,
        read: impl FnOnce(&mut Table<'a>) -> T,
    ) -> T {
        let mut line = self.line;
        let mut entries = None;
        if let Some((value, at)) = found {
            line = at;
            match value.get_ref() {
                DeValue::Table(table) => entries = Some(table),
                other => self.reading.borrow_mut().refuse(at, &path, wrong_type("une table", other)),
            }
        }
        let mut table = Table { reading: self.reading, path, line, entries, asked: Vec::new() };
        let value = read(&mut table);
        table.finish();
        value
    }

    /// Every key nobody asked for is a mistake.
    pub fn finish(&self) {
        let Some(entries) = self.entries else { return };
        for key in entries.keys() {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let candidates = self.asked.iter().copied().filter(|asked| !entries.contains_key(*asked));
            let advice = match closest(name, candidates) {
                Some(meant) => format!("Vouliez-vous dire « {meant} » ?"),
                None => format!("Clés possibles : {}.", self.asked.join(", ")),
            };
            let mut reading = self.reading.borrow_mut();
            let line = reading.line_at(key.span().start);
            reading.refuse(line, &self.path_of(name), format!("la clé « {name} » est inconnue. {advice}"));
        }
    }
}

pub(super) fn wrong_type(expected: &str, found: &DeValue<'_>) -> String {
    let found = match found {
        DeValue::String(_) => "un texte",
        DeValue::Integer(_) => "un nombre entier",
        DeValue::Float(_) => "un nombre à virgule",
        DeValue::Boolean(_) => "un oui/non (true ou false)",
        DeValue::Datetime(_) => "une date",
        DeValue::Array(_) => "une liste",
        DeValue::Table(_) => "une table",
    };
    format!("{expected} est attendu(e) ici, et non {found}.")
}
