//! Lists: what a person asked of one through the address (words searched, filters, order, page, format), and what
//! the list's template shows of it: headers that sort, the filter form, the pages, the count, the exports.
//!
//! [`ListRequest`] reads the address, [`ListView`] is what the template shows.
//!
//! Nothing in an address is trusted: an unknown column, filter or page falls back to what the list shows by itself.

mod view;

use super::Visit;
use super::form::encode;
use crate::base::text::fold;
pub use crate::db::Window;
pub use view::ListView;

const PAGE_SIZE: i64 = 50;
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
    page_size: i64,
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
            page_size: PAGE_SIZE,
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

    /// A list that is read as a whole has longer pages than others.
    #[must_use]
    pub fn paged_by(mut self, rows: i64) -> Self {
        self.page_size = rows.max(1);
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
        Window { offset: (self.page_in(total) - 1) * self.page_size, limit: self.page_size }
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

    fn pages_in(&self, total: i64) -> i64 {
        (total.max(0) + self.page_size - 1).div_euclid(self.page_size).max(1)
    }

    fn page_in(&self, total: i64) -> i64 {
        self.page.clamp(1, self.pages_in(total))
    }

    /// The address of this page of the list, with other values for what [`keep`](Self::keep) carries.
    #[must_use]
    pub fn keeping(&self, kept: &[(&'static str, String)]) -> String {
        self.address_with(kept, self.order(), self.page, None)
    }

    /// The address of this list with another order, page or format.
    fn address(&self, sort: (&str, bool), page: i64, format: Option<Format>) -> String {
        self.address_with(&self.kept, sort, page, format)
    }

    fn address_with(
        &self,
        kept: &[(&'static str, String)],
        sort: (&str, bool),
        page: i64,
        format: Option<Format>,
    ) -> String {
        let mut parts: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
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
}
