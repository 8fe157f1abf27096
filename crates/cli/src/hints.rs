//! Hints for options that other tools have.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options of other tools (criterion, hyperfine, critcmp, cargo and git), each
/// with what does the same here.
const NEAR: &[(&[&str], &str)] = &[
    (
        &["--filter", "--bench", "--only", "--workload", "--test", "-f"],
        "a filter has no option name: `lanes run fetch`, or `lanes run \
         'counter/*/lock*'`",
    ),
    (
        &["--exclude", "--skip", "--not"],
        "name what takes part instead, by filters and --models",
    ),
    (&["--model", "-m"], "--models takes one name, or several with commas"),
    (
        &["--threads", "--jobs", "--cores", "--parallelism", "-j", "-t"],
        "--workers is the number of workers of a model",
    ),
    (
        &["--runs", "--iterations", "--sample-size", "--repeat", "-n", "-r"],
        "--rounds is how often the models of a row are measured",
    ),
    (
        &["--time", "--duration", "--measurement-time", "--profile-time"],
        "--budget is how long the session may take",
    ),
    (
        &["--warmup", "--warm-up-time", "-w"],
        "every worker is warmed up before it is measured; there is nothing to \
         choose",
    ),
    (&["--timeout"], "--deadline is how long a worker may take for one reply"),
    (&["--size", "--scale"], "--quick, --full and --items N choose sizes"),
    (&["--csv"], "--format csv prints CSV"),
    (&["--markdown", "--md"], "--format markdown prints Markdown"),
    (
        &["--export-json", "--export-csv", "--export-markdown", "--out"],
        "--output FILE.json is where results go; --format chooses what is \
         printed",
    ),
    (
        &["--save-baseline", "--baseline", "--load-baseline", "-b"],
        "every session is a file of its own: `lanes cmp BEFORE AFTER` compares \
         two",
    ),
    (
        &["--threshold", "--noise-threshold", "--fail-fast"],
        "--fail-on PERCENT of `lanes cmp` and `lanes duel` is the limit of a \
         regression; --margin is what counts as the same",
    ),
    (
        &["--sort", "--color", "--plotting-backend"],
        "rows are sorted by time, and NO_COLOR=1 turns colours off",
    ),
    (
        &["--verbose", "-v"],
        "`lanes run --details` prints more, and `--json` prints all",
    ),
    (&["--no-run", "--noop", "--dryrun"], "`lanes run --dry-run`"),
];

/// The same error, with a hint if an option is one of other tools.
pub(crate) fn with_hint(mut error: Error) -> Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg)
    else {
        return error;
    };
    let name = given.split('=').next().unwrap_or_default();
    let near = NEAR.iter().find(|(names, _)| names.contains(&name));
    if let Some((_, hint)) = near {
        // What clap finds near by letters alone would be misleading.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        let hint = ContextValue::StyledStrs(vec![(*hint).into()]);
        error.insert(ContextKind::Suggested, hint);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Arguments;
    use clap::{CommandFactory, Parser};

    fn hint(arguments: &[&str]) -> String {
        let all = [&["lanes"], arguments].concat();
        match Arguments::try_parse_from(all) {
            Ok(_) => panic!("{arguments:?} is understood"),
            Err(error) => with_hint(error).to_string(),
        }
    }

    #[test]
    fn options_of_other_tools_have_a_hint() {
        for (arguments, word) in [
            (&["run", "--filter", "fetch"][..], "lanes run fetch"),
            (&["run", "--filter=fetch"], "lanes run fetch"),
            (&["check", "--threads", "4"], "--workers"),
            (&["run", "--export-json", "a.json"], "--output FILE.json"),
            (&["cmp", "a", "b", "--threshold", "5"], "--fail-on"),
            (&["run", "-v"], "--details"),
        ] {
            let text = hint(arguments);
            assert!(text.contains("tip: "), "{text}");
            assert!(text.contains(word), "{word} in {text}");
        }
        // Other mistakes keep what clap says of them.
        let text = hint(&["run", "--budgett", "60s"]);
        assert!(text.contains("'--budget'"), "{text}");
        assert!(!hint(&["run", "--xylophone"]).contains("tip: -"));
    }

    #[test]
    fn no_hint_is_of_an_option_that_is_there() {
        let run = Arguments::command();
        let run = run.find_subcommand("run").unwrap();
        for name in NEAR.iter().flat_map(|(names, _)| *names) {
            let name = name.trim_start_matches('-');
            let mut all = run.get_arguments();
            let known = all.any(|arg| {
                let short = arg.get_short().map(String::from);
                arg.get_long() == Some(name) || short.as_deref() == Some(name)
            });
            assert!(!known, "{name}");
        }
    }
}
