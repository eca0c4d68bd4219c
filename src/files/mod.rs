//! Files kept outside the database under their SHA-256: attachments and sealed documents.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// A folder of immutable files named by their content.
#[derive(Clone, Debug)]
pub struct FileStore {
    root: PathBuf,
}

#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

impl FileStore {
    /// # Errors
    /// When the folder cannot be created.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, Fault> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    fn path(&self, sha256: &str) -> Result<PathBuf, Fault> {
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Fault::internal("not a SHA-256"));
        }
        Ok(self.root.join(&sha256[..2]).join(sha256))
    }

    /// Writes, syncs, then renames into place: a killed process leaves no half file under a good name. A file
    /// whose transaction is then undone stays behind unreferenced and harmless.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, bytes: &[u8]) -> Result<String, Fault> {
        let sha256 = sha256_hex(bytes);
        let path = self.path(&sha256)?;
        let folder = path.parent().unwrap_or(&self.root);
        if path.exists() {
            // Perhaps another hand has just renamed it and not synced yet.
            fs::File::open(folder)?.sync_all()?;
            return Ok(sha256);
        }
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            fs::File::open(&self.root)?.sync_all()?;
        }
        let temporary = folder.join(format!(".{}-{}", &sha256[..16], HEXLOWER.encode(&rand::random::<[u8; 8]>())));
        let written = fs::File::create(&temporary).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            fs::File::open(folder)?.sync_all()
        });
        if let Err(error) = written {
            let _ = fs::remove_file(&temporary);
            return Err(error.into());
        }
        Ok(sha256)
    }

    /// # Errors
    /// [`Fault::Internal`] when the file is missing or its content no longer has its name's hash.
    pub fn get(&self, sha256: &str) -> Result<Vec<u8>, Fault> {
        let bytes = fs::read(self.path(sha256)?)?;
        if sha256_hex(&bytes) == sha256 { Ok(bytes) } else { Err(Fault::internal(format!("file {sha256} altered"))) }
    }

    /// The hashes of all files, in order; what is being written has no such name yet.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn names(&self) -> Result<Vec<String>, Fault> {
        let mut names = Vec::new();
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let name = file?.file_name().to_string_lossy().into_owned();
                if self.path(&name).is_ok() {
                    names.push(name);
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Whether nothing at all lies in the folder.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn is_empty(&self) -> Result<bool, Fault> {
        Ok(fs::read_dir(&self.root)?.next().is_none())
    }

    /// A file without a name, for what is made to be sent once: it goes with its last handle.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn scratch(&self) -> Result<fs::File, Fault> {
        let path = self.root.join(format!(".{}", HEXLOWER.encode(&rand::random::<[u8; 16]>())));
        let file = fs::File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// What an uploaded file is by its first bytes, whatever its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedType {
    pub media_type: &'static str,
    pub extensions: &'static [&'static str],
}

/// Types accepted as supporting documents.
pub const ACCEPTED: &[AcceptedType] = &[
    AcceptedType { media_type: "application/pdf", extensions: &["pdf"] },
    AcceptedType { media_type: "image/png", extensions: &["png"] },
    AcceptedType { media_type: "image/jpeg", extensions: &["jpg", "jpeg"] },
];

/// Largest supporting document, in bytes.
pub const MAX_UPLOAD: usize = 10 * 1024 * 1024;

/// The accepted type that the content and the file name agree on.
#[must_use]
pub fn sniff(bytes: &[u8], file_name: &str) -> Option<AcceptedType> {
    let found = infer::get(bytes)?;
    // Readers look for a PDF's head far into a file; what comes first then decides what others make of it.
    if found.mime_type() == "application/pdf" && !bytes.trim_ascii_start().starts_with(b"%PDF-") {
        return None;
    }
    let extension = Path::new(file_name).extension()?.to_str()?.to_lowercase();
    ACCEPTED.iter().copied().find(|t| t.media_type == found.mime_type() && t.extensions.contains(&extension.as_str()))
}
