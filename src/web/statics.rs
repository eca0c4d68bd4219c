//! Our own style sheets, scripts, fonts and pictures: embedded, named by their content, compressed once.

use std::collections::HashMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::files::sha256_hex;

#[derive(rust_embed::RustEmbed)]
#[folder = "static/"]
#[exclude = "fonts/letters/*"]
struct Embedded;

pub struct StaticFile {
    pub media_type: &'static str,
    pub plain: Vec<u8>,
    /// Absent when compression does not pay.
    pub gzip: Option<Vec<u8>>,
}

/// Files by their hashed public path, and hashed paths by their own.
pub struct Statics {
    by_path: HashMap<String, StaticFile>,
    hashed: HashMap<String, String>,
}

impl std::fmt::Debug for Statics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statics").field("hashed", &self.hashed).finish_non_exhaustive()
    }
}

impl Statics {
    #[must_use]
    pub fn load() -> Self {
        let mut statics = Self { by_path: HashMap::new(), hashed: HashMap::new() };
        // Style sheets name fonts by their hashed path, so fonts come first.
        let (sheets, others): (Vec<_>, Vec<_>) = Embedded::iter().partition(|path| path.ends_with(".css"));
        for path in others.into_iter().chain(sheets) {
            if let Some(file) = Embedded::get(&path) {
                statics.add(&path, file.data.into_owned());
            }
        }
        statics
    }

    fn add(&mut self, path: &str, mut bytes: Vec<u8>) {
        if path.ends_with(".css") {
            bytes = self.resolve_urls(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        let (stem, extension) = path.rsplit_once('.').unwrap_or((path, "bin"));
        let public = format!("/static/{stem}.{}.{extension}", &sha256_hex(&bytes)[..12]);
        let gzip = compress(&bytes).filter(|c| c.len() * 10 < bytes.len() * 9);
        let file = StaticFile { media_type: media_type(extension), plain: bytes, gzip };
        self.by_path.insert(public.clone(), file);
        self.hashed.insert(path.to_owned(), public);
    }

    /// `url("../fonts/x.woff2")` becomes the hashed path of `fonts/x.woff2`.
    fn resolve_urls(&self, sheet: &str) -> String {
        self.hashed.iter().fold(sheet.to_owned(), |css, (path, public)| css.replace(&format!("../{path}"), public))
    }

    /// The hashed public path of a file named as in `static/`.
    #[must_use]
    pub fn url(&self, path: &str) -> Option<&str> {
        self.hashed.get(path).map(String::as_str)
    }

    /// Hashed public paths by own path, for templates.
    #[must_use]
    pub fn urls(&self) -> HashMap<String, String> {
        self.hashed.clone()
    }

    #[must_use]
    pub fn get(&self, public: &str) -> Option<&StaticFile> {
        self.by_path.get(public)
    }
}

fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn media_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
