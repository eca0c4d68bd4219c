//! What a form sent: text fields by name, several values allowed, and uploaded files.

/// Fields in the order sent.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    uploads: Vec<Upload>,
}

#[derive(Clone, Debug)]
pub struct Upload {
    pub field: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

impl Form {
    #[must_use]
    pub fn new(fields: Vec<(String, String)>, uploads: Vec<Upload>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (without_nul(name), without_nul(value))).collect();
        let uploads = uploads.into_iter().map(|u| Upload { file_name: without_nul(u.file_name), ..u }).collect();
        Self { fields, uploads }
    }

    /// Reads `a=1&b=2`; bytes that are no UTF-8 become replacement characters.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let fields = encoded
            .split(|b| *b == b'&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let split = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
                (decode(&pair[..split]), decode(pair.get(split + 1..).unwrap_or_default()))
            })
            .collect();
        Self::new(fields, Vec::new())
    }

    /// The first value of a field, empty when absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every value of a field: ticked boxes.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }

    #[must_use]
    pub fn checked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The file of a field, when one was chosen.
    #[must_use]
    pub fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().find(|u| u.field == name && !(u.file_name.is_empty() && u.bytes.is_empty()))
    }

    /// Whether any file was chosen.
    #[must_use]
    pub fn has_uploads(&self) -> bool {
        self.uploads.iter().any(|u| !(u.file_name.is_empty() && u.bytes.is_empty()))
    }

    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.uploads.is_empty()
    }
}

/// PostgreSQL stores no NUL character, and nobody types one.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn decode(encoded: &[u8]) -> String {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut i = 0;
    while i < encoded.len() {
        match (encoded[i], encoded.get(i + 1).copied().and_then(hex), encoded.get(i + 2).copied().and_then(hex)) {
            (b'+', ..) => bytes.push(b' '),
            (b'%', Some(high), Some(low)) => {
                bytes.push(high * 16 + low);
                i += 2;
            }
            (other, ..) => bytes.push(other),
        }
        i += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encodes a query or form value.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
