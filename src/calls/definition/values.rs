//! The scalar values of a call file: texts with their bounds, codes, numbers, choices, years.

use toml::de::DeValue;

use super::mistake::closest;
use super::reader::{CODE_MAX, LABEL_MAX, PARAGRAPH_MAX, Table, Value, wrong_type};
use crate::base::typography::bind_spaces;

impl<'a> Table<'a> {
    /// A required paragraph.
    pub fn text(&mut self, key: &'static str) -> String {
        let found = self.demand(key, "\"…\"");
        self.bounded(found, key, PARAGRAPH_MAX)
    }

    /// A required text of one line.
    pub fn label(&mut self, key: &'static str) -> String {
        let found = self.demand(key, "\"…\"");
        let line = found.map_or(0, |(_, line)| line);
        let label = self.bounded(found, key, LABEL_MAX);
        if label.contains('\n') {
            self.refuse(line, key, "ce texte doit tenir sur une ligne. Retirez les retours à la ligne.");
        }
        label
    }

    /// An absent text is an empty one; a present one says something.
    pub fn optional_paragraph(&mut self, key: &'static str) -> String {
        let found = self.find(key);
        self.bounded(found, key, PARAGRAPH_MAX)
    }

    /// A required code.
    pub fn code(&mut self, key: &'static str) -> String {
        let found = self.demand(key, "\"…\"");
        self.code_in(found, key)
    }

    pub fn optional_code(&mut self, key: &'static str) -> Option<String> {
        let found = self.find(key)?;
        Some(self.code_in(Some(found), key))
    }

    fn code_in(&mut self, found: Option<(Value<'a>, usize)>, key: &'static str) -> String {
        let line = found.map_or(0, |(_, line)| line);
        let code = self.bounded(found, key, LABEL_MAX);
        if !code.is_empty() && !is_code(&code) {
            self.refuse(
                line,
                key,
                format!(
                    "« {code} » n’est pas un code. Employez de 1 à {CODE_MAX} lettres sans accent, chiffres, \
                     points ou tirets, sans espace."
                ),
            );
        }
        code
    }

    pub fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let found = self.find(key)?;
        Some(self.bounded(Some(found), key, LABEL_MAX))
    }

    fn bounded(&mut self, found: Option<(Value<'a>, usize)>, key: &'static str, max: usize) -> String {
        let Some((value, line)) = found else { return String::new() };
        match read_text(value.get_ref(), max) {
            Ok(text) => text,
            Err(message) => {
                self.refuse(line, key, message);
                String::new()
            }
        }
    }

    /// A required list of paragraphs, one at least.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let found = self.demand(key, "[ \"…\" ]");
        let line = found.map_or(0, |(_, line)| line);
        let readable = found.is_some_and(|(value, _)| value.get_ref().is_array());
        let texts = self.texts_in(found, key);
        if readable && texts.is_empty() {
            self.refuse(line, key, "cette liste est vide. Écrivez au moins un élément.");
        }
        texts
    }

    pub fn optional_texts(&mut self, key: &'static str) -> Vec<String> {
        let found = self.find(key);
        self.texts_in(found, key)
    }

    fn texts_in(&mut self, found: Option<(Value<'a>, usize)>, key: &'static str) -> Vec<String> {
        let mut texts = Vec::new();
        for (path, item, line) in self.list(found, key, "une liste de textes") {
            texts.push(read_text(item.get_ref(), PARAGRAPH_MAX).unwrap_or_else(|message| {
                self.reading.borrow_mut().refuse(line, &path, message);
                String::new()
            }));
        }
        texts
    }

    /// A required whole number.
    pub fn integer<T: TryFrom<i64> + Default>(&mut self, key: &'static str) -> T {
        let found = self.demand(key, "1");
        self.integer_in(found, key).unwrap_or_default()
    }

    pub fn optional_integer<T: TryFrom<i64>>(&mut self, key: &'static str) -> Option<T> {
        let found = self.find(key);
        self.integer_in(found, key)
    }

    pub fn optional_integers<T: TryFrom<i64>>(&mut self, key: &'static str) -> Option<Vec<T>> {
        let found = self.find(key)?;
        let mut numbers = Vec::new();
        for (path, item, line) in self.list(Some(found), key, "une liste de nombres entiers") {
            let number = match item.get_ref() {
                DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
                _ => None,
            };
            match number.and_then(|number| T::try_from(number).ok()) {
                Some(number) => numbers.push(number),
                None => {
                    let message = "ce n’est pas un nombre entier possible ici. Corrigez-le.";
                    self.reading.borrow_mut().refuse(line, &path, message);
                }
            }
        }
        Some(numbers)
    }

    fn integer_in<T: TryFrom<i64>>(&mut self, found: Option<(Value<'a>, usize)>, key: &'static str) -> Option<T> {
        let (value, line) = found?;
        let DeValue::Integer(digits) = value.get_ref() else {
            self.refuse(line, key, wrong_type("un nombre entier", value.get_ref()));
            return None;
        };
        let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok().and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            self.refuse(line, key, format!("le nombre {digits} est hors des bornes possibles ici. Corrigez-le."));
        }
        number
    }

    pub fn flag(&mut self, key: &'static str, absent: bool) -> bool {
        let Some((value, line)) = self.find(key) else { return absent };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        self.refuse(line, key, wrong_type("true ou false", value.get_ref()));
        absent
    }

    pub fn required_flag(&mut self, key: &'static str) -> bool {
        if !self.has(key) {
            self.demand(key, "true");
        }
        self.flag(key, false)
    }

    /// One word among those listed; the first stands in for an unreadable one.
    pub fn choice<T: Copy, const N: usize>(&mut self, key: &'static str, words: [(&'static str, T); N]) -> T {
        let found = self.demand(key, &format!("\"{}\"", words[0].0));
        let chosen = found.and_then(|(value, line)| match read_choice(value.get_ref(), &words) {
            Ok(chosen) => Some(chosen),
            Err(message) => {
                self.refuse(line, key, message);
                None
            }
        });
        chosen.unwrap_or(words[0].1)
    }

    pub fn optional_choice<T: Copy, const N: usize>(
        &mut self,
        key: &'static str,
        words: [(&'static str, T); N],
    ) -> Option<T> {
        if self.has(key) { Some(self.choice(key, words)) } else { None }
    }

    /// A required list of words among those listed.
    pub fn choices<T: Copy, const N: usize>(&mut self, key: &'static str, words: [(&'static str, T); N]) -> Vec<T> {
        let found = self.demand(key, &format!("[ \"{}\" ]", words[0].0));
        let mut chosen = Vec::new();
        for (path, item, line) in self.list(found, key, "une liste de mots") {
            match read_choice(item.get_ref(), &words) {
                Ok(word) => chosen.push(word),
                Err(message) => self.reading.borrow_mut().refuse(line, &path, message),
            }
        }
        chosen
    }

    /// A year: `2022`, or `"A+1"` counted from the year the call is installed.
    pub fn year(&mut self, key: &'static str) -> i16 {
        let Some((value, line)) = self.demand(key, "2027") else { return 0 };
        self.read_year(value.get_ref()).unwrap_or_else(|message| {
            self.refuse(line, key, message);
            0
        })
    }

    pub fn years(&mut self, key: &'static str) -> Vec<i16> {
        let found = self.demand(key, "[ 2027 ]");
        let mut years = Vec::new();
        for (path, item, line) in self.list(found, key, "une liste d’années") {
            years.push(self.read_year(item.get_ref()).unwrap_or_else(|message| {
                self.reading.borrow_mut().refuse(line, &path, message);
                0
            }));
        }
        years
    }

    fn read_year(&self, value: &DeValue<'_>) -> Result<i16, String> {
        let year = match value {
            DeValue::Integer(digits) => i16::from_str_radix(digits.as_str(), digits.radix()).ok(),
            DeValue::String(text) => {
                let ahead = match text.strip_prefix('A') {
                    Some("") => 0,
                    Some(rest) if rest.starts_with('+') => rest[1..].parse().ok().filter(|n| *n <= 9).unwrap_or(-1),
                    _ => -1,
                };
                if ahead < 0 {
                    return Err(format!("« {text} » n’est pas une année. Écrivez par exemple 2027, ou \"A+1\"."));
                }
                let today = self.reading.borrow().today;
                let Some(today) = today else {
                    return Err(format!(
                        "« {text} » dépend du jour d’installation et ne se lit que dans la démonstration. \
                         Écrivez l’année, par exemple 2027."
                    ));
                };
                Some(today.year().saturating_add(ahead))
            }
            other => return Err(wrong_type("une année", other)),
        };
        match year {
            Some(year @ 2000..=2100) => Ok(year),
            _ => Err("cette année n’est pas entre 2000 et 2100. Corrigez-la.".to_owned()),
        }
    }
}

/// Letters without accent, digits, dots, hyphens and underscores.
fn is_code(code: &str) -> bool {
    code.len() <= CODE_MAX
        && code.starts_with(|c: char| c.is_ascii_alphanumeric())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A text in bounds; its authors type plain spaces, pages show those that French typography asks for.
fn read_text(value: &DeValue<'_>, max: usize) -> Result<String, String> {
    let DeValue::String(text) = value else { return Err(wrong_type("un texte", value)) };
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        return Err("ce texte est vide. Complétez-le ou retirez-le.".to_owned());
    }
    if length > max {
        return Err(format!("ce texte a {length} caractères. Ramenez-le à {max} au plus."));
    }
    Ok(bind_spaces(text))
}

fn read_choice<T: Copy>(value: &DeValue<'_>, words: &[(&'static str, T)]) -> Result<T, String> {
    let DeValue::String(text) = value else { return Err(wrong_type("un mot", value)) };
    if let Some((_, chosen)) = words.iter().find(|(word, _)| word == text) {
        return Ok(*chosen);
    }
    let advice = match closest(text, words.iter().map(|(word, _)| *word)) {
        Some(meant) => format!("Vouliez-vous dire « {meant} » ?"),
        None => format!("Choisissez parmi : {}.", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")),
    };
    Err(format!("« {text} » n’est pas reconnu. {advice}"))
}
