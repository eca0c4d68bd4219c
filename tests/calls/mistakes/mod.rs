//! One bad file per rule: the good file with one edit, and the only mistake expected of it.

mod budget;
mod form;
mod judgement;

use essaim::calls::definition::parse;

use super::seeds::{HISTORIC, show};

/// `find` becomes `replace`, at its first occurrence after `after`. The mistake is on the edited line, or, when
/// `at` is not empty, on the first line from `after` on that contains `at`.
struct Case {
    after: &'static str,
    find: &'static str,
    replace: &'static str,
    at: &'static str,
    path: &'static str,
    says: &'static str,
}

const fn case(
    after: &'static str,
    find: &'static str,
    replace: &'static str,
    path: &'static str,
    says: &'static str,
) -> Case {
    Case { after, find, replace, at: "", path, says }
}

impl Case {
    const fn at(mut self, at: &'static str) -> Self {
        self.at = at;
        self
    }
}

pub fn edit(text: &str, after: &str, find: &str, replace: &str) -> (String, usize) {
    let anchor = text.find(after).unwrap_or_else(|| panic!("no « {after} » in the good file"));
    let at = anchor + text[anchor..].find(find).unwrap_or_else(|| panic!("no « {find} » after « {after} »"));
    (format!("{}{replace}{}", &text[..at], &text[at + find.len()..]), line_of(text, at))
}

/// With ordinary spaces, so that the table above stays readable.
fn plain(message: &str) -> String {
    message.replace(['\u{202F}', '\u{A0}'], " ")
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

fn assert_all(cases: &[Case]) {
    for case in cases {
        let (text, edited) = edit(HISTORIC, case.after, case.find, case.replace);
        let line = if case.at.is_empty() {
            edited
        } else {
            let anchor = text.find(case.after).expect("the anchor survives the edit");
            line_of(&text, anchor + text[anchor..].find(case.at).expect("the line looked for"))
        };
        let mistakes = parse(&text, "edited.toml").expect_err(&format!("« {} » was accepted", case.replace));
        let all = show(&mistakes);
        assert_eq!(mistakes.len(), 1, "« {} » gives:\n{all}", case.replace);
        assert_eq!((mistakes[0].line, mistakes[0].path.as_str()), (line, case.path), "\n{all}");
        assert!(plain(&mistakes[0].message).contains(case.says), "expected « {} » in:\n{all}", case.says);
    }
}

#[test]
fn writing() {
    assert_all(&[
        case("[call]", "kind = \"ami\"", "kind = \"ami", "", "écriture TOML"),
        case("[call]", "kind = \"ami\"", "code = \"AMI\"", "", "deux fois"),
        case("[call]", "summary =", "sumary = \"x\"\nsummary =", "call.sumary", "« sumary » est inconnue"),
        case("[call]", "demonstration", "demonstation", "call.demonstation", "Vouliez-vous dire « demonstration »"),
        case("", "stages =", "nowhere = 1\nstages =", "nowhere", "Clés possibles"),
        case("code = \"C4\"", "weight = 15", "weight = \"15\"", "grid.criteria[4].weight", "un texte"),
        case("[call]", "title = ", "title = 3 # ", "call.title", "un nombre entier"),
        case("code = \"C1\"", "blocking = true", "blocking = 1", "grid.criteria[1].blocking", "true ou false"),
        case("[[pieces]]", "hint", "hint = \"\" #", "pieces[1].hint", "vide"),
        case("[[grid.criteria]]\ncode = \"C4\"", "weight = 15\n", "", "grid.criteria[4].weight", "« weight » manque")
            .at("[[grid.criteria]]"),
        case("[call]", "kind = \"ami\"", "kind = \"amii\"", "call.kind", "Vouliez-vous dire « ami »"),
        case("[committee]", "quorum = 3", "quorum = -3", "committee.quorum", "hors des bornes"),
        case("[[funders]]", "code = \"ARS\"", "code = \"AR S\"", "funders[1].code", "n’est pas un code"),
        case("[[pieces]]", "kind = \"proposed\"", "kind = \"heard\"", "pieces[1].source.kind", "n’est pas reconnu"),
        case(
            "[decision.letters",
            "object = ",
            "object = \"a\\nb\" # ",
            "decision.letters.selected.object",
            "une ligne",
        ),
    ]);
}

#[test]
fn every_table_says_where_it_comes_from() {
    for table in ["[call]", "[contact]", "[eligibility]", "[budget]", "[[pieces]]", "[[grid.criteria]]", "[committee]"]
    {
        let (text, _) = edit(HISTORIC, table, "\nsource = ", "\nunsourced = ");
        let mistakes = parse(&text, "edited.toml").expect_err("a table without source");
        assert!(
            mistakes.iter().any(|mistake| plain(&mistake.message).contains("« source » manque")),
            "{}",
            show(&mistakes)
        );
    }
}

#[test]
fn texts_and_lists_have_bounds() {
    let long = "x".repeat(301);
    for (replace, says) in
        [(format!("title = \"{long}\"\n#"), "301 caractères"), ("title = \"  \"\n#".to_owned(), "vide")]
    {
        let (text, line) = edit(HISTORIC, "[call]", "title =", &replace);
        let mistakes = parse(&text, "edited.toml").expect_err("a title out of bounds");
        assert_eq!((mistakes.len(), mistakes[0].line), (1, line), "{}", show(&mistakes));
        assert!(mistakes[0].message.contains(says));
    }
    let (text, line) = edit(HISTORIC, "", "departments = [", "departments = []\nothers = [");
    let mistakes = parse(&text, "edited.toml").expect_err("no department");
    assert!(mistakes.iter().any(|mistake| mistake.line == line && mistake.path == "eligibility.departments"));
}

#[test]
fn identity_and_contact() {
    assert_all(&[
        case("[call]", "AMI-ISS-2021", "ami-iss", "call.code", "capitales"),
        case("[call]", "AMI-ISS-2021", "AM", "call.code", "capitales"),
        case("[contact]", "ami-iss@ars.example", "ami-iss.ars.example", "contact.email", "adresse"),
        case("[contact]", "04 65 71 21 27", "04 65 71", "contact.telephone", "dix chiffres"),
        case("[[milestones]]", "2021-11", "2021-13", "milestones[1].date", "n’est pas une date"),
        case("label = \"Projets retenus", "euros = 1700000", "euros = -1", "milestones[3].euros", "supérieur à zéro"),
    ]);
}

#[test]
fn calendar() {
    let gap = "\"2022-03-27T02:30:00\"";
    let fold = "\"2022-10-30T02:30:00\"";
    assert_all(&[
        case("", "Europe/Paris", "Europe/Pariss", "calendar.zone", "fuseau"),
        case("", "2021-10-29T23:59:59", "2021-08-29T23:59:59", "calendar.closing.at", "l’ouverture"),
        case("", "2022-01-20T14:00:00", "2021-10-01T14:00:00", "calendar.committee.at", "la clôture"),
        case("", "2022-01-31T12:00:00", "2022-01-10T12:00:00", "calendar.notification.at", "le comité"),
        case("", "2021-09-01T08:00:00", "1er septembre", "calendar.opening.at", "n’est pas une date"),
        case("", "2021-09-01T08:00:00", "2021-09-31T08:00:00", "calendar.opening.at", "n’est pas une date"),
        case("", "2021-09-01T08:00:00", "2021-09-01T08:00:00+02:00", "calendar.opening.at", "sans décalage"),
        case("", "2021-09-01T08:00:00", "2021-09-01T08:00:00-02:00", "calendar.opening.at", "sans décalage"),
        case("", "\"2022-01-31T12:00:00\"", gap, "calendar.notification.at", "n’existe pas"),
        case("", "\"2022-01-31T12:00:00\"", fold, "calendar.notification.at", "deux fois"),
        case("", "2022-01-31T12:00:00", "J+3T12:00:00", "calendar.notification.at", "jour d’installation"),
        case("", "2022-01-31T12:00:00", "J+trois", "calendar.notification.at", "date relative"),
        case("", "{ at = \"2021-09-01T08:00:00\", ", "{ ", "calendar.opening.at", "« at » manque"),
    ]);
}

#[test]
fn stages() {
    assert_all(&[
        case("", "\"committee\", ", "", "stages", "« Comité de sélection » manque"),
        case("", "\"submission\", \"eligibility\"", "\"eligibility\", \"submission\"", "stages[2]", "trop tard"),
        case("", "\"decision\"]", "\"decision\", \"decision\"]", "stages[7]", "deux fois"),
        case(
            "",
            "\"shortlisting\", \"instruction\", \"committee\"",
            "\"instruction\", \"committee\", \"shortlisting\"",
            "stages[5]",
            "présélection",
        ),
    ]);
}

#[test]
fn axes_and_eligibility() {
    assert_all(&[
        case("[axes]", "code = \"A2\"", "code = \"A1\"", "axes.list[2].code", "déjà un axe"),
        case("code = \"C4\"", "weight = 15", "weight = 15\naxis = \"A9\"", "grid.criteria[4].axis", "A1, A2, A3, A4")
            .at("axis = "),
        case("departments = [", "\"31\"", "\"31A\"", "eligibility.departments[5]", "code de département"),
        case("departments = [", "\"31\"", "\"30\"", "eligibility.departments[5]", "« 30 » désigne déjà"),
        case("legal_forms = [", "\"9230\"", "\"923\"", "eligibility.legal_forms[4]", "catégorie juridique"),
    ]);
}

#[test]
fn what_cannot_be_read_is_told_once_and_accuses_nothing_else() {
    assert_all(&[
        case("code = \"identity\"", "kind = \"identity\"", "kind = \"identities\"", "sections[1].kind", "identity"),
        case("code = \"scale\"", "kind = \"choice\"", "kind = \"choise\"", "sections[2].fields[5].kind", "choice"),
        case("code = \"scale\"", "code = \"scale\"", "code = \"échelle\"", "sections[2].fields[5].code", "un code"),
        case("[axes]", "code = \"A3\"", "code = \"A 3\"", "axes.list[3].code", "un code"),
    ]);
    let mistakes = parse("", "empty.toml").expect_err("nothing");
    assert_eq!(mistakes.len(), 15, "{}", show(&mistakes));
    assert!(mistakes.iter().all(|mistake| mistake.line == 1 && mistake.message.contains("manque")));
}

#[test]
fn several_mistakes_are_told_at_once_in_the_order_of_their_lines() {
    let edits = [
        ("[call]", "AMI-ISS-2021", "ami"),
        ("", "2021-10-29T23:59:59", "2021-08-29T23:59:59"),
        ("[axes]", "code = \"A2\"", "code = \"A1\""),
        ("code = \"C4\"", "weight = 15", "wieght = 15"),
        ("code = \"C6\"", "weight = 10", "weight = \"dix\""),
        ("[committee]", "quorum = 3", "quorum = 9"),
    ];
    let text =
        edits.iter().fold(HISTORIC.to_owned(), |text, (after, find, replace)| edit(&text, after, find, replace).0);
    let mistakes = parse(&text, "edited.toml").expect_err("six edits");
    let paths: Vec<_> = mistakes.iter().map(|mistake| mistake.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "call.code",
            "calendar.closing.at",
            "axes.list[2].code",
            "grid.criteria[4].weight",
            "grid.criteria[4].wieght",
            "grid.criteria[6].weight",
            "committee.quorum",
        ],
        "\n{}",
        show(&mistakes)
    );
    assert!(mistakes.is_sorted_by_key(|mistake| mistake.line));
}

#[test]
fn a_mistake_names_its_line_its_place_and_its_file() {
    let (text, line) = edit(HISTORIC, "[committee]", "quorum = 3", "quorum = 9");
    let mistakes = parse(&text, "edited.toml").expect_err("a quorum of nine");
    let message = "le quorum va de 1 au nombre de sièges (5). Corrigez-le.";
    assert_eq!(mistakes[0].to_string(), format!("ligne {line}, committee.quorum\u{A0}: {message}"));
    assert!(format!("{:#}", mistakes[0]).starts_with(&format!("edited.toml, ligne {line}")));
}
