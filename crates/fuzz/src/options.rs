//! The command line: subcommands, options and their quantities.

/// Arguments, one in each line.
pub fn options(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let arguments = text.lines().take(32).map(str::to_owned);
    lanes_cli::understands(arguments.collect());
}
