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
