//! Reads a page as a browser would: its forms, its links, and what got out of its quotes.

use std::collections::BTreeSet;

use super::corpus::{COMPUTED, MARK};

#[derive(Debug)]
pub enum Piece<'a> {
    Text(&'a str),
    /// An opening tag with its attributes, values decoded.
    Open {
        name: &'a str,
        attributes: Vec<Attribute<'a>>,
    },
    Close(&'a str),
    Comment(&'a str),
}

#[derive(Debug)]
pub struct Attribute<'a> {
    pub name: &'a str,
    /// As in the source.
    raw: &'a str,
    quoted: bool,
}

impl Attribute<'_> {
    pub fn value(&self) -> String {
        decode(self.raw)
    }
}

/// Elements whose content is text up to their end tag.
const RAW_TEXT: [&str; 4] = ["script", "style", "textarea", "title"];

/// The page in pieces.
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let start = tag_start(rest).unwrap_or(rest.len());
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        rest = &rest[start..];
        if rest.is_empty() {
            break;
        }
        if let Some(comment) = rest.strip_prefix("<!") {
            let end = if comment.starts_with("--") { "-->" } else { ">" };
            let length = comment.find(end).unwrap_or(comment.len());
            pieces.push(Piece::Comment(&comment[..length]));
            rest = comment.get(length + end.len()..).unwrap_or_default();
        } else if let Some(close) = rest.strip_prefix("</") {
            let length = close.find('>').unwrap_or(close.len());
            pieces.push(Piece::Close(close[..length].trim()));
            rest = close.get(length + 1..).unwrap_or_default();
        } else {
            let (name, attributes, after) = opening(&rest[1..]);
            rest = after;
            let ends = RAW_TEXT.contains(&name).then(|| format!("</{name}"));
            pieces.push(Piece::Open { name, attributes });
            if let Some(end) = ends {
                let length = rest.find(&end).unwrap_or(rest.len());
                pieces.push(Piece::Text(&rest[..length]));
                rest = &rest[length..];
            }
        }
    }
    pieces
}

/// Where the next tag or comment begins: a `<` that a letter, a slash or an exclamation mark follows.
fn tag_start(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let opens =
        |at: &usize| bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'));
    text.match_indices('<').map(|(at, _)| at).find(opens)
}

fn opening(text: &str) -> (&str, Vec<Attribute<'_>>, &str) {
    let name_end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(name_end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (name, attributes, "");
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (name, attributes, after);
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end.max(rest.chars().next().map_or(0, char::len_utf8)));
        let Some(value) = after.strip_prefix('=') else {
            attributes.push(Attribute { name: attribute, raw: "", quoted: true });
            rest = after;
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (raw, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
        };
        attributes.push(Attribute { name: attribute, raw, quoted: quote.is_some() });
        rest = after;
    }
}

/// Entities that our templates write.
pub fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&#x2F;", "/"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\u{A0}"),
        ("&#8239;", "\u{202F}"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// What a page shows that no page of ours would: the marks of the corpus where only our own templates write.
pub fn escapes(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    if html.contains(COMPUTED) {
        found.push("a template computed what was typed".to_owned());
    }
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                if text.contains('<') {
                    found.push(format!("a raw < in text: {}", around(text, "<")));
                }
            }
            Piece::Comment(text) | Piece::Close(text) => {
                if text.contains(MARK) || text.contains('<') {
                    found.push(format!("in a comment or an end tag: {}", around(text, MARK)));
                }
            }
            Piece::Open { name, attributes } => {
                if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
                    found.push(format!("an element named {name}"));
                }
                for attribute in attributes {
                    let (label, raw) = (attribute.name, attribute.raw);
                    let ours = label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':'));
                    if !ours || label.starts_with("on") || label == "style" || label.contains(MARK) {
                        found.push(format!("an attribute named {label} on {name}"));
                    }
                    if raw.contains(['<', '>']) || (!attribute.quoted && raw.contains(MARK)) {
                        found.push(format!("{name} {label} out of its quotes: {}", around(raw, MARK)));
                    }
                    let leads_away = matches!(label, "href" | "src" | "action" | "formaction")
                        && attribute.value().contains(MARK)
                        && !attribute.value().starts_with(['/', '?', '#'])
                        && !attribute.value().starts_with("mailto:");
                    if leads_away || (label == "href" && attribute.value().starts_with("//")) {
                        found.push(format!("{name} {label} leads to {}", around(raw, MARK)));
                    }
                }
            }
        }
    }
    found
}

fn around(text: &str, what: &str) -> String {
    let at = text.find(what).unwrap_or(0);
    let from = (0..=at.saturating_sub(40)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    text[from..].chars().take(120).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Typed: shown back when it is wrong.
    Text,
    /// Typed and never shown back.
    Secret,
    /// One of several values: boxes, lists, buttons.
    Choice,
    Hidden,
    File,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    /// What a browser would send, if it sends the field at all.
    pub value: Option<String>,
    /// Values offered.
    pub options: Vec<String>,
    /// An amount.
    pub decimal: bool,
    pub email: bool,
}

#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub post: bool,
    pub multipart: bool,
    pub fields: Vec<Field>,
}

impl Form {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The same form at another place: its address and fields without their numbers.
    pub fn shape(&self) -> String {
        let names: BTreeSet<String> = self.fields.iter().map(|field| without_numbers(&field.name)).collect();
        let path = shape_of(self.action.split(['?', '#']).next().unwrap_or_default());
        format!(
            "{} {path} [{}]",
            if self.post { "POST" } else { "GET" },
            names.into_iter().collect::<Vec<_>>().join(" ")
        )
    }
}

/// An address without what tells one row from another.
pub fn shape_of(path: &str) -> String {
    let part = |part: &str| {
        let number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if number || part.len() > 40 { "#".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn without_numbers(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The forms of a page; `path` is its own address.
pub fn forms(html: &str, path: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut inside = false;
    let pieces = pieces(html);
    let mut at = 0;
    while at < pieces.len() {
        match &pieces[at] {
            Piece::Open { name: "form", attributes } => {
                let get = |name: &str| attributes.iter().find(|a| a.name == name).map(Attribute::value);
                forms.push(Form {
                    action: get("action").unwrap_or_else(|| path.to_owned()),
                    post: get("method").is_some_and(|m| m.eq_ignore_ascii_case("post")),
                    multipart: get("enctype").is_some(),
                    fields: Vec::new(),
                });
                inside = true;
            }
            Piece::Close("form") => inside = false,
            Piece::Open { name, attributes } if inside => {
                let text = match pieces.get(at + 1) {
                    Some(Piece::Text(text)) if *name == "textarea" => decode(text.strip_prefix('\n').unwrap_or(text)),
                    _ => String::new(),
                };
                if let Some(form) = forms.last_mut() {
                    control(form, name, attributes, text, &pieces[at + 1..]);
                }
            }
            _ => {}
        }
        at += 1;
    }
    forms
}

fn control(form: &mut Form, element: &str, attributes: &[Attribute<'_>], text: String, after: &[Piece<'_>]) {
    let get = |name: &str| attributes.iter().find(|a| a.name == name).map(Attribute::value);
    let Some(name) = get("name") else { return };
    let value = get("value").unwrap_or_default();
    let kind_of = get("type").unwrap_or_default();
    let plain = |kind, value| Field {
        name: name.clone(),
        kind,
        value,
        options: Vec::new(),
        decimal: get("inputmode").as_deref() == Some("decimal"),
        email: kind_of == "email",
    };
    let field = match (element, kind_of.as_str()) {
        ("textarea", _) => plain(Kind::Text, Some(text)),
        ("button", _) => Field { options: vec![value], ..plain(Kind::Choice, None) },
        ("input", "hidden") => plain(Kind::Hidden, Some(value)),
        ("input", "password") => plain(Kind::Secret, Some(value)),
        ("input", "file") => plain(Kind::File, None),
        ("input", "radio" | "checkbox") => {
            let checked = attributes.iter().any(|a| a.name == "checked");
            if let Some(known) = form.fields.iter_mut().find(|field| field.name == name) {
                known.options.push(value.clone());
                if checked && known.value.is_none() {
                    known.value = Some(value);
                }
                return;
            }
            Field { options: vec![value.clone()], ..plain(Kind::Choice, checked.then_some(value)) }
        }
        ("input", _) => plain(Kind::Text, Some(value)),
        ("select", _) => {
            let (options, selected) = options(after);
            Field { value: selected.or_else(|| options.first().cloned()), options, ..plain(Kind::Choice, None) }
        }
        _ => return,
    };
    form.fields.push(field);
}

fn options(after: &[Piece<'_>]) -> (Vec<String>, Option<String>) {
    let (mut values, mut selected) = (Vec::new(), None);
    for piece in after {
        match piece {
            Piece::Close("select") => break,
            Piece::Open { name: "option", attributes } => {
                let value = attributes.iter().find(|a| a.name == "value").map(Attribute::value).unwrap_or_default();
                if attributes.iter().any(|a| a.name == "selected") {
                    selected = Some(value.clone());
                }
                values.push(value);
            }
            _ => {}
        }
    }
    (values, selected)
}

/// Addresses of our own that a page leads to.
pub fn links(html: &str, base_url: &str) -> Vec<String> {
    let mut links = Vec::new();
    for piece in pieces(html) {
        if let Piece::Open { name: "a" | "iframe", attributes } = piece {
            for attribute in attributes.iter().filter(|a| matches!(a.name, "href" | "src")) {
                let value = attribute.value();
                let path = value.strip_prefix(base_url).unwrap_or(&value);
                if path.starts_with('/') {
                    links.push(path.split('#').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    // Mails carry their addresses in words.
    for rest in html.split(base_url).skip(1) {
        let path =
            rest.split(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '"' | '&')).next().unwrap_or_default();
        if path.starts_with('/') {
            links.push(path.to_owned());
        }
    }
    links
}

#[test]
fn the_scanner_sees_what_got_out() {
    let shown = |typed: &str| format!("<p title=\"{typed}\">{typed}</p><textarea>{typed}</textarea>");
    assert_eq!(escapes(&shown("&lt;b zqz1&gt; &quot;zqz1")), Vec::<String>::new(), "escaped is fine");
    for typed in [
        "<zqz1>",
        "<b zqz1>",
        "\" onfocus=zqz1 x=\"",
        "<!--zqz1-->",
        "</p zqz1>",
        "<script>zqz1<b</script>",
        "a < b",
        "829348951",
    ] {
        assert!(!escapes(&shown(typed)).is_empty(), "{typed}");
    }
    assert!(!escapes("<a href=\"javascript:zqz1\">x</a>").is_empty());
    assert!(!escapes("<a href=\"//exemple.example/zqz1\">x</a>").is_empty());
    assert!(!escapes("<input value=zqz1>").is_empty());
    let page = "<form method=\"post\" action=\"/a/12\"><input name=\"t\" value=\"&lt;x\"><textarea name=\"u\">\nv</textarea>\
        <select name=\"s\"><option value=\"1\">a</option><option value=\"2\" selected>b</option></select>\
        <input type=\"radio\" name=\"r\" value=\"o\"><input type=\"radio\" name=\"r\" value=\"n\" checked></form>";
    let form = forms(page, "/").remove(0);
    let values: Vec<_> = form.fields.iter().map(|f| (f.name.as_str(), f.kind, f.value.as_deref())).collect();
    assert_eq!(
        values,
        [
            ("t", Kind::Text, Some("<x")),
            ("u", Kind::Text, Some("v")),
            ("s", Kind::Choice, Some("2")),
            ("r", Kind::Choice, Some("n")),
        ]
    );
    assert_eq!(form.shape(), "POST /a/# [r s t u]");
}
