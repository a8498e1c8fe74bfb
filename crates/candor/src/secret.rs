//! Files of 32 secret bytes: signing seeds, the journal's key, the server's root key.

use std::path::Path;

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

const KEY_HEADER: &str = "candor-key/v1\n";

/// Writes 32 secret bytes, readable by their owner only.
pub(crate) fn write(path: &Path, secret: &[u8; 32]) -> Outcome {
    let text = Zeroizing::new(format!("{KEY_HEADER}{}\n", HEXLOWER.encode(secret)));
    durable::make_private_folder(durable::folder_of(path))
        .and_then(|()| durable::write_private(path, text.as_bytes()))
        .because(Kind::Storage, &format!("write the key {}", path.display()))
}

/// Reads 32 secret bytes.
pub(crate) fn read(path: &Path) -> Outcome<Zeroizing<[u8; 32]>> {
    let text =
        std::fs::read_to_string(path).because(Kind::BadInput, &format!("read the key {}", path.display()))?;
    let text = Zeroizing::new(text);
    let hex = text.strip_prefix(KEY_HEADER).map(str::trim_end);
    let bytes = hex.and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok()).map(Zeroizing::new);
    let secret = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    secret.map(Zeroizing::new).ok_or_else(|| {
        let message = format!("{} is not a key of this program, or is damaged", path.display());
        Failure::new(Kind::BadInput, message).hint("restore it from a backup: it cannot be made again")
    })
}
