//! One bad file per rule: the good file with one edit, and the only mistake expected of it.

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

/// A section put in the file a second time, or anew.
fn extra_section(kind: &str) -> String {
    let source = "source = { kind = \"proposed\", reference = \"x\" }";
    format!("[[sections]]\nkind = \"{kind}\"\ncode = \"again\"\ntitle = \"x\"\n{source}\n\n")
}

#[test]
fn sections_that_exist_once() {
    let last = "[[sections]]\ncode = \"attestations\"";
    for kind in ["identity", "budget", "indicators", "pieces"] {
        let (text, line) = edit(HISTORIC, "", last, &format!("{}{last}", extra_section(kind)));
        let mistakes = parse(&text, "edited.toml").expect_err("two sections of one kind");
        assert_eq!(mistakes.len(), 1, "{}", show(&mistakes));
        assert_eq!((mistakes[0].line, mistakes[0].path.as_str()), (line + 1, "sections[7].kind"));
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
    assert_eq!((paths[0].1, paths[1]), ("sections[7].kind", (line, "sections[8]")));
}

#[test]
fn fields() {
    let with_options = "kind = \"date\"\noptions = [{ value = \"a\", label = \"A\" }]";
    assert_all(&[
        case("", "code = \"reading\"", "code = \"project\"", "sections[3].code", "déjà une section"),
        case("", "code = \"audience\"", "code = \"start\"", "sections[2].fields[8].code", "déjà un champ")
            .at("code = \"start\"\nlabel = \"Début"),
        case("", "code = \"summary\"", "code = \"resume\"", "sections", "summary").at("[[sections]]"),
        case("", "code = \"title\"", "code = \"titre\"", "sections", "title").at("[[sections]]"),
        case("code = \"title\"", "kind = \"line\"", "kind = \"text\"", "sections[2].fields[1].kind", "line"),
        case("code = \"title\"", "max = 150", "required = false", "sections[2].fields[1].required", "demandé à tous"),
        case("code = \"title\"", "max = 150", "max = 0", "sections[2].fields[1].max", "de 1 à"),
        case("code = \"start\"", "kind = \"date\"", "max = 3\nkind = \"date\"", "sections[2].fields[8].max", "max"),
        case("code = \"start\"", "kind = \"date\"", "kind = \"choice\"", "sections[2].fields[8].kind", "deux options"),
        case("code = \"start\"", "kind = \"date\"", "kind = \"axes\"", "sections[2].fields[8].kind", "nature"),
        case("code = \"start\"", "kind = \"date\"", with_options, "sections[2].fields[8].options", "Retirez-les")
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
        case("", "code = \"partners\"", "code = \"sessions\"", "indicators[2].code", "déjà un indicateur"),
        case("", "from_date = \"2022-01-02\"", "from_date = \"2022-02-30\"", "pieces[9].from_date", "lisible"),
        case("", "above_euros = 153000", "above_euros = 0", "pieces[4].above_euros", "supérieur à zéro"),
        case("code = \"deliberation\"", "\"7220\"", "\"département\"", "pieces[8].legal_forms[2]", "INSEE"),
    ]);
}

#[test]
fn budget_funders_and_envelopes() {
    let twice = "[[funders]]\ncode = \"ARS\"\nlabel = \"x\"\nsource = { kind = \"proposed\", reference = \"x\" }\n\n[[envelopes]]";
    assert_all(&[
        case("[budget]", "[2022]", "[2022, 2024]", "budget.years[2]", "se suivent"),
        case("[budget]", "[2022]", "[2021]", "envelopes[1].year", "budget.years").at("year = 2022"),
        case("[budget]", "[2022]", "[1922]", "budget.years[1]", "entre 2000 et 2100"),
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
        case("[instruction]", "[\"ARS\", \"DREETS\", \"AM\"]", "[\"ARS\"]", institutions, "institutions différentes"),
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
