//! Sections, fields, pieces and the other lists applicants fill in.

use essaim::calls::definition::parse;

use super::super::seeds::{HISTORIC, show};
use super::{assert_all, case, edit};

/// A section put in the file a second time, or anew.
fn extra_section(kind: &str) -> String {
    let source = "source = { kind = \"proposed\", reference = \"x\" }";
    format!("[[sections]]\nkind = \"{kind}\"\ncode = \"again\"\ntitle = \"x\"\n{source}\n\n")
}

#[test]
fn sections_that_exist_once() {
    let last = "[[sections]]\ncode = \"attestations\"";
    for kind in ["identity", "partners", "budget", "indicators", "pieces"] {
        let (text, line) = edit(HISTORIC, "", last, &format!("{}{last}", extra_section(kind)));
        let mistakes = parse(&text, "edited.toml").expect_err("two sections of one kind");
        assert_eq!(mistakes.len(), 1, "{}", show(&mistakes));
        assert_eq!((mistakes[0].line, mistakes[0].path.as_str()), (line + 1, "sections[8].kind"));
    }
    for kind in ["identity", "budget", "indicators", "pieces", "attestations"] {
        let start = HISTORIC.find(&format!("[[sections]]\ncode = \"{kind}\"")).expect("the section");
        let end = start + HISTORIC[start..].find("\n\n").expect("its end");
        let mistakes = parse(&format!("{}{}", &HISTORIC[..start], &HISTORIC[end..]), "edited.toml");
        let mistakes = mistakes.expect_err("a section is missing");
        assert_eq!((mistakes.len(), mistakes[0].path.as_str()), (1, "sections"), "{}", show(&mistakes));
        assert!(mistakes[0].message.contains(kind), "{}", show(&mistakes));
    }
}

#[test]
fn attestations_come_last_and_a_section_of_fields_has_some() {
    let (text, line) = edit(HISTORIC, "", "[budget]\n", &format!("{}[budget]\n", extra_section("fields")));
    let mistakes = parse(&text, "edited.toml").expect_err("attestations are not last");
    let paths: Vec<_> = mistakes.iter().map(|mistake| (mistake.line, mistake.path.as_str())).collect();
    assert_eq!(paths.len(), 2, "{}", show(&mistakes));
    assert_eq!((paths[0].1, paths[1]), ("sections[8].kind", (line, "sections[9]")));
}

#[test]
fn fields() {
    let with_options = "kind = \"date\"\noptions = [{ value = \"a\", label = \"A\" }]";
    assert_all(&[
        case("", "code = \"reading\"", "code = \"project\"", "sections[3].code", "déjà une section"),
        case("", "code = \"audience\"", "code = \"scale\"", "sections[2].fields[7].code", "déjà un champ")
            .at("code = \"scale\"\nlabel = \"À qui"),
        case("", "code = \"summary\"", "code = \"resume\"", "sections", "summary").at("[[sections]]"),
        case("", "code = \"title\"", "code = \"titre\"", "sections", "title").at("[[sections]]"),
        case("code = \"title\"", "kind = \"line\"", "kind = \"text\"", "sections[2].fields[1].kind", "line"),
        case("code = \"title\"", "max = 150", "required = false", "sections[2].fields[1].required", "demandé à tous"),
        case("code = \"title\"", "max = 150", "max = 0", "sections[2].fields[1].max", "de 1 à"),
        case("code = \"start\"", "kind = \"date\"", "max = 3\nkind = \"date\"", "sections[2].fields[9].max", "max"),
        case("code = \"start\"", "kind = \"date\"", "kind = \"choice\"", "sections[2].fields[9].kind", "deux options"),
        case("code = \"start\"", "kind = \"date\"", "kind = \"axes\"", "sections[2].fields[9].kind", "nature"),
        case("code = \"start\"", "kind = \"date\"", with_options, "sections[2].fields[9].options", "Retirez-les")
            .at("options = "),
        case("", "is = \"regional\"", "is = \"national\"", "sections[2].fields[6].when.is", "territorial, regional"),
        case("", "field = \"scale\"", "field = \"reach\"", "sections[2].fields[6].when.field", "placé avant"),
        case("", "field = \"scale\"", "field = \"audience\"", "sections[2].fields[6].when.field", "placé avant"),
        case(
            "",
            "value = \"regional\", label",
            "value = \"regional\", label = \"x\" }, { value = \"territorial\", label",
            "sections[2].fields[5].options[3].value",
            "déjà une option",
        ),
    ]);
}

#[test]
fn pieces_attestations_and_indicators() {
    assert_all(&[
        case("", "code = \"statutes\"", "code = \"rib\"", "pieces[2].code", "déjà une pièce"),
        case("", "code = \"regularity\"", "code = \"exactness\"", "attestations[2].code", "déjà une attestation"),
        case(
            "[[indicators]]",
            "code = \"partners\"",
            "code = \"sessions\"",
            "indicators[2].code",
            "déjà un indicateur",
        ),
        case("", "from_date = \"2022-01-02\"", "from_date = \"2022-02-30\"", "pieces[9].from_date", "lisible"),
        case("", "above_euros = 153000", "above_euros = 0", "pieces[4].above_euros", "supérieur à zéro"),
        case("code = \"deliberation\"", "\"7220\"", "\"département\"", "pieces[8].legal_forms[2]", "INSEE"),
    ]);
}
