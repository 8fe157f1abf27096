//! The job, asked for on a terminal.

use super::answer::options;
use crate::args::{Job, values};
use crate::fail::Fail;
use crate::say::line;
use std::io::{self, BufRead, IsTerminal, Write};

const EXAMPLE: &str = "describe the job: lanes advise --tasks 5000 --compute \
                       50us --wait 2ms";

/// Asks for the job, a question a line; an empty answer takes what stands in
/// brackets. Ends with the options that say the same.
///
/// # Errors
/// [`Fail::Usage`] where nobody can be asked, and at the end of the input.
pub(super) fn ask() -> Result<Job, Fail> {
    if !io::stdin().is_terminal() {
        return Err(Fail::Usage(EXAMPLE.into()));
    }
    let mut input = io::stdin().lock();
    let mut job = Job::default();
    let question = "How many tasks are there, such as pages or files?";
    job.tasks = Some(answer(&mut input, question, "1000", values::positive)?);
    let question = "How long does a task compute, on one core?";
    job.compute = Some(answer(&mut input, question, "1ms", values::span)?);
    let question = "How long does a task wait, for a server or a timer?";
    job.wait = Some(answer(&mut input, question, "0", values::span)?);
    let question = "How many may be under way at once? `all`, or a number";
    job.at_once =
        answer(&mut input, question, "all", or_all(values::positive))?;
    let question = "How many arrive in a second? `all` at the start, or 100/s";
    job.rate = answer(&mut input, question, "all", or_all(values::rate))?;
    line!("{}", options(&job));
    Ok(job)
}

/// `all` for none, or a value.
fn or_all<T>(
    parse: impl Fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |text| match text {
        "all" => Ok(None),
        text => parse(text).map(Some),
    }
}

/// One answer; asked again while it cannot be read.
///
/// # Errors
/// [`Fail::Usage`] at the end of the input.
fn answer<T>(
    input: &mut impl BufRead,
    question: &str,
    usual: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Fail> {
    loop {
        let mut out = io::stderr();
        let _ = write!(out, "{question} [{usual}] ");
        let _ = out.flush();
        let mut text = String::new();
        let read = input.read_line(&mut text);
        if read.map_err(Fail::of)? == 0 {
            return Err(Fail::Usage(EXAMPLE.into()));
        }
        let text = text.trim();
        match parse(if text.is_empty() { usual } else { text }) {
            Ok(value) => return Ok(value),
            Err(why) => line!("{why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_answer_is_asked_for_again_and_none_takes_the_usual() {
        let mut input = &b"many\n0\n250\n\n"[..];
        let mut ask =
            |parse| answer(&mut input, "How many?", "1000", parse).unwrap();
        assert_eq!(ask(values::positive), 250);
        assert_eq!(ask(values::positive), 1000);
        let end = answer(&mut input, "How many?", "1", values::positive);
        assert!(matches!(end, Err(Fail::Usage(_))));
    }
}
