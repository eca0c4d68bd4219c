//! PostgreSQL going away under load and coming back: a page that says so, and nothing to restart.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};

use essaim::db::{DatabaseUrl, copy_in, copy_out};

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::prepared;
use super::process::{Served, check};
use super::work::{Answer, Deed};
use crate::support::database::server;
use crate::support::{Browser, Client, OwnPostgres};

#[test]
fn a_postgresql_that_goes_away_under_load_is_waited_for_and_found_again() {
    if server().is_none() {
        return;
    }
    let Some(postgres) = OwnPostgres::start() else {
        crate::support::skipped("PostgreSQL's server programs are not installed: its restart is not tried");
        return;
    };
    let own = DatabaseUrl::Postgres(postgres.url());
    let dump = postgres.folder().join("prepared");
    copy_out(&prepared().database, &dump).unwrap();
    copy_in(&own, &dump).unwrap();
    let place = Place::on(own);
    let mut served = Served::start(&place, None);
    let browser = Browser::start(&served.base_url);
    let deeds = &prepared().deeds;
    let (told, unanswered, over) = (Mutex::new(Vec::new()), AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for hand in 0..8 {
            let (told, unanswered, over, served) = (&told, &unanswered, &over, &served);
            scope.spawn(move || {
                let client = Client::new(&served.base_url);
                for deed in deeds.iter().skip(hand).step_by(8) {
                    // Whoever is told to come back comes back.
                    loop {
                        match deed.do_and_read(&client) {
                            Answer::Refused(reply) => {
                                is_clear(deed, &reply);
                                unanswered.fetch_add(1, Ordering::SeqCst);
                                std::thread::sleep(Duration::from_millis(100));
                            }
                            answer => {
                                assert!(answer.is_acknowledged(), "{deed:?}: {answer:?}");
                                told.lock().unwrap().push((deed.clone(), answer));
                                break;
                            }
                        }
                    }
                }
                over.store(true, Ordering::SeqCst);
            });
        }
        for _ in 0..2 {
            let before = told.lock().unwrap().len();
            while told.lock().unwrap().len() < before + 30 && !over.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            postgres.stop_at_once();
            // Until somebody has met the outage.
            let seen = unanswered.load(Ordering::SeqCst);
            let asked = Stopwatch::now();
            while unanswered.load(Ordering::SeqCst) < seen + 4 && asked.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(20));
            }
            let health = Client::new(&served.base_url).get("/healthz");
            assert_eq!(health.status, 503, "{}", health.text());
            let page = Client::new(&served.base_url).get("/appels");
            assert_eq!(page.status, 503);
            assert!(page.words().contains("rechargez la page") && !page.words().contains("Envoyer de nouveau"));
            if let Some(browser) = &browser {
                browser.load("/appels");
                browser.reads("Le service est momentanément indisponible");
                browser.is_well_made(503);
            }
            postgres.resume();
        }
    });
    assert!(unanswered.into_inner() >= 8);
    assert!(served.is_alive());
    // Every connection of the pool is good.
    let client = served.client();
    for _ in 0..40 {
        client.get("/appels").expect(200);
    }
    served.stop();
    let (kept, answers): (Vec<Deed>, Vec<Answer>) = told.into_inner().unwrap().into_iter().unzip();
    assert_eq!(kept.len(), deeds.len());
    let all = Inventory::of(&place);
    assert_eq!(all.is_sound(), deeds.len());
    all.keeps(&kept, &answers);
    check(&place);
}

/// Says what is the matter and what to do, and keeps what was typed.
#[track_caller]
fn is_clear(deed: &Deed, reply: &crate::support::Reply) {
    let words = reply.words();
    assert_eq!(reply.status, 503, "{deed:?}: {words}");
    assert!(reply.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
    assert!(words.contains("Le service est momentanément indisponible"), "{words}");
    assert!(words.contains("Envoyer de nouveau") && words.contains("ne le sera pas deux fois"), "{words}");
    if let Deed::Pay(paying) = deed {
        assert!(reply.hidden().contains(&("reference".to_owned(), paying.reference())), "what was typed is kept");
    }
}
