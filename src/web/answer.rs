//! What a page answers.

use actix_web::cookie::Cookie;
use serde::Serialize;

use crate::access::Actor;
use crate::fault::Fault;

/// A short message shown once on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Flash {
    /// `success`, `info`, `warning` or `danger`.
    pub tone: String,
    pub text: String,
}

#[derive(Debug)]
pub enum Body {
    /// A template with its view model; the renderer adds the `page` object.
    Html {
        title: String,
        template: &'static str,
        view: tera::Context,
        desk: bool,
        breadcrumbs: Vec<super::Link>,
    },
    Redirect {
        to: String,
        flash: Option<Flash>,
    },
    File {
        bytes: Vec<u8>,
        media_type: String,
        file_name: String,
    },
    /// Read from disk piece by piece, so that an archive of any size takes little memory.
    Download {
        file: std::fs::File,
        length: u64,
        media_type: String,
        file_name: String,
    },
    Json(serde_json::Value),
    /// A document of its own, such as a mail, shown as it is: nothing in it runs or loads.
    Document(String),
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Body,
    pub cookies: Vec<Cookie<'static>>,
    /// Who reads the page, when this very answer signs them in.
    pub reader: Option<Actor>,
}

impl Answer {
    /// An HTML page; `view` serialises to the template's variables.
    ///
    /// # Errors
    /// When the view model does not serialise to a map.
    pub fn page(title: impl Into<String>, template: &'static str, view: &impl Serialize) -> Result<Self, Fault> {
        let view = tera::Context::from_serialize(view).map_err(|e| Fault::internal(e.to_string()))?;
        let title = title.into();
        Ok(Self::new(Body::Html { title, template, view, desk: false, breadcrumbs: Vec::new() }))
    }

    /// See other: the answer to every POST that succeeded.
    #[must_use]
    pub fn redirect(to: impl Into<String>) -> Self {
        Self { status: 303, body: Body::Redirect { to: to.into(), flash: None }, cookies: Vec::new(), reader: None }
    }

    #[must_use]
    pub fn pdf(file_name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::file("application/pdf", file_name, bytes)
    }

    /// Offered for download: a browser never runs what was uploaded.
    #[must_use]
    pub fn file(media_type: impl Into<String>, file_name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (media_type, file_name) = (media_type.into(), file_name.into());
        Self::new(Body::File { bytes, media_type, file_name })
    }

    /// What was written to `file`, from its start.
    ///
    /// # Errors
    /// When the file cannot be read back.
    pub fn download(
        media_type: impl Into<String>,
        file_name: impl Into<String>,
        mut file: std::fs::File,
    ) -> Result<Self, Fault> {
        let length = file.metadata()?.len();
        std::io::Seek::rewind(&mut file)?;
        let (media_type, file_name) = (media_type.into(), file_name.into());
        Ok(Self::new(Body::Download { file, length, media_type, file_name }))
    }

    #[must_use]
    pub fn json(value: serde_json::Value) -> Self {
        Self::new(Body::Json(value))
    }

    #[must_use]
    pub fn document(html: String) -> Self {
        Self::new(Body::Document(html))
    }

    fn new(body: Body) -> Self {
        Self { status: 200, body, cookies: Vec::new(), reader: None }
    }

    /// What a page says of the form it shows again. A redirect stays one: what the form was about has gone elsewhere, and
    /// a browser follows no other status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        if !matches!(self.body, Body::Redirect { .. }) {
            self.status = status;
        }
        self
    }

    /// Denser text, full width: the pages of agents.
    #[must_use]
    pub fn desk(mut self) -> Self {
        if let Body::Html { desk, .. } = &mut self.body {
            *desk = true;
        }
        self
    }

    /// The way back, from the outermost page in.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        if let Body::Html { breadcrumbs, .. } = &mut self.body {
            breadcrumbs.push(super::Link { label: label.into(), href: href.into(), current: false });
        }
        self
    }

    /// Success message on the page redirected to.
    #[must_use]
    pub fn flash(self, text: impl Into<String>) -> Self {
        self.flash_as("success", text)
    }

    #[must_use]
    pub fn flash_as(mut self, tone: &str, text: impl Into<String>) -> Self {
        if let Body::Redirect { flash, .. } = &mut self.body {
            *flash = Some(Flash { tone: tone.to_owned(), text: text.into() });
        }
        self
    }

    /// The layout greets this person instead of the visitor who came.
    #[must_use]
    pub fn read_by(mut self, reader: Actor) -> Self {
        self.reader = Some(reader);
        self
    }

    #[must_use]
    pub fn cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }
}
