mod map;
mod mistakes;
mod seeds;
mod unbreakable;

use essaim::access::Author;
use essaim::calls;

use crate::support::{CALL_FILE, TestApp, World};

/// What people answer to does not change under them.
#[test]
fn a_call_that_has_opened_keeps_its_definition() {
    let app = TestApp::start();
    let world = World::build(&app);
    let mut definition = calls::definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap();
    let import = |definition: &calls::definition::CallDefinition| {
        let tried = app.service().perform(Author::console(), app.now(), |op| calls::actions::import(op, definition));
        tried.unwrap_err().to_string()
    };
    assert!(import(&definition).contains("à l’identique"));
    "Un autre titre".clone_into(&mut definition.call.title);
    assert!(import(&definition).contains("ne change plus"));
    assert_ne!(app.service().read(|conn| calls::by_id(conn, world.call)).unwrap().title, "Un autre titre");
}
