//! From a view model to HTML: one engine, one `page` object, one place.

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera};

use super::answer::Flash;
use super::serve::Site;
use super::statics::Statics;
use super::visit::Visit;
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::fault::Fault;

#[derive(rust_embed::RustEmbed)]
#[folder = "templates/"]
struct Embedded;

/// An entry of the navigation or of the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    pub label: String,
    pub href: String,
    pub current: bool,
}

impl Link {
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), current: false }
    }
}

/// Something a person is expected to do, for their home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// Verb and object: « Rendre votre avis sur 3 dossiers ».
    pub label: String,
    pub href: String,
    /// Why, or on what; may be empty.
    pub detail: String,
    /// By when, if it must be done by some time: the home page sorts by it.
    pub due: Option<Instant>,
}

#[derive(Serialize)]
struct Viewer {
    name: String,
    email: String,
    /// Notifications not read yet.
    unread: i64,
}

/// What the layout needs on every page.
#[derive(Serialize)]
struct PageObject<'a> {
    title: &'a str,
    error_prefix: bool,
    path: &'a str,
    site_name: &'a str,
    tagline: &'a str,
    deployer: &'a str,
    accessibility_mention: &'a str,
    demo: bool,
    desk: bool,
    nav: Vec<Link>,
    viewer: Option<Viewer>,
    flash: &'a [Flash],
    breadcrumbs: Vec<Link>,
}

pub struct HtmlPage<'a> {
    pub title: &'a str,
    pub template: &'a str,
    pub view: Context,
    pub desk: bool,
    pub breadcrumbs: Vec<Link>,
    pub error: bool,
    pub reader: Option<&'a Actor>,
}

/// All templates, parsed once; an undefined variable is an error.
///
/// # Errors
/// When a template does not parse.
pub fn load(statics: &Statics) -> Result<Tera, Fault> {
    let mut tera = Tera::new();
    let urls: std::collections::HashMap<String, String> = statics.urls();
    tera.register_function("asset", move |kwargs: Kwargs, _: &State| -> tera::TeraResult<String> {
        let path: &str = kwargs.must_get("path")?;
        urls.get(path).cloned().ok_or_else(|| tera::Error::message(format!("no static file {path}")))
    });
    let sources: Vec<(String, String)> = Embedded::iter()
        .filter_map(|name| {
            let file = Embedded::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect();
    tera.add_raw_templates(sources).map_err(|e| Fault::internal(format!("templates: {e:?}")))?;
    Ok(tera)
}

/// The title of the window: two pages of two calls, sessions or dossiers never bear the same. What the way back names and
/// the page does not is added, innermost first; the lists that start a way back (one part in their address) are not.
fn full_title(title: &str, breadcrumbs: &[Link]) -> String {
    let mut full = title.to_owned();
    for crumb in breadcrumbs.iter().rev().filter(|crumb| crumb.href.matches('/').count() > 1) {
        if !full.contains(&crumb.label) {
            full.push_str(" – ");
            full.push_str(&crumb.label);
        }
    }
    full
}

/// # Errors
/// When the template misses a variable.
pub fn html(site: &Site, visit: &Visit, page: HtmlPage<'_>) -> Result<String, Fault> {
    let settings = &site.service.settings;
    let mut nav = (site.navigation)(page.reader);
    if let Some(best) = nav
        .iter_mut()
        .filter(|l| visit.path == l.href || (l.href.len() > 1 && visit.path.starts_with(&l.href)))
        .max_by_key(|l| l.href.len())
    {
        best.current = true;
    }
    let viewer = match page.reader {
        Some(actor) => {
            // An ornament: a page that says the database is down is shown without it.
            let unread = visit.read(|conn| crate::notify::unread(conn, actor.id)).unwrap_or_default();
            Some(Viewer { name: actor.name(), email: actor.email.clone(), unread })
        }
        None => None,
    };
    // Everything is read: others need the connection more than a template does.
    visit.end_reading();
    let title = full_title(page.title, &page.breadcrumbs);
    let object = PageObject {
        title: &title,
        error_prefix: page.error,
        path: &visit.path,
        site_name: "Essaim",
        tagline: "Appels à projets, du dépôt au suivi partagé",
        deployer: &settings.deployer,
        accessibility_mention: &settings.accessibility,
        demo: settings.demo,
        desk: page.desk,
        nav,
        viewer,
        flash: &visit.flash,
        breadcrumbs: page.breadcrumbs,
    };
    let mut context = page.view;
    context.insert("page", &object);
    site.templates
        .render(page.template, &context)
        .map_err(|e| Fault::internal(format!("template {}: {e:?}", page.template)))
}
