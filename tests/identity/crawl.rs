//! Follows every link a person is shown, and keeps the forms met on the way.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Client, Reply};

/// A form as a page offers it: each field with the values it may be sent with.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, Vec<String>)>,
}

impl Form {
    /// Each field once, with its first value.
    pub fn sent(&self) -> Vec<(&str, &str)> {
        self.fields.iter().filter_map(|(name, values)| Some((name.as_str(), values.first()?.as_str()))).collect()
    }
}

/// What a person was shown.
#[derive(Default)]
pub struct Seen {
    pub pages: BTreeMap<String, Reply>,
    pub forms: Vec<Form>,
}

impl Seen {
    /// Every address met: pages and where forms are sent.
    pub fn addresses(&self) -> BTreeSet<String> {
        let pages = self.pages.keys().map(|path| path.split('?').next().unwrap_or_default().to_owned());
        pages.chain(self.forms.iter().map(|form| form.action.clone())).collect()
    }
}

/// Every page that links lead to from these, for one reader. Of lists sorted, narrowed and exported in turn, one step is
/// followed from each page.
pub fn crawl(client: &Client, from: &[&str]) -> Seen {
    const MOST: usize = 600;
    let mut seen = Seen::default();
    let mut waiting: Vec<String> = from.iter().map(|path| (*path).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        if seen.pages.contains_key(&path) || path.starts_with("/static/") {
            continue;
        }
        assert!(seen.pages.len() < MOST, "links without end: {path}");
        let reply = client.get(&path);
        assert!(reply.status < 500, "{path}: {}", reply.words());
        if !reply.location.is_empty() {
            waiting.push(reply.location.clone());
        }
        if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            let page = reply.text();
            seen.forms.extend(forms(&page, &path));
            let narrowed = path.contains('?');
            waiting.extend(links(&page, &path).into_iter().filter(|link| !(narrowed && link.contains('?'))));
        }
        seen.pages.insert(path, reply);
    }
    seen
}

/// The first address on a page that continues this start with a number.
pub fn numbered(page: &str, start: &str) -> String {
    let mut rest =
        page.split(start).skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    format!("{start}{}", rest.find(|number| !number.is_empty()).unwrap())
}

fn links(page: &str, path: &str) -> Vec<String> {
    let tags = page.split("<a ").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| own(&attribute(tag, "href")?, path)).collect()
}

/// An address of this service, without the place in the page.
fn own(address: &str, path: &str) -> Option<String> {
    let address = address.split('#').next().unwrap_or_default();
    let bare = path.split('?').next().unwrap_or_default();
    match address.chars().next() {
        Some('/') => Some(address.to_owned()),
        Some('?') => Some(format!("{bare}{address}")),
        _ => None,
    }
}

/// The forms that are posted.
fn forms(page: &str, path: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for rest in page.split("<form ").skip(1) {
        let (head, body) = rest.split_once('>').unwrap_or_default();
        if attribute(head, "method").as_deref() != Some("post") {
            continue;
        }
        let body = body.split("</form>").next().unwrap_or_default();
        let action = attribute(head, "action").and_then(|a| own(&a, path));
        let action = action.unwrap_or_else(|| path.split('?').next().unwrap_or_default().to_owned());
        found.push(Form { action, fields: fields(body) });
    }
    found
}

fn fields(body: &str) -> Vec<(String, Vec<String>)> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    let mut keep = |name: String, values: Vec<String>| match fields.iter_mut().find(|(n, _)| *n == name) {
        Some((_, all)) => all.extend(values),
        None => fields.push((name, values)),
    };
    for rest in body.split('<').skip(1) {
        let tag = rest.split('>').next().unwrap_or_default();
        let Some(name) = attribute(tag, "name") else { continue };
        if tag.starts_with("input ") || tag.starts_with("button ") {
            keep(name, vec![attribute(tag, "value").unwrap_or_default()]);
        } else if tag.starts_with("textarea ") {
            keep(name, vec![unescape(rest.split_once('>').unwrap_or_default().1)]);
        } else if tag.starts_with("select ") {
            let inside =
                body.split_once(rest).map_or("", |(_, after)| after).split("</select>").next().unwrap_or_default();
            let values = inside.split("<option").skip(1).filter_map(|o| attribute(o.split('>').next()?, "value"));
            keep(name, values.filter(|value| !value.is_empty()).collect());
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = format!(" {}", tag.replace('\n', " "));
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    [("&#x27;", "'"), ("&#39;", "'"), ("&#x2F;", "/"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

/// All that a reply says, whatever its format: parts of archives and sheets, text of documents.
pub fn said(reply: &Reply) -> String {
    let kind = reply.header("content-type").unwrap_or_default().to_owned();
    let telling = ["location", "content-disposition", "content-type"];
    let headers = telling.into_iter().filter_map(|name| Some(format!("{name}: {}\n", reply.header(name)?)));
    let headers = format!("{}\n{}", reply.status, headers.collect::<String>());
    let body = if kind.starts_with("application/pdf") {
        document(&reply.bytes)
    } else if reply.bytes.starts_with(b"PK") {
        archive(&reply.bytes)
    } else {
        unescape(&reply.text())
    };
    format!("{headers}\n{body}")
}

fn document(bytes: &[u8]) -> String {
    // A piece made up for a test may have no page.
    let Ok(pdf) = lopdf::Document::load_mem(bytes) else { return String::from_utf8_lossy(bytes).into_owned() };
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    pdf.extract_text(&pages).unwrap_or_default()
}

fn archive(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        all.push_str(&part.name().unwrap());
        all.push('\n');
        let text = if bytes.starts_with(b"%PDF") && bytes.len() > 1000 {
            document(&bytes)
        } else {
            unescape(&String::from_utf8_lossy(&bytes))
        };
        all.push_str(&text);
    }
    all
}
