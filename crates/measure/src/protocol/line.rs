//! Messages as lines of JSON.

use super::MOST_BYTES;
use crate::foreign;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, Read, Write};

/// Writes a message as one line.
///
/// # Errors
/// Those of the stream, and `InvalidData` for a message above [`MOST_BYTES`].
pub fn write(
    stream: &mut impl Write,
    message: &impl Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    if line.len() > MOST_BYTES {
        let what = format!("a message of {} bytes", line.len());
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    stream.write_all(&line)?;
    stream.flush()
}

/// Reads the next line as a message; `None` at the end of the stream.
///
/// # Errors
/// Those of the stream, `InvalidData` for a line that is no message or longer
/// than [`MOST_BYTES`], of which no more is kept in memory, and
/// `UnexpectedEof` for one that was cut off.
pub fn read<T: DeserializeOwned>(
    stream: &mut impl BufRead,
) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    stream.take(MOST_BYTES as u64).read_until(b'\n', &mut line)?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(parse(&line)?)),
        Some(_) if line.len() == MOST_BYTES => {
            let what = format!("a line of more than {MOST_BYTES} bytes");
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        }
        Some(_) => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// One line as a message.
///
/// # Errors
/// `InvalidData` if it is none.
pub fn parse<T: DeserializeOwned>(line: &[u8]) -> io::Result<T> {
    serde_json::from_slice(line).map_err(|error| {
        let text = String::from_utf8_lossy(&line[..line.len().min(80)]);
        let text = foreign::shortened(text.trim_end(), 80);
        // The error may cite the line.
        let what = format!("\"{text}\": {}", foreign::line(&error.to_string()));
        io::Error::new(io::ErrorKind::InvalidData, what)
    })
}
