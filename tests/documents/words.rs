use essaim::base::Cents;
use essaim::documents::amount_in_words;

#[test]
fn hard_cases() {
    for (cents, words) in [
        (0, "zéro euro"),
        (1, "un centime"),
        (2, "deux centimes"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (1_600, "seize euros"),
        (1_700, "dix-sept euros"),
        (2_100, "vingt et un euros"),
        (7_000, "soixante-dix euros"),
        (7_105, "soixante et onze euros et cinq centimes"),
        (7_700, "soixante-dix-sept euros"),
        (8_000, "quatre-vingts euros"),
        (8_100, "quatre-vingt-un euros"),
        (9_100, "quatre-vingt-onze euros"),
        (9_999, "quatre-vingt-dix-neuf euros et quatre-vingt-dix-neuf centimes"),
        (10_000, "cent euros"),
        (10_100, "cent un euros"),
        (20_000, "deux cents euros"),
        (20_100, "deux cent un euros"),
        (28_080, "deux cent quatre-vingts euros et quatre-vingts centimes"),
        (100_000, "mille euros"),
        (100_100, "mille un euros"),
        (8_000_000, "quatre-vingt mille euros"),
        (10_625_000, "cent six mille deux cent cinquante euros"),
        (20_000_000, "deux cent mille euros"),
        (20_008_000, "deux cent mille quatre-vingts euros"),
        (100_000_000, "un million d’euros"),
        (100_020_000, "un million deux cents euros"),
        (170_000_000, "un million sept cent mille euros"),
        (8_000_000_000, "quatre-vingts millions d’euros"),
        (20_000_000_000, "deux cents millions d’euros"),
        (100_000_000_000, "un milliard d’euros"),
        (-7_100, "moins soixante et onze euros"),
    ] {
        assert_eq!(amount_in_words(Cents(cents)), words);
    }
}

/// Reads French words back: the opposite of what is tested, written from the grammar.
fn read(words: &str) -> i64 {
    let words = words.replace("quatre-vingts", "quatre-vingt").replace("d’euros", "euros");
    let (mut total, mut group, mut cents) = (0i64, 0i64, 0i64);
    for word in words.replace("quatre-vingt", "octante").split([' ', '-']) {
        let small = [
            "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
            "treize", "quatorze", "quinze", "seize",
        ];
        if let Some(value) = small.iter().position(|w| *w == word) {
            group += i64::try_from(value).expect("small");
            continue;
        }
        match word.trim_end_matches('s') {
            "vingt" => group += 20,
            "trente" => group += 30,
            "quarante" => group += 40,
            "cinquante" => group += 50,
            "soixante" => group += 60,
            "octante" => group += 80,
            "cent" => group = group.max(1) * 100,
            "mille" => {
                total += group.max(1) * 1000;
                group = 0;
            }
            "million" | "milliard" => {
                total += group * if word.starts_with("milliard") { 1_000_000_000 } else { 1_000_000 };
                group = 0;
            }
            "et" => {}
            "euro" => {
                cents = (total + group) * 100;
                (total, group) = (0, 0);
            }
            "centime" => return cents + group,
            other => panic!("{other:?} is no number word"),
        }
    }
    cents
}

proptest::proptest! {
    #[test]
    fn words_read_back_as_the_amount(cents in 0i64..=100_000_000_000) {
        proptest::prop_assert_eq!(read(&amount_in_words(Cents(cents))), cents);
    }

    #[test]
    fn small_amounts_too(cents in 0i64..=300_000) {
        proptest::prop_assert_eq!(read(&amount_in_words(Cents(cents))), cents);
    }
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    assert!(amount_in_words(Cents(i64::MAX)).contains("billiards"));
    assert!(amount_in_words(Cents(i64::MIN)).starts_with("moins"));
}
