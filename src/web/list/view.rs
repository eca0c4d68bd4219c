//! What the template of a list shows around its rows.

use serde::Serialize;

use super::{Format, ListRequest};
use crate::base::text::count;

impl ListRequest {
    /// What the components of `components/list.html` show. `singular` and `plural` count the rows: « 1 dossier »,
    /// « 12 dossiers ».
    #[must_use]
    pub fn view(&self, total: i64, singular: &str, plural: &str) -> ListView {
        let order = self.order();
        let headers = self
            .columns
            .iter()
            .map(|column| {
                let sorted = !column.sort.is_empty() && column.sort == order.0;
                let next = (column.sort, sorted && !order.1);
                Header {
                    label: column.label,
                    href: if column.sort.is_empty() { String::new() } else { self.address(next, 1, None) },
                    sorted: match (sorted, order.1) {
                        (false, _) => "",
                        (true, false) => "ascending",
                        (true, true) => "descending",
                    },
                    number: column.number,
                }
            })
            .collect();
        let filters = self
            .filters
            .iter()
            .zip(&self.chosen)
            .map(|(filter, chosen)| {
                let all = Choice { value: String::new(), label: filter.all.to_owned(), selected: chosen.is_empty() };
                let options = filter.options.iter().map(|(value, label)| Choice {
                    selected: value == chosen,
                    value: value.clone(),
                    label: label.clone(),
                });
                FilterView {
                    code: filter.code,
                    label: filter.label,
                    options: std::iter::once(all).chain(options).collect(),
                }
            })
            .collect();
        let mut hidden: Vec<Hidden> =
            self.kept.iter().map(|(name, value)| Hidden { name, value: value.clone() }).collect();
        if order != self.default_sort && !order.0.is_empty() {
            hidden.push(Hidden { name: "tri", value: order.0.to_owned() });
            if order.1 {
                hidden.push(Hidden { name: "sens", value: "desc".to_owned() });
            }
        }
        let (page, pages) = (self.page_in(total), self.pages_in(total));
        let to = |page: i64| self.address(order, page, None);
        let all = ListRequest { chosen: vec![String::new(); self.chosen.len()], ..self.clone() }.without_search();
        ListView {
            path: self.path.clone(),
            searchable: self.search.is_some(),
            search: self.search().to_owned(),
            filtered: !self.search().is_empty() || self.chosen.iter().any(|value| !value.is_empty()),
            all_href: all.address(order, 1, None),
            filters,
            hidden,
            headers,
            total,
            count: count(usize::try_from(total).unwrap_or_default(), singular, plural),
            page,
            pages: numbers(page, pages)
                .into_iter()
                .map(|number| match number {
                    Some(number) => PageLink { label: number.to_string(), href: to(number), current: number == page },
                    None => PageLink { label: "…".to_owned(), href: String::new(), current: false },
                })
                .collect(),
            last_page: pages,
            previous: if page > 1 { to(page - 1) } else { String::new() },
            following: if page < pages { to(page + 1) } else { String::new() },
            exports: Format::ALL
                .into_iter()
                .map(|format| Export { label: format.label(), href: self.address(order, 1, Some(format)) })
                .collect(),
        }
    }
}

/// The numbers of pages worth a link: both ends and around the current one; `None` stands for a gap.
fn numbers(page: i64, pages: i64) -> Vec<Option<i64>> {
    let mut shown: Vec<Option<i64>> = Vec::new();
    for number in (1..=pages).filter(|n| *n == 1 || *n == pages || (page - 2..=page + 2).contains(n)) {
        if let Some(Some(last)) = shown.last()
            && number > last + 1
        {
            // A gap of one page is no shorter than the page itself.
            shown.push(if number == last + 2 { Some(last + 1) } else { None });
        }
        shown.push(Some(number));
    }
    shown
}

#[derive(Clone, Debug, Serialize)]
struct Header {
    label: &'static str,
    href: String,
    /// As `aria-sort` says it; empty when the list is not sorted by this column.
    sorted: &'static str,
    number: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Clone, Debug, Serialize)]
struct FilterView {
    code: &'static str,
    label: &'static str,
    options: Vec<Choice>,
}

#[derive(Clone, Debug, Serialize)]
struct Hidden {
    name: &'static str,
    value: String,
}

#[derive(Clone, Debug, Serialize)]
struct PageLink {
    label: String,
    /// Empty for a gap.
    href: String,
    current: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Export {
    label: &'static str,
    href: String,
}

/// The list's frame, ready for its template.
#[derive(Clone, Debug, Serialize)]
pub struct ListView {
    path: String,
    searchable: bool,
    search: String,
    filtered: bool,
    all_href: String,
    filters: Vec<FilterView>,
    hidden: Vec<Hidden>,
    headers: Vec<Header>,
    total: i64,
    count: String,
    page: i64,
    last_page: i64,
    pages: Vec<PageLink>,
    previous: String,
    following: String,
    exports: Vec<Export>,
}
