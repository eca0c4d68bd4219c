use essaim::documents::{Breakdown, Letter, letter};
use lopdf::{Document, Object};

use super::reading::{assert_nothing_overflows, flat, pages, text};
use super::samples::{granted, refused};

fn made(letter_: &Letter) -> Vec<u8> {
    letter(letter_).expect("a letter")
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let bytes = made(&granted());
    assert_eq!(bytes, made(&granted()));
    assert_ne!(bytes, made(&Letter { salutation: "Monsieur,".to_owned(), ..granted() }));
}

/// An archive tells two files apart by it.
#[test]
fn the_identifier_of_a_file_comes_from_what_it_holds() {
    let identifier = |bytes: &[u8]| {
        let file = Document::load_mem(bytes).unwrap();
        let both: Vec<Vec<u8>> = file.trailer.get(b"ID").unwrap().as_array().unwrap().iter().map(hexadecimal).collect();
        assert_eq!((both.len(), &both[0]), (2, &both[1]));
        both[0].clone()
    };
    let granted_ = identifier(&made(&granted()));
    assert_eq!(granted_.len(), 16);
    assert_ne!(granted_, vec![0; 16]);
    assert_ne!(granted_, identifier(&made(&Letter { salutation: "Monsieur,".to_owned(), ..granted() })));
}

fn hexadecimal(object: &Object) -> Vec<u8> {
    object.as_str().unwrap().to_vec()
}

#[test]
fn a_grant_says_all_that_the_law_and_the_reader_expect() {
    let bytes = made(&granted());
    assert_nothing_overflows(&bytes);
    let text = text("letter_granted", &bytes);
    for expected in [
        "Agence régionale de démonstration",
        "12 rue du Bel-Œuvre",
        "81999 BOURG-INVENTÉ",
        "Nos références : AMI-ISS-2021-0042-D1",
        "Affaire suivie par : Camille Modèle",
        "annexe financière ; modèle de compte rendu financier",
        "« Inégalités sociales de santé »",
        "106 250 €",
        "soit cent six mille deux cent cinquante euros",
        "61 250 €",
        "45 000 €",
        "Vu la loi n° 2000-321 du 12 avril 2000",
        "Par délégation (décision n° 2022-017 du",
        "Inès SPÉCIMEN-DUPONT",
        "Décision signée dans le service Essaim le 1er février 2022",
        "article L. 212-1",
        "Voies et délais de recours",
        "K7QD 4M9T RX2B",
        "essaim.example/verifier/K7QD4M9TRX2B",
        "Page 2/2",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing from {text}");
    }
}

#[test]
fn a_letter_without_grant_shows_no_amount() {
    let bytes = made(&refused());
    assert_nothing_overflows(&bytes);
    let text = text("letter_refused", &bytes);
    assert!(text.contains("n’est pas retenue"));
    assert!(!text.contains('€') && !text.contains("soit "), "{text}");
}

#[test]
fn a_letter_not_yet_signed_says_so() {
    let mut draft = refused();
    draft.signatures[0].signed_at = None;
    let text = text("letter_draft", &made(&draft));
    assert!(text.contains("Projet de lettre : la décision n’est pas signée."));
    assert!(!text.contains("Décision signée"));
    draft.specimen = false;
    let draft = pages("letter_draft_real", &made(&draft));
    assert!(draft.iter().all(|page| page.contains("PROJET – document non signé, sans valeur juridique")));
}

#[test]
fn every_page_of_a_specimen_says_so_and_no_page_of_a_real_letter_does() {
    let specimen = pages("letter_specimen", &made(&granted()));
    assert_eq!(specimen.len(), 2);
    assert!(specimen.iter().all(|page| page.contains("SPÉCIMEN – document de démonstration")));
    let mut real = Letter { specimen: false, ..granted() };
    real.signatures[0].surname = "DUPONT".to_owned();
    assert!(pages("letter_real", &made(&real)).iter().all(|page| !page.contains("SPÉCIMEN")));
}

#[test]
fn a_long_body_flows_over_numbered_pages_and_the_signature_never_stands_alone() {
    let paragraph = &granted().motives[0];
    for count in 0..20 {
        let motives = vec![paragraph.clone(); count];
        let bytes = made(&Letter { motives, ..granted() });
        assert_nothing_overflows(&bytes);
        if count % 6 != 0 {
            continue;
        }
        let pages = pages(&format!("letter_{count}_motives"), &bytes);
        let total = pages.len();
        for (index, page) in pages.iter().enumerate() {
            assert!(page.contains(&format!("Page {}/{total}", index + 1)), "page {} of {total}: {page}", index + 1);
        }
        assert!(count < 18 || total >= 4, "{count} motives on {total} pages");
        let signed = pages.iter().find(|page| page.contains("Inès SPÉCIMEN-DUPONT")).expect("a signature");
        assert!(signed.contains("Je vous prie d’agréer"), "the formula left the signature: {signed}");
    }
}

#[test]
fn hostile_texts_neither_panic_nor_overflow() {
    let hostile = [
        "Donaudampfschifffahrt".repeat(60),
        "👩🏽‍🚀🏳️‍🌈 émojis 🐝🐝".to_owned(),
        "שלום עולם مرحبا بالعالم".to_owned(),
        "\u{202E}renversé\u{202C} \u{0}\u{7}\u{FEFF}invisible\u{AD}".to_owned(),
        "\n\n   \n\t\n".to_owned(),
        String::new(),
        "e\u{301}\u{301}\u{301}a\u{308} ẞ ﬁ Ⅷ".to_owned(),
        "un mot ".repeat(600),
        "ligne\n".repeat(80),
    ];
    for (index, text) in hostile.iter().enumerate() {
        let mut victim = granted();
        let many = vec![text.clone(); 3];
        for place in [&mut victim.subject, &mut victim.salutation, &mut victim.reference, &mut victim.place_and_date] {
            place.clone_from(text);
        }
        victim.sender.institution.clone_from(text);
        victim.sender.service.clone_from(&many);
        victim.sender.address.clone_from(&many);
        victim.handled_by.name.clone_from(text);
        victim.signatures[0].quality.clone_from(text);
        victim.signatures[0].delegation = Some(text.clone());
        victim.signatures[0].surname.clone_from(text);
        victim.delivery = Some(text.clone());
        victim.your_reference = Some(text.clone());
        victim.addressee = vec![text.clone(); 12];
        victim.opening.clone_from(&many);
        victim.conditions.clone_from(&many);
        victim.legal_bases.clone_from(&many);
        victim.closing.clone_from(&many);
        victim.appeal.clone_from(&many);
        victim.copies = many;
        if let Some(grant) = &mut victim.grant {
            grant.label.clone_from(text);
        }
        if let Some(Breakdown::Shares(rows)) = &mut victim.table {
            rows[0].funder.clone_from(text);
            rows[0].line.clone_from(text);
            rows[0].standing.clone_from(text);
        }
        let bytes = made(&victim);
        assert_nothing_overflows(&bytes);
        assert!(!pages(&format!("letter_hostile_{index}"), &bytes).is_empty());
    }
}

#[test]
fn text_reads_back_as_typed_and_what_cannot_be_drawn_is_shown() {
    let subject =
        "Œuvre, cœur, ça, Noël, façade, naïf, où, « guillemets », 12 500 €, l’été – l’hiver — fin… n° 5 : 10 % 🐝";
    let text = text("letter_characters", &made(&Letter { subject: subject.to_owned(), ..refused() }));
    let expected = subject.replace('🐝', "?");
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn the_file_says_its_title_author_language_and_structure() {
    let document = Document::load_mem(&made(&granted())).expect("a readable PDF");
    let catalogue = document.catalog().expect("a catalogue");
    assert_eq!(catalogue.get(b"Lang").and_then(Object::as_str).expect("a language"), b"fr-FR");
    let info = document.trailer.get(b"Info").and_then(Object::as_reference).expect("info");
    let info = document.get_dictionary(info).expect("info");
    let title = lopdf::decode_text_string(info.get(b"Title").expect("a title")).expect("text");
    assert!(title.starts_with("AMI-ISS-2021-0042-D1 – Attribution"));
    let author = lopdf::decode_text_string(info.get(b"Author").expect("an author")).expect("text");
    assert_eq!(author, "Agence régionale de démonstration");
    assert_eq!(info.get(b"CreationDate").and_then(Object::as_str).expect("a date"), b"D:20220201091200Z");
    let roles: Vec<&[u8]> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|dictionary| dictionary.has_type(b"StructElem"))
        .filter_map(|dictionary| dictionary.get(b"S").and_then(Object::as_name).ok())
        .collect();
    assert_eq!(roles.iter().filter(|role| **role == b"H1").count(), 1);
    assert!(roles.iter().filter(|role| **role == b"LI").count() >= 6);
    assert!(roles.contains(&b"Figure".as_slice()));
}

#[test]
fn only_the_glyphs_in_use_are_embedded() {
    let bytes = made(&granted());
    assert!(bytes.len() < 60_000, "{} bytes", bytes.len());
}

#[test]
fn the_foot_of_the_page_gives_the_whole_address() {
    let mut letter_ = granted();
    letter_.sender.institution = "Agence régionale de santé Occitanie (démonstration)".to_owned();
    letter_.sender.address =
        ["26-28 Parc Club du Millénaire", "1025 rue Henri Becquerel", "CS 30001", "34067 Montpellier cedex 2"]
            .map(str::to_owned)
            .to_vec();
    let bytes = made(&letter_);
    assert_nothing_overflows(&bytes);
    let pages = pages("letter_foot", &bytes);
    let last = flat(pages.last().unwrap());
    assert!(!last.contains('…'), "cut: {last}");
    // The number of the page stands at the end of the first line.
    assert!(last.contains("1025 rue Henri"), "{last}");
    assert!(last.contains("Becquerel – CS 30001 – 34067 Montpellier cedex 2"), "{last}");
}
