//! No room left on disk, in earnest: the database and the files lie on a small file system of their own.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::prepared;
use super::process::{Served, check};
use super::work::{Answer, Deed};
use crate::support::{Browser, PASSWORD};

/// A file system in memory, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Nothing where file systems may not be mounted.
    fn mount(megabytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "essaim-test"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room there is; removing the file gives it back.
    fn fill(&self) {
        let mut filler = fs::File::options().create(true).append(true).open(self.path().join("filler")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while filler.write(&vec![0; size]).is_ok_and(|n| n > 0) {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(64) else {
        crate::support::skipped("no file system can be mounted here: a full disk is not tried");
        return;
    };
    let place = Place::inside(disk.path());
    let mut served = Served::start(&place, None);
    let client = served.client();
    let (first, rest) = prepared().deeds.split_at(10);
    let told: Vec<Answer> = first.iter().map(|deed| deed.do_and_read(&client)).collect();
    assert!(told.iter().all(Answer::is_acknowledged));

    disk.fill();
    let (mut acknowledged, mut answers, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for deed in rest {
        match deed.do_and_read(&client) {
            Answer::Refused(reply) => {
                let words = reply.words();
                assert_eq!(reply.status, 507, "{deed:?}: {words}");
                assert!(words.contains("L’espace de stockage du service est plein"), "{words}");
                assert!(words.contains("Envoyer de nouveau") && words.contains("Se déconnecter"), "{words}");
                for (name, value) in reply.hidden() {
                    assert!(deed.form().contains(&format!("{name}=")), "{name}={value} was not sent");
                }
                if let Deed::Pay(paying) = deed {
                    let kept = reply.hidden();
                    assert!(kept.contains(&("reference".to_owned(), paying.reference())), "what was typed is kept");
                }
                refused.push(deed.clone());
            }
            // The write-ahead log had room of its own left.
            answer => {
                assert!(answer.is_acknowledged(), "{deed:?}: {answer:?}");
                acknowledged.push(deed.clone());
                answers.push(answer);
            }
        }
        disk.fill();
    }
    assert!(refused.len() > 20, "only {} were refused", refused.len());
    if let Some(browser) = Browser::start(&served.base_url) {
        // A payment keeps what was typed; PostgreSQL, whose disk is another, still takes it.
        let paying = refused.iter().rev().find(|deed| matches!(deed, Deed::Pay(_)));
        let last = paying.or(refused.last()).unwrap();
        let (name, value) = last.cookie().split_once('=').unwrap();
        browser.load("/connexion");
        browser.set_cookie(name, value);
        browser.load("/appels");
        browser.post(&last.path(), &last.fields());
        browser.reads("L’espace de stockage du service est plein");
        browser.is_well_made(507);
    }
    // Reading goes on.
    let cookie = [("Cookie", prepared().people.applicant.as_str())];
    for path in ["/", "/appels", "/mes-dossiers", "/healthz"] {
        client.get_with(path, &cookie).expect(200);
    }
    // A password is never written into a page.
    let sign_in = format!("email=gestion%40ars.example&password={}", essaim::web::form::encode(PASSWORD));
    let reply = served.client().post_with("/connexion", &sign_in, &[]);
    if reply.status != 303 {
        assert_eq!(reply.status, 507, "{}", reply.words());
        assert!(!reply.text().contains(PASSWORD) && !reply.words().contains("Envoyer de nouveau"));
    }
    assert!(served.is_alive());

    disk.make_room();
    for deed in &refused {
        let answer = deed.do_and_read(&client);
        assert!(answer.is_acknowledged(), "{deed:?} with room again: {answer:?}\n{}", served.log());
    }
    served.stop();
    let all = Inventory::of(&place);
    assert_eq!(all.is_sound(), prepared().deeds.len());
    all.keeps(first, &told);
    all.keeps(&acknowledged, &answers);
    check(&place);
}
