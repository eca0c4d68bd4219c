//! More than five hundred values that no form was made for, by family.

mod bytes;
mod figures;
mod injections;
mod markup;
mod texts;

use std::sync::LazyLock;

use essaim::web::Form;
use essaim::web::form::encode;

/// In the lists of values, stands for the mark that tells a value from all others.
const HERE: &str = "¤";
/// What a template would show if it computed what was typed: 7919 × 104729.
pub const COMPUTED: &str = "829348951";
/// Every mark starts like this, and nothing of ours does.
pub const MARK: &str = "zqz";

/// One value, as it leaves for the server.
#[derive(Clone, Debug)]
pub struct Hostile {
    pub family: &'static str,
    /// As in a form's body or an address, after `name=`.
    pub sent: Vec<u8>,
}

impl Hostile {
    /// What a lenient reader makes of the bytes sent.
    pub fn meaning(&self) -> String {
        let body = [b"a=".as_slice(), &self.sent].concat();
        Form::parse(&body).text("a").to_owned()
    }

    /// Whether it may stand in the first line of a request, where raw bytes end the address.
    pub fn fits_an_address(&self) -> bool {
        self.sent.len() < 8_000
            && self.sent.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'"' | b'<' | b'>'))
    }
}

/// The corpus, always in the same order: neighbours are of different families.
pub fn corpus() -> &'static [Hostile] {
    static CORPUS: LazyLock<Vec<Hostile>> = LazyLock::new(|| {
        let families: Vec<Vec<Hostile>> = [
            typed("markup", &markup::values()),
            typed("templates", &markup::templates()),
            typed("sql", &injections::sql()),
            typed("formulas", &injections::formulas()),
            typed("paths", &injections::paths()),
            typed("headers", &injections::headers()),
            typed("syntax", &injections::syntax()),
            typed("numbers", &figures::numbers()),
            typed("dates", &figures::dates()),
            typed("identifiers", &figures::identifiers()),
            typed("controls", &texts::controls()),
            typed("directions", &texts::directions()),
            typed("invisible", &texts::invisible()),
            typed("scripts", &texts::scripts()),
            typed("long", &texts::long()),
            raw("encodings", bytes::encodings()),
        ]
        .into();
        let mut met = std::collections::BTreeSet::new();
        let longest = families.iter().map(Vec::len).max().unwrap_or(0);
        (0..longest)
            .flat_map(|i| families.iter().filter_map(move |family| family.get(i).cloned()))
            .filter(|hostile| met.insert(hostile.sent.clone()))
            .collect()
    });
    &CORPUS
}

/// Values as somebody types or pastes them.
fn typed(family: &'static str, values: &[String]) -> Vec<Hostile> {
    let marked = values.iter().enumerate().map(|(i, value)| value.replace(HERE, &format!("{MARK}{family}{i}")));
    marked.map(|value| Hostile { family, sent: encode(&value).into_bytes() }).collect()
}

/// Bodies that no browser would send.
fn raw(family: &'static str, values: Vec<Vec<u8>>) -> Vec<Hostile> {
    values.into_iter().map(|sent| Hostile { family, sent }).collect()
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

#[test]
fn the_corpus_is_large_and_varied() {
    let corpus = corpus();
    assert!(corpus.len() >= 800, "only {} values", corpus.len());
    let in_family = |family: &str| corpus.iter().filter(|hostile| hostile.family == family).count();
    for (family, least) in [
        ("markup", 80),
        ("templates", 15),
        ("sql", 40),
        ("formulas", 50),
        ("paths", 40),
        ("headers", 10),
        ("syntax", 25),
        ("numbers", 80),
        ("dates", 60),
        ("identifiers", 15),
        ("controls", 40),
        ("directions", 12),
        ("invisible", 20),
        ("scripts", 30),
        ("long", 8),
        ("encodings", 40),
    ] {
        assert!(in_family(family) >= least, "{family}: {}", in_family(family));
    }
    let meanings: Vec<String> = corpus.iter().map(Hostile::meaning).collect();
    assert!(meanings.iter().any(|m| m.contains('\u{202E}')) && meanings.iter().any(|m| m.contains('\u{FFFD}')));
    assert!(meanings.iter().all(|m| !m.contains('\0')), "the reader of forms keeps no NUL");
}
