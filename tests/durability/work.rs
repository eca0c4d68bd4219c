//! What people do, and what they were told.

use std::sync::Barrier;
use std::time::{Duration, Instant as Stopwatch};

use data_encoding::BASE64URL_NOPAD;
use essaim::base::ids::{DossierId, InstalmentId};
use essaim::web::form::encode;

use super::prepared::prepared;
use crate::support::{Client, Reply};

/// One button to press.
#[derive(Clone, Debug)]
pub enum Deed {
    Submit(DossierId),
    Notify(DossierId),
    Pay(Paying),
}

#[derive(Clone, Debug)]
pub struct Paying {
    pub dossier: DossierId,
    pub instalment: InstalmentId,
    pub amount: String,
    pub version: i64,
    pub paid_on: &'static str,
}

impl Paying {
    pub fn reference(&self) -> String {
        format!("MANDAT-{}", self.dossier)
    }
}

impl Deed {
    pub fn cookie(&self) -> &'static str {
        let people = &prepared().people;
        match self {
            Self::Submit(_) => &people.applicant,
            Self::Notify(_) => &people.manager,
            Self::Pay(_) => &people.funder,
        }
    }

    pub fn path(&self) -> String {
        match self {
            Self::Submit(dossier) => format!("/mes-dossiers/{dossier}/deposer"),
            Self::Notify(dossier) => format!("/dossiers/{dossier}/notifier"),
            Self::Pay(paying) => {
                format!("/dossiers/{}/financement/echeances/{}/versement", paying.dossier, paying.instalment)
            }
        }
    }

    pub fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Submit(_) | Self::Notify(_) => Vec::new(),
            Self::Pay(paying) => [
                ("step", "record".to_owned()),
                ("version", paying.version.to_string()),
                ("amount", paying.amount.clone()),
                ("paid_on", paying.paid_on.to_owned()),
                ("reference", paying.reference()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        }
    }

    pub fn form(&self) -> String {
        let pairs: Vec<String> =
            self.fields().iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        pairs.join("&")
    }

    /// Presses the button; nothing when the server dies before it has answered.
    pub fn press(&self, client: &Client) -> Option<Reply> {
        client.try_post_with(&self.path(), &self.form(), &[("Cookie", self.cookie())]).ok()
    }

    /// Presses the button and reads what the person is told: the reference of their dossier, the number of the letter,
    /// the reference of the payment.
    pub fn do_and_read(&self, client: &Client) -> Answer {
        let Some(reply) = self.press(client) else { return Answer::None };
        if reply.status != 303 {
            return Answer::Refused(reply);
        }
        match self {
            Self::Submit(dossier) => {
                let path = format!("/mes-dossiers/{dossier}/depose");
                assert_eq!(reply.location, path);
                let page = client.try_get_with(&path, &[("Cookie", self.cookie())]).ok().filter(|p| p.status == 200);
                Answer::Acknowledged(page.map(|page| reference_in(&page.words())))
            }
            Self::Notify(_) => {
                let flash = flash(&reply);
                Answer::Acknowledged(
                    flash.strip_prefix("La lettre ").and_then(|t| t.split(' ').next()).map(str::to_owned),
                )
            }
            Self::Pay(paying) => Answer::Acknowledged(Some(paying.reference())),
        }
    }
}

impl Deed {
    /// As [`Self::do_and_read`], by somebody who comes back when told that the service is busy.
    pub fn persist(&self, client: &Client) -> Answer {
        let asked = Stopwatch::now();
        loop {
            match self.do_and_read(client) {
                Answer::Refused(reply) if reply.status == 503 && asked.elapsed() < Duration::from_secs(120) => {
                    std::thread::sleep(Duration::from_millis(200));
                }
                answer => return answer,
            }
        }
    }
}

/// What one person got.
#[derive(Debug)]
pub enum Answer {
    /// The connection broke.
    None,
    Refused(Reply),
    /// Done, with its number when it was told in time.
    Acknowledged(Option<String>),
}

impl Answer {
    pub fn is_acknowledged(&self) -> bool {
        matches!(self, Self::Acknowledged(_))
    }
}

/// The short message that the next page shows.
pub fn flash(reply: &Reply) -> String {
    let cookies = reply.headers.iter().filter(|(name, _)| name == "set-cookie");
    let value = cookies
        .filter_map(|(_, cookie)| cookie.strip_prefix("essaim_message="))
        .find_map(|rest| rest.split(';').next())
        .unwrap_or_default();
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
    serde_json::from_slice::<serde_json::Value>(&bytes)
        .map_or(String::new(), |v| v["text"].as_str().unwrap().to_owned())
}

fn reference_in(words: &str) -> String {
    let from = words.find("AMI-OUVERT-").unwrap_or_else(|| panic!("no reference: {words}"));
    words[from..].split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap().to_owned()
}

/// Everybody at once, each on a connection of their own.
pub fn all_at_once(deeds: &[Deed], client: impl Fn(usize) -> Client + Sync) -> Vec<Answer> {
    let gate = Barrier::new(deeds.len());
    std::thread::scope(|scope| {
        let hands: Vec<_> = deeds
            .iter()
            .enumerate()
            .map(|(i, deed)| {
                let (gate, client) = (&gate, &client);
                scope.spawn(move || {
                    let client = client(i);
                    gate.wait();
                    deed.persist(&client)
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    })
}
