//! Amounts in French words, traditional spelling: what a letter writes beside the figures.

use crate::base::Cents;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
];
const TENS: [&str; 7] = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante"];
/// Nouns above a thousand, long scale; they take a plural and ask for « d’euros » when nothing follows.
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000_000_000, "billiard"),
    (1_000_000_000_000, "billion"),
    (1_000_000_000, "milliard"),
    (1_000_000, "million"),
];

/// `cent six mille deux cent cinquante euros`, `soixante et onze euros et cinq centimes`.
#[must_use]
pub fn amount_in_words(amount: Cents) -> String {
    let (euros, cents) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
    let mut words = String::new();
    if amount.0 < 0 {
        words.push_str("moins ");
    }
    if euros > 0 || cents == 0 {
        words.push_str(&number_in_words(euros));
        words.push_str(match euros {
            0 | 1 => " euro",
            n if n.is_multiple_of(1_000_000) => " d’euros",
            _ => " euros",
        });
    }
    if cents > 0 {
        if euros > 0 {
            words.push_str(" et ");
        }
        words.push_str(&number_in_words(cents));
        words.push_str(if cents == 1 { " centime" } else { " centimes" });
    }
    words
}

/// A cardinal: `deux cent un`, `quatre-vingt mille`, `un million deux cents`.
#[must_use]
pub fn number_in_words(number: u64) -> String {
    if number == 0 {
        return SMALL[0].to_owned();
    }
    let mut parts = Vec::new();
    let mut rest = number;
    for (scale, noun) in SCALES {
        let count = rest / scale;
        rest %= scale;
        if count > 0 {
            // A scale noun is a noun: quatre-vingts millions, deux cents millions.
            let plural = if count > 1 { "s" } else { "" };
            parts.push(format!("{} {noun}{plural}", number_in_words(count)));
        }
    }
    let thousands = rest / 1000;
    if thousands > 0 {
        // « mille » is no noun: quatre-vingt mille, deux cent mille.
        parts.push(if thousands == 1 {
            "mille".to_owned()
        } else {
            format!("{} mille", below_thousand(thousands, false))
        });
    }
    if !rest.is_multiple_of(1000) {
        parts.push(below_thousand(rest % 1000, true));
    }
    parts.join(" ")
}

/// `last`: nothing follows in the number, so « vingt » and « cent » take their plural.
fn below_thousand(number: u64, last: bool) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let mut parts = Vec::new();
    match hundreds {
        0 => {}
        1 => parts.push("cent".to_owned()),
        n => parts.push(format!("{} cent{}", small(n), if last && rest == 0 { "s" } else { "" })),
    }
    if rest > 0 {
        parts.push(below_hundred(rest, last));
    }
    parts.join(" ")
}

fn below_hundred(number: u64, last: bool) -> String {
    let (ten, unit) = (number / 10, number % 10);
    match number {
        0..=16 => small(number).to_owned(),
        17..=19 => format!("dix-{}", small(unit)),
        80 => if last { "quatre-vingts" } else { "quatre-vingt" }.to_owned(),
        81..=99 => format!("quatre-vingt-{}", below_hundred(number - 80, last)),
        71 => "soixante et onze".to_owned(),
        70..=79 => format!("soixante-{}", below_hundred(number - 60, last)),
        _ => match unit {
            0 => tens(ten).to_owned(),
            1 => format!("{} et un", tens(ten)),
            unit => format!("{}-{}", tens(ten), small(unit)),
        },
    }
}

fn small(number: u64) -> &'static str {
    usize::try_from(number).ok().and_then(|n| SMALL.get(n)).copied().unwrap_or_default()
}

fn tens(ten: u64) -> &'static str {
    usize::try_from(ten).ok().and_then(|n| TENS.get(n)).copied().unwrap_or_default()
}
