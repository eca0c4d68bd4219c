//! A browser without scripts: keeps cookies, follows nothing by itself.

use essaim::web::form::encode;

#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base_url: String,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub location: String,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads: tags dropped, entities decoded, white space folded.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside_tag = false;
        for c in self.text().chars() {
            match c {
                '<' => {
                    inside_tag = true;
                    words.push(' ');
                }
                '>' => inside_tag = false,
                c if !inside_tag => words.push(c),
                _ => {}
            }
        }
        decode(&words).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Names and values of the hidden fields, in order.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let text = self.text();
        let attribute = |tag: &str, name: &str| {
            let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
            tag[from..].split('"').next().map(decode)
        };
        text.split("<input ")
            .skip(1)
            .map(|rest| format!(" {}", rest.split('>').next().unwrap_or_default()))
            .filter(|tag| tag.contains("type=\"hidden\""))
            .filter_map(|tag| Some((attribute(&tag, "name")?, attribute(&tag, "value")?)))
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected status, page says: {}", self.words());
        self
    }
}

fn decode(text: &str) -> String {
    [("&#x27;", "'"), ("&#39;", "'"), ("&apos;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

impl Client {
    pub fn new(base_url: &str) -> Self {
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        Self { agent: config.into(), base_url: base_url.to_owned() }
    }

    pub fn get(&self, path: &str) -> Reply {
        reply(self.agent.get(format!("{}{path}", self.base_url)).call().unwrap())
    }

    /// With headers of one's own choosing.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.try_get_with(path, headers).unwrap()
    }

    /// An encoded form with headers of one's own choosing, and no other.
    pub fn post_with(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
        self.try_post_with(path, body, headers).unwrap()
    }

    /// The same to a server that may die meanwhile.
    pub fn try_post_with(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Result<Reply, ureq::Error> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base_url))
            .header("Content-Type", "application/x-www-form-urlencoded");
        try_reply(headers.iter().fold(request, |r, (name, value)| r.header(*name, *value)).send(body)?)
    }

    pub fn try_get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Reply, ureq::Error> {
        let request = self.agent.get(format!("{}{path}", self.base_url));
        try_reply(headers.iter().fold(request, |r, (name, value)| r.header(*name, *value)).call()?)
    }

    /// A body of one's own making, as our own pages would send it.
    pub fn send_bytes(&self, path: &str, content_type: &str, body: &[u8]) -> Reply {
        let request = self.agent.post(format!("{}{path}", self.base_url));
        let request = request.header("Origin", &self.base_url).header("Content-Type", content_type);
        reply(request.send(body).unwrap())
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_from(path, fields, &self.base_url)
    }

    /// A form posted from a page of another origin.
    pub fn post_from(&self, path: &str, fields: &[(&str, &str)], origin: &str) -> Reply {
        let body = fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect::<Vec<_>>().join("&");
        let request = self
            .agent
            .post(format!("{}{path}", self.base_url))
            .header("Origin", origin)
            .header("Content-Type", "application/x-www-form-urlencoded");
        reply(request.send(body).unwrap())
    }

    /// A form with one file.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], field: &str, file_name: &str, bytes: &[u8]) -> Reply {
        const BOUNDARY: &str = "essaim-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = self
            .agent
            .post(format!("{}{path}", self.base_url))
            .header("Origin", &self.base_url)
            .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
        reply(request.send(&body).unwrap())
    }

    pub fn sign_in(&self, email: &str, password: &str) -> Reply {
        self.post("/connexion", &[("email", email), ("password", password)])
    }
}

fn reply(response: ureq::http::Response<ureq::Body>) -> Reply {
    try_reply(response).unwrap()
}

fn try_reply(mut response: ureq::http::Response<ureq::Body>) -> Result<Reply, ureq::Error> {
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let location = headers.iter().find(|(n, _)| n == "location").map(|(_, v)| v.clone()).unwrap_or_default();
    let bytes = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec()?;
    Ok(Reply { status: response.status().as_u16(), location, headers, bytes })
}
