//! What a backup says of itself. Written last: a folder without it is no backup.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const NAME: &str = "manifest.json";
/// Changes when an older version could not read what is written.
const FORMAT: u32 = 1;

#[derive(Debug, Deserialize, Serialize)]
pub struct Manifest {
    pub format: u32,
    /// Version of the program that wrote it.
    pub essaim: String,
    pub backend: String,
    /// The last migration of the schema.
    pub schema: String,
    /// UTC, when the copy of the database began.
    pub made_at: String,
    pub database: Stored,
    /// SHA-256 of every attachment and sealed document, which are their names.
    pub files: Vec<String>,
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stored {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub fn new(backend: &str, schema: String, made_at: String, database: Stored, files: Vec<String>) -> Self {
        let essaim = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, essaim, backend: backend.to_owned(), schema, made_at, database, files }
    }

    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let coming = folder.join(format!("{NAME}.coming"));
        let mut file = File::create(&coming)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&coming, folder.join(NAME))?;
        File::open(folder)?.sync_all()
    }

    /// # Errors
    /// When the folder is no backup, or not one that this version reads.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(NAME);
        let bytes = fs::read(&path).map_err(|e| {
            format!("{} is no complete backup: {NAME}, which is written last, cannot be read ({e})", folder.display())
        })?;
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|e| format!("{} is damaged: {e}", path.display()))?;
        if manifest.format != FORMAT {
            return Err(format!(
                "{} was written by Essaim {}: restore it with that version",
                folder.display(),
                manifest.essaim
            ));
        }
        if Path::new(&manifest.database.name).file_name() != Some(manifest.database.name.as_ref()) {
            return Err(format!("{} is damaged: its database has no plain name", path.display()));
        }
        Ok(manifest)
    }
}

impl Stored {
    /// # Errors
    /// When the file cannot be read.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
        let mut piece = vec![0; 1 << 20];
        loop {
            let length = file.read(&mut piece)?;
            if length == 0 {
                break;
            }
            hash.update(&piece[..length]);
            bytes += length as u64;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, bytes, sha256: HEXLOWER.encode(&hash.finalize()) })
    }
}
