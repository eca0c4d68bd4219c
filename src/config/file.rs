//! Files that an operator names: texts of a few pages, which a device or a stray archive is not.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Bytes.
const MOST: u64 = 1_000_000;

/// The text of an ordinary file of one megabyte at most. A device or a pipe would never end.
///
/// # Errors
/// When it cannot be read, is no ordinary file, is longer, or is not UTF-8.
pub fn text(path: &Path) -> Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "not an ordinary file"));
    }
    let mut bytes = Vec::new();
    if File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)? as u64 > MOST {
        return Err(Error::new(ErrorKind::FileTooLarge, "longer than one megabyte"));
    }
    String::from_utf8(bytes).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}
