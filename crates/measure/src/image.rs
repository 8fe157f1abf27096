//! What names the build that a process runs.

use crate::identity::Identity;
use std::fmt::Write;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The type of a table entry that points to notes, in ELF files of any class.
const NOTES: u32 = 4;
/// The type of the note with which linkers name a build.
const BUILD_ID: u32 = 3;
/// Notes are short: what is longer is not one of those.
const MOST_BYTES: u64 = 1 << 16;

/// The build that this process runs: the build ID of its image, which linkers
/// make from the content, or the size and the time of its file, for images
/// without one. `None` where the file cannot be read.
pub(crate) fn build() -> Option<String> {
    // The image itself, also where its file was replaced.
    let file = File::open("/proc/self/exe").ok()?;
    match build_id(&file) {
        Ok(Some(id)) => Some(id),
        Ok(None) | Err(_) => {
            Some(Identity::of(&file.metadata().ok()?).to_string())
        }
    }
}

/// The build ID of an ELF file of 64 bits in this machine's byte order, in hex
/// digits, as `readelf --notes` shows it; see elf(5).
fn build_id(file: &File) -> io::Result<Option<String>> {
    let mut head = [0; 64];
    file.read_exact_at(&mut head, 0)?;
    if head[..5] != *b"\x7fELF\x02" {
        return Ok(None);
    }
    let (table, size, count) =
        (wide(&head, 32), half(&head, 54), half(&head, 56));
    for index in 0..u64::from(count) {
        let mut entry = [0; 56];
        file.read_exact_at(&mut entry, table + index * u64::from(size))?;
        let (begin, bytes) = (wide(&entry, 8), wide(&entry, 32));
        if word(&entry, 0) != NOTES || bytes > MOST_BYTES {
            continue;
        }
        let mut notes = vec![0; bytes as usize];
        file.read_exact_at(&mut notes, begin)?;
        if let Some(id) = among(&notes) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The build ID among some notes.
fn among(mut notes: &[u8]) -> Option<String> {
    const HEAD: usize = 12;
    while notes.len() >= HEAD {
        let [name, content] = [0, 4].map(|at| word(notes, at) as usize);
        let kind = word(notes, 8);
        // Each part is filled up to a multiple of four bytes.
        let content_at = HEAD.checked_add(name.checked_next_multiple_of(4)?)?;
        let end = content_at.checked_add(content)?;
        let found = notes.get(content_at..end)?;
        if kind == BUILD_ID && notes[HEAD..].starts_with(b"GNU\0") {
            let mut text = String::new();
            for byte in found {
                // Memory takes every write.
                let _ = write!(text, "{byte:02x}");
            }
            return Some(text);
        }
        notes = notes.get(end.checked_next_multiple_of(4)?..)?;
    }
    None
}

fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes([bytes[at], bytes[at + 1]])
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_ne_bytes(word)
}

fn wide(bytes: &[u8], at: usize) -> u64 {
    let mut wide = [0; 8];
    wide.copy_from_slice(&bytes[at..at + 8]);
    u64::from_ne_bytes(wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(kind: u32, name: &[u8], content: &[u8]) -> Vec<u8> {
        let mut note = Vec::new();
        for number in [name.len() as u32, content.len() as u32, kind] {
            note.extend(number.to_ne_bytes());
        }
        for part in [name, content] {
            note.extend(part);
            note.resize(note.len().next_multiple_of(4), 0);
        }
        note
    }

    #[test]
    fn the_build_id_is_found_among_other_notes() {
        let other = note(1, b"GNU\0", &[7; 5]);
        let foreign = note(BUILD_ID, b"stapsdt\0", &[9; 3]);
        let own = note(BUILD_ID, b"GNU\0", &[0xab, 0x01, 0xff]);
        let all = [&other[..], &foreign, &own].concat();
        assert_eq!(among(&all).as_deref(), Some("ab01ff"));
        assert_eq!(among(&[other, foreign].concat()), None);
        for cut in 0..all.len() {
            let found = among(&all[..cut]);
            assert!(found.is_none() || cut + 1 == all.len(), "{cut}");
        }
        let endless = [u32::MAX; 3].map(u32::to_ne_bytes).concat();
        assert_eq!(among(&endless), None);
    }

    #[test]
    fn a_process_names_its_build_with_or_without_a_build_id() {
        let own = build().unwrap();
        assert_eq!(build(), Some(own.clone()));
        let file = File::open("/proc/self/exe").unwrap();
        if let Some(id) = build_id(&file).unwrap() {
            assert_eq!(id, own);
        }
        let text = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&text, [b'x'; 100]).unwrap();
        assert_eq!(build_id(text.as_file()).unwrap(), None);
        let id = Identity::of(&text.as_file().metadata().unwrap());
        assert!(id.to_string().starts_with("100 bytes of "), "{id}");
    }
}
