//! Fictitious documents.

use essaim::base::{Cents, Instant};
use essaim::documents::{
    Attendance, Breakdown, Contact, Debate, FundingTotal, Grant, ImplicitDecision, Letter, Member, Minutes, Quorum,
    RankedDossier, Receipt, ReceivedPiece, Recusal, Sender, ShareLine, ShareRow, Signature, Verification,
};

pub const HASH: &str = "9f2c51d0b7a84e6631c0a9be45d27f10c2e88f6a3b94d7715e02cf6a81b3d944";

fn texts(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

pub fn sender() -> Sender {
    Sender {
        institution: "Agence régionale de démonstration".to_owned(),
        service: texts(&["Direction de la prévention", "Pôle des inégalités de santé"]),
        address: texts(&["1 place de l’Exemple", "34999 Ville-Fictive cedex 2"]),
        phone: "04 65 71 00 10".to_owned(),
        email: "prevention@agence.example".to_owned(),
        accent: None,
    }
}

pub fn verification() -> Verification {
    Verification { url: "https://essaim.example/verifier/K7QD4M9TRX2B".to_owned(), code: "K7QD4M9TRX2B".to_owned() }
}

pub fn granted() -> Letter {
    Letter {
        created: Instant::parse("2022-02-01T09:12:00Z").expect("an instant"),
        specimen: true,
        sender: sender(),
        place_and_date: "Ville-Fictive, le 1er février 2022".to_owned(),
        addressee: texts(&[
            "Association Les Passerelles fictives",
            "Madame Noémie EXEMPLE, présidente",
            "12 rue du Bel-Œuvre",
            "81999 BOURG-INVENTÉ",
        ]),
        delivery: Some("Notification électronique".to_owned()),
        reference: "AMI-ISS-2021-0042-D1".to_owned(),
        your_reference: Some("dossier AMI-ISS-2021-0042, version 1".to_owned()),
        handled_by: Contact {
            name: "Camille Modèle".to_owned(),
            phone: "04 65 71 00 12".to_owned(),
            email: "camille.modele@agence.example".to_owned(),
        },
        subject: "Attribution d’une subvention au titre de l’appel à manifestation d’intérêt « Inégalités sociales de \
                  santé » – projet « Aller vers les jeunes parents isolés »"
            .to_owned(),
        attachments: texts(&["annexe financière", "modèle de compte rendu financier"]),
        salutation: "Madame la Présidente,".to_owned(),
        opening: texts(&[
            "Par un dossier déposé le 15 octobre 2021, vous avez sollicité le soutien de l’agence pour le projet « Aller \
             vers les jeunes parents isolés », que votre association conduit dans le Tarn et l’Aveyron avec deux centres \
             sociaux et une maison de santé pluriprofessionnelle.",
            "Après avis du comité de sélection réuni le 20 janvier 2022, j’ai le plaisir de vous informer que votre projet \
             est retenu. La subvention suivante vous est accordée :",
        ]),
        grant: Some(Grant { label: "Subvention accordée".to_owned(), amount: Cents::from_euros(106_250) }),
        table: Some(Breakdown::Shares(vec![
            ShareRow {
                funder: "ARS".to_owned(),
                line: "Fonds d’intervention régional".to_owned(),
                year: "2022".to_owned(),
                amount: Cents::from_euros(61_250),
                standing: "Ferme".to_owned(),
            },
            ShareRow {
                funder: "ARS".to_owned(),
                line: "Fonds d’intervention régional".to_owned(),
                year: "2023".to_owned(),
                amount: Cents::from_euros(45_000),
                standing: "Sous réserve de crédits".to_owned(),
            },
        ])),
        motives: texts(&[
            "Le comité a relevé la place donnée aux parents dans la conception de l’action, l’explicitation des \
             mécanismes par lesquels l’isolement éloigne du soin, et un partenariat déjà noué avec les professionnels du \
             premier recours. Il a souhaité que l’évaluation mesure l’effet de l’action selon le gradient social, et \
             non la seule fréquentation des permanences.",
        ]),
        conditions: texts(&[
            "La subvention est employée au seul projet décrit dans la version 1 du dossier ; toute modification \
             substantielle est soumise à l’accord préalable de l’agence.",
            "Un compte rendu financier est transmis dans les six mois qui suivent la fin de l’exercice pour lequel la \
             subvention est attribuée.",
            "Une convention fixe le calendrier des versements ; l’acompte est versé à sa signature.",
        ]),
        legal_bases: texts(&[
            "Vu la loi n° 2000-321 du 12 avril 2000 relative aux droits des citoyens dans leurs relations avec les \
             administrations, notamment son article 10 ;",
            "Vu le code de la santé publique, notamment ses articles L. 1435-8 et R. 1435-29 à R. 1435-33 ;",
            "Vu l’avis du comité de sélection du 20 janvier 2022, procès-verbal n° PV-AMI-ISS-2021-01.",
        ]),
        closing: texts(&[
            "Mes services restent à votre disposition pour préparer avec vous la convention et le suivi partagé du projet.",
            "Je vous prie d’agréer, Madame la Présidente, l’expression de ma considération distinguée.",
        ]),
        signatures: vec![Signature {
            authority: "Agence de l’Exemple".to_owned(),
            decision: None,
            quality: "La directrice de la prévention".to_owned(),
            delegation: Some("décision n° 2022-017 du 3 janvier 2022".to_owned()),
            first_name: "Inès".to_owned(),
            surname: "SPÉCIMEN-DUPONT".to_owned(),
            service: "Direction de la prévention".to_owned(),
            signed_at: Some("1er février 2022 à 10 h 12 (heure de Paris)".to_owned()),
        }],
        appeal: texts(&[
            "Vous pouvez contester cette décision dans les deux mois qui suivent sa notification, par un recours gracieux \
             adressé à l’auteur de la décision, à l’adresse du service indiquée en tête de cette lettre. Ce recours \
             interrompt le délai de recours contentieux ; le silence gardé pendant deux mois vaut rejet.",
            "Vous pouvez aussi saisir, dans les deux mois qui suivent la notification de la décision ou le rejet du recours \
             gracieux, le tribunal administratif de Ville-Fictive, 26 allée des Modèles, 34999 Ville-Fictive cedex 2, \
             ou par l’application Télérecours citoyens (www.telerecours.fr).",
        ]),
        copies: texts(&["délégation départementale du Tarn"]),
        verification: Some(verification()),
    }
}

pub fn refused() -> Letter {
    Letter {
        subject:
            "Suite donnée à votre demande de subvention – appel à manifestation d’intérêt « Inégalités sociales de \
                  santé »"
                .to_owned(),
        specimen: false,
        reference: "AMI-ISS-2021-0051-D1".to_owned(),
        delivery: None,
        attachments: Vec::new(),
        grant: None,
        table: None,
        conditions: Vec::new(),
        copies: Vec::new(),
        opening: texts(&[
            "Par un dossier déposé le 18 octobre 2021, vous avez sollicité le soutien de l’agence pour le projet « Un \
             festival de la santé ».",
            "Après avis du comité de sélection réuni le 20 janvier 2022, j’ai le regret de vous informer que votre \
             demande n’est pas retenue.",
        ]),
        motives: texts(&[
            "Le projet porte sur un événement ponctuel, que le cahier des charges exclut, et ne dit pas par quels \
             mécanismes il réduirait les inégalités sociales de santé.",
        ]),
        ..granted()
    }
}

pub fn receipt() -> Receipt {
    let piece = |label: &str, file_name: &str, size: &str| ReceivedPiece {
        label: label.to_owned(),
        file_name: file_name.to_owned(),
        size: size.to_owned(),
        sha256: HASH.to_owned(),
    };
    Receipt {
        created: Instant::parse("2021-10-15T12:05:00Z").expect("an instant"),
        specimen: true,
        sender: sender(),
        reference: "AMI-ISS-2021-0042".to_owned(),
        call: "AMI ISS – Ségur mesure 27".to_owned(),
        received_at: "vendredi 15 octobre 2021 à 14 h 05 (heure de Paris)".to_owned(),
        organisation: "Association Les Passerelles fictives".to_owned(),
        identifier: Some("SIRET 732 829 320 00074".to_owned()),
        depositor: "Noémie Exemple, présidente".to_owned(),
        title: "Aller vers les jeunes parents isolés".to_owned(),
        requested: "120 000 €".to_owned(),
        pieces: vec![
            piece("Statuts", "statuts-passerelles-2019.pdf", "182 ko"),
            piece("Relevé d’identité bancaire", "rib.pdf", "64 ko"),
            piece("Derniers comptes approuvés", "comptes annuels 2020 approuvés le 12 juin 2021.pdf", "1,2 Mo"),
        ],
        version: 1,
        version_hash: HASH.to_owned(),
        service: Sender { institution: "Pôle des inégalités de santé".to_owned(), service: Vec::new(), ..sender() },
        implicit_decision: ImplicitDecision {
            nature: "décision implicite de rejet".to_owned(),
            date: "15 décembre 2021".to_owned(),
            ground: "article L. 231-4, 3° du code des relations entre le public et l’administration".to_owned(),
        },
        appeal: granted().appeal,
        next_steps: texts(&[
            "Le service vérifie que le dossier est complet et recevable ; s’il manque une pièce, il vous écrit.",
            "Deux instructeurs l’évaluent, puis le comité de sélection rend son avis en janvier 2022.",
            "La décision vous est notifiée dans votre espace et par courriel.",
        ]),
        verification: Some(verification()),
    }
}

pub fn minutes(count: usize) -> Minutes {
    let member = |name: &str, institution: &str, role: &str, attendance| Member {
        name: name.to_owned(),
        institution: institution.to_owned(),
        role: role.to_owned(),
        attendance,
    };
    let motives = [
        "Participation effective des personnes concernées à trois étapes ; gradient social mesuré.",
        "Partenariat solide, mais indicateurs d’effet à préciser avant la convention.",
        "Action ponctuelle, sans méthode pour réduire les inégalités.",
    ];
    let dossiers = (0..count)
        .map(|index| {
            let retained = index * 3 < count * 2;
            RankedDossier {
                rank: Some(u32::try_from(index + 1).expect("a small number")),
                reference: format!("AMI-ISS-2021-{:04}", 17 + index * 3),
                applicant: format!("Association fictive n° {}", index + 1),
                title: [
                    "Médiation en santé par le sport",
                    "Aller vers les jeunes parents isolés",
                    "Littératie en santé",
                ][index % 3]
                    .to_owned(),
                score: (index != 4).then(|| format!("{},{:02}", 91 - index * 2, (index * 37) % 100)),
                outcome: if retained { "retenu" } else { "non retenu" }.to_owned(),
                amount: retained
                    .then(|| Cents::from_euros(60_000 + 11_250 * i64::try_from(index % 5).unwrap_or(0)).to_string()),
                motive: motives[index % 3].to_owned(),
            }
        })
        .collect();
    Minutes {
        created: Instant::parse("2022-01-20T16:40:00Z").expect("an instant"),
        specimen: true,
        sender: sender(),
        title: "Procès-verbal du comité de sélection".to_owned(),
        number: "PV-AMI-ISS-2021-01".to_owned(),
        call: "AMI ISS – Ségur mesure 27".to_owned(),
        held_at: "jeudi 20 janvier 2022 à 14 h (heure de Paris)".to_owned(),
        place: "salle des Abeilles, Ville-Fictive, et en visioconférence".to_owned(),
        preamble: texts(&["Le comité, convoqué le 12 janvier 2022, examine les dossiers présélectionnés."]),
        members: vec![
            member("Inès Spécimen-Dupont", "Agence régionale de démonstration", "présidente", Attendance::Present),
            member("Karim Modèle", "Commissaire à la pauvreté (fictif)", "membre", Attendance::Remote),
            member("Odile Gabarit", "Assurance maladie fictive", "membre", Attendance::Excused),
            member(
                "Paul Maquette",
                "Fédération fictive des solidarités",
                "membre",
                Attendance::Proxy("Karim Modèle".to_owned()),
            ),
            member("Rose Échantillon", "Université inventée", "personne qualifiée", Attendance::Absent),
        ],
        quorum: Quorum { required: 3, counted: 3, reached: true },
        recusals: vec![Recusal {
            member: "Karim Modèle".to_owned(),
            dossier: "AMI-ISS-2021-0020".to_owned(),
            reason: "administrateur de l’association porteuse jusqu’en 2020".to_owned(),
            left_at: Some("14 h 35".to_owned()),
            returned_at: Some("14 h 52".to_owned()),
        }],
        dossiers,
        shares: vec![
            ShareLine {
                dossier: "AMI-ISS-2021-0017".to_owned(),
                line: "FIR – Ségur mesure 27".to_owned(),
                year: "2022".to_owned(),
                amount: "40 000 €".to_owned(),
                nature: "réservé".to_owned(),
            },
            ShareLine {
                dossier: "AMI-ISS-2021-0017".to_owned(),
                line: "FIR – Ségur mesure 27".to_owned(),
                year: "2023".to_owned(),
                amount: "20 000 €".to_owned(),
                nature: "prévu, sous réserve de crédits".to_owned(),
            },
        ],
        debates: vec![Debate {
            dossier: "AMI-ISS-2021-0017".to_owned(),
            vote: Some("3 pour, 1 contre, 0 abstention".to_owned()),
            text: "Le comité salue la place faite aux habitants.".to_owned(),
        }],
        totals: vec![
            FundingTotal {
                line: "FIR – Ségur mesure 27".to_owned(),
                year: "2022".to_owned(),
                reserved: "1 211 250 €".to_owned(),
                left: Some("488 750 €".to_owned()),
            },
            FundingTotal {
                line: "Commissaire – crédits fictifs".to_owned(),
                year: "2022".to_owned(),
                reserved: "111 111 €".to_owned(),
                left: None,
            },
        ],
        total_amount: Some("1 322 361 €".to_owned()),
        closing: texts(&[
            "L’avis du comité est consultatif : la décision appartient à l’autorité compétente de chaque financeur. \
             L’ordre du jour étant épuisé, la séance est levée à 17 h 30.",
        ]),
        chair_name: "Inès Spécimen-Dupont".to_owned(),
        chair_quality: "La présidente du comité".to_owned(),
        sealed_at: Some("20 janvier 2022 à 17 h 40 (heure de Paris)".to_owned()),
        seal_hash: Some(HASH.to_owned()),
        verification: Some(verification()),
    }
}
