//! Grid, instruction, committee, decision and letters.

use essaim::calls::definition::parse;

use super::super::seeds::{HISTORIC, show};
use super::{assert_all, case, edit, line_of};

#[test]
fn grid() {
    let weights = "la somme des poids est 99 au lieu de 100";
    assert_all(&[
        case("[grid]", "weight = 25", "weight = 24", "grid.criteria", weights).at("[[grid.criteria]]"),
        case("[grid]", "code = \"C2\"", "code = \"C1\"", "grid.criteria[2].code", "déjà un critère"),
    ]);
    let (text, _) = edit(HISTORIC, "code = \"C2\"", "  \"Aucune participation n’est prévue.\",\n", "");
    let mistakes = parse(&text, "edited.toml").expect_err("four descriptors for five levels");
    assert_eq!((mistakes.len(), mistakes[0].path.as_str()), (1, "grid.criteria[2].descriptors"), "{}", show(&mistakes));
    assert!(mistakes[0].message.starts_with("4 descripteurs pour 5 niveaux"));
}

#[test]
fn a_grid_has_two_levels_at_least_and_no_weight_is_zero() {
    let start = HISTORIC.find("levels = [").expect("levels");
    let end = start + HISTORIC[start..].find('\n').expect("the line's end");
    let text = format!("{}levels = [\"Seul\"]{}", &HISTORIC[..start], &HISTORIC[end..]);
    let mistakes = parse(&text, "edited.toml").expect_err("one level");
    assert_eq!((mistakes[0].line, mistakes[0].path.as_str()), (line_of(HISTORIC, start), "grid.levels"));
    let (text, line) = edit(HISTORIC, "code = \"C7\"", "weight = 5", "weight = 0");
    let (text, _) = edit(&text, "code = \"C8\"", "weight = 5", "weight = 10");
    let mistakes = parse(&text, "edited.toml").expect_err("a weight of zero");
    assert_eq!((mistakes.len(), mistakes[0].line), (1, line), "{}", show(&mistakes));
}

#[test]
fn instruction_and_committee() {
    let (reviewers, institutions) = ("instruction.reviewers_per_dossier", "instruction.institutions");
    assert_all(&[
        case("[instruction]", "reviewers_per_dossier = 2", "reviewers_per_dossier = 0", reviewers, "une à neuf"),
        case(
            "[instruction]",
            "[\"ARS\", \"ARS-DD\", \"DREETS\", \"AM\"]",
            "[\"ARS\"]",
            institutions,
            "institutions différentes",
        ),
        case("[instruction]", "\"DREETS\"", "\"ARS\"", "instruction.institutions[2]", "désigne déjà"),
        case("[instruction]", "threshold = 15", "threshold = 0", "instruction.divergence_threshold", "de 1 à 100"),
        case("[committee]", "quorum = 3", "quorum = 0", "committee.quorum", "quorum"),
        case("[committee]", "quorum = 3", "quorum = 6", "committee.quorum", "quorum"),
        case("[committee]", "code = \"AM\"", "code = \"ARS\"", "committee.seats[3].code", "déjà un siège"),
        case("[committee]", "chair = true\n", "", "committee.seats", "ne préside").at("[[committee.seats]]"),
        case(
            "[committee]",
            "institution = \"AM\"",
            "chair = true\ninstitution = \"AM\"",
            "committee.seats[3].chair",
            "un seul",
        ),
    ]);
}

#[test]
fn decision_and_letters() {
    let selected = "decision.letters.selected.object";
    let rejected = "decision.letters.rejected.object";
    assert_all(&[
        case("[decision]", "silence_months = 2", "silence_months = 0", "decision.silence_months", "de 1 à 12"),
        case("[decision]", "23000", "-1", "decision.agreement_above_euros", "supérieur à zéro"),
        case("[decision.letters.selected]", "{projet}", "{project}", selected, "{project}"),
        case("[decision.letters.selected]", "{projet}", "{projet", selected, "n’est pas refermée"),
        case("[decision.letters.selected]", "{projet}", "projet}", selected, "sans s’être ouverte"),
        case("[decision.letters.selected]", "{projet}", "{rang}", selected, "n’existe pas"),
        case("[decision.letters.rejected]", "{projet}", "{montant}", rejected, "n’existe pas"),
        case("[decision.letters.rejected]", "{seance}", "{jour}", "decision.letters.rejected.paragraphs[2]", "{jour}"),
    ]);
}
