//! Every parser of ours, on arbitrary bytes: none panics, each says something in words when it refuses, and what a
//! printer of ours wrote reads back as itself.

use essaim::access::Role;
use essaim::base::clock::{Instant, PARIS, french_date, parse_date};
use essaim::base::identifiers::{parse_rna, parse_siret, show_siret};
use essaim::base::money::Cents;
use essaim::base::text::{clean, clean_line, fold, fold_email, looks_like_email, pattern};
use essaim::calls::definition::parse_at;
use essaim::config::Settings;
use essaim::config::legal;
use essaim::db::DatabaseUrl;
use essaim::decisions::check_code;
use essaim::files::{ACCEPTED, sniff};
use essaim::followup::rules::{read_value, show};
use essaim::instruction::Score;
use essaim::mail::{relay, sender};
use essaim::web::form::encode;
use essaim::web::guard::is_own_path;
use essaim::web::list::{Column, Filter};
use essaim::web::{Form, ListRequest};
use jiff::civil::date;
use proptest::prelude::*;

use super::corpus::corpus;

#[test]
fn a_file_that_never_ends_is_not_read() {
    let setting = |path: &str| Settings::read(|name| (name == "ESSAIM_LEGAL").then(|| path.to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("long.toml");
    std::fs::write(&long, "#".repeat(1_000_001)).unwrap();
    let place = folder.path().to_str().unwrap();
    for (path, why) in [
        ("/dev/zero", "not an ordinary file"),
        (place, "not an ordinary file"),
        (long.to_str().unwrap(), "longer than one megabyte"),
    ] {
        let errors = setting(path).unwrap_err();
        assert!(errors.len() == 1 && errors[0].contains(why), "{path}: {errors:?}");
        let refused = essaim::commands::call::check(path.as_ref()).unwrap_err();
        assert!(refused.contains(why), "{path}: {refused}");
    }
}

/// Texts that are nearly what a parser waits for, and texts that are nothing at all.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<Vec<u8>>().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "[-+0-9.,/: €TZWh%eE]{0,24}",
        "\\PC{0,60}",
        prop::sample::select(corpus()).prop_map(|hostile| hostile.meaning()),
    ]
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn leaf_parsers_never_panic(text in any_text(), unit in any_text()) {
        if let Ok(amount) = Cents::parse(&text) {
            prop_assert!((0..Cents::LIMIT).contains(&amount.0), "{text:?} is {amount:?}");
        }
        if let Ok(siret) = parse_siret(&text) {
            prop_assert!(siret.len() == 14 && siret.is_ascii());
            prop_assert_eq!(parse_siret(&show_siret(&siret)), Ok(siret));
        }
        if let Ok(rna) = parse_rna(&text) {
            prop_assert_eq!(parse_rna(&rna), Ok(rna.clone()));
        }
        if let Some(day) = parse_date(&text) {
            prop_assert!((1900..=2999).contains(&day.year()), "{text:?} is {day}");
            let _ = french_date(day);
            prop_assert!(Instant::from_civil(&format!("{day}T23:59:59"), PARIS).is_ok(), "{day} is a day in Paris");
        }
        if let Ok(Some(value)) = read_value(&text, &unit) {
            prop_assert!(value >= 0);
            prop_assert_eq!(read_value(&show(value), "personnes"), Ok(Some(value)));
        }
        if let Some(code) = check_code::read(&text) {
            prop_assert_eq!(check_code::read(&check_code::grouped(&code)), Some(code));
        }
        if let Some(score) = Score::from_exact(&text) {
            let _ = score.rounded();
            prop_assert_eq!(Score::from_exact(&score.exact()), Some(score));
        }
        if let Ok(instant) = Instant::parse(&text) {
            prop_assert_eq!(Instant::parse(&instant.iso()).ok(), Some(instant));
            let _ = (instant.long(PARIS), instant.short(&unit), instant.day(PARIS));
        }
        let _ = Instant::from_civil(&text, &unit);
        let _ = show_siret(&text);
        let _ = DatabaseUrl::parse(&text, |_| Some(unit.clone()));
        let _ = (relay(&text), relay(&format!("smtp://{text}")), sender(&text));
        let _ = Role::from_code(&text);
    }

    #[test]
    fn text_is_cleaned_once_for_all(text in any_text()) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.clone());
        prop_assert!(once.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        let turning = once.chars().any(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'));
        prop_assert!(!turning, "{once:?} turns text round");
        prop_assert!(!clean_line(&text).contains(['\n', '\r', '\t']));
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded.clone());
        for word in folded.split_whitespace() {
            prop_assert!(!pattern(word).trim_matches('%').contains(['%', '_', '\\']), "a wildcard in {}", pattern(word));
        }
        let email = fold_email(&text);
        if looks_like_email(&email) {
            prop_assert!(!email.contains(['\r', '\n', ' ', ',', ';', '<', '>', '"']) && email.len() <= 254, "{email:?}");
        }
        if is_own_path(&text) {
            prop_assert!(text.starts_with('/') && !text.contains(['\r', '\n']) && !text.starts_with("//"), "{text:?}");
        }
    }

    #[test]
    fn a_form_reads_any_bytes(bytes in any::<Vec<u8>>(), pairs in prop::collection::vec((any_text(), any_text()), 0..6)) {
        let form = Form::parse(&bytes);
        prop_assert!(form.fields().iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
        let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let read = Form::parse(body.join("&").as_bytes());
        let expected: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| (name.replace('\0', ""), value.replace('\0', ""))).collect();
        prop_assert_eq!(read.fields(), expected.as_slice());
    }

    #[test]
    fn a_list_takes_any_address(bytes in any::<Vec<u8>>(), page in any_text(), search in any_text(), total in 0_i64..10_000_000) {
        const COLUMNS: &[Column] = &[Column::sorted("Titre", "titre"), Column::plain("État")];
        let mut query = bytes;
        query.extend_from_slice(format!("&page={}&recherche={}&tri={}&etat={}", encode(&page), encode(&search), encode(&search), encode(&page)).as_bytes());
        let filters = vec![Filter::new("etat", "État", "Tous", [("a".to_owned(), "A".to_owned())])];
        let list = ListRequest::parse("/liste", &Form::parse(&query), COLUMNS, filters).sorted_by("titre", false);
        let window = list.window(total);
        prop_assert!(window.offset >= 0 && window.limit > 0);
        prop_assert!(list.words().len() <= 10 && list.search().chars().count() <= 200);
        let view = serde_json::to_value(list.view(total, "ligne", "lignes")).unwrap();
        prop_assert!(view["path"] == "/liste");
    }

    #[test]
    fn the_type_of_a_file_is_known_from_any_bytes(bytes in any::<Vec<u8>>(), name in any_text(), head in prop::sample::select(vec![
        b"%PDF-".as_slice(), b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"PK\x03\x04", b"GIF89a", b"",
    ])) {
        let file = [head, &bytes].concat();
        for name in [name.clone(), format!("{name}.pdf"), format!("{name}.PNG")] {
            if let Some(found) = sniff(&file, &name) {
                prop_assert!(ACCEPTED.contains(&found));
            }
        }
    }

    #[test]
    fn a_call_file_reads_any_bytes(bytes in any::<Vec<u8>>(), text in any_text()) {
        for text in [String::from_utf8_lossy(&bytes).into_owned(), text.clone(), format!("[appel]\ncode = {text:?}\n")] {
            if let Err(mistakes) = parse_at(&text, "file.toml", date(2026, 11, 23)) {
                prop_assert!(mistakes.iter().all(|mistake| mistake.line > 0 && !mistake.message.is_empty()));
            }
        }
    }

    #[test]
    fn settings_name_the_variable_that_is_wrong(value in any_text(), at in any::<prop::sample::Index>()) {
        let variables = essaim::config::VARIABLES;
        let chosen = variables[at.index(variables.len())].0;
        if let Err(errors) = Settings::read(|name| (name == chosen).then(|| value.clone())) {
            prop_assert!(errors.iter().all(|error| error.starts_with("ESSAIM_")), "{errors:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_of_legal_texts_reads_any_bytes(bytes in any::<Vec<u8>>(), text in any_text()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("legal.toml");
        for content in [bytes.as_slice(), text.as_bytes(), format!("[publisher]\nname = {text:?}").as_bytes()] {
            std::fs::write(&path, content).unwrap();
            if let Err(error) = legal::read(&path) {
                prop_assert!(!error.is_empty());
            }
        }
    }
}
