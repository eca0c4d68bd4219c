//! The two parts of a mail, from the templates of `templates/mail`: both say the same words.

use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::Message;
use crate::config::Settings;
use crate::fault::Fault;

const TEMPLATES: [(&str, &str); 2] = [
    ("mail/message.html", include_str!("../../templates/mail/message.html")),
    ("mail/message.txt", include_str!("../../templates/mail/message.txt")),
];

static ENGINE: LazyLock<Result<Tera, String>> = LazyLock::new(|| {
    let mut tera = Tera::new();
    tera.add_raw_templates(TEMPLATES).map_err(|e| format!("mail templates: {e:?}"))?;
    Ok(tera)
});

/// Reads the templates now rather than at the first mail.
///
/// # Errors
/// When a template does not parse.
pub fn prepare() -> Result<(), Fault> {
    ENGINE.as_ref().map(drop).map_err(|e| Fault::internal(e.clone()))
}

/// A mail as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub plain: String,
    pub html: String,
}

/// A run of lines, or an address alone on its line, which becomes a button.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Block {
    lines: Vec<String>,
    href: String,
}

#[derive(Serialize)]
struct View<'a> {
    subject: &'a str,
    text: &'a str,
    blocks: Vec<Block>,
    deployer: &'a str,
    contact: &'a str,
    base_url: &'a str,
}

/// # Errors
/// When a template misses a variable.
pub fn compose(settings: &Settings, message: &Message) -> Result<Parts, Fault> {
    let engine = ENGINE.as_ref().map_err(|e| Fault::internal(e.clone()))?;
    let view = View {
        subject: &message.subject,
        text: message.body.trim_end(),
        blocks: blocks(&message.body),
        deployer: &settings.deployer,
        contact: &settings.contact,
        base_url: &settings.base_url,
    };
    let context = Context::from_serialize(&view).map_err(|e| Fault::internal(e.to_string()))?;
    let render = |name: &str| engine.render(name, &context).map_err(|e| Fault::internal(format!("{name}: {e:?}")));
    Ok(Parts { plain: render("mail/message.txt")?, html: render("mail/message.html")? })
}

/// Paragraphs are parted by empty lines; an address alone on its line stands alone.
fn blocks(body: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in body.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if is_address(line) {
            blocks.push(Block { lines: Vec::new(), href: line.to_owned() });
            open = false;
        } else if let Some(last) = blocks.last_mut().filter(|_| open) {
            last.lines.push(line.to_owned());
        } else {
            blocks.push(Block { lines: vec![line.to_owned()], href: String::new() });
            open = true;
        }
    }
    blocks
}

fn is_address(line: &str) -> bool {
    (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(char::is_whitespace)
}
