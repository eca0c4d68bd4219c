//! A real browser over WebDriver, which looks at every page it comes to: accessibility rules, 320 px, console.

mod console;

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use self::console::Provoked;

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What an element says, its narrow and unbreakable spaces read as plain ones.
const WORDS: &str = "normalize-space(translate(., '\u{A0}\u{202F}', '  '))";

pub struct Browser {
    driver: Child,
    /// Held open: the driver ends when nobody reads what it says.
    _output: BufReader<ChildStdout>,
    agent: ureq::Agent,
    session: String,
    base_url: String,
    profile: tempfile::TempDir,
    /// Addresses looked at, for the closing count.
    pub visited: RefCell<Vec<String>>,
    screenshots: Option<PathBuf>,
    provoked: Cell<Provoked>,
}

/// A page as the browser shows it.
#[derive(Debug, serde::Deserialize)]
pub struct Inspection {
    pub path: String,
    pub title: String,
    pub headings: usize,
    pub faults: Vec<String>,
}

/// Says why a journey is skipped; a run that must have browsers fails instead.
fn absent(what: &str) {
    assert!(std::env::var_os("ESSAIM_REQUIRE_BROWSER").is_none(), "{what}, and ESSAIM_REQUIRE_BROWSER is set");
    super::skipped(&format!("browser journey, {what}"));
}

impl Browser {
    /// Starts chromedriver and a headless browser; `None`, with a visible line, where there is none.
    pub fn start(base_url: &str) -> Option<Self> {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            absent("no chromedriver on this machine");
            return None;
        };
        let axe = std::env::var_os("ESSAIM_AXE").and_then(|path| std::fs::read_to_string(path).ok());
        if axe.is_none() {
            absent("ESSAIM_AXE names no axe.min.js: pages are not checked against accessibility rules");
        }
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ").nth(1).and_then(|p| p.trim_end_matches('.').parse::<u16>().ok())
            })
            .expect("chromedriver tells its port");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=fr-FR",
            "--window-size=1280,1000",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("--user-data-dir={}", profile.path().display())])
        .collect::<Vec<_>>();
        let server = format!("http://127.0.0.1:{port}");
        let reply = call(
            &agent,
            "POST",
            &format!("{server}/session"),
            &json!({ "capabilities": { "alwaysMatch": {
                "goog:chromeOptions": { "args": arguments },
                "goog:loggingPrefs": { "browser": "ALL" },
            } } }),
        );
        let session = reply["sessionId"].as_str().map(|id| format!("{server}/session/{id}"));
        let Some(session) = session else {
            let _ = driver.kill();
            absent(&format!("chromedriver could not start a browser: {reply}"));
            return None;
        };
        let screenshots = std::env::var_os("ESSAIM_SCREENSHOTS").map(PathBuf::from);
        let browser = Self {
            driver,
            _output: output,
            agent,
            session,
            base_url: base_url.to_owned(),
            profile,
            visited: RefCell::default(),
            screenshots,
            provoked: Cell::default(),
        };
        if let Some(axe) = axe {
            browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": axe }));
        }
        Some(browser)
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        call(&self.agent, "POST", &format!("{}{path}", self.session), body)
    }

    fn devtools(&self, command: &str, params: &Value) {
        let reply = self.command("/goog/cdp/execute", &json!({ "cmd": command, "params": params }));
        assert!(reply["error"].is_null(), "{command} {params}: {reply}");
    }

    pub fn script(&self, source: &str) -> Value {
        self.command("/execute/sync", &json!({ "script": source, "args": [] }))
    }

    /// Goes to a path and looks at the page.
    #[track_caller]
    pub fn open(&self, path: &str) {
        self.load(path);
        self.look();
    }

    pub fn forget_cookies(&self) {
        call(&self.agent, "DELETE", &format!("{}/cookie", self.session), &Value::Null);
    }

    pub fn path(&self) -> String {
        self.script("return location.pathname + location.search").as_str().unwrap_or_default().to_owned()
    }

    pub fn text(&self) -> String {
        let text = self.script("return document.body.innerText").as_str().unwrap_or_default().to_owned();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn reads(&self, expected: &str) {
        let (text, expected) = (self.text(), expected.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(text.contains(&expected), "{} does not read « {expected} » but: {text}", self.path());
    }

    #[track_caller]
    pub fn does_not_read(&self, unexpected: &str) {
        let text = self.text();
        assert!(!text.contains(unexpected), "{} reads « {unexpected} »: {text}", self.path());
    }

    #[track_caller]
    fn element(&self, xpath: &str) -> String {
        let found = self.command("/element", &json!({ "using": "xpath", "value": xpath }));
        found[ELEMENT]
            .as_str()
            .map_or_else(|| panic!("{}: no {xpath}; page: {}", self.path(), self.text()), str::to_owned)
    }

    #[track_caller]
    fn click(&self, xpath: &str) {
        let element = self.element(xpath);
        let reply = self.command(&format!("/element/{element}/click"), &json!({}));
        assert!(reply.is_null(), "{}: click on {xpath}: {reply}", self.path());
    }

    /// Types into a field, in place of what was there.
    #[track_caller]
    pub fn fill(&self, name: &str, value: &str) {
        let element = self.element(&format!("//*[(self::input or self::textarea) and @name='{name}']"));
        self.command(&format!("/element/{element}/clear"), &json!({}));
        let reply = self.command(&format!("/element/{element}/value"), &json!({ "text": value }));
        assert!(reply.is_null(), "{}: typing into {name}: {reply}", self.path());
    }

    /// Chooses a file.
    #[track_caller]
    pub fn attach(&self, name: &str, path: &std::path::Path) {
        let element = self.element(&format!("//input[@name='{name}']"));
        let reply = self.command(&format!("/element/{element}/value"), &json!({ "text": path.display().to_string() }));
        assert!(reply.is_null(), "{}: choosing {name}: {reply}", self.path());
    }

    /// Ticks a radio button or a box: on itself, or on its label where the drawing covers it.
    #[track_caller]
    pub fn tick(&self, name: &str, value: &str) {
        let input = format!("//input[@name='{name}' and @value='{value}']");
        let element = self.element(&input);
        let target = json!({ ELEMENT: element });
        let centre = "arguments[0].scrollIntoView({ block: 'center' })";
        self.command("/execute/sync", &json!({ "script": centre, "args": [target] }));
        if !self.command(&format!("/element/{element}/click"), &json!({})).is_null() {
            self.click(&format!("//label[@for={input}/@id]"));
        }
    }

    /// Chooses in a list by the words shown.
    #[track_caller]
    pub fn choose(&self, name: &str, words: &str) {
        self.click(&format!("//select[@name='{name}']/option[contains({WORDS}, \"{words}\")]"));
    }

    /// Chooses in a list by value.
    #[track_caller]
    pub fn choose_value(&self, name: &str, value: &str) {
        self.click(&format!("//select[@name='{name}']/option[@value='{value}']"));
    }

    /// Clicks what leads to another page, and waits for that page.
    #[track_caller]
    fn go(&self, xpath: &str) {
        self.script("document.documentElement.dataset.left = 'yes'");
        self.click(xpath);
        self.arrive(xpath);
        self.look();
    }

    /// Presses the button that says these words.
    #[track_caller]
    pub fn press(&self, label: &str) {
        self.go(&format!("//main//button[starts-with({WORDS}, \"{label}\")]"));
    }

    /// Follows the link that says these words.
    #[track_caller]
    pub fn follow(&self, label: &str) {
        self.go(&format!("//a[contains({WORDS}, \"{label}\")]"));
    }

    /// A new person at the same machine.
    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) {
        self.forget_cookies();
        self.open("/connexion");
        self.fill("email", email);
        self.fill("password", password);
        self.press("Se connecter");
        self.reads("Se déconnecter");
    }

    #[track_caller]
    fn look(&self) {
        let mut seen = self.inspect();
        // The crawl is stricter still: with the text spacing of WCAG 1.4.12, nothing may be lost.
        seen.faults.retain(|fault| !fault.contains("text spacing") && !fault.contains("does not fit"));
        assert!(seen.faults.is_empty(), "{}: {}; page: {}", seen.path, seen.faults.join("; "), self.text());
        self.visited.borrow_mut().push(seen.path);
    }

    /// The page shown, which says by this status that the service cannot do something now, bears a careful look.
    #[track_caller]
    pub fn is_well_made(&self, status: u16) {
        self.provoked.set(Provoked::Status(status));
        let seen = self.inspect();
        self.provoked.set(Provoked::Nothing);
        assert!(seen.faults.is_empty(), "{}: {}; page: {}", seen.path, seen.faults.join("; "), self.text());
    }

    /// What a careful visitor would notice on the page shown, at 1280 and at 320 CSS pixels, with text spacing too.
    pub fn inspect(&self) -> Inspection {
        let mut seen = self.inspect_here(true);
        let name = seen.path.trim_matches('/').replace(['/', '?', '=', '&'], "-");
        self.screenshot(&format!("{name}-1280"));
        self.narrow(true);
        let narrow = self.inspect_here(false);
        self.screenshot(&format!("{name}-320"));
        self.narrow(false);
        seen.faults.extend(narrow.faults.into_iter().filter(|fault| fault.starts_with("at ")));
        seen
    }

    /// The same at the present width; with accessibility rules, where there are.
    pub fn inspect_here(&self, rules: bool) -> Inspection {
        let look = json!({ "script": include_str!("look.js"), "args": [rules] });
        let found = self.command("/execute/async", &look);
        let Ok(mut seen) = serde_json::from_value::<Inspection>(found.clone()) else {
            panic!("{}: the page could not be looked at: {found}", self.path());
        };
        if seen.title.is_empty() {
            seen.faults.push("no title".to_owned());
        }
        if seen.headings != 1 {
            seen.faults.push(format!("{} first headings", seen.headings));
        }
        let log = self.command("/se/log", &json!({ "type": "browser" }));
        let address = self.script("return location.href.split('#')[0]");
        let unexplained = self.provoked.get().unexplained(&log, address.as_str().unwrap_or_default());
        seen.faults.extend(unexplained.into_iter().map(|line| format!("the console says {line}")));
        seen
    }

    /// 320 CSS pixels wide, or the window's width again.
    pub fn narrow(&self, narrow: bool) {
        if narrow {
            let metrics = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false });
            self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        } else {
            self.devtools("Emulation.clearDeviceMetricsOverride", &json!({}));
        }
    }

    /// Whether pages may run scripts from the next one on; what looks at them still does.
    pub fn allow_scripts(&self, allow: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !allow }));
    }

    /// Whether pages are given their script from the next one on. Accessibility rules need the browser's to run, so this
    /// is how they see a page as it was written.
    pub fn withhold_script(&self, withhold: bool) {
        let urls: &[&str] = if withhold { &["*://*/static/js/*"] } else { &[] };
        self.devtools("Network.enable", &json!({}));
        self.devtools("Network.setBlockedURLs", &json!({ "urls": urls }));
    }

    /// Goes to a path without looking.
    pub fn load(&self, path: &str) {
        self.command("/url", &json!({ "url": format!("{}{path}", self.base_url) }));
    }

    /// Sends a form of one's own making to an address of the service, and waits for its answer.
    #[track_caller]
    pub fn post(&self, action: &str, fields: &[(String, String)]) {
        let script = "const [action, fields] = arguments; const form = document.createElement('form'); \
             form.method = 'post'; form.action = action; \
             for (const [name, value] of fields) { const field = document.createElement('textarea'); \
             field.name = name; field.value = value; form.append(field); } \
             document.documentElement.dataset.left = 'yes'; document.body.append(form); form.submit();";
        self.command("/execute/sync", &json!({ "script": script, "args": [action, fields] }));
        self.arrive(action);
    }

    /// Waits for the page that follows the one marked as left.
    #[track_caller]
    fn arrive(&self, by: &str) {
        for _ in 0..200 {
            let arrived = "return !document.documentElement.dataset.left && document.readyState === 'complete'";
            if self.script(arrived) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{}: {by} led nowhere; page: {}", self.path(), self.text());
    }

    /// Takes over a session; a page of the service must be shown.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let reply = self.command("/cookie", &json!({ "cookie": { "name": name, "value": value, "path": "/" } }));
        assert!(reply.is_null(), "cookie: {reply}");
    }

    /// The page as a screen of 1280 × 900 shows it, kept when `ESSAIM_PICTURES` names a folder.
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("ESSAIM_PICTURES").map(PathBuf::from) else { return };
        let screen = json!({ "width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setScrollbarsHidden", &json!({ "hidden": true }));
        self.devtools("Emulation.setDeviceMetricsOverride", &screen);
        let params = json!({ "cmd": "Page.captureScreenshot", "params": { "format": "webp", "quality": 90 } });
        let reply = self.command("/goog/cdp/execute", &params);
        self.devtools("Emulation.clearDeviceMetricsOverride", &json!({}));
        let data = reply["data"].as_str().unwrap_or_else(|| panic!("no picture of {name}: {reply}"));
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = data_encoding::BASE64.decode(data.as_bytes()).unwrap();
        std::fs::write(folder.join(format!("{name}.webp")), bytes).unwrap();
    }

    /// Keeps a picture when `ESSAIM_SCREENSHOTS` names a folder.
    pub fn screenshot(&self, name: &str) {
        let Some(folder) = &self.screenshots else { return };
        std::fs::create_dir_all(folder).unwrap();
        let name = if name.starts_with('-') { format!("accueil{name}") } else { name.to_owned() };
        let params = json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } });
        let reply = self.command("/goog/cdp/execute", &params);
        if let Some(data) = reply["data"].as_str() {
            let bytes = data_encoding::BASE64.decode(data.as_bytes()).unwrap();
            std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = &self.profile;
    }
}

fn call(agent: &ureq::Agent, method: &str, url: &str, body: &Value) -> Value {
    let response = match method {
        "DELETE" => agent.delete(url).call(),
        _ => agent.post(url).header("Content-Type", "application/json").send(body.to_string()),
    };
    let mut response = response.unwrap();
    let text = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string().unwrap();
    serde_json::from_str::<Value>(&text).map_or(Value::Null, |v| v["value"].clone())
}
