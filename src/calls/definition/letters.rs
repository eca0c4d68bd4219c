//! The texts of letters. A call file may leave out the later ones: these house texts then stand.

use serde::{Deserialize, Serialize};

use super::model::LetterText;
use super::reader::Table;

/// One text per thing a letter may tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    pub selected: LetterText,
    pub waitlisted: LetterText,
    pub rejected: LetterText,
    #[serde(default = "ineligible")]
    pub ineligible: LetterText,
    #[serde(default = "not_shortlisted")]
    pub not_shortlisted: LetterText,
    #[serde(default = "amendment")]
    pub amendment: LetterText,
    #[serde(default = "correction")]
    pub correction: LetterText,
    #[serde(default = "yearly")]
    pub yearly: LetterText,
    #[serde(default = "termination")]
    pub termination: LetterText,
}

pub(super) fn read(t: &mut Table<'_>) -> Letters {
    Letters {
        selected: t.table("selected", letter),
        waitlisted: t.table("waitlisted", letter),
        rejected: t.table("rejected", letter),
        ineligible: t.optional_table("ineligible", letter).unwrap_or_else(ineligible),
        not_shortlisted: t.optional_table("not_shortlisted", letter).unwrap_or_else(not_shortlisted),
        amendment: t.optional_table("amendment", letter).unwrap_or_else(amendment),
        correction: t.optional_table("correction", letter).unwrap_or_else(correction),
        yearly: t.optional_table("yearly", letter).unwrap_or_else(yearly),
        termination: t.optional_table("termination", letter).unwrap_or_else(termination),
    }
}

fn letter(t: &mut Table<'_>) -> LetterText {
    LetterText { object: t.label("object"), paragraphs: t.texts("paragraphs") }
}

const FILED: &str = "Dans le cadre de l’appel «\u{202F}{appel}\u{202F}», vous avez déposé le dossier {reference}, relatif au \
                     projet «\u{202F}{projet}\u{202F}» porté par {organisme}.";
const AWARDED: &str = "Une subvention vous a été attribuée pour le projet «\u{202F}{projet}\u{202F}» (dossier {reference}), \
                       dans le cadre de l’appel «\u{202F}{appel}\u{202F}».";
const REGARDS: &str = "Je vous prie d’agréer l’expression de ma considération distinguée.";

fn text(object: &str, paragraphs: &[&str]) -> LetterText {
    LetterText { object: object.to_owned(), paragraphs: paragraphs.iter().map(|p| (*p).to_owned()).collect() }
}

fn ineligible() -> LetterText {
    text(
        "Irrecevabilité du dossier {reference}",
        &[
            FILED,
            "Après vérification, ce dossier n’est pas recevable. Il ne sera pas instruit ni présenté au comité de \
             sélection.",
            "Cette décision est fondée sur le motif suivant\u{A0}: {motif}",
            "Le service chargé de l’appel, dont les coordonnées figurent en tête de cette lettre, se tient à votre \
             disposition pour toute explication.",
            REGARDS,
        ],
    )
}

fn not_shortlisted() -> LetterText {
    text(
        "Suite donnée au dossier {reference} à l’issue de la présélection",
        &[
            FILED,
            "À l’issue de la présélection, j’ai le regret de vous informer que votre projet n’est pas retenu pour la suite \
             de l’examen.",
            "Cette décision est fondée sur le motif suivant\u{A0}: {motif}",
            "Le service chargé de l’appel, dont les coordonnées figurent en tête de cette lettre, se tient à votre \
             disposition pour échanger sur votre projet.",
            REGARDS,
        ],
    )
}

fn amendment() -> LetterText {
    text(
        "Modification de la subvention attribuée au projet «\u{202F}{projet}\u{202F}»",
        &[
            AWARDED,
            "Par la présente décision, cette attribution est modifiée. La subvention est désormais de {montant} \
             ({montant_en_lettres}).",
            "Les autres dispositions de la décision d’attribution demeurent inchangées. L’acte ou la convention en vigueur \
             sera modifié en conséquence.",
            REGARDS,
        ],
    )
}

fn correction() -> LetterText {
    text(
        "Rectification de la lettre {remplace}",
        &[
            FILED,
            "La lettre {remplace} comportait une erreur. La présente décision la rectifie et cette lettre la remplace.",
            "Ce qui est rectifié\u{A0}: {motif}",
            "Je vous prie de m’excuser de cette erreur et d’agréer l’expression de ma considération distinguée.",
        ],
    )
}

fn yearly() -> LetterText {
    text(
        "Attribution de la subvention de l’année {exercice} au projet «\u{202F}{projet}\u{202F}»",
        &[
            AWARDED,
            "Les crédits de l’année {exercice} étant votés, la part de cette année devient ferme. La subvention de l’année \
             {exercice} est de {montant} ({montant_en_lettres}).",
            "Elle est versée dans les conditions fixées par l’acte ou la convention en vigueur.",
            REGARDS,
        ],
    )
}

fn termination() -> LetterText {
    text(
        "Fin de l’attribution de la subvention au projet «\u{202F}{projet}\u{202F}»",
        &[
            AWARDED,
            "Par une mise en demeure du {mise_en_demeure}, je vous ai demandé de remédier aux manquements constatés et de \
             présenter vos observations. {observations}",
            "Il est mis fin à cette attribution pour le motif suivant\u{A0}: {motif}",
            "Les sommes engagées et non versées ne le seront pas. Les sommes versées dont l’emploi conforme n’est pas \
             justifié pourront donner lieu à reversement.",
            REGARDS,
        ],
    )
}
