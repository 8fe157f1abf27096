//! `lanes traps --questions`: questions that come back, and what answers them.

use crate::args::Format;
use crate::catalogue::questions;
use crate::fail::Fail;
use crate::show::{Sheet, json};
use lanes_report::ListedQuestion;

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 5] =
    ["question", "asks", "commands", "shows", "issues"];

/// The questions, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(format: Format) -> Result<String, Fail> {
    let all = questions();
    match format {
        Format::Json => json(&all),
        Format::Table => Ok(all.iter().map(paragraph).collect()),
        Format::Csv | Format::Markdown => {
            let mut sheet = Sheet::new(&COLUMNS);
            all.into_iter().for_each(|question| sheet.row(row(question)));
            sheet.text(format)
        }
    }
}

fn row(question: ListedQuestion) -> Vec<String> {
    let ListedQuestion { question, asks, commands, shows, issues } = question;
    let (number, commands) = (question.to_string(), commands.join("; "));
    vec![number, asks, commands, shows, issues.join(" ")]
}

/// A line for the question, and one below it for each command, for what is
/// shown, and for each report.
fn paragraph(question: &ListedQuestion) -> String {
    let ListedQuestion { question, asks, commands, shows, issues } = question;
    let mut text = format!("{question}. {asks}\n");
    for line in commands.iter().chain([shows]).chain(issues) {
        text += &format!("    {line}\n");
    }
    text + "\n"
}
