//! A trap that is tried: every program as often as was asked for, and judged.

use crate::catalogue::keep;
use crate::child::{Start, ran, recorded};
use crate::excerpt::{of_function, of_others};
use crate::python;
use crate::trap::{Program, Run, Trap};
use lanes_measure::traps::{
    Finding, Issue, Language, Outcome, Side, Trap as Tried,
};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A program that hangs is recorded at least so long.
const SHORTEST: Duration = Duration::from_millis(100);

/// How a trap is to be tried.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// How often each program runs.
    pub repeats: usize,
    /// After how long a run counts as a hang.
    pub deadline: Duration,
    /// Ends a run, and the trap with it, when it is set.
    pub stop: &'a AtomicBool,
}

impl Trap {
    /// Runs its programs in turns, each in a process of its own under a
    /// watchdog, and judges what they did. Where that says something, each runs
    /// once more and records who did what: that run is in no figure. A
    /// program in Rust is the running executable, started once more; it
    /// becomes the program before its `main`
    /// runs, and so do all executables that link this crate.
    ///
    /// # Errors
    /// If a process cannot be started, or a script cannot be written.
    pub fn tried(&self, asked: &Asked<'_>) -> io::Result<Tried> {
        keep();
        let mut tried = self.untried();
        let interpreter = match self.interpreter() {
            Ok(interpreter) => interpreter,
            Err(why) => {
                tried.missing = Some(why);
                tried.judge(asked.repeats);
                return Ok(tried);
            }
        };
        // A folder of its own: a script imports what lies beside it.
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("trap.py");
        let start = match &interpreter {
            Some(interpreter) => {
                fs::write(&script, self.text)?;
                Start::Script { interpreter, script: &script }
            }
            None => Start::Own,
        };
        for _ in 0..asked.repeats {
            let sides =
                [&mut tried.without].into_iter().chain(&mut tried.remedies);
            for (side, program) in sides.zip(self.programs()) {
                if asked.stop.load(Ordering::Relaxed) {
                    break;
                }
                let ran =
                    ran(self, program, &start, asked.deadline, asked.stop)?;
                side.runs.extend(ran);
            }
        }
        tried.judge(asked.repeats);
        if self.timelines && tried.finding != Finding::Unfinished {
            self.record(&mut tried, asked)?;
        }
        Ok(tried)
    }

    /// Runs each program once more, which records who does what. One that hangs
    /// is given as long as the remedies take a few times: what it does then it
    /// does for ever.
    fn record(&self, tried: &mut Tried, asked: &Asked<'_>) -> io::Result<()> {
        let Asked { deadline, stop, .. } = *asked;
        let mut longest = SHORTEST;
        for (side, program) in tried.remedies.iter_mut().zip(self.remedies) {
            side.recorded = recorded(self, program, deadline, stop)?;
            let end = side.recorded.as_ref().map_or(0, |run| run.end);
            longest = longest.max(Duration::from_nanos(end));
        }
        let hangs = tried.without.outcome == Some(Outcome::Hangs);
        let most = if hangs { deadline.min(longest * 2) } else { deadline };
        tried.without.recorded = recorded(self, &self.without, most, stop)?;
        Ok(())
    }

    /// What is known of it before anything has run.
    pub fn untried(&self) -> Tried {
        let names: Vec<&str> = self.programs().map(|one| one.name).collect();
        let side = |program: &Program| {
            let lines = of_function(self.text, program.name);
            Side::new(program.what, lines.unwrap_or_default())
        };
        let issue = |(address, says): &(&str, &str)| Issue {
            address: (*address).to_owned(),
            says: (*says).to_owned(),
        };
        Tried {
            name: self.name.into(),
            library: self.library.into(),
            language: match self.without.run {
                Run::Rust(_) => Language::Rust,
                Run::Python | Run::PythonWithoutGil => Language::Python,
            },
            asks: self.asks.into(),
            expects: self.expects.into(),
            measures: self.measures.into(),
            kind: self.kind,
            issues: self.issues.iter().map(issue).collect(),
            finding: Finding::Unfinished,
            missing: None,
            source: self.source.into(),
            shared: of_others(self.text, &names),
            without: side(&self.without),
            remedies: self.remedies.iter().map(side).collect(),
        }
    }

    /// The interpreter that its programs need; none for Rust.
    ///
    /// # Errors
    /// Why there is none, in words that follow "because".
    fn interpreter(&self) -> Result<Option<PathBuf>, String> {
        match self.without.run {
            Run::Rust(_) => Ok(None),
            Run::Python => python::interpreter().map(Some),
            Run::PythonWithoutGil => python::without_gil().map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::TRAPS;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_trap_is_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut names = BTreeSet::new();
        for trap in &TRAPS {
            assert!(names.insert(trap.name), "{} twice", trap.name);
            let file = fs::read_to_string(root.join(trap.source));
            assert_eq!(file.unwrap(), trap.text, "{}", trap.name);
            let tried = trap.untried();
            for side in tried.sides() {
                assert!(side.lines.len() >= 2, "{}: {side:?}", trap.name);
            }
            assert!(!tried.remedies.is_empty(), "{}", trap.name);
            assert!(!tried.issues.is_empty(), "{}", trap.name);
            for issue in &tried.issues {
                let github = issue.address.starts_with("https://github.com/");
                assert!(github && !issue.says.is_empty(), "{issue:?}");
            }
            for text in [trap.asks, trap.expects] {
                assert!(text.ends_with(['.', '?']), "{text}");
            }
        }
    }
}
