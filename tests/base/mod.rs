//! Leaf types: amounts, identifiers, dates and text as people write them.

use essaim::base::clock::{Instant, PARIS, parse_date};
use essaim::base::identifiers::{parse_rna, parse_siret, show_siret};
use essaim::base::money::{AmountError, Cents};
use essaim::base::text::{clean, count, fold};
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_amount_shown_reads_back_as_itself(cents in 0..Cents::LIMIT) {
        let amount = Cents(cents);
        prop_assert_eq!(Cents::parse(&amount.plain()), Ok(amount));
        prop_assert_eq!(Cents::parse(&amount.to_string()), Ok(amount));
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,40}") {
        let _ = Cents::parse(&text);
        let _ = parse_siret(&text);
        let _ = parse_rna(&text);
        let _ = parse_date(&text);
        let _ = essaim::web::Form::parse(text.as_bytes());
    }

    #[test]
    fn folding_is_idempotent(text in "\\PC{0,40}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn a_form_value_survives_its_encoding(value in "\\PC{0,60}") {
        let encoded = format!("a={}", essaim::web::form::encode(&value));
        let form = essaim::web::Form::parse(encoded.as_bytes());
        prop_assert_eq!(form.text("a"), value);
    }

    #[test]
    fn one_wrong_digit_breaks_a_siret(position in 0_usize..14, shift in 1_u8..10) {
        let mut digits = *b"73282932000074";
        digits[position] = b'0' + (digits[position] - b'0' + shift) % 10;
        let changed = String::from_utf8_lossy(&digits).into_owned();
        prop_assert!(parse_siret(&changed).is_err(), "{}", changed);
    }
}

#[test]
fn amounts_as_people_type_them() {
    for (typed, cents) in [
        ("12500", 1_250_000),
        ("12 500", 1_250_000),
        ("12\u{202F}500,5 €", 1_250_050),
        ("12.500,50", -1),
        ("12500.05", 1_250_005),
        ("0", 0),
        (" 7 € ", 700),
    ] {
        let expected = if cents < 0 { Err(AmountError::NotANumber) } else { Ok(Cents(cents)) };
        assert_eq!(Cents::parse(typed), expected, "{typed}");
    }
    assert_eq!(Cents::parse(""), Err(AmountError::Empty));
    assert_eq!(Cents::parse("-3"), Err(AmountError::Negative));
    assert_eq!(Cents::parse("1,234"), Err(AmountError::TooManyDecimals));
    assert_eq!(Cents::parse("1000000000"), Err(AmountError::TooLarge));
    assert_eq!(Cents::parse("99999999999999999999"), Err(AmountError::TooLarge));
    assert_eq!(Cents::parse("douze"), Err(AmountError::NotANumber));
}

#[test]
fn amounts_as_they_are_shown() {
    assert_eq!(Cents(1_234_567).to_string(), "12\u{202F}345,67\u{A0}€");
    assert_eq!(Cents(170_000_000).to_string(), "1\u{202F}700\u{202F}000\u{A0}€");
    assert_eq!(Cents(-5).to_string(), "\u{2212}0,05\u{A0}€");
}

#[test]
fn identifiers_of_organisations() {
    assert_eq!(parse_siret("732 829 320 00074").as_deref(), Ok("73282932000074"));
    assert_eq!(show_siret("73282932000074"), "732\u{202F}829\u{202F}320\u{202F}00074");
    // Establishments of La Poste fail the Luhn key and answer to a digit sum instead.
    for la_poste in ["35600000049837", "35600000009075", "35600000000048"] {
        assert!(parse_siret(la_poste).is_ok(), "{la_poste}");
    }
    assert!(parse_siret("35600000049838").is_err());
    assert_eq!(parse_rna("w313000001").as_deref(), Ok("W313000001"));
    assert!(parse_rna("W9R1000001").is_ok());
    assert!(parse_rna("W31300000").is_err());
}

#[test]
fn instants_in_the_zone_of_the_call() {
    let closing = Instant::from_civil("2021-10-29T23:59:59", PARIS).unwrap();
    assert_eq!(closing.iso(), "2021-10-29T21:59:59Z");
    assert_eq!(
        closing.long(PARIS).replace('\u{A0}', " "),
        "vendredi 29 octobre 2021 à 23 h 59 min 59 s (heure de Paris)"
    );
    let winter = Instant::from_civil("2022-01-01T12:00:00", PARIS).unwrap();
    assert_eq!(winter.short(PARIS).replace('\u{A0}', " "), "1er janvier 2022 à 12 h");
    assert_eq!(parse_date("15/01/2027"), parse_date("2027-01-15"));
    assert_eq!(parse_date("31/02/2027"), None);
}

#[test]
fn text_cleaned_and_counted() {
    assert_eq!(fold("L’ÉCOLE  du Cœur-de-Ville"), "l ecole du coeur de ville");
    assert_eq!(clean(" a\r\nb\u{0}\u{7}c "), "a\nbc");
    assert_eq!(clean("e\u{202A}\u{301}te\u{0}\u{301}"), "été", "what stood between a letter and its accent is gone");
    assert_eq!(clean(" \u{200B}\u{2060}\n\u{301}"), "", "nothing can be seen");
    assert_eq!(clean("👩\u{200D}🌾"), "👩\u{200D}🌾", "what joins two pictures stays");
    assert_eq!(count(0, "dossier", "dossiers"), "0\u{A0}dossier");
    assert_eq!(count(2, "dossier", "dossiers"), "2\u{A0}dossiers");
}
