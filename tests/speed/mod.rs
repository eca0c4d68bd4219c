//! What keeps pages fast as a call fills up; how fast they are is measured in `benches`.

mod plans;
mod statements;

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};

use crate::support::TestApp;

/// What is asked of the one connection of a service from now on, values included.
fn heard_of(app: &TestApp) -> Arc<Mutex<Vec<String>>> {
    assert_eq!(app.service().settings.connections, 1);
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let hearing = Arc::clone(&heard);
    let listen = move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            hearing.lock().unwrap().push(query.to_string());
        }
    };
    app.service()
        .read(|conn| {
            conn.set_instrumentation(listen);
            Ok(())
        })
        .unwrap();
    heard
}
