//! The routes of the service, and which of them an address belongs to.

use std::collections::BTreeSet;

use essaim::web::page::{Method, Page};

/// Parts of a query whose very value makes another page.
const TELLING: &[&str] = &["apercu", "carte", "corriger", "etape", "format", "lignes", "montant", "tri"];

/// A name without the number of what it is about.
pub fn without_figures(name: &str) -> String {
    name.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("#")
}

pub struct Map {
    pages: Vec<Page>,
}

impl Default for Map {
    fn default() -> Self {
        let mut pages = essaim::app::pages(true);
        // A literal part wins over a `{name}` part at the same place, as in the service.
        pages.sort_by_key(|page| page.path.split('/').map(|part| (part.starts_with('{'), part)).collect::<Vec<_>>());
        Self { pages }
    }
}

impl Map {
    /// Patterns of every page that is read, or of every address that takes a form.
    pub fn routes(&self, method: Method) -> BTreeSet<&'static str> {
        self.pages.iter().filter(|page| page.method == method).map(|page| page.path).collect()
    }

    /// The pattern an address belongs to.
    pub fn route(&self, method: Method, address: &str) -> Option<&'static str> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |page: &&Page| {
            let pattern: Vec<&str> = page.path.split('/').collect();
            page.method == method
                && pattern.len() == parts.len()
                && pattern.iter().zip(&parts).all(|(p, part)| p.starts_with('{') && !part.is_empty() || p == part)
        };
        self.pages.iter().find(fits).map(|page| page.path)
    }

    /// What an address looks like: its route and what its query says.
    pub fn shape(&self, address: &str) -> Option<String> {
        let route = self.route(Method::Get, address)?;
        let query =
            address.split('#').next().and_then(|address| address.split_once('?')).map_or("", |(_, query)| query);
        let mut parts: Vec<String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(_, value)| !value.is_empty())
            .map(
                |(name, value)| if TELLING.contains(&name) { format!("{name}={value}") } else { without_figures(name) },
            )
            .collect();
        parts.sort();
        parts.dedup();
        Some(match parts.len() {
            0 => route.to_owned(),
            1 => format!("{route} ? {}", parts[0]),
            // Filters, orders and pages put together: their sets have no end.
            _ => format!("{route} ? several"),
        })
    }
}
