//! The files of the worker, as one zip in memory that an interpreter runs.

use lanes_core::workload::{BOOK, echo_client};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use serde_json::json;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::process;
use std::sync::OnceLock;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Names and texts of the files in `worker/`, as this program was built with.
macro_rules! files {
    ($($name:literal,)*) => {
        [$(($name, include_str!(concat!("../worker/", $name)))),*]
    };
}

/// Every file of the worker. A new one is added here.
const FILES: &[(&str, &str)] = &files![
    "__main__.py",
    "lanes/__init__.py",
    "lanes/apart.py",
    "lanes/cancel.py",
    "lanes/channel.py",
    "lanes/connection.py",
    "lanes/counter.py",
    "lanes/dictionary.py",
    "lanes/echo.py",
    "lanes/engine.py",
    "lanes/exhibits.py",
    "lanes/feed.py",
    "lanes/fit.py",
    "lanes/forked.py",
    "lanes/hops.py",
    "lanes/inbox.py",
    "lanes/inputs.py",
    "lanes/interpreters.py",
    "lanes/job.py",
    "lanes/kernels.py",
    "lanes/local.py",
    "lanes/loops.py",
    "lanes/mandelbrot.py",
    "lanes/matrices.py",
    "lanes/models/__init__.py",
    "lanes/models/asyncio.py",
    "lanes/models/dask.py",
    "lanes/models/interpreter_pool.py",
    "lanes/models/process_pool.py",
    "lanes/models/ray.py",
    "lanes/models/sequential.py",
    "lanes/models/subinterpreters.py",
    "lanes/models/thread_pool.py",
    "lanes/models/threads.py",
    "lanes/philosophers.py",
    "lanes/pipeline.py",
    "lanes/pool.py",
    "lanes/primes.py",
    "lanes/protocol.py",
    "lanes/queens.py",
    "lanes/raylets.py",
    "lanes/runtime.py",
    "lanes/seeds.py",
    "lanes/server.py",
    "lanes/shape.py",
    "lanes/sleepers.py",
    "lanes/sorting.py",
    "lanes/stop.py",
    "lanes/tasks.py",
    "lanes/trace.py",
    "lanes/trees.py",
    "lanes/usage.py",
    "lanes/words.py",
    "lanes/worker.py",
    "sitecustomize.py",
];

/// The text that `wordcount` makes others of, and its name beside the files.
const TEXT: (&str, &str) = ("lanes/book.txt", BOOK);

/// Beside them, how this program is started as the client of an echo server.
const CLIENT: &str = "lanes/client.json";

/// The path under which every process that this one starts finds the worker, as
/// long as this process lives: a file in memory that has no name on any disk
/// and that nobody can write to. It is made at the first call.
///
/// # Errors
/// Why the system does not give such a file.
pub(crate) fn path() -> Result<&'static str, &'static str> {
    static MADE: OnceLock<Result<(File, String), String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        // Not `self`: it is another process that starts it.
        let program = format!("/proc/{}/exe", process::id());
        let client = json!({"program": program, "name": echo_client()});
        let client = client.to_string();
        let files = [FILES, &[TEXT, (CLIENT, &client)]].concat();
        let file = in_memory(&files).map_err(|error| error.to_string())?;
        // Not `self`: it is another process that opens it.
        let path = format!("/proc/{}/fd/{}", process::id(), file.as_raw_fd());
        Ok((file, path))
    });
    made.as_ref().map(|(_, path)| &**path).map_err(|why| &**why)
}

/// A sealed file in memory with the zip of these files.
fn in_memory(files: &[(&str, &str)]) -> io::Result<File> {
    let zip = zipped(files)?;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Systems may insist that nobody can execute it; before Linux 6.3 they do
    // not know that wish.
    let file = memfd_create("lanes-worker", flags | MemfdFlags::NOEXEC_SEAL)
        .or_else(|_| memfd_create("lanes-worker", flags))?;
    let mut file = File::from(file);
    file.write_all(&zip)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK;
    fcntl_add_seals(&file, seals | SealFlags::SEAL)?;
    Ok(file)
}

/// A zip without compression: interpreters may be built without zlib.
fn zipped(files: &[(&str, &str)]) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default();
    let stored = options.compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, stored)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    /// The files below a folder, by their names from there.
    fn below(folder: &Path, at: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name == "__pycache__" {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                below(&entry.path(), &format!("{at}{name}/"), found);
            } else {
                let text = fs::read_to_string(entry.path()).unwrap();
                found.insert(format!("{at}{name}"), text);
            }
        }
    }

    fn sources() -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("worker");
        let mut found = BTreeMap::new();
        below(&folder, "", &mut found);
        found
    }

    #[test]
    fn every_file_is_packed_as_it_is() {
        let packed = FILES
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        assert_eq!(packed.collect::<BTreeMap<_, _>>(), sources());
    }

    #[test]
    fn files_can_be_read_at_once() {
        for (name, text) in sources() {
            assert!(text.is_ascii(), "{name}");
            let wide = text.lines().find(|line| line.len() > 80);
            assert_eq!(wide, None, "{name}");
            assert!(text.lines().count() <= 500, "{name}");
        }
    }

    #[test]
    fn each_model_has_a_file_with_one_class_and_the_four_keys() {
        let sources = sources();
        for model in crate::MODELS {
            let name = model.trim_start_matches("python-").replace('-', "_");
            let text = &sources[&format!("lanes/models/{name}.py")];
            let mut classes = text.split("\nclass ").skip(1);
            let class = classes.next().expect("a class");
            assert_eq!(classes.next(), None, "{name}");
            let header = class.split("\"\"\"").nth(1).unwrap();
            assert!(header.starts_with(&format!("{model}: ")), "{header}");
            let keys = ["- share: ", "- start: ", "- wait: ", "- join: "];
            let places = keys.map(|key| header.find(key));
            assert!(places[0].is_some() && places.is_sorted(), "{header}");
        }
    }

    #[test]
    fn nobody_can_write_to_it() {
        let path = path().unwrap();
        let zip = fs::read(path).unwrap();
        assert_eq!(zip[..4], *b"PK\x03\x04");
        let open = fs::OpenOptions::new().write(true).open(path);
        let written = open.and_then(|mut file| file.write_all(b"x"));
        assert!(written.is_err());
        assert_eq!(fs::read(path).unwrap(), zip);
        assert_eq!(super::path().unwrap(), path);
    }
}
