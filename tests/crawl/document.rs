//! A page as a program without eyes reads it: its headings, links, forms and names, and what is wrong with its markup.

use std::collections::BTreeSet;

use html5gum::{StartTag, Token, Tokenizer};

#[derive(Clone, Debug, Default)]
pub struct Document {
    pub title: String,
    pub headings: usize,
    pub links: Vec<String>,
    /// Style sheets, scripts and pictures.
    pub assets: Vec<String>,
    pub forms: Vec<Form>,
    pub ids: Vec<String>,
    /// What it is made of: elements with their classes, so that two pages of one anatomy look alike.
    pub anatomy: BTreeSet<String>,
    /// Whether a script of ours changes it once it is shown.
    pub scripted: bool,
    /// Markup that no page should hold, each with what is wrong.
    pub mistakes: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Form {
    pub post: bool,
    pub action: String,
    pub multipart: bool,
    pub fields: Vec<Field>,
    /// Named buttons: pressing one sends it.
    pub buttons: Vec<(String, String)>,
    id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// Type of an input, else `textarea` or `select`.
    pub kind: String,
    pub value: String,
    /// Of a select.
    pub options: Vec<String>,
    /// A box or a button that is not ticked sends nothing.
    pub sent: bool,
}

/// Elements that have no content, and so no end.
const VOID: &[&str] = &["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
/// Inside a paragraph, these end it where nobody meant to.
const BLOCKS: &[&str] = &[
    "article", "aside", "details", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "header", "hr", "main", "nav", "ol", "p", "section", "table", "ul",
];
/// Attributes by which `essaim.js` finds what it changes.
const HOOKS: &[&str] = &["data-autosave", "data-max", "data-refresh", "data-rows", "data-sum", "data-when-field"];
/// Attributes that name other elements of the page.
const REFERENCES: &[&str] = &["for", "form", "aria-labelledby", "aria-describedby", "aria-controls"];

impl Form {
    /// Whether a field takes something a person types or chooses.
    pub fn asks(&self) -> bool {
        self.fields.iter().any(|field| field.kind != "hidden")
    }
}

/// Reads the bytes of a page.
pub fn read(html: &str) -> Document {
    let mut reader = Reader::default();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => reader.open(&tag),
            Token::EndTag(tag) => reader.close(&text(&tag.name)),
            Token::String(string) => reader.text(&text(&string.value)),
            Token::Error(error) => reader.document.mistakes.push(format!("parse error: {:?}", error.value)),
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    reader.finish()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[derive(Default)]
struct Reader {
    document: Document,
    open: Vec<String>,
    /// Place of the form being read.
    form: Option<usize>,
    /// Fields and buttons outside of their form, by its id.
    apart: Vec<(String, Field)>,
    references: Vec<(String, String)>,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let name = text(&tag.name);
        // What a script may copy into the page is not in it.
        if self.open.iter().any(|open| open == "template") {
            if !VOID.contains(&name.as_str()) && !tag.self_closing {
                self.open.push(name);
            }
            return;
        }
        let get = |attribute: &str| tag.attributes.get(attribute.as_bytes()).map(|value| text(&value.value));
        let mistake = |what: String| format!("<{name}>: {what}");
        if BLOCKS.contains(&name.as_str()) && self.open.last().is_some_and(|parent| parent == "p") {
            self.document.mistakes.push(mistake("inside a paragraph".to_owned()));
        }
        for (attribute, value) in &tag.attributes {
            let (attribute, value) = (text(attribute), text(&value.value));
            self.document.scripted |= HOOKS.contains(&attribute.as_str());
            if attribute == "style" || attribute.starts_with("on") {
                self.document.mistakes.push(mistake(format!("{attribute} is refused by the security policy")));
            }
            if REFERENCES.contains(&attribute.as_str()) {
                let named = value.split_whitespace().map(|id| (format!("<{name} {attribute}>"), id.to_owned()));
                self.references.extend(named);
            }
            if attribute == "id" {
                if value.is_empty() || value.contains(char::is_whitespace) {
                    self.document.mistakes.push(mistake(format!("id « {value} »")));
                }
                self.document.ids.push(value);
            }
        }
        let parent = self.open.last().cloned().unwrap_or_default();
        let class = get("class").unwrap_or_default();
        self.document
            .anatomy
            .insert(format!("{parent}>{name}.{}", class.split_whitespace().collect::<Vec<_>>().join(".")));
        match name.as_str() {
            "h1" => self.document.headings += 1,
            "a" => match get("href") {
                Some(href) => self.document.links.push(href),
                None => self.document.mistakes.push(mistake("leads nowhere".to_owned())),
            },
            "link" => self.document.assets.extend(get("href")),
            "img" | "script" => match get("src") {
                Some(src) => self.document.assets.push(src),
                None => self.document.mistakes.push(mistake("without src".to_owned())),
            },
            "style" => self.document.mistakes.push(mistake("refused by the security policy".to_owned())),
            "form" => {
                if self.form.is_some() {
                    self.document.mistakes.push(mistake("inside another".to_owned()));
                }
                self.document.forms.push(Form {
                    post: get("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
                    action: get("action").unwrap_or_default(),
                    multipart: get("enctype").is_some_and(|enctype| enctype == "multipart/form-data"),
                    id: get("id").unwrap_or_default(),
                    ..Form::default()
                });
                self.form = Some(self.document.forms.len() - 1);
            }
            "input" | "textarea" | "select" | "button" => {
                let kind = get("type").unwrap_or_else(|| if name == "input" { "text".into() } else { name.clone() });
                let ticked = !matches!(kind.as_str(), "checkbox" | "radio") || get("checked").is_some();
                let field = Field {
                    name: get("name").unwrap_or_default(),
                    value: get("value").unwrap_or_default(),
                    sent: ticked && !matches!(kind.as_str(), "submit" | "button"),
                    kind,
                    ..Field::default()
                };
                self.field(get("form"), field);
            }
            "option" => {
                let (value, selected) = (get("value").unwrap_or_default(), get("selected").is_some());
                if let Some(field) = self.last_field() {
                    if selected || field.options.is_empty() {
                        field.value.clone_from(&value);
                    }
                    field.options.push(value);
                }
            }
            _ => {}
        }
        if !VOID.contains(&name.as_str()) && !tag.self_closing {
            self.open.push(name);
        }
    }

    fn field(&mut self, form: Option<String>, field: Field) {
        match (form, self.form) {
            (Some(form), _) => self.apart.push((form, field)),
            (None, Some(form)) => self.document.forms[form].fields.push(field),
            (None, None) => self.document.mistakes.push(format!("<{}>: outside of any form", field.kind)),
        }
    }

    fn last_field(&mut self) -> Option<&mut Field> {
        self.document.forms.get_mut(self.form?)?.fields.last_mut()
    }

    fn text(&mut self, words: &str) {
        match self.open.last().map(String::as_str) {
            Some("title") if !self.open.iter().any(|name| name == "svg") => self.document.title.push_str(words),
            Some("script") if !words.trim().is_empty() => {
                self.document.mistakes.push("<script>: refused by the security policy".to_owned());
            }
            Some("textarea") => {
                let words = words.strip_prefix('\n').unwrap_or(words).to_owned();
                if let Some(field) = self.last_field() {
                    field.value.push_str(&words);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match self.open.last() {
            Some(last) if last == name => {
                self.open.pop();
            }
            last => {
                let last = last.cloned().unwrap_or_default();
                self.document.mistakes.push(format!("</{name}>: closes <{last}>"));
                if let Some(place) = self.open.iter().rposition(|open| open == name) {
                    self.open.truncate(place);
                }
            }
        }
        if name == "form" {
            self.form = None;
        }
    }

    fn finish(mut self) -> Document {
        self.document.mistakes.extend(self.open.iter().map(|name| format!("<{name}>: never closed")));
        let mut ids = BTreeSet::new();
        for id in &self.document.ids {
            if !ids.insert(id.as_str()) {
                self.document.mistakes.push(format!("two elements are #{id}"));
            }
        }
        for (who, id) in &self.references {
            if !ids.contains(id.as_str()) {
                self.document.mistakes.push(format!("{who}: no #{id}"));
            }
        }
        for (id, field) in self.apart {
            if let Some(form) = self.document.forms.iter_mut().find(|form| form.id == id) {
                form.fields.push(field);
            }
        }
        for form in &mut self.document.forms {
            let (buttons, fields) =
                form.fields.drain(..).partition(|field| matches!(field.kind.as_str(), "submit" | "button"));
            form.fields = fields;
            let buttons: Vec<Field> = buttons;
            form.buttons =
                buttons.into_iter().filter(|b| !b.name.is_empty()).map(|button| (button.name, button.value)).collect();
            for field in &form.fields {
                if field.name.is_empty() {
                    self.document.mistakes.push(format!("a field of the form to {} has no name", form.action));
                }
            }
        }
        self.document.title = self.document.title.split_whitespace().collect::<Vec<_>>().join(" ");
        self.document
    }
}
