//! Budget plan, funders, envelopes, and lists that must not be empty.

use essaim::calls::definition::parse;

use super::super::seeds::{HISTORIC, show};
use super::{assert_all, case, edit, line_of};

#[test]
fn budget_funders_and_envelopes() {
    let twice = "[[funders]]\ncode = \"ARS\"\nlabel = \"x\"\nsource = { kind = \"proposed\", reference = \"x\" }\n\n[[envelopes]]";
    assert_all(&[
        case("[budget]", "[2022, 2023, 2024]", "[2022, 2024, 2025]", "budget.years[2]", "se suivent"),
        case("[budget]", "[2022, 2023, 2024]", "[2019, 2020, 2021]", "envelopes[1].year", "budget.years")
            .at("year = 2022"),
        case("[budget]", "[2022, 2023, 2024]", "[1922]", "budget.years[1]", "entre 2000 et 2100"),
        case("[budget]", "\"duration\"", "\"length\"", "budget.years_field", "nature choice"),
        case("[budget]", "\"duration\"", "\"title\"", "budget.years_field", "nature choice"),
        case("code = \"duration\"", "value = \"3\"", "value = \"4\"", "budget.years_field", "de 1 à 3")
            .at("years_field"),
        case("code = \"duration\"", "kind", "required = false\nkind", "budget.years_field", "demandé à tous")
            .at("years_field"),
        case("[budget]", "cerfa-12156-06", "cerfa-1", "budget.plan", "cerfa-12156-06"),
        case(
            "[[budget.requests]]",
            "code = \"74-ars\"",
            "code = \"74-etat\"",
            "budget.requests[1].code",
            "déjà une ligne",
        ),
        case("[[budget.requests]]", "funder = \"ARS\"", "funder = \"CAF\"", "budget.requests[1].funder", "Financeurs"),
        case("", "[[envelopes]]", twice, "funders[2].code", "déjà un financeur").at("code = \"ARS\"\nlabel = \"x\""),
        case("[[envelopes]]", "funder = \"ARS\"", "funder = \"CAF\"", "envelopes[1].funder", "Financeurs"),
        case("[[envelopes]]", "1700000", "0", "envelopes[1].amount_euros", "supérieur à zéro"),
        case("[[envelopes]]", "1700000", "-5", "envelopes[1].amount_euros", "supérieur à zéro"),
        case("[[envelopes]]", "1700000", "1_000_000_000", "envelopes[1].amount_euros", "milliard"),
        case("[[envelopes]]", "1700000", "1700000.5", "envelopes[1].amount_euros", "nombre à virgule"),
    ]);
}

#[test]
fn an_envelope_is_one_per_funder_line_and_year() {
    let start = HISTORIC.find("[[envelopes]]").expect("the envelope");
    let end = start + HISTORIC[start..].find("\n\n").expect("its end") + 2;
    let text = format!("{}{}", &HISTORIC[..end], &HISTORIC[start..]);
    let mistakes = parse(&text, "edited.toml").expect_err("the same envelope twice");
    assert_eq!(mistakes.len(), 1, "{}", show(&mistakes));
    assert_eq!((mistakes[0].line, mistakes[0].path.as_str()), (line_of(&text, end), "envelopes[2]"));
}

/// The plan of the good file, written in the call file itself.
fn inline_plan(charges_class: &str, produits_class: &str, request: &str) -> String {
    let start = HISTORIC.find("[[budget.requests]]").expect("requests");
    let end = start + HISTORIC[start..].find("\n\n").expect("their end");
    let plan = format!(
        "[[budget.charges]]\nclass = \"{charges_class}\"\nlabel = \"Achats\"\n\
         lines = [{{ code = \"achats\", label = \"Achats\" }}]\n\n\
         [[budget.produits]]\nclass = \"{produits_class}\"\nlabel = \"Subventions\"\n\
         lines = [{{ code = \"ars\", label = \"ARS\"{request} }}]"
    );
    format!("{}{plan}{}", &HISTORIC[..start], &HISTORIC[end..]).replace("plan = \"cerfa-12156-06\"\n", "")
}

#[test]
fn a_plan_written_in_the_call_file() {
    let request = ", request_to = \"ARS\"";
    let paths = |text: &str| match parse(text, "edited.toml") {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.into_iter().map(|mistake| mistake.path).collect(),
    };
    assert_eq!(paths(&inline_plan("60", "74", request)), [""; 0]);
    assert_eq!(paths(&inline_plan("60", "74", "")), ["budget"]);
    assert_eq!(paths(&inline_plan("60", "75", request)), ["budget.produits[1].lines[1].request_to"]);
    assert_eq!(paths(&inline_plan("70", "74", request)), ["budget.charges[1].class"]);
    assert_eq!(paths(&inline_plan("86", "74", request)), ["budget"]);
    assert_eq!(paths(&inline_plan("60", "74", ", request_to = \"CAF\"")), ["budget.produits[1].lines[1].request_to"]);
}

/// The good file without any of the blocks that start with `header`.
fn without_blocks(header: &str) -> String {
    let blocks = HISTORIC.split("\n\n").filter(|block| !block.starts_with(header));
    blocks.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn lists_and_the_sections_that_show_them_go_together() {
    let paths = |text: &str| {
        let mistakes = parse(text, "edited.toml").expect_err("an empty list");
        mistakes.into_iter().map(|mistake| mistake.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(&without_blocks("[[pieces]]")), ["sections[7].kind"]);
    assert_eq!(paths(&without_blocks("[[attestations]]")), ["sections[8].kind"]);
    assert_eq!(paths(&without_blocks("[[indicators]]")), ["indicators"]);
    assert_eq!(paths(&without_blocks("[[envelopes]]")), ["envelopes"]);
    assert_eq!(paths(&without_blocks("[[committee.seats]]")), ["committee.seats"]);
    for list in ["indicators", "funders", "envelopes"] {
        let text = format!("{list} = []\n{}", without_blocks(&format!("[[{list}]]")));
        assert!(paths(&text).iter().any(|path| path == list), "{list}");
    }
    let budget = "code = \"budget\"\ntitle";
    let (text, _) = edit(
        HISTORIC,
        "",
        budget,
        "fields = [{ code = \"x\", label = \"x\", kind = \"line\" }]\ncode = \"budget\"\ntitle",
    );
    assert_eq!(paths(&text), ["sections[5].kind"]);
    let plan = inline_plan("60", "74", ", request_to = \"ARS\"");
    let again = "[[budget.charges]]\nclass = \"60\"\nlabel = \"x\"\nlines = []\n\n[[budget.produits]]";
    assert_eq!(paths(&plan.replacen("[[budget.produits]]", again, 1)), ["budget.charges[2].class"]);
}
