//! Lists: what a person asked of one through the address (words searched, filters, order, page, format), and what
//! the list's template shows of it: headers that sort, the filter form, the pages, the count, the exports.
//!
//! Nothing in an address is trusted: an unknown column, filter or page falls back to what the list shows by itself.

use serde::Serialize;

use super::Visit;
use super::form::encode;
use crate::base::text::{count, fold};
pub use crate::db::Window;

pub const PAGE_SIZE: i64 = 50;
/// Most words of a search that count.
const MAX_WORDS: usize = 10;

/// A column of the table; with a `sort` code, its header is a link that sorts by it.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub label: &'static str,
    /// As in the address, `tri=…`; empty for a column without order.
    pub sort: &'static str,
    /// Figures are set to the right.
    pub number: bool,
}

impl Column {
    #[must_use]
    pub const fn plain(label: &'static str) -> Self {
        Self { label, sort: "", number: false }
    }

    #[must_use]
    pub const fn sorted(label: &'static str, sort: &'static str) -> Self {
        Self { label, sort, number: false }
    }

    /// Figures, in a sorted column or, with an empty code, in one without order.
    #[must_use]
    pub const fn number(label: &'static str, sort: &'static str) -> Self {
        Self { label, sort, number: true }
    }
}

/// A drop-down list that narrows the rows to one value.
#[derive(Clone, Debug)]
pub struct Filter {
    /// As in the address.
    code: &'static str,
    label: &'static str,
    /// What stands for no choice: « Tous les états ».
    all: &'static str,
    options: Vec<(String, String)>,
}

impl Filter {
    /// `options` are values of the address with the words shown.
    #[must_use]
    pub fn new(
        code: &'static str,
        label: &'static str,
        all: &'static str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self { code, label, all, options: options.into_iter().collect() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// What an address asks for: `format=csv`.
    #[must_use]
    pub fn asked(query: &super::Form) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == query.text("format"))
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "Excel (XLSX)",
        }
    }
}

/// What was asked of a list.
#[derive(Clone, Debug)]
pub struct ListRequest {
    path: String,
    columns: &'static [Column],
    filters: Vec<Filter>,
    /// The value chosen in each filter, empty for all.
    chosen: Vec<String>,
    sort: &'static str,
    descending: bool,
    /// The order of the list when none is asked.
    default_sort: (&'static str, bool),
    page: i64,
    search: Option<String>,
    /// Parts of the address that belong to the page and not to the list.
    kept: Vec<(&'static str, String)>,
    format: Option<Format>,
}

impl ListRequest {
    /// Reads the query string; what it does not know is left out.
    #[must_use]
    pub fn read(visit: &Visit, columns: &'static [Column], filters: Vec<Filter>) -> Self {
        Self::parse(&visit.path, &visit.query, columns, filters)
    }

    /// [`read`](Self::read), from an address.
    #[must_use]
    pub fn parse(path: &str, query: &super::Form, columns: &'static [Column], filters: Vec<Filter>) -> Self {
        let chosen = filters
            .iter()
            .map(|filter| {
                let asked = query.text(filter.code).trim();
                filter.options.iter().find(|(value, _)| value == asked).map_or_else(String::new, |(v, _)| v.clone())
            })
            .collect();
        let sort = columns.iter().map(|c| c.sort).find(|sort| !sort.is_empty() && *sort == query.text("tri"));
        Self {
            path: path.to_owned(),
            columns,
            filters,
            chosen,
            sort: sort.unwrap_or_default(),
            descending: sort.is_some() && query.text("sens") == "desc",
            default_sort: ("", false),
            page: query.text("page").parse().unwrap_or(1).max(1),
            search: None,
            kept: Vec::new(),
            format: Format::asked(query),
        }
        .with_words(query.text("recherche"))
    }

    fn with_words(mut self, search: &str) -> Self {
        self.search = Some(search.chars().take(200).collect::<String>().trim().to_owned());
        self
    }

    /// The list has no search box.
    #[must_use]
    pub fn without_search(mut self) -> Self {
        self.search = None;
        self
    }

    /// The order of the list when none is asked: its header says so.
    #[must_use]
    pub fn sorted_by(mut self, sort: &'static str, descending: bool) -> Self {
        self.default_sort = (sort, descending);
        if self.sort.is_empty() {
            (self.sort, self.descending) = self.default_sort;
        }
        self
    }

    /// Carries a part of the address that the page itself reads from link to link.
    #[must_use]
    pub fn keep(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.kept.push((name, value.into()));
        self
    }

    /// The column to sort by, one of the codes of the list or empty, and whether downwards.
    #[must_use]
    pub fn order(&self) -> (&'static str, bool) {
        (self.sort, self.descending)
    }

    /// The value chosen in a filter; it is one of its options.
    #[must_use]
    pub fn chosen(&self, filter: &str) -> Option<&str> {
        let position = self.filters.iter().position(|f| f.code == filter)?;
        Some(self.chosen[position].as_str()).filter(|value| !value.is_empty())
    }

    /// What was typed in the search box.
    #[must_use]
    pub fn search(&self) -> &str {
        self.search.as_deref().unwrap_or_default()
    }

    /// The words searched, folded like `search_text` columns.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        fold(self.search()).split_whitespace().take(MAX_WORDS).map(str::to_owned).collect()
    }

    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Which rows to load of `total`, all of them for an export: a page past the last one is the last one.
    #[must_use]
    pub fn window(&self, total: i64) -> Window {
        if self.format.is_some() {
            return Window { offset: 0, limit: i64::MAX };
        }
        Window { offset: (self.page_in(total) - 1) * PAGE_SIZE, limit: PAGE_SIZE }
    }

    /// The page's rows of a list short enough to be held whole, filtered and sorted by the caller.
    #[must_use]
    pub fn slice<T>(&self, rows: Vec<T>) -> (i64, Vec<T>) {
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let window = self.window(total);
        let size = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        (total, rows.into_iter().skip(size(window.offset)).take(size(window.limit)).collect())
    }

    /// Whether a row of a list held whole has every word searched.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        let text = fold(text);
        self.words().iter().all(|word| text.contains(word))
    }

    fn pages_in(total: i64) -> i64 {
        (total.max(0) + PAGE_SIZE - 1).div_euclid(PAGE_SIZE).max(1)
    }

    fn page_in(&self, total: i64) -> i64 {
        self.page.clamp(1, Self::pages_in(total))
    }

    /// The address of this list with another order, page or format.
    fn address(&self, sort: (&str, bool), page: i64, format: Option<Format>) -> String {
        let mut parts: Vec<(&str, &str)> = self.kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
        parts.push(("recherche", self.search()));
        parts.extend(self.filters.iter().zip(&self.chosen).map(|(filter, value)| (filter.code, value.as_str())));
        if sort != self.default_sort {
            parts.push(("tri", sort.0));
            parts.push(("sens", if sort.1 { "desc" } else { "" }));
        }
        let page = if page > 1 { page.to_string() } else { String::new() };
        parts.push(("page", &page));
        parts.push(("format", format.map_or("", Format::code)));
        let query: Vec<String> = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

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
        let (page, pages) = (self.page_in(total), Self::pages_in(total));
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
