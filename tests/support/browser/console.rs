//! What the browser's console may say of a page: nothing, unless a test has provoked it.

use serde_json::Value;

/// What a test has provoked on the page it looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provoked {
    /// A page answers well, or refuses what it was sent.
    #[default]
    Nothing,
    /// The service says that it cannot do something now: 503 or 507.
    Status(u16),
}

impl Provoked {
    /// Whether a line of the console is what was provoked on the page at this address, or a refusal of that very page.
    /// What the page is made of always loads.
    fn explains(self, line: &str, page: &str) -> bool {
        let answers = |status: &str| {
            line.strip_prefix(page)
                .and_then(|rest| {
                    rest.strip_prefix(" - Failed to load resource: the server responded with a status of ")
                })
                .is_some_and(|rest| rest.starts_with(status))
        };
        match self {
            _ if answers("4") => true,
            Self::Nothing => false,
            Self::Status(status) => answers(&status.to_string()),
        }
    }

    /// Lines of the console that nothing explains.
    pub fn unexplained(self, log: &Value, page: &str) -> Vec<String> {
        log.as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG")
            .map(|entry| entry["message"].as_str().map_or_else(|| entry.to_string(), str::to_owned))
            .filter(|line| !self.explains(line, page))
            .collect()
    }
}

#[test]
fn a_failed_load_that_no_test_provoked_is_a_fault() {
    let app = crate::support::TestApp::start();
    let Some(browser) = super::Browser::start(&app.base_url) else { return };
    let faults = |path: &str| {
        browser.load(path);
        browser.inspect_here(false).faults
    };
    assert_eq!(faults("/appels"), [""; 0]);
    // A page that refuses is none; a picture that is missing from a page is.
    assert_eq!(faults("/nulle-part"), [""; 0]);
    browser.load("/appels");
    let picture = "const done = arguments[0], picture = new Image(); picture.onerror = done; \
         picture.src = '/nulle-part.png'; document.body.append(picture)";
    browser.command("/execute/async", &serde_json::json!({ "script": picture, "args": [] }));
    let found = browser.inspect_here(false).faults.join("\n");
    assert!(found.contains("/nulle-part.png") && found.contains("status of 404"), "{found}");

    // Browsers say nothing of a script that they were told not to load: it is withheld all the same.
    let script = "return performance.getEntriesByType('resource').find((r) => r.name.includes('/js/')).responseStatus";
    browser.withhold_script(true);
    assert_eq!((faults("/appels"), browser.script(script)), (vec![], 0.into()));
    browser.withhold_script(false);
    assert_eq!((faults("/appels"), browser.script(script)), (vec![], 200.into()));
}

#[test]
fn an_answer_that_says_the_service_cannot_is_a_fault_but_where_it_was_provoked() {
    let page = "http://127.0.0.1:8080/appels";
    let said = |of: &str, status: &str| {
        let line = format!("{of} - Failed to load resource: the server responded with a status of {status}");
        serde_json::json!([{ "level": "SEVERE", "message": line }])
    };
    let unexplained = |provoked: Provoked, log: &Value| provoked.unexplained(log, page).len();
    let outage = said(page, "503 (Service Unavailable)");
    assert_eq!(unexplained(Provoked::Nothing, &outage), 1);
    assert_eq!(unexplained(Provoked::Status(507), &outage), 1);
    assert_eq!(unexplained(Provoked::Status(503), &outage), 0);
    assert_eq!(unexplained(Provoked::Status(503), &said(&format!("{page}/une-image.png"), "503 ()")), 1);
    assert_eq!(unexplained(Provoked::Nothing, &said(page, "500 (Internal Server Error)")), 1);
    assert_eq!(unexplained(Provoked::Nothing, &said(page, "422 (Unprocessable Entity)")), 0);
}
